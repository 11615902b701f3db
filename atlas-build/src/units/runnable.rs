//! Which program `run` runs: found among the targets before anything is built. Knows no features.
//!
//! The rules are cargo's: `bin/cargo/commands/run.rs` and `ops/cargo_run.rs`.

use std::fmt::Write;

use crate::ids::PackageIndex;
use crate::packages::{Package, PackageGraph, Target, TargetKind, is_glob, selected_members};
use crate::request::{
    BuildRequest, FilterRule, LibRule, PackageSelection, TargetFilter, TargetSelection,
};
use crate::units::UnitsError;
use crate::workspace::Workspace;

/// Returns the targets to build in order to run one of them: those that were asked for, or the one
/// that the manifest names.
///
/// # Errors
///
/// [`UnitsError`] in cargo's words if there is no program to run, or if it could be several.
pub(super) fn targets_to_run(
    request: &BuildRequest,
    workspace: &Workspace,
    graph: &PackageGraph,
) -> Result<TargetSelection, UnitsError> {
    if let PackageSelection::Packages(names) = &request.packages
        && let Some(pattern) = names.iter().find(|name| is_glob(name))
    {
        return Err(UnitsError::Message(format!(
            "`cargo run` does not support glob pattern `{pattern}` on package selection"
        )));
    }
    let packages = selected_members(&request.packages, graph)?;
    let targets = match &request.targets {
        TargetSelection::Default => by_default(graph, &packages),
        TargetSelection::Only(_) => request.targets.clone(),
    };
    check(&programs(graph, &packages, &targets)?, &targets)?;
    if workspace.requested_kinds.len() > 1 {
        let message = "only one `--target` argument is supported";
        return Err(UnitsError::Message(message.to_owned()));
    }
    Ok(targets)
}

/// Returns what `package.default-run` says, if that is said once.
fn by_default(graph: &PackageGraph, packages: &[PackageIndex]) -> TargetSelection {
    let mut named = packages.iter().filter_map(|id| graph.packages[*id].facts.default_run.as_ref());
    match (named.next(), named.next()) {
        (Some(name), None) => TargetSelection::Only(TargetFilter {
            all_targets: false,
            lib: LibRule::False,
            bins: FilterRule::Just(vec![name.clone()]),
            examples: FilterRule::none(),
            tests: FilterRule::none(),
            benches: FilterRule::none(),
        }),
        _ => TargetSelection::Default,
    }
}

/// Lists the targets that may be meant.
fn programs<'a>(
    graph: &'a PackageGraph,
    packages: &[PackageIndex],
    targets: &TargetSelection,
) -> Result<Vec<(&'a Package, &'a Target)>, UnitsError> {
    let wanted = |target: &Target| match targets {
        TargetSelection::Default => target.is_bin(),
        TargetSelection::Only(filter) => {
            (target.is_bin() && matches(&filter.bins, target))
                || (target.is_example() && matches(&filter.examples, target))
        }
    };
    if let TargetSelection::Only(TargetFilter { bins, examples, .. }) = targets
        && [bins, examples].into_iter().any(has_globs)
    {
        let message = "`cargo run` does not support glob patterns on target selection";
        return Err(UnitsError::Message(message.to_owned()));
    }
    let of_package = |id: &PackageIndex| {
        let package = &graph.packages[*id];
        package.targets.iter().map(move |target| (package, target))
    };
    Ok(packages.iter().flat_map(of_package).filter(|(_, target)| wanted(target)).collect())
}

fn matches(rule: &FilterRule, target: &Target) -> bool {
    match rule {
        FilterRule::All => true,
        FilterRule::Just(names) => names.contains(&target.name),
    }
}

fn has_globs(rule: &FilterRule) -> bool {
    matches!(rule, FilterRule::Just(names) if names.iter().any(|name| is_glob(name)))
}

/// Checks that one program is meant. That a name leads to none is told when it is looked up.
fn check(programs: &[(&Package, &Target)], targets: &TargetSelection) -> Result<(), UnitsError> {
    let message = match (programs, targets) {
        ([], TargetSelection::Default) => {
            "a bin target must be available for `cargo run`".to_owned()
        }
        ([(_, target)], _) if matches!(target.kind, TargetKind::ExampleLib(_)) => {
            format!("example target `{}` is a library and cannot be executed", target.name)
        }
        ([] | [_], _) => return Ok(()),
        (several, TargetSelection::Default) => {
            let mut names: Vec<&str> =
                several.iter().map(|(_, target)| target.name.as_str()).collect();
            names.sort_unstable();
            format!(
                "`cargo run` could not determine which binary to run. Use the `--bin` option to \
                 specify a binary, or the `default-run` manifest key.\navailable binaries: {}",
                names.join(", ")
            )
        }
        (several, TargetSelection::Only(_)) => {
            let mut message = "`cargo run` can run at most one executable, but multiple were \
                               specified\nhelp: available targets:"
                .to_owned();
            for (package, target) in several {
                let kind = if target.is_bin() { "bin" } else { "example" };
                // Writing to a string cannot fail.
                let _ =
                    write!(message, "\n    {kind} `{}` in package `{}`", target.name, package.name);
            }
            message
        }
    };
    Err(UnitsError::Message(message))
}
