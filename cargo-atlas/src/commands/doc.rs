//! `doc` and `rustdoc`.

use atlas_build::request::ExtraArgs;

use super::build::{BuildCommand, build};
use super::place::Place;
use crate::args::Words;
use crate::doc::{DocArgs, Documentation, Extent, RustdocArgs};
use crate::request::Verb;
use crate::terminal::Shell;

/// Documents packages and what they depend on.
pub(crate) fn doc(place: Place<'_>, args: &DocArgs, words: &Words, shell: Shell) -> i32 {
    let extent = if args.no_deps { Extent::Members } else { Extent::Dependencies };
    let extra_args =
        ExtraArgs { private_items: args.document_private_items, ..ExtraArgs::default() };
    let purpose = Documentation { extent, open: args.open, extra_args };
    let (args, verb) = (&args.build_args(), Verb::Doc);
    build(BuildCommand { place, verb, args, needs_cargo: None, words }, &purpose, shell)
}

/// Documents one target with arguments for rustdoc.
pub(crate) fn rustdoc(place: Place<'_>, args: &RustdocArgs, words: &Words, shell: Shell) -> i32 {
    let extra_args = ExtraArgs { rustdoc: args.args.clone(), ..ExtraArgs::default() };
    let purpose = Documentation { extent: Extent::OnePackage, open: args.open, extra_args };
    let needs_cargo = args.needs_cargo();
    let (args, verb) = (&args.build_args(), Verb::Rustdoc);
    build(BuildCommand { place, verb, args, needs_cargo, words }, &purpose, shell)
}
