//! Everything that commands are derived from: what earlier stages made, borrowed together, with the
//! names and files of every unit. Complete once created; nothing here says what has to run.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::layout::Layout;
use crate::packages::{Package, PackageGraph};
use crate::platform::CompileKind;
use crate::request::BuildRequest;
use crate::rustc::outputs::OutputSite;
use crate::rustc::{Output, UnsupportedCrateTypes};
use crate::toolchain::PlatformFacts;
use crate::units::{
    Identity, Locations, Lto, Unit, UnitDependency, UnitGraph, UnitHash, identities,
};
use crate::workspace::Workspace;

/// Everything that commands are derived from.
#[derive(Clone, Debug)]
pub struct Blueprint<'a> {
    /// What the user asked for.
    pub request: &'a BuildRequest,
    /// Settings and toolchain.
    pub workspace: &'a Workspace,
    /// The packages.
    pub packages: &'a PackageGraph,
    /// The units.
    pub units: &'a UnitGraph,
    /// What link-time optimization asks of each unit.
    pub lto: &'a DenseMap<UnitId, Lto>,
    /// Where files go.
    pub layout: &'a Layout,
    /// What names each unit.
    pub identities: DenseMap<UnitId, Identity>,
    /// The files that come of each unit.
    pub outputs: DenseMap<UnitId, Vec<Output>>,
    /// The hash in the names of each unit's files, if they have one.
    pub extra_filenames: DenseMap<UnitId, Option<UnitHash>>,
    /// Packages of the units asked for.
    pub primary_packages: BTreeSet<PackageIndex>,
    /// Whether results are put where the user finds them: always, except when only checking.
    pub installs: bool,
}

impl<'a> Blueprint<'a> {
    /// Names every unit and its files.
    ///
    /// # Errors
    ///
    /// If a target only has crate types that its platform does not support.
    pub fn new(
        request: &'a BuildRequest,
        workspace: &'a Workspace,
        packages: &'a PackageGraph,
        units: &'a UnitGraph,
        lto: &'a DenseMap<UnitId, Lto>,
        layout: &'a Layout,
    ) -> Result<Self, UnsupportedCrateTypes> {
        let locations = if request.portable { Locations::Relative } else { Locations::Absolute };
        let identities =
            identities(workspace, packages, units, lto, (locations, &request.extra_args));
        let installs = !units.roots.iter().any(|root| units.units[*root].mode.is_check());
        let roots: BTreeSet<UnitId> = units.roots.iter().copied().collect();
        let mut outputs = DenseMap::new();
        let mut extra_filenames = DenseMap::new();
        for (id, unit) in units.units.iter() {
            let package = &packages.packages[unit.package];
            let unit_hash = identities[id].unit_hash;
            let site = OutputSite {
                unit,
                package,
                facts: facts(workspace, &unit.kind),
                layout,
                unit_dir: &unit_dir(layout, unit, package, unit_hash),
                unit_hash,
                is_root: roots.contains(&id),
                installs,
            };
            outputs.push(site.outputs()?);
            extra_filenames.push(site.extra_filename());
        }
        let primary_packages = roots.iter().map(|root| units.units[*root].package).collect();
        Ok(Blueprint {
            request,
            workspace,
            packages,
            units,
            lto,
            layout,
            identities,
            outputs,
            extra_filenames,
            primary_packages,
            installs,
        })
    }

    /// Returns a unit.
    pub fn unit(&self, id: UnitId) -> &'a Unit {
        &self.units.units[id]
    }

    /// Returns the package of a unit.
    pub fn package(&self, id: UnitId) -> &'a Package {
        &self.packages.packages[self.unit(id).package]
    }

    /// Returns what a unit depends on, in cargo's order.
    pub fn dependencies(&self, id: UnitId) -> &'a [UnitDependency] {
        &self.units.dependencies[id]
    }

    /// Returns what rustc says about the kind of a unit.
    pub fn facts(&self, id: UnitId) -> &'a PlatformFacts {
        facts(self.workspace, &self.unit(id).kind)
    }

    /// Returns whether the package of a unit is one that the user asked for.
    pub fn is_primary(&self, id: UnitId) -> bool {
        self.primary_packages.contains(&self.unit(id).package)
    }

    /// Returns what rustc is told besides for a unit: arguments are for the one that was asked for.
    pub fn extra_rustc_args(&self, id: UnitId) -> &'a [String] {
        if self.units.roots.contains(&id) { &self.request.extra_args.rustc } else { &[] }
    }

    /// Returns the directory of a unit.
    pub fn unit_dir(&self, id: UnitId) -> Utf8PathBuf {
        unit_dir(self.layout, self.unit(id), self.package(id), self.identities[id].unit_hash)
    }

    /// Returns where a unit writes: `--out-dir` of rustc, `OUT_DIR` of a build script.
    pub fn out_dir(&self, id: UnitId) -> Utf8PathBuf {
        self.unit_dir(id).join("out")
    }

    /// Returns the run of a package's build script that a unit of the package depends on.
    pub fn own_build_script(&self, id: UnitId) -> Option<UnitId> {
        let package = self.unit(id).package;
        self.dependencies(id).iter().map(|dependency| dependency.unit).find(|dependency| {
            let unit = self.unit(*dependency);
            unit.is_run_custom_build() && unit.package == package
        })
    }
}

fn unit_dir(layout: &Layout, unit: &Unit, package: &Package, hash: UnitHash) -> Utf8PathBuf {
    layout.unit(&unit.kind, &package.name, hash)
}

fn facts<'a>(workspace: &'a Workspace, kind: &CompileKind) -> &'a PlatformFacts {
    workspace.toolchain.platforms.get(kind).expect("rustc was asked about every kind of the build")
}
