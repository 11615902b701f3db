//! What a unit is needed for, which decides its profile and its side of the features. Sticky: once
//! on the way to a build script or procedural macro, always so. Source: cargo's `UnitFor`.

use crate::packages::Target;
use crate::platform::CompileKind;
use crate::units::Unit;
use crate::units::features::Side;
use crate::units::profiles::PanicSetting;

/// What a unit is needed for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct UnitFor {
    /// A build script, a procedural macro, or below one: profile of the host.
    host: bool,
    /// A dependency of a build script, a procedural macro, or below one: features of the host. (A
    /// build script itself has the features of the package that it runs for.)
    host_features: bool,
    panic: PanicSetting,
    root_kind: CompileKind,
}

impl UnitFor {
    /// For a root that is no test, build script or procedural macro.
    pub(super) fn normal(root_kind: CompileKind) -> Self {
        UnitFor { host: false, host_features: false, panic: PanicSetting::ReadProfile, root_kind }
    }

    /// For a test or benchmark.
    pub(super) fn test(root_kind: CompileKind) -> Self {
        UnitFor { panic: PanicSetting::AlwaysUnwind, ..UnitFor::normal(root_kind) }
    }

    /// For what is below a root that is a procedural macro.
    pub(super) fn below_proc_macro(root_kind: CompileKind) -> Self {
        UnitFor { host: true, host_features: true, ..UnitFor::test(root_kind) }
    }

    /// For a root that is a procedural macro: it has the profile of the target.
    pub(super) fn proc_macro_root(root_kind: CompileKind) -> Self {
        UnitFor::test(root_kind)
    }

    /// For a dependency on `target` from `parent`.
    pub(super) fn with_dependency(&self, parent: &Unit, target: &Target) -> Self {
        let for_host = target.for_host();
        UnitFor {
            host: self.host || for_host,
            host_features: self.host_features
                || parent.target.is_custom_build()
                || target.is_proc_macro(),
            panic: if for_host { PanicSetting::AlwaysUnwind } else { self.panic },
            root_kind: self.root_kind.clone(),
        }
    }

    /// For the build script of a package, compiled or run.
    pub(super) fn for_custom_build(&self) -> Self {
        UnitFor { host: true, panic: PanicSetting::AlwaysUnwind, ..self.clone() }
    }

    pub(super) fn is_for_host(&self) -> bool {
        self.host
    }

    pub(super) fn side(&self) -> Side {
        if self.host_features { Side::Host } else { Side::Target }
    }

    pub(super) fn panic(&self) -> PanicSetting {
        self.panic
    }

    pub(super) fn root_kind(&self) -> &CompileKind {
        &self.root_kind
    }
}
