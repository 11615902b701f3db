//! The environment of compilers and build scripts. Pure: what the process inherited is an input.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::ids::UnitId;
use crate::packages::Package;
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::request::Environment;
use crate::rustc::Blueprint;
use crate::rustc::outputs::executable_name;

/// Where the system's loader looks for shared libraries.
const SEARCH_PATH_VARIABLE: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else if cfg!(target_os = "aix") {
    "LIBPATH"
} else {
    "LD_LIBRARY_PATH"
};

/// A directory cannot be part of a search path: its name holds the separator.
#[derive(Debug, thiserror::Error)]
#[error(
    "failed to join paths from `${SEARCH_PATH_VARIABLE}` together\n\n\
     Check if any of path segments listed below contain an unterminated quote character or path \
     separator:{}",
    listed(paths)
)]
pub struct JoinPathsError {
    /// The directories.
    pub paths: Vec<PathBuf>,
    /// The standard library's reason.
    pub source: env::JoinPathsError,
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("\n    {path:?}")).collect()
}

/// Sets the environment of the rustc of a unit.
pub(crate) fn rustc_env(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    command: &mut CommandLine,
) -> Result<(), JoinPathsError> {
    let unit = blueprint.unit(id);
    let target = &unit.target;
    rustdoc_env(blueprint, id, command)?;
    if target.is_test() || target.is_bench() {
        executables_env(blueprint, id, command);
        command.env("CARGO_TARGET_TMPDIR", blueprint.layout.tmp(&unit.kind));
    }
    if blueprint.is_primary(id) {
        command.env("CARGO_PRIMARY_PACKAGE", "1");
    }
    Ok(())
}

/// Sets the environment of the rustdoc of a unit: that of its rustc, but for what is about tests and
/// about packages that were asked for.
pub(crate) fn rustdoc_env(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    command: &mut CommandLine,
) -> Result<(), JoinPathsError> {
    let target = &blueprint.unit(id).target;
    if target.is_bin() || target.is_exe_example() {
        command.env("CARGO_BIN_NAME", &target.name);
    }
    command.env("CARGO_CRATE_NAME", target.crate_name());
    let directories = vec![blueprint.layout.deps(&CompileKind::Host).into_std_path_buf()];
    package_env(blueprint, id, directories, command)?;

    let runs = blueprint.dependencies(id).iter().map(|dependency| dependency.unit);
    if let Some(run) = runs.into_iter().find(|run| blueprint.unit(*run).is_run_custom_build()) {
        command.env("OUT_DIR", blueprint.out_dir(run));
    }
    Ok(())
}

/// Sets `CARGO_BIN_EXE_*` for every binary of the package, built or not. There are none to point to
/// when only checking, but `env!` must find the variable.
pub(crate) fn executables_env(blueprint: &Blueprint<'_>, id: UnitId, command: &mut CommandLine) {
    let kind = &blueprint.unit(id).kind;
    for target in blueprint.package(id).targets.iter().filter(|target| target.is_bin()) {
        let name = &target.name;
        let path = executable_name(target, blueprint.facts(id))
            .filter(|_| blueprint.installs)
            .map(|file| blueprint.layout.results(kind).join(file).into_string());
        let value = path.unwrap_or_else(|| format!("placeholder:{name}"));
        command.env(format!("CARGO_BIN_EXE_{name}"), value);
    }
}

/// Sets what compilers and build scripts have in common: facts of the package, the search path of
/// the loader (`directories`, then the inherited one), and `[env]`, which never replaces what was
/// set before.
pub(crate) fn package_env(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    directories: Vec<PathBuf>,
    command: &mut CommandLine,
) -> Result<(), JoinPathsError> {
    let workspace = blueprint.workspace;
    let inherited = &blueprint.request.env;
    command.env(SEARCH_PATH_VARIABLE, search_path(directories, inherited)?);
    command.env("CARGO", &workspace.toolchain.cargo);
    manifest_env(blueprint.package(id), command);
    for (name, value) in &workspace.config.env {
        command.env.entry(name.clone()).or_insert_with(|| Some(value.into()));
    }
    if let Some(toolchain) = &workspace.toolchain.rustup_toolchain
        && inherited.get("RUSTUP_TOOLCHAIN") != Some(toolchain)
    {
        let variable = command.env.entry("RUSTUP_TOOLCHAIN".to_owned());
        variable.or_insert_with(|| Some(toolchain.into()));
    }
    Ok(())
}

