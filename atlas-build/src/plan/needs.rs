//! What each unit waits for before it may start. Derived from the unit graph once; knows nothing of
//! what has run.
//!
//! An edge of the unit graph says that something is handed to the compiler; what has to be there by
//! then differs:
//!
//! | dependent | dependency | waits for |
//! | --- | --- | --- |
//! | built as an rlib | built as an rlib | the metadata |
//! | checked | checked | the metadata |
//! | anything else | anything | the end |
//! | test, bench | bin, test | nothing: it is run, not linked |
//!
//! A unit that links needs the objects of everything below it, and a library in between may have
//! started on metadata alone. So such a unit also waits for the end of what it reaches through
//! libraries. Below a library that is an rlib and something linked (a cdylib, say) there is nothing
//! left to wait for, but what is below it goes into the link too, and is listed: what a unit waits
//! for is also what it is made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{DenseMap, UnitId};
use crate::packages::CrateType;
use crate::units::{CompileMode, Unit, UnitGraph};

/// What of a dependency has to be there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Need {
    /// Its metadata.
    Metadata,
    /// All of it.
    End,
}

/// What each unit waits for, and the same turned around.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Needs {
    /// For each unit what it waits for, each unit once, in the order of the units.
    pub needs: DenseMap<UnitId, Vec<(UnitId, Need)>>,
    /// For each unit who waits for it, in the order of the units.
    pub waiting: DenseMap<UnitId, Vec<(UnitId, Need)>>,
}

impl Needs {
    /// Derives them from a graph.
    pub fn new(graph: &UnitGraph) -> Self {
        let needs: DenseMap<UnitId, Vec<(UnitId, Need)>> = graph
            .units
            .ids()
            .map(|id| needs_of(graph, id).into_iter().collect::<Vec<_>>())
            .collect();
        let mut waiting = DenseMap::filled(graph.units.len(), Vec::new());
        for (id, needs) in needs.iter() {
            for &(dependency, need) in needs {
                waiting[dependency].push((id, need));
            }
        }
        Needs { needs, waiting }
    }
}

fn needs_of(graph: &UnitGraph, id: UnitId) -> BTreeMap<UnitId, Need> {
    let unit = &graph.units[id];
    let mut needs: BTreeMap<UnitId, Need> = graph.dependencies[id]
        .iter()
        .map(|dependency| dependency.unit)
        .filter(|&dependency| !is_only_run(&graph.units[dependency]))
        .map(|dependency| (dependency, need(unit, &graph.units[dependency])))
        .collect();
    if unit.requires_upstream_objects() {
        let mut through: Vec<UnitId> =
            graph.dependencies[id].iter().map(|dependency| dependency.unit).collect();
        while let Some(next) = through.pop() {
            if !is_linked_as_rlib(&graph.units[next]) {
                continue;
            }
            for dependency in &graph.dependencies[next] {
                if needs.insert(dependency.unit, Need::End).is_none() {
                    through.push(dependency.unit);
                }
            }
        }
    }
    needs
}

/// Returns whether whoever links the unit links what is below it as well.
fn is_linked_as_rlib(unit: &Unit) -> bool {
    let is_rlib = |kind: &CrateType| matches!(kind, CrateType::Lib | CrateType::Rlib);
    unit.target.is_lib() && unit.target.rustc_crate_types().iter().any(is_rlib)
}

/// Tests and benches depend on binaries of their package in order to run them.
fn is_only_run(dependency: &Unit) -> bool {
    dependency.target.is_bin() || dependency.target.is_test()
}

fn need(dependent: &Unit, dependency: &Unit) -> Need {
    let built_as_rlib =
        |unit: &Unit| unit.mode == CompileMode::Build && !unit.requires_upstream_objects();
    let is_enough =
        dependency.mode.is_check() || (built_as_rlib(dependent) && built_as_rlib(dependency));
    if is_enough { Need::Metadata } else { Need::End }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::units::testing::graph;

    /// What `unit` waits for, as `name:metadata` or `name:end`.
    #[track_caller]
    fn check(fixture: &str, unit: &str, expected: &str) {
        let fixture = graph(fixture);
        let needs = Needs::new(&fixture.graph);
        let found: Vec<String> = needs.needs[fixture.id(unit)]
            .iter()
            .map(|&(id, need)| {
                let need = if need == Need::Metadata { "metadata" } else { "end" };
                format!("{}:{need}", fixture.name(id))
            })
            .collect();
        assert_eq!(found.join(" "), expected);
    }

    #[rstest]
    #[case::library_on_library("a lib\nb lib: a", "b", "a:metadata")]
    #[case::binary_on_library("a lib\nb bin: a", "b", "a:end")]
    #[case::binary_below_libraries("a lib\nb lib: a\nc bin: b", "c", "a:end b:end")]
    #[case::through_a_cdylib_that_is_an_rlib_too(
        "a lib\nb cdylib: a\nc bin: b",
        "c",
        "a:end b:end"
    )]
    #[case::not_through_macros("a lib\nb proc-macro: a\nc bin: b", "c", "b:end")]
    #[case::library_on_proc_macro("a proc-macro\nb lib: a", "b", "a:end")]
    #[case::proc_macro_on_libraries("a lib\nb lib: a\nc proc-macro: b", "c", "a:end b:end")]
    #[case::behind_a_proc_macro("a lib\nb proc-macro: a\nc lib: b\nd bin: c", "d", "b:end c:end")]
    #[case::library_on_its_script_run("a script\nb run: a\nc lib: b", "c", "b:end")]
    #[case::checked_library_on_checked_library("a check\nb check: a", "b", "a:metadata")]
    #[case::checked_test_below_libraries("a check\nb check: a\nc check-test: b", "c", "b:metadata")]
    #[case::checked_library_on_proc_macro("a lib\nb proc-macro: a\nc check: b", "c", "b:end")]
    #[case::checked_library_on_its_script_run("a script\nb run: a\nc check: b", "c", "b:end")]
    #[case::test_on_its_binary("a lib\nb bin: a\nc test: a b", "c", "a:end")]
    #[case::library_with_a_cdylib("a cdylib\nb lib: a", "b", "a:end")]
    #[case::same_library_twice("a lib\nb lib: a a", "b", "a:metadata")]
    fn unit_waits_for(#[case] fixture: &str, #[case] unit: &str, #[case] expected: &str) {
        check(fixture, unit, expected);
    }
}
