//! What was asked for and can be run once it is built, with the command that runs it. Pure data;
//! says nothing of what is run.

use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::ids::UnitId;
use crate::layout::Layout;
use crate::plan::additions::without_kind;
use crate::platform::CompileKind;
use crate::process::{CommandLine, Environment};
use crate::rustc::{
    Blueprint, JoinPathsError, library_directories, program_command, program_path, set_search_path,
};
use crate::script::BuildScriptOutput;

/// Something that can be run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Program {
    /// The unit.
    pub unit: UnitId,
    /// Where it is.
    pub path: Utf8PathBuf,
    /// The command without what build scripts add to its environment.
    pub command: CommandLine,
    /// For which machine it is.
    kind: CompileKind,
    /// Where it finds shared libraries, but for those of build scripts.
    directories: Vec<Utf8PathBuf>,
    /// The run of the package's own build script, and its `OUT_DIR`.
    own: Option<(UnitId, Utf8PathBuf)>,
}

/// Returns the programs of a plan, in cargo's order.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub fn programs(blueprint: &Blueprint<'_>) -> Result<Vec<Program>, JoinPathsError> {
    let mut roots = blueprint.units.roots.clone();
    roots.sort_unstable();
    let mut programs = Vec::new();
    for unit in roots {
        let Some(path) = program_path(blueprint, unit) else { continue };
        programs.push(Program {
            unit,
            command: program_command(blueprint, unit, &path)?,
            path,
            kind: blueprint.unit(unit).kind.clone(),
            directories: library_directories(blueprint, unit),
            own: blueprint.own_build_script(unit).map(|run| (run, blueprint.out_dir(run))),
        });
    }
    Ok(programs)
}

/// Returns the complete command of a program, once everything is built. `runs` are all runs of build
/// scripts of the build: libraries of any of them may be loaded.
///
/// # Errors
///
/// If a build script gives a directory that cannot be part of a search path.
pub fn complete_program<'a>(
    program: &Program,
    layout: &Layout,
    runs: &[(UnitId, &'a BuildScriptOutput)],
    environment: &Environment,
) -> Result<CommandLine, JoinPathsError> {
    let mut command = program.command.clone();
    // In the order of what scripts wrote, kinds of libraries included, as in cargo.
    let mut native: Vec<&str> = runs
        .iter()
        .flat_map(|(_, output)| &output.library_paths)
        .map(|path| path.value.as_str())
        .collect();
    native.sort_unstable();
    native.dedup();
    let native: Vec<&Utf8Path> = native
        .into_iter()
        .map(without_kind)
        .filter(|directory| layout.is_below(&program.kind, directory))
        .collect();
    if !native.is_empty() {
        let own = program.directories.iter().map(Utf8PathBuf::as_path);
        let directories: Vec<PathBuf> =
            native.into_iter().chain(own).map(|it| it.as_std_path().to_owned()).collect();
        set_search_path(&mut command, directories, environment)?;
    }
    if let Some((own, out_dir)) = &program.own {
        let said = runs.iter().filter(|(run, _)| run == own).flat_map(|(_, output)| &output.env);
        let out_dir = ("OUT_DIR".to_owned(), out_dir.to_string());
        let variables = std::iter::once(out_dir).chain(said.cloned());
        for (name, value) in variables.filter(|(name, _)| !is_of_cargo(name)) {
            command.env(name, value);
        }
    }
    Ok(command)
}

/// Returns whether a variable is one that cargo sets of its own, whatever scripts say.
pub(super) fn is_of_cargo(name: &str) -> bool {
    const STARTS: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_EXE_"];
    name == "CARGO" || STARTS.iter().any(|start| name.starts_with(start))
}