fn manifest_env(package: &Package, command: &mut CommandLine) {
    let version = &package.version;
    let facts = &package.facts;
    command
        .env("CARGO_MANIFEST_DIR", package.root())
        .env("CARGO_MANIFEST_PATH", &package.manifest_path)
        .env("CARGO_PKG_VERSION_MAJOR", version.major.to_string())
        .env("CARGO_PKG_VERSION_MINOR", version.minor.to_string())
        .env("CARGO_PKG_VERSION_PATCH", version.patch.to_string())
        .env("CARGO_PKG_VERSION_PRE", version.pre.as_str())
        .env("CARGO_PKG_VERSION", version.to_string())
        .env("CARGO_PKG_NAME", &package.name)
        .env("CARGO_PKG_DESCRIPTION", &facts.description)
        .env("CARGO_PKG_HOMEPAGE", &facts.homepage)
        .env("CARGO_PKG_REPOSITORY", &facts.repository)
        .env("CARGO_PKG_LICENSE", &facts.license)
        .env("CARGO_PKG_LICENSE_FILE", &facts.license_file)
        .env("CARGO_PKG_AUTHORS", facts.authors.join(":"))
        .env("CARGO_PKG_RUST_VERSION", &facts.rust_version_text)
        .env("CARGO_PKG_README", &facts.readme);
}

/// Returns the loader's search path: `directories`, then what was inherited, unless that starts
/// with them already.
fn search_path(
    mut directories: Vec<PathBuf>,
    environment: &Environment,
) -> Result<OsString, JoinPathsError> {
    let inherited: Vec<PathBuf> =
        environment.get_os(SEARCH_PATH_VARIABLE).map_or_else(Vec::new, split);
    let has_defaults = cfg!(target_os = "macos") && inherited.is_empty();
    if inherited.starts_with(&directories) {
        directories = inherited;
    } else {
        directories.extend(inherited);
    }
    if has_defaults {
        // Setting the variable switches the system's defaults off.
        directories.extend(environment.get_os("HOME").map(|home| PathBuf::from(home).join("lib")));
        directories.extend(["/usr/local/lib", "/usr/lib"].map(PathBuf::from));
    }
    join(directories)
}

/// Sets the loader's search path of a command: directories, then what was inherited.
pub(crate) fn set_search_path(
    command: &mut CommandLine,
    directories: Vec<PathBuf>,
    inherited: &Environment,
) -> Result<(), JoinPathsError> {
    command.env(SEARCH_PATH_VARIABLE, search_path(directories, inherited)?);
    Ok(())
}

/// Appends directories to the loader's search path of a command.
pub(crate) fn append_search_path(
    command: &mut CommandLine,
    directories: impl IntoIterator<Item = PathBuf>,
) -> Result<(), JoinPathsError> {
    let current = command.env.get(SEARCH_PATH_VARIABLE).and_then(Option::as_deref);
    let mut paths = current.map_or_else(Vec::new, split);
    paths.extend(directories);
    let joined = join(paths)?;
    command.env(SEARCH_PATH_VARIABLE, joined);
    Ok(())
}

fn split(value: &OsStr) -> Vec<PathBuf> {
    env::split_paths(value).collect()
}

fn join(paths: Vec<PathBuf>) -> Result<OsString, JoinPathsError> {
    env::join_paths(&paths).map_err(|source| JoinPathsError { paths, source })
}

