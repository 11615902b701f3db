//! `cargo atlas test`: builds tests and runs them.

use std::process::ExitStatus;

use atlas_build::process::CommandLine;
use atlas_build::request::{
    BuildRequest, FilterRule, Intent, LibRule, MessageFormat, TargetFilter, TargetSelection,
};
use atlas_build::{Built, Doctest, Executable, Passed, Products};

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::error::ErrorChain;
use crate::exit;
use crate::report::{CommandDetail, command_text};
use crate::request::Verb;
use crate::terminal::Shell;
use crate::test::{Failure, Kind, Run, TestArgs, announcement};

/// Runs tests and returns the exit code.
pub(crate) fn test(place: Place<'_>, args: &TestArgs, words: &Words, shell: Shell) -> i32 {
    let command = BuildCommand {
        place,
        verb: Verb::Test,
        args: &args.build_args(),
        needs_cargo: None,
        words,
        n_last: args.args.len(),
    };
    let testing = Testing {
        kind: Kind::Test,
        args: args.test_args(),
        no_run: args.no_run,
        no_fail_fast: args.no_fail_fast,
        changed: args.changed,
        selection: match args.test_name {
            _ if args.doc => Some(Selection::Documentation),
            Some(_) => Some(Selection::Named),
            None => None,
        },
    };
    build(command, &testing, shell)
}

/// What `test` selects by something else than the flags of a build.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Selection {
    /// `--doc`.
    Documentation,
    /// Tests with a name: nothing but tests has to be built.
    Named,
}

/// What was built is to be run as tests.
pub(super) struct Testing {
    pub(super) kind: Kind,
    pub(super) args: Vec<String>,
    pub(super) no_run: bool,
    pub(super) no_fail_fast: bool,
    /// What has passed and came out the same is not run again.
    pub(super) changed: bool,
    pub(super) selection: Option<Selection>,
}

impl Purpose for Testing {
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        let is_specific = matches!(request.targets, TargetSelection::Only(_));
        match self.selection {
            Some(Selection::Documentation) if is_specific => {
                Err(ErrorChain::new("can't mix --doc with other target selecting options"))
            }
            Some(Selection::Documentation) if self.no_run => {
                Err(ErrorChain::new("can't skip running doc tests with --no-run"))
            }
            Some(Selection::Documentation) => {
                let targets = only(LibRule::True, FilterRule::none());
                Ok(BuildRequest { intent: Intent::Doctest, targets, ..request })
            }
            Some(Selection::Named) if !is_specific => {
                let targets = only(LibRule::Default, FilterRule::All);
                Ok(BuildRequest { targets, ..request })
            }
            _ => Ok(request),
        }
    }

    fn on_built(&self, aftermath: Aftermath<'_>, built: Built, shell: &mut Shell) -> i32 {
        if self.no_run {
            let is_json = matches!(aftermath.request.message_format, MessageFormat::Json { .. });
            for executable in tests(&built.products).filter(|_| !is_json) {
                let unit_tests = if self.kind == Kind::Bench { "benches" } else { "unittests" };
                self.announce("Executable", executable, unit_tests, aftermath, shell);
            }
            return exit::SUCCESS;
        }
        aftermath.signals.end_at_once();
        match self.run_all(&built.products, aftermath, shell) {
            Ok(failed) => all_failures(&failed, shell),
            Err(code) => code,
        }
    }
}

impl Testing {
    /// Runs everything; returns the flags that select what failed, or the exit code if nothing is to
    /// be run after a failure.
    fn run_all(
        &self,
        products: &Products,
        aftermath: Aftermath<'_>,
        shell: &mut Shell,
    ) -> Result<Vec<String>, i32> {
        let mut failed = self.run_programs(products, aftermath, shell)?;
        failed.extend(self.run_doctests(products, aftermath, shell)?);
        Ok(failed)
    }

