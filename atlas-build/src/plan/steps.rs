//! Turns units into steps: commands and files. Says nothing of what has to run.

use crate::ids::{DenseMap, UnitId};
use crate::packages::{CrateType, Target, TargetKind};
use crate::plan::native::{NativeRuns, native_runs};
use crate::plan::{BuildScriptAdditions, BuildScriptStep, CompileStep, DoctestStep, Pages, Step};
use crate::rustc::{
    Blueprint, DoctestParts, JoinPathsError, build_script_command, doctest_command, envify, remaps,
    rustc_command, rustdoc_command, source_and_directory,
};
use crate::script::{BuildScriptOutput, LinkArgTarget};
use crate::units::Unit;

/// Returns what has to be done for every unit.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub fn steps(blueprint: &Blueprint<'_>) -> Result<DenseMap<UnitId, Step>, JoinPathsError> {
    let runs = native_runs(blueprint.packages, blueprint.units);
    let mut steps = DenseMap::new();
    for (id, unit) in blueprint.units.units.iter() {
        steps.push(if unit.mode.is_doctest() {
            Step::Doctest(doctest_step(blueprint, id)?)
        } else if !unit.is_run_custom_build() {
            Step::Compile(compile_step(blueprint, id, &runs[id])?)
        } else if let Some(output) = links_override(blueprint, id) {
            Step::OverriddenBuildScript(output.clone())
        } else {
            Step::RunBuildScript(build_script_step(blueprint, id, &runs[id])?)
        });
    }
    Ok(steps)
}

/// Returns what the configuration says in place of a package's build script.
fn links_override<'a>(blueprint: &Blueprint<'a>, id: UnitId) -> Option<&'a BuildScriptOutput> {
    let links = blueprint.package(id).links.as_ref()?;
    blueprint.facts(id).links_overrides.get(links)
}

fn compile_step(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    runs: &NativeRuns,
) -> Result<CompileStep, JoinPathsError> {
    let unit = blueprint.unit(id);
    let hash = blueprint.extra_filenames[id].map(|hash| format!("-{hash}")).unwrap_or_default();
    let out_dir = blueprint.out_dir(id);
    Ok(CompileStep {
        command: match unit.mode.is_doc() {
            true => rustdoc_command(blueprint, id)?,
            false => rustc_command(blueprint, id)?,
        },
        unit_dir: blueprint.unit_dir(id),
        dep_info: out_dir.join(format!("{}{hash}.d", unit.target.crate_name())),
        out_dir,
        outputs: blueprint.outputs[id].clone(),
        additions: additions(blueprint, id, runs),
        remaps: if unit.mode.is_doc() { Vec::new() } else { remaps(blueprint, id) },
        pages: unit.mode.is_doc().then(|| pages(blueprint, id)),
        pipelined: unit.is_pipelinable(),
    })
}

fn pages(blueprint: &Blueprint<'_>, id: UnitId) -> Pages {
    let unit = blueprint.unit(id);
    let root = blueprint.layout.pages(&unit.kind);
    Pages {
        directory: root.join(unit.target.crate_name()),
        root,
        source: source_and_directory(blueprint, id).0,
        rustc: blueprint.workspace.toolchain.rustc.clone(),
    }
}

fn doctest_step(blueprint: &Blueprint<'_>, id: UnitId) -> Result<DoctestStep, JoinPathsError> {
    let DoctestParts { command, rest, user_flags } = doctest_command(blueprint, id)?;
    Ok(DoctestStep {
        command,
        rest,
        user_flags,
        own: blueprint.own_build_script(id),
        link_arg_targets: link_arg_targets(blueprint.unit(id)),
    })
}

/// Returns what build scripts add. rustdoc links nothing: it gets conditions and variables only.
fn additions(blueprint: &Blueprint<'_>, id: UnitId, runs: &NativeRuns) -> BuildScriptAdditions {
    let unit = blueprint.unit(id);
    let own = blueprint.own_build_script(id);
    if unit.mode.is_doc() {
        return BuildScriptAdditions { own, ..BuildScriptAdditions::default() };
    }
    let link_arg_targets = link_arg_targets(unit);
    let takes_all = link_arg_targets.contains(&LinkArgTarget::Cdylib);
    let takes = |run: &&UnitId| takes_all || own == Some(**run);
    BuildScriptAdditions {
        own,
        links_own_libraries: unit.target.is_lib() || blueprint.package(id).library().is_none(),
        linker_args: runs.linked.iter().filter(takes).copied().collect(),
        search_paths: runs.linked.clone(),
        link_arg_targets,
        plugin_paths: loaded(blueprint, runs),
    }
}

