//! Why dependents of a library do not keep their results, in words, with the way out where there is
//! one. Knows no unit.

use atlas_build::account::{Bar, Obstacle};
use camino::Utf8Path;

use super::headline::{headline, relative};

/// Returns why it was not looked for whether dependents can keep their results, and what to do about
/// it: to stand after `dependents follow: `.
pub(crate) fn bar(bar: &Bar, root: &Utf8Path) -> String {
    let (reason, remedy) = match bar {
        Bar::Off => ("the cutoff is off", Some("set `cutoff = \"on\"`".to_owned())),
        Bar::NothingKnown => ("nothing is known of what is published", None),
        Bar::Shown => ("pages show its documentation and its lines", None),
        Bar::OptimizedWithoutIncremental => (
            "optimized without incremental compilation",
            Some("set `incremental = true` in the profile".to_owned()),
        ),
        Bar::LinkTimeOptimization => {
            ("optimized at link time", Some("set `lto = false` in the profile".to_owned()))
        }
        Bar::Coverage => {
            ("instrumented for coverage", Some("leave out `-C instrument-coverage`".to_owned()))
        }
        Bar::Profiling => (
            "instrumented or optimized by a profile of runs",
            Some("leave out `-C profile-generate` and `-C profile-use`".to_owned()),
        ),
        Bar::PreferDynamic => {
            ("linked dynamically", Some("leave out `-C prefer-dynamic`".to_owned()))
        }
        Bar::CrateTypes => {
            ("it is not only an rlib", Some("leave other types out of `crate-type`".to_owned()))
        }
        Bar::UnstableFlag(flag) => {
            ("the compiler gets an unstable flag", Some(format!("leave out `{flag}`")))
        }
        Bar::Wrapper(name) => {
            return format!("`{name}` stands for the compiler, and may see what rustc does not");
        }
        Bar::OtherChange(reason) => {
            return format!("not only its source has changed ({})", headline(reason, root));
        }
    };
    match remedy {
        Some(remedy) => format!("{reason} ({remedy} to spare them)"),
        None => reason.to_owned(),
    }
}

/// Returns why dependents could not keep their results although they see nothing new; `name` tells
/// what to call a unit.
pub(crate) fn obstacle(
    obstacle: &Obstacle,
    root: &Utf8Path,
    name: impl Fn(usize) -> String,
) -> String {
    match obstacle {
        Obstacle::SymbolGone { symbol, unit } => {
            format!("{} needs `{symbol}`, which is gone", name(*unit))
        }
        Obstacle::OtherCrates { name } => format!("it uses the crate `{name}` now, or no longer"),
        Obstacle::LinkFailed { unit } => {
            format!("{} cannot be linked with the new code", name(*unit))
        }
        Obstacle::FileChanged { path } => {
            format!("the file `{}` was changed while it was compiled", relative(path, root))
        }
        Obstacle::Unusable { error } => error.clone(),
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::event::DirtyReason;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::off(Bar::Off, "the cutoff is off (set `cutoff = \"on\"` to spare them)")]
    #[case::nothing_known(Bar::NothingKnown, "nothing is known of what is published")]
    #[case::optimized(
        Bar::OptimizedWithoutIncremental,
        "optimized without incremental compilation (set `incremental = true` in the profile to \
         spare them)"
    )]
    #[case::lto(
        Bar::LinkTimeOptimization,
        "optimized at link time (set `lto = false` in the profile to spare them)"
    )]
    #[case::coverage(
        Bar::Coverage,
        "instrumented for coverage (leave out `-C instrument-coverage` to spare them)"
    )]
    #[case::profiling(
        Bar::Profiling,
        "instrumented or optimized by a profile of runs (leave out `-C profile-generate` and \
         `-C profile-use` to spare them)"
    )]
    #[case::dynamic(
        Bar::PreferDynamic,
        "linked dynamically (leave out `-C prefer-dynamic` to spare them)"
    )]
    #[case::crate_types(
        Bar::CrateTypes,
        "it is not only an rlib (leave other types out of `crate-type` to spare them)"
    )]
    #[case::unstable(
        Bar::UnstableFlag("-Zthreads=8".to_owned()),
        "the compiler gets an unstable flag (leave out `-Zthreads=8` to spare them)"
    )]
    #[case::other_change(
        Bar::OtherChange(DirtyReason::EnvironmentChanged { name: "A".to_owned() }),
        "not only its source has changed (the environment variable A changed)"
    )]
    fn bar_leads_on_where_it_can(#[case] given: Bar, #[case] expected: &str) {
        assert_eq!(bar(&given, "/ws".into()), expected);
    }

    #[rstest]
    #[case::symbol(
        Obstacle::SymbolGone { symbol: "a::f::<u8>".to_owned(), unit: 7 },
        "unit 7 needs `a::f::<u8>`, which is gone"
    )]
    #[case::crates(
        Obstacle::OtherCrates { name: "log".to_owned() },
        "it uses the crate `log` now, or no longer"
    )]
    #[case::link(Obstacle::LinkFailed { unit: 7 }, "unit 7 cannot be linked with the new code")]
    #[case::edit(
        Obstacle::FileChanged { path: "/ws/a/src/lib.rs".into() },
        "the file `a/src/lib.rs` was changed while it was compiled"
    )]
    #[case::error(Obstacle::Unusable { error: "disk full".to_owned() }, "disk full")]
    fn obstacle_names_what_stands_against_it(#[case] given: Obstacle, #[case] expected: &str) {
        assert_eq!(obstacle(&given, "/ws".into(), |unit| format!("unit {unit}")), expected);
    }
}
