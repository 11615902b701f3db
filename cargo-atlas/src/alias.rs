//! Aliases of the user and of cargo: a word in the place of a command becomes other words. Knows no
//! command's flags.
//!
//! As in cargo (`bin/cargo/cli.rs`, `expand_aliases`), the user's alias goes before cargo's own
//! one-letter names, and neither goes before a command. An alias may lead to another one, but not back
//! to itself.

use std::ffi::{OsStr, OsString};

use atlas_build::request::{BuildRequest, Environment};
use atlas_build::workspace::config::{self, Configuration, Key};
use camino::Utf8Path;
use clap::{Parser, Subcommand};

use crate::args::{self, GlobalArgs};

/// Names that cargo itself has for commands (`BUILTIN_ALIASES`).
const OF_CARGO: [(&str, &str); 6] =
    [("b", "build"), ("c", "check"), ("d", "doc"), ("r", "run"), ("t", "test"), ("rm", "remove")];

/// Commands that are part of cargo itself.
const COMMANDS_OF_CARGO: [&str; 39] = [
    "add",
    "bench",
    "build",
    "check",
    "clean",
    "config",
    "doc",
    "fetch",
    "fix",
    "generate-lockfile",
    "git-checkout",
    "help",
    "info",
    "init",
    "install",
    "locate-project",
    "login",
    "logout",
    "metadata",
    "new",
    "owner",
    "package",
    "pkgid",
    "publish",
    "read-manifest",
    "remove",
    "report",
    "run",
    "rustc",
    "rustdoc",
    "search",
    "test",
    "tree",
    "uninstall",
    "update",
    "vendor",
    "verify-project",
    "version",
    "yank",
];

/// An alias that leads nowhere, in cargo's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AliasError {
    /// The configuration cannot be read.
    #[error(transparent)]
    Configuration(#[from] config::Error),
    /// It has no word.
    #[error("subcommand is required, but `alias.{0}` is empty")]
    Empty(String),
    /// It has no word that is not a flag.
    #[error("subcommand is required, add a subcommand to the command alias `alias.{0}`")]
    NoCommand(String),
    /// It leads back to itself.
    #[error("alias {first} has unresolvable recursive definition: {way} -> {last}")]
    Recursive {
        /// The one that was typed.
        first: String,
        /// The ones that it led to.
        way: String,
        /// The one that was among them.
        last: String,
    },
}

/// What was typed, without aliases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Expanded {
    /// The words.
    pub(crate) words: Vec<OsString>,
    /// Whether an alias is for a command that atlas does not have.
    pub(crate) is_for_cargo: bool,
}

/// Flags before a command, which is anything.
#[derive(Parser, Debug)]
#[command(disable_help_flag = true, disable_help_subcommand = true, disable_version_flag = true)]
struct Line {
    #[command(flatten)]
    globals: GlobalArgs,
    /// As for all commands.
    #[arg(short = 'C')]
    directory: Option<OsString>,
    #[command(subcommand)]
    command: Option<Anything>,
}

#[derive(Subcommand, Debug)]
enum Anything {
    #[command(external_subcommand)]
    Words(Vec<OsString>),
}

/// Replaces aliases. What cannot be told apart stays as it is: it is not right, and parsing it says why.
///
/// # Errors
///
/// [`AliasError`] for an alias that leads nowhere.
pub(crate) fn expand(
    words: &[OsString],
    environment: &Environment,
    cwd: &Utf8Path,
) -> Result<Expanded, AliasError> {
    let mut words = words.to_vec();
    let mut way: Vec<String> = Vec::new();
    loop {
        let place = command(&words);
        let name = place.as_ref().and_then(|place| words[place.index].to_str());
        let (Some(place), Some(name)) = (&place, name.map(str::to_owned)) else {
            return match way.last() {
                Some(alias) if place.is_none() => Err(AliasError::NoCommand(alias.clone())),
                _ => Ok(Expanded { words, is_for_cargo: false }),
            };
        };
        if way.contains(&name) {
            let first = way[0].clone();
            return Err(AliasError::Recursive { first, way: way.join(" -> "), last: name });
        }
        if args::is_command(&name) {
            return Ok(Expanded { words, is_for_cargo: false });
        }
        let is_of_cargo = COMMANDS_OF_CARGO.contains(&name.as_str());
        let meaning = match is_of_cargo {
            true => None,
            false => meaning(&name, &place.config, environment, cwd)?,
        };
        let Some(meaning) = meaning else {
            return Ok(Expanded { words, is_for_cargo: !way.is_empty() });
        };
        words.splice(place.index..=place.index, meaning.into_iter().map(OsString::from));
        way.push(name);
    }
}

/// Where the command is.
struct Place {
    index: usize,
    /// `--config` values before it.
    config: Vec<String>,
}

/// Finds the command behind the flags that may stand before it.
fn command(words: &[OsString]) -> Option<Place> {
    let line = std::iter::once(OsStr::new("cargo")).chain(words.iter().map(OsString::as_os_str));
    let line = Line::try_parse_from(line).ok()?;
    let Anything::Words(rest) = line.command?;
    Some(Place { index: words.len() - rest.len(), config: line.globals.config })
}

