//! How much is said, and how: flags and configuration resolved into one value. Knows no stream.

use anstream::ColorChoice;
use atlas_build::request::Environment;
use atlas_build::workspace::Config;

/// What flags say about output.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct DisplayFlags {
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// `-q`.
    pub(crate) quiet: bool,
    /// `--color`.
    pub(crate) color: Option<String>,
}

/// What the `[term]` table says about output.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct TermConfig {
    verbose: Option<bool>,
    quiet: Option<bool>,
    color: Option<String>,
    progress_when: Option<String>,
    progress_width: Option<u16>,
}

impl TermConfig {
    /// Returns what `CARGO_TERM_*` variables say. This is all there is before the workspace's
    /// configuration files are read; values that cannot be parsed count as not set.
    pub(crate) fn from_environment(environment: &Environment) -> Self {
        let get = |name: &str| environment.get(name);
        TermConfig {
            verbose: get("CARGO_TERM_VERBOSE").and_then(|value| value.parse().ok()),
            quiet: get("CARGO_TERM_QUIET").and_then(|value| value.parse().ok()),
            color: get("CARGO_TERM_COLOR").map(str::to_owned),
            progress_when: get("CARGO_TERM_PROGRESS_WHEN").map(str::to_owned),
            progress_width: get("CARGO_TERM_PROGRESS_WIDTH").and_then(|value| value.parse().ok()),
        }
    }

    /// Returns what the whole configuration says, environment variables included.
    pub(crate) fn from_config(config: &Config) -> Self {
        TermConfig {
            verbose: config.term_verbose,
            quiet: config.term_quiet,
            color: config.term_color.clone(),
            progress_when: config.term_progress.clone(),
            progress_width: config.term_progress_width,
        }
    }
}

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Verbosity {
    /// Errors and diagnostics only.
    Quiet,
    /// What is compiled.
    #[default]
    Normal,
    /// Also what is fresh, what is run and why.
    Verbose,
}

/// When a progress bar is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum ProgressWhen {
    /// On a terminal that a person looks at.
    #[default]
    Auto,
    /// Never.
    Never,
    /// Even if standard error is not a terminal.
    Always,
}

/// How output looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Settings {
    /// How much is said.
    pub(crate) verbosity: Verbosity,
    /// Whether there are colours.
    pub(crate) color: ColorChoice,
    /// When a progress bar is shown.
    pub(crate) progress: ProgressWhen,
    /// Width of the progress bar's line, if it does not follow the terminal's.
    pub(crate) progress_width: Option<u16>,
}

/// Settings that contradict each other or mean nothing, in cargo's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// `-v` and `-q`.
    #[error("cannot set both --verbose and --quiet")]
    VerboseAndQuiet,
    /// The same in the configuration.
    #[error("cannot set both `term.verbose` and `term.quiet`")]
    TermVerboseAndQuiet,
    /// An unknown colour choice.
    #[error("argument for --color must be auto, always, or never, but found `{0}`")]
    Color(String),
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            verbosity: Verbosity::Normal,
            color: ColorChoice::Auto,
            progress: ProgressWhen::Auto,
            progress_width: None,
        }
    }
}

impl Settings {
    /// Resolves flags and configuration; flags go first.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] for what cargo refuses as well.
    pub(crate) fn resolve(flags: &DisplayFlags, term: &TermConfig) -> Result<Self, SettingsError> {
        let (progress, progress_width) = progress(term);
        Ok(Settings {
            verbosity: verbosity(flags, term)?,
            color: color(flags.color.as_deref().or(term.color.as_deref()))?,
            progress,
            progress_width,
        })
    }

    /// Resolves the configuration alone, for messages about a command line that cannot be parsed:
    /// what is wrong with the configuration is not the matter then.
    pub(crate) fn lenient(term: &TermConfig) -> Self {
        let color = color(term.color.as_deref()).unwrap_or(ColorChoice::Auto);
        Settings { color, ..Settings::default() }
    }
}

fn verbosity(flags: &DisplayFlags, term: &TermConfig) -> Result<Verbosity, SettingsError> {
    match (flags.verbose > 0, flags.quiet) {
        (true, true) => return Err(SettingsError::VerboseAndQuiet),
        (true, false) => return Ok(Verbosity::Verbose),
        (false, true) => return Ok(Verbosity::Quiet),
        (false, false) => {}
    }
    match (term.verbose, term.quiet) {
        (Some(true), Some(true)) => Err(SettingsError::TermVerboseAndQuiet),
        (Some(true), _) => Ok(Verbosity::Verbose),
        (_, Some(true)) => Ok(Verbosity::Quiet),
        _ => Ok(Verbosity::Normal),
    }
}

