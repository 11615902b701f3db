//! `cargo atlas nextest`: builds tests and has cargo-nextest run them, as it runs builds of others.

use std::cell::RefCell;
use std::ffi::OsString;

use atlas_build::Built;
use atlas_build::event::Event;
use atlas_build::process::CommandLine;
use camino::{Utf8Path, Utf8PathBuf};

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::{Cli, Command, GlobalArgs, Words};
use crate::error::ErrorChain;
use crate::nextest::{NextestArgs, Recording, Split, binaries};
use crate::request::Verb;
use crate::terminal::Shell;
use crate::test::TestArgs;
use crate::{exit, fallback};

/// Builds tests and runs or lists them by nextest; returns the exit code.
pub(crate) fn nextest(
    place: Place<'_>,
    args: &NextestArgs,
    words: &Words,
    mut shell: Shell,
) -> i32 {
    let split = match Split::new(&args.words) {
        Ok(split) => split,
        Err(reason) => return fallback::hand_over(&reason, words, place.environment, &mut shell),
    };
    if !is_installed(place) {
        let hint = "`cargo install cargo-nextest --locked` installs it; there are programs to download \
                    on https://nexte.st";
        shell.error_chain(&ErrorChain::new("cargo-nextest is not installed").hint(hint));
        return exit::FAILURE;
    }
    let (globals, test) = match as_test(args, words, &split) {
        Ok(parsed) => parsed,
        Err(error) => {
            shell.write_stderr(error.render().ansi().to_string().trim_end());
            return exit::USAGE;
        }
    };
    let command = BuildCommand {
        place: Place { globals: &globals, ..place },
        verb: Verb::Test,
        args: &test.build_args(),
        needs_cargo: None,
        words,
        n_last: 0,
    };
    let nextest = Nextest {
        recording: RefCell::default(),
        split: &split,
        query: query(&globals, &test),
        place,
        words,
    };
    build(command, &nextest, shell)
}

/// Returns whether cargo would find it.
fn is_installed(place: Place<'_>) -> bool {
    let name = format!("cargo-nextest{}", std::env::consts::EXE_SUFFIX);
    let path = place.environment.get_os("PATH");
    let home = place.environment.get("CARGO_HOME").map(|home| place.cwd.join(home));
    let user = place.environment.get("HOME").map(|home| place.cwd.join(home).join(".cargo"));
    let in_home = |home: Utf8PathBuf| home.join("bin").join(&name).is_file();
    which::which_in(&name, path, place.cwd).is_ok() || home.or(user).is_some_and(in_home)
}

/// Parses the flags of the build as those of `test`.
fn as_test(
    args: &NextestArgs,
    words: &Words,
    split: &Split,
) -> Result<(GlobalArgs, TestArgs), clap::Error> {
    let before = words.rest.len().saturating_sub(args.words.len());
    let before = words.rest.iter().take(before).filter(|word| *word != "nextest");
    let test = OsString::from("test");
    let words: Vec<OsString> = before.chain([&test]).chain(&split.build).cloned().collect();
    let cli = Cli::from_words(&words)?;
    match cli.command {
        Some(Command::Test(test)) => Ok((cli.globals, *test)),
        _ => Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand)),
    }
}

/// Returns the question about the workspace that nextest would ask cargo.
fn query(globals: &GlobalArgs, test: &TestArgs) -> Vec<String> {
    let mut query = vec!["metadata", "--format-version=1", "--all-features"];
    let flags = [
        (globals.locked, "--locked"),
        (globals.offline, "--offline"),
        (globals.frozen, "--frozen"),
    ];
    query.extend(flags.into_iter().filter_map(|(given, flag)| given.then_some(flag)));
    if let Some(path) = &test.manifest.manifest_path {
        query.extend(["--manifest-path", path]);
    }
    for value in &globals.config {
        query.extend(["--config", value]);
    }
    query.into_iter().map(str::to_owned).collect()
}

/// What was built is for nextest.
struct Nextest<'a> {
    recording: RefCell<Recording>,
    split: &'a Split,
    query: Vec<String>,
    place: Place<'a>,
    words: &'a Words,
}

impl Purpose for Nextest<'_> {
    fn on_event(&self, event: &Event) {
        self.recording.borrow_mut().on_event(event);
    }

    fn on_built(&self, aftermath: Aftermath<'_>, built: Built, shell: &mut Shell) -> i32 {
        if self.split.no_run {
            return exit::SUCCESS;
        }
        // What programs print comes after what was said here.
        shell.clear_progress();
        match self.run(aftermath, &built) {
            Ok(code) => code,
            Err(error) => {
                shell.error_chain(&error);
                exit::FAILURE
            }
        }
    }
}

impl Nextest<'_> {
    /// Tells nextest of the programs and has it go on.
    fn run(&self, aftermath: Aftermath<'_>, built: &Built) -> Result<i32, ErrorChain> {
        let failed = |error: std::io::Error| ErrorChain::of(&error);
        let directory = tempfile::tempdir().map_err(failed)?;
        let path = |name: &str| directory.path().join(name);
        let metadata = self.metadata(aftermath, &built.site)?;
        fs_err::write(path("cargo.json"), metadata).map_err(failed)?;
        let list = binaries(&self.recording.borrow(), &built.site).to_string();
        fs_err::write(path("binaries.json"), list).map_err(failed)?;
        let mut command = self.cargo(vec!["nextest".into()]);
        command.args(self.split.nextest.iter().take(self.place_of_flags()).cloned());
        command.arg("--cargo-metadata").arg(path("cargo.json"));
        command.arg("--binaries-metadata").arg(path("binaries.json"));
        command.args(self.split.nextest.iter().skip(self.place_of_flags()).cloned());
        let status = aftermath.launcher.run(&command);
        let status = status.map_err(|error| ErrorChain::of(&command.spawn_error(error)))?;
        Ok(status.code().unwrap_or(exit::FAILURE))
    }

    /// Returns where flags can stand: before `--`.
    fn place_of_flags(&self) -> usize {
        let words = &self.split.nextest;
        words.iter().position(|word| word == "--").unwrap_or(words.len())
    }

    /// Asks cargo about the workspace.
    fn metadata(
        &self,
        aftermath: Aftermath<'_>,
        site: &atlas_build::Site,
    ) -> Result<Vec<u8>, ErrorChain> {
        let mut command = self.cargo(self.query.iter().map(OsString::from).collect());
        let target = site.kinds.iter().find_map(|kind| kind.triple());
        let triple = target.unwrap_or(&site.toolchain.host).as_str();
        command.arg(format!("--filter-platform={triple}"));
        command.env("CARGO_TARGET_DIR", &site.target_directory);
        let output = aftermath.launcher.output(&command);
        let output = output.map_err(|error| ErrorChain::of(&command.spawn_error(error)))?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(ErrorChain::new("`cargo metadata` failed")
                .caused_by(String::from_utf8_lossy(&output.stderr).trim_end())),
        }
    }

    fn cargo(&self, rest: Vec<OsString>) -> CommandLine {
        let words = Words { rest, ..self.words.clone() };
        let command = fallback::command_line(&words, self.place.environment);
        CommandLine { cwd: Utf8Path::to_owned(self.place.cwd), ..command }
    }
}
