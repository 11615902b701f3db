//! The flags of `nextest`: those that are about the build, in the words of `test`, and the rest, which
//! is for nextest itself. Knows no meaning of either.

use std::ffi::OsString;

use clap::Args;

/// The words of `nextest`.
#[derive(Args, Clone, Debug)]
pub(crate) struct NextestArgs {
    /// Everything: nextest has its own parser
    #[arg(
        value_name = "COMMAND AND OPTIONS", trailing_var_arg = true, allow_hyphen_values = true,
        num_args = 0..
    )]
    pub(crate) words: Vec<OsString>,
}

/// Flags of nextest about the build, with those of `test` that say the same. What begins with `=` takes
/// a value.
const FLAGS: [(&str, &str); 37] = [
    ("=--package", "--package"),
    ("=-p", "-p"),
    ("=--exclude", "--exclude"),
    ("=--bin", "--bin"),
    ("=--example", "--example"),
    ("=--test", "--test"),
    ("=--bench", "--bench"),
    ("=--features", "--features"),
    ("=-F", "-F"),
    ("=--build-jobs", "--jobs"),
    ("=--cargo-profile", "--profile"),
    ("=--target", "--target"),
    ("=--target-dir", "--target-dir"),
    ("=--manifest-path", "--manifest-path"),
    ("=--cargo-message-format", "--message-format"),
    ("=--cache", "--cache"),
    ("=--freshness", "--freshness"),
    ("--workspace", "--workspace"),
    ("--all", "--all"),
    ("--lib", "--lib"),
    ("--bins", "--bins"),
    ("--examples", "--examples"),
    ("--tests", "--tests"),
    ("--benches", "--benches"),
    ("--all-targets", "--all-targets"),
    ("--all-features", "--all-features"),
    ("--no-default-features", "--no-default-features"),
    ("--release", "--release"),
    ("-r", "--release"),
    ("--frozen", "--frozen"),
    ("--locked", "--locked"),
    ("--offline", "--offline"),
    ("--cargo-quiet", "--quiet"),
    ("--cargo-verbose", "--verbose"),
    ("--ignore-rust-version", "--ignore-rust-version"),
    ("--no-cutoff", "--no-cutoff"),
    ("--dry-run", "--dry-run"),
];

/// Flags with which nextest does not build, or builds in a way that only it knows.
const NOT_FOR_ATLAS: [&str; 16] = [
    "--archive-file",
    "--archive-format",
    "--binaries-metadata",
    "--cargo-metadata",
    "--config",
    "--extract-to",
    "--future-incompat-report",
    "--help",
    "--target-dir-remap",
    "--timings",
    "--unit-graph",
    "--version",
    "--workspace-remap",
    "-Z",
    "-V",
    "-h",
];

/// What was typed, in two parts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Split {
    /// Flags of `test` for the build.
    pub(crate) build: Vec<OsString>,
    /// Command and flags of nextest.
    pub(crate) nextest: Vec<OsString>,
    /// `--no-run`.
    pub(crate) no_run: bool,
}

impl Split {
    /// Splits words.
    ///
    /// # Errors
    ///
    /// Why it is all for nextest.
    pub(crate) fn new(words: &[OsString]) -> Result<Self, String> {
        let mut split = Split::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy();
            if text == "--" {
                split.nextest.push(word.clone());
                split.nextest.extend(words.cloned());
                break;
            }
            let name = text.split_once('=').map_or(&*text, |(name, _)| name);
            if NOT_FOR_ATLAS.contains(&name) || (text.starts_with("-Z") && text != "-") {
                return Err(format!("`{name}` is for nextest"));
            }
            match flag(&text) {
                Some(Flag::Whole(word)) => split.build.push(word.into()),
                Some(Flag::BeforeValue(flag)) => {
                    split.build.push(flag.into());
                    split.build.extend(words.next().cloned());
                }
                None if text == "--no-run" => split.no_run = true,
                None => split.nextest.push(word.clone()),
            }
        }
        match command(&split.nextest) {
            Some("run" | "r" | "list") => Ok(split),
            _ => Err("only `run` and `list` of nextest are built for here".to_owned()),
        }
    }
}

/// Flags of nextest that may stand before its command and that a value follows.
const BEFORE_COMMAND: [&str; 3] = ["--color", "--user-config-file", "--config-file"];

/// Returns the command among words for nextest: the first one that is neither a flag nor its value.
fn command(words: &[OsString]) -> Option<&str> {
    let mut words = words.iter().map(|word| word.to_str().unwrap_or_default());
    while let Some(word) = words.next() {
        if BEFORE_COMMAND.contains(&word) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

/// A word about the build.
enum Flag {
    /// It stands for itself.
    Whole(String),
    /// The next word is its value.
    BeforeValue(String),
}

fn flag(text: &str) -> Option<Flag> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (name, Some(value)),
        _ => (text, None),
    };
    for (flag, ours) in FLAGS {
        match (flag.strip_prefix('='), value) {
            (Some(flag), Some(value)) if flag == name => {
                return Some(Flag::Whole(format!("{ours}={value}")));
            }
            (Some(flag), None) if flag == name => {
                return Some(Flag::BeforeValue(ours.to_owned()));
            }
            // `-pname`
            (Some(flag), _) if flag.len() == 2 && text.starts_with(flag) => {
                return Some(Flag::Whole(text.to_owned()));
            }
            (None, None) if flag == name => return Some(Flag::Whole(ours.to_owned())),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn split(line: &str) -> Result<(String, String, bool), String> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let split = Split::new(&words)?;
        let text = |words: &[OsString]| {
            words.iter().filter_map(|word| word.to_str()).collect::<Vec<_>>().join(" ")
        };
        Ok((text(&split.build), text(&split.nextest), split.no_run))
    }

    #[rstest]
    #[case::nothing("run", "", "run", false)]
    #[case::alias("r -p a", "-p a", "r", false)]
    #[case::joined("list --package=a -pb -Fx", "--package=a -pb -Fx", "list", false)]
    #[case::profiles(
        "run --cargo-profile x --profile ci",
        "--profile x",
        "run --profile ci",
        false
    )]
    #[case::jobs("run --build-jobs 2 -j 4", "--jobs 2", "run -j 4", false)]
    #[case::messages("run --cargo-quiet -v", "--quiet", "run -v", false)]
    #[case::filters("run -E test(lib) name -r", "--release", "run -E test(lib) name", false)]
    #[case::for_tests("run --lib -- --lib -p x", "--lib", "run -- --lib -p x", false)]
    #[case::before("--color always run --tests", "--tests", "--color always run", false)]
    #[case::only_built("run --no-run", "", "run", true)]
    #[case::partition("run --partition hash:1/2", "", "run --partition hash:1/2", false)]
    fn words_are_split(
        #[case] line: &str,
        #[case] build: &str,
        #[case] nextest: &str,
        #[case] no_run: bool,
    ) {
        assert_eq!(split(line), Ok((build.to_owned(), nextest.to_owned(), no_run)));
    }

    #[rstest]
    #[case::archive("run --archive-file x", "`--archive-file` is for nextest")]
    #[case::unstable("run -Zx", "`-Zx` is for nextest")]
    #[case::help("run --help", "`--help` is for nextest")]
    #[case::other_command("archive -p x", "only `run` and `list` of nextest are built for here")]
    #[case::none("-v", "only `run` and `list` of nextest are built for here")]
    fn what_nextest_has_to_do_by_itself_is_told(#[case] line: &str, #[case] reason: &str) {
        assert_eq!(split(line), Err(reason.to_owned()));
    }
}
