//! The modules of path packages, as their sources declare them: an immutable value. Knows nothing of
//! features and configurations: what conditions leave out is there, with its conditions.

use atlas_fingerprint::{Condition, SourceDigests};
use camino::Utf8PathBuf;

use crate::ids::{CrateId, DenseMap, ModuleId, PackageIndex, SourceId};

/// The modules of all targets of all path packages.
#[derive(Clone, Debug)]
pub struct ModuleGraph {
    /// Targets, in the order of packages and of their targets.
    pub crates: DenseMap<CrateId, Crate>,
    /// Modules; those of a crate follow each other, outer ones before inner ones.
    pub modules: DenseMap<ModuleId, Module>,
    /// Source files, in the order in which modules lead to them.
    pub files: DenseMap<SourceId, SourceFile>,
    /// Who uses what, in the order of the users, then of what they use.
    pub uses: Vec<Use>,
}

/// A target of a package.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Its package.
    pub package: PackageIndex,
    /// Which of the package's targets it is.
    pub target: usize,
    /// Its root.
    pub root: ModuleId,
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its name, without `r#`; that of the crate for a root.
    pub name: String,
    /// Its crate.
    pub in_crate: CrateId,
    /// The module that declares it; `None` for a root.
    pub parent: Option<ModuleId>,
    /// The modules that it declares, in order.
    pub children: Vec<ModuleId>,
    /// Where it is declared; `None` for a root.
    pub declaration: Option<Declaration>,
    /// Where its code is.
    pub body: ModuleBody,
    /// On what it depends whether it is there, beyond what that depends on for its parent.
    pub conditions: Vec<Condition>,
}

/// A `mod`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// The file.
    pub file: SourceId,
    /// The line, from 1.
    pub line: u32,
    /// Whether it has a `#[path]`.
    pub has_path: bool,
}

/// Where the code of a module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleBody {
    /// In braces.
    Inline,
    /// In a file.
    File(SourceId),
    /// There is no file.
    Missing,
}

/// A source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Where it is; absolute.
    pub path: Utf8PathBuf,
    /// What is known of it.
    pub state: FileState,
}

/// What is known of a source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileState {
    /// It cannot be read, for this reason.
    Unreadable(String),
    /// It is no Rust: what it declares is not known.
    Unparsed(SourceDigests),
    /// It is as it should be.
    Parsed {
        /// Its digests.
        digests: SourceDigests,
        /// Whether macros may declare modules whose names are not in it.
        has_hidden_modules: bool,
    },
}

/// A module that uses something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The module.
    pub from: ModuleId,
    /// What it uses.
    pub to: UseTarget,
    /// The first line that does, from 1.
    pub line: u32,
    /// Whether it imports something of it; else it is only named in code.
    pub is_import: bool,
    /// Whether it exports something of it again: `pub use` of any kind.
    pub is_reexport: bool,
    /// Whether it imports all that is in it.
    pub is_glob: bool,
}

/// What can be used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UseTarget {
    /// A module of the same crate.
    Module(ModuleId),
    /// The library of a package: of another one, or of the user's own.
    Package(PackageIndex),
}
