//! The `.d` files beside results, from which other build systems learn when to build again: one
//! rule in the form of a Makefile. Knows nothing of how inputs were found.

use std::collections::BTreeSet;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::ids::{DenseMap, UnitId};
use crate::packages::PackageGraph;
use crate::units::UnitGraph;

/// Returns the text of the `.d` file of `output`. Paths below `basedir`
/// (`build.dep-info-basedir`) are written relative to it.
pub(super) fn dep_info_text(
    output: &Utf8Path,
    inputs: &BTreeSet<Utf8PathBuf>,
    basedir: Option<&Utf8Path>,
) -> String {
    let basedir = basedir.map(normalize);
    let mut text = shown(output, basedir.as_deref());
    text.push(':');
    for input in inputs {
        text.push(' ');
        text.push_str(&shown(input, basedir.as_deref()));
    }
    text.push('\n');
    text
}

/// Returns the inputs to name in the `.d` file of a root: the files that it and all path packages
/// below it were compiled from, and what their build scripts asked to watch. `None` if the files
/// of a unit are not known: then there must be no `.d` file.
///
/// `files` returns the absolute paths that a compile read; `watched` the `rerun-if-changed` paths
/// of a run of a build script.
pub(super) fn dep_info_inputs<'b>(
    root: UnitId,
    packages: &PackageGraph,
    units: &UnitGraph,
    files: &dyn Fn(UnitId) -> Option<Vec<Utf8PathBuf>>,
    watched: &dyn Fn(UnitId) -> &'b [Utf8PathBuf],
) -> Option<BTreeSet<Utf8PathBuf>> {
    let mut inputs = BTreeSet::new();
    let mut visited = DenseMap::<UnitId, bool>::filled(units.units.len(), false);
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut visited[id], true) {
            continue;
        }
        let unit = &units.units[id];
        if unit.is_run_custom_build() {
            let directory = packages.packages[unit.package].root();
            inputs.extend(watched(id).iter().map(|path| join(directory, path)));
        } else {
            inputs.extend(files(id)?);
        }
        let package = units.units[id].package;
        let dependencies = units.dependencies[id].iter().map(|dependency| dependency.unit);
        stack.extend(dependencies.filter(|dependency| {
            let unit = &units.units[*dependency];
            let is_own_script = unit.is_run_custom_build() && unit.package == package;
            is_own_script || packages.packages[unit.package].is_local()
        }));
    }
    Some(inputs)
}

/// Joins a path that a build script printed; an empty one stands for the directory itself.
fn join(directory: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    if path.as_str().is_empty() { directory.to_owned() } else { directory.join(path) }
}

/// Returns a path as it stands in a rule: spaces are escaped.
fn shown(path: &Utf8Path, basedir: Option<&Utf8Path>) -> String {
    let relative = basedir
        .and_then(|basedir| normalize(path).strip_prefix(basedir).map(Utf8Path::to_owned).ok());
    relative.as_deref().unwrap_or(path).as_str().replace(' ', "\\ ")
}

/// Removes `.` and `..` from a path without looking at the file system.
pub(super) fn normalize(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::ids::DenseId;
    use crate::rustc::fixture::Sample;

    #[rstest]
    #[case(None, "/w/t/debug/app: /w/a\\ b/lib.rs /x/z.rs\n")]
    #[case(Some("/w"), "t/debug/app: a\\ b/lib.rs /x/z.rs\n")]
    #[case(Some("/w/./t/.."), "t/debug/app: a\\ b/lib.rs /x/z.rs\n")]
    fn rules_name_output_and_inputs(#[case] basedir: Option<&str>, #[case] text: &str) {
        let inputs = ["/x/z.rs", "/w/a b/lib.rs"].map(Utf8PathBuf::from).into();
        let output = Utf8Path::new("/w/t/debug/app");
        assert_eq!(dep_info_text(output, &inputs, basedir.map(Utf8Path::new)), text);
    }

    #[test]
    fn inputs_are_those_of_path_packages_and_their_scripts() {
        let mut sample = Sample::new();
        let package = sample.fixture.units.units[sample.dy].package;
        sample.fixture.packages.packages[package].source = Some("registry+x".to_owned());
        let paths: Vec<Utf8PathBuf> =
            sample.fixture.units.units.values().map(|unit| unit.target.src_path.clone()).collect();
        let files = |id: UnitId| Some(vec![paths[id.index()].clone()]);
        let watched = ["".into(), "c/x.c".into()];
        let watched = |id: UnitId| if id == sample.sys_run { &watched[..] } else { &[] };
        let Sample { fixture, app, .. } = &sample;
        let inputs = dep_info_inputs(*app, &fixture.packages, &fixture.units, &files, &watched);
        let expected = [
            "/w/lib-a/src/lib.rs",
            "/w/mac/src/lib.rs",
            "/w/my-app/build.rs",
            "/w/my-app/src/lib.rs",
            "/w/sys",
            "/w/sys/build.rs",
            "/w/sys/c/x.c",
            "/w/sys/src/lib.rs",
        ];
        assert_eq!(inputs.unwrap().into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn unknown_files_of_a_unit_leave_the_inputs_unknown() {
        let Sample { fixture, app, sys, .. } = Sample::new();
        let files = |id: UnitId| (id != sys).then(Vec::new);
        let inputs = dep_info_inputs(app, &fixture.packages, &fixture.units, &files, &|_| &[]);
        assert_eq!(inputs, None);
    }
}
