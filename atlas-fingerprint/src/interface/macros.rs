//! Which macros make nothing that other crates see. Knows names, imports and definitions; expands
//! nothing.
//!
//! A call is judged by the last segment of its path. What has that name in the crate decides first: a
//! definition with `macro_rules!`, or an import from elsewhere. A name that nothing in the crate
//! gives a meaning is that of the standard prelude; an import with a glob cannot change it (E0659).
//! A name of a well-known crate has to be seen to come from there.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::changes::ItemKind;
use super::digests::CrateSource;
use super::summary::{Code, Import, Piece};

/// Macros of the standard library that make expressions only, and no constants: `offset_of!` does.
const STANDARD: &[&str] = &[
    "addr_of",
    "addr_of_mut",
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include_bytes",
    "include_str",
    "is_aarch64_feature_detected",
    "is_x86_feature_detected",
    "line",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "pin",
    "print",
    "println",
    "ready",
    "stringify",
    "todo",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Macros of well-known crates that make nothing which can be seen outside of the body.
const WELL_KNOWN: &[(&str, &[&str])] = &[
    ("anyhow", &["anyhow", "bail", "ensure"]),
    ("color_eyre", &["bail", "ensure", "eyre"]),
    ("eyre", &["bail", "ensure", "eyre"]),
    ("log", &["debug", "error", "info", "log", "log_enabled", "trace", "warn"]),
    (
        "tracing",
        &[
            "debug",
            "debug_span",
            "enabled",
            "error",
            "error_span",
            "event",
            "info",
            "info_span",
            "span",
            "trace",
            "trace_span",
            "warn",
            "warn_span",
        ],
    ),
];

/// Crates that have no macro with the name of a standard one.
const NO_STANDARD_NAMES: &[&str] = &[
    "alloc",
    "anyhow",
    "bitflags",
    "cfg_if",
    "core",
    "eyre",
    "lazy_static",
    "log",
    "quote",
    "serde",
    "serde_derive",
    "serde_json",
    "std",
    "tracing",
];

/// Names of macros whose calls in a body make nothing that other crates see. The standard library's
/// and well-known ones are built in.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct HarmlessMacros {
    /// Names without path and `!`.
    pub names: BTreeSet<String>,
}

impl HarmlessMacros {
    /// Adds those of another list.
    pub fn extend(&mut self, others: &HarmlessMacros) {
        self.names.extend(others.names.iter().cloned());
    }
}

/// Returns those `macro_rules!` of a crate that are harmless: for crates that call them.
pub fn defined_harmless_macros(
    files: &[CrateSource<'_>],
    macros: &HarmlessMacros,
) -> HarmlessMacros {
    let judge = Judge::new(files, macros, Site::Elsewhere);
    let names = judge.harmless.iter().map(|name| (*name).to_owned()).collect();
    HarmlessMacros { names }
}

/// Where what a macro calls is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Site {
    /// In the crate that defines it.
    Here,
    /// In other crates too, which may know other macros by the same names.
    Elsewhere,
}

/// Whether a call, as in [`super::summary::Body::calls`], is of a name that is built in.
pub(super) fn is_built_in(call: &str) -> bool {
    let name = call.rsplit(':').next().unwrap_or(call);
    is_standard(name)
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name)
}

/// Crates that have a well-known macro of this name.
fn origins(name: &str) -> impl Iterator<Item = &'static str> {
    let has = move |entry: &&(&str, &[&str])| entry.1.contains(&name);
    WELL_KNOWN.iter().filter(has).map(|(root, _)| *root)
}

fn is_local(root: &str) -> bool {
    matches!(root, "crate" | "self" | "super")
}

fn is_std_root(root: &str) -> bool {
    matches!(root, "std" | "core" | "alloc")
}

/// The meaning of the names of one crate's macros.
pub(super) struct Judge<'a> {
    files: &'a [CrateSource<'a>],
    given: Option<&'a HarmlessMacros>,
    site: Site,
    names: Names<'a>,
    definitions: HashMap<&'a str, Vec<(usize, &'a Piece)>>,
    /// Defined here, and harmless.
    harmless: HashSet<&'a str>,
    /// Defined here, and made of what is known: no name comes out of them that is not in them.
    known: HashSet<&'a str>,
}

