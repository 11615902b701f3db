//! The command line of rustdoc for a unit, flag by flag as cargo pushes them, and that of the rustc
//! which says what rustdoc has read. Pure; what build scripts add comes later. Sources: cargo's
//! `prepare_rustdoc` and `rustdoc_process`, `run_doc_tests` in its `ops/cargo_test.rs`.

use std::ffi::OsStr;

use camino::Utf8Path;

use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::rustc::Blueprint;
use crate::rustc::args::{Args, source_and_directory};
use crate::rustc::env::{JoinPathsError, rustdoc_env};
use crate::units::{PanicStrategy, UnitHash};

/// Options that mean the same to rustc and rustdoc and decide what is in a crate. Those with a value
/// have it in the next argument or joined by `=`.
const SHARED_OPTIONS: [&str; 9] = [
    "--crate-name",
    "--crate-type",
    "--target",
    "--edition",
    "--cfg",
    "--check-cfg",
    "--extern",
    "--sysroot",
    "--codegen",
];
/// The same with one letter; the value may follow at once.
const SHARED_LETTERS: [&str; 3] = ["-C", "-L", "-Z"];
const CRATE_VERSION: &str = "--crate-version";

/// Returns the command that documents a unit, without what build scripts add.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub(crate) fn rustdoc_command(
    blueprint: &Blueprint<'_>,
    id: UnitId,
) -> Result<CommandLine, JoinPathsError> {
    let unit = blueprint.unit(id);
    let (source, cwd) = source_and_directory(blueprint, id);
    let mut args = Args(Vec::new());
    args.crate_kind(blueprint, id);
    args.pair("--crate-name", unit.target.crate_name());
    args.push(source.as_str());
    args.lint_cap(blueprint, id);
    args.target(blueprint, id);
    args.pair("-o", blueprint.layout.pages(&unit.kind));
    args.features(blueprint, id);
    args.messages(blueprint);
    args.0.extend(blueprint.package(id).lint_flags.iter().cloned());
    args.codegen(format!("metadata={}", metadata(blueprint, id)));
    args.dependencies(blueprint, id);
    args.asked_for(blueprint, id);
    args.0.extend(blueprint.facts(id).rustdocflags.iter().cloned());
    if !args.0.iter().any(|arg| arg.starts_with(CRATE_VERSION)) {
        args.pair(CRATE_VERSION, blueprint.package(id).version.to_string());
    }
    let mut command = CommandLine::new(&blueprint.workspace.toolchain.rustdoc, cwd);
    command.args(args.0);
    rustdoc_env(blueprint, id, &mut command)?;
    Ok(command)
}

/// A command that is interrupted where something is put in.
#[derive(Clone, Debug)]
pub(crate) struct DoctestParts {
    /// The command, up to where native directories and arguments of tests go.
    pub(crate) command: CommandLine,
    /// What follows, up to where conditions of build scripts go.
    pub(crate) rest: Vec<String>,
    /// What follows these.
    pub(crate) user_flags: Vec<String>,
}

/// Returns the command that compiles and runs the examples in the documentation of a unit.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub(crate) fn doctest_command(
    blueprint: &Blueprint<'_>,
    id: UnitId,
) -> Result<DoctestParts, JoinPathsError> {
    let unit = blueprint.unit(id);
    let facts = blueprint.facts(id);
    let (source, cwd) = source_and_directory(blueprint, id);
    let mut args = Args(Vec::new());
    args.pair("--crate-name", unit.target.crate_name());
    args.push("--test");
    args.push(source.as_str());
    args.pair("--test-run-directory", blueprint.package(id).root().as_str());
    args.target(blueprint, id);
    if let Some(runner) = &facts.runner {
        args.pair("--test-runtool", runner.program.as_str());
        for arg in &runner.args {
            args.pair("--test-runtool-arg", arg);
        }
    }
    if let Some(linker) = &facts.linker {
        args.codegen(format!("linker={linker}"));
    }
    if unit.profile.panic != PanicStrategy::Unwind {
        args.codegen(format!("panic={}", unit.profile.panic.as_str()));
    }
    let mut rest = Args(blueprint.package(id).lint_flags.clone());
    rest.externs(blueprint, id);
    rest.search_paths(blueprint, id);
    rest.link_time_optimization(&blueprint.lto[id]);
    rest.features(blueprint, id);

    let mut kind = Args(Vec::new());
    kind.crate_kind(blueprint, id);
    let mut command = CommandLine::new(&blueprint.workspace.toolchain.rustdoc, cwd);
    command.args(kind.0).args(args.0);
    rustdoc_env(blueprint, id, &mut command)?;
    Ok(DoctestParts { command, rest: rest.0, user_flags: facts.rustdocflags.clone() })
}

