//! The settings of a build that do not depend on a platform.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use cargo_util_schemas::manifest::TomlProfile;

use crate::workspace::config::Error;
use crate::workspace::config::env;
use crate::workspace::config::jobs;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::Configuration;
use crate::workspace::config::value::{Definition, Sourced, Value};

/// Settings from configuration files, `--config` and the environment, in cargo's precedence.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `build.jobs` or `--jobs`: how many jobs may run; the number of processors by default.
    pub jobs: usize,
    /// `CARGO_INCREMENTAL` or `build.incremental`.
    pub incremental: Option<bool>,
    /// `[profile]` tables, by name.
    pub profiles: BTreeMap<String, TomlProfile>,
    /// `[env]`: variables for every compiler and build script, as they are to be set (entries that
    /// the inherited environment overrides are left out).
    pub env: BTreeMap<String, String>,
    /// `build.dep-info-basedir`: dependency files name paths relative to it.
    pub dep_info_basedir: Option<Utf8PathBuf>,
    /// `future-incompat-report.frequency` is not `never`.
    pub future_incompat_report: bool,
    /// `term.verbose`.
    pub term_verbose: Option<bool>,
    /// `term.quiet`.
    pub term_quiet: Option<bool>,
    /// `term.color`.
    pub term_color: Option<String>,
    /// `term.progress.when`.
    pub term_progress: Option<String>,
    /// `term.progress.width`, in columns.
    pub term_progress_width: Option<u16>,
    /// `doc.browser`: a program and its arguments.
    pub browser: Option<Vec<String>>,
}

/// Reads the settings; profiles stay empty until the root manifest is known.
///
/// # Errors
///
/// A setting has the wrong type or makes no sense.
pub fn settings(
    configuration: &Configuration<'_>,
    jobs_argument: Option<&str>,
) -> Result<Config, Error> {
    let text = |key: &str| -> Result<_, Error> {
        Ok(configuration.string(&Key::new(key))?.map(|sourced| sourced.value))
    };
    let flag = |key: &str| configuration.boolean(&Key::new(key));
    let config = Config {
        jobs: jobs::jobs(configuration, jobs_argument)?,
        incremental: incremental(configuration)?,
        profiles: BTreeMap::new(),
        env: env::variables(configuration)?,
        dep_info_basedir: configuration
            .path(&Key::new("build.dep-info-basedir"))?
            .map(|path| path.value),
        future_incompat_report: text("future-incompat-report.frequency")?.as_deref()
            != Some("never"),
        term_verbose: flag("term.verbose")?,
        term_quiet: flag("term.quiet")?,
        term_color: text("term.color")?,
        term_progress: progress_when(configuration)?,
        term_progress_width: configuration
            .integer(&Key::new("term.progress.width"))?
            .and_then(|width| u16::try_from(width).ok()),
        browser: browser(configuration)?,
    };
    check_term(&config)?;
    Ok(config)
}

fn browser(configuration: &Configuration<'_>) -> Result<Option<Vec<String>>, Error> {
    let words = configuration.words(&Key::new("doc.browser"))?.unwrap_or_default();
    let mut words = words.into_iter();
    let Some(first) = words.next() else { return Ok(None) };
    let program = configuration.resolve_program(&first.value, &first.definition);
    let args = words.map(|word| word.value);
    Ok(Some([program.into_string()].into_iter().chain(args).collect()))
}

fn progress_when(configuration: &Configuration<'_>) -> Result<Option<String>, Error> {
    let key = "term.progress.when";
    let Some(when) = configuration.string(&Key::new(key))? else { return Ok(None) };
    if !matches!(&*when.value, "auto" | "never" | "always") {
        let reason =
            format!("unknown variant `{}`, expected one of `auto`, `never`, `always`", when.value);
        let source = Box::new(Error::Invalid(reason));
        return Err(Error::Key { key: key.to_owned(), definition: when.definition, source });
    }
    Ok(Some(when.value))
}

fn check_term(config: &Config) -> Result<(), Error> {
    let wrong = |message: &str| Err(Error::Invalid(message.to_owned()));
    if config.term_verbose == Some(true) && config.term_quiet == Some(true) {
        return wrong("cannot set both `term.verbose` and `term.quiet`");
    }
    if config.term_progress.as_deref() == Some("always") && config.term_progress_width.is_none() {
        return wrong("\"always\" progress requires a `width` key");
    }
    Ok(())
}

/// `CARGO_INCREMENTAL=1` is on and any other value off; it ranks above `build.incremental`.
fn incremental(configuration: &Configuration<'_>) -> Result<Option<bool>, Error> {
    match configuration.env.get("CARGO_INCREMENTAL") {
        Some(value) => Ok(Some(value == "1")),
        None => configuration.boolean(&Key::new("build.incremental")),
    }
}

/// Returns the values of `build.target`; paths of target specifications are made absolute.
///
/// # Errors
///
/// The value is neither a string nor a list of strings.
pub fn build_targets(configuration: &Configuration<'_>) -> Result<Vec<String>, Error> {
    let key = Key::new("build.target");
    let Some(value) = configuration.any(&key)? else { return Ok(Vec::new()) };
    let absolute = |text: &str, definition: &Definition| {
        if text.ends_with(".json") {
            definition.root(configuration.cwd).join(text).into_string()
        } else {
            text.to_owned()
        }
    };
    match &value.value {
        Value::String(text) => Ok(vec![absolute(text, &value.definition)]),
        Value::List(items) => items
            .iter()
            .map(|item| match item {
                Sourced { value: Value::String(text), .. } => Ok(absolute(text, &value.definition)),
                other => Err(super::lookup::type_error("build.target", "a string", other)),
            })
            .collect(),
        _ => Err(super::lookup::type_error("build.target", "a string or array", &value)),
    }
}

/// Returns the names of the unstable settings that are not off; whether cargo obeys them depends on
/// the toolchain.
pub fn unstable_settings(configuration: &Configuration<'_>) -> Result<Vec<String>, Error> {
    let table = configuration.table(&Key::new("unstable"))?;
    let mut names: Vec<String> = table
        .into_iter()
        .flatten()
        .filter(|(_, entry)| entry.value != Value::Boolean(false))
        .map(|(name, _)| name.clone())
        .collect();
    let variables = configuration.env.vars.keys().filter_map(|name| name.to_str());
    names.extend(variables.filter(|name| name.starts_with("CARGO_UNSTABLE_")).map(str::to_owned));
    Ok(names)
}
