//! Which units the user asked for. Source: cargo's `ops/cargo_compile/unit_generator.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::PackageIndex;
use crate::packages::{CrateType, Package, Target, TargetKind, is_glob, parse_glob, similar_name};
use crate::platform::{CompileKind, Triple};
use crate::request::{
    FilterRule, Intent, LibRule, PackageSelection, TargetFilter, TargetSelection,
};
use crate::units::draft::Sources;
use crate::units::features::DevUnits;
use crate::units::required_features::are_required_features_on;
use crate::units::unit_for::UnitFor;
use crate::units::{CompileMode, Unit, UnitsError};

/// A target that may become a unit.
pub(super) struct Proposal<'a> {
    pub(super) package: PackageIndex,
    pub(super) target: &'a Target,
    /// Whether missing `required-features` are an error; otherwise the target is skipped.
    pub(super) requires_features: bool,
    mode: CompileMode,
}

/// A target flag: what was asked for, what the targets are called and are, and what is done.
type Rule<'a> = (&'a FilterRule, &'static str, fn(&Target) -> bool, CompileMode);

/// What the roots are chosen from.
pub(super) struct RootRequest<'a> {
    pub(super) intent: Intent,
    pub(super) packages: &'a [PackageIndex],
    pub(super) selection: &'a PackageSelection,
    pub(super) targets: &'a TargetSelection,
}

impl Intent {
    /// Returns what is done with a target that was asked for as what it is.
    fn mode(self) -> CompileMode {
        match self {
            Intent::Build | Intent::Run => CompileMode::Build,
            Intent::Check { test } => CompileMode::Check { test },
            Intent::Test | Intent::Bench => CompileMode::Test,
            Intent::Doctest => CompileMode::Doctest,
            Intent::Doc { .. } => CompileMode::Doc,
        }
    }

    /// Returns what is done with a target that was asked for as a test or benchmark.
    fn test_mode(self) -> CompileMode {
        match self {
            Intent::Build | Intent::Run | Intent::Test | Intent::Bench => CompileMode::Test,
            Intent::Doctest => CompileMode::Doctest,
            Intent::Doc { .. } => CompileMode::Doc,
            Intent::Check { .. } => CompileMode::Check { test: true },
        }
    }

    /// Returns whether a target is wanted if no flag says which are.
    fn is_default(self, target: &Target) -> bool {
        match self {
            Intent::Test => target.tested || target.is_example(),
            Intent::Bench => target.benched,
            Intent::Build
            | Intent::Run
            | Intent::Check { .. }
            | Intent::Doctest
            | Intent::Doc { .. } => target.is_bin() || target.is_lib(),
        }
    }

    /// Returns whether everything below the targets asked for unwinds: otherwise a library would be
    /// compiled once for its tests and once for examples.
    pub(super) fn unwinds(self) -> bool {
        matches!(self, Intent::Test | Intent::Bench | Intent::Check { test: true })
    }
}

/// Returns whether a selection builds anything that development dependencies are for.
pub(super) fn dev_units(intent: Intent, targets: &TargetSelection) -> DevUnits {
    match targets {
        _ if intent.mode().is_any_test() => DevUnits::Yes,
        TargetSelection::Only(filter)
            if filter.examples.is_specific()
                || filter.tests.is_specific()
                || filter.benches.is_specific() =>
        {
            DevUnits::Yes
        }
        _ => DevUnits::No,
    }
}

/// Returns the units asked for, in cargo's order, and things to tell the user.
///
/// # Errors
///
/// [`UnitsError`] in cargo's words if a target does not exist or needs features that are off.
pub(super) fn roots(
    sources: &Sources<'_>,
    request: &RootRequest<'_>,
) -> Result<(Vec<Unit>, Vec<String>), UnitsError> {
    let mut warnings = Vec::new();
    let proposals = match request.targets {
        TargetSelection::Default => default_proposals(sources, request),
        TargetSelection::Only(filter) => {
            filtered_proposals(sources, request, filter, &mut warnings)?
        }
    };
    let mut units = BTreeSet::new();
    for proposal in proposals {
        if are_required_features_on(sources, &proposal, &mut warnings)? {
            units.extend(units_of(sources, &proposal, built_as(request, &proposal))?);
        }
    }
    if let (TargetSelection::Only(filter), true) = (request.targets, units.is_empty()) {
        warnings.push(nothing_matched(filter));
    }
    Ok((units.into_iter().collect(), warnings))
}

