//! Running `cargo metadata`. Its standard error goes to the user as it comes: progress of
//! downloads, warnings and errors are cargo's own words, told once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::process::{ExitStatus, Stdio};

use cargo_metadata::Metadata;
use serde::Deserialize;

use crate::platform::{CompileKind, Triple};
use crate::process::{CommandLine, SpawnError};
use crate::request::{BuildRequest, RustVersionCheck};
use crate::toolchain::answer;

/// `cargo metadata` did not answer.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// It could not be started.
    #[error("failed to start `cargo metadata`")]
    Spawn(#[source] SpawnError),
    /// It failed, and has told the user why.
    #[error("`cargo metadata` failed ({status})")]
    Failed {
        /// How it ended.
        status: ExitStatus,
    },
    /// Its output is not what it should be.
    #[error("failed to parse the output of `cargo metadata`")]
    Parse(#[source] serde_json::Error),
}

/// What `cargo metadata` says.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// All of it.
    pub(super) metadata: Metadata,
    /// `package.rust-version` as written, by package id.
    pub(super) rust_versions: BTreeMap<String, String>,
    /// Whether the features of dependencies that were asked for were taken into account.
    pub(super) dependency_features: DependencyFeatures,
}

/// What became of `--features dependency/feature`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DependencyFeatures {
    /// They were taken into account, or there were none.
    Resolved,
    /// cargo could not resolve them for the workspace as a whole: unless they turn out to be
    /// mistaken, plain cargo has to take the request.
    Unresolved,
}

/// Which cargo is asked, and on whose behalf.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    /// The request.
    pub(super) request: &'a BuildRequest,
    /// The cargo executable.
    pub(super) cargo: &'a str,
    /// `RUSTUP_TOOLCHAIN` for it.
    pub(super) rustup_toolchain: Option<&'a str>,
}

/// How `cargo metadata` is to be run.
#[derive(Clone, Debug)]
pub(super) struct Query<'a> {
    /// Which cargo.
    pub(super) asked: &'a Asked<'a>,
    /// The host.
    pub(super) host: &'a Triple,
    /// What to build for.
    pub(super) kinds: &'a [CompileKind],
    /// Of which platforms the dependencies are wanted.
    pub(super) platforms: Platforms,
}

/// Of which platforms dependencies are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Platforms {
    /// Of the host and of what is built for: what cargo would download for the build.
    Requested,
    /// Of all: resolver 1 unifies features over them.
    All,
}

/// Asks cargo for the packages of the build, with all features on: which of them take part is
/// decided later.
///
/// # Errors
///
/// cargo could not be started, failed, or answered nonsense.
pub(super) fn query(query: &Query<'_>) -> Result<Answer, MetadataError> {
    // Packages of other platforms are no business of the user's, and the rest has been told.
    let told = match query.platforms {
        Platforms::All => Stdio::null(),
        Platforms::Requested => Stdio::inherit(),
    };
    let features: Vec<&str> = dependency_features(&query.asked.request.features.features).collect();
    if features.is_empty() {
        return ask(query, &[], told, DependencyFeatures::Resolved);
    }
    // What happens on the way is told once. What is wrong with the features is told in the words for
    // the packages that were selected.
    let plain = ask(query, &[], told, DependencyFeatures::Unresolved)?;
    match ask(query, &features, Stdio::null(), DependencyFeatures::Resolved) {
        Err(MetadataError::Failed { .. }) => Ok(plain),
        answered => answered,
    }
}

/// Has cargo read the manifests, and tell the user what is wrong with them.
///
/// # Errors
///
/// cargo could not be started, or failed.
pub(super) fn without_dependencies(asked: &Asked<'_>) -> Result<(), MetadataError> {
    let mut line = asked.command_line("metadata");
    line.args(["--format-version", "1", "--no-deps"]);
    line.args(["--color", color(asked.request)]);
    let output = answer(&line, &asked.request.env, Stdio::inherit());
    let status = output.map_err(MetadataError::Spawn)?.status;
    if status.success() { Ok(()) } else { Err(MetadataError::Failed { status }) }
}

fn color(request: &BuildRequest) -> &'static str {
    if request.color.ansi { "always" } else { "never" }
}

