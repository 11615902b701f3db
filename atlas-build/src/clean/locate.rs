//! Where builds of a workspace go: asked of cargo, without looking at dependencies.

use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::error::CleanError;
use crate::process::CommandLine;
use crate::request::BuildRequest;
use crate::toolchain::answer;

/// Where builds of a workspace go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located {
    /// The target directory.
    pub target: Utf8PathBuf,
    /// Where plain cargo puts intermediate files; mostly the same.
    pub build: Utf8PathBuf,
    /// Directory of the workspace's root manifest.
    pub workspace: Utf8PathBuf,
    /// Names of the members.
    pub members: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    packages: Vec<Package>,
    target_directory: Utf8PathBuf,
    #[serde(default)]
    build_directory: Option<Utf8PathBuf>,
    workspace_root: Utf8PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

/// Asks cargo where builds go. What cargo has to say goes to `told`.
///
/// # Errors
///
/// [`CleanError`] if cargo cannot be asked, or does not know.
pub fn locate(request: &BuildRequest, told: Stdio) -> Result<Located, CleanError> {
    let output = answer(&command_line(request), &request.env, told)?;
    if !output.status.success() {
        return Err(CleanError::NoWorkspace);
    }
    let answer: Answer = serde_json::from_slice(&output.stdout).map_err(CleanError::Answer)?;
    Ok(of_answer(answer, request.target_dir.as_deref()))
}

/// Takes over what was typed: cargo was not told, since it has no flag for it there.
fn of_answer(answer: Answer, typed: Option<&Utf8Path>) -> Located {
    let build = answer.build_directory.filter(|build| *build != answer.target_directory);
    let target = typed.map_or(answer.target_directory, Utf8Path::to_owned);
    let mut members: Vec<String> = answer.packages.into_iter().map(|it| it.name).collect();
    members.sort();
    let build = build.unwrap_or_else(|| target.clone());
    Located { build, target, workspace: answer.workspace_root, members }
}

fn command_line(request: &BuildRequest) -> CommandLine {
    let cargo = request.env.get_os("CARGO").map_or_else(|| "cargo".into(), ToOwned::to_owned);
    let mut command = CommandLine::new(cargo, request.cwd.clone());
    command.args(["metadata", "--no-deps", "--format-version=1"]);
    if let Some(path) = &request.manifest_path {
        command.args(["--manifest-path", path.as_str()]);
    }
    for config in &request.config_args {
        command.args(["--config", config]);
    }
    let resolution = &request.resolution;
    for (given, flag) in [
        (resolution.locked, "--locked"),
        (resolution.offline, "--offline"),
        (resolution.frozen, "--frozen"),
        (request.quiet, "--quiet"),
    ] {
        if given {
            command.arg(flag);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::as_it_is(None, None, "/t", "/t")]
    #[case::typed(Some("/x"), None, "/x", "/x")]
    #[case::apart(None, Some("/b"), "/t", "/b")]
    #[case::apart_and_typed(Some("/x"), Some("/b"), "/x", "/b")]
    #[case::not_apart(Some("/x"), Some("/t"), "/x", "/x")]
    fn typed_directory_goes_first(
        #[case] typed: Option<&str>,
        #[case] build: Option<&str>,
        #[case] expected_target: &str,
        #[case] expected_build: &str,
    ) {
        let answer = Answer {
            packages: vec![Package { name: "b".to_owned() }, Package { name: "a".to_owned() }],
            target_directory: "/t".into(),
            build_directory: build.map(Utf8PathBuf::from),
            workspace_root: "/w".into(),
        };
        let located = of_answer(answer, typed.map(Utf8Path::new));
        assert_eq!(
            (located.target.as_str(), located.build.as_str()),
            (expected_target, expected_build)
        );
        assert_eq!(located.members, ["a", "b"]);
    }
}