/// Returns what names the crate to those that depend on it, so that rustdoc knows its items again in
/// theirs: the hash of the unit that checks it, if there is one. Source: cargo's
/// `compute_metadata_for_doc_units`.
fn metadata(blueprint: &Blueprint<'_>, id: UnitId) -> UnitHash {
    let unit = blueprint.unit(id);
    let same = || {
        let units = blueprint.units.units.iter();
        units.filter(|(_, other)| other.package == unit.package && other.target == unit.target)
    };
    let checked = same().find(|(_, other)| other.mode.is_check());
    let documented = same().find(|(_, other)| other.mode.is_doc());
    let found = checked.or(documented).map_or(id, |(found, _)| found);
    blueprint.identities[found].metadata
}

impl Args {
    fn crate_kind(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let target = &blueprint.unit(id).target;
        self.push(format!("--edition={}", target.edition));
        for crate_type in target.rustc_crate_types() {
            self.pair("--crate-type", crate_type.as_str());
        }
    }

    fn target(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        if let Some(triple) = blueprint.unit(id).kind.triple() {
            self.pair("--target", triple.as_str());
        }
    }

    /// What is for units only that were asked for. Cargo documents private items of binaries always,
    /// and allows links to them.
    fn asked_for(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        if !blueprint.units.roots.contains(&id) {
            return;
        }
        let extra = &blueprint.request.extra_args;
        self.0.extend(extra.rustdoc.iter().cloned());
        let is_binary = blueprint.unit(id).target.is_bin();
        if extra.private_items || is_binary {
            self.push("--document-private-items");
        }
        if is_binary {
            self.push("-Arustdoc::private-intra-doc-links");
        }
    }
}