/// A program to be run is never skipped for want of features: which one is run would depend on them.
fn default_proposals<'a>(sources: &Sources<'a>, request: &RootRequest<'_>) -> Vec<Proposal<'a>> {
    let intent = request.intent;
    if intent.mode().is_doc() {
        return documented_proposals(sources, request.packages);
    }
    let mut found = Vec::new();
    for package in request.packages {
        let of_package = std::slice::from_ref(package);
        let wanted = |target: &Target| intent.is_default(target);
        found.extend(proposals(sources, of_package, wanted, intent.mode()));
        if intent == Intent::Test {
            let has_doctests = |target: &Target| target.is_lib() && target.doctested;
            found.extend(proposals(sources, of_package, has_doctests, CompileMode::Doctest));
        }
    }
    for proposal in &mut found {
        proposal.requires_features = intent == Intent::Run;
    }
    found
}

/// Returns what is done with a target. Examples that were not asked for are only built by a test, to
/// see that they compile.
fn built_as(request: &RootRequest<'_>, proposal: &Proposal<'_>) -> CompileMode {
    let is_only_built = proposal.mode == CompileMode::Test
        && *request.targets == TargetSelection::Default
        && proposal.target.is_example()
        && !proposal.target.tested;
    if is_only_built { CompileMode::Build } else { proposal.mode }
}

/// Returns what is documented without a target flag: not a binary whose pages would be in the place
/// of the library's.
fn documented_proposals<'a>(sources: &Sources<'a>, packages: &[PackageIndex]) -> Vec<Proposal<'a>> {
    let mut found = proposals(sources, packages, |target| target.documented, CompileMode::Doc);
    found.retain(|proposal| {
        let library = sources.graph.packages[proposal.package].library();
        let name = proposal.target.crate_name();
        !proposal.target.is_bin() || library.is_none_or(|library| library.crate_name() != name)
    });
    found
}

fn proposals<'a>(
    sources: &Sources<'a>,
    packages: &[PackageIndex],
    wanted: impl Fn(&Target) -> bool,
    mode: CompileMode,
) -> Vec<Proposal<'a>> {
    let graph = sources.graph;
    let of_package = |package: &PackageIndex| {
        let package = *package;
        graph.packages[package].targets.iter().map(move |target| (package, target))
    };
    packages
        .iter()
        .flat_map(of_package)
        .filter(|(_, target)| wanted(target))
        .map(|(package, target)| Proposal { package, target, requires_features: false, mode })
        .collect()
}

fn filtered_proposals<'a>(
    sources: &Sources<'a>,
    request: &RootRequest<'_>,
    filter: &TargetFilter,
    warnings: &mut Vec<String>,
) -> Result<Vec<Proposal<'a>>, UnitsError> {
    let packages = request.packages;
    let (mode, test_mode) = (request.intent.mode(), request.intent.test_mode());
    let mut found = Vec::new();
    if filter.lib != LibRule::False {
        let mut libs = proposals(sources, packages, Target::is_lib, mode);
        if mode == CompileMode::Doctest {
            libs.retain(|proposal| has_doctests(sources, proposal, warnings));
        }
        if libs.is_empty() && filter.lib == LibRule::True {
            let names: Vec<&str> =
                packages.iter().map(|id| sources.graph.packages[*id].name.as_str()).collect();
            return Err(UnitsError::Message(match names.as_slice() {
                [name] => format!("no library targets found in package `{name}`"),
                names => format!("no library targets found in packages: {}", names.join(", ")),
            }));
        }
        found.extend(libs);
    }
    let all_or = |rule: &FilterRule, all: fn(&Target) -> bool, named: fn(&Target) -> bool| {
        if *rule == FilterRule::All { all } else { named }
    };
    let tests = all_or(&filter.tests, |target| target.tested, Target::is_test);
    let benches = all_or(&filter.benches, |target| target.benched, Target::is_bench);
    let rules: [Rule<'_>; 4] = [
        (&filter.bins, "bin", Target::is_bin, mode),
        (&filter.examples, "example", Target::is_example, mode),
        (&filter.tests, "test", tests, test_mode),
        (&filter.benches, "bench", benches, test_mode),
    ];
    for (rule, what, wanted, mode) in rules {
        match rule {
            FilterRule::All => found.extend(proposals(sources, packages, wanted, mode)),
            FilterRule::Just(names) => {
                for name in names {
                    found.extend(named_targets(sources, request, name, what, wanted, mode)?);
                }
            }
        }
    }
    Ok(found)
}

