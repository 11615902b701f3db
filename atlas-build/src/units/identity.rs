//! What names a unit: two hashes over everything that tells units apart, and over nothing that
//! changes while one works on sources. Knows no file and no command line.
//!
//! | part | `metadata` | `unit_hash` |
//! | --- | --- | --- |
//! | package: name, version, source (a path relative to the workspace) | yes | yes |
//! | features, profile, mode, LTO, kind, name and kind of the target | yes | yes |
//! | `rustc -vV` (without the host's line when compiling for a target) | yes | yes |
//! | the wrapper for workspace members, for members | yes | yes |
//! | the same hash of every dependency | yes | yes |
//! | flags of the user (`RUSTFLAGS` and the like) | no | unless they remap paths |
//!
//! `metadata` leaves flags out because they hold absolute paths and because symbol names should
//! survive a change of flags, as profile-guided optimization needs.

use std::fmt;

use camino::Utf8Path;

use crate::ids::{DenseMap, UnitId};
use crate::packages::{CrateType, Package, PackageGraph, TargetKind};
use crate::units::{CompileKind, CompileMode, Lto, Profile, ProfileLto, Unit, UnitGraph};
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
) -> DenseMap<UnitId, Identity> {
    let unnamed = Identity { metadata: UnitHash(0), unit_hash: UnitHash(0) };
    let mut identities = DenseMap::filled(units.units.len(), unnamed);
    for id in units.topological_order() {
        let unit = &units.units[id];
        let below: Vec<Identity> =
            units.dependencies[id].iter().map(|dependency| identities[dependency.unit]).collect();
        let mut shared = Frames::new();
        shared.package(&packages.packages[unit.package], &workspace.root);
        shared.unit(unit, &lto[id]);
        shared.toolchain(workspace, unit, packages.packages[unit.package].is_member);

        let mut metadata = shared.clone();
        metadata.hashes(below.iter().map(|identity| identity.metadata));
        let mut unit_hash = shared;
        unit_hash.hashes(below.iter().map(|identity| identity.unit_hash));
        unit_hash.flags(rustflags(workspace, &unit.kind));
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

    fn package(&mut self, package: &Package, workspace_root: &Utf8Path) {
        self.text(&package.name);
        self.text(&package.version.to_string());
        self.option(package.source.as_deref());
        if package.is_local() {
            let root = package.root();
            self.text(root.strip_prefix(workspace_root).unwrap_or(root).as_str());
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
