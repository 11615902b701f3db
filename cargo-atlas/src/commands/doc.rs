//! `cargo atlas doc` and `cargo atlas rustdoc`: make pages, and name or open them. Source: cargo's
//! `ops/cargo_doc.rs`.

use atlas_build::Built;
use atlas_build::request::{BuildRequest, ExtraArgs, Intent, PackageSelection};
use camino::Utf8Path;

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::doc::{DocArgs, RustdocArgs, open};
use crate::error::ErrorChain;
use crate::exit;
use crate::request::Verb;
use crate::terminal::Shell;

/// Documents packages and what they depend on.
pub(crate) fn doc(place: Place<'_>, args: &DocArgs, words: &Words, shell: Shell) -> i32 {
    let extent = if args.no_deps { Extent::Members } else { Extent::Dependencies };
    let extra_args =
        ExtraArgs { private_items: args.document_private_items, ..ExtraArgs::default() };
    let purpose = Documentation { extent, open: args.open, extra_args };
    let (args, verb) = (&args.build_args(), Verb::Doc);
    let command = BuildCommand { place, verb, args, needs_cargo: None, words, n_last: 0 };
    build(command, &purpose, shell)
}

/// Documents one target with arguments for rustdoc.
pub(crate) fn rustdoc(place: Place<'_>, args: &RustdocArgs, words: &Words, shell: Shell) -> i32 {
    let extra_args = ExtraArgs { rustdoc: args.args.clone(), ..ExtraArgs::default() };
    let purpose = Documentation { extent: Extent::OnePackage, open: args.open, extra_args };
    let needs_cargo = args.needs_cargo();
    let n_last = args.args.len();
    let (args, verb) = (&args.build_args(), Verb::Rustdoc);
    let command = BuildCommand { place, verb, args, needs_cargo, words, n_last };
    build(command, &purpose, shell)
}

/// What is wanted of pages.
struct Documentation {
    /// `doc`, or `rustdoc`, which is for one target and never for dependencies.
    extent: Extent,
    /// `--open`.
    open: bool,
    /// Arguments of rustdoc, and what of a crate is shown.
    extra_args: ExtraArgs,
}

/// For how much documentation is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Extent {
    /// `doc`: what is asked for and all that it depends on.
    Dependencies,
    /// `doc --no-deps`: what is asked for.
    Members,
    /// `rustdoc`: one package.
    OnePackage,
}

impl Purpose for Documentation {
    fn complete(&self, mut request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        request.intent = Intent::Doc { dependencies: self.extent == Extent::Dependencies };
        request.extra_args = self.extra_args.clone();
        if self.extent == Extent::OnePackage {
            let named = match &request.packages {
                PackageSelection::Packages(names) => names.clone(),
                _ => Vec::new(),
            };
            if named.iter().any(|name| name.contains(['*', '?', '[', ']'])) {
                let message = "glob patterns on package selection are not supported.";
                return Err(ErrorChain::new(message));
            }
            request.packages = PackageSelection::Packages(named);
        }
        Ok(request)
    }

    fn on_built(&self, aftermath: Aftermath<'_>, built: Built, shell: &mut Shell) -> i32 {
        let pages = &built.products.pages;
        let mut there = pages.iter().filter(|page| page.exists());
        if self.open {
            return self.show(aftermath.request, &built, shell);
        }
        if shell.is_verbose() {
            there.for_each(|page| shell.status("Generated", page));
        } else if let Some(first) = there.next() {
            let others = match there.count() {
                0 => String::new(),
                1 => " and 1 other file".to_owned(),
                n => format!(" and {n} other files"),
            };
            shell.status("Generated", format_args!("{first}{others}"));
        }
        exit::SUCCESS
    }
}

impl Documentation {
    fn show(&self, request: &BuildRequest, built: &Built, shell: &mut Shell) -> i32 {
        let Some(page) = built.products.pages.first() else {
            let message = "cannot open specified crate's documentation: no documentation generated";
            shell.error(message);
            return exit::FAILURE;
        };
        if request.platforms.len() > 1 {
            shell.error("only one `--target` argument is supported");
            return exit::FAILURE;
        }
        if Utf8Path::exists(page) {
            open(page, built.browser.as_deref(), &request.env, shell);
        }
        exit::SUCCESS
    }
}
