//! Synthetic plans and units for tests.

use std::sync::Arc;

use atlas_build::event::{Diagnostic, DiagnosticLevel, Planned, UnitDescription};
use atlas_build::packages::{CrateType, Target, TargetKind};
use atlas_build::units::CompileMode;

/// A plan of these units with the profile `dev`.
pub(super) fn planned(units: impl IntoIterator<Item = UnitDescription>) -> Planned {
    Planned {
        workspace_root: "/ws".into(),
        units: units.into_iter().collect(),
        profile: "dev".to_owned(),
        optimized: false,
        debuginfo: true,
        workspace_wrapper: None,
    }
}

/// The library of a local package.
pub(super) fn lib(package: &str) -> UnitDescription {
    unit(package, package, TargetKind::Lib(vec![CrateType::Lib]), CompileMode::Build)
}

/// The run of a local package's build script.
pub(super) fn script_run(package: &str) -> UnitDescription {
    let (kind, mode) = (TargetKind::CustomBuild, CompileMode::RunCustomBuild);
    unit(package, "build-script-build", kind, mode)
}

/// A unit of a local package in `/ws`.
pub(super) fn unit(
    package: &str,
    target: &str,
    kind: TargetKind,
    mode: CompileMode,
) -> UnitDescription {
    UnitDescription {
        package_id: format!("path+file:///ws/{package}#0.1.0"),
        package: package.to_owned(),
        version: semver::Version::new(0, 1, 0),
        source: Some(format!("/ws/{package}")),
        manifest_path: format!("/ws/{package}/Cargo.toml").into(),
        is_local: true,
        is_primary: true,
        target: Arc::new(Target {
            kind,
            name: target.to_owned(),
            src_path: format!("/ws/{package}/src/lib.rs").into(),
            required_features: None,
            tested: true,
            benched: true,
            documented: true,
            doctested: true,
            harness: true,
            proc_macro: false,
            edition: "2024".to_owned(),
        }),
        mode,
    }
}

/// A diagnostic without spans.
pub(super) fn diagnostic(level: DiagnosticLevel, text: &str) -> Diagnostic {
    let name = match level {
        DiagnosticLevel::Error => "error",
        DiagnosticLevel::Warning => "warning",
        DiagnosticLevel::Other => "note",
    };
    let json = format!(
        r#"{{"$message_type":"diagnostic","message":"{text}","code":null,"level":"{name}",
            "spans":[],"children":[],"rendered":"\u001b[1m{name}\u001b[0m: {text}\n\n"}}"#
    );
    Diagnostic {
        level,
        rendered: format!("\u{1b}[1m{name}\u{1b}[0m: {text}\n\n"),
        json: json.replace("\n            ", ""),
        machine_applicable: false,
        is_summary: false,
    }
}