fn ask(
    query: &Query<'_>,
    features: &[&str],
    stderr: Stdio,
    resolved: DependencyFeatures,
) -> Result<Answer, MetadataError> {
    let output = answer(&command_line(query, features), &query.asked.request.env, stderr)
        .map_err(MetadataError::Spawn)?;
    if !output.status.success() {
        return Err(MetadataError::Failed { status: output.status });
    }
    parse(&output.stdout, resolved).map_err(MetadataError::Parse)
}

fn parse(
    json: &[u8],
    dependency_features: DependencyFeatures,
) -> Result<Answer, serde_json::Error> {
    let texts: Texts<'_> = serde_json::from_slice(json)?;
    let rust_versions = texts
        .packages
        .into_iter()
        .filter_map(|package| Some((package.id.into_owned(), package.rust_version?.into_owned())))
        .collect();
    Ok(Answer { metadata: serde_json::from_slice(json)?, rust_versions, dependency_features })
}

/// What is kept as it is written.
#[derive(Deserialize)]
struct Texts<'a> {
    #[serde(borrow)]
    packages: Vec<PackageTexts<'a>>,
}

#[derive(Deserialize)]
struct PackageTexts<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    rust_version: Option<Cow<'a, str>>,
}

impl Asked<'_> {
    /// Returns a command line of cargo for the workspace of the request.
    pub(super) fn command_line(&self, command: &str) -> CommandLine {
        let request = self.request;
        let mut line = CommandLine::new(self.cargo, request.cwd.clone());
        line.arg(command);
        if let Some(path) = &request.manifest_path {
            line.arg("--manifest-path").arg(path.as_str());
        }
        for argument in &request.config_args {
            line.arg("--config").arg(argument);
        }
        if let Some(toolchain) = self.rustup_toolchain {
            line.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        // There cargo keeps what rustc has told it, and need not ask again.
        if let Some(directory) = &request.target_dir {
            line.env("CARGO_TARGET_DIR", directory);
        }
        line
    }
}

fn command_line(query: &Query<'_>, features: &[&str]) -> CommandLine {
    let request = query.asked.request;
    let mut line = query.asked.command_line("metadata");
    line.args(["--format-version", "1", "--all-features"]);
    if request.rust_version == RustVersionCheck::Ignore {
        // `--ignore-rust-version` is a flag of commands that compile.
        line.args(["--config", "resolver.incompatible-rust-versions=\"allow\""]);
    }
    line.args(["--color", color(request)]);
    let mut platforms = vec![query.host];
    platforms.extend(query.kinds.iter().filter_map(CompileKind::triple));
    platforms.sort();
    platforms.dedup();
    if query.platforms == Platforms::Requested {
        for triple in platforms {
            line.args(["--filter-platform", triple.as_str()]);
        }
    }
    for feature in features {
        line.arg("--features").arg(feature);
    }
    let resolution = request.resolution;
    let flags = [
        ("--locked", resolution.locked),
        ("--offline", resolution.offline),
        ("--frozen", resolution.frozen),
        ("--quiet", request.quiet),
    ];
    line.args(flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| *flag));
    line
}

/// Returns the features of dependencies among the features asked for. A package's own features are
/// all on already; a dependency may have features that none of them turns on.
fn dependency_features(features: &[String]) -> impl Iterator<Item = &str> {
    features
        .iter()
        .flat_map(|features| features.split([',', ' ', '\t']))
        .filter(|feature| feature.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::{dependency_features, parse};

    #[test]
    fn rust_versions_are_kept_as_written() {
        let json = r#"{"packages": [{"id": "path+file:///a#0.1.0", "name": "a", "version": "0.1.0",
            "dependencies": [], "targets": [], "features": {}, "manifest_path": "/a/Cargo.toml",
            "rust_version": "1.70"}], "workspace_members": [], "resolve": null, "version": 1,
            "workspace_root": "/a", "target_directory": "/a/target", "metadata": null}"#;
        let answer = parse(json.as_bytes(), super::DependencyFeatures::Resolved).expect("parsed");
        assert_eq!(answer.rust_versions["path+file:///a#0.1.0"], "1.70");
    }

    #[test]
    fn only_features_of_dependencies_are_passed_on() {
        let features = ["a,b/c d".to_owned(), "e?/f".to_owned()];
        let passed: Vec<_> = dependency_features(&features).collect();
        assert_eq!(passed, ["b/c", "e?/f"]);
    }
}