    /// Runs programs, but for those that need not run again.
    fn run_programs(
        &self,
        products: &Products,
        aftermath: Aftermath<'_>,
        shell: &mut Shell,
    ) -> Result<Vec<String>, i32> {
        let mut failed = Vec::new();
        let mut passed = Passed::read(&products.target_directory);
        for executable in tests(products) {
            let command = &self.command(executable, shell);
            let digest = || executable.run_digest(command, &aftermath.request.env);
            let before = if self.changed { digest() } else { None };
            if before.is_some_and(|run| passed.contains(&run)) {
                self.announce("Unchanged", executable, "unittests", aftermath, shell);
                continue;
            }
            self.announce("Running", executable, "unittests", aftermath, shell);
            let package = products.needs_package_flag.then_some(executable.package.as_str());
            let run = Run { kind: self.kind, command, target: &executable.target, package };
            let ended = self.run(run, aftermath, shell);
            let noted = match (&ended, before) {
                // The program may have been replaced while it ran.
                (Ok(None), Some(run)) if digest() == Some(run) => {
                    passed.note(run, &executable.path)
                }
                (Ok(None), _) => Ok(()),
                _ => passed.forget(&executable.path),
            };
            if let Err(error) = noted {
                shell.warn(format_args!("{error}; the program will run again"));
            }
            failed.extend(ended?);
        }
        Ok(failed)
    }

    /// Has rustdoc run examples in documentation. Source: cargo's `run_doc_tests`.
    fn run_doctests(
        &self,
        products: &Products,
        aftermath: Aftermath<'_>,
        shell: &mut Shell,
    ) -> Result<Vec<String>, i32> {
        let mut failed = Vec::new();
        for doctest in &products.doctests {
            shell.status("Doc-tests", &doctest.target.name);
            let command = &self.doctest_command(doctest, shell);
            if shell.is_verbose() {
                let detail = CommandDetail::of(aftermath.request);
                shell.status("Running", command_text(command, detail));
            }
            let package = products.needs_package_flag.then_some(doctest.package.as_str());
            let run = Run { kind: Kind::Doctest, command, target: &doctest.target, package };
            failed.extend(self.run(run, aftermath, shell)?);
        }
        Ok(failed)
    }

    /// Runs one program; returns the flags that select it if it failed, or the exit code if nothing is
    /// to be run after that.
    fn run(
        &self,
        run: Run<'_>,
        aftermath: Aftermath<'_>,
        shell: &mut Shell,
    ) -> Result<Option<String>, i32> {
        let ended = aftermath.launcher.run(run.command);
        if ended.as_ref().is_ok_and(ExitStatus::success) {
            return Ok(None);
        }
        let failure = Failure { run, ended };
        failure.tell(&self.args, CommandDetail::of(aftermath.request), shell);
        if self.no_fail_fast { Ok(Some(failure.flags())) } else { Err(failure.exit_code()) }
    }

    /// Says which program it is about: as a person would name it, or the whole command.
    fn announce(
        &self,
        word: &str,
        executable: &Executable,
        unit_tests: &str,
        aftermath: Aftermath<'_>,
        shell: &mut Shell,
    ) {
        let text = if shell.is_verbose() {
            command_text(&self.command(executable, shell), CommandDetail::of(aftermath.request))
        } else {
            announcement(executable, unit_tests, &aftermath.request.cwd)
        };
        shell.status(word, text);
    }

    fn doctest_command(&self, doctest: &Doctest, shell: &Shell) -> CommandLine {
        let mut args = self.args.clone();
        if shell.is_quiet() {
            args.push("--quiet".to_owned());
        }
        doctest.command.with(shell.color_word(), &args)
    }

    fn command(&self, executable: &Executable, shell: &Shell) -> CommandLine {
        let mut command = executable.command.clone();
        command.args(self.args.iter().cloned());
        if executable.target.harness && shell.is_quiet() {
            command.arg("--quiet");
        }
        command
    }
}

fn tests(products: &Products) -> impl Iterator<Item = &Executable> {
    products.executables.iter().filter(|executable| executable.is_test())
}

fn only(lib: LibRule, tests: FilterRule) -> TargetSelection {
    TargetSelection::Only(TargetFilter {
        all_targets: false,
        lib,
        bins: FilterRule::none(),
        examples: FilterRule::none(),
        tests,
        benches: FilterRule::none(),
    })
}

/// Says what failed, if everything was run whatever failed.
fn all_failures(failed: &[String], shell: &mut Shell) -> i32 {
    if failed.is_empty() {
        return exit::SUCCESS;
    }
    let plural = if failed.len() == 1 { "" } else { "s" };
    let flags: Vec<String> = failed.iter().map(|flags| format!("    `{flags}`")).collect();
    let message = format!("{} target{plural} failed:\n{}", failed.len(), flags.join("\n"));
    shell.error_chain(&ErrorChain::new(message));
    exit::FAILURE
}
