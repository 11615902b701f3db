//! What link-time optimization asks of each unit: worked out from the roots downwards.
//!
//! Source: cargo's `core/compiler/lto.rs`.

use crate::ids::{DenseMap, UnitId};
use crate::packages::CrateType;
use crate::units::{CompileMode, ProfileLto, Unit, UnitGraph};

/// Which flags a unit gets for link-time optimization.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lto {
    /// LTO runs here: `-C lto[=name]`.
    Run(Option<String>),
    /// `-C lto=off` and `-C embed-bitcode=no`.
    Off,
    /// `-C linker-plugin-lto`: bitcode only.
    OnlyBitcode,
    /// Object code and bitcode: rustc's default, no flag.
    ObjectAndBitcode,
    /// `-C embed-bitcode=no`.
    OnlyObject,
}

/// Works out what each unit has to contain.
pub fn lto(graph: &UnitGraph) -> DenseMap<UnitId, Lto> {
    let mut settled = DenseMap::filled(graph.units.len(), None);
    for &root in &graph.roots {
        let needed = needed_by_user(&graph.units[root]);
        settle(graph, root, &needed, &mut settled);
    }
    settled.values().map(|lto| lto.clone().unwrap_or(Lto::OnlyObject)).collect()
}

/// What has to be in a root for the user's sake.
fn needed_by_user(unit: &Unit) -> Lto {
    match unit.profile.lto {
        ProfileLto::Bool(false) => Lto::OnlyObject,
        ProfileLto::Off => Lto::Off,
        ProfileLto::Bool(true) | ProfileLto::Named(_) => {
            let crate_types = unit.target.rustc_crate_types();
            if unit.target.for_host() {
                Lto::OnlyObject
            } else if needs_object(&crate_types) {
                when_object_is_needed(&crate_types)
            } else {
                Lto::OnlyBitcode
            }
        }
    }
}

/// Settles a unit whose dependent asks for `parent`, and all below it.
fn settle(
    graph: &UnitGraph,
    id: UnitId,
    parent: &Lto,
    settled: &mut DenseMap<UnitId, Option<Lto>>,
) {
    let own = own_lto(&graph.units[id], parent);
    let merged = match &settled[id] {
        None => own,
        Some(before) => {
            let merged = merge(own, before);
            if merged == *before {
                return;
            }
            merged
        }
    };
    settled[id] = Some(merged.clone());
    for dependency in &graph.dependencies[id] {
        settle(graph, dependency.unit, &merged, settled);
    }
}

fn own_lto(unit: &Unit, parent: &Lto) -> Lto {
    let crate_types = match unit.mode {
        // Examples in documentation are programs, too, which rustdoc links.
        CompileMode::Test | CompileMode::Doctest => vec![CrateType::Bin],
        _ => unit.target.rustc_crate_types(),
    };
    if unit.target.for_host() {
        // Build scripts and procedural macros are to be compiled quickly.
        Lto::OnlyObject
    } else if crate_types.iter().all(can_lto) {
        match &unit.profile.lto {
            ProfileLto::Named(name) => Lto::Run(Some(name.clone())),
            ProfileLto::Off => Lto::Off,
            ProfileLto::Bool(true) => Lto::Run(None),
            ProfileLto::Bool(false) => Lto::OnlyObject,
        }
    } else {
        match (parent, needs_object(&crate_types)) {
            (Lto::Run(_), false) => Lto::OnlyBitcode,
            (Lto::Run(_) | Lto::OnlyBitcode, true) => when_object_is_needed(&crate_types),
            (Lto::Off, _) => Lto::Off,
            (_, false) | (Lto::OnlyObject | Lto::ObjectAndBitcode, true) => parent.clone(),
        }
    }
}

/// Combines what two dependents ask of one unit.
fn merge(new: Lto, before: &Lto) -> Lto {
    match (new, before) {
        (Lto::Run(name), _) => Lto::Run(name),
        (_, Lto::Run(name)) => Lto::Run(name.clone()),
        (Lto::Off, _) | (_, Lto::Off) => Lto::Off,
        (Lto::OnlyBitcode, Lto::OnlyBitcode) => Lto::OnlyBitcode,
        (Lto::OnlyObject, Lto::OnlyObject) => Lto::OnlyObject,
        _ => Lto::ObjectAndBitcode,
    }
}

fn can_lto(crate_type: &CrateType) -> bool {
    matches!(crate_type, CrateType::Bin | CrateType::Staticlib | CrateType::Cdylib)
}

fn needs_object(crate_types: &[CrateType]) -> bool {
    crate_types.iter().any(|kind| can_lto(kind) || kind.is_dynamic())
}

fn when_object_is_needed(crate_types: &[CrateType]) -> Lto {
    if crate_types.iter().all(|kind| *kind == CrateType::Dylib) {
        Lto::OnlyObject
    } else {
        Lto::ObjectAndBitcode
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::testing;

    #[test]
    fn what_is_linked_runs_lto() {
        let fixture = testing::graph("a lib");
        let mut unit = fixture.graph.units[fixture.id("a")].clone();
        unit.profile.lto = ProfileLto::Bool(true);
        let of = |unit: &Unit| own_lto(unit, &Lto::OnlyBitcode);
        assert_eq!(of(&unit), Lto::OnlyBitcode);
        for mode in [CompileMode::Test, CompileMode::Doctest] {
            unit.mode = mode;
            assert_eq!(of(&unit), Lto::Run(None));
        }
    }
}
