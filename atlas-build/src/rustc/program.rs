//! The command that runs a program that was built: its runner, its environment. Pure; what build
//! scripts add comes later. Source: cargo's `Compilation::target_process`.

use camino::Utf8PathBuf;

use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::rustc::env::{JoinPathsError, executables_env, package_env};
use crate::rustc::{Blueprint, OutputFlavor};

/// Returns where the user finds the program of a unit that was asked for; `None` if no program comes
/// of the unit.
pub(crate) fn program_path(blueprint: &Blueprint<'_>, id: UnitId) -> Option<Utf8PathBuf> {
    let unit = blueprint.unit(id);
    let is_program = unit.target.is_bin() || unit.target.is_exe_example();
    let output = blueprint.outputs[id].iter().find(|it| it.flavor == OutputFlavor::Normal)?;
    output.uplifted.clone().filter(|_| is_program || unit.mode.is_rustc_test())
}

/// Returns the command that runs a program in the directory of its package: the last of its words
/// is the program.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub(crate) fn program_command(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    path: &Utf8PathBuf,
) -> Result<CommandLine, JoinPathsError> {
    let unit = blueprint.unit(id);
    let directory = blueprint.package(id).root();
    let mut command = match &blueprint.facts(id).runner {
        Some(runner) => {
            let mut command = CommandLine::new(runner.program.as_str(), directory);
            command.args(&runner.args).arg(path.as_str());
            command
        }
        None => CommandLine::new(path.as_str(), directory),
    };
    let directories = library_directories(blueprint, id);
    let directories = directories.into_iter().map(Utf8PathBuf::into_std_path_buf).collect();
    package_env(blueprint, id, directories, &mut command)?;
    if unit.target.is_test() || unit.target.is_bench() {
        executables_env(blueprint, id, &mut command);
    }
    Ok(command)
}

/// Returns where a program finds shared libraries that were built, and those of Rust.
pub(crate) fn library_directories(blueprint: &Blueprint<'_>, id: UnitId) -> Vec<Utf8PathBuf> {
    let kind = &blueprint.unit(id).kind;
    let results = blueprint.installs.then(|| blueprint.layout.results(kind));
    let own = [blueprint.layout.deps(kind), blueprint.facts(id).sysroot_libdir.clone()];
    results.into_iter().chain(own).collect()
}
