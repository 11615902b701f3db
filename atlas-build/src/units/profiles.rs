//! From `[profile]` tables to the profile of each unit.
//!
//! What comes later wins: built-in values, `[profile.NAME]` along its chain of `inherits`, for
//! units of the host opt-level 0 and `build-override`, `package."*"` for packages outside of the
//! workspace, `package.NAME`. Tables of the configuration are laid over those of the manifest first.
//! Source: cargo's `core/profiles.rs`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::{ProfilePackageSpec, StringOrBool, TomlDebugInfo, TomlProfile};

use crate::packages::{Package, PackageGraph};
use crate::units::profile_overrides::{check_overrides, is_override_for};
use crate::units::{
    CompileKind, DebugInfo, DebugLevel, PanicStrategy, Profile, ProfileLto, ProfileRoot, Strip,
};
use crate::workspace::Workspace;

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(pub(super) String);

/// The profile asked for, ready to be narrowed down to a unit.
#[derive(Clone, Debug)]
pub(super) struct Profiles {
    name: String,
    incremental: Option<bool>,
    host: String,
    base: Profile,
    settings: TomlProfile,
    /// Things to tell the user, in cargo's words.
    pub(super) warnings: Vec<String>,
}

/// Whether a unit's panic strategy is the profile's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum PanicSetting {
    /// Tests, build scripts, procedural macros and what they need unwind.
    AlwaysUnwind,
    /// The profile's.
    ReadProfile,
}

impl Profiles {
    /// Gathers the tables of the manifest and the configuration for the profile asked for.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] if the profile is not defined, its chain of `inherits` is broken or has a
    /// loop, or two package overrides fit one package.
    pub(super) fn new(
        name: &str,
        workspace: &Workspace,
        packages: &PackageGraph,
    ) -> Result<Self, ProfileError> {
        let tables = merged_tables(name, workspace);
        for table in ["dev", "release"] {
            if tables.get(table).is_some_and(|profile| profile.inherits.is_some()) {
                return Err(ProfileError(format!(
                    "`inherits` must not be specified in root profile `{table}`"
                )));
            }
        }
        let mut chains = BTreeMap::new();
        for table in tables.keys() {
            chains.insert(table.clone(), chain(table, &tables, &mut BTreeSet::new())?);
        }
        let Some((root, settings)) = chains.get(name).cloned() else {
            return Err(ProfileError(format!("profile `{name}` is not defined")));
        };
        let mut warnings = Vec::new();
        for (table, (_, merged)) in &chains {
            check_overrides(table, &tables, merged, workspace, packages, &mut warnings)?;
        }
        Ok(Profiles {
            name: name.to_owned(),
            incremental: workspace.config.incremental,
            host: workspace.toolchain.host.to_string(),
            base: built_in(name, root),
            settings,
            warnings,
        })
    }

    /// Returns the profile without any override of a package or of the host, for the closing line.
    pub(super) fn base(&self) -> Profile {
        let mut profile = self.base.clone();
        apply(&mut profile, &self.settings);
        profile
    }

    /// Returns the profile of a unit that is compiled.
    pub(super) fn for_unit(
        &self,
        package: &Package,
        is_for_host: bool,
        panic: PanicSetting,
        kind: &CompileKind,
    ) -> Profile {
        let mut profile = self.base();
        if is_for_host {
            profile.opt_level = "0".to_owned();
            profile.codegen_units = None;
            profile.debuginfo.deferred = true;
            if let Some(table) = &self.settings.build_override {
                apply(&mut profile, table);
            }
        }
        self.apply_package_overrides(&mut profile, package);
        if panic == PanicSetting::AlwaysUnwind {
            profile.panic = PanicStrategy::Unwind;
        }
        let triple = kind.triple().map_or(self.host.as_str(), |triple| triple.as_str());
        if profile.debuginfo.level != DebugLevel::None
            && profile.split_debuginfo.is_none()
            && triple.contains("-apple-")
        {
            profile.split_debuginfo = Some("unpacked".to_owned());
        }
        if let Some(incremental) = self.incremental {
            profile.incremental = incremental;
        }
        // Sources that do not change gain nothing (rust-lang/cargo#3972).
        profile.incremental &= package.is_local();
        profile
    }

    fn apply_package_overrides(&self, profile: &mut Profile, package: &Package) {
        let Some(overrides) = &self.settings.package else {
            return;
        };
        if !package.is_member
            && let Some(all) = overrides.get(&ProfilePackageSpec::All)
        {
            apply(profile, all);
        }
        let named = overrides.iter().find(|(key, _)| is_override_for(key, package));
        if let Some((_, table)) = named {
            apply(profile, table);
        }
    }

    /// Returns the profile of a run of a build script: only what the script gets to see, so that
    /// units which differ in nothing else share the run.
    pub(super) fn for_build_script_run(&self, unit: &Profile) -> Profile {
        Profile {
            name: unit.name.clone(),
            root: unit.root,
            debuginfo: unit.debuginfo,
            opt_level: unit.opt_level.clone(),
            debug_assertions: unit.debug_assertions,
            ..plain(&self.name, ProfileRoot::Debug)
        }
    }
}

