//! Which packages a request is about, and with which features of the command line. Knows no
//! targets and no units.
//!
//! The rules are cargo's: `ops/cargo_compile/packages.rs` and `Workspace::members_with_features`.

use std::collections::BTreeSet;

use cargo_util_schemas::core::PackageIdSpec;

use crate::ids::PackageIndex;
use crate::packages::{FeatureValue, Package, PackageGraph, matches_spec, similar_name};
use crate::request::{BuildRequest, CliFeatures, PackageSelection};
use crate::workspace::{Resolver, Workspace};

/// What a request selects.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Which packages' targets are built.
    specs: Specs,
    /// Members where feature resolution starts, with the features asked of them. More than
    /// `packages` where cargo counts the package in the current directory too, or where only
    /// packages outside of the workspace are selected.
    pub members: Vec<MemberFeatures>,
    /// Things to tell the user.
    pub warnings: Vec<String>,
}

/// Features that the command line asks of one member.
#[derive(Clone, Debug)]
pub struct MemberFeatures {
    /// The member.
    pub package: PackageIndex,
    /// Features by name.
    pub features: BTreeSet<FeatureValue>,
    /// All of them.
    pub all_features: bool,
    /// Whether `default` is on.
    pub default_features: bool,
}

/// The request selects something that does not exist.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A message in cargo's words.
    #[error("{0}")]
    Message(String),
    /// A `-p` value is neither a package id specification nor a glob.
    #[error("{0}")]
    Spec(String),
}

/// Selects packages and the features of members.
///
/// # Errors
///
/// [`SelectError`] if a name matches nothing or is ambiguous, or if a feature does not exist.
pub fn select(
    request: &BuildRequest,
    workspace: &Workspace,
    graph: &PackageGraph,
) -> Result<Selection, SelectError> {
    let mut warnings = Vec::new();
    let specs = Specs::new(request, workspace, graph, &mut warnings)?;
    let features = parse_features(&request.features)?;
    let new_behavior = workspace.is_virtual || workspace.resolver == Resolver::V2;
    let members = if new_behavior {
        members_new(&specs, &features, &request.features, graph)?
    } else {
        members_old(&specs, &features, &request.features, workspace, graph)
    };
    for member in &members {
        check_features(member, &graph.packages[member.package])?;
    }
    Ok(Selection { specs, members, warnings })
}

impl Selection {
    /// Returns the packages whose targets are built, in the order of the graph. `is_resolved` says
    /// which packages take part in the build at all: names are looked up among them.
    ///
    /// # Errors
    ///
    /// [`SelectError`] if a name matches none of them, or several.
    pub fn packages(
        &self,
        graph: &PackageGraph,
        is_resolved: &dyn Fn(PackageIndex) -> bool,
    ) -> Result<Vec<PackageIndex>, SelectError> {
        let mut found = self.specs.members.clone();
        for spec in &self.specs.specs {
            found.insert(query(spec, graph, is_resolved)?);
        }
        Ok(found.into_iter().collect())
    }
}

/// What the package flags came to: members by index, and specifications that may also name
/// packages outside of the workspace.
#[derive(Clone, Debug)]
struct Specs {
    members: BTreeSet<PackageIndex>,
    specs: Vec<PackageIdSpec>,
}

impl Specs {
    fn new(
        request: &BuildRequest,
        workspace: &Workspace,
        graph: &PackageGraph,
        warnings: &mut Vec<String>,
    ) -> Result<Self, SelectError> {
        let found = match &request.packages {
            PackageSelection::Default => Specs::members(graph.default_members.iter().copied()),
            PackageSelection::All(names) => {
                let patterns = Patterns::parse(names)?;
                patterns.check_all_match(graph, "")?;
                Specs::members(graph.members.iter().copied())
            }
            PackageSelection::OptOut(names) => {
                let patterns = Patterns::parse(names)?;
                if let Err(SelectError::Message(warning)) =
                    patterns.check_all_match(graph, "excluded ")
                {
                    warnings.push(warning);
                }
                let kept = |id: &PackageIndex| !patterns.match_any(&graph.packages[*id]);
                Specs::members(graph.members.iter().copied().filter(kept))
            }
            PackageSelection::Packages(names) => {
                let patterns = Patterns::parse(names)?;
                patterns.check_globs_match(graph, "")?;
                let globbed = |id: &PackageIndex| patterns.glob_matches(&graph.packages[*id]);
                let mut specs = Specs::members(graph.members.iter().copied().filter(globbed));
                specs.specs = patterns.specs;
                specs
            }
        };
        if found.members.is_empty() && found.specs.is_empty() {
            return Err(SelectError::Message(nothing_selected(workspace)));
        }
        Ok(found)
    }

