//! Accounts made by hand, for tests.

use std::time::Duration;

use atlas_build::account::{
    Account, Cause, Change, Cutoff, Fate, ItemChange, ItemKind, Outcome, SpareRule, Tense, Timing,
    UnitAccount,
};
use atlas_build::event::DirtyReason;

/// A successful build of these units in `/ws`, three minutes before [`TODAY`].
pub(super) fn account(units: impl IntoIterator<Item = UnitAccount>) -> Account {
    Account {
        tense: Tense::Past,
        started: 1_000_000_000,
        duration: Duration::from_millis(4_210),
        profile: "dev".to_owned(),
        workspace_root: "/ws".into(),
        outcome: Outcome::Success,
        units: units.into_iter().collect(),
    }
}

/// Seconds since 1970.
pub(super) const TODAY: u64 = 1_000_180;

/// The library of a local package, fresh.
pub(super) fn lib(package: &str) -> UnitAccount {
    UnitAccount {
        package_id: format!("path+file:///ws/{package}#0.1.0"),
        package: package.to_owned(),
        version: "0.1.0".to_owned(),
        source: Some(format!("/ws/{package}")),
        is_local: true,
        root: format!("/ws/{package}").into(),
        target: package.to_owned(),
        kinds: vec!["lib".to_owned()],
        crate_root: format!("/ws/{package}/src/lib.rs").into(),
        mode: "build".to_owned(),
        dependencies: Vec::new(),
        fate: Fate::Fresh,
        timing: None,
        cutoff: None,
        last_duration: Some(Duration::from_millis(1_200)),
    }
}

/// The program of a local package, fresh.
pub(super) fn bin(package: &str) -> UnitAccount {
    UnitAccount {
        kinds: vec!["bin".to_owned()],
        crate_root: format!("/ws/{package}/src/main.rs").into(),
        ..lib(package)
    }
}

/// A unit that was built, in 0.80s, for a reason of its own.
pub(super) fn built(unit: UnitAccount, reason: DirtyReason) -> UnitAccount {
    with(unit, Fate::Built(Cause { reason, because_of: Vec::new() }))
}

/// A unit that was built, in 0.80s, because of others.
pub(super) fn follows(unit: UnitAccount, name: &str, because_of: &[usize]) -> UnitAccount {
    let reason = DirtyReason::DependencyChanged { name: format!("{name} v0.1.0") };
    with(unit, Fate::Built(Cause { reason, because_of: because_of.to_vec() }))
}

/// A unit that was spared.
pub(super) fn spared(unit: UnitAccount, rule: SpareRule) -> UnitAccount {
    UnitAccount { fate: Fate::Spared(rule), ..unit }
}

/// A unit that others see nothing new of.
pub(super) fn cut_off(unit: UnitAccount, changes: Vec<ItemChange>) -> UnitAccount {
    UnitAccount { cutoff: Some(Cutoff::Spared { changes }), ..unit }
}

/// A unit that waits for others.
pub(super) fn depends(unit: UnitAccount, on: &[usize]) -> UnitAccount {
    UnitAccount { dependencies: on.to_vec(), ..unit }
}

/// A function whose body is another one, which others do not see.
pub(super) fn body(path: &str) -> ItemChange {
    let (kind, how) = (ItemKind::Fn, Change::Body);
    ItemChange { path: path.to_owned(), kind, how, codegen: false, signature: false }
}

/// A field that is new, which others see.
pub(super) fn field(path: &str, name: &str) -> ItemChange {
    let (kind, how) = (ItemKind::Struct, Change::FieldAdded { name: name.to_owned() });
    ItemChange { path: path.to_owned(), kind, how, codegen: true, signature: true }
}

/// A unit that may be built.
pub(super) fn may_follow(unit: UnitAccount, units: &[usize]) -> UnitAccount {
    UnitAccount { fate: Fate::MayFollow(units.to_vec()), ..unit }
}

/// A file has changed.
pub(super) fn changed(path: &str) -> DirtyReason {
    DirtyReason::FileChanged { path: path.into() }
}

fn with(unit: UnitAccount, fate: Fate) -> UnitAccount {
    let timing = Timing {
        started: Duration::from_millis(100),
        metadata: None,
        finished: Duration::from_millis(900),
    };
    UnitAccount { fate, timing: Some(timing), ..unit }
}