/// Returns a name as it stands in the name of a variable: upper case, hyphens as underscores.
pub(crate) fn envify(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::rustc::fixture::{Sample, without_hashes};
    use crate::rustc::rustc_command;
    use crate::units::CompileMode;

    /// Returns the changes to the environment as `NAME=value`, facts of the manifest left out.
    fn shown(command: &CommandLine) -> Vec<String> {
        let changes = command.env.iter().filter(|(name, _)| !name.starts_with("CARGO_PKG_"));
        let shown = changes.map(|(name, value)| match value {
            Some(value) => without_hashes(&format!("{name}={}", value.display())),
            None => format!("-{name}"),
        });
        shown.collect()
    }

    #[track_caller]
    fn check(sample: &Sample, id: UnitId, expected: &[&str]) {
        let command = rustc_command(&sample.fixture.blueprint(), id).unwrap();
        assert_eq!(shown(&command), expected);
    }

    #[test]
    fn libraries_are_told_of_their_package() {
        let sample = Sample::new();
        let command = rustc_command(&sample.fixture.blueprint(), sample.app).unwrap();
        let facts: Vec<String> = command
            .env
            .iter()
            .filter(|(name, _)| name.starts_with("CARGO_PKG_"))
            .map(|(name, value)| format!("{name}={}", value.as_ref().unwrap().display()))
            .collect();
        assert_eq!(
            facts,
            [
                "CARGO_PKG_AUTHORS=A <a@b>:B",
                "CARGO_PKG_DESCRIPTION=",
                "CARGO_PKG_HOMEPAGE=",
                "CARGO_PKG_LICENSE=",
                "CARGO_PKG_LICENSE_FILE=",
                "CARGO_PKG_NAME=my-app",
                "CARGO_PKG_README=",
                "CARGO_PKG_REPOSITORY=",
                "CARGO_PKG_RUST_VERSION=1.80",
                "CARGO_PKG_VERSION=1.2.3-rc.1",
                "CARGO_PKG_VERSION_MAJOR=1",
                "CARGO_PKG_VERSION_MINOR=2",
                "CARGO_PKG_VERSION_PATCH=3",
                "CARGO_PKG_VERSION_PRE=rc.1",
            ]
        );
    }

    #[test]
    fn dependencies_are_not_primary() {
        let sample = Sample::new();
        check(
            &sample,
            sample.sys,
            &[
                "CARGO=/rust/bin/cargo",
                "CARGO_CRATE_NAME=sys",
                "CARGO_MANIFEST_DIR=/w/sys",
                "CARGO_MANIFEST_PATH=/w/sys/Cargo.toml",
                "LD_LIBRARY_PATH=/w/target/atlas/debug/deps:/rust/lib",
                "OUT_DIR=/w/target/atlas/debug/unit/sys-[H]/out",
            ],
        );
    }

    #[test]
    fn binaries_know_their_name() {
        let sample = Sample::new();
        check(
            &sample,
            sample.example,
            &[
                "CARGO=/rust/bin/cargo",
                "CARGO_BIN_NAME=ex-one",
                "CARGO_CRATE_NAME=ex_one",
                "CARGO_MANIFEST_DIR=/w/my-app",
                "CARGO_MANIFEST_PATH=/w/my-app/Cargo.toml",
                "CARGO_PRIMARY_PACKAGE=1",
                "LD_LIBRARY_PATH=/w/target/atlas/debug/deps:/rust/lib",
                "OUT_DIR=/w/target/atlas/debug/unit/my-app-[H]/out",
            ],
        );
    }

    #[test]
    fn integration_tests_find_executables() {
        let sample = Sample::new();
        check(
            &sample,
            sample.it,
            &[
                "CARGO=/rust/bin/cargo",
                "CARGO_BIN_EXE_my-app=/w/target/debug/my-app",
                "CARGO_CRATE_NAME=it",
                "CARGO_MANIFEST_DIR=/w/my-app",
                "CARGO_MANIFEST_PATH=/w/my-app/Cargo.toml",
                "CARGO_PRIMARY_PACKAGE=1",
                "CARGO_TARGET_TMPDIR=/w/target/tmp",
                "LD_LIBRARY_PATH=/w/target/atlas/debug/deps:/rust/lib",
                "OUT_DIR=/w/target/atlas/debug/unit/my-app-[H]/out",
            ],
        );
    }

    #[test]
    fn checked_integration_tests_find_a_placeholder() {
        let mut sample = Sample::new();
        sample.fixture.units.units[sample.it].mode = CompileMode::Check { test: true };
        let command = rustc_command(&sample.fixture.blueprint(), sample.it).unwrap();
        let executable = command.env["CARGO_BIN_EXE_my-app"].as_deref();
        assert_eq!(executable, Some(OsStr::new("placeholder:my-app")));
    }

    #[test]
    fn configured_variables_replace_only_what_comes_later() {
        let mut sample = Sample::new();
        for name in ["CARGO_PKG_NAME", "OUT_DIR", "MINE"] {
            sample.fixture.workspace.config.env.insert(name.to_owned(), "configured".to_owned());
        }
        let command = rustc_command(&sample.fixture.blueprint(), sample.sys).unwrap();
        assert_eq!(command.env["CARGO_PKG_NAME"].as_deref(), Some(OsStr::new("sys")));
        assert_eq!(command.env["MINE"].as_deref(), Some(OsStr::new("configured")));
        assert_ne!(command.env["OUT_DIR"].as_deref(), Some(OsStr::new("configured")));
    }

    #[rstest]
    #[case(None, "/a:/b")]
    #[case(Some("/c"), "/a:/b:/c")]
    #[case(Some("/a:/b:/c"), "/a:/b:/c")]
    #[case(Some("/b:/a"), "/a:/b:/b:/a")]
    #[cfg(target_os = "linux")]
    fn search_paths_are_not_repeated(#[case] inherited: Option<&str>, #[case] expected: &str) {
        let vars = inherited.map(|value| (SEARCH_PATH_VARIABLE.into(), value.into()));
        let environment = Environment { vars: vars.into_iter().collect() };
        let path = search_path(vec!["/a".into(), "/b".into()], &environment).unwrap();
        assert_eq!(path, expected);
    }

    #[test]
    #[cfg(unix)]
    fn separators_in_directories_are_an_error() {
        let error = search_path(vec!["/a:b".into()], &Environment::default()).unwrap_err();
        assert!(error.to_string().ends_with("separator:\n    \"/a:b\""), "{error}");
    }
}