    fn members(members: impl Iterator<Item = PackageIndex>) -> Self {
        Specs { members: members.collect(), specs: Vec::new() }
    }

    fn selects(&self, id: PackageIndex, package: &Package) -> bool {
        self.members.contains(&id) || self.specs.iter().any(|spec| matches_spec(spec, package))
    }
}

fn nothing_selected(workspace: &Workspace) -> String {
    if workspace.is_virtual {
        format!(
            "manifest path `{}` contains no package: The manifest is virtual, \
             and the workspace has no members.",
            workspace.root
        )
    } else {
        "no packages to compile".to_owned()
    }
}

/// Finds the one package that a specification means.
fn query(
    spec: &PackageIdSpec,
    graph: &PackageGraph,
    is_resolved: &dyn Fn(PackageIndex) -> bool,
) -> Result<PackageIndex, SelectError> {
    let resolved: Vec<(PackageIndex, &Package)> =
        graph.packages.iter().filter(|(id, _)| is_resolved(*id)).collect();
    let matching: Vec<(PackageIndex, &Package)> =
        resolved.iter().filter(|(_, package)| matches_spec(spec, package)).copied().collect();
    match matching.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(SelectError::Message(format!(
            "package ID specification `{spec}` did not match any packages{}",
            suggestion(spec, &resolved)
        ))),
        several => {
            let choices: Vec<String> = several
                .iter()
                .map(|(_, package)| format!("  {}", shortest_spec(package, several)))
                .collect();
            Err(SelectError::Message(format!(
                "specification `{spec}` is ambiguous\n\
                 help: re-run this command with one of the following specifications\n{}",
                choices.join("\n")
            )))
        }
    }
}

/// Returns `name@version`, or the full id where that would still be ambiguous.
fn shortest_spec(package: &Package, among: &[(PackageIndex, &Package)]) -> String {
    let same_version = among.iter().filter(|(_, other)| other.version == package.version).count();
    if same_version == 1 {
        format!("{}@{}", package.name, package.version)
    } else {
        package.id.clone()
    }
}

fn suggestion(spec: &PackageIdSpec, resolved: &[(PackageIndex, &Package)]) -> String {
    let same_name: Vec<(PackageIndex, &Package)> =
        resolved.iter().filter(|(_, package)| package.name == spec.name()).copied().collect();
    if !same_name.is_empty() {
        let choices: Vec<String> = same_name
            .iter()
            .map(|(_, package)| format!("  {}", shortest_spec(package, &same_name)))
            .collect();
        return format!(
            "\nhelp: there are similar package ID specifications:\n\n{}",
            choices.join("\n")
        );
    }
    let names = resolved.iter().map(|(_, package)| package.name.as_str());
    match similar_name(spec.name(), names) {
        Some(name) => format!("\n\nhelp: a package with a similar name exists: `{name}`"),
        None => String::new(),
    }
}

/// `-p` and `--exclude` values.
struct Patterns {
    specs: Vec<PackageIdSpec>,
    globs: Vec<glob::Pattern>,
}

impl Patterns {
    fn parse(values: &[String]) -> Result<Self, SelectError> {
        let mut patterns = Patterns { specs: Vec::new(), globs: Vec::new() };
        for value in values {
            match PackageIdSpec::parse(value) {
                Ok(spec) => patterns.specs.push(spec),
                Err(_) if is_glob(value) => patterns.globs.push(parse_glob(value)?),
                Err(error) => return Err(SelectError::Spec(error.to_string())),
            }
        }
        Ok(patterns)
    }

