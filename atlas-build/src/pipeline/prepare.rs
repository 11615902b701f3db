//! Everything that has to be known to run a plan, as one value that can be kept from build to build.

use std::ffi::OsString;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::event;
use crate::ids::{DenseMap, UnitId};
use crate::layout::Layout;
use crate::packages::PackageGraph;
use crate::pipeline::{Error, Planned};
use crate::plan::{Needs, Program, Step, check_pages, collisions, programs, steps};
use crate::platform::CompileKind;
use crate::request::BuildRequest;
use crate::rustc::{self, Blueprint, Rendering};
use crate::store::Sees;
use crate::toolchain::Toolchain;
use crate::units::{self, UnitPlan};
use crate::workspace::Config;

/// Stands for a value that is left out of a kept plan. No variable can have it.
const LEFT_OUT: &str = "\0";

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
    /// What was asked for and can be run.
    pub(super) programs: Vec<Program>,
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
        let programs = programs(&blueprint)?;
        check_pages(&blueprint)?;
        let collisions = collisions(&blueprint).iter().map(ToString::to_string).collect();
        let needs = Needs::new(graph);
        let sees = Sees::new(graph, &needs);
        let of_workspace = workspace.manifest_warnings.iter().chain(&workspace.warnings);
        let warnings = of_workspace.chain(&units.warnings).cloned().collect();
        Ok(Prepared {
            workspace_root: workspace.root,
            target_directory: workspace.target_directory,
            layout,
            requested_kinds: workspace.requested_kinds,
            toolchain: workspace.toolchain,
            packages,
            units,
            steps,
            programs,
            needs,
            sees,
            warnings,
            collisions,
            rendering: Rendering::of(request),
        })
    }

    /// Returns the plan as bytes to be kept. Values that the configuration gives to variables may be
    /// secret: they are left out.
    pub(super) fn encode(&self, config: &Config) -> Option<Vec<u8>> {
        let mut open = self.clone();
        open.for_variables(&mut |name, value| {
            let given = config.env.get(name);
            if given.is_some_and(|given| value == given.as_str()) {
                *value = LEFT_OUT.into();
            }
            Some(())
        })?;
        postcard::to_stdvec(&open).ok()
    }

    /// Returns the plan that was kept, with the values of the configuration that it was made for.
    pub(super) fn decode(bytes: &[u8], config: &Config) -> Option<Self> {
        let mut prepared: Self = postcard::from_bytes(bytes).ok()?;
        prepared.for_variables(&mut |name, value| {
            if value == LEFT_OUT {
                *value = config.env.get(name)?.into();
            }
            Some(())
        })?;
        Some(prepared)
    }

    /// Calls a function with each variable that a command sets; stops where that gives nothing.
    fn for_variables(
        &mut self,
        call: &mut dyn FnMut(&str, &mut OsString) -> Option<()>,
    ) -> Option<()> {
        let of_steps = self.steps.values_mut().filter_map(|step| match step {
            Step::Compile(step) => Some(&mut step.command),
            Step::RunBuildScript(step) => Some(&mut step.command),
            Step::Doctest(step) => Some(&mut step.command),
            Step::OverriddenBuildScript(_) => None,
        });
        for command in of_steps.chain(self.programs.iter_mut().map(|it| &mut it.command)) {
            for (name, value) in &mut command.env {
                if let Some(value) = value {
                    call(name, value)?;
                }
            }
        }
        Some(())
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
        let wrapper = self.toolchain.rustc_workspace_wrapper.as_deref();
        event::planned(&self.packages, &self.units, (&request.profile, wrapper))
    }
}
