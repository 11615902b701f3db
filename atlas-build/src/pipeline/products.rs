//! What a build leaves for its user to run or to look at. Says what to run and how, and runs nothing.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use semver::Version;

use crate::event::Summary;
use crate::execute::ScriptOutputs;
use crate::ids::UnitId;
use crate::packages::{CrateType, Package, PackageGraph, Target};
use crate::pipeline::prepare::Prepared;
use crate::pipeline::site::Site;
use crate::plan::{
    DoctestCommand, OutputFlavor, Step, complete_doctest, complete_program, without_kind,
};
use crate::process::CommandLine;
use crate::request::{BuildRequest, PackageSelection};
use crate::rustc::JoinPathsError;
use crate::script::BuildScriptOutput;
use crate::units::{CompileMode, Unit};

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Built {
    /// What was done.
    pub summary: Summary,
    /// What there is now, as far as everything that was asked for could be built.
    pub products: Products,
    /// Where it was done, and with what.
    pub site: Site,
    /// What opens pages, if the configuration says: a program and its arguments.
    pub browser: Option<Vec<String>>,
}

/// What there is after a build, of what was asked for.
#[derive(Clone, Debug, Default)]
pub struct Products {
    /// Binaries, examples and tests, in cargo's order; none if something failed.
    pub executables: Vec<Executable>,
    /// The target directory.
    pub target_directory: Utf8PathBuf,
    /// Whether a command line that means one of them has to name its package.
    pub needs_package_flag: bool,
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
    /// Name of its package.
    pub package: String,
    /// The target.
    pub target: Arc<Target>,
    /// Runs them.
    pub command: DoctestCommand,
}

/// Something that can be run.
#[derive(Clone, Debug)]
pub struct Executable {
    /// The unit.
    pub unit: UnitId,
    /// Name of its package.
    pub package: String,
    /// Its version.
    pub version: Version,
    /// All binaries and examples of the package.
    pub programs_of_package: Vec<Target>,
    /// Directory of the package.
    pub package_root: Utf8PathBuf,
    /// The target.
    pub target: Arc<Target>,
    /// What was done with the target.
    pub mode: CompileMode,
    /// Where it is: where the user finds it; in `deps` for tests.
    pub path: Utf8PathBuf,
    /// Runs it in the directory of its package, with its runner if there is one.
    pub command: CommandLine,
    /// Programs that it may run and shared libraries that it may load.
    pub(super) companions: Vec<Utf8PathBuf>,
    /// Where build scripts have put libraries.
    pub(super) library_directories: Vec<Utf8PathBuf>,
    /// The compiler, of which it may load the standard library.
    pub(super) toolchain: String,
}

impl Executable {
    /// Returns whether it is a test or a benchmark.
    pub fn is_test(&self) -> bool {
        self.mode.is_rustc_test()
    }

    /// Returns the command with another name for the same file.
    pub fn command_naming(&self, path: &Utf8Path) -> CommandLine {
        let mut command = self.command.clone();
        match command.args.last_mut() {
            // The runner has it for its last argument.
            Some(last) => *last = path.as_str().into(),
            None => command.program = path.as_str().into(),
        }
        command
    }
}

impl Products {
    /// Collects what a build with a plan has made.
    ///
    /// # Errors
    ///
    /// If the dynamic library search path of a program cannot be put together.
    pub(super) fn of(
        prepared: &Prepared,
        scripts: &ScriptOutputs,
        request: &BuildRequest,
    ) -> Result<Self, JoinPathsError> {
        let runs = scripts.all();
        let shared = shared_libraries(prepared);
        let library_directories = library_directories(prepared, &runs);
        let mut executables = Vec::new();
        for program in &prepared.programs {
            let unit = &prepared.units.graph.units[program.unit];
            let package = &prepared.packages.packages[unit.package];
            let command = complete_program(program, &prepared.layout, &runs, &request.env)?;
            executables.push(Executable {
                unit: program.unit,
                package: package.name.clone(),
                version: package.version.clone(),
                programs_of_package: programs_in(package),
                package_root: package.root().to_owned(),
                target: Arc::clone(&unit.target),
                mode: unit.mode,
                path: program.path.clone(),
                companions: programs_of(&command).chain(shared.iter().cloned()).collect(),
                library_directories: library_directories.clone(),
                toolchain: prepared.toolchain.verbose_version.clone(),
                command,
            });
        }
        let needs_package_flag = needs_package_flag(&request.packages, &prepared.packages);
        let pages = pages(prepared);
        let doctests = doctests(prepared, &runs, request)?;
        let target_directory = prepared.target_directory.clone();
        Ok(Products { executables, target_directory, needs_package_flag, pages, doctests })
    }
}

