//! What to call units and their packages, in cargo's words.

use atlas_build::event::UnitDescription;
use atlas_build::packages::{Target, TargetKind};
use atlas_build::units::CompileMode;

/// Returns the package with version and source: `foo v0.1.0 (/path)`.
pub(crate) fn package(unit: &UnitDescription) -> String {
    match &unit.source {
        Some(source) => format!("{} v{} ({source})", unit.package, unit.version),
        None => format!("{} v{}", unit.package, unit.version),
    }
}

/// Returns the name under which a build script's messages appear: `foo@0.1.0`.
pub(crate) fn label(unit: &UnitDescription) -> String {
    format!("{}@{}", unit.package, unit.version)
}

/// Returns the unit with its package: `` `foo` (bin "bar" test) ``.
pub(crate) fn unit(unit: &UnitDescription) -> String {
    let mode = match unit.mode {
        CompileMode::Doc => " doc",
        CompileMode::Doctest => " doctest",
        _ if is_unit_test(unit) => " test",
        _ => "",
    };
    format!("`{}` ({}{mode})", unit.package, target(&unit.target))
}

/// Returns the target as it is named on the command line, without the dashes: `bin "foo"`.
pub(crate) fn target(target: &Target) -> String {
    match target.kind {
        TargetKind::Lib(_) => "lib".to_owned(),
        TargetKind::Bin => format!("bin \"{}\"", target.name),
        TargetKind::Test => format!("test \"{}\"", target.name),
        TargetKind::Bench => format!("bench \"{}\"", target.name),
        TargetKind::ExampleLib(_) | TargetKind::ExampleBin => {
            format!("example \"{}\"", target.name)
        }
        TargetKind::CustomBuild => "build script".to_owned(),
    }
}

/// Returns whether the unit is a library, binary or example compiled as a test.
pub(crate) fn is_unit_test(unit: &UnitDescription) -> bool {
    unit.mode.is_any_test() && !unit.target.is_test() && !unit.target.is_bench()
}

/// Returns the short name in the progress bar: `foo`, `foo(build)`, `bar(bin test)`.
pub(crate) fn in_progress(unit: &UnitDescription) -> String {
    let name = &unit.target.name;
    if unit.mode == CompileMode::RunCustomBuild {
        return format!("{}(build)", unit.package);
    }
    match (&unit.target.kind, unit.mode.is_any_test()) {
        (TargetKind::Lib(_), false) => unit.package.clone(),
        (TargetKind::CustomBuild, _) => format!("{}(build.rs)", unit.package),
        (TargetKind::Bin, false) => format!("{name}(bin)"),
        (TargetKind::Bin, true) => format!("{name}(bin test)"),
        (TargetKind::Lib(_), true) | (TargetKind::Test, _) => format!("{name}(test)"),
        (TargetKind::Bench, _) => format!("{name}(bench)"),
        (TargetKind::ExampleLib(_) | TargetKind::ExampleBin, false) => format!("{name}(example)"),
        (TargetKind::ExampleLib(_) | TargetKind::ExampleBin, true) => {
            format!("{name}(example test)")
        }
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::packages::CrateType;
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    const BUILD: CompileMode = CompileMode::Build;

    #[rstest]
    #[case::lib(TargetKind::Lib(vec![CrateType::Lib]), BUILD, "`foo` (lib)", "foo")]
    #[case::lib_test(TargetKind::Lib(vec![CrateType::Lib]), CompileMode::Test, "`foo` (lib test)", "x(test)")]
    #[case::bin(TargetKind::Bin, BUILD, "`foo` (bin \"x\")", "x(bin)")]
    #[case::bin_test(TargetKind::Bin, CompileMode::Test, "`foo` (bin \"x\" test)", "x(bin test)")]
    #[case::example(TargetKind::ExampleBin, BUILD, "`foo` (example \"x\")", "x(example)")]
    #[case::test(TargetKind::Test, CompileMode::Test, "`foo` (test \"x\")", "x(test)")]
    #[case::bench(TargetKind::Bench, CompileMode::Test, "`foo` (bench \"x\")", "x(bench)")]
    #[case::script(TargetKind::CustomBuild, BUILD, "`foo` (build script)", "foo(build.rs)")]
    #[case::run(
        TargetKind::CustomBuild,
        CompileMode::RunCustomBuild,
        "`foo` (build script)",
        "foo(build)"
    )]
    fn units_are_named_as_cargo_does(
        #[case] kind: TargetKind,
        #[case] mode: CompileMode,
        #[case] described: &str,
        #[case] short: &str,
    ) {
        let description = fixture::unit("foo", "x", kind, mode);
        assert_eq!(unit(&description), described);
        assert_eq!(in_progress(&description), short);
    }

    #[test]
    fn source_is_shown_unless_it_is_the_default_registry() {
        let mut description = fixture::unit("foo", "foo", TargetKind::Bin, BUILD);
        assert_eq!(package(&description), "foo v0.1.0 (/ws/foo)");
        description.source = None;
        assert_eq!(package(&description), "foo v0.1.0");
        assert_eq!(label(&description), "foo@0.1.0");
    }
}
