//! What can be typed: flags, their help and their errors, in cargo's words. Values stay as they were
//! typed; `request` gives them a meaning.

mod build;
mod selection;

use std::ffi::{OsStr, OsString};

use clap::builder::UnknownArgumentValueParser;
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use build::{
    ATLAS_OPTIONS, AtlasArgs, BuildArgs, BuildWords, COMPILATION_OPTIONS, CommandArgs,
    CompilationArgs, JobsArgs, KeepGoingArgs, ManifestArgs, MessageArgs, OutputArgs, ReleaseArgs,
};
pub(crate) use selection::{
    FeatureArgs, OnePackageArgs, PACKAGE_SELECTION, PackageArgs, TARGET_SELECTION, TargetArgs,
};

use crate::bench::BenchArgs;
use crate::cache::CacheArgs;
use crate::clean::CleanArgs;
use crate::clippy::ClippyArgs;
use crate::doc::{DocArgs, RustdocArgs};
use crate::fix::FixArgs;
use crate::graph::GraphArgs;
use crate::install::InstallArgs;
use crate::nextest::NextestArgs;
use crate::run::RunArgs;
use crate::rustc::RustcArgs;
use crate::terminal::{DisplayFlags, style};
use crate::test::TestArgs;

pub(crate) const MANIFEST_OPTIONS: &str = "Manifest Options";

/// Flags of commands that build that plain cargo does not have, and whether a value follows.
const OWN_FLAGS: &[(&str, bool)] = &[
    ("--cache", true),
    ("--freshness", true),
    ("--no-cutoff", false),
    ("--dry-run", false),
    ("--changed", false),
];

/// The arguments of the process, before flags are looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    /// `+toolchain` without the plus.
    pub(crate) toolchain: Option<OsString>,
    /// What follows `cargo atlas`; the same words mean the same to plain cargo.
    pub(crate) rest: Vec<OsString>,
}

impl Words {
    /// Splits the arguments of a process: `cargo-atlas [+toolchain] [atlas] [+toolchain] …`. The later
    /// place is that of who types `cargo atlas` for `cargo`.
    pub(crate) fn split(args: &[OsString]) -> Self {
        let mut rest = args.get(1..).unwrap_or_default();
        let mut toolchain = rest.first().and_then(|word| toolchain_name(word));
        if toolchain.is_some() {
            rest = &rest[1..];
        }
        if rest.first().is_some_and(|word| word == "atlas") {
            rest = &rest[1..];
            if let Some(later) = rest.first().and_then(|word| toolchain_name(word)) {
                toolchain = Some(later);
                rest = &rest[1..];
            }
        }
        Words { toolchain, rest: rest.to_vec() }
    }

    /// Returns the words without those that plain cargo does not know. The last ones are not looked
    /// at: they are for a program.
    pub(crate) fn for_cargo(&self, n_last: usize) -> Self {
        let (own, last) = self.rest.split_at(self.rest.len().saturating_sub(n_last));
        let mut rest = Vec::new();
        let mut words = own.iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy();
            let (name, has_value) =
                text.split_once('=').map_or((&*text, false), |(n, _)| (n, true));
            match OWN_FLAGS.iter().find(|(flag, _)| *flag == name) {
                Some((_, takes_value)) if *takes_value && !has_value => drop(words.next()),
                Some(_) => {}
                None => rest.push(word.clone()),
            }
        }
        rest.extend(last.iter().cloned());
        Words { toolchain: self.toolchain.clone(), rest }
    }
}

fn toolchain_name(word: &OsStr) -> Option<OsString> {
    word.to_str()?.strip_prefix('+').map(OsString::from)
}

/// Builds Rust workspaces as cargo does, with less work
#[derive(Parser, Clone, Debug)]
#[command(
    name = "cargo-atlas",
    bin_name = "cargo atlas",
    version,
    styles = style::CLAP,
    next_display_order = 800,
    disable_help_subcommand = true,
    after_help = "See 'cargo atlas build --help' for the options of a build or check."
)]
pub(crate) struct Cli {
    /// Flags that may stand before or after the command.
    #[command(flatten)]
    pub(crate) globals: GlobalArgs,

