//! Which features of the command line apply to which members. Knows no specifications.
//!
//! The rules are cargo's `Workspace::members_with_features`.

use std::collections::BTreeSet;

use crate::ids::PackageIndex;
use crate::packages::{FeatureValue, Package, PackageGraph, SelectError, is_similar, similar_name};
use crate::request::CliFeatures;
use crate::workspace::Workspace;

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

/// Splits `--features` values and refuses what the command line may not say.
pub(super) fn parse_features(
    features: &CliFeatures,
) -> Result<BTreeSet<FeatureValue>, SelectError> {
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
pub(super) fn members_new(
    is_selected: &dyn Fn(PackageIndex) -> bool,
    features: &BTreeSet<FeatureValue>,
    cli: &CliFeatures,
    graph: &PackageGraph,
) -> Result<Vec<MemberFeatures>, SelectError> {
    let mut found = BTreeSet::new();
    let selected: Vec<MemberFeatures> = graph
        .members
        .iter()
        .filter(|id| is_selected(**id))
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
pub(super) fn members_old(
    is_selected: &dyn Fn(PackageIndex) -> bool,
    features: &BTreeSet<FeatureValue>,
    cli: &CliFeatures,
    workspace: &Workspace,
    graph: &PackageGraph,
) -> Vec<MemberFeatures> {
    let is_current =
        |id: PackageIndex| graph.packages[id].manifest_path == workspace.current_manifest;
    let for_member = |value: &FeatureValue, id: PackageIndex| match value {
        FeatureValue::DepFeature { dep, feature, .. }
            if graph.packages[id].name == *dep && is_selected(id) =>
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
        } else if is_selected(id) {
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
pub(super) fn check_features(
    member: &MemberFeatures,
    package: &Package,
) -> Result<(), SelectError> {
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
    let values: Vec<&FeatureValue> = features.difference(found).collect();
    let mut unknown: Vec<String> = values.iter().map(ToString::to_string).collect();
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
        similar_features(selected, &values, graph)
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

fn similar_features(
    selected: &[PackageIndex],
    unknown: &[&FeatureValue],
    graph: &PackageGraph,
) -> String {
    let selected = || selected.iter().map(|id| &graph.packages[*id]);
    let mut similar: BTreeSet<String> = BTreeSet::new();
    for value in unknown {
        match value {
            FeatureValue::Feature(name) => {
                let names = selected().flat_map(|package| package.features.keys());
                similar.extend(names.filter(|known| is_similar(name, known)).cloned());
            }
            FeatureValue::DepFeature { dep, feature, .. } => {
                let owners = selected().filter(|package| is_similar(dep, &package.name));
                let of_members = owners.flat_map(|package| {
                    package.features.keys().map(|name| (package.name.as_str(), name))
                });
                let declared = selected().flat_map(|package| &package.dependencies);
                let declared = declared.filter(|it| is_similar(dep, &it.name_in_toml));
                let of_dependencies = declared
                    .flat_map(|it| it.features.iter().map(|name| (it.name_in_toml.as_str(), name)));
                let known = of_members.chain(of_dependencies);
                let known = known.filter(|(_, name)| is_similar(feature, name));
                similar.extend(known.map(|(owner, name)| format!("{owner}/{name}")));
            }
            FeatureValue::Dep(_) => {}
        }
    }
    let shown: Vec<String> = similar.into_iter().take(5).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => format!("\nhelp: there is a similarly named feature: {one}"),
        several => format!("\nhelp: there are similarly named features: {}", several.join(", ")),
    }
}