/// Returns what an alias stands for.
fn meaning(
    name: &str,
    config_args: &[String],
    environment: &Environment,
    cwd: &Utf8Path,
) -> Result<Option<Vec<String>>, AliasError> {
    let request = BuildRequest {
        config_args: config_args.to_vec(),
        ..BuildRequest::new(cwd.to_owned(), environment.clone())
    };
    let of_user = of_user(name, &config::load(&request)?)?;
    if of_user.as_ref().is_some_and(Vec::is_empty) {
        return Err(AliasError::Empty(name.to_owned()));
    }
    let of_cargo = || {
        let (_, command) = OF_CARGO.iter().find(|(alias, _)| *alias == name)?;
        args::is_command(command).then(|| vec![(*command).to_owned()])
    };
    Ok(of_user.or_else(of_cargo))
}

/// Returns the words of an alias in the configuration: a string is split at white space.
fn of_user(
    name: &str,
    configuration: &Configuration<'_>,
) -> Result<Option<Vec<String>>, config::Error> {
    let key = Key::new(&format!("alias.{name}"));
    if let Ok(text) = configuration.string(&key) {
        let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
        return Ok(text.map(|text| words(text.value)));
    }
    let words = configuration.words(&key)?;
    Ok(words.map(|words| words.into_iter().map(|word| word.value).collect()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CONFIG: &str = r#"
        [alias]
        b = "build --release"
        lint = ["check", "--message-format", "short"]
        l = "lint -v"
        dashed-name = "check"
        one = "two"
        two = "three"
        three = "one"
        self = "self"
        empty = ""
        flags = "--verbose"
        early = "-v check"
        tree = "check"
        check = "build"
        list = "update"
    "#;

    fn expanded(line: &str, variable: Option<(&str, &str)>) -> Result<(String, bool), String> {
        let directory = tempfile::tempdir().expect("a directory");
        let cwd = Utf8Path::from_path(directory.path()).expect("its name is UTF-8");
        fs_err::create_dir(cwd.join(".cargo")).expect("it is new");
        fs_err::write(cwd.join(".cargo/config.toml"), CONFIG).expect("it is new");
        let mut environment = Environment::default();
        environment.vars.extend(variable.map(|(name, value)| (name.into(), value.into())));
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let expanded = expand(&words, &environment, cwd).map_err(|error| error.to_string())?;
        let words: Vec<&str> = expanded.words.iter().filter_map(|word| word.to_str()).collect();
        Ok((words.join(" "), expanded.is_for_cargo))
    }

    #[rstest]
    #[case::command("build -p x", "build -p x", false)]
    #[case::of_cargo("c -p x", "check -p x", false)]
    #[case::of_the_user_goes_first("b -p x", "build --release -p x", false)]
    #[case::list("lint -p x", "check --message-format short -p x", false)]
    #[case::through_another("l", "check --message-format short -v", false)]
    #[case::flags_before(
        "-q --config x.y=1 lint",
        "-q --config x.y=1 check --message-format short",
        false
    )]
    #[case::flags_in_front("early", "-v check", false)]
    #[case::commands_are_not_shadowed("check", "check", false)]
    #[case::nor_are_those_of_cargo("tree", "tree", false)]
    #[case::for_cargo("list --dry-run", "update --dry-run", true)]
    #[case::unknown("foo bar", "foo bar", false)]
    #[case::nothing("", "", false)]
    #[case::help("--help", "--help", false)]
    #[case::typed("--config alias.foo='check' foo", "--config alias.foo='check' check", false)]
    fn aliases_become_commands(
        #[case] line: &str,
        #[case] expected: &str,
        #[case] is_for_cargo: bool,
    ) {
        assert_eq!(expanded(line, None), Ok((expected.to_owned(), is_for_cargo)));
    }

    #[rstest]
    #[case::of_nothing("other x", ("CARGO_ALIAS_OTHER", "check -v"), "check -v x")]
    #[case::over_a_string("b", ("CARGO_ALIAS_B", "check"), "check")]
    #[case::dashes("dashed-name", ("CARGO_ALIAS_DASHED_NAME", "build"), "build")]
    fn variables_are_aliases(
        #[case] line: &str,
        #[case] variable: (&str, &str),
        #[case] expected: &str,
    ) {
        assert_eq!(expanded(line, Some(variable)), Ok((expected.to_owned(), false)));
    }

    #[rstest]
    #[case::circle(
        "one",
        "alias one has unresolvable recursive definition: one -> two -> three -> one"
    )]
    #[case::itself("self", "alias self has unresolvable recursive definition: self -> self")]
    #[case::empty("empty", "subcommand is required, but `alias.empty` is empty")]
    #[case::flags_only(
        "flags",
        "subcommand is required, add a subcommand to the command alias `alias.flags`"
    )]
    fn aliases_that_lead_nowhere_are_refused(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(expanded(line, None), Err(expected.to_owned()));
    }
}
