//! What the engine leaves to plain cargo, found before anything is built.

use camino::Utf8Path;
use cargo_util_schemas::manifest::{TomlPackageBuild, TomlProfile};
use semver::Version;

use crate::request::Environment;
use crate::toolchain::VerboseVersion;
use crate::workspace::config::{self, Configuration, Key};
use crate::workspace::load::Error;
use crate::workspace::manifest::ManifestFile;

/// The oldest minor version whose command lines and unit graph the engine reproduces.
const OLDEST_MINOR: u64 = 95;

/// The newest minor version with which the engine was compared.
const NEWEST_MINOR: u64 = 95;

/// A request that the engine does not support; plain cargo takes it. Holds the reason, as a
/// clause.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unsupported(pub String);

impl Unsupported {
    fn because(what: impl Into<String>) -> Result<(), Unsupported> {
        Err(Unsupported(what.into()))
    }
}

/// Refuses toolchains that behave otherwise than the engine expects.
pub(super) fn check_version(version: &VerboseVersion) -> Result<(), Unsupported> {
    if version.version.major == 1 && version.version.minor >= OLDEST_MINOR {
        return Ok(());
    }
    Unsupported::because(format!("Rust {} is older than 1.{OLDEST_MINOR}", version.version))
}

/// Returns a warning for a toolchain newer than any the engine was compared with.
pub(super) fn version_warning(version: &Version) -> Option<String> {
    (version.minor > NEWEST_MINOR).then(|| {
        format!(
            "cargo-atlas was compared with cargo up to 1.{NEWEST_MINOR}; this is Rust {version}"
        )
    })
}

/// Refuses settings that change what is built in ways the engine does not know.
pub(super) fn check_configuration(
    configuration: &Configuration<'_>,
    version: &VerboseVersion,
) -> Result<(), Error> {
    if is_nightly(configuration.env, version)
        && let Some(name) = config::unstable_settings(configuration)?.into_iter().next()
    {
        Unsupported::because(format!("the unstable setting `{name}` is on"))?;
    }
    let has_paths = configuration.raw(&Key::new("paths"))?.is_some();
    if has_paths {
        Unsupported::because("the configuration has `paths` overrides")?;
    }
    Ok(())
}

/// Returns whether cargo obeys `[unstable]`: stable cargo ignores it without a word.
fn is_nightly(env: &Environment, version: &VerboseVersion) -> bool {
    let channel = version.version.pre.as_str();
    channel.starts_with("nightly")
        || channel.starts_with("dev")
        || env.get("RUSTC_BOOTSTRAP") == Some("1")
}

/// Refuses manifests that need nightly features, and `[replace]`.
pub(super) fn check_manifest(manifest: &ManifestFile, path: &Utf8Path) -> Result<(), Unsupported> {
    if let Some(feature) = manifest.cargo_features.iter().flatten().next() {
        return Unsupported::because(format!("`{path}` uses the cargo feature `{feature}`"));
    }
    let build = manifest.package().and_then(|package| package.build.as_ref());
    if matches!(build, Some(TomlPackageBuild::MultipleScript(_))) {
        return Unsupported::because(format!("`{path}` has several build scripts"));
    }
    if manifest.replace.as_ref().is_some_and(|table| !table.is_empty()) {
        return Unsupported::because(format!("`{path}` has a `[replace]` table"));
    }
    Ok(())
}

/// Refuses profiles with settings that only unstable features allow.
pub(super) fn check_profile(name: &str, profile: &TomlProfile) -> Result<(), Unsupported> {
    let unstable = [
        ("rustflags", profile.rustflags.is_some()),
        ("trim-paths", profile.trim_paths.is_some()),
        ("codegen-backend", profile.codegen_backend.is_some()),
        ("hint-mostly-unused", profile.hint_mostly_unused.is_some()),
        ("panic = \"immediate-abort\"", profile.panic.as_deref() == Some("immediate-abort")),
    ];
    if let Some((setting, _)) = unstable.iter().find(|(_, is_set)| *is_set) {
        return Unsupported::because(format!("the profile `{name}` sets `{setting}`"));
    }
    let overrides = profile.package.iter().flat_map(|packages| packages.values());
    overrides
        .chain(profile.build_override.as_deref())
        .try_for_each(|profile| check_profile(name, profile))
}
