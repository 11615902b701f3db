//! The flags of `doc` and `rustdoc`, in cargo's words.

use clap::{Arg, Args, Command};

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, MANIFEST_OPTIONS, PACKAGE_SELECTION,
    PackageArgs, TARGET_SELECTION, TargetArgs, with_common_answers,
};

/// The flags of `doc`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DocArgs {
    /// Opens the docs in a browser after the operation
    #[arg(long)]
    pub(crate) open: bool,

    /// Don't build documentation for dependencies
    #[arg(long)]
    pub(crate) no_deps: bool,

    /// Document private items
    #[arg(long)]
    pub(crate) document_private_items: bool,

    /// Error format
    #[arg(
        long, value_name = "FMT", value_delimiter = ',', ignore_case = true,
        value_parser = [
            "human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
            "json-render-diagnostics",
        ]
    )]
    message_format: Vec<String>,

    /// Which packages.
    #[command(flatten)]
    packages: PackageArgs,
    /// With which features.
    #[command(flatten)]
    features: FeatureArgs,
    /// Which targets.
    #[command(flatten)]
    targets: DocTargetArgs,
    /// How to compile what they need.
    #[command(flatten)]
    compilation: CompilationArgs,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    manifest_path: Option<String>,

    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = MANIFEST_OPTIONS)]
    ignore_rust_version: bool,

    /// What cargo does not have.
    #[command(flatten)]
    atlas: AtlasArgs,
}

/// Flags that select targets to be documented.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = TARGET_SELECTION)]
struct DocTargetArgs {
    /// Document only this package's library
    #[arg(long)]
    lib: bool,

    /// Document all binaries
    #[arg(long)]
    bins: bool,

    /// Document only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    bin: Option<Vec<String>>,

    /// Document all examples
    #[arg(long)]
    examples: bool,

    /// Document only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    example: Option<Vec<String>>,
}

/// The flags of `rustdoc`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RustdocArgs {
    /// Extra rustdoc flags
    #[arg(value_name = "ARGS", num_args = 0.., trailing_var_arg = true)]
    pub(crate) args: Vec<String>,

    /// Opens the docs in a browser after the operation
    #[arg(long)]
    pub(crate) open: bool,

    /// Error format
    #[arg(
        long, value_name = "FMT", value_delimiter = ',', ignore_case = true,
        value_parser = [
            "human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
            "json-render-diagnostics",
        ]
    )]
    message_format: Vec<String>,

    /// The output type to write (unstable)
    #[arg(long, value_name = "FMT", value_parser = ["html", "json"])]
    pub(crate) output_format: Option<String>,

    /// Package to document
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1, help_heading = PACKAGE_SELECTION)]
    package: Option<Option<String>>,

    /// Which targets.
    #[command(flatten)]
    targets: TargetArgs,
    /// With which features.
    #[command(flatten)]
    features: FeatureArgs,
    /// How to compile what they need.
    #[command(flatten)]
    compilation: CompilationArgs,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    manifest_path: Option<String>,

    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = MANIFEST_OPTIONS)]
    ignore_rust_version: bool,

    /// What cargo does not have.
    #[command(flatten)]
    atlas: AtlasArgs,
}

impl DocArgs {
    /// Returns the flags that all commands have which build something.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let DocTargetArgs { lib, bins, bin, examples, example } = self.targets.clone();
        BuildArgs {
            future_incompat_report: false,
            message_format: self.message_format.clone(),
            packages: self.packages.clone(),
            targets: TargetArgs {
                lib,
                bins,
                bin,
                examples,
                example,
                tests: false,
                test: None,
                benches: false,
                bench: None,
                all_targets: false,
            },
            features: self.features.clone(),
            compilation: self.compilation.clone(),
            manifest_path: self.manifest_path.clone(),
            ignore_rust_version: self.ignore_rust_version,
            atlas: self.atlas.clone(),
        }
    }
}

impl RustdocArgs {
    /// Returns the flags that all commands have which build something.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let package = self.package.clone().map(|name| name.into_iter().collect());
        BuildArgs {
            future_incompat_report: false,
            message_format: self.message_format.clone(),
            packages: PackageArgs { package, workspace: false, exclude: Vec::new(), all: false },
            targets: self.targets.clone(),
            features: self.features.clone(),
            compilation: self.compilation.clone(),
            manifest_path: self.manifest_path.clone(),
            ignore_rust_version: self.ignore_rust_version,
            atlas: self.atlas.clone(),
        }
    }

    /// Returns why plain cargo has to do it, if it has to.
    pub(crate) fn needs_cargo(&self) -> Option<&'static str> {
        self.output_format.as_ref().map(|_| "`--output-format` is unstable")
    }
}

/// Adds answers for flags that other tools have.
pub(crate) fn with_answers(command: Command) -> Command {
    with_common_answers(command)
}

/// Gives a flag the help that cargo has for it in `doc`.
pub(crate) fn worded_for_doc(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "package" => arg.help("Package to document"),
        "workspace" => arg.help("Document all packages in the workspace"),
        _ => in_order(arg),
    }
}

/// Gives a flag the place that cargo has for it in `rustdoc`.
pub(crate) fn worded_for_rustdoc(arg: Arg) -> Arg {
    in_order(arg)
}

fn in_order(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "jobs" => arg.display_order(0),
        "keep_going" => arg.display_order(1),
        _ => arg,
    }
}
