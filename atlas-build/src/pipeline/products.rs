//! What a build leaves for its user to run or to look at. Says what to run and how, and runs nothing.

use camino::Utf8PathBuf;

use crate::event::Summary;
use crate::execute::ScriptOutputs;
use crate::ids::UnitId;
use crate::layout::Layout;
use crate::pipeline::prepare::Prepared;
use crate::plan::{DoctestStep, OutputFlavor, Step, complete_doctest};
use crate::process::CommandLine;
use crate::request::{BuildRequest, MessageFormat};
use crate::rustc::JoinPathsError;
use crate::script::BuildScriptOutput;
use crate::units::Unit;

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Built {
    /// What was done.
    pub summary: Summary,
    /// What there is now, as far as everything that was asked for could be built.
    pub products: Products,
    /// What opens pages, if the configuration says: a program and its arguments.
    pub browser: Option<Vec<String>>,
}

/// What there is after a build, of what was asked for.
#[derive(Clone, Debug, Default)]
pub struct Products {
    /// Binaries, examples and tests, in the order of the units.
    pub executables: Vec<Executable>,
    /// First pages of what was documented, for each target and, below that, each platform, in the order
    /// in which cargo names them. Some may not be there: flags can have rustdoc write something else.
    pub pages: Vec<Utf8PathBuf>,
    /// Examples in documentation, in the order of the units.
    pub doctests: Vec<Doctest>,
}

/// Examples in documentation, to be compiled and run by rustdoc.
#[derive(Clone, Debug)]
pub struct Doctest {
    /// The unit.
    pub unit: UnitId,
    step: DoctestStep,
    outputs: Vec<(UnitId, BuildScriptOutput)>,
    layout: Layout,
    format: &'static str,
}

impl Doctest {
    /// Returns the command that runs them. `color` is the value of `--color`; `test_args` are for the
    /// examples.
    ///
    /// # Errors
    ///
    /// If a build script gives a directory that cannot be part of a search path.
    pub fn command(
        &self,
        color: &str,
        test_args: &[String],
    ) -> Result<CommandLine, JoinPathsError> {
        let nothing = BuildScriptOutput::default();
        let of = |run| {
            let found = self.outputs.iter().find(|(known, _)| *known == run);
            found.map_or(&nothing, |(_, output)| output)
        };
        complete_doctest(&self.step, &self.layout, (color, self.format), test_args, &of)
    }
}

/// Something that can be run.
#[derive(Clone, Debug)]
pub struct Executable {
    /// The unit.
    pub unit: UnitId,
    /// Where the user finds it; in `deps` for tests.
    pub path: Utf8PathBuf,
}

impl Products {
    /// Collects what a build with a plan makes.
    pub(super) fn of(prepared: &Prepared, request: &BuildRequest, scripts: &ScriptOutputs) -> Self {
        let roots = || prepared.units.graph.roots.iter().copied();
        Products {
            executables: roots().filter_map(|unit| executable(prepared, unit)).collect(),
            pages: pages(prepared),
            doctests: roots().filter_map(|id| doctest(prepared, request, scripts, id)).collect(),
        }
    }
}

/// Lists first pages as cargo does: those of each root for each platform, whether or not the root is
/// documented for it.
fn pages(prepared: &Prepared) -> Vec<Utf8PathBuf> {
    let graph = &prepared.units.graph;
    let roots = graph.roots.iter().map(|root| &graph.units[*root]).filter(|it| it.mode.is_doc());
    let of_root = |root: &Unit| {
        let name = root.target.crate_name();
        let kinds = prepared.requested_kinds.iter();
        let page = |kind| prepared.layout.pages(kind).join(&name).join("index.html");
        kinds.map(page).collect::<Vec<_>>()
    };
    roots.flat_map(of_root).collect()
}

fn doctest(
    prepared: &Prepared,
    request: &BuildRequest,
    scripts: &ScriptOutputs,
    unit: UnitId,
) -> Option<Doctest> {
    let Step::Doctest(step) = &prepared.steps[unit] else { return None };
    let runs = step.search_paths.iter();
    Some(Doctest {
        unit,
        step: step.clone(),
        outputs: runs.map(|run| (*run, scripts.of(*run).clone())).collect(),
        layout: prepared.layout.clone(),
        format: match request.message_format {
            MessageFormat::Short => "short",
            MessageFormat::Human => "human",
            MessageFormat::Json { .. } => "json",
        },
    })
}

fn executable(prepared: &Prepared, unit: UnitId) -> Option<Executable> {
    let Step::Compile(step) = &prepared.steps[unit] else { return None };
    let root = &prepared.units.graph.units[unit];
    let target = &root.target;
    let is_executable = target.is_bin() || target.is_exe_example() || root.mode.is_any_test();
    let output = step.outputs.iter().find(|output| output.flavor == OutputFlavor::Normal)?;
    let path = output.uplifted.as_ref().unwrap_or(&output.published);
    is_executable.then(|| Executable { unit, path: path.clone() })
}
