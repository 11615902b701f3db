//! Whether dependents of a unit may keep their results at all when it is compiled anew. Knows
//! compiler flags; knows no source.
//!
//! Functions of other crates are opaque to rustc if it does no inference across crates: at
//! opt-level 0, and at any level with `-C incremental` (`rustc_mir_transform`, `cross_crate_inline`).
//! Whatever looks at objects of several crates together is out.

use crate::account::Bar;
use crate::packages::{CrateType, Package};
use crate::process::CommandLine;
use crate::units::{ProfileLto, Unit};

/// Returns what stands against it, if anything does.
pub(super) fn bar(unit: &Unit, command: &CommandLine) -> Option<Bar> {
    let is_rlib = |kind: &CrateType| matches!(kind, CrateType::Lib | CrateType::Rlib);
    if !unit.mode.is_check() && !unit.target.rustc_crate_types().iter().all(is_rlib) {
        return Some(Bar::CrateTypes);
    }
    let flags = Flags::of(command);
    if let Some(flag) = flags.unstable {
        return Some(Bar::UnstableFlag(flag));
    }
    if unit.mode.is_check() {
        return None;
    }
    if flags.lto || matches!(unit.profile.lto, ProfileLto::Bool(true) | ProfileLto::Named(_)) {
        return Some(Bar::LinkTimeOptimization);
    }
    if flags.coverage {
        return Some(Bar::Coverage);
    }
    if flags.profiling {
        return Some(Bar::Profiling);
    }
    if flags.prefer_dynamic {
        return Some(Bar::PreferDynamic);
    }
    (flags.optimized && !flags.incremental).then_some(Bar::OptimizedWithoutIncremental)
}

/// Returns whether others may see metadata of the unit, so that it is worth to look for it.
pub(super) fn is_seen(unit: &Unit, package: &Package) -> bool {
    let is_library = unit.target.is_lib() && !unit.target.is_proc_macro();
    package.is_local() && is_library && !unit.mode.is_any_test()
}

/// What of a command matters.
#[derive(Default)]
struct Flags {
    optimized: bool,
    incremental: bool,
    lto: bool,
    coverage: bool,
    profiling: bool,
    prefer_dynamic: bool,
    unstable: Option<String>,
}

impl Flags {
    fn of(command: &CommandLine) -> Self {
        let mut flags = Flags::default();
        let mut args = command.args.iter().map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            let mut value = |short: &str, long: &str| -> Option<String> {
                let joined =
                    arg.strip_prefix(short).or_else(|| arg.strip_prefix(long)?.strip_prefix('='));
                match joined {
                    _ if arg == short || arg == long => Some(args.next()?.into_owned()),
                    joined => joined.map(str::to_owned),
                }
            };
            if let Some(option) = value("-C", "--codegen") {
                flags.codegen(&option);
            } else if let Some(option) = value("-Z", "-Z") {
                flags.unstable = Some(format!("-Z{option}"));
            } else if arg == "-O" {
                flags.optimized = true;
            }
        }
        flags
    }

    /// Takes note of a codegen option; of those given several times the last one counts, as in
    /// rustc.
    fn codegen(&mut self, option: &str) {
        let (name, value) = option.split_once('=').unwrap_or((option, "yes"));
        let is_on = !matches!(value, "no" | "n" | "off" | "false");
        match name.replace('_', "-").as_str() {
            "opt-level" => self.optimized = value != "0",
            "incremental" => self.incremental = true,
            "lto" | "linker-plugin-lto" => self.lto |= is_on,
            "instrument-coverage" => self.coverage |= is_on,
            "profile-generate" | "profile-use" | "profile-sample-use" => self.profiling = true,
            "prefer-dynamic" => self.prefer_dynamic = is_on,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::units::CompileMode;

    fn barred(mode: CompileMode, args: &[&str]) -> Option<Bar> {
        let sample = crate::rustc::fixture::Sample::new();
        let fixture = &sample.fixture;
        let mut unit = fixture.units.units[sample.sys].clone();
        unit.mode = mode;
        let mut command = CommandLine::new("rustc", "/a");
        command.args(args);
        bar(&unit, &command)
    }

    #[rstest]
    #[case::plain(&[], None)]
    #[case::optimized(&["-C", "opt-level=3"], Some(Bar::OptimizedWithoutIncremental))]
    #[case::joined(&["-Copt-level=s"], Some(Bar::OptimizedWithoutIncremental))]
    #[case::long(&["--codegen=opt-level=1"], Some(Bar::OptimizedWithoutIncremental))]
    #[case::long_apart(&["--codegen", "opt-level=1"], Some(Bar::OptimizedWithoutIncremental))]
    #[case::short(&["-O"], Some(Bar::OptimizedWithoutIncremental))]
    #[case::last_level_counts(&["-O", "-Copt-level=0"], None)]
    #[case::incremental(&["-C", "opt-level=3", "-C", "incremental=/a/incremental"], None)]
    #[case::lto(&["-C", "lto"], Some(Bar::LinkTimeOptimization))]
    #[case::thin_lto(&["-C", "lto=thin"], Some(Bar::LinkTimeOptimization))]
    #[case::no_lto(&["-C", "lto=off"], None)]
    #[case::bitcode(&["-C", "linker-plugin-lto"], Some(Bar::LinkTimeOptimization))]
    #[case::coverage(&["-C", "instrument-coverage"], Some(Bar::Coverage))]
    #[case::underscore(&["-Cinstrument_coverage"], Some(Bar::Coverage))]
    #[case::no_coverage(&["-Cinstrument-coverage=off"], None)]
    #[case::profile(&["-Cprofile-generate=/p"], Some(Bar::Profiling))]
    #[case::profiled(&["-Cprofile-use=/p"], Some(Bar::Profiling))]
    #[case::dynamic(&["-C", "prefer-dynamic"], Some(Bar::PreferDynamic))]
    #[case::unstable(&["-Zshare-generics"], Some(Bar::UnstableFlag("-Zshare-generics".to_owned())))]
    #[case::unstable_apart(&["-Z", "threads=8"], Some(Bar::UnstableFlag("-Zthreads=8".to_owned())))]
    fn flags_bar_a_build(#[case] args: &[&str], #[case] expected: Option<Bar>) {
        assert_eq!(barred(CompileMode::Build, args), expected);
    }

    #[rstest]
    #[case::optimized(&["-C", "opt-level=3"], None)]
    #[case::coverage(&["-C", "instrument-coverage"], None)]
    #[case::unstable(&["-Zfoo"], Some(Bar::UnstableFlag("-Zfoo".to_owned())))]
    fn a_check_makes_no_code(#[case] args: &[&str], #[case] expected: Option<Bar>) {
        assert_eq!(barred(CompileMode::Check { test: false }, args), expected);
    }
}
