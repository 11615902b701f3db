//! Questions to a [`ModuleGraph`].

use atlas_fingerprint::Condition;

use crate::ids::{CrateId, ModuleId, PackageIndex, SourceId};
use crate::modules::graph::{ModuleBody, ModuleGraph, Use};

impl ModuleGraph {
    /// Iterates over the crates of a package.
    pub fn crates_of(&self, package: PackageIndex) -> impl Iterator<Item = CrateId> + '_ {
        self.crates.iter().filter(move |(_, it)| it.package == package).map(|(id, _)| id)
    }

    /// Returns the path of a module, such as `crate::a::b`.
    pub fn path(&self, module: ModuleId) -> String {
        let mut names = Vec::new();
        let mut module = &self.modules[module];
        while let Some(parent) = module.parent {
            names.push(module.name.as_str());
            module = &self.modules[parent];
        }
        names.push("crate");
        names.reverse();
        names.join("::")
    }

    /// Returns the file that a module's code is in; `None` if there is none.
    pub fn file(&self, module: ModuleId) -> Option<SourceId> {
        match self.modules[module].body {
            ModuleBody::File(file) => Some(file),
            ModuleBody::Inline => self.modules[module].declaration.map(|declared| declared.file),
            ModuleBody::Missing => None,
        }
    }

    /// Returns what a module uses.
    pub fn uses_of(&self, module: ModuleId) -> &[Use] {
        let start = self.uses.partition_point(|it| it.from < module);
        let end = self.uses.partition_point(|it| it.from <= module);
        &self.uses[start..end]
    }

    /// Iterates over a module and all modules below it, outer ones before inner ones, in the order
    /// of their declarations.
    pub fn with_descendants(&self, module: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        let mut stack = vec![module];
        std::iter::from_fn(move || {
            let module = stack.pop()?;
            stack.extend(self.modules[module].children.iter().rev());
            Some(module)
        })
    }

    /// Returns whether a module, or one around it, may not be there.
    pub fn is_conditional(&self, module: ModuleId) -> bool {
        self.around(module).any(|module| !self.modules[module].conditions.is_empty())
    }

    /// Returns whether a module, or one around it, is there for tests only.
    pub fn is_for_tests(&self, module: ModuleId) -> bool {
        let is_test = |it: &Condition| matches!(it, Condition::Cfg(text) if text == "test");
        self.around(module).any(|module| self.modules[module].conditions.iter().any(is_test))
    }

    /// Iterates over a module and those around it, from the inside out.
    fn around(&self, module: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        std::iter::successors(Some(module), |module| self.modules[*module].parent)
    }
}
