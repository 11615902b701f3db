//! Builds the [`ModuleGraph`] from packages and what was seen of their source files. Reads nothing.
//!
//! A declaration becomes as many modules as there are files for it: conditions may decide between
//! several `#[path]`s. A declaration without a file becomes a module that is missing.

use std::collections::{HashMap, VecDeque};

use atlas_fingerprint::{Body, ModulePath, Outline, OutlineModule, Place, Source, SourceTable};
use camino::{Utf8Path, Utf8PathBuf};

use crate::ids::{CrateId, DenseId, DenseMap, ModuleId, PackageIndex, SourceId};
use crate::modules::graph::{
    Crate, Declaration, FileState, Module, ModuleBody, ModuleGraph, SourceFile,
};
use crate::modules::uses::{Visit, uses};
use crate::packages::PackageGraph;

/// Builds the graph. `table` has seen all files that modules may be in.
pub fn build(packages: &PackageGraph, table: &SourceTable<'_>) -> ModuleGraph {
    let graph = ModuleGraph {
        crates: DenseMap::new(),
        modules: DenseMap::new(),
        files: DenseMap::new(),
        uses: Vec::new(),
    };
    let (known, waiting, visits) = (HashMap::new(), VecDeque::new(), Vec::new());
    let mut draft = Draft { table, graph, known, waiting, visits };
    for (package, value) in packages.packages.iter().filter(|(_, package)| package.is_local()) {
        for (target, root) in value.targets.iter().enumerate() {
            draft.add_crate(package, target, &root.crate_name(), &root.src_path);
        }
    }
    let Draft { mut graph, visits, .. } = draft;
    graph.uses = uses(packages, &graph, &visits);
    debug_assert_eq!(graph.verify(), Ok(()));
    graph
}

/// A graph in the making.
struct Draft<'a> {
    table: &'a SourceTable<'a>,
    graph: ModuleGraph,
    known: HashMap<&'a Utf8Path, SourceId>,
    /// Files whose modules are still to be added.
    waiting: VecDeque<Waiting<'a>>,
    visits: Vec<Visit<'a>>,
}

/// A module whose file is still to be looked at.
struct Waiting<'a> {
    module: ModuleId,
    file: SourceId,
    outline: &'a Outline,
    place: Place,
}

/// A module of a file, and the places that it may be.
#[derive(Clone)]
struct Placed {
    module: ModuleId,
    places: Vec<Place>,
}

impl<'a> Draft<'a> {
    fn add_crate(&mut self, package: PackageIndex, target: usize, name: &str, path: &Utf8Path) {
        let in_crate = CrateId::from_index(self.graph.crates.len());
        let file = self.file(path);
        let body = file.map_or(ModuleBody::Missing, |(file, _)| ModuleBody::File(file));
        let root = self.graph.modules.push(Module {
            name: name.to_owned(),
            in_crate,
            parent: None,
            children: Vec::new(),
            declaration: None,
            body,
            conditions: Vec::new(),
        });
        self.graph.crates.push(Crate { package, target, root });
        self.wait(root, file, Place::of_root(path));
        while let Some(waiting) = self.waiting.pop_front() {
            self.add_modules(waiting);
        }
    }

    /// Returns the file at a path with its outline; `None` if there is no file.
    fn file(&mut self, path: &Utf8Path) -> Option<(SourceId, Option<&'a Outline>)> {
        let table = self.table;
        let (path, source) = table.entry(path)?;
        let (state, outline) = match source {
            Source::Absent => return None,
            Source::Unreadable(reason) => (FileState::Unreadable(reason.clone()), None),
            Source::Read(content) => match &content.outline {
                None => (FileState::Unparsed(content.digests), None),
                Some(outline) => {
                    let (digests, has_hidden_modules) =
                        (content.digests, outline.has_hidden_modules);
                    (FileState::Parsed { digests, has_hidden_modules }, Some(outline))
                }
            },
        };
        let files = &mut self.graph.files;
        let add = || files.push(SourceFile { path: path.to_owned(), state });
        Some((*self.known.entry(path).or_insert_with(add), outline))
    }

