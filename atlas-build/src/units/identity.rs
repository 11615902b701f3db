//! What names a unit: two hashes over everything that tells units apart, and over nothing that
//! changes while one works on sources. Knows no file and no command line.
//!
//! | part | `metadata` | `unit_hash` |
//! | --- | --- | --- |
//! | package: name, version, source (a path relative to the workspace; outside of it only with `portable`) | yes | yes |
//! | features, profile, mode, LTO, kind, name and kind of the target | yes | yes |
//! | `rustc -vV` (without the host's line when compiling for a target) | yes | yes |
//! | the wrapper for workspace members, for members | yes | yes |
//! | the same hash of every dependency | yes | yes |
//! | flags of the user (`RUSTFLAGS` and the like; those of `cargo rustc`) | no | unless they remap paths |
//!
//! `metadata` leaves flags out because they hold absolute paths and because symbol names should
//! survive a change of flags, as profile-guided optimization needs.

use std::collections::BTreeSet;
use std::fmt;

use camino::Utf8Path;

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::{CrateType, Package, PackageGraph, TargetKind};
use crate::platform::CompileKind;
use crate::request::ExtraArgs;
use crate::units::{CompileMode, Lto, Profile, ProfileLto, Unit, UnitGraph};
use crate::workspace::Workspace;

/// Counts up when what is hashed changes, so that old names are never met again.
const VERSION: u64 = 1;

/// What names a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity {
    /// `-C metadata`: part of the crate's symbol names.
    pub metadata: UnitHash,
    /// `-C extra-filename`, and the name of the unit's directory.
    pub unit_hash: UnitHash,
}

/// How packages outside of the workspace's directory are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locations {
    /// By their path: workspaces that use the same one may share a target directory.
    Absolute,
    /// By the way that leads to them from the workspace, which is the same in another checkout.
    Relative,
}

/// A hash that names a unit; shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitHash(u64);

impl fmt::Display for UnitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Names every unit.
pub fn identities(
    workspace: &Workspace,
    packages: &PackageGraph,
    units: &UnitGraph,
    lto: &DenseMap<UnitId, Lto>,
    (locations, extra_args): (Locations, &ExtraArgs),
) -> DenseMap<UnitId, Identity> {
    let unnamed = Identity { metadata: UnitHash(0), unit_hash: UnitHash(0) };
    let asked_for: BTreeSet<PackageIndex> =
        units.roots.iter().map(|root| units.units[*root].package).collect();
    let mut identities = DenseMap::filled(units.units.len(), unnamed);
    for id in units.topological_order() {
        let unit = &units.units[id];
        let below: Vec<Identity> =
            units.dependencies[id].iter().map(|dependency| identities[dependency.unit]).collect();
        let mut shared = Frames::new();
        shared.package(&packages.packages[unit.package], &workspace.root, locations);
        shared.unit(unit, &lto[id]);
        shared.toolchain(workspace, unit, packages.packages[unit.package].is_member);

        let mut metadata = shared.clone();
        metadata.hashes(below.iter().map(|identity| identity.metadata));
        let mut unit_hash = shared;
        unit_hash.hashes(below.iter().map(|identity| identity.unit_hash));
        unit_hash.flags(rustflags(workspace, &unit.kind));
        if units.roots.contains(&id) && !extra_args.rustc.is_empty() {
            unit_hash.text("extra");
            unit_hash.flags(&extra_args.rustc);
        }
        if extra_args.caps_lints && asked_for.contains(&unit.package) {
            unit_hash.text("capped lints");
        }
        identities[id] = Identity { metadata: metadata.finish(), unit_hash: unit_hash.finish() };
    }
    identities
}

fn rustflags<'a>(workspace: &'a Workspace, kind: &CompileKind) -> &'a [String] {
    workspace.toolchain.platforms.get(kind).map_or(&[], |facts| &facts.rustflags)
}

/// A hasher that keeps values apart: each goes in with its length.
#[derive(Clone)]
struct Frames(blake3::Hasher);

impl Frames {
    fn new() -> Self {
        let mut frames = Frames(blake3::Hasher::new());
        frames.number(VERSION);
        frames
    }

