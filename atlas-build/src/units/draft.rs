//! The unit graph while it is being built: units get ids as they are found, and equal units one id.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::{PackageGraph, Target};
use crate::platform::CompileKind;
use crate::units::features::{DevUnits, ResolvedFeatures};
use crate::units::narrow::NarrowedEdges;
use crate::units::profiles::Profiles;
use crate::units::unit_for::UnitFor;
use crate::units::{CompileMode, Profile, Unit};
use crate::workspace::{Unsupported, Workspace};

/// What units are made from.
pub(super) struct Sources<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) graph: &'a PackageGraph,
    pub(super) edges: &'a NarrowedEdges,
    pub(super) features: &'a ResolvedFeatures,
    pub(super) profiles: &'a Profiles,
    pub(super) dev_units: DevUnits,
}

/// Units by id. The first of several equal units stays: equality ignores whether debug info is
/// deferred, so it matters that roots come first.
#[derive(Default)]
pub(super) struct Interner {
    pub(super) units: DenseMap<UnitId, Arc<Unit>>,
    ids: HashMap<Arc<Unit>, UnitId>,
}

impl Interner {
    pub(super) fn intern(&mut self, unit: Unit) -> UnitId {
        if let Some(id) = self.ids.get(&unit) {
            return *id;
        }
        let unit = Arc::new(unit);
        let id = self.units.push(Arc::clone(&unit));
        self.ids.insert(unit, id);
        id
    }

    /// Makes a unit unknown; its id is not given to another.
    pub(super) fn forget(&mut self, id: UnitId) {
        self.ids.remove(&self.units[id]);
    }

    pub(super) fn find(&self, unit: &Unit) -> Option<UnitId> {
        self.ids.get(unit).copied()
    }
}

/// An edge while the graph is being built.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Edge {
    pub(super) unit: UnitId,
    pub(super) unit_for: UnitFor,
    pub(super) extern_crate_name: String,
    /// The rename in the manifest, if that is where the name comes from.
    pub(super) dep_name: Option<String>,
}

impl Sources<'_> {
    /// Makes a unit for a target, with the profile and features that `unit_for` asks for.
    pub(super) fn unit(
        &self,
        package: PackageIndex,
        target: &Target,
        unit_for: &UnitFor,
        kind: CompileKind,
        mode: CompileMode,
    ) -> Result<Unit, Unsupported> {
        let profile = self.profiles.for_unit(
            &self.graph.packages[package],
            unit_for.is_for_host(),
            unit_for.panic(),
            &kind,
        );
        self.unit_with_profile(package, target, unit_for, kind, mode, profile)
    }

    /// Makes a unit for a target, with the features that `unit_for` asks for.
    pub(super) fn unit_with_profile(
        &self,
        package: PackageIndex,
        target: &Target,
        unit_for: &UnitFor,
        kind: CompileKind,
        mode: CompileMode,
        profile: Profile,
    ) -> Result<Unit, Unsupported> {
        let features = self.features.features(package, unit_for.side()).ok_or_else(|| {
            let package = &self.graph.packages[package];
            Unsupported(format!("features of package `{}` could not be resolved", package.name))
        })?;
        Ok(Unit {
            package,
            target: Arc::new(target.clone()),
            profile,
            kind,
            mode,
            features: features.iter().cloned().collect(),
            dep_hash: 0,
        })
    }
}