/// Returns the command of the rustc that reads what a rustdoc reads and writes down what that was;
/// rustdoc itself does so only where unstable options are allowed. `None` if the arguments of rustdoc
/// are in a file.
pub(crate) fn dep_info_command(
    rustdoc: &CommandLine,
    rustc: &Utf8Path,
    source: &str,
    dep_info: &Utf8Path,
) -> Option<CommandLine> {
    let mut command = CommandLine::new(rustc, &rustdoc.cwd);
    command.env.clone_from(&rustdoc.env);
    let mut args = rustdoc.args.iter();
    while let Some(arg) = args.next() {
        let text = arg.to_str()?;
        if text.starts_with('@') {
            return None;
        }
        let is_shared = |option: &&&str| {
            text.strip_prefix(**option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        let letter = SHARED_LETTERS.iter().find(|letter| text.starts_with(**letter));
        let option = SHARED_OPTIONS.iter().find(is_shared);
        let Some(option) = option.or(letter) else { continue };
        command.arg(arg);
        if text == *option {
            command.args(args.next());
        }
    }
    command.arg(source).args(["--cfg", "doc", "--cap-lints", "allow"]);
    command.arg(OsStr::new(&format!("--emit=dep-info={dep_info}")));
    Some(command)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::packages::TargetKind;
    use crate::rustc::fixture::{Fixture, Sample, lib, target, without_hashes};
    use crate::units::CompileMode;

    fn shown(command: &CommandLine) -> String {
        let args: Vec<_> = command.args.iter().map(|arg| arg.to_str().unwrap()).collect();
        without_hashes(&args.join(" "))
    }

    // What cargo printed for the same manifests, but for directories and values of hashes.
    #[test]
    fn libraries_are_documented_with_what_they_are_made_from() {
        let mut sample = Sample::new();
        sample.fixture.units.units[sample.app].mode = CompileMode::Doc;
        let command = rustdoc_command(&sample.fixture.blueprint(), sample.app).unwrap();
        let shown = shown(&command);
        assert!(
            shown.starts_with(
                "--edition=2021 --crate-type lib --crate-name my_app src/lib.rs -o /w/target/doc \
             --cfg feature=\"default\""
            ) || shown.contains(" -o /w/target/doc "),
            "{shown}"
        );
        assert!(shown.ends_with("--crate-version 1.2.3-rc.1"), "{shown}");
        assert_eq!(command.program, "/rust/bin/rustdoc");
    }

    #[rstest]
    #[case::library(0, false, "")]
    #[case::private(0, true, "--document-private-items")]
    #[case::binary(1, false, "--document-private-items -Arustdoc::private-intra-doc-links")]
    fn private_items_are_shown_of_binaries(
        #[case] target_index: usize,
        #[case] private_items: bool,
        #[case] expected: &str,
    ) {
        let mut fixture = Fixture::new();
        let bin = target(TargetKind::Bin, "b", "src/main.rs");
        let package = fixture.member("a", vec![lib(&[]), bin]);
        let unit = fixture.unit(package, target_index, CompileMode::Doc, &[]);
        fixture.units.roots.push(unit);
        fixture.request.extra_args.private_items = private_items;
        let shown = shown(&rustdoc_command(&fixture.blueprint(), unit).unwrap());
        let (_, flags) = shown.split_once("-L dependency=/w/target/atlas/debug/deps ").unwrap();
        assert_eq!(flags.trim_end_matches("--crate-version 0.1.0").trim(), expected);
    }

    #[rstest]
    #[case::shared(
        &["--edition=2021", "--crate-type", "lib", "--cfg", "x", "--cfg=y", "-L", "dependency=/d"],
        "--edition=2021 --crate-type lib --cfg x --cfg=y -L dependency=/d"
    )]
    #[case::joined(&["-Cmetadata=1", "-L/d", "--extern", "a=/a"], "-Cmetadata=1 -L/d --extern a=/a")]
    #[case::of_rustdoc(
        &["-o", "/doc", "--crate-version", "1.0.0", "--html-in-header", "x.html", "--cap-lints", "warn"],
        ""
    )]
    #[case::lints(&["-Arustdoc::x", "--warn=unused", "--error-format=json", "src/lib.rs"], "")]
    fn rustc_reads_the_crate_that_rustdoc_reads(#[case] args: &[&str], #[case] expected: &str) {
        let mut rustdoc = CommandLine::new("rustdoc", "/w");
        rustdoc.args(args.iter().copied()).env("A", "1");
        let dep_info = Utf8Path::new("/u/a.d");
        let rustc =
            dep_info_command(&rustdoc, "/bin/rustc".into(), "src/lib.rs", dep_info).unwrap();
        let end = "src/lib.rs --cfg doc --cap-lints allow --emit=dep-info=/u/a.d";
        assert_eq!(shown(&rustc), format!("{expected} {end}").trim_start());
        assert_eq!((rustc.cwd, rustc.env), (rustdoc.cwd, rustdoc.env));
    }

    #[test]
    fn arguments_in_a_file_are_not_read() {
        let mut rustdoc = CommandLine::new("rustdoc", "/w");
        rustdoc.arg("@args");
        let dep_info = dep_info_command(&rustdoc, "rustc".into(), "a.rs", "/u/a.d".into());
        assert!(dep_info.is_none());
    }
}
