//! What rustc is told to write in place of paths of this machine, so that artifacts are the same
//! wherever they are made. Pure; knows nothing of who compares them.
//!
//! | path | becomes | when |
//! | --- | --- | --- |
//! | `OUT_DIR` of a package | `/atlas/<name>-<version>/out` | always for packages that are not local; with `portable` for all |
//! | root of the workspace | `.` | `portable` |
//! | a package elsewhere | `/path/<name>-<version>` | `portable` |
//! | target directory | `/target` | `portable` |
//! | cargo's home | `/cargo` | `portable` |
//! | source of the standard library | `/rustc/<commit>` | `portable` |
//!
//! Without `portable`, users debug what a local build script writes, so those paths stay.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::ids::UnitId;
use crate::packages::Package;
use crate::rustc::Blueprint;
use crate::toolchain::Toolchain;
use crate::workspace::cargo_home;

/// A directory and what is written in its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remap {
    /// The directory.
    pub from: Utf8PathBuf,
    /// Its name in artifacts.
    pub to: String,
}

impl Remap {
    /// Returns the argument for rustc.
    pub(crate) fn arg(&self) -> String {
        format!("--remap-path-prefix={}={}", self.from, self.to)
    }

    fn new(from: impl Into<Utf8PathBuf>, to: impl Into<String>) -> Self {
        Remap { from: from.into(), to: to.into() }
    }
}

/// Returns the remaps of a unit, in order: of several that match, rustc takes the last. They belong
/// after all other arguments, so that flags of the user do not undo them.
pub(crate) fn remaps(blueprint: &Blueprint<'_>, id: UnitId) -> Vec<Remap> {
    if !blueprint.request.portable {
        let own = out_dir(blueprint, id).filter(|_| !blueprint.package(id).is_local());
        return own.into_iter().collect();
    }
    let mut remaps = everywhere(blueprint);
    // What rustc says of the code of dependencies names their files, too.
    for below in reachable(blueprint, id) {
        let package = blueprint.package(below);
        if below == id || package.is_local() {
            remaps.extend(root(blueprint, package));
            remaps.extend(out_dir(blueprint, below));
        }
    }
    // The directory within another one has to win.
    remaps.sort_by(|one, other| (depth(one), &one.from).cmp(&(depth(other), &other.from)));
    remaps.dedup();
    remaps
}

fn depth(remap: &Remap) -> usize {
    remap.from.components().count()
}

/// Returns what is the same for all units.
fn everywhere(blueprint: &Blueprint<'_>) -> Vec<Remap> {
    let workspace = blueprint.workspace;
    let library = workspace.toolchain.sysroot.join("lib/rustlib/src/rust");
    let mut remaps = vec![
        Remap::new(&workspace.root, "."),
        Remap::new(&workspace.target_directory, "/target"),
        Remap::new(library, format!("/rustc/{}", commit(&workspace.toolchain))),
    ];
    remaps.extend(home(blueprint).map(|home| Remap::new(home, "/cargo")));
    remaps
}

fn home(blueprint: &Blueprint<'_>) -> Option<Utf8PathBuf> {
    cargo_home(&blueprint.request.env, &blueprint.request.cwd)
}

/// Returns what tells the standard library from others, as rustc has it in its own artifacts.
fn commit(toolchain: &Toolchain) -> String {
    let mut lines = toolchain.verbose_version.lines();
    let commit = lines.find_map(|line| line.strip_prefix("commit-hash: "));
    let known = commit.filter(|commit| *commit != "unknown");
    known.map_or_else(|| toolchain.version.to_string(), str::to_owned)
}

/// Returns the name of a package's directory, if that has none by what is around it. Files of
/// packages that are not members are passed by absolute paths, wherever they are.
fn root(blueprint: &Blueprint<'_>, package: &Package) -> Option<Remap> {
    let is_below = |directory: &Utf8Path| package.root().starts_with(directory);
    let is_relative = package.is_local() && is_below(&blueprint.workspace.root);
    let is_named = is_relative || home(blueprint).is_some_and(|home| is_below(&home));
    let name = || format!("/path/{}-{}", package.name, package.version);
    (!is_named).then(|| Remap::new(package.root(), name()))
}

/// Returns the name of the directory into which the build script of a unit's package writes.
fn out_dir(blueprint: &Blueprint<'_>, id: UnitId) -> Option<Remap> {
    let package = blueprint.package(id);
    let run = blueprint.own_build_script(id)?;
    let name = format!("/atlas/{}-{}/out", package.name, package.version);
    Some(Remap::new(blueprint.out_dir(run), name))
}

/// Returns a unit and all those below it.
fn reachable(blueprint: &Blueprint<'_>, id: UnitId) -> BTreeSet<UnitId> {
    let mut seen = BTreeSet::from([id]);
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        for dependency in blueprint.dependencies(id) {
            if seen.insert(dependency.unit) {
                waiting.push(dependency.unit);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::CrateType;
    use crate::rustc::fixture::{Fixture, Sample, build_script, lib, without_hashes};
    use crate::units::CompileMode;

    fn shown(fixture: &Fixture, id: UnitId) -> Vec<String> {
        let remaps = remaps(&fixture.blueprint(), id);
        let shown = |remap: &Remap| without_hashes(&format!("{}={}", remap.from, remap.to));
        remaps.iter().map(shown).collect()
    }

    #[test]
    fn local_packages_keep_their_paths() {
        let sample = Sample::new();
        assert!(shown(&sample.fixture, sample.sys).is_empty());
        assert!(shown(&sample.fixture, sample.app_bin).is_empty());
    }

    #[test]
    fn portable_artifacts_name_no_directory_and_inner_ones_win() {
        let mut sample = Sample::new();
        sample.fixture.request.portable = true;
        sample.fixture.request.env.vars.insert("CARGO_HOME".into(), "/w/home".into());
        let expected = [
            "/w=.",
            "/w/home=/cargo",
            "/w/target=/target",
            "/rust/lib/rustlib/src/rust=/rustc/1.95.0",
            "/w/target/atlas/debug/unit/sys-[H]/out=/atlas/sys-0.1.0/out",
        ];
        assert_eq!(shown(&sample.fixture, sample.sys), expected);
        let above = shown(&sample.fixture, sample.mac);
        assert_eq!(above, expected, "messages may be about the code of a dependency");
        assert_eq!(shown(&sample.fixture, sample.lib_a), expected[..4]);
    }

    #[test]
    fn packages_elsewhere_are_named_by_themselves() {
        let mut fixture = Fixture::new();
        fixture.request.portable = true;
        fixture.request.env.vars.insert("CARGO_HOME".into(), "/home".into());
        let dep = fixture.registry("dep", vec![lib(&[CrateType::Lib]), build_script()]);
        let script = fixture.unit(dep, 1, CompileMode::Build, &[]);
        let run = fixture.unit(dep, 1, CompileMode::RunCustomBuild, &[script]);
        let dep = fixture.unit(dep, 0, CompileMode::Build, &[run]);
        let beside = fixture.member("beside", vec![lib(&[CrateType::Lib])]);
        fixture.packages.packages[beside].manifest_path = "/beside/Cargo.toml".into();
        let beside = fixture.unit(beside, 0, CompileMode::Build, &[dep]);
        let name = |text: &str| text.to_owned();
        assert!(shown(&fixture, dep).contains(&name("/r/dep=/path/dep-0.1.0")));
        let beside = shown(&fixture, beside);
        assert!(beside.contains(&name("/beside=/path/beside-0.1.0")), "{beside:?}");
        assert!(!beside.iter().any(|remap| remap.contains("dep-0.1.0")), "{beside:?}");
    }
}