/// Returns whether rustdoc can run the examples of a library.
fn has_doctests(
    sources: &Sources<'_>,
    proposal: &Proposal<'_>,
    warnings: &mut Vec<String>,
) -> bool {
    if proposal.target.is_doctestable() {
        return true;
    }
    let types = proposal.target.rustc_crate_types();
    let types: Vec<&str> = types.iter().map(CrateType::as_str).collect();
    warnings.push(format!(
        "doc tests are not supported for crate type(s) `{}` in package `{}`",
        types.join(", "),
        sources.graph.packages[proposal.package].name
    ));
    false
}

/// Finds the targets with a name or matching a pattern.
fn named_targets<'a>(
    sources: &Sources<'a>,
    request: &RootRequest<'_>,
    name: &str,
    what: &'static str,
    wanted: fn(&Target) -> bool,
    mode: CompileMode,
) -> Result<Vec<Proposal<'a>>, UnitsError> {
    let glob = if is_glob(name) { Some(parse_glob(name)?) } else { None };
    let fits = |target: &Target| {
        wanted(target)
            && match &glob {
                Some(glob) => glob.matches(&target.name),
                None => target.name == name,
            }
    };
    let mut found = proposals(sources, request.packages, fits, mode);
    if found.is_empty() {
        let named = if glob.is_some() { "matches pattern" } else { "named" };
        let message = no_such_target(sources, request, (name, named, what), wanted, fits);
        return Err(UnitsError::Message(message));
    }
    for proposal in &mut found {
        proposal.requires_features = true;
    }
    Ok(found)
}

fn no_such_target(
    sources: &Sources<'_>,
    request: &RootRequest<'_>,
    (name, named, what): (&str, &str, &str),
    wanted: fn(&Target) -> bool,
    fits: impl Fn(&Target) -> bool,
) -> String {
    let packages = &sources.graph.packages;
    let mut available = BTreeMap::<&str, Vec<&Package>>::new();
    for package in request.packages.iter().map(|id| &packages[*id]) {
        for target in package.targets.iter().filter(|target| wanted(target)) {
            available.entry(&target.name).or_default().push(package);
        }
    }
    let scope = match request.selection {
        PackageSelection::Packages(names) => match names.as_slice() {
            [] => String::new(),
            [one] => format!(" in `{one}` package"),
            [first, ..] => format!(" in `{first}`, ... packages"),
        },
        _ => " in default-run packages".to_owned(),
    };
    let similar = similar_name(name, available.keys().copied());
    let mut lines = vec![format!("no {what} target {named} `{name}`{scope}")];
    if let Some(similar) = similar {
        lines.push(format!("\nhelp: a target with a similar name exists: `{similar}`"));
    }
    let n_before = lines.len();
    for package in sources.graph.members.iter().map(|id| &packages[*id]) {
        let mut names: Vec<&str> =
            package.targets.iter().filter(|t| fits(t)).map(|t| t.name.as_str()).collect();
        names.sort_unstable();
        if !names.is_empty() {
            lines.push(format!("help: available {what} in `{}` package:", package.name));
            lines.extend(names.iter().map(|name| format!("    {name}")));
        }
    }
    if lines.len() == n_before && similar.is_none() && !available.is_empty() {
        lines.push(format!("help: available {what} targets:"));
        for (name, owners) in available {
            match owners.as_slice() {
                [_] => lines.push(format!("    {name}")),
                several => lines.extend(
                    several.iter().map(|owner| format!("    {name} in package {}", owner.name)),
                ),
            }
        }
    }
    lines.join("\n")
}