/// What gives names a meaning in a crate.
#[derive(Default)]
struct Names<'a> {
    /// The roots of imports that bind a name, with the file.
    bound: HashMap<&'a str, Vec<(usize, &'a str)>>,
    modules: HashSet<&'a str>,
    /// Other names of crates.
    renamed: HashSet<&'a str>,
    all_macros_of: HashSet<&'a str>,
    /// Roots of globs, with the file.
    globs: HashSet<(usize, &'a str)>,
    /// Files with a glob in braces.
    nested_globs: HashSet<usize>,
}

impl<'a> Names<'a> {
    fn new(files: &'a [CrateSource<'a>]) -> Self {
        let mut names = Names::default();
        for (index, file) in files.iter().enumerate() {
            for import in file.summary.imports() {
                names.add(index, file, import);
            }
        }
        names
    }

    fn add(&mut self, index: usize, file: &CrateSource<'a>, import: &Import) {
        let name = |number: &u32| file.summary.name(*number);
        match import {
            Import::Name { root, bound } => {
                self.bound.entry(name(bound)).or_default().push((index, name(root)));
            }
            Import::Glob { root, is_nested } => {
                self.globs.insert((index, name(root)));
                if *is_nested {
                    self.nested_globs.insert(index);
                }
            }
            Import::AllMacros { name: of } => {
                self.all_macros_of.insert(name(of));
            }
            Import::Crate { name: of, bound } if of != bound => {
                self.renamed.insert(name(bound));
            }
            Import::Crate { .. } => {}
            Import::Module { name: module } => {
                self.modules.insert(name(module));
            }
        }
    }

    /// Whether the first segment of a path is a module of this crate.
    fn is_here(&self, root: &str) -> bool {
        is_local(root) || self.modules.contains(root)
    }

    /// Whether the first segment of a path is the crate of this name.
    fn is_crate(&self, root: &str) -> bool {
        let imported = self.bound.get(root).into_iter().flatten();
        !self.modules.contains(root)
            && !self.renamed.contains(root)
            && imported.into_iter().all(|(_, from)| *from == root)
    }

    /// Whether a glob brings names from a crate that is not this one, the standard library or one of
    /// `but`.
    fn has_foreign_glob(&self, but: &[&str]) -> bool {
        self.globs
            .iter()
            .any(|(_, root)| !self.is_here(root) && !is_std_root(root) && !but.contains(root))
    }

    /// Whether an import may bring a macro of this name from a crate that is not one of `from`.
    fn is_imported(&self, name: &str, from: &[&str]) -> bool {
        let mut roots = self.bound.get(name).into_iter().flatten();
        roots.any(|(_, root)| match self.is_here(root) {
            // A macro that is not defined here can only come this way from a glob.
            true => self.has_foreign_glob(from),
            false => !(from.contains(root) && self.is_crate(root)),
        })
    }

    /// Whether `#[macro_use]` may bring any name.
    fn is_any_taken(&self) -> bool {
        self.all_macros_of.iter().any(|of| !NO_STANDARD_NAMES.contains(of) || !self.is_crate(of))
    }
}

