//! What cargo says of the manifests of a workspace before it compiles: warnings, and errors in
//! targets that cargo does not read any further. `cargo metadata` says nothing of them; `cargo fetch`
//! does, before it looks for packages. Knows no manifest and none of the texts.
//!
//! So cargo is asked to fetch with a source that cannot be: it stops there, and has neither taken a
//! lock nor written a file.

use std::process::Stdio;

use crate::process::SpawnError;
use crate::toolchain::answer;
use crate::workspace::metadata::Asked;

/// The setting that stops cargo. A source is a table; its registry is an address.
const STOP: &str = "source.cargo-atlas-stops-here.registry";

/// Beginnings of warnings that cargo gives as soon as it reads a workspace (its
/// `core/workspace.rs` and `util/context`): `cargo metadata` gives them, too.
const OF_ALL_COMMANDS: &[&str] = &[
    "[patch] in cargo config",
    "ignoring `",
    "patch for the non root package",
    "profiles for the non root package",
    "replace for the non root package",
    "resolver for the non root package",
    "unused config key",
    "virtual workspace defaulting to",
];

/// What cargo says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Verdict {
    /// Warnings, those of each manifest in cargo's order; in a workspace each begins with the path
    /// of its manifest. Cargo has the manifests in no order, here they are sorted.
    pub(super) warnings: Vec<String>,
    /// Why it would not build.
    pub(super) error: Option<String>,
}

/// Returns the directory of the manifest that a warning begins with.
fn directory(warning: &str) -> Option<&str> {
    let (directory, _) = warning.split_once("Cargo.toml: ")?;
    let is_path = directory.ends_with(['/', '\\']) && !directory.contains('\n');
    is_path.then_some(directory)
}

/// Asks cargo.
///
/// # Errors
///
/// It could not be started.
pub(super) fn ask(asked: &Asked<'_>) -> Result<Verdict, SpawnError> {
    let mut line = asked.command_line("fetch");
    line.args(["--color", "never", "--offline", "--config"]).arg(format!("{STOP}=0"));
    let output = answer(&line, &asked.request.env, Stdio::piped())?;
    Ok(parse(&String::from_utf8_lossy(&output.stderr)))
}

fn parse(stderr: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let mut rest = stderr;
    let error = match stderr.strip_prefix("error: ") {
        Some(error) => Some(error),
        None => stderr.split_once("\nerror: ").map(|(told, error)| {
            rest = told;
            error
        }),
    };
    if error.is_none_or(|error| !error.contains(STOP)) {
        verdict.error = error.map(|error| error.trim_end().to_owned());
    }
    for line in rest.lines() {
        match (line.strip_prefix("warning: "), verdict.warnings.last_mut()) {
            (Some(warning), _) => verdict.warnings.push(warning.to_owned()),
            (None, Some(warning)) => {
                warning.push('\n');
                warning.push_str(line);
            }
            (None, None) => {}
        }
    }
    let is_own = |warning: &String| !OF_ALL_COMMANDS.iter().any(|it| warning.starts_with(it));
    verdict.warnings.retain(is_own);
    verdict.warnings.sort_by(|a, b| directory(a).cmp(&directory(b)));
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPED: &str = "error: error in --config cli option: could not load config key \
                           `source.cargo-atlas-stops-here.registry`\n\nCaused by:\n  x\n";

    #[test]
    fn warnings_are_told_apart() {
        let stderr = format!("warning: a\n(in b)\n\n* c\nwarning: d\n{STOPPED}");
        let warnings = vec!["a\n(in b)\n\n* c".to_owned(), "d".to_owned()];
        assert_eq!(parse(&stderr), Verdict { warnings, error: None });
        assert_eq!(parse(STOPPED), Verdict::default());
    }

    #[test]
    fn cargo_may_refuse_a_manifest() {
        let stderr = "warning: a\nerror: failed to parse\n\nCaused by:\n  b\n";
        let error = Some("failed to parse\n\nCaused by:\n  b".to_owned());
        assert_eq!(parse(stderr), Verdict { warnings: vec!["a".to_owned()], error: error.clone() });
        assert_eq!(parse("error: failed to parse\n\nCaused by:\n  b\n").error, error);
    }

    #[test]
    fn what_other_commands_tell_is_not_told_twice() {
        let stderr = format!(
            "warning: virtual workspace defaulting to `x`\n  |\nwarning: /w/b/Cargo.toml: x\n\
             warning: /w/a/Cargo.toml: y\nwarning: /w/a/Cargo.toml: x\n{STOPPED}"
        );
        let sorted = ["/w/a/Cargo.toml: y", "/w/a/Cargo.toml: x", "/w/b/Cargo.toml: x"];
        assert_eq!(parse(&stderr).warnings, sorted);
    }
}
