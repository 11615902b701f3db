//! Where a build took place, and with what: for tools that go on from there.

use camino::Utf8PathBuf;

use crate::layout::Layout;
use crate::pipeline::prepare::Prepared;
use crate::platform::CompileKind;
use crate::toolchain::Toolchain;

/// Where a build took place, and with what.
#[derive(Clone, Debug)]
pub struct Site {
    /// Directory of the workspace's root manifest.
    pub workspace_root: Utf8PathBuf,
    /// The target directory, as cargo has it.
    pub target_directory: Utf8PathBuf,
    /// Where files go.
    pub layout: Layout,
    /// What was built for.
    pub kinds: Vec<CompileKind>,
    /// The compiler.
    pub toolchain: Toolchain,
}

impl Site {
    pub(super) fn of(prepared: &Prepared) -> Self {
        Site {
            workspace_root: prepared.workspace_root.clone(),
            target_directory: prepared.target_directory.clone(),
            layout: prepared.layout.clone(),
            kinds: prepared.requested_kinds.clone(),
            toolchain: prepared.toolchain.clone(),
        }
    }
}