impl<'a> Judge<'a> {
    pub(super) fn new(files: &'a [CrateSource<'a>], given: &'a HarmlessMacros, site: Site) -> Self {
        let names = Names::new(files);
        let mut definitions: HashMap<&str, Vec<_>> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            let pieces = file.summary.pieces().iter();
            for piece in pieces.filter(|piece| piece.kind == ItemKind::MacroDefinition) {
                let name = piece.name.map_or("", |name| file.summary.name(name));
                definitions.entry(name).or_default().push((index, piece));
            }
        }
        let mut judge = Judge {
            files,
            given: Some(given),
            site,
            names,
            definitions,
            harmless: HashSet::new(),
            known: HashSet::new(),
        };
        if judge.hides_a_built_in() {
            judge.given = None;
        }
        judge.settle();
        judge
    }

    /// Whether a built-in or given name may have another meaning here: macros of other crates that
    /// call it would then do something else.
    fn hides_a_built_in(&self) -> bool {
        let is_given = |name: &str| self.given.is_some_and(|given| given.names.contains(name));
        let is_other = |name: &str| {
            is_standard(name) && self.names.is_imported(name, &["std", "core", "alloc"])
        };
        self.names.is_any_taken()
            || self.definitions.keys().any(|name| is_standard(name) || is_given(name))
            || self.names.bound.keys().any(|name| is_other(name))
    }

    /// Takes away definitions that call something that is not harmless, until none is left.
    fn settle(&mut self) {
        let reaches_out = |(_, piece): &(usize, &Piece)| piece.header.code == Code::ReachesOut;
        self.known = self.definitions.keys().copied().collect();
        let harmless = self.definitions.iter().filter(|(_, all)| !all.iter().any(reaches_out));
        self.harmless = harmless.map(|(name, _)| *name).collect();
        loop {
            let calls_only = |name: &&&str, judged: &dyn Fn(usize, &str) -> bool| {
                let definitions = self.definitions.get(**name).into_iter().flatten();
                definitions.into_iter().all(|(file, piece)| {
                    let mut calls = piece.header.calls.iter();
                    calls.all(|call| judged(*file, self.name(*file, *call)))
                })
            };
            let is_harmless = |file: usize, call: &str| self.is_harmless(file, call);
            let is_known = |file: usize, call: &str| self.is_known(file, call);
            let harmless: HashSet<&str> = self
                .harmless
                .iter()
                .filter(|name| calls_only(name, &is_harmless))
                .copied()
                .collect();
            let known: HashSet<&str> =
                self.known.iter().filter(|name| calls_only(name, &is_known)).copied().collect();
            if harmless.len() == self.harmless.len() && known.len() == self.known.len() {
                return;
            }
            (self.harmless, self.known) = (harmless, known);
        }
    }

    fn name(&self, file: usize, number: u32) -> &'a str {
        self.files.get(file).map_or("", |file| file.summary.name(number))
    }

    /// Whether a call in a file makes nothing that other crates see.
    pub(super) fn is_harmless(&self, file: usize, call: &str) -> bool {
        self.verdict(file, call, &self.harmless)
    }

    /// Whether what a call in a file makes has no names but those that this crate's text has.
    pub(super) fn is_known(&self, file: usize, call: &str) -> bool {
        self.verdict(file, call, &self.known)
    }

    fn verdict(&self, file: usize, call: &str, defined: &HashSet<&str>) -> bool {
        let (root, name) = match call.split_once("::") {
            Some((root, name)) => (Some(root), name),
            None => (None, call),
        };
        let is_given = self.given.is_some_and(|given| given.names.contains(name));
        match root {
            None if self.definitions.contains_key(name) => {
                defined.contains(name) && !self.names.is_imported(name, &[])
            }
            None => self.is_harmless_name(file, name) || is_given && !self.is_hidden(name),
            Some(root) if self.names.is_here(root) => {
                defined.contains(name) && !self.names.is_imported(name, &[])
            }
            Some(root) => {
                let is_own = is_std_root(root) && is_standard(name)
                    || origins(name).any(|origin| origin == root);
                is_own && self.names.is_crate(root) || is_given
            }
        }
    }

    /// Whether a given name is not what was meant: one of a standard macro.
    fn is_hidden(&self, name: &str) -> bool {
        is_standard(name) && self.names.is_imported(name, &["std", "core", "alloc"])
    }

    /// Whether a name without path that is not defined here is that of a built-in macro.
    fn is_harmless_name(&self, file: usize, name: &str) -> bool {
        if self.names.is_any_taken() {
            return false;
        }
        if is_standard(name) {
            return !self.names.is_imported(name, &["std", "core", "alloc"]);
        }
        let from: Vec<&str> = origins(name).filter(|root| self.names.is_crate(root)).collect();
        if from.is_empty() || self.site == Site::Elsewhere || self.names.is_imported(name, &from) {
            return false;
        }
        let mut imports = self.names.bound.get(name).into_iter().flatten();
        let is_imported_here = imports.any(|(of, root)| *of == file && from.contains(root));
        if is_imported_here && !self.names.nested_globs.contains(&file) {
            return true;
        }
        let has_all = from.iter().any(|root| {
            self.names.all_macros_of.contains(root)
                || self.names.globs.iter().any(|(_, of)| of == root)
                || self.names.bound.contains_key(name)
        });
        has_all && !self.names.has_foreign_glob(&from)
    }
}