    /// Change to DIRECTORY before doing anything (nightly-only)
    #[arg(short = 'C', value_name = "DIRECTORY")]
    pub(crate) directory: Option<OsString>,

    /// The command.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Flags that may stand before or after the command.
#[derive(Args, Clone, Debug)]
pub(crate) struct GlobalArgs {
    /// Use verbose output (-vv very verbose/build.rs output)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Do not print cargo log messages
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Coloring
    #[arg(
        long, value_name = "WHEN", global = true, ignore_case = true,
        value_parser = ["auto", "always", "never"]
    )]
    pub(crate) color: Option<String>,

    /// Assert that `Cargo.lock` will remain unchanged
    #[arg(long, global = true, help_heading = MANIFEST_OPTIONS)]
    pub(crate) locked: bool,

    /// Run without accessing the network
    #[arg(long, global = true, help_heading = MANIFEST_OPTIONS)]
    pub(crate) offline: bool,

    /// Equivalent to specifying both --locked and --offline
    #[arg(long, global = true, help_heading = MANIFEST_OPTIONS)]
    pub(crate) frozen: bool,

    /// Override a configuration value
    #[arg(long, value_name = "KEY=VALUE|PATH", global = true)]
    pub(crate) config: Vec<String>,

    /// Unstable (nightly-only) flags to Cargo, see 'cargo -Z help' for details
    #[arg(short = 'Z', value_name = "FLAG", global = true)]
    pub(crate) unstable: Vec<String>,
}

impl GlobalArgs {
    /// Returns the flags that decide on output.
    pub(crate) fn display(&self) -> DisplayFlags {
        DisplayFlags { verbose: self.verbose, quiet: self.quiet, color: self.color.clone() }
    }
}

/// What can be asked for.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Command {
    /// Compile a local package and all of its dependencies
    #[command(
        visible_alias = "b",
        after_help = "Run `cargo help build` for more detailed information.\n"
    )]
    Build(Box<BuildWords>),
    /// Check a local package and all of its dependencies for errors
    #[command(
        visible_alias = "c",
        after_help = "Run `cargo help check` for more detailed information.\n"
    )]
    Check(Box<BuildArgs>),
    /// Automatically fix lint warnings reported by rustc
    #[command(after_help = "Run `cargo help fix` for more detailed information.\n")]
    Fix(Box<FixArgs>),
    /// Install a Rust binary
    #[command(after_help = "Run `cargo help install` for more detailed information.\n")]
    Install(Box<InstallArgs>),
    /// Build tests and run them by cargo-nextest
    #[command(disable_help_flag = true)]
    Nextest(NextestArgs),
    /// Checks a package to catch common mistakes and improve your Rust code.
    Clippy(Box<ClippyArgs>),
    /// Run a binary or example of the local package
    #[command(
        visible_alias = "r",
        after_help = "Run `cargo help run` for more detailed information.\n\
                      To pass `--help` to the specified binary, use `-- --help`.\n"
    )]
    Run(Box<RunArgs>),
    /// Execute all unit and integration tests and build examples of a local package
    #[command(
        visible_alias = "t",
        after_help = "Run `cargo help test` for more detailed information.\n\
                      Run `cargo test -- --help` for test binary options.\n"
    )]
    Test(Box<TestArgs>),
    /// Execute all benchmarks of a local package
    #[command(after_help = "Run `cargo help bench` for more detailed information.\n")]
    Bench(Box<BenchArgs>),
    /// Compile a package, and pass extra options to the compiler
    #[command(after_help = "Run `cargo help rustc` for more detailed information.\n")]
    Rustc(Box<RustcArgs>),
    /// Build a package's documentation
    #[command(
        visible_alias = "d",
        after_help = "Run `cargo help doc` for more detailed information.\n"
    )]
    Doc(Box<DocArgs>),
    /// Build a package's documentation, using specified custom flags.
    #[command(
        verbatim_doc_comment,
        after_help = "Run `cargo help rustdoc` for more detailed information.\n"
    )]
    Rustdoc(Box<RustdocArgs>),
    /// Remove artifacts that cargo has generated in the past
    #[command(after_help = "Run `cargo help clean` for more detailed information.\n")]
    Clean(Box<CleanArgs>),
    /// Tell why the last build did what it did
    Why(WhyArgs),
    /// Show the packages of the workspace, what they depend on, and the modules inside
    Graph(Box<GraphArgs>),
    /// Look into the store that all workspaces share
    Cache(CacheArgs),
    /// Show the configuration of atlas itself, and where it comes from
    Config(ConfigArgs),
    /// A command that does not exist, with what follows it.
    #[command(external_subcommand)]
    Unknown(Vec<OsString>),
}

