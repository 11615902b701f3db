//! Everything that has to be known to run a plan, as one value that can be kept from build to build.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::event;
use crate::ids::{DenseMap, UnitId};
use crate::layout::Layout;
use crate::packages::PackageGraph;
use crate::pipeline::{Error, Planned};
use crate::plan::{Needs, Step, collisions, steps};
use crate::platform::CompileKind;
use crate::request::BuildRequest;
use crate::rustc::{self, Blueprint, Rendering};
use crate::store::Sees;
use crate::toolchain::Toolchain;
use crate::units::{self, UnitPlan};

/// A plan with what has to be done for each unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Prepared {
    /// Directory of the workspace's root manifest.
    pub(super) workspace_root: Utf8PathBuf,
    /// The target directory, as cargo has it.
    pub(super) target_directory: Utf8PathBuf,
    /// Where files go.
    pub(super) layout: Layout,
    /// What to build for.
    pub(super) requested_kinds: Vec<CompileKind>,
    /// The compiler.
    pub(super) toolchain: Toolchain,
    /// Packages.
    pub(super) packages: PackageGraph,
    /// Units.
    pub(super) units: UnitPlan,
    /// What has to be done for each.
    pub(super) steps: DenseMap<UnitId, Step>,
    /// What each waits for.
    pub(super) needs: Needs,
    /// What each sees of others.
    pub(super) sees: Sees,
    /// What the user should know of the workspace and its units.
    pub(super) warnings: Vec<String>,
    /// Results that would overwrite each other.
    pub(super) collisions: Vec<String>,
    /// How messages are rendered.
    rendering: Rendering,
}

impl Prepared {
    /// Prepares a plan.
    ///
    /// # Errors
    ///
    /// [`Error`] if a target cannot be built for its platform.
    pub(super) fn new(request: &BuildRequest, planned: Planned) -> Result<Self, Error> {
        let Planned { workspace, packages, units } = planned;
        let graph = &units.graph;
        let lto = units::lto(graph);
        let layout = Layout::new(&workspace.target_directory, &request.profile);
        let blueprint = Blueprint::new(request, &workspace, &packages, graph, &lto, &layout)?;
        let steps = steps(&blueprint)?;
        let collisions = collisions(&blueprint).iter().map(ToString::to_string).collect();
        let needs = Needs::new(graph);
        let sees = Sees::new(graph, &needs);
        let warnings = workspace.warnings.iter().chain(&units.warnings).cloned().collect();
        Ok(Prepared {
            workspace_root: workspace.root,
            target_directory: workspace.target_directory,
            layout,
            requested_kinds: workspace.requested_kinds,
            toolchain: workspace.toolchain,
            packages,
            units,
            steps,
            needs,
            sees,
            warnings,
            collisions,
            rendering: Rendering::of(request),
        })
    }

    /// Has messages rendered as a request wants it: another terminal is no other plan.
    pub(super) fn render_for(&mut self, request: &BuildRequest) {
        let rendering = Rendering::of(request);
        if rendering == self.rendering {
            return;
        }
        for step in self.steps.values_mut() {
            if let Step::Compile(step) = step {
                rustc::set_rendering(&mut step.command, &rendering);
            }
        }
        self.rendering = rendering;
    }

    /// Returns what is told before anything runs.
    pub(super) fn announcement(&self, request: &BuildRequest) -> event::Planned {
        event::planned(&self.packages, &self.units, &request.profile)
    }
}
