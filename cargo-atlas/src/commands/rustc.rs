//! `cargo atlas rustc`: builds one target with arguments for the compiler.

use atlas_build::request::{BuildRequest, ExtraArgs, PackageSelection};

use super::build::{BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::error::ErrorChain;
use crate::request::Verb;
use crate::rustc::RustcArgs;
use crate::terminal::Shell;

/// Builds and returns the exit code.
pub(crate) fn rustc(place: Place<'_>, args: &RustcArgs, words: &Words, shell: Shell) -> i32 {
    let command = BuildCommand {
        place,
        verb: Verb::Rustc,
        args: &args.build_args(),
        needs_cargo: args.print.as_ref().map(|_| "`--print` is unstable"),
        words,
        n_last: args.args.len(),
    };
    build(command, &Passing { args }, shell)
}

/// The compiler gets more arguments.
struct Passing<'a> {
    args: &'a RustcArgs,
}

impl Purpose for Passing<'_> {
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        let package = self.args.package.package.clone().unwrap_or_default();
        if package.iter().any(|name| name.contains(['*', '?', '[', ']'])) {
            let message = "glob patterns on package selection are not supported.";
            return Err(ErrorChain::new(message));
        }
        let extra_args = ExtraArgs {
            rustc: self.args.args.clone(),
            crate_types: self.args.crate_types(),
            ..request.extra_args
        };
        let packages = PackageSelection::Packages(package);
        Ok(BuildRequest { packages, extra_args, ..request })
    }
}
