//! The workspace: manifests, configuration, toolchain.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use cargo_util_schemas::manifest::TomlProfile;

use crate::rustc::Toolchain;
use crate::units::CompileKind;

/// Everything that is read before packages are looked at. Immutable.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Directory of the root manifest.
    pub root: Utf8PathBuf,
    /// Whether the root manifest has no `[package]`.
    pub is_virtual: bool,
    /// The manifest that the request is about: `--manifest-path`, or the nearest one above the
    /// directory the command was started in.
    pub current_manifest: Utf8PathBuf,
    /// The feature resolver's version.
    pub resolver: Resolver,
    /// Where outputs go, as cargo has it.
    pub target_directory: Utf8PathBuf,
    /// What to build for: [`CompileKind::Host`] without `--target`; sorted, no duplicates.
    pub requested_kinds: Vec<CompileKind>,
    /// Settings.
    pub config: Config,
    /// The compiler.
    pub toolchain: Toolchain,
    /// `[profile]` of the root manifest.
    pub manifest_profiles: BTreeMap<String, TomlProfile>,
    /// What `cargo metadata` says.
    pub metadata: cargo_metadata::Metadata,
    /// `package.rust-version` as written, by package id (`cargo_metadata` pads it).
    pub rust_versions: BTreeMap<String, String>,
    /// What manifests hold that `cargo metadata` leaves out, by path of the manifest.
    pub manifests: BTreeMap<Utf8PathBuf, ManifestExtras>,
    /// Things to tell the user, in cargo's words.
    pub warnings: Vec<String>,
}

/// `resolver` of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolver {
    /// `"1"`: one set of features for everything.
    V1,
    /// `"2"` and `"3"`: host and target, and dev-dependencies, apart.
    V2,
}

/// What a manifest holds that `cargo metadata` leaves out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManifestExtras {
    /// Flags that `[lints]` turns into, in cargo's order: `--warn=…`, `--check-cfg`, `…`.
    pub lint_flags: Vec<String>,
    /// Targets for which `harness` or `bench` is not the default.
    pub targets: Vec<TargetExtras>,
}

/// Settings of one target that `cargo metadata` leaves out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetExtras {
    /// `lib`, `bin`, `example`, `test` or `bench`.
    pub kind: String,
    /// Name of the target.
    pub name: String,
    /// `harness`.
    pub harness: Option<bool>,
    /// `bench`.
    pub bench: Option<bool>,
}

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
}

/// A request that the engine does not support; plain cargo takes it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unsupported(pub String);
