//! What cargo says of the manifests of a workspace before it compiles: warnings, and errors in
//! targets that cargo does not read any further. `cargo metadata` says nothing of them; `cargo fetch`
//! does, before it looks for packages. Knows no manifest and none of the texts.
//!
//! So cargo is asked to fetch with a source that cannot be: it stops there, and has neither taken a
//! lock nor written a file.

use std::process::Stdio;

use crate::process::SpawnError;
use crate::toolchain::answer;
use crate::workspace::metadata::Query;

/// The setting that stops cargo. A source is a table; its registry is an address.
const STOP: &str = "source.cargo-atlas-stops-here.registry";

/// Beginnings of warnings that are not about a manifest. `cargo metadata` says them, too.
const OF_OTHERS: &[&str] = &["[patch] in cargo config", "unused config key", "ignoring `"];

/// What cargo says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Verdict {
    /// Warnings, in cargo's order; in a workspace each begins with the path of its manifest.
    pub(super) warnings: Vec<String>,
    /// Why it would not build.
    pub(super) error: Option<String>,
}

impl Verdict {
    /// Returns the warnings that are about manifests. In a workspace these begin with a path;
    /// others would be told twice. Cargo has the manifests in no order, here they are sorted.
    pub(super) fn of_manifests(&self, is_workspace: bool) -> Vec<String> {
        let is_here = |warning: &&String| match is_workspace {
            true => directory(warning).is_some(),
            false => !OF_OTHERS.iter().any(|start| warning.starts_with(start)),
        };
        let mut warnings: Vec<String> = self.warnings.iter().filter(is_here).cloned().collect();
        warnings.sort_by(|a, b| directory(a).cmp(&directory(b)));
        warnings
    }
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
pub(super) fn ask(query: &Query<'_>) -> Result<Verdict, SpawnError> {
    let mut line = query.command_line("fetch");
    line.args(["--color", "never", "--offline", "--config"]).arg(format!("{STOP}=0"));
    let output = answer(&line, &query.request.env, Stdio::piped())?;
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
    fn only_what_is_about_manifests_is_kept() {
        let warnings = ["/w/a/Cargo.toml: x", "virtual workspace", "ignoring `y`", "z"];
        let warnings = warnings.map(str::to_owned).to_vec();
        let verdict = Verdict { warnings, error: None };
        assert_eq!(verdict.of_manifests(true), ["/w/a/Cargo.toml: x"]);
        let alone = ["virtual workspace", "z", "/w/a/Cargo.toml: x"];
        assert_eq!(verdict.of_manifests(false), alone);
    }
}
