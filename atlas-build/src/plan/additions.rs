//! Completes commands with what build scripts said, in cargo's order. Pure: runs nothing and knows
//! not where the directives come from.

use std::path::PathBuf;

use camino::Utf8Path;

use crate::ids::UnitId;
use crate::layout::Layout;
use crate::plan::{BuildScriptStep, CompileStep};
use crate::process::CommandLine;
use crate::rustc::{JoinPathsError, append_search_path, envify};
use crate::script::{BuildScriptOutput, LinkArgTarget};

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
pub(crate) fn without_kind(value: &str) -> &Utf8Path {
    match value.split_once('=') {
        Some(("native" | "crate" | "dependency" | "framework" | "all", path)) => path.into(),
        _ => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Step, steps};
    use crate::rustc::fixture::{Sample, without_hashes};
    use crate::script::LibraryPath;

    fn library_path(value: &str, in_out_dir: bool) -> LibraryPath {
        LibraryPath { value: value.to_owned(), in_out_dir }
    }

    /// What the build script of the application says.
    fn app_output() -> BuildScriptOutput {
        BuildScriptOutput {
            library_paths: vec![
                library_path("/usr/app", false),
                library_path("native=/w/target/atlas/debug/unit/app/out", true),
            ],
            library_links: vec!["z".to_owned()],
            linker_args: vec![
                (LinkArgTarget::All, "-all".to_owned()),
                (LinkArgTarget::Bins, "-bins".to_owned()),
                (LinkArgTarget::Bin("other".to_owned()), "-other".to_owned()),
                (LinkArgTarget::Bin("my-app".to_owned()), "-my-app".to_owned()),
                (LinkArgTarget::Tests, "-tests".to_owned()),
                (LinkArgTarget::Examples, "-examples".to_owned()),
                (LinkArgTarget::Cdylib, "-cdylib".to_owned()),
            ],
            cfgs: vec!["foo".to_owned()],
            check_cfgs: vec!["cfg(bar)".to_owned()],
            env: vec![("X".to_owned(), "Y".to_owned())],
            ..BuildScriptOutput::default()
        }
    }

    /// What the build script of the library with `links` says.
    fn sys_output() -> BuildScriptOutput {
        BuildScriptOutput {
            library_paths: vec![
                library_path("native=/w/target/atlas/debug/unit/sys/out", true),
                library_path("framework=/usr/sys", false),
            ],
            library_links: vec!["sys".to_owned()],
            linker_args: vec![
                (LinkArgTarget::All, "-sys".to_owned()),
                (LinkArgTarget::Cdylib, "-sys-cdylib".to_owned()),
            ],
            metadata: vec![("some-key".to_owned(), "val".to_owned())],
            cfgs: vec!["sys".to_owned()],
            ..BuildScriptOutput::default()
        }
    }

    fn completed(sample: &Sample, id: UnitId) -> (CommandLine, CommandLine) {
        let blueprint = sample.fixture.blueprint();
        let (app, sys) = (app_output(), sys_output());
        let outputs = |run: UnitId| if run == sample.app_run { &app } else { &sys };
        let layout = &sample.fixture.layout;
        match &steps(&blueprint).unwrap()[id] {
            Step::Compile(step) => {
                (step.command.clone(), complete_compile(step, layout, &outputs).unwrap())
            }
            Step::RunBuildScript(step) => {
                (step.command.clone(), complete_build_script(step, layout, &outputs).unwrap())
            }
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => panic!("nothing is overridden"),
        }
    }

    /// Returns the arguments that were added.
    fn added(sample: &Sample, id: UnitId) -> String {
        let (before, after) = completed(sample, id);
        assert_eq!(after.args[..before.args.len()], before.args);
        let added: Vec<_> =
            after.args[before.args.len()..].iter().map(|arg| arg.to_str().unwrap()).collect();
        without_hashes(&added.join(" "))
    }

    const PATHS: &str = "-L native=/w/target/atlas/debug/unit/app/out \
         -L native=/w/target/atlas/debug/unit/sys/out -L /usr/app -L framework=/usr/sys";

    #[test]
    fn libraries_pass_what_their_own_script_links() {
        let sample = Sample::new();
        let expected = format!("{PATHS} -l z -C link-arg=-all --cfg foo --check-cfg cfg(bar)");
        assert_eq!(added(&sample, sample.app), expected);
        assert_eq!(added(&sample, sample.app_test), expected);
    }

    #[test]
    fn others_leave_linking_to_the_library() {
        let sample = Sample::new();
        let expected = |args: &str| format!("{PATHS} {args} --cfg foo --check-cfg cfg(bar)");
        assert_eq!(
            added(&sample, sample.app_bin),
            expected("-C link-arg=-all -C link-arg=-bins -C link-arg=-my-app")
        );
        let args = "-C link-arg=-all -C link-arg=-examples";
        assert_eq!(added(&sample, sample.example), expected(args));
        let args = "-C link-arg=-all -C link-arg=-tests";
        assert_eq!(added(&sample, sample.it), expected(args));
    }

    #[test]
    fn units_without_a_script_pass_only_paths() {
        let sample = Sample::new();
        let expected = "-L native=/w/target/atlas/debug/unit/sys/out -L framework=/usr/sys";
        assert_eq!(added(&sample, sample.mac), expected);
    }

    #[test]
    fn cdylibs_take_arguments_of_what_they_link() {
        let mut sample = Sample::new();
        let below = sample.fixture.units.dependencies[sample.mac].clone();
        sample.fixture.units.dependencies[sample.lib_a] = below;
        let expected = "-L native=/w/target/atlas/debug/unit/sys/out -L framework=/usr/sys \
             -C link-arg=-sys-cdylib";
        assert_eq!(added(&sample, sample.lib_a), expected);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn macros_load_what_was_built_for_them() {
        let sample = Sample::new();
        let (before, after) = completed(&sample, sample.app);
        let path = |command: &CommandLine| {
            command.env["LD_LIBRARY_PATH"].clone().unwrap().into_string().unwrap()
        };
        let own = "/w/target/atlas/debug/unit/sys/out";
        assert_eq!(path(&after), format!("{}:{own}", path(&before)));
        assert_eq!(after.env["X"].as_deref(), Some("Y".as_ref()));
    }

    #[test]
    fn scripts_see_metadata_of_links() {
        let sample = Sample::new();
        let (before, mut after) = completed(&sample, sample.app_run);
        let value = after.env.remove("DEP_THING_SOME_KEY");
        assert_eq!(value, Some(Some("val".into())));
        assert_eq!(before, after);
    }
}
