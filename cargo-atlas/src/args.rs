//! What can be typed: flags, their help and their errors, in cargo's words. Values stay as they were
//! typed; `request` gives them a meaning.

use std::ffi::{OsStr, OsString};

use clap::builder::UnknownArgumentValueParser;
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cache::CacheArgs;
use crate::clean::CleanArgs;
use crate::config;
use crate::graph::GraphArgs;
use crate::terminal::{DisplayFlags, style};

pub(crate) const PACKAGE_SELECTION: &str = "Package Selection";
const TARGET_SELECTION: &str = "Target Selection";
const FEATURE_SELECTION: &str = "Feature Selection";
pub(crate) const COMPILATION_OPTIONS: &str = "Compilation Options";
pub(crate) const MANIFEST_OPTIONS: &str = "Manifest Options";
const ATLAS_OPTIONS: &str = "Atlas Options";

/// Flags of a build or check that plain cargo does not have, and whether a value follows.
const OWN_FLAGS: &[(&str, bool)] =
    &[("--cache", true), ("--freshness", true), ("--no-cutoff", false), ("--dry-run", false)];

/// The arguments of the process, before flags are looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    /// `+toolchain` without the plus, when not started through cargo.
    pub(crate) toolchain: Option<OsString>,
    /// What follows `cargo atlas`; the same words mean the same to plain cargo.
    pub(crate) rest: Vec<OsString>,
}

impl Words {
    /// Splits the arguments of a process: `cargo-atlas [+toolchain] [atlas] …`.
    pub(crate) fn split(args: &[OsString]) -> Self {
        let mut rest = args.get(1..).unwrap_or_default();
        let toolchain = rest.first().and_then(|word| toolchain_name(word));
        if toolchain.is_some() {
            rest = &rest[1..];
        }
        if rest.first().is_some_and(|word| word == "atlas") {
            rest = &rest[1..];
        }
        Words { toolchain, rest: rest.to_vec() }
    }

    /// Returns the words without those that plain cargo does not know.
    pub(crate) fn for_cargo(&self) -> Self {
        let mut rest = Vec::new();
        let mut words = self.rest.iter();
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

/// The flags of `build`.
#[derive(Args, Clone, Debug)]
pub(crate) struct BuildWords {
    /// Those that `check` has too.
    #[command(flatten)]
    pub(crate) args: BuildArgs,

    /// Copy final artifacts to this directory (unstable)
    // Shares the place of the flag that follows it in cargo's help.
    #[arg(long, value_name = "PATH", help_heading = COMPILATION_OPTIONS, display_order = 25)]
    pub(crate) artifact_dir: Option<String>,
}

/// The flags of `build` and `check`. A list that is there but empty stands for a flag without its
/// value.
#[derive(Args, Clone, Debug)]
pub(crate) struct BuildArgs {
    /// Outputs a future incompatibility report at the end of the build
    #[arg(long)]
    pub(crate) future_incompat_report: bool,

    /// Error format
    #[arg(
        long, value_name = "FMT", value_delimiter = ',', ignore_case = true,
        value_parser = [
            "human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
            "json-render-diagnostics",
        ]
    )]
    pub(crate) message_format: Vec<String>,

    /// Which packages.
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    /// Which targets of them.
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    /// How to compile them.
    #[command(flatten)]
    pub(crate) compilation: CompilationArgs,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,

    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = MANIFEST_OPTIONS)]
    pub(crate) ignore_rust_version: bool,

    /// What cargo does not have.
    #[command(flatten)]
    pub(crate) atlas: AtlasArgs,
}

impl BuildArgs {
    /// Returns what a flag without its value lists, if there is one.
    pub(crate) fn listing(&self) -> Option<&'static str> {
        let targets = &self.targets;
        let flags = [
            (&self.packages.package, "`--package` without a value lists packages"),
            (&targets.example, "`--example` without a value lists examples"),
            (&targets.bin, "`--bin` without a value lists binaries"),
            (&targets.bench, "`--bench` without a value lists bench targets"),
            (&targets.test, "`--test` without a value lists test targets"),
        ];
        let is_bare = |values: &Option<Vec<String>>| values.as_ref().is_some_and(Vec::is_empty);
        flags.into_iter().find_map(|(values, reason)| is_bare(values).then_some(reason))
    }
}

/// Flags that select packages.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = PACKAGE_SELECTION)]
pub(crate) struct PackageArgs {
    /// Package to build (see `cargo help pkgid`)
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1)]
    pub(crate) package: Option<Vec<String>>,

    /// Build all packages in the workspace
    #[arg(long)]
    pub(crate) workspace: bool,

    /// Exclude packages from the build
    #[arg(long, value_name = "SPEC")]
    pub(crate) exclude: Vec<String>,

    /// Alias for --workspace (deprecated)
    #[arg(long)]
    pub(crate) all: bool,
}

/// Flags that select targets.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = TARGET_SELECTION)]
pub(crate) struct TargetArgs {
    /// Build only this package's library
    #[arg(long)]
    pub(crate) lib: bool,

    /// Build all binaries
    #[arg(long)]
    pub(crate) bins: bool,

