//! What a unit is made from, as named parts: which of everything on a command line counts. Hashes
//! nothing itself and looks at no file; what a unit reads while it runs is not known here.
//!
//! | counts | as |
//! | --- | --- |
//! | `rustc -vV`, sysroot | compiler |
//! | crate root, crate types, edition | target |
//! | features | features |
//! | profile | profile |
//! | program, directory, arguments (so: lints, declared features, rustflags, linker, LTO) | arguments |
//! | variables that the command sets, `[env]` and `rustc-env` among them | environment |
//! | what it sees of each unit below | dependency, build script output |
//!
//! A unit that uses procedural macros also has what cargo says about its package: they read
//! variables without a word.
//!
//! What does not count: how messages are rendered; for pages, the name of the crate for others
//! (`-C metadata`), which depends on who else is in the build and which no page shows; `--cap-lints`
//! of packages that are not local, since `-vv` changes it; variables that differ from one build to
//! the next without a meaning ([`is_volatile`]); for compiles, what cargo says about the package and
//! about itself, unless the compile read it (its dep-info says so).

use std::ffi::{OsStr, OsString};

use atlas_fingerprint::{Digest, Fingerprint, PartKind};

use crate::ids::UnitId;
use crate::packages::{Package, PackageGraph};
use crate::process::CommandLine;
use crate::request::Environment;
use crate::toolchain::Toolchain;
use crate::units::{Profile, Unit, UnitGraph};

/// Variables about jobs and about where dynamic libraries are found.
const VOLATILE: [&str; 8] = [
    "CARGO_MAKEFLAGS",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "LIBPATH",
    "MAKEFLAGS",
    "MFLAGS",
    "NUM_JOBS",
    "PATH",
];

/// What the parts of all units are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The packages.
    pub packages: &'a PackageGraph,
    /// The units.
    pub units: &'a UnitGraph,
    /// The compiler.
    pub toolchain: &'a Toolchain,
    /// The environment that commands inherit.
    pub environment: &'a Environment,
}

/// Returns the parts of a unit. `command` is complete, with what build scripts add to it;
/// `dependencies` has one digest for each unit that this one sees something of.
pub fn fingerprint(
    sources: &Sources<'_>,
    id: UnitId,
    command: &CommandLine,
    dependencies: &[(UnitId, Digest)],
) -> Fingerprint {
    let unit = &sources.units.units[id];
    let package = &sources.packages.packages[unit.package];
    let mut fingerprint = Fingerprint::new();
    fingerprint
        .shown(PartKind::Compiler, compiler(sources.toolchain))
        .shown(PartKind::Target, target(unit))
        .shown(PartKind::Features, unit.features.clone())
        .shown(PartKind::Profile, profile(&unit.profile))
        .shown(PartKind::Arguments, arguments(command, unit, package, sources.toolchain));
    let mut below = dependencies.iter().map(|(id, _)| &sources.units.units[*id].target);
    let reads_package = unit.is_run_custom_build() || below.any(|target| target.is_proc_macro());
    for (name, value) in &command.env {
        if is_counted(name, reads_package) {
            let value = value.as_deref().map(OsStr::as_encoded_bytes);
            fingerprint.hidden(PartKind::Environment, name, value);
        }
    }
    for (dependency, digest) in dependencies {
        let unit = &sources.units.units[*dependency];
        let package = &sources.packages.packages[unit.package];
        let name = format!("{} v{}", package.name, package.version);
        let kind = match unit.is_run_custom_build() {
            true => PartKind::BuildScriptOutput,
            false => PartKind::Dependency,
        };
        fingerprint.digest(kind, &name, *digest);
    }
    fingerprint
}

/// Returns the value of a variable that a unit says to depend on, as its process sees it. Of
/// variables that mean nothing, only what the user sets counts, as in cargo.
pub fn variable<'a>(
    command: &'a CommandLine,
    environment: &'a Environment,
    name: &str,
) -> Option<&'a OsStr> {
    match command.env.get(name) {
        Some(value) if !is_volatile(name) => value.as_deref(),
        _ => environment.get_os(name),
    }
}

