//! Merges equal units of host and target, and settles what was deferred until it was known what
//! is shared. Source: cargo's `rebuild_unit_graph_shared`.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::ids::{DenseMap, UnitId};
use crate::platform::CompileKind;
use crate::units::dependencies::DraftGraph;
use crate::units::draft::{Edge, Interner};
use crate::units::{DebugLevel, Unit, UnitDependency, UnitGraph};

/// Turns the draft into the final graph.
///
/// `to_host` is the kind that was planned in place of the host, if no `--target` was given: its
/// units become host units, and debug info that was deferred is left out where no unit of the
/// target needs it.
pub(super) fn share(draft: &DraftGraph, to_host: Option<&CompileKind>) -> UnitGraph {
    let mut pass = Pass {
        draft,
        to_host,
        interner: Interner::default(),
        edges: HashMap::new(),
        settled: HashMap::new(),
    };
    let roots: Vec<UnitId> = draft.roots.iter().map(|root| pass.settle(*root, false)).collect();
    pass.into_graph(&roots)
}

struct Pass<'a> {
    draft: &'a DraftGraph,
    to_host: Option<&'a CompileKind>,
    interner: Interner,
    edges: HashMap<UnitId, Vec<Edge>>,
    settled: HashMap<UnitId, UnitId>,
}

impl Pass<'_> {
    /// Settles a unit of the draft after all it depends on, and returns its new id.
    fn settle(&mut self, id: UnitId, is_for_host: bool) -> UnitId {
        if let Some(done) = self.settled.get(&id) {
            return *done;
        }
        let draft = self.draft;
        let mut dep_hash = DefaultHasher::new();
        let mut edges = Vec::new();
        for edge in &draft.edges[id] {
            let unit = self.settle(edge.unit, edge.unit_for.is_for_host());
            self.interner.units[unit].hash(&mut dep_hash);
            edges.push(Edge { unit, ..edge.clone() });
        }
        let mut unit = (*draft.interner.units[id]).clone();
        self.settle_strip(&mut unit, &edges);
        if let (true, Some(to_host)) = (is_for_host, self.to_host) {
            self.settle_debuginfo(&mut unit, to_host);
        }
        unit.dep_hash = dep_hash.finish();
        if Some(&unit.kind) == self.to_host {
            unit.kind = CompileKind::Host;
        }
        let new = self.interner.intern(unit);
        self.settled.insert(id, new);
        self.edges.entry(new).or_insert(edges);
        new
    }

    /// Strips what the standard library brings along, where nothing else has debug info.
    fn settle_strip(&self, unit: &mut Unit, edges: &[Edge]) {
        let has_none = |unit: &Unit| unit.profile.debuginfo.level == DebugLevel::None;
        if unit.profile.strip.deferred
            && has_none(unit)
            && edges.iter().all(|edge| has_none(&self.interner.units[edge.unit]))
        {
            unit.profile.strip.value = Some("debuginfo".to_owned());
            unit.profile.strip.deferred = false;
        }
    }

    /// Keeps deferred debug info only if the same unit is also built for the target.
    fn settle_debuginfo(&self, unit: &mut Unit, to_host: &CompileKind) {
        if !unit.profile.debuginfo.deferred {
            return;
        }
        unit.profile.debuginfo.deferred = false;
        let probe = Unit { kind: to_host.clone(), ..unit.clone() };
        if self.draft.interner.find(&probe).is_none() {
            unit.profile.debuginfo.level = DebugLevel::None;
        }
    }

    /// Orders the units as cargo does and gives them their final ids.
    fn into_graph(self, roots: &[UnitId]) -> UnitGraph {
        let mut sorted: Vec<(&Arc<Unit>, UnitId)> =
            self.interner.units.iter().map(|(id, unit)| (unit, id)).collect();
        sorted.sort();
        let mut new_ids = DenseMap::filled(sorted.len(), None);
        let mut units = DenseMap::new();
        for (unit, id) in &sorted {
            new_ids[*id] = Some(units.push((***unit).clone()));
        }
        let renumber = |id: UnitId| new_ids[id].expect("every interned unit was sorted");
        let dependencies = sorted
            .iter()
            .map(|(_, id)| {
                let edges = self.edges.get(id).map(Vec::as_slice).unwrap_or_default();
                let dependency = |edge: &Edge| UnitDependency {
                    unit: renumber(edge.unit),
                    extern_crate_name: edge.extern_crate_name.clone(),
                };
                edges.iter().map(dependency).collect()
            })
            .collect();
        let mut final_roots: Vec<UnitId> = Vec::new();
        for root in roots.iter().map(|root| renumber(*root)) {
            if !final_roots.contains(&root) {
                final_roots.push(root);
            }
        }
        UnitGraph { units, dependencies, roots: final_roots }
    }
}
