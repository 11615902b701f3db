//! `cargo atlas test`: builds tests and runs them.

use atlas_build::process::CommandLine;
use atlas_build::request::{
    BuildRequest, FilterRule, Intent, LibRule, MessageFormat, TargetFilter, TargetSelection,
};
use atlas_build::{Built, Doctest, Executable, Products};

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::error::ErrorChain;
use crate::exit;
use crate::report::{CommandDetail, command_text};
use crate::request::Verb;
use crate::terminal::Shell;
use crate::test::{Failure, Kind, TestArgs, announcement};

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
        let mut failed = Vec::new();
        for executable in tests(products) {
            self.announce("Running", executable, "unittests", aftermath, shell);
            let command = self.command(executable, shell);
            let ended = aftermath.launcher.run(&command);
            if ended.as_ref().is_ok_and(|status| status.success()) {
                continue;
            }
            let package = products.needs_package_flag.then_some(executable.package.as_str());
            let target = &executable.target;
            let failure = Failure { kind: self.kind, command: &command, ended, target, package };
            failure.tell(&self.args, CommandDetail::of(aftermath.request), shell);
            if !self.no_fail_fast {
                return Err(failure.exit_code());
            }
            failed.push(failure.flags());
        }
        self.run_doctests(products, aftermath, &mut failed, shell)?;
        Ok(failed)
    }

    /// Has rustdoc run examples in documentation. Source: cargo's `run_doc_tests`.
    fn run_doctests(
        &self,
        products: &Products,
        aftermath: Aftermath<'_>,
        failed: &mut Vec<String>,
        shell: &mut Shell,
    ) -> Result<(), i32> {
        let detail = CommandDetail::of(aftermath.request);
        for doctest in &products.doctests {
            shell.status("Doc-tests", &doctest.target.name);
            let command = self.doctest_command(doctest, shell);
            if shell.is_verbose() {
                shell.status("Running", command_text(&command, detail));
            }
            let ended = aftermath.launcher.run(&command);
            if ended.as_ref().is_ok_and(|status| status.success()) {
                continue;
            }
            let package = products.needs_package_flag.then_some(doctest.package.as_str());
            let (kind, target) = (Kind::Doctest, &doctest.target);
            let failure = Failure { kind, command: &command, ended, target, package };
            failure.tell(&self.args, detail, shell);
            if !self.no_fail_fast {
                return Err(failure.exit_code());
            }
            failed.push(failure.flags());
        }
        Ok(())
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