    fn finish(&self) -> UnitHash {
        let mut start = [0; 8];
        self.0.finalize_xof().fill(&mut start);
        UnitHash(u64::from_be_bytes(start))
    }

    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.number(flag.into());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn option(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        self.text(text.unwrap_or_default());
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.text(text));
    }

    fn hashes(&mut self, hashes: impl Iterator<Item = UnitHash>) {
        let mut sorted: Vec<UnitHash> = hashes.collect();
        sorted.sort_unstable();
        self.number(sorted.len() as u64);
        sorted.iter().for_each(|hash| self.number(hash.0));
    }

    fn package(&mut self, package: &Package, workspace_root: &Utf8Path, locations: Locations) {
        self.text(&package.name);
        self.text(&package.version.to_string());
        self.option(package.source.as_deref());
        if package.is_local() {
            let root = package.root();
            match (root.strip_prefix(workspace_root), locations) {
                (Err(_), Locations::Relative) => {
                    let relative = pathdiff::diff_utf8_paths(root, workspace_root);
                    self.text(relative.as_deref().unwrap_or(root).as_str());
                }
                (inside, _) => self.text(inside.unwrap_or(root).as_str()),
            }
        }
    }

    fn unit(&mut self, unit: &Unit, lto: &Lto) {
        self.texts(unit.features.iter().map(String::as_str));
        self.profile(&unit.profile);
        self.text(unit.mode.as_str());
        self.flag(unit.mode == CompileMode::Check { test: true });
        match lto {
            Lto::Run(name) => {
                self.text("run");
                self.option(name.as_deref());
            }
            Lto::Off => self.text("off"),
            Lto::OnlyBitcode => self.text("only-bitcode"),
            Lto::ObjectAndBitcode => self.text("object-and-bitcode"),
            Lto::OnlyObject => self.text("only-object"),
        }
        self.option(unit.kind.triple().map(|triple| triple.as_str()));
        self.text(&unit.target.name);
        let (kind, types) = match &unit.target.kind {
            TargetKind::Lib(types) => ("lib", types.as_slice()),
            TargetKind::ExampleLib(types) => ("example-lib", types.as_slice()),
            TargetKind::Bin => ("bin", &[][..]),
            TargetKind::Test => ("test", &[][..]),
            TargetKind::Bench => ("bench", &[][..]),
            TargetKind::ExampleBin => ("example", &[][..]),
            TargetKind::CustomBuild => ("custom-build", &[][..]),
        };
        self.text(kind);
        self.texts(types.iter().map(CrateType::as_str));
    }

    fn profile(&mut self, profile: &Profile) {
        self.text(&profile.opt_level);
        self.flag(matches!(profile.lto, ProfileLto::Named(_)));
        self.text(profile.lto.as_str());
        self.flag(profile.codegen_units.is_some());
        self.number(profile.codegen_units.unwrap_or_default().into());
        self.text(profile.debuginfo.level.as_str());
        self.option(profile.split_debuginfo.as_deref());
        self.flag(profile.debug_assertions);
        self.flag(profile.overflow_checks);
        self.flag(profile.rpath);
        self.flag(profile.incremental);
        self.text(profile.panic.as_str());
        self.option(profile.strip.value.as_deref());
    }

    fn toolchain(&mut self, workspace: &Workspace, unit: &Unit, is_member: bool) {
        let toolchain = &workspace.toolchain;
        let lines: Vec<&str> = toolchain
            .verbose_version
            .lines()
            .filter(|line| unit.kind.is_host() || !line.starts_with("host: "))
            .collect();
        self.texts(lines.into_iter());
        let wrapper = toolchain.rustc_workspace_wrapper.as_ref().filter(|_| is_member);
        self.option(wrapper.map(|wrapper| wrapper.as_str()));
    }

    /// Flags that remap paths exist to make results the same everywhere: hashing them would put
    /// the paths back.
    fn flags(&mut self, flags: &[String]) {
        let remaps = |flag: &String| {
            flag == "--remap-path-prefix" || flag.starts_with("--remap-path-prefix=")
        };
        if !flags.iter().any(remaps) {
            self.texts(flags.iter().map(String::as_str));
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::rustc::fixture::{Fixture, Sample, lib};

    /// Returns the identities of the library after a change, as (`metadata`, `unit_hash`) that are
    /// still what they were.
    fn kept(change: impl FnOnce(&mut Sample)) -> (bool, bool) {
        let mut sample = Sample::new();
        let before = sample.fixture.blueprint().identities[sample.app];
        change(&mut sample);
        let after = sample.fixture.blueprint().identities[sample.app];
        (before.metadata == after.metadata, before.unit_hash == after.unit_hash)
    }

    #[test]
    fn names_do_not_depend_on_where_the_workspace_is() {
        let moved = kept(|sample| {
            sample.fixture.workspace.root = "/elsewhere".into();
            for index in sample.fixture.packages.packages.ids().collect::<Vec<_>>() {
                let package = &mut sample.fixture.packages.packages[index];
                package.manifest_path = format!("/elsewhere/{}/Cargo.toml", package.name).into();
            }
        });
        assert_eq!(moved, (true, true));
    }

    #[rstest]
    #[case::portable(true, (true, true))]
    #[case::not_portable(false, (false, false))]
    fn packages_beside_the_workspace_move_with_it_if_portable(
        #[case] portable: bool,
        #[case] expected: (bool, bool),
    ) {
        let mut fixture = Fixture::new();
        fixture.request.portable = portable;
        let package = fixture.member("beside", vec![lib(&[CrateType::Lib])]);
        let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
        let mut identity = |root: &str| {
            fixture.workspace.root = format!("{root}/ws").into();
            let manifest = format!("{root}/beside/Cargo.toml").into();
            fixture.packages.packages[package].manifest_path = manifest;
            fixture.blueprint().identities[unit]
        };
        let (here, there) = (identity("/here"), identity("/there"));
        let same = (here.metadata == there.metadata, here.unit_hash == there.unit_hash);
        assert_eq!(same, expected);
    }

    #[test]
    fn names_depend_on_what_tells_units_apart() {
        let changed = (false, false);
        assert_eq!(kept(|s| s.fixture.units.units[s.app].features.push("other".into())), changed);
        assert_eq!(kept(|s| s.fixture.units.units[s.app].mode = CompileMode::Test), changed);
        assert_eq!(kept(|s| s.fixture.units.units[s.app].profile.rpath = true), changed);
        assert_eq!(kept(|s| s.fixture.lto[s.app] = Lto::Off), changed);
        assert_eq!(
            kept(|s| s.fixture.workspace.toolchain.verbose_version = "rustc 1.96.0\n".into()),
            changed
        );
        assert_eq!(
            kept(|s| s.fixture.workspace.toolchain.rustc_workspace_wrapper = Some("/c".into())),
            changed
        );
    }

    #[test]
    fn names_depend_on_those_of_dependencies() {
        let change = |s: &mut Sample| s.fixture.units.units[s.sys].profile.opt_level = "3".into();
        assert_eq!(kept(change), (false, false));
        let change = |s: &mut Sample| s.fixture.units.units[s.it].profile.opt_level = "3".into();
        assert_eq!(kept(change), (true, true));
    }

    #[test]
    fn flags_change_no_symbol_names() {
        let flags = |flags: &[&str]| {
            let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
            kept(|sample| {
                let platforms = &mut sample.fixture.workspace.toolchain.platforms;
                let facts = platforms.get_mut(&CompileKind::Host).unwrap();
                facts.rustflags = flags;
            })
        };
        assert_eq!(flags(&["-Ctarget-cpu=native"]), (true, false));
        let plain = kept(|_| ());
        assert_eq!(plain, (true, true));
    }

    #[test]
    fn remapped_paths_are_not_hashed() {
        let mut fixture = Fixture::new();
        let package = fixture.member("a", vec![lib(&[CrateType::Lib])]);
        let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
        let mut named = |flag: &str| {
            let platforms = &mut fixture.workspace.toolchain.platforms;
            let facts = platforms.get_mut(&CompileKind::Host).unwrap();
            facts.rustflags = vec![flag.to_owned()];
            fixture.blueprint().identities[unit]
        };
        assert_eq!(named("--remap-path-prefix=/a=."), named("--remap-path-prefix=/b=."));
    }

    #[test]
    fn hashes_have_sixteen_digits() {
        assert_eq!(UnitHash(0xabc).to_string(), "0000000000000abc");
    }
}
