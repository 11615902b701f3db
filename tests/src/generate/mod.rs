//! Random workspaces from a seed: path packages and a vendored directory source, no network.
//!
//! The same seed gives the same workspace on every machine. Generated workspaces cover what people
//! write seldom but cargo defines: weak features of renamed dependencies of proc macros and so on.

mod manifest;
mod model;
mod random;
mod selections;

pub use model::{Package, Workspace};
pub use random::Random;
pub use selections::selections;

use crate::fixture::Fixture;

/// Returns the workspace of a seed.
pub fn workspace(seed: u64) -> Workspace {
    Workspace::generate(&mut Random::new(seed))
}

/// Writes a workspace to disk.
pub fn write(workspace: &Workspace) -> Fixture {
    let fixture = Fixture::empty();
    for (path, content) in manifest::files(workspace) {
        fixture.write(&path, &content);
    }
    fixture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_workspace() {
        assert_eq!(manifest::files(&workspace(7)), manifest::files(&workspace(7)));
        assert_ne!(manifest::files(&workspace(7)), manifest::files(&workspace(8)));
    }
}
