//! What a build script told cargo, or what a `links` override says in its place.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// The directives of one run of a build script.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BuildScriptOutput {
    /// `rustc-link-search`, in order.
    pub library_paths: Vec<LibraryPath>,
    /// `rustc-link-lib`, in order: values of `-l`.
    pub library_links: Vec<String>,
    /// `rustc-link-arg*`, in order.
    pub linker_args: Vec<(LinkArgTarget, String)>,
    /// `rustc-cfg`, in order: values of `--cfg`.
    pub cfgs: Vec<String>,
    /// `rustc-check-cfg`, in order: values of `--check-cfg`.
    pub check_cfgs: Vec<String>,
    /// `rustc-env`, in order.
    pub env: Vec<(String, String)>,
    /// `metadata`, in order: what dependents' scripts see as `DEP_<LINKS>_<KEY>`.
    pub metadata: Vec<(String, String)>,
    /// `rerun-if-changed`, as printed (relative to the package's directory).
    pub rerun_if_changed: Vec<Utf8PathBuf>,
    /// `rerun-if-env-changed`.
    pub rerun_if_env_changed: Vec<String>,
    /// `warning` and `error`, in order.
    pub log_messages: Vec<(Severity, String)>,
}

impl BuildScriptOutput {
    /// Returns the same with other texts; `None` as soon as a text has no other.
    pub fn map_texts(&self, map: &mut dyn FnMut(&str) -> Option<String>) -> Option<Self> {
        let mut output = self.clone();
        let BuildScriptOutput {
            library_paths,
            library_links,
            linker_args,
            cfgs,
            check_cfgs,
            env,
            metadata,
            rerun_if_changed,
            rerun_if_env_changed: _,
            log_messages,
        } = &mut output;
        let mut texts: Vec<&mut String> = Vec::new();
        texts.extend(library_paths.iter_mut().map(|path| &mut path.value));
        texts.extend(library_links.iter_mut().chain(cfgs).chain(check_cfgs));
        texts.extend(linker_args.iter_mut().map(|(_, arg)| arg));
        texts.extend(env.iter_mut().chain(metadata).map(|(_, value)| value));
        texts.extend(log_messages.iter_mut().map(|(_, message)| message));
        for text in texts {
            *text = map(text)?;
        }
        for path in rerun_if_changed {
            *path = map(path.as_str())?.into();
        }
        Some(output)
    }
}

/// A directory that a build script adds to the library search path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LibraryPath {
    /// Value of `-L`, with its `KIND=` if it has one.
    pub value: String,
    /// Whether it lies below `OUT_DIR`: such paths go before all others.
    pub in_out_dir: bool,
}

/// Which targets a linker argument is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LinkArgTarget {
    /// `rustc-link-arg`: everything that is linked.
    All,
    /// `rustc-link-arg-cdylib`.
    Cdylib,
    /// `rustc-link-arg-bins`.
    Bins,
    /// `rustc-link-arg-bin=NAME=…`.
    Bin(String),
    /// `rustc-link-arg-tests`.
    Tests,
    /// `rustc-link-arg-benches`.
    Benches,
    /// `rustc-link-arg-examples`.
    Examples,
}

/// How bad a build script says it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Severity {
    /// `cargo::error`: the build fails.
    Error,
    /// `cargo::warning`.
    Warning,
}
