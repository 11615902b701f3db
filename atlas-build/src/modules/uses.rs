//! Which module uses what, from the paths that files name. Knows how paths are told apart; what they
//! lead to is known by `names`.

use std::collections::BTreeMap;

use atlas_fingerprint::{Mention, NamedPath, Outline};

use crate::ids::ModuleId;
use crate::modules::graph::{ModuleGraph, Use, UseTarget};
use crate::modules::names::{Found, Names};
use crate::packages::PackageGraph;

/// A file, as the code of a module.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    /// The module.
    pub(super) root: ModuleId,
    /// For each module that the file declares: which one it became.
    pub(super) modules: Vec<ModuleId>,
    /// What the file says.
    pub(super) outline: &'a Outline,
}

impl<'a> Visit<'a> {
    /// Returns the paths that the file names, each with the module that does.
    fn paths(&self) -> impl Iterator<Item = (ModuleId, &'a NamedPath)> {
        self.outline.paths.iter().map(|path| {
            let inline = path.module.and_then(|module| self.modules.get(module as usize));
            (inline.copied().unwrap_or(self.root), path)
        })
    }
}

/// Returns who uses what, sorted.
pub(super) fn uses(packages: &PackageGraph, graph: &ModuleGraph, visits: &[Visit<'_>]) -> Vec<Use> {
    let paths = || visits.iter().flat_map(Visit::paths);
    let names = Names::new(packages, graph, paths());
    let mut uses = BTreeMap::new();
    for (from, path) in paths() {
        let targets = match names.find(from, path) {
            Found::Modules(modules) => modules.into_iter().map(UseTarget::Module).collect(),
            Found::Package(package) => vec![UseTarget::Package(package)],
            Found::Elsewhere => continue,
        };
        for to in targets.into_iter().filter(|to| *to != UseTarget::Module(from)) {
            let one = one(from, to, path);
            uses.entry((from, to)).and_modify(|all| add(all, &one)).or_insert(one);
        }
    }
    uses.into_values().collect()
}

fn one(from: ModuleId, to: UseTarget, path: &NamedPath) -> Use {
    let (is_import, is_glob, is_reexport) = match path.mention {
        Mention::Import { is_reexport, .. } => (true, false, is_reexport),
        Mention::Glob { is_reexport } => (true, true, is_reexport),
        Mention::Code => (false, false, false),
    };
    Use { from, to, line: path.line, is_import, is_reexport, is_glob }
}

fn add(all: &mut Use, one: &Use) {
    all.line = all.line.min(one.line);
    all.is_import |= one.is_import;
    all.is_reexport |= one.is_reexport;
    all.is_glob |= one.is_glob;
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::modules::testing::{Sample, shown_uses};

    /// Returns the uses of a library with the modules `b`, `b::c` and `d`, where `text` is in `b`.
    fn uses_in_b(text: &str) -> String {
        let sample = Sample::new();
        sample.put("lib.rs", "mod b; mod d;");
        sample.put("b.rs", &format!("mod c; {text}"));
        sample.put("b/c.rs", "");
        sample.put("d.rs", "pub mod e {} pub use e::X; pub use dep_one::Y;");
        let (graph, _) = sample.graph();
        let uses = shown_uses(&sample, &graph);
        let of_b: Vec<&str> = uses.split("; ").filter(|one| one.starts_with("b ")).collect();
        of_b.join("; ")
    }

    #[rstest]
    #[case::of_the_crate("use crate::d::Z;", "b -> d")]
    #[case::of_the_root("use crate::Z;", "b -> crate")]
    #[case::deeper("use crate::d::e::Z;", "b -> d::e")]
    #[case::module_itself("use crate::d::e;", "b -> d::e")]
    #[case::child("use c::Z;", "b -> b::c")]
    #[case::of_itself("use self::c::Z; use self::Y;", "b -> b::c")]
    #[case::parent("use super::d::Z;", "b -> d")]
    #[case::parent_alone("use super::Z;", "b -> crate")]
    #[case::glob("use super::d::*;", "b -> d (glob)")]
    #[case::reexport("pub use crate::d::Z;", "b -> d (pub)")]
    #[case::group("use crate::{d::{e, f}, b::c};", "b -> d; b -> b::c; b -> d::e")]
    #[case::through_an_import("use crate::d; use d::e::Z;", "b -> d; b -> d::e")]
    #[case::through_a_name("use crate::d as q; fn f() { q::e::g() }", "b -> d; b -> d::e (code)")]
    #[case::through_a_glob("use crate::*; fn f() { d::g() }", "b -> crate (glob); b -> d (code)")]
    #[case::reexported_item("use crate::d::X;", "b -> d::e")]
    #[case::reexported_from_a_package("use crate::d::Y;", "b -> package dep-one")]
    #[case::package("use dep_one::Z;", "b -> package dep-one")]
    #[case::global("use ::dep_one::Z;", "b -> package dep-one")]
    #[case::renamed("use other_name::Z;", "b -> package dep-two")]
    #[case::name_before_the_rename("use dep_two::Z;", "")]
    #[case::name_of_the_library("use three_lib::Z;", "b -> package dep-three")]
    #[case::extern_crate("extern crate dep_one as q; fn f() { q::g() }", "b -> package dep-one")]
    #[case::code(
        "fn f() { crate::d::g(); dep_one::g(); }",
        "b -> d (code); b -> package dep-one (code)"
    )]
    #[case::standard_library("use std::fmt; use core::mem; fn f() { fmt::g() }", "")]
    #[case::build_dependency("use dep_build::Z;", "")]
    #[case::test_module("#[cfg(test)] mod t { use super::*; }", "")]
    #[case::circle_of_names("use q::p; use p::q; fn f() { p::g() }", "")]
    #[case::circle_of_globs(
        "use self::g::*; mod g { pub use super::*; } fn f() { nowhere::h() }",
        "b -> b::g (glob)"
    )]
    fn path_leads_to(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(uses_in_b(text), expected);
    }

    #[test]
    fn name_of_a_module_goes_before_that_of_a_package() {
        assert_eq!(uses_in_b("mod dep_one {} use self::dep_one::Z;"), "b -> b::dep_one");
        assert_eq!(uses_in_b("mod dep_one {} fn f() { dep_one::g() }"), "b -> b::dep_one (code)");
    }

    #[test]
    fn alternatives_are_all_used() {
        let sample = Sample::new();
        sample.put("lib.rs", "#[cfg(a)] mod b {} #[cfg(c)] mod b { pub mod e {} } use b::e::Z;");
        let (graph, _) = sample.graph();
        assert_eq!(shown_uses(&sample, &graph), "crate -> b::e");
    }

    #[test]
    fn binary_uses_the_library_of_its_package() {
        let mut sample = Sample::new();
        sample.add_binary();
        sample.put("lib.rs", "");
        sample.put("main.rs", "use a::Z;");
        let (graph, _) = sample.graph();
        assert_eq!(shown_uses(&sample, &graph), "crate -> package a");
    }

    #[rstest]
    #[case::import("mod d; mod b { use d::Z; }", "b -> d")]
    #[case::package("mod b { use dep_one::Z; }", "b -> package dep-one")]
    #[case::global("mod d; mod b { use ::d::Z; }", "b -> d")]
    #[case::relative("mod d; mod b { mod d {} use self::d::Z; }", "b -> b::d")]
    fn imports_of_2015_start_at_the_root(#[case] text: &str, #[case] expected: &str) {
        let mut sample = Sample::new();
        sample.set_edition("2015");
        sample.put("lib.rs", text);
        sample.put("d.rs", "");
        let (graph, _) = sample.graph();
        assert_eq!(shown_uses(&sample, &graph), expected);
    }
}
