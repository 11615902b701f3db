//! `cargo atlas clippy`: a check in which clippy stands for the compiler.

use atlas_build::request::BuildRequest;

use super::build::{BuildCommand, Purpose, build};
use super::fix::fix_with;
use super::place::Place;
use crate::args::Words;
use crate::clippy::{ClippyArgs, DriverError, Lints, driver};
use crate::error::ErrorChain;
use crate::request::Verb;
use crate::terminal::Shell;
use crate::{exit, fallback};

struct Linting(Lints);

impl Purpose for Linting {
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        Ok(self.0.ask(request))
    }
}

/// Lints, or has plain cargo do so, and returns the exit code.
pub(crate) fn clippy(place: Place<'_>, args: &ClippyArgs, words: &Words, mut shell: Shell) -> i32 {
    if args.asks_about_clippy() {
        let reason = "only `cargo clippy` knows the texts about lints, and its version";
        return fallback::hand_over(reason, words, place.environment, &mut shell);
    }
    if let Some(flag) = args.fixing.given().filter(|_| !args.fix) {
        let message = format!("`{flag}` is for `cargo atlas clippy --fix`");
        shell.error_chain(&ErrorChain::new(message));
        return exit::USAGE;
    }
    let driver = match driver(place.environment, place.cwd) {
        Ok(driver) => driver,
        Err(error) => {
            shell.error_chain(&explained(&error));
            return exit::FAILURE;
        }
    };
    let mut lints = Lints { driver, args: Vec::new(), width: shell.width() };
    if args.no_deps {
        lints.args.push("--no-deps".to_owned());
    }
    lints.args.extend(args.lints.iter().cloned());
    if args.fix {
        if !lints.args.iter().any(|arg| arg == "--no-deps") {
            lints.args.push("--no-deps".to_owned());
        }
        return fix_with(place, (&args.fixing, &args.args), Some(&lints), words, shell);
    }
    let command = BuildCommand {
        place,
        verb: Verb::Check,
        args: &args.args,
        needs_cargo: None,
        words,
        n_last: args.lints.len(),
    };
    build(command, &Linting(lints), shell)
}

fn explained(error: &DriverError) -> ErrorChain {
    let chain = ErrorChain::of(error);
    match error {
        DriverError::Missing => chain.hint("`rustup component add clippy` installs it"),
        DriverError::Unknown(_) => chain,
    }
}