    /// Has the modules of a module's file added later.
    fn wait(
        &mut self,
        module: ModuleId,
        file: Option<(SourceId, Option<&'a Outline>)>,
        place: Place,
    ) {
        let Some((file, Some(outline))) = file else { return };
        if !self.is_within(module, file) {
            self.waiting.push_back(Waiting { module, file, outline, place });
        }
    }

    /// Whether a module of the same file is around a module.
    fn is_within(&self, module: ModuleId, file: SourceId) -> bool {
        let mut parent = self.graph.modules[module].parent;
        while let Some(module) = parent {
            if self.graph.modules[module].body == ModuleBody::File(file) {
                return true;
            }
            parent = self.graph.modules[module].parent;
        }
        false
    }

    /// Adds the modules that a file declares.
    fn add_modules(&mut self, waiting: Waiting<'a>) {
        let Waiting { module, file, outline, place } = waiting;
        self.graph.modules[module].conditions.extend(outline.conditions.iter().cloned());
        let root = Placed { module, places: vec![place] };
        // Of a declaration that became several modules, the first one counts for what is inside.
        let mut inside: Vec<Placed> = Vec::new();
        for declared in &outline.modules {
            let outer = declared.outer.and_then(|outer| inside.get(outer as usize));
            let outer = outer.unwrap_or(&root).clone();
            inside.push(match declared.body {
                Body::Inline => self.add_inline(&outer, file, declared),
                Body::File => self.add_files(&outer, file, declared),
            });
        }
        let modules = inside.iter().map(|placed| placed.module).collect();
        self.visits.push(Visit { root: module, modules, outline });
    }

    fn add_inline(&mut self, outer: &Placed, file: SourceId, declared: &OutlineModule) -> Placed {
        let module = self.add(outer.module, file, declared, ModuleBody::Inline);
        let inline = |place: &Place| place.inline(&declared.name, &declared.paths);
        Placed { module, places: outer.places.iter().flat_map(inline).collect() }
    }

    fn add_files(&mut self, outer: &Placed, file: SourceId, declared: &OutlineModule) -> Placed {
        let mut first = None;
        for (path, place) in self.existing(&outer.places, &declared.name, &declared.paths) {
            let found = self.file(&path);
            let Some((source, _)) = found else { continue };
            let module = self.add(outer.module, file, declared, ModuleBody::File(source));
            self.wait(module, found, place);
            first.get_or_insert(module);
        }
        let missing = || self.add(outer.module, file, declared, ModuleBody::Missing);
        Placed { module: first.unwrap_or_else(missing), places: Vec::new() }
    }

    /// Returns the files that there are for a module. With a path that may not apply it is in one of
    /// several; else in the first one.
    fn existing(
        &self,
        places: &[Place],
        name: &str,
        paths: &[ModulePath],
    ) -> Vec<(Utf8PathBuf, Place)> {
        let is_there =
            |path: &Utf8Path| self.table.get(path).is_some_and(|source| *source != Source::Absent);
        let mut found: Vec<(Utf8PathBuf, Place)> = places
            .iter()
            .flat_map(|place| place.files(name, paths))
            .map(|file| (file.path, file.place))
            .filter(|(path, _)| is_there(path))
            .collect();
        let is_certain = !paths.iter().any(|path| path.is_conditional) && places.len() == 1;
        if is_certain {
            found.truncate(1);
        }
        found
    }

    fn add(
        &mut self,
        parent: ModuleId,
        file: SourceId,
        declared: &OutlineModule,
        body: ModuleBody,
    ) -> ModuleId {
        let in_crate = self.graph.modules[parent].in_crate;
        let has_path = !declared.paths.is_empty();
        let module = self.graph.modules.push(Module {
            name: declared.name.clone(),
            in_crate,
            parent: Some(parent),
            children: Vec::new(),
            declaration: Some(Declaration { file, line: declared.line, has_path }),
            body,
            conditions: declared.conditions.clone(),
        });
        self.graph.modules[parent].children.push(module);
        module
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::modules::testing::{Sample, tree};

    #[rstest]
    #[case::root_only(&[("lib.rs", "")], "crate lib.rs")]
    #[case::file(&[("lib.rs", "mod b;"), ("b.rs", "")], "crate lib.rs; b b.rs")]
    #[case::directory(&[("lib.rs", "mod b;"), ("b/mod.rs", "")], "crate lib.rs; b b/mod.rs")]
    #[case::nested(&[("lib.rs", "mod b;"), ("b.rs", "mod c;"), ("b/c.rs", "")],
        "crate lib.rs; b b.rs; b::c b/c.rs")]
    #[case::nested_in_a_directory(&[("lib.rs", "mod b;"), ("b/mod.rs", "mod c;"), ("b/c/mod.rs", "")],
        "crate lib.rs; b b/mod.rs; b::c b/c/mod.rs")]
    #[case::inline(&[("lib.rs", "mod b { mod c; }"), ("b/c.rs", "")],
        "crate lib.rs; b {}; b::c b/c.rs")]
    #[case::inline_in_a_file(&[("lib.rs", "mod b;"), ("b.rs", "mod i { mod c; }"), ("b/i/c.rs", "")],
        "crate lib.rs; b b.rs; b::i {}; b::i::c b/i/c.rs")]
    #[case::path(&[("lib.rs", "#[path = \"x/y.rs\"] mod b;"), ("x/y.rs", "mod c;"), ("x/c.rs", "")],
        "crate lib.rs; b x/y.rs (path); b::c x/c.rs")]
    #[case::path_in_an_inline_module(&[("lib.rs", "mod i { #[path = \"x.rs\"] mod b; }"), ("i/x.rs", "")],
        "crate lib.rs; i {}; i::b i/x.rs (path)")]
    #[case::path_of_an_inline_module(&[("lib.rs", "mod b;"), ("b.rs", "#[path = \"x\"] mod i { mod c; }"), ("x/c.rs", "")],
        "crate lib.rs; b b.rs; b::i {} (path); b::i::c x/c.rs")]
    #[case::conditional(&[("lib.rs", "#[cfg(unix)] mod b;"), ("b.rs", "")],
        "crate lib.rs; b b.rs [unix]")]
    #[case::conditional_file(&[("lib.rs", "mod b;"), ("b.rs", "#![cfg(unix)]")],
        "crate lib.rs; b b.rs [unix]")]
    #[case::conditional_path(&[("lib.rs", "#[cfg_attr(unix, path = \"u.rs\")] mod b;"), ("u.rs", ""), ("b.rs", "")],
        "crate lib.rs; b u.rs (path); b b.rs (path)")]
    #[case::conditional_paths(&[("lib.rs", "#[cfg_attr(a, path = \"u.rs\")] #[cfg_attr(b, path = \"w.rs\")] mod b;"),
        ("u.rs", ""), ("w.rs", "")], "crate lib.rs; b u.rs (path); b w.rs (path)")]
    #[case::alternatives(&[("lib.rs", "#[cfg(a)] #[path = \"u.rs\"] mod b; #[cfg(b)] #[path = \"w.rs\"] mod b;"),
        ("u.rs", ""), ("w.rs", "")], "crate lib.rs; b u.rs (path) [a]; b w.rs (path) [b]")]
    #[case::missing(&[("lib.rs", "mod b; #[cfg(x)] mod c;")],
        "crate lib.rs; b missing; c missing [x]")]
    #[case::in_a_macro_call(&[("lib.rs", "cfg_rt! { mod b; }"), ("b.rs", "")],
        "crate lib.rs; b b.rs [cfg_rt!]")]
    #[case::does_not_lex(&[("lib.rs", "mod b;"), ("b.rs", "mod c; {")], "crate lib.rs; b b.rs")]
    #[case::twice(&[("lib.rs", "mod b; #[path = \"b.rs\"] mod c;"), ("b.rs", "")],
        "crate lib.rs; b b.rs; c b.rs (path)")]
    #[case::circle(&[("lib.rs", "#[path = \"lib.rs\"] mod b;")], "crate lib.rs; b lib.rs (path)")]
    #[case::order(&[("lib.rs", "mod c; mod b { mod d {} } mod a;"), ("a.rs", ""), ("c.rs", "")],
        "crate lib.rs; c c.rs; b {}; b::d {}; a a.rs")]
    fn modules_are_those_that_rustc_finds(#[case] files: &[(&str, &str)], #[case] expected: &str) {
        let sample = Sample::new();
        files.iter().for_each(|(path, text)| sample.put(path, text));
        let (graph, _) = sample.graph();
        assert_eq!(graph.verify(), Ok(()));
        assert_eq!(tree(&graph), expected);
    }

    #[test]
    fn each_target_is_a_crate_and_files_are_shared() {
        let mut sample = Sample::new();
        sample.add_binary();
        sample.put("lib.rs", "mod b;");
        sample.put("main.rs", "mod b;");
        sample.put("b.rs", "");
        let (graph, counts) = sample.graph();
        assert_eq!((graph.crates.len(), graph.modules.len(), graph.files.len()), (2, 4, 3));
        assert_eq!(counts.n_parsed, 3);
    }

    #[test]
    fn only_what_changed_is_parsed_again() {
        let sample = Sample::new();
        sample.put("lib.rs", "mod b; mod c;");
        sample.put("b.rs", "");
        sample.put("c.rs", "");
        sample.tick();
        assert_eq!(sample.graph().1.n_parsed, 3);
        assert_eq!(sample.graph().1.n_read, 0);
        sample.put("b.rs", "mod d;");
        sample.put("b/d.rs", "");
        sample.tick();
        let (graph, counts) = sample.graph();
        assert_eq!((counts.n_parsed, counts.n_files), (2, 4));
        assert_eq!(tree(&graph), "crate lib.rs; b b.rs; b::d b/d.rs; c c.rs");
    }
}
