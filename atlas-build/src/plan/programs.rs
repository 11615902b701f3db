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
pub fn complete_program(
    program: &Program,
    layout: &Layout,
    runs: &[(UnitId, &BuildScriptOutput)],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::CompileKind;
    use crate::rustc::fixture::{Sample, without_hashes};
    use crate::script::LibraryPath;
    use crate::toolchain::Runner;

    /// Returns the complete command of the program of a unit, for which its build script said something.
    fn command(sample: &Sample, unit: UnitId, said: &BuildScriptOutput) -> CommandLine {
        let fixture = &sample.fixture;
        let programs = programs(&fixture.blueprint()).unwrap();
        let program = programs.iter().find(|program| program.unit == unit).unwrap();
        let runs = [(sample.app_run, said)];
        complete_program(program, &fixture.layout, &runs, &fixture.request.env).unwrap()
    }

    #[test]
    fn programs_run_where_their_package_is() {
        let sample = Sample::new();
        let said = BuildScriptOutput::default();
        let program = command(&sample, sample.app_bin, &said);
        assert_eq!(program.program, "/w/target/debug/my-app");
        assert_eq!(program.env["CARGO_PKG_NAME"], Some("my-app".into()));
        assert!(!program.env.contains_key("CARGO_BIN_EXE_my-app"));
        let test = command(&sample, sample.it, &said);
        let path = without_hashes(test.program.to_str().unwrap());
        assert!(path.starts_with("/w/target/debug/deps/"), "{path}");
        assert_eq!(test.env["CARGO_BIN_EXE_my-app"], Some("/w/target/debug/my-app".into()));
        assert_eq!(test.cwd, program.cwd);
    }

    #[test]
    fn runner_comes_before_the_program() {
        let mut sample = Sample::new();
        let platforms = &mut sample.fixture.workspace.toolchain.platforms;
        let facts = platforms.get_mut(&CompileKind::Host).unwrap();
        facts.runner = Some(Runner { program: "/bin/run".into(), args: vec!["-x".to_owned()] });
        let command = command(&sample, sample.app_bin, &BuildScriptOutput::default());
        assert_eq!(command.program, "/bin/run");
        assert_eq!(command.args, ["-x", "/w/target/debug/my-app"]);
    }

    #[test]
    fn scripts_add_variables_but_change_none_of_cargo() {
        let sample = Sample::new();
        let variables = [("SAID", "so"), ("CARGO_PKG_NAME", "other"), ("CARGO", "other")];
        let env = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let said = BuildScriptOutput { env, ..BuildScriptOutput::default() };
        let command = command(&sample, sample.app_bin, &said);
        assert_eq!(command.env["SAID"], Some("so".into()));
        assert_eq!(command.env["CARGO_PKG_NAME"], Some("my-app".into()));
        assert_ne!(command.env["CARGO"], Some("other".into()));
        let out_dir = command.env["OUT_DIR"].as_ref().unwrap().to_str().unwrap();
        assert_eq!(without_hashes(out_dir), "/w/target/atlas/debug/unit/my-app-[H]/out");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn libraries_that_were_built_are_found_first() {
        let sample = Sample::new();
        let path = |value: &str| LibraryPath { value: value.to_owned(), in_out_dir: false };
        let inside = "native=/w/target/atlas/debug/unit/sys/out";
        let library_paths = vec![path(inside), path("/usr/somewhere")];
        let said = BuildScriptOutput { library_paths, ..BuildScriptOutput::default() };
        let command = command(&sample, sample.app_bin, &said);
        let path = command.env["LD_LIBRARY_PATH"].as_ref().unwrap().to_str().unwrap();
        let start =
            "/w/target/atlas/debug/unit/sys/out:/w/target/debug:/w/target/atlas/debug/deps:";
        assert!(path.starts_with(start), "{path}");
    }
}