/// Lists the programs that a test is told of.
fn programs_of(command: &CommandLine) -> impl Iterator<Item = Utf8PathBuf> {
    let told = command.env.iter().filter(|(name, _)| name.starts_with("CARGO_BIN_EXE_"));
    let paths = told.filter_map(|(_, value)| Some(value.as_ref()?.to_str()?.into()));
    // Those that need features which are off were not built.
    paths.filter(|path: &Utf8PathBuf| path.is_file())
}

/// Lists the shared libraries of a plan. Procedural macros are loaded by compilers only.
fn shared_libraries(prepared: &Prepared) -> Vec<Utf8PathBuf> {
    let units = prepared.units.graph.units.iter();
    let is_shared = |unit: &Unit| {
        let types = unit.target.rustc_crate_types();
        unit.mode == CompileMode::Build
            && types.iter().any(|it| matches!(it, CrateType::Dylib | CrateType::Cdylib))
    };
    let outputs = units.filter(|(_, unit)| is_shared(unit)).flat_map(|(id, _)| {
        let Step::Compile(step) = &prepared.steps[id] else { return [].iter() };
        step.outputs.iter()
    });
    let paths =
        outputs.filter(|it| matches!(it.flavor, OutputFlavor::Normal | OutputFlavor::Linkable));
    paths.map(|output| output.published.clone()).collect()
}

/// Lists the directories below the target directory in which build scripts have put libraries.
fn library_directories(
    prepared: &Prepared,
    runs: &[(UnitId, &BuildScriptOutput)],
) -> Vec<Utf8PathBuf> {
    let paths = runs.iter().flat_map(|(_, output)| &output.library_paths);
    let directories = paths.map(|path| without_kind(&path.value));
    let mut ours: Vec<Utf8PathBuf> = directories
        .filter(|path| path.starts_with(&prepared.target_directory))
        .map(Utf8Path::to_owned)
        .collect();
    ours.sort();
    ours.dedup();
    ours
}

/// Returns the programs that a package has.
fn programs_in(package: &Package) -> Vec<Target> {
    let is_program = |target: &&Target| target.is_bin() || target.is_exe_example();
    package.targets.iter().filter(is_program).cloned().collect()
}

/// Returns whether `-p` is needed to mean one package. Source: cargo's `Packages::needs_spec_flag`.
fn needs_package_flag(selection: &PackageSelection, packages: &PackageGraph) -> bool {
    match selection {
        PackageSelection::Default => packages.default_members.len() > 1,
        PackageSelection::All(_) => packages.members.len() > 1,
        PackageSelection::Packages(_) | PackageSelection::OptOut(_) => true,
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

fn doctests(
    prepared: &Prepared,
    runs: &[(UnitId, &BuildScriptOutput)],
    request: &BuildRequest,
) -> Result<Vec<Doctest>, JoinPathsError> {
    let graph = &prepared.units.graph;
    let mut doctests = Vec::new();
    for &unit in &graph.roots {
        let Step::Doctest(step) = &prepared.steps[unit] else { continue };
        let (layout, format) = (&prepared.layout, request.message_format);
        doctests.push(Doctest {
            unit,
            package: prepared.packages.packages[graph.units[unit].package].name.clone(),
            target: Arc::clone(&graph.units[unit].target),
            command: complete_doctest(step, layout, runs, format, &request.env)?,
        });
    }
    Ok(doctests)
}
