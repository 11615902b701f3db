//! What one source file says of modules and of what it names: values that can be kept. Knows no
//! file and no other module.

use serde::{Deserialize, Serialize};

use crate::tokens::{InlineModule, ModuleFile, ModulePath};

/// What a source file says of modules.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outline {
    /// The modules that it declares, in order, outer ones before inner ones.
    pub modules: Vec<OutlineModule>,
    /// The paths that it names, in order; such that are mentioned in code once for each module.
    pub paths: Vec<NamedPath>,
    /// Conditions of all of it: `#![cfg(…)]`.
    pub conditions: Vec<Condition>,
    /// Whether macros may declare modules whose names are not in this file.
    pub has_hidden_modules: bool,
}

/// A module that a file declares.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutlineModule {
    /// Its name, without `r#`.
    pub name: String,
    /// The line of `mod`, from 1.
    pub line: u32,
    /// The inline module around it, as index into [`Outline::modules`].
    pub outer: Option<u32>,
    /// Where its code is.
    pub body: Body,
    /// The values of its `#[path = "…"]`, in order.
    pub paths: Vec<ModulePath>,
    /// On what it depends whether it is there.
    pub conditions: Vec<Condition>,
}

/// Where the code of a module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Body {
    /// In braces.
    Inline,
    /// In another file.
    File,
}

/// What decides whether code is there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Condition {
    /// What is in the brackets of `#[cfg(…)]`.
    Cfg(String),
    /// A macro of this name, in whose call or definition it is.
    Macro(String),
}

/// A path that a file names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NamedPath {
    /// The inline module around it, as index into [`Outline::modules`].
    pub module: Option<u32>,
    /// Its line, from 1.
    pub line: u32,
    /// Where it starts.
    pub start: Start,
    /// Its parts, without `r#`; `crate`, `self` and `super` are parts, too. `$crate` is `crate`.
    pub segments: Vec<String>,
    /// What for it is named.
    pub mention: Mention,
}

/// Where a path starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Start {
    /// Where it is named.
    Here,
    /// `::`.
    Global,
    /// `extern crate`.
    ExternCrate,
}

/// What for a path is named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Mention {
    /// It is imported.
    Import {
        /// The name that it gets; `None` for `_`.
        name: Option<String>,
        /// Whether others see that name, too: `pub use` of any kind.
        is_reexport: bool,
    },
    /// All that is in it is imported.
    Glob {
        /// Whether others see that, too.
        is_reexport: bool,
    },
    /// It is used in code.
    Code,
}

impl Outline {
    /// Returns the declared modules that are in other files.
    pub fn module_files(&self) -> Vec<ModuleFile> {
        let files = self.modules.iter().filter(|module| module.body == Body::File);
        let file = |module: &OutlineModule| ModuleFile {
            inline: self.around(module),
            name: module.name.clone(),
            paths: module.paths.clone(),
        };
        files.map(file).collect()
    }

    /// Returns the inline modules around one, from the outside in.
    fn around(&self, module: &OutlineModule) -> Vec<InlineModule> {
        let mut around = Vec::new();
        let mut outer = module.outer;
        while let Some(module) = outer.and_then(|index| self.modules.get(index as usize)) {
            let (name, paths) = (module.name.clone(), module.paths.clone());
            around.push(InlineModule { name, paths });
            outer = module.outer;
        }
        around.reverse();
        around
    }
}