    /// Build only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) bin: Option<Vec<String>>,

    /// Build all examples
    #[arg(long)]
    pub(crate) examples: bool,

    /// Build only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) example: Option<Vec<String>>,

    /// Build all targets that have `test = true` set
    #[arg(long)]
    pub(crate) tests: bool,

    /// Build only the specified test target
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) test: Option<Vec<String>>,

    /// Build all targets that have `bench = true` set
    #[arg(long)]
    pub(crate) benches: bool,

    /// Build only the specified bench target
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) bench: Option<Vec<String>>,

    /// Build all targets
    #[arg(long)]
    pub(crate) all_targets: bool,
}

/// Flags that select features.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = FEATURE_SELECTION)]
pub(crate) struct FeatureArgs {
    /// Space or comma separated list of features to activate
    #[arg(short = 'F', long)]
    pub(crate) features: Vec<String>,

    /// Activate all available features
    #[arg(long)]
    pub(crate) all_features: bool,

    /// Do not activate the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
}

/// Flags that say how to compile, and where to.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct CompilationArgs {
    /// Build artifacts in release mode, with optimizations
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,

    /// Build artifacts with the specified profile
    #[arg(long, value_name = "PROFILE-NAME")]
    pub(crate) profile: Option<String>,

    /// How many jobs; the full stop at the end is cargo's.
    #[arg(
        short,
        long,
        value_name = "N",
        allow_hyphen_values = true,
        help = "Number of parallel jobs, defaults to # of CPUs."
    )]
    pub(crate) jobs: Option<String>,

    /// Do not abort the build as soon as there is an error
    #[arg(long)]
    pub(crate) keep_going: bool,

    /// Build for the target triple
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1)]
    pub(crate) target: Option<Vec<String>>,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<String>,

    /// Output build graph in JSON (unstable)
    #[arg(long)]
    pub(crate) unit_graph: bool,

    /// Output a build timing report at the end of the build
    #[arg(long)]
    pub(crate) timings: bool,

    /// Build what build scripts and procedural macros need.
    #[arg(long, hide = true)]
    pub(crate) compile_time_deps: bool,
}

/// Flags of a build that cargo does not have.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = ATLAS_OPTIONS)]
pub(crate) struct AtlasArgs {
    /// What of earlier builds may be used again
    #[arg(long, value_name = "MODE", value_parser = config::CACHE.kind.words().to_vec())]
    pub(crate) cache: Option<String>,

    /// What has to change in a source file for its crate to be built again
    #[arg(long, value_name = "LEVEL", value_parser = config::FRESHNESS.kind.words().to_vec())]
    pub(crate) freshness: Option<String>,

    /// Build dependents again even if nothing that they see of a library has changed
    #[arg(long)]
    pub(crate) no_cutoff: bool,

    /// Show what would be built and why, and build nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
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
                .arg(unknown_flag("debug", suggest_release()).long("debug"))
                .arg(unknown_flag("short-artifact-dir", hint("--artifact-dir")).short('O'))
                .arg(unknown_flag("out-dir", hint("--artifact-dir")).long("out-dir"))
        })
        .mut_subcommand("check", |check| with_common_answers(check).mut_args(worded_for_check))
}

