//! The stages in order: what the engine does with a request, to be read from top to bottom.

use std::sync::Arc;

use atlas_fingerprint::{Disk, FileError};

use crate::event::{self, Event, Failure, Summary};
use crate::execute::{
    self, ExecuteError, Executed, Jobserver, OnFailure, ScriptOutput, ScriptOutputs, Settings,
    System, Work,
};
use crate::fingerprints::Sources;
use crate::ids::{DenseMap, UnitId};
use crate::interrupt::Interrupt;
use crate::layout::{Layout, LayoutError};
use crate::packages::{self, PackageGraph, SelectError};
use crate::plan::{self, Need, Needs, Priorities, Step, collisions, steps};
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::request::BuildRequest;
use crate::rustc::{Blueprint, Bootstrap, JoinPathsError, UnsupportedCrateTypes};
use crate::store::{DirectoryLock, Freshness, LockError, Session, Sight, write_dep_info_files};
use crate::units::{self, UnitPlan, UnitsError};
use crate::workspace::{self, DependencyFeatures, Unsupported, Workspace};

/// What the engine gets from its surroundings besides the request.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The job server that this process was started under, if it was.
    pub jobserver: Option<&'a Jobserver>,
    /// Says when to stop.
    pub interrupt: &'a Interrupt,
}

/// The tool could not go on. A failed compile is no error: see [`Summary`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Plain cargo has to take the request; nothing was built.
    #[error(transparent)]
    Unsupported(Unsupported),
    /// The workspace cannot be read.
    #[error(transparent)]
    Workspace(Box<workspace::Error>),
    /// What is asked for does not exist.
    #[error(transparent)]
    Units(Box<UnitsError>),
    /// A target cannot be built for its platform.
    #[error(transparent)]
    CrateTypes(#[from] UnsupportedCrateTypes),
    /// Directories cannot be joined to a search path.
    #[error(transparent)]
    Paths(#[from] JoinPathsError),
    /// A directory for outputs cannot be made.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The directory for outputs cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// What is kept from build to build cannot be looked at.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no job server, and none can be made.
    #[error("failed to create jobserver")]
    Jobserver(#[source] std::io::Error),
    /// Execution could not go on.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// A `.d` file cannot be written.
    #[error("failed to write dep-info")]
    DepInfo(#[source] std::io::Error),
}

/// What a request comes to, before anything is run.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Configuration, toolchain, manifests.
    pub workspace: Workspace,
    /// Packages.
    pub packages: PackageGraph,
    /// Units.
    pub units: UnitPlan,
}

/// Plans a request, and tells what the user should know before anything is built.
///
/// # Errors
///
/// [`Error`] if the workspace cannot be read, if something asked for does not exist, or if the
/// request is for plain cargo.
pub fn plan(request: &BuildRequest, events: &mut dyn FnMut(Event)) -> Result<Planned, Error> {
    let workspace = workspace::load(request)?;
    events(Event::Configured(Arc::new(workspace.config.clone())));
    let resolved = resolve(request, &workspace);
    // Cargo, if it has to take over, says it by itself.
    if !matches!(resolved, Err(Error::Unsupported(_))) {
        warn(&workspace.warnings, events);
    }
    let (packages, units) = resolved?;
    warn(&units.warnings, events);
    Ok(Planned { workspace, packages, units })
}

fn resolve(
    request: &BuildRequest,
    workspace: &Workspace,
) -> Result<(PackageGraph, UnitPlan), Error> {
    let packages = packages::build(workspace).map_err(Error::Unsupported)?;
    let selection = packages::select(request, workspace, &packages)?;
    if workspace.dependency_features == DependencyFeatures::Unresolved {
        let reason = "features of dependencies cannot be resolved for the workspace as a whole";
        return Err(Error::Unsupported(Unsupported(reason.to_owned())));
    }
    let units = units::build(request, workspace, &packages, &selection)?;
    Ok((packages, units))
}

fn warn(warnings: &[String], events: &mut dyn FnMut(Event)) {
    for warning in warnings {
        events(Event::Warning(warning.clone()));
    }
}

/// Returns the units of a request in cargo's own unit-graph JSON.
///
/// # Errors
///
/// As [`plan()`].
pub fn unit_graph(request: &BuildRequest, events: &mut dyn FnMut(Event)) -> Result<String, Error> {
    let planned = plan(request, events)?;
    Ok(units::to_json(&planned.units.graph, &planned.packages))
}

/// Builds what is asked for.
///
/// # Errors
///
/// [`Error`] if the tool itself cannot go on; with [`Error::Unsupported`] nothing was built.
pub fn build(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    events: &mut dyn FnMut(Event),
) -> Result<Summary, Error> {
    if request.profile == "atlas" {
        let reason = "the directory of profile `atlas` is the one that holds intermediate files";
        return Err(Error::Unsupported(Unsupported(reason.to_owned())));
    }
    let planned = plan(request, events)?;
    let Planned { workspace, packages, units } = &planned;
    let graph = &units.graph;
    let lto = units::lto(graph);
    let layout = Layout::new(&workspace.target_directory, &request.profile);
    let blueprint = Blueprint::new(request, workspace, packages, graph, &lto, &layout)?;
    let steps = steps(&blueprint)?;
    for collision in collisions(&blueprint) {
        events(Event::Warning(collision.to_string()));
    }
    layout.create(&workspace.requested_kinds)?;
    let lock_directory = layout.intermediate(&CompileKind::Host);
    let lock = DirectoryLock::acquire(&lock_directory, surroundings.interrupt, || {
        events(Event::Blocking(lock_directory.clone()));
    })?;
    let executed = run(request, surroundings, &planned, &layout, &steps, events)?;
    if executed.summary.failed.is_empty() && !executed.summary.interrupted {
        let watched = |run| executed.scripts.of(run).rerun_if_changed.as_slice();
        let basedir = workspace.config.dep_info_basedir.as_deref();
        write_dep_info_files(packages, graph, &steps, &watched, basedir).map_err(Error::DepInfo)?;
    }
    drop(lock);
    Ok(executed.summary)
}

/// Runs what has to be run.
fn run(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    planned: &Planned,
    layout: &Layout,
    steps: &DenseMap<UnitId, Step>,
    events: &mut dyn FnMut(Event),
) -> Result<Executed, Error> {
    let Planned { workspace, packages, units } = planned;
    let graph = &units.graph;
    let needs = Needs::new(graph);
    let sources = Sources {
        packages,
        units: graph,
        toolchain: &workspace.toolchain,
        environment: &request.env,
    };
    let target_directory = &workspace.target_directory;
    // Below the lock: no other build writes it meanwhile.
    let probe = layout.intermediate(&CompileKind::Host).join("moment");
    let freshness = Freshness::open(sources, &Disk, target_directory, &probe)?;
    let mut session = Session::new(freshness, steps, &sights(&needs));
    let announcement = event::planned(packages, units, &request.profile);
    let work = Work {
        graph,
        packages,
        descriptions: &announcement.units.clone(),
        steps,
        needs: &needs,
        priorities: &Priorities::new(graph, &needs, &|unit| session.duration(unit)),
        complete: &|unit, scripts| complete(&steps[unit], layout, scripts),
    };
    events(Event::Planned(Arc::new(announcement)));
    let own;
    let jobserver = match surroundings.jobserver {
        Some(inherited) => inherited,
        None => {
            own = Jobserver::own(workspace.config.jobs).map_err(Error::Jobserver)?;
            &own
        }
    };
    let world = execute::World {
        runner: &System::new(jobserver.clone(), request.env.clone()),
        jobserver,
        interrupt: surroundings.interrupt,
    };
    let executed =
        execute::execute(&work, &settings(request, workspace), &world, &mut session, events)?;
    for fault in session.take_faults() {
        events(Event::Warning(format!("{fault}; it will be built again")));
    }
    Ok(executed)
}

fn settings<'a>(request: &'a BuildRequest, workspace: &Workspace) -> Settings<'a> {
    let toolchain = &workspace.toolchain;
    let bootstrap = request.env.get("RUSTC_BOOTSTRAP");
    let is_nightly =
        !toolchain.version.pre.is_empty() && !toolchain.version.pre.starts_with("beta");
    Settings {
        on_failure: if request.keep_going { OnFailure::KeepGoing } else { OnFailure::Stop },
        script_output: if request.extra_verbose { ScriptOutput::Told } else { ScriptOutput::Quiet },
        bootstrap: if is_nightly || bootstrap == Some("1") {
            Bootstrap::Allowed
        } else {
            Bootstrap::Crates(bootstrap)
        },
    }
}