/// Makes the units of a target: one for each kind asked for.
fn units_of(
    sources: &Sources<'_>,
    proposal: &Proposal<'_>,
    mode: CompileMode,
) -> Result<Vec<Unit>, UnitsError> {
    let workspace = sources.workspace;
    let target = proposal.target;
    let mut units = Vec::new();
    for requested in &workspace.requested_kinds {
        let kind = explicit_kind(requested, &workspace.toolchain.host);
        let unit_for = if proposal.mode.is_any_test() {
            UnitFor::test(kind.clone())
        } else if target.for_host() {
            UnitFor::proc_macro_root(kind.clone())
        } else {
            UnitFor::normal(kind.clone())
        };
        let profile = sources.profiles.for_unit(
            &sources.graph.packages[proposal.package],
            unit_for.is_for_host(),
            unit_for.panic(),
            &kind,
        );
        // Roots have the features of the target side; only procedural macros have the host's.
        let side_of =
            if target.is_proc_macro() { UnitFor::below_proc_macro(kind.clone()) } else { unit_for };
        units.push(sources.unit_with_profile(
            proposal.package,
            target,
            &side_of,
            kind.for_target(target),
            mode,
            profile,
        )?);
    }
    Ok(units)
}

/// Without `--target`, everything is planned as if the host's triple had been asked for; equal
/// units of host and target are merged afterwards (`share.rs`).
pub(super) fn explicit_kind(kind: &CompileKind, host: &Triple) -> CompileKind {
    match kind {
        CompileKind::Host => CompileKind::Target(host.clone()),
        CompileKind::Target(_) => kind.clone(),
    }
}

fn nothing_matched(filter: &TargetFilter) -> String {
    if filter.all_targets {
        return "target filter `all-targets` specified, but no targets matched; this is a no-op"
            .to_owned();
    }
    let rules = [
        (&filter.bins, "`bins`"),
        (&filter.tests, "`tests`"),
        (&filter.examples, "`examples`"),
        (&filter.benches, "`benches`"),
    ];
    let names: Vec<&str> =
        rules.iter().filter(|(rule, _)| **rule == FilterRule::All).map(|(_, name)| *name).collect();
    let plural = if names.len() > 1 { "s" } else { "" };
    format!(
        "target filter{plural} {} specified, but no targets matched; this is a no-op",
        names.join(", ")
    )
}

/// Checks that the crate root of every unit asked for is a file.
///
/// # Errors
///
/// [`UnitsError::MissingSources`] with all that are not, in cargo's words.
pub(super) fn check_sources(sources: &Sources<'_>, roots: &[Unit]) -> Result<(), UnitsError> {
    let mut errors = Vec::new();
    for unit in roots {
        let target = &unit.target;
        let manifest = &sources.graph.packages[unit.package].manifest_path;
        let what = match &target.kind {
            TargetKind::Lib(_) => "lib",
            TargetKind::Bin => "bin",
            TargetKind::Test => "integration-test",
            TargetKind::Bench => "bench",
            TargetKind::ExampleLib(_) | TargetKind::ExampleBin => "example",
            TargetKind::CustomBuild => "build-script",
        };
        let (name, path) = (&target.name, &target.src_path);
        if !path.exists() {
            errors.push(format!("can't find {what} `{name}` at path `{path}`\n --> {manifest}"));
        } else if path.is_dir() {
            errors.push(format!(
                "path `{path}` for {what} `{name}` is a directory, but a source file was expected.\
                 \n --> {manifest}{}",
                entry_point(target)
            ));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(UnitsError::MissingSources(errors)) }
}

/// Says which file in the directory that stands for a crate root may have been meant.
fn entry_point(target: &Target) -> String {
    let name = match &target.kind {
        TargetKind::Lib(_) | TargetKind::ExampleLib(_) => "lib.rs",
        TargetKind::CustomBuild => return String::new(),
        _ => "main.rs",
    };
    let path = target.src_path.join(name);
    if !path.exists() {
        return String::new();
    }
    format!("\n  = help: an entry point exists at `{path}`")
}
