//! Completes commands with what build scripts said, in cargo's order. Pure: runs nothing and knows
//! not where the directives come from.

use std::path::PathBuf;

use camino::Utf8Path;

use crate::ids::UnitId;
use crate::plan::{BuildScriptStep, CompileStep};
use crate::process::CommandLine;
use crate::rustc::{BuildScriptOutput, JoinPathsError, LinkArgTarget, append_search_path, envify};
use crate::store::Layout;

/// Returns the complete command of a compile. `outputs` is asked only about runs that the step
/// names, all of which are done by then.
///
/// # Errors
///
/// If a build script gives a directory that cannot be part of a search path.
pub fn complete_compile<'a>(
    step: &CompileStep,
    layout: &Layout,
    outputs: &dyn Fn(UnitId) -> &'a BuildScriptOutput,
) -> Result<CommandLine, JoinPathsError> {
    let additions = &step.additions;
    let mut command = step.command.clone();
    for value in search_paths(&additions.search_paths, outputs) {
        command.arg("-L").arg(value);
    }
    if let Some(own) = additions.own.filter(|_| additions.links_own_libraries) {
        for library in &outputs(own).library_links {
            command.arg("-l").arg(library);
        }
    }
    for &run in &additions.linker_args {
        let is_own = additions.own == Some(run);
        for (target, arg) in &outputs(run).linker_args {
            if additions.link_arg_targets.contains(target)
                && (is_own || *target == LinkArgTarget::Cdylib)
            {
                command.arg("-C").arg(format!("link-arg={arg}"));
            }
        }
    }
    append_search_path(&mut command, loaded_from(&additions.plugin_paths, layout, outputs))?;
    if let Some(own) = additions.own {
        let output = outputs(own);
        for cfg in &output.cfgs {
            command.arg("--cfg").arg(cfg);
        }
        for check_cfg in &output.check_cfgs {
            command.arg("--check-cfg").arg(check_cfg);
        }
        for (name, value) in &output.env {
            command.env(name, value);
        }
    }
    Ok(command)
}

/// Returns the complete command of a run of a build script. `outputs` is asked only about runs that
/// the step names, all of which are done by then.
///
/// # Errors
///
/// If another build script gives a directory that cannot be part of a search path.
pub fn complete_build_script<'a>(
    step: &BuildScriptStep,
    layout: &Layout,
    outputs: &dyn Fn(UnitId) -> &'a BuildScriptOutput,
) -> Result<CommandLine, JoinPathsError> {
    let mut command = step.command.clone();
    for (links, run) in &step.links_metadata {
        for (key, value) in &outputs(*run).metadata {
            command.env(format!("DEP_{links}_{}", envify(key)), value);
        }
    }
    append_search_path(&mut command, loaded_from(&step.search_paths, layout, outputs))?;
    Ok(command)
}

/// Returns library search paths of runs: those below `OUT_DIR` first, so that what was built wins
/// over what is installed.
fn search_paths<'a>(
    runs: &[UnitId],
    outputs: &dyn Fn(UnitId) -> &'a BuildScriptOutput,
) -> Vec<&'a str> {
    let mut paths: Vec<_> = runs.iter().flat_map(|run| &outputs(*run).library_paths).collect();
    paths.sort_by_key(|path| !path.in_out_dir);
    paths.into_iter().map(|path| path.value.as_str()).collect()
}

/// Returns the directories from which shared libraries of runs are loaded.
fn loaded_from<'a>(
    runs: &[UnitId],
    layout: &Layout,
    outputs: &dyn Fn(UnitId) -> &'a BuildScriptOutput,
) -> Vec<PathBuf> {
    runs.iter()
        .flat_map(|run| &outputs(*run).library_paths)
        .map(|path| without_kind(&path.value))
        .filter(|directory| layout.is_ours(directory))
        .map(|directory| directory.as_std_path().to_owned())
        .collect()
}

/// Removes the `KIND=` of a value of `-L`.
fn without_kind(value: &str) -> &Utf8Path {
    match value.split_once('=') {
        Some(("native" | "crate" | "dependency" | "framework" | "all", path)) => path.into(),
        _ => value.into(),
    }
}