fn with_common_answers(command: clap::Command) -> clap::Command {
    let hint = UnknownArgumentValueParser::suggest_arg;
    command
        .arg(unknown_flag("silent", hint("--quiet")).short('s').long("silent"))
        .arg(unknown_flag("short-exclude", hint("--exclude")).short('x'))
        .arg(unknown_flag("short-target", hint("--target")).short('t'))
        .arg(unknown_flag("path", hint("--manifest-path")).long("path"))
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

fn unknown_flag(id: &'static str, answer: UnknownArgumentValueParser) -> Arg {
    Arg::new(id).action(ArgAction::SetTrue).value_parser(answer).hide(true)
}

fn suggest_release() -> UnknownArgumentValueParser {
    UnknownArgumentValueParser::suggest(
        "`--debug` is the default for `cargo build`; instead `--release` is supported",
    )
}

#[cfg(test)]
mod tests {
    use atlas_build::process::CommandLine;
    use clap::error::ErrorKind;
    use rstest::rstest;

    use super::*;

    fn os(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[rstest]
    #[case::through_cargo(&["cargo-atlas", "atlas", "build", "-v"], None, &["build", "-v"])]
    #[case::direct(&["cargo-atlas", "build"], None, &["build"])]
    #[case::toolchain(&["cargo-atlas", "+nightly", "build"], Some("nightly"), &["build"])]
    #[case::both(&["cargo-atlas", "+nightly", "atlas", "build"], Some("nightly"), &["build"])]
    #[case::only_the_first_atlas(&["cargo-atlas", "atlas", "atlas"], None, &["atlas"])]
    #[case::plus_through_cargo(&["cargo-atlas", "atlas", "+nightly"], None, &["+nightly"])]
    #[case::nothing(&["cargo-atlas"], None, &[])]
    #[case::not_even_a_name(&[], None, &[])]
    fn words_are_split(
        #[case] args: &[&str],
        #[case] toolchain: Option<&str>,
        #[case] rest: &[&str],
    ) {
        let expected = Words { toolchain: toolchain.map(OsString::from), rest: os(rest) };
        assert_eq!(Words::split(&os(args)), expected);
    }

    #[test]
    fn definition_is_sound() {
        command().debug_assert();
    }

    #[rstest]
    #[case::long(&["build", "-v", "-v"])]
    #[case::short(&["b", "-vv"])]
    #[case::before_the_command(&["-vv", "build"])]
    fn verbosity_is_counted_anywhere(#[case] words: &[&str]) {
        let cli = Cli::from_words(&os(words)).unwrap();
        assert_eq!(cli.globals.display().verbose, 2);
    }

    #[rstest]
    #[case::unknown_flag(&["build", "--foo"], ErrorKind::UnknownArgument)]
    #[case::positional(&["build", "foo"], ErrorKind::UnknownArgument)]
    #[case::removed_from_cargo(&["build", "--build-plan"], ErrorKind::UnknownArgument)]
    #[case::short_exclude(&["build", "-x"], ErrorKind::UnknownArgument)]
    #[case::debug(&["build", "--debug"], ErrorKind::UnknownArgument)]
    #[case::release_and_profile(
        &["build", "--release", "--profile", "dev"], ErrorKind::ArgumentConflict
    )]
    #[case::message_format(&["build", "--message-format", "foo"], ErrorKind::InvalidValue)]
    #[case::help(&["build", "--help"], ErrorKind::DisplayHelp)]
    #[case::version(&["--version"], ErrorKind::DisplayVersion)]
    #[case::check_has_no_artifacts(&["check", "--artifact-dir", "x"], ErrorKind::UnknownArgument)]
    fn wrong_words_are_refused(#[case] words: &[&str], #[case] kind: ErrorKind) {
        assert_eq!(Cli::from_words(&os(words)).unwrap_err().kind(), kind);
    }

    #[test]
    fn flag_without_value_is_an_empty_list() {
        let cli = Cli::from_words(&os(&["build", "--bin"])).unwrap();
        let Some(Command::Build(build)) = cli.command else { panic!("build was parsed") };
        assert_eq!(build.args.targets.bin, Some(Vec::new()));
        assert_eq!(build.args.targets.test, None);
    }

    /// The same flag must look the same in both programs.
    #[rstest]
    #[case::help(&["build", "--help"])]
    #[case::help_of_check(&["check", "--help"])]
    #[case::help_of_clean(&["clean", "--help"])]
    #[case::clean_unknown_flag(&["clean", "--foo"])]
    #[case::clean_conflict(&["clean", "-r", "--profile=test"])]
    #[case::clean_exclude(&["clean", "--exclude", "x"])]
    #[case::check_without_artifacts(&["check", "--artifact-dir=x"])]
    #[case::check_in_debug(&["check", "--debug"])]
    #[case::check_path(&["check", "--path"])]
    #[case::check_short_exclude(&["check", "-x"])]
    #[case::check_conflict(&["check", "-r", "--profile=test"])]
    #[case::unknown_flag(&["build", "--foo"])]
    #[case::similar_flag(&["build", "--lockfile-path", "x"])]
    #[case::debug(&["build", "--debug"])]
    #[case::path(&["build", "--path"])]
    #[case::short_target(&["build", "-t"])]
    #[case::message_format(&["build", "--message-format=xml"])]
    #[case::color(&["build", "--color=blue"])]
    #[case::missing_value(&["build", "--profile"])]
    #[case::conflict(&["build", "-r", "--profile=dev"])]
    fn output_is_that_of_cargo(#[case] words: &[&str]) {
        let mut cargo = CommandLine::new("cargo", env!("CARGO_MANIFEST_DIR"));
        let output = cargo.args(words).env("COLUMNS", "100").output().unwrap();
        let theirs = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();

        let mut command = command().term_width(100);
        let words = std::iter::once("cargo-atlas").chain(words.iter().copied());
        let ours = command.try_get_matches_from_mut(words).unwrap_err().render().to_string();

        assert_eq!(without_own_flags(&ours).replace("cargo atlas", "cargo"), theirs);
    }

    /// Leaves out the groups of flags that cargo does not have.
    fn without_own_flags(text: &str) -> String {
        let own = [ATLAS_OPTIONS, "Collection Options"];
        let is_own = |group: &&str| own.iter().any(|own| group.starts_with(own));
        text.split("\n\n").filter(|group| !is_own(group)).collect::<Vec<_>>().join("\n\n")
    }

    #[rstest]
    #[case::separate(&["build", "--cache", "none", "-v"], &["build", "-v"])]
    #[case::joined(&["build", "--freshness=bytes", "--dry-run", "-v"], &["build", "-v"])]
    #[case::switch(&["check", "--no-cutoff", "-p", "a"], &["check", "-p", "a"])]
    #[case::nothing(&["build", "--features", "cache"], &["build", "--features", "cache"])]
    fn own_flags_are_not_for_cargo(#[case] given: &[&str], #[case] expected: &[&str]) {
        let words = Words { toolchain: None, rest: os(given) };
        assert_eq!(words.for_cargo().rest, os(expected));
    }
}
