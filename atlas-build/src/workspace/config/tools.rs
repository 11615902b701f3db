//! Which compiler, documentation tool and wrappers the user names.

use camino::Utf8PathBuf;

use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::Configuration;

/// Programs that the user names; `None` leaves the choice to the search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tools {
    /// `RUSTC` or `build.rustc`.
    pub rustc: Option<Utf8PathBuf>,
    /// `RUSTDOC` or `build.rustdoc`.
    pub rustdoc: Option<Utf8PathBuf>,
    /// `RUSTC_WRAPPER` or `build.rustc-wrapper`; empty is none.
    pub rustc_wrapper: Option<Utf8PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` or `build.rustc-workspace-wrapper`; empty is none.
    pub rustc_workspace_wrapper: Option<Utf8PathBuf>,
}

/// Reads which programs to run.
///
/// # Errors
///
/// A setting is not a string.
pub fn tools(configuration: &Configuration<'_>) -> Result<Tools, Error> {
    let not_empty = |path: Option<Utf8PathBuf>| path.filter(|path| !path.as_str().is_empty());
    Ok(Tools {
        rustc: tool(configuration, "RUSTC", "build.rustc")?,
        rustdoc: tool(configuration, "RUSTDOC", "build.rustdoc")?,
        rustc_wrapper: not_empty(tool(configuration, "RUSTC_WRAPPER", "build.rustc-wrapper")?),
        rustc_workspace_wrapper: not_empty(tool(
            configuration,
            "RUSTC_WORKSPACE_WRAPPER",
            "build.rustc-workspace-wrapper",
        )?),
    })
}

fn tool(
    configuration: &Configuration<'_>,
    variable: &str,
    key: &str,
) -> Result<Option<Utf8PathBuf>, Error> {
    let Some(path) = configuration.env.get(variable) else {
        return configuration.program(&Key::new(key));
    };
    // Both separators count on every system, as in cargo.
    let is_path = path.contains(['/', '\\']);
    Ok(Some(if is_path { configuration.cwd.join(path) } else { path.into() }))
}