impl Command {
    /// Returns how many of the words come last and are for a program.
    pub(crate) fn n_last(&self) -> usize {
        match self {
            Command::Run(args) => args.args.len(),
            Command::Test(args) => args.args.len(),
            Command::Bench(args) => args.args.len(),
            Command::Rustc(args) => args.args.len(),
            _ => 0,
        }
    }
}

/// The words of `why`.
#[derive(Args, Clone, Debug)]
pub(crate) struct WhyArgs {
    /// Package to explain, built or not; all that was built if none is named
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: Option<String>,

    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<String>,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,
}

/// The words of `config`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConfigArgs {
    /// Key to show; all of them if none is named
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,

    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,
}

impl Cli {
    /// Parses what follows `cargo atlas`.
    ///
    /// # Errors
    ///
    /// What is wrong, or the help or version text that was asked for.
    pub(crate) fn from_words(words: &[OsString]) -> Result<Self, clap::Error> {
        let name = OsString::from("cargo-atlas");
        let matches = command().try_get_matches_from(std::iter::once(&name).chain(words))?;
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
    }
}

/// Returns the definition of the command line, with answers for flags that other tools have.
pub(crate) fn command() -> clap::Command {
    let hint = UnknownArgumentValueParser::suggest_arg;
    Cli::command()
        .arg(unknown_flag("short-config", hint("--config")).short('c').global(true))
        .arg(unknown_flag("lowercase-unstable", hint("-Z")).short('z').global(true))
        .mut_subcommand("build", |build| {
            with_common_answers(build)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .arg(unknown_flag("debug", suggest_release()).long("debug"))
                .arg(unknown_flag("short-artifact-dir", hint("--artifact-dir")).short('O'))
                .arg(unknown_flag("out-dir", hint("--artifact-dir")).long("out-dir"))
        })
        .mut_subcommand("check", |check| {
            with_common_answers(check)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .mut_args(worded_for_check)
        })
        .mut_subcommand("fix", |fix| {
            with_common_answers(fix)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .mut_args(worded_for_fix)
        })
        .mut_subcommand("install", |install| install.mut_args(worded_for_install))
        .mut_subcommand("run", |run| {
            with_common_answers(run)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .mut_args(|arg| worded(arg, "package", "Package with the target to run"))
        })
        .mut_subcommand("test", |test| {
            with_common_answers(test)
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .arg(unknown_flag("keep-going", suggest_no_fail_fast()).long("keep-going"))
                .mut_args(worded_for_test)
        })
        .mut_subcommand("bench", |bench| {
            with_common_answers(bench)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .arg(unknown_flag("keep-going", suggest_no_fail_fast()).long("keep-going"))
                .mut_args(worded_for_bench)
        })
        .mut_subcommand("rustc", |rustc| {
            with_common_answers(rustc)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .mut_args(|arg| worded(arg, "target", "Target triple which compiles will be for"))
        })
        .mut_subcommand("doc", |doc| {
            with_common_answers(doc)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
                .mut_args(worded_for_doc)
        })
        .mut_subcommand("rustdoc", |rustdoc| {
            with_common_answers(rustdoc)
                .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
                .mut_args(|arg| worded(arg, "package", "Package to document"))
        })
}

