//! What comes after pages were made: they are named, or opened. Source: cargo's `ops/cargo_doc.rs`.

use atlas_build::Built;
use atlas_build::request::{BuildRequest, ExtraArgs, Intent, PackageSelection};
use camino::Utf8Path;

use super::open;
use crate::commands::Purpose;
use crate::error::ErrorChain;
use crate::exit;
use crate::terminal::Shell;

/// What is wanted of pages.
pub(crate) struct Documentation {
    /// `doc`, or `rustdoc`, which is for one target and never for dependencies.
    pub(crate) extent: Extent,
    /// `--open`.
    pub(crate) open: bool,
    /// Arguments of rustdoc, and what of a crate is shown.
    pub(crate) extra_args: ExtraArgs,
}

/// For how much documentation is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
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

    fn on_built(&self, request: &BuildRequest, built: Built, shell: &mut Shell) -> i32 {
        let pages = &built.products.pages;
        let mut there = pages.iter().filter(|page| page.exists());
        if self.open {
            return self.show(request, &built, shell);
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
            open::open(page, built.browser.as_deref(), &request.env, shell);
        }
        exit::SUCCESS
    }
}