/// What each unit sees of those that it waits for.
fn sights(needs: &Needs) -> DenseMap<UnitId, Vec<(UnitId, Sight)>> {
    let sight = |&(unit, need): &(UnitId, Need)| match need {
        Need::Metadata => (unit, Sight::Interface),
        Need::End => (unit, Sight::Content),
    };
    needs.needs.values().map(|needs| needs.iter().map(sight).collect()).collect()
}

/// Completes a command with what build scripts said.
fn complete(step: &Step, layout: &Layout, scripts: &ScriptOutputs) -> Result<CommandLine, Failure> {
    let of = |run| scripts.of(run);
    let completed = match step {
        Step::Compile(step) => plan::complete_compile(step, layout, &of),
        Step::RunBuildScript(step) => plan::complete_build_script(step, layout, &of),
        Step::OverriddenBuildScript(_) => {
            return Err(Failure::Invalid("an overridden build script has no command".to_owned()));
        }
    };
    completed.map_err(|error| Failure::Invalid(error.to_string()))
}

impl From<workspace::Error> for Error {
    fn from(error: workspace::Error) -> Self {
        match error {
            workspace::Error::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Workspace(Box::new(error)),
        }
    }
}

impl From<UnitsError> for Error {
    fn from(error: UnitsError) -> Self {
        match error {
            UnitsError::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Units(Box::new(error)),
        }
    }
}

impl From<SelectError> for Error {
    fn from(error: SelectError) -> Self {
        Error::Units(Box::new(error.into()))
    }
}
