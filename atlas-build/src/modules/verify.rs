//! What holds for every [`ModuleGraph`].

use crate::ids::{DenseId, ModuleId};
use crate::modules::graph::{ModuleBody, ModuleGraph, UseTarget};

/// Something that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GraphFault {
    /// The root of a crate is of another crate, or has a parent.
    #[error("root {0:?} is none")]
    Root(ModuleId),
    /// A module has a parent that comes after it, is of another crate or does not know it.
    #[error("module {0:?} and its parent disagree")]
    Parent(ModuleId),
    /// A module has a child that does not know it.
    #[error("module {0:?} and its children disagree")]
    Child(ModuleId),
    /// A module's file or the file that declares it does not exist.
    #[error("module {0:?} has no such file")]
    File(ModuleId),
    /// A use is out of order, of the module itself, or of a module of another crate.
    #[error("use {0} is none")]
    Use(usize),
}

impl ModuleGraph {
    /// Checks that everything fits together.
    ///
    /// # Errors
    ///
    /// The first [`GraphFault`].
    pub fn verify(&self) -> Result<(), GraphFault> {
        for (id, found) in self.crates.iter() {
            let root = self.modules.get(found.root).ok_or(GraphFault::Root(found.root))?;
            if root.in_crate != id || root.parent.is_some() {
                return Err(GraphFault::Root(found.root));
            }
        }
        self.modules.ids().try_for_each(|module| self.verify_module(module))?;
        for (index, one) in self.uses.iter().enumerate() {
            let is_after =
                |other: &crate::modules::Use| (other.from, other.to) < (one.from, one.to);
            let in_order = index == 0 || is_after(&self.uses[index - 1]);
            let is_valid = self.modules.get(one.from).is_some_and(|from| match one.to {
                UseTarget::Package(_) => true,
                UseTarget::Module(to) => {
                    let to_crate = self.modules.get(to).map(|to| to.in_crate);
                    to != one.from && to_crate == Some(from.in_crate)
                }
            });
            if !in_order || !is_valid {
                return Err(GraphFault::Use(index));
            }
        }
        Ok(())
    }

    fn verify_module(&self, id: ModuleId) -> Result<(), GraphFault> {
        let module = &self.modules[id];
        if let Some(parent) = module.parent {
            let is_known = parent < id
                && self.modules[parent].children.contains(&id)
                && self.modules[parent].in_crate == module.in_crate;
            if !is_known {
                return Err(GraphFault::Parent(id));
            }
        } else if self.crates.get(module.in_crate).is_none_or(|found| found.root != id) {
            return Err(GraphFault::Root(id));
        }
        let is_child = |child: &ModuleId| {
            self.modules.get(*child).is_some_and(|child| child.parent == Some(id))
        };
        if !module.children.iter().all(is_child) {
            return Err(GraphFault::Child(id));
        }
        let declared = module.declaration.map(|declared| declared.file);
        let own = match module.body {
            ModuleBody::File(file) => Some(file),
            ModuleBody::Inline | ModuleBody::Missing => None,
        };
        let n_files = self.files.len();
        let is_file = |file: crate::ids::SourceId| file.index() < n_files;
        let has_files = [declared, own].into_iter().flatten().all(is_file);
        if !has_files || declared.is_some() != module.parent.is_some() {
            return Err(GraphFault::File(id));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::GraphFault;
    use crate::ids::{DenseId, ModuleId};
    use crate::modules::ModuleGraph;
    use crate::modules::testing::Sample;

    fn id(index: usize) -> ModuleId {
        ModuleId::from_index(index)
    }

    #[rstest]
    #[case::root(|graph: &mut ModuleGraph| graph.modules[id(0)].parent = Some(id(1)), GraphFault::Root(id(0)))]
    #[case::parent(|graph: &mut ModuleGraph| graph.modules[id(1)].parent = Some(id(2)), GraphFault::Child(id(0)))]
    #[case::unknown(|graph: &mut ModuleGraph| graph.modules[id(0)].children.truncate(1), GraphFault::Parent(id(2)))]
    #[case::declaration(|graph: &mut ModuleGraph| graph.modules[id(1)].declaration = None, GraphFault::File(id(1)))]
    #[case::order(|graph: &mut ModuleGraph| graph.uses.reverse(), GraphFault::Use(1))]
    fn faults_are_found(#[case] damage: fn(&mut ModuleGraph), #[case] expected: GraphFault) {
        let sample = Sample::new();
        sample.put("lib.rs", "mod b { use crate::c; } mod c { use crate::b; }");
        let (mut graph, _) = sample.graph();
        assert_eq!(graph.verify(), Ok(()));
        damage(&mut graph);
        assert_eq!(graph.verify(), Err(expected));
    }
}