    fn glob_matches(&self, package: &Package) -> bool {
        self.globs.iter().any(|glob| glob.matches(&package.name))
    }

    fn match_any(&self, package: &Package) -> bool {
        self.specs.iter().any(|spec| matches_spec(spec, package)) || self.glob_matches(package)
    }

    fn check_all_match(&self, graph: &PackageGraph, what: &str) -> Result<(), SelectError> {
        let missing: BTreeSet<String> = self
            .specs
            .iter()
            .filter(|spec| !members(graph).any(|package| matches_spec(spec, package)))
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            return Err(not_found(what, "package(s)", missing.into_iter().collect(), graph));
        }
        self.check_globs_match(graph, what)
    }

    fn check_globs_match(&self, graph: &PackageGraph, what: &str) -> Result<(), SelectError> {
        let missing: Vec<String> = self
            .globs
            .iter()
            .filter(|glob| !members(graph).any(|package| glob.matches(&package.name)))
            .map(ToString::to_string)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(not_found(what, "package pattern(s)", missing, graph))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the names are of no further use")]
fn not_found(what: &str, kind: &str, names: Vec<String>, graph: &PackageGraph) -> SelectError {
    SelectError::Message(format!(
        "{what}{kind} `{}` not found in workspace `{}`",
        names.join(", "),
        graph.workspace_root
    ))
}

fn members(graph: &PackageGraph) -> impl Iterator<Item = &Package> {
    graph.members.iter().map(|id| &graph.packages[*id])
}

/// Returns whether a name is meant as a pattern.
pub(crate) fn is_glob(name: &str) -> bool {
    name.contains(['*', '?', '[', ']'])
}

/// Parses a pattern.
pub(crate) fn parse_glob(pattern: &str) -> Result<glob::Pattern, SelectError> {
    glob::Pattern::new(pattern).map_err(|error| {
        SelectError::Message(format!(
            "cannot build glob pattern from `{pattern}`\n\nCaused by:\n  {error}"
        ))
    })
}

/// Splits `--features` values and refuses what the command line may not say.
fn parse_features(features: &CliFeatures) -> Result<BTreeSet<FeatureValue>, SelectError> {
    let names = features.features.iter().flat_map(|value| value.split([',', ' ', '\t', '\n']));
    let mut parsed = BTreeSet::new();
    for name in names.filter(|name| !name.is_empty()) {
        let value = FeatureValue::parse(name);
        match &value {
            FeatureValue::Dep(_) => {
                return Err(SelectError::Message(format!(
                    "feature `{value}` is not allowed to use explicit `dep:` syntax"
                )));
            }
            FeatureValue::DepFeature { feature, .. } if feature.contains('/') => {
                return Err(SelectError::Message(format!(
                    "multiple slashes in feature `{value}` is not allowed"
                )));
            }
            _ => {}
        }
        parsed.insert(value);
    }
    Ok(parsed)
}

/// Resolver 2 and virtual workspaces: features apply to every selected member that has them.
fn members_new(
    specs: &Specs,
    features: &BTreeSet<FeatureValue>,
    cli: &CliFeatures,
    graph: &PackageGraph,
) -> Result<Vec<MemberFeatures>, SelectError> {
    let mut found = BTreeSet::new();
    let selected: Vec<MemberFeatures> = graph
        .members
        .iter()
        .filter(|id| specs.selects(**id, &graph.packages[**id]))
        .map(|id| MemberFeatures {
            package: *id,
            features: matching_features(&graph.packages[*id], features, &mut found),
            all_features: cli.all_features,
            default_features: !cli.no_default_features,
        })
        .collect();
    if selected.is_empty() {
        if *cli != CliFeatures::default() {
            return Err(SelectError::Message(
                "cannot specify features for packages outside of workspace".to_owned(),
            ));
        }
        return Ok(graph.members.iter().map(|id| MemberFeatures::defaults(*id)).collect());
    }
    if found != *features {
        let names: Vec<PackageIndex> = selected.iter().map(|member| member.package).collect();
        return Err(unknown_features(&names, features, &found, graph));
    }
    Ok(selected)
}

impl MemberFeatures {
    fn defaults(package: PackageIndex) -> Self {
        MemberFeatures {
            package,
            features: BTreeSet::new(),
            all_features: false,
            default_features: true,
        }
    }
}

/// Returns those of the features that a member has, and adds them to `found`.
fn matching_features(
    member: &Package,
    features: &BTreeSet<FeatureValue>,
    found: &mut BTreeSet<FeatureValue>,
) -> BTreeSet<FeatureValue> {
    let mut matching = BTreeSet::new();
    for value in features {
        let own = match value {
            FeatureValue::Feature(name) if has_feature(member, name) => value.clone(),
            FeatureValue::DepFeature { dep, .. }
                if member.dependencies.iter().any(|declared| declared.name_in_toml == *dep) =>
            {
                value.clone()
            }
            FeatureValue::DepFeature { dep, feature, .. }
                if *dep == member.name && has_feature(member, feature) =>
            {
                FeatureValue::Feature(feature.clone())
            }
            _ => continue,
        };
        matching.insert(own);
        found.insert(value.clone());
    }
    matching
}

fn has_feature(member: &Package, name: &str) -> bool {
    member.features.contains_key(name)
        || member.dependencies.iter().any(|dep| dep.optional && dep.name_in_toml == name)
}

/// Resolver 1 in a workspace with a root package: features apply to the package in the current
/// directory, which takes part even if it is not selected.
fn members_old(
    specs: &Specs,
    features: &BTreeSet<FeatureValue>,
    cli: &CliFeatures,
    workspace: &Workspace,
    graph: &PackageGraph,
) -> Vec<MemberFeatures> {
    let is_current =
        |id: PackageIndex| graph.packages[id].manifest_path == workspace.current_manifest;
    let for_member = |value: &FeatureValue, id: PackageIndex| match value {
        FeatureValue::DepFeature { dep, feature, .. }
            if graph.packages[id].name == *dep && specs.selects(id, &graph.packages[id]) =>
        {
            Some(FeatureValue::Feature(feature.clone()))
        }
        _ => None,
    };
    let mut members = Vec::new();
    for &id in &graph.members {
        if is_current(id) {
            let elsewhere = |value: &&FeatureValue| {
                let mut others = graph.members.iter().filter(|other| !is_current(**other));
                !others.any(|other| for_member(value, *other).is_some())
            };
            members.push(MemberFeatures {
                package: id,
                features: features.iter().filter(elsewhere).cloned().collect(),
                all_features: cli.all_features,
                default_features: !cli.no_default_features,
            });
        } else if specs.selects(id, &graph.packages[id]) {
            members.push(MemberFeatures {
                features: features.iter().filter_map(|value| for_member(value, id)).collect(),
                all_features: cli.all_features,
                ..MemberFeatures::defaults(id)
            });
        }
    }
    members
}

/// Refuses features of a member that cargo's dependency resolver would not find. Source: cargo's
/// `core/resolver/dep_cache.rs`.
fn check_features(member: &MemberFeatures, package: &Package) -> Result<(), SelectError> {
    for value in &member.features {
        let declared = |name: &str| {
            package.dependencies.iter().filter(|dep| dep.name_in_toml == name).collect::<Vec<_>>()
        };
        let shown = package.description();
        let message = match value {
            FeatureValue::Feature(name) if !package.features.contains_key(name) => {
                let dependencies = declared(name);
                if dependencies.is_empty() {
                    let names = package.features.keys().map(String::as_str);
                    let help = similar_name(name, names).map_or_else(String::new, |similar| {
                        format!("\n\nhelp: a feature with a similar name exists: `{similar}`")
                    });
                    format!("package `{shown}` does not have the feature `{name}`{help}")
                } else if dependencies.iter().any(|dependency| dependency.optional) {
                    hidden_feature(&shown, name, package)
                } else {
                    format!(
                        "package `{shown}` does not have feature `{name}`\n\n\
                         help: a dependency with that name exists but it is required dependency \
                         and only optional dependencies can be used as features."
                    )
                }
            }
            FeatureValue::DepFeature { dep, .. } if declared(dep).is_empty() => {
                format!("package `{shown}` does not have a dependency named `{dep}`")
            }
            _ => continue,
        };
        return Err(SelectError::Message(message));
    }
    Ok(())
}

/// The error for an optional dependency that has no feature of its name, with the features that
/// switch it on.
fn hidden_feature(shown: &str, name: &str, package: &Package) -> String {
    let switches_on = |values: &Vec<FeatureValue>| {
        values.iter().any(|value| match value {
            FeatureValue::Dep(dep) | FeatureValue::DepFeature { dep, weak: false, .. } => {
                dep == name
            }
            _ => false,
        })
    };
    let mut features: Vec<&str> = package
        .features
        .iter()
        .filter(|(_, values)| switches_on(values))
        .map(|(feature, _)| feature.as_str())
        .collect();
    features.sort_unstable();
    let mut lines = vec![format!(
        "package `{shown}` does not have feature `{name}`\n\n\
         help: an optional dependency with that name exists, but the `features` table includes it \
         with the \"dep:\" syntax so it does not have an implicit feature with that name"
    )];
    if !features.is_empty() {
        lines.push(format!("Dependency `{name}` would be enabled by these features:"));
        lines.extend(features.iter().take(3).map(|feature| format!("\t- `{feature}`")));
    }
    if features.len() > 3 {
        lines.push("\t  ...".to_owned());
    }
    lines.join("\n")
}

/// The error for features that no selected member has, with what the user may have meant.
fn unknown_features(
    selected: &[PackageIndex],
    features: &BTreeSet<FeatureValue>,
    found: &BTreeSet<FeatureValue>,
    graph: &PackageGraph,
) -> SelectError {
    let mut unknown: Vec<String> = features.difference(found).map(ToString::to_string).collect();
    unknown.sort();
    let these = if unknown.len() == 1 { "this feature" } else { "these features" };
    let names: Vec<&str> = selected.iter().map(|id| graph.packages[*id].name.as_str()).collect();
    let message = match names.as_slice() {
        [name] => {
            format!("the package '{name}' does not contain {these}: {}", unknown.join(", "))
        }
        _ => format!(
            "none of the selected packages contains {these}: {}\nselected packages: {}",
            unknown.join(", "),
            names.join(", ")
        ),
    };
    let elsewhere: Vec<&str> = graph
        .members
        .iter()
        .filter(|id| !selected.contains(id))
        .map(|id| &graph.packages[*id])
        .filter(|package| unknown.iter().any(|name| package.features.contains_key(name)))
        .map(|package| package.name.as_str())
        .collect();
    let help = if elsewhere.is_empty() {
        similar_features(selected, &unknown, graph)
    } else {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        format!(
            "\nhelp: package{} with the missing feature{}: {}",
            plural(elsewhere.len()),
            plural(unknown.len()),
            elsewhere.join(", ")
        )
    };
    SelectError::Message(message + &help)
}

fn similar_features(selected: &[PackageIndex], unknown: &[String], graph: &PackageGraph) -> String {
    let mut similar: BTreeSet<&str> = BTreeSet::new();
    for id in selected {
        for name in unknown {
            let close = |known: &&str| strsim::osa_distance(known, name) <= 3;
            similar.extend(graph.packages[*id].features.keys().map(String::as_str).filter(close));
        }
    }
    let shown: Vec<&str> = similar.into_iter().take(5).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => format!("\nhelp: there is a similarly named feature: {one}"),
        several => format!("\nhelp: there are similarly named features: {}", several.join(", ")),
    }
}