/// Returns the runs whose directories the loader is told of. Checking tells it of none: there is
/// no directory of results that they could be in.
fn loaded(blueprint: &Blueprint<'_>, runs: &NativeRuns) -> Vec<UnitId> {
    runs.loaded.iter().filter(|_| blueprint.installs).map(|(_, run)| *run).collect()
}

fn link_arg_targets(unit: &Unit) -> Vec<LinkArgTarget> {
    let own =
        match &unit.target.kind {
            TargetKind::Lib(types) if types.contains(&CrateType::Cdylib) => {
                if unit.mode.is_any_test() { vec![] } else { vec![LinkArgTarget::Cdylib] }
            }
            TargetKind::Bin => own_bin(&unit.target),
            TargetKind::Test => vec![LinkArgTarget::Tests],
            TargetKind::Bench => vec![LinkArgTarget::Benches],
            TargetKind::ExampleBin => vec![LinkArgTarget::Examples],
            TargetKind::Lib(_) | TargetKind::ExampleLib(_) | TargetKind::CustomBuild => vec![],
        };
    [LinkArgTarget::All].into_iter().chain(own).collect()
}

fn own_bin(target: &Target) -> Vec<LinkArgTarget> {
    vec![LinkArgTarget::Bins, LinkArgTarget::Bin(target.name.clone())]
}

fn build_script_step(
    blueprint: &Blueprint<'_>,
    id: UnitId,
    runs: &NativeRuns,
) -> Result<BuildScriptStep, JoinPathsError> {
    let package = blueprint.package(id);
    let links_metadata = blueprint.dependencies(id).iter().filter_map(|dependency| {
        let links = blueprint.package(dependency.unit).links.as_ref()?;
        let is_run = blueprint.unit(dependency.unit).is_run_custom_build();
        is_run.then(|| (envify(links), dependency.unit))
    });
    Ok(BuildScriptStep {
        command: build_script_command(blueprint, id)?,
        unit_dir: blueprint.unit_dir(id),
        out_dir: blueprint.out_dir(id),
        links_metadata: links_metadata.collect(),
        search_paths: loaded(blueprint, runs),
        label: format!("{}@{}", package.name, package.version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::CompileKind;
    use crate::rustc::fixture::{Sample, without_hashes};

    #[test]
    fn compiles_say_which_files_come_of_them() {
        let sample = Sample::new();
        let steps = steps(&sample.fixture.blueprint()).unwrap();
        let Step::Compile(step) = &steps[sample.app] else { panic!("a library is compiled") };
        assert!(step.pipelined);
        let dep_info = without_hashes(step.dep_info.as_str());
        assert_eq!(dep_info, "/w/target/atlas/debug/unit/my-app-[H]/out/my_app-[H].d");
        assert!(step.outputs.iter().all(|output| output.path.starts_with(&step.out_dir)));
        let Step::Compile(step) = &steps[sample.dy] else { panic!("a library is compiled") };
        assert!(!step.pipelined);
        assert!(step.dep_info.ends_with("out/dy.d"));
    }

    #[test]
    fn runs_of_scripts_name_what_they_are_told_of() {
        let sample = Sample::new();
        let steps = steps(&sample.fixture.blueprint()).unwrap();
        let Step::RunBuildScript(step) = &steps[sample.app_run] else { panic!("a script runs") };
        assert_eq!(step.label, "my-app@1.2.3-rc.1");
        assert_eq!(step.links_metadata, [("THING".to_owned(), sample.sys_run)]);
        assert!(step.search_paths.is_empty());
    }

    #[test]
    fn overridden_scripts_do_not_run() {
        let mut sample = Sample::new();
        sample.fixture.units.dependencies[sample.sys_run].clear();
        let output = BuildScriptOutput { cfgs: vec!["x".into()], ..BuildScriptOutput::default() };
        let platforms = &mut sample.fixture.workspace.toolchain.platforms;
        let facts = platforms.get_mut(&CompileKind::Host).unwrap();
        facts.links_overrides.insert("thing".to_owned(), output.clone());
        let steps = steps(&sample.fixture.blueprint()).unwrap();
        let Step::OverriddenBuildScript(said) = &steps[sample.sys_run] else {
            panic!("the configuration speaks")
        };
        assert_eq!(*said, output);
    }
}
