//! `cargo atlas why`: what the last build did, and why.

use super::place::{self, Place};
use super::trouble;
use crate::args::WhyArgs;
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::why::{self, AnswerFormat, Question};
use crate::{engine, exit, request};

/// Explains the last build and returns the exit code.
pub(crate) fn why(place: Place<'_>, args: &WhyArgs, shell: &mut Shell) -> i32 {
    if let Err(error) = place.manifest_directory(args.manifest_path.as_deref()) {
        shell.error_chain(&error);
        return exit::FAILURE;
    }
    let Place { globals, environment, cwd, .. } = place;
    let request = request::of_target_directory(globals, args, cwd, environment);
    let account = match engine::last_account(&request) {
        Ok(account) => account,
        Err(error) => return trouble::unanswered(&error, shell),
    };
    let question = Question { package: args.package.as_deref(), today: place.invocation.today };
    let format = if args.json { AnswerFormat::Json } else { AnswerFormat::Text };
    let result = match account {
        Some(account) => why::explain(&account, question, format, shell),
        None => Err(ErrorChain::new("no build is on record here")
            .hint("`cargo atlas build` builds and keeps a record")),
    };
    place::answered(result, shell)
}
