//! Completes the command that runs examples in documentation. Source: cargo's `run_doc_tests`. Pure:
//! runs nothing.

use std::path::PathBuf;

use camino::Utf8Path;

use crate::ids::UnitId;
use crate::layout::Layout;
use crate::plan::DoctestStep;
use crate::plan::additions::without_kind;
use crate::plan::programs::is_of_cargo;
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::request::{Environment, MessageFormat};
use crate::rustc::{JoinPathsError, set_search_path};
use crate::script::BuildScriptOutput;

/// A command that runs examples in documentation.
#[derive(Clone, Debug)]
pub struct DoctestCommand {
    command: CommandLine,
    /// Where the colour goes among the arguments.
    color_at: usize,
    /// Where arguments for the examples go, colour not counted.
    test_args_at: usize,
}

impl DoctestCommand {
    /// Returns the command. `color` is the value of `--color`; `test_args` are for the examples.
    pub fn with(&self, color: &str, test_args: &[String]) -> CommandLine {
        let mut command = self.command.clone();
        let test_args = test_args.iter().flat_map(|arg| ["--test-args".into(), arg.into()]);
        command.args.splice(self.test_args_at..self.test_args_at, test_args);
        command.args.splice(self.color_at..self.color_at, ["--color".into(), color.into()]);
        command
    }
}

/// Returns the complete command of examples in documentation. `runs` are all runs of build scripts.
///
/// # Errors
///
/// If a build script gives a directory that cannot be part of a search path.
pub fn complete_doctest(
    step: &DoctestStep,
    layout: &Layout,
    runs: &[(UnitId, &BuildScriptOutput)],
    format: MessageFormat,
    environment: &Environment,
) -> Result<DoctestCommand, JoinPathsError> {
    let mut command = step.command.clone();
    let color_at = command.args.iter().position(|arg| arg == "--crate-name").unwrap_or_default();
    let mut native: Vec<&str> = runs
        .iter()
        .flat_map(|(_, output)| &output.library_paths)
        .map(|path| path.value.as_str())
        .collect();
    native.sort_unstable();
    native.dedup();
    for directory in &native {
        command.arg("-L").arg(*directory);
    }
    let loaded = native.iter().map(|directory| without_kind(directory));
    let deps = layout.deps(&CompileKind::Host);
    let loaded: Vec<PathBuf> = loaded
        .filter(|directory| layout.is_ours(directory))
        .chain([deps.as_path()])
        .map(|directory: &Utf8Path| directory.as_std_path().to_owned())
        .collect();
    set_search_path(&mut command, loaded, environment)?;
    let test_args_at = command.args.len();
    command.args(&step.rest);
    let own = runs.iter().find(|(run, _)| Some(*run) == step.own);
    if let Some((_, output)) = own {
        for cfg in &output.cfgs {
            command.arg("--cfg").arg(cfg);
        }
        for check_cfg in &output.check_cfgs {
            command.arg("--check-cfg").arg(check_cfg);
        }
        for (target, arg) in &output.linker_args {
            if step.link_arg_targets.contains(target) {
                command.arg("-C").arg(format!("link-arg={arg}"));
            }
        }
        for (name, value) in output.env.iter().filter(|(name, _)| !is_of_cargo(name)) {
            command.env(name, value);
        }
    }
    command.args(&step.user_flags).arg("--error-format").arg(match format {
        MessageFormat::Short => "short",
        MessageFormat::Human => "human",
        MessageFormat::Json { .. } => "json",
    });
    Ok(DoctestCommand { command, color_at, test_args_at })
}