fn color(choice: Option<&str>) -> Result<ColorChoice, SettingsError> {
    match choice {
        None | Some("auto") => Ok(ColorChoice::Auto),
        Some("always") => Ok(ColorChoice::Always),
        Some("never") => Ok(ColorChoice::Never),
        Some(other) => Err(SettingsError::Color(other.to_owned())),
    }
}

/// `always` without a width is invalid to cargo, which then goes on without the whole table.
fn progress(term: &TermConfig) -> (ProgressWhen, Option<u16>) {
    match (term.progress_when.as_deref(), term.progress_width) {
        (Some("never"), width) => (ProgressWhen::Never, width),
        (Some("always"), Some(width)) => (ProgressWhen::Always, Some(width)),
        (_, width) => (ProgressWhen::Auto, width),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn term(variables: &[(&str, &str)]) -> TermConfig {
        let vars = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        TermConfig::from_environment(&Environment { vars })
    }

    #[rstest]
    #[case::nothing(0, false, &[], Ok(Verbosity::Normal))]
    #[case::verbose(1, false, &[], Ok(Verbosity::Verbose))]
    #[case::quiet(0, true, &[], Ok(Verbosity::Quiet))]
    #[case::both(1, true, &[], Err(SettingsError::VerboseAndQuiet))]
    #[case::flag_beats_variable(1, false, &[("CARGO_TERM_QUIET", "true")], Ok(Verbosity::Verbose))]
    #[case::variable(0, false, &[("CARGO_TERM_VERBOSE", "true")], Ok(Verbosity::Verbose))]
    #[case::quiet_variable(0, false, &[("CARGO_TERM_QUIET", "true")], Ok(Verbosity::Quiet))]
    #[case::unparsable_variable(0, false, &[("CARGO_TERM_QUIET", "yes")], Ok(Verbosity::Normal))]
    #[case::both_variables(
        0, false, &[("CARGO_TERM_QUIET", "true"), ("CARGO_TERM_VERBOSE", "true")],
        Err(SettingsError::TermVerboseAndQuiet)
    )]
    fn verbosity_is_resolved(
        #[case] verbose: u8,
        #[case] quiet: bool,
        #[case] variables: &[(&str, &str)],
        #[case] expected: Result<Verbosity, SettingsError>,
    ) {
        let flags = DisplayFlags { verbose, quiet, color: None };
        let settings = Settings::resolve(&flags, &term(variables));
        assert_eq!(settings.map(|settings| settings.verbosity), expected);
    }

    #[rstest]
    #[case::nothing(None, &[], Ok(ColorChoice::Auto))]
    #[case::flag(Some("never"), &[("CARGO_TERM_COLOR", "always")], Ok(ColorChoice::Never))]
    #[case::variable(None, &[("CARGO_TERM_COLOR", "always")], Ok(ColorChoice::Always))]
    #[case::unknown(
        None, &[("CARGO_TERM_COLOR", "foo")], Err(SettingsError::Color("foo".to_owned()))
    )]
    fn color_is_resolved(
        #[case] flag: Option<&str>,
        #[case] variables: &[(&str, &str)],
        #[case] expected: Result<ColorChoice, SettingsError>,
    ) {
        let flags = DisplayFlags { color: flag.map(str::to_owned), ..DisplayFlags::default() };
        let settings = Settings::resolve(&flags, &term(variables));
        assert_eq!(settings.map(|settings| settings.color), expected);
    }

    #[rstest]
    #[case::never("never", None, ProgressWhen::Never)]
    #[case::always("always", Some("80"), ProgressWhen::Always)]
    #[case::always_needs_a_width("always", None, ProgressWhen::Auto)]
    #[case::auto("auto", Some("80"), ProgressWhen::Auto)]
    fn progress_is_resolved(
        #[case] when: &str,
        #[case] width: Option<&str>,
        #[case] expected: ProgressWhen,
    ) {
        let mut variables = vec![("CARGO_TERM_PROGRESS_WHEN", when)];
        variables.extend(width.map(|width| ("CARGO_TERM_PROGRESS_WIDTH", width)));
        let settings = Settings::resolve(&DisplayFlags::default(), &term(&variables));
        assert_eq!(settings.map(|settings| settings.progress), Ok(expected));
    }
}