/// Lays the configuration's tables over the manifest's, and adds what those and the request name
/// and only the configuration defines.
fn merged_tables(name: &str, workspace: &Workspace) -> BTreeMap<String, TomlProfile> {
    let mut tables = workspace.manifest_profiles.clone();
    for (table, profile) in &mut tables {
        if let Some(config) = workspace.config.profiles.get(table) {
            profile.merge(config);
        }
    }
    let mut wanted: Vec<String> =
        tables.values().filter_map(|profile| profile.inherits.clone()).collect();
    wanted.extend(["dev", "release", "test", "bench", name].map(str::to_owned));
    while let Some(table) = wanted.pop() {
        if !tables.contains_key(&table)
            && let Some(config) = workspace.config.profiles.get(&table)
        {
            wanted.extend(config.inherits.clone());
            tables.insert(table, config.clone());
        }
    }
    tables.entry("dev".to_owned()).or_default();
    tables.entry("release".to_owned()).or_default();
    for (table, inherits) in [("test", "dev"), ("bench", "release"), ("doc", "dev")] {
        let profile = tables.entry(table.to_owned()).or_default();
        profile.inherits.get_or_insert_with(|| inherits.to_owned());
    }
    tables
}

/// Follows `inherits` to `dev` or `release` and merges the tables on the way back.
fn chain(
    name: &str,
    tables: &BTreeMap<String, TomlProfile>,
    visited: &mut BTreeSet<String>,
) -> Result<(ProfileRoot, TomlProfile), ProfileError> {
    let own = tables.get(name).cloned().unwrap_or_default();
    match name {
        "dev" => return Ok((ProfileRoot::Debug, own)),
        "release" => return Ok((ProfileRoot::Release, own)),
        _ => {}
    }
    let Some(parent) = &own.inherits else {
        return Err(ProfileError(format!(
            "profile `{name}` is missing an `inherits` directive \
             (`inherits` is required for all profiles except `dev` or `release`)"
        )));
    };
    visited.insert(name.to_owned());
    if visited.contains(parent) {
        return Err(ProfileError(format!(
            "profile inheritance loop detected with profile `{name}` inheriting `{parent}`"
        )));
    }
    if !tables.contains_key(parent) {
        return Err(ProfileError(format!(
            "profile `{name}` inherits from `{parent}`, but that profile is not defined"
        )));
    }
    let (root, mut merged) = chain(parent, tables, visited)?;
    merged.merge(&own);
    Ok((root, merged))
}

/// Returns what cargo's `Profile::default` has.
fn plain(name: &str, root: ProfileRoot) -> Profile {
    Profile {
        name: name.to_owned(),
        root,
        opt_level: "0".to_owned(),
        lto: ProfileLto::Bool(false),
        codegen_units: None,
        debuginfo: DebugInfo { level: DebugLevel::None, deferred: false },
        split_debuginfo: None,
        debug_assertions: false,
        overflow_checks: false,
        rpath: false,
        incremental: false,
        panic: PanicStrategy::Unwind,
        strip: Strip { value: None, deferred: true },
    }
}

fn built_in(name: &str, root: ProfileRoot) -> Profile {
    let plain = plain(name, root);
    match root {
        ProfileRoot::Debug => Profile {
            debuginfo: DebugInfo { level: DebugLevel::Full, deferred: false },
            debug_assertions: true,
            overflow_checks: true,
            incremental: true,
            ..plain
        },
        ProfileRoot::Release => Profile { opt_level: "3".to_owned(), ..plain },
    }
}

/// Lays a table over a profile. As in cargo, a table without `strip` resets it.
fn apply(profile: &mut Profile, table: &TomlProfile) {
    if let Some(opt_level) = &table.opt_level {
        profile.opt_level.clone_from(&opt_level.0);
    }
    match &table.lto {
        Some(StringOrBool::Bool(lto)) => profile.lto = ProfileLto::Bool(*lto),
        Some(StringOrBool::String(name))
            if matches!(name.as_str(), "off" | "n" | "no" | "none") =>
        {
            profile.lto = ProfileLto::Off;
        }
        Some(StringOrBool::String(name)) => profile.lto = ProfileLto::Named(name.clone()),
        None => {}
    }
    if table.codegen_units.is_some() {
        profile.codegen_units = table.codegen_units;
    }
    if let Some(debug) = table.debug {
        profile.debuginfo = DebugInfo { level: debug_level(debug), deferred: false };
    }
    if table.split_debuginfo.is_some() {
        profile.split_debuginfo.clone_from(&table.split_debuginfo);
    }
    profile.debug_assertions = table.debug_assertions.unwrap_or(profile.debug_assertions);
    profile.overflow_checks = table.overflow_checks.unwrap_or(profile.overflow_checks);
    profile.rpath = table.rpath.unwrap_or(profile.rpath);
    profile.incremental = table.incremental.unwrap_or(profile.incremental);
    match table.panic.as_deref() {
        Some("abort") => profile.panic = PanicStrategy::Abort,
        Some(_) => profile.panic = PanicStrategy::Unwind,
        None => {}
    }
    profile.strip = match &table.strip {
        Some(StringOrBool::Bool(true)) => {
            Strip { value: Some("symbols".to_owned()), deferred: false }
        }
        Some(StringOrBool::Bool(false)) => Strip { value: None, deferred: false },
        Some(StringOrBool::String(name)) if name == "none" => {
            Strip { value: None, deferred: false }
        }
        Some(StringOrBool::String(name)) => Strip { value: Some(name.clone()), deferred: false },
        None => Strip { value: None, deferred: true },
    };
}

fn debug_level(debug: TomlDebugInfo) -> DebugLevel {
    match debug {
        TomlDebugInfo::None => DebugLevel::None,
        TomlDebugInfo::LineDirectivesOnly => DebugLevel::LineDirectivesOnly,
        TomlDebugInfo::LineTablesOnly => DebugLevel::LineTablesOnly,
        TomlDebugInfo::Limited => DebugLevel::Limited,
        TomlDebugInfo::Full => DebugLevel::Full,
    }
}