/// Returns whether a word is the full name of a command.
pub(crate) fn is_command(word: &str) -> bool {
    Cli::command().get_subcommands().any(|command| command.get_name() == word)
}

fn with_common_answers(command: clap::Command) -> clap::Command {
    let hint = UnknownArgumentValueParser::suggest_arg;
    command
        .arg(unknown_flag("short-target", hint("--target")).short('t'))
        .arg(unknown_flag("path", hint("--manifest-path")).long("path"))
}

/// Gives one flag another help; all keep their places.
fn worded(arg: Arg, id: &str, help: &'static str) -> Arg {
    if arg.get_id() == id { arg.help(help) } else { arg }
}

/// Gives a flag the help that cargo has for it in `doc`.
fn worded_for_doc(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "package" => arg.help("Package to document"),
        "workspace" => arg.help("Document all packages in the workspace"),
        _ => arg,
    }
}

/// Gives a flag the help that cargo has for it in `test`.
fn worded_for_test(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "package" => arg.help("Package to run tests for"),
        "exclude" => arg.help("Exclude packages from the test"),
        "all_targets" => arg.help("Test all targets (does not include doctests)"),
        _ => worded_for_selection(arg, "Test"),
    }
}

/// Gives a flag the help that cargo has for it in `bench`.
fn worded_for_bench(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "package" => arg.help("Package to run benchmarks for"),
        "exclude" => arg.help("Exclude packages from the benchmark"),
        _ => worded_for_selection(arg, "Benchmark"),
    }
}

/// Says what is done with the targets that a flag selects.
fn worded_for_selection(arg: Arg, verb: &str) -> Arg {
    let is_selection = arg
        .get_help_heading()
        .is_some_and(|it| [PACKAGE_SELECTION, TARGET_SELECTION].contains(&it));
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    match help.strip_prefix("Build ") {
        Some(rest) if is_selection => arg.help(format!("{verb} {rest}")),
        _ => arg,
    }
}

/// Gives a flag the help and the place that cargo has for it in `check`.
fn worded_for_check(arg: Arg) -> Arg {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    match (arg.get_id().as_str(), help.strip_prefix("Build ")) {
        ("package", _) => arg.help("Package(s) to check"),
        ("exclude", _) => arg.help("Exclude packages from the check"),
        ("jobs", _) => arg.display_order(0),
        ("keep_going", _) => arg.display_order(1),
        (_, Some(rest)) => arg.help(format!("Check {rest}")),
        (_, None) => arg,
    }
}

/// Gives a flag the help that cargo has for it in `fix`.
fn worded_for_fix(arg: Arg) -> Arg {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    match (arg.get_id().as_str(), help.strip_prefix("Build ")) {
        ("future_incompat_report", _) => arg.hide(true),
        ("package", _) => arg.help("Package(s) to fix"),
        ("exclude", _) => arg.help("Exclude packages from the fixes"),
        ("all_targets", _) => arg.help("Fix all targets (default)"),
        ("unit_graph", _) => arg.hide(true),
        ("jobs", _) => arg.display_order(0),
        ("keep_going", _) => arg.display_order(1),
        ("profile", _) => arg,
        (_, Some(rest)) => arg.help(format!("Fix {rest}")),
        _ => arg,
    }
}

/// Gives a flag the help that cargo has for it in `install`.
fn worded_for_install(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" => arg.help("Install artifacts with the specified profile"),
        "unit_graph" => arg.hide(true),
        _ => arg,
    }
}

fn unknown_flag(id: &'static str, answer: UnknownArgumentValueParser) -> Arg {
    Arg::new(id).action(ArgAction::SetTrue).value_parser(answer).hide(true)
}

fn suggest_release() -> UnknownArgumentValueParser {
    UnknownArgumentValueParser::suggest(
        "`--debug` is the default for `cargo build`; instead `--release` is supported",
    )
}

fn suggest_no_fail_fast() -> UnknownArgumentValueParser {
    UnknownArgumentValueParser::suggest(
        "use `--no-fail-fast` to run as many tests as possible regardless of failure",
    )
}

#[cfg(test)]
mod tests;