/// Returns whether [`variable`] takes a variable from the environment.
pub fn is_inherited(command: &CommandLine, name: &str) -> bool {
    is_volatile(name) || !command.env.contains_key(name)
}

/// Returns whether a variable may differ from one build to the next without a meaning.
pub fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name)
}

/// Returns whether a variable that the command sets counts whether or not the unit says to read it.
fn is_counted(name: &str, reads_package: bool) -> bool {
    // Which units are primary depends on what else is built.
    let about_cargo = name == "CARGO" || name == "CARGO_PRIMARY_PACKAGE";
    let about_package = name.starts_with("CARGO_PKG_") && !reads_package;
    !(is_volatile(name) || about_cargo || about_package)
}

/// Returns what identifies the compiler.
fn compiler(toolchain: &Toolchain) -> Vec<String> {
    let mut lines: Vec<String> = toolchain.verbose_version.lines().map(str::to_owned).collect();
    lines.push(format!("sysroot: {}", toolchain.sysroot));
    lines
}

/// Returns what identifies the target.
fn target(unit: &Unit) -> Vec<String> {
    let target = &unit.target;
    let kinds = target.kind_names().join(",");
    let triple = unit.kind.triple().map_or("host", |triple| triple.as_str());
    vec![
        format!("name={}", target.name),
        format!("kind={kinds}"),
        format!("root={}", target.src_path),
        format!("edition={}", target.edition),
        format!("mode={}", unit.mode.as_str()),
        format!("test={}", unit.mode.is_any_test()),
        format!("for={triple}"),
    ]
}

/// Returns the settings that cargo compares.
fn profile(profile: &Profile) -> Vec<String> {
    let split = profile.split_debuginfo.as_deref().unwrap_or("default");
    let codegen_units = profile.codegen_units.map_or("default".to_owned(), |n| n.to_string());
    vec![
        format!("opt-level={}", profile.opt_level),
        format!("lto={}", profile.lto.as_str()),
        format!("codegen-units={codegen_units}"),
        format!("debug={}", profile.debuginfo.level.as_str()),
        format!("split-debuginfo={split}"),
        format!("debug-assertions={}", profile.debug_assertions),
        format!("overflow-checks={}", profile.overflow_checks),
        format!("rpath={}", profile.rpath),
        format!("incremental={}", profile.incremental),
        format!("panic={}", profile.panic.as_str()),
        format!("strip={}", profile.strip.value.as_deref().unwrap_or("none")),
    ]
}

/// Returns the program, the directory and the arguments that count. As in cargo, a `RUSTC_WRAPPER`
/// does not: it is expected to do what the compiler behind it does.
fn arguments(
    command: &CommandLine,
    unit: &Unit,
    package: &Package,
    toolchain: &Toolchain,
) -> Vec<String> {
    let is_wrapper = |word: &&OsString| {
        toolchain.rustc_wrapper.as_ref().is_some_and(|wrapper| wrapper.as_str() == **word)
    };
    let words = [&command.program].into_iter().chain(&command.args);
    let mut args = words.skip_while(is_wrapper);
    let program = args.next().unwrap_or(&command.program);
    let mut counted = vec![show(program), format!("in {}", command.cwd)];
    let mut caps_lints = !package.is_local();
    let mut names_metadata = unit.mode.is_doc();
    while let Some(arg) = args.next() {
        let arg = show(arg);
        if caps_lints && arg == "--cap-lints" {
            caps_lints = false;
            args.next();
        } else if caps_lints && arg.starts_with("--cap-lints=") {
            caps_lints = false;
        } else if names_metadata && arg.starts_with("metadata=") {
            names_metadata = false;
        } else if !is_rendering(&arg) {
            counted.push(arg);
        }
    }
    counted
}

/// Returns whether an argument says only how messages look.
fn is_rendering(arg: &str) -> bool {
    ["--diagnostic-width=", "--error-format=", "--json=", "--color="]
        .iter()
        .any(|option| arg.starts_with(option))
}

/// Returns an argument as text: two that differ never look the same.
fn show(arg: &OsString) -> String {
    match arg.to_str() {
        Some(text) => text.to_owned(),
        None => format!("{arg:?}"),
    }
}
