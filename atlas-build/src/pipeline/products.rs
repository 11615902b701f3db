//! What a build leaves for its user to run or to look at. Says what to run and how, and runs nothing.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::event::Summary;
use crate::execute::ScriptOutputs;
use crate::ids::UnitId;
use crate::packages::{PackageGraph, Target};
use crate::pipeline::prepare::Prepared;
use crate::plan::complete_program;
use crate::process::CommandLine;
use crate::request::{BuildRequest, PackageSelection};
use crate::rustc::JoinPathsError;
use crate::units::CompileMode;

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Built {
    /// What was done.
    pub summary: Summary,
    /// What there is now, as far as everything that was asked for could be built.
    pub products: Products,
}

/// What there is after a build, of what was asked for.
#[derive(Clone, Debug, Default)]
pub struct Products {
    /// Binaries, examples and tests, in cargo's order; none if something failed.
    pub executables: Vec<Executable>,
    /// Whether a command line that means one of them has to name its package.
    pub needs_package_flag: bool,
}

/// Something that can be run.
#[derive(Clone, Debug)]
pub struct Executable {
    /// The unit.
    pub unit: UnitId,
    /// Name of its package.
    pub package: String,
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
        let mut executables = Vec::new();
        for program in &prepared.programs {
            let unit = &prepared.units.graph.units[program.unit];
            let package = &prepared.packages.packages[unit.package];
            executables.push(Executable {
                unit: program.unit,
                package: package.name.clone(),
                package_root: package.root().to_owned(),
                target: Arc::clone(&unit.target),
                mode: unit.mode,
                path: program.path.clone(),
                command: complete_program(program, &prepared.layout, &runs, &request.env)?,
            });
        }
        let needs_package_flag = needs_package_flag(&request.packages, &prepared.packages);
        Ok(Products { executables, needs_package_flag })
    }
}

/// Returns whether `-p` is needed to mean one package. Source: cargo's `Packages::needs_spec_flag`.
fn needs_package_flag(selection: &PackageSelection, packages: &PackageGraph) -> bool {
    match selection {
        PackageSelection::Default => packages.default_members.len() > 1,
        PackageSelection::All(_) => packages.members.len() > 1,
        PackageSelection::Packages(_) | PackageSelection::OptOut(_) => true,
    }
}
