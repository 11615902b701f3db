//! Builds the [`PackageGraph`] from what `cargo metadata` printed. Knows nothing of selections.
//!
//! `cargo metadata` gives declared dependencies and resolved packages apart; the one thing to work
//! out here is which declaration led to which package. A declaration belongs to a resolved package
//! if name, table, platform, version requirement and source agree; where one package is depended
//! on twice under different names, the name of the extern crate decides.

use std::collections::{BTreeMap, HashMap};

use cargo_metadata::{DepKindInfo, NodeDep, PackageId};
use cargo_platform::Platform;

use crate::ids::{DenseId, DenseMap, PackageIndex};
use crate::packages::graph::{
    CrateType, Dependency, DependencyKind, FeatureValue, Package, PackageFacts, PackageGraph,
    ResolvedDependency, Target, TargetKind,
};
use crate::workspace::{ManifestExtras, Resolver, TargetExtras, Unsupported, Workspace};

/// Builds the graph.
///
/// # Errors
///
/// [`Unsupported`] if `cargo metadata` left out something that cargo would look at: it drops
/// dependencies on packages without a library.
pub fn build(workspace: &Workspace) -> Result<PackageGraph, Unsupported> {
    let metadata = &workspace.metadata;
    let resolve = metadata
        .resolve
        .as_ref()
        .ok_or_else(|| Unsupported("`cargo metadata` gave no dependency graph".to_owned()))?;
    let mut sorted: Vec<&cargo_metadata::Package> = metadata.packages.iter().collect();
    sorted.sort_by_cached_key(|package| {
        let (kind, url) = source_key(package);
        (package.name.to_string(), package.version.clone(), kind, url)
    });
    let index_of: HashMap<&PackageId, PackageIndex> = sorted
        .iter()
        .enumerate()
        .map(|(index, package)| (&package.id, PackageIndex::from_index(index)))
        .collect();
    let nodes: HashMap<&PackageId, &[NodeDep]> =
        resolve.nodes.iter().map(|node| (&node.id, node.deps.as_slice())).collect();
    let no_extras = ManifestExtras::default();
    let mut packages = DenseMap::new();
    for package in &sorted {
        let extras = workspace.manifests.get(&package.manifest_path).unwrap_or(&no_extras);
        let is_member = metadata.workspace_members.contains(&package.id);
        let mut built = convert(package, extras, is_member);
        if let Some(text) = workspace.rust_versions.get(&package.id.repr) {
            built.facts.rust_version_text.clone_from(text);
        }
        let deps = nodes.get(&package.id).copied().unwrap_or_default();
        built.resolved = resolved(package, deps, &index_of, &sorted);
        check_complete(&built, workspace)?;
        packages.push(built);
    }
    let indices =
        |ids: &[PackageId]| ids.iter().filter_map(|id| index_of.get(id).copied()).collect();
    Ok(PackageGraph {
        members: indices(&metadata.workspace_members),
        default_members: indices(&metadata.workspace_default_members),
        workspace_root: workspace.root.clone(),
        packages,
    })
}

/// Where a source stands in cargo's order of sources: paths, registries, git.
fn source_key(package: &cargo_metadata::Package) -> (u8, String) {
    match package.source.as_ref().map(|source| source.repr.as_str()) {
        None => (0, package.manifest_path.to_string()),
        Some(source) => {
            let rank = match source.split_once('+').map(|(kind, _)| kind) {
                Some("registry") => 1,
                Some("sparse") => 2,
                Some("local-registry") => 3,
                Some("directory") => 4,
                _ => 5,
            };
            (rank, source.to_owned())
        }
    }
}

fn convert(package: &cargo_metadata::Package, extras: &ManifestExtras, is_member: bool) -> Package {
    Package {
        id: package.id.repr.clone(),
        name: package.name.to_string(),
        version: package.version.clone(),
        source: package.source.as_ref().map(|source| source.repr.clone()),
        manifest_path: package.manifest_path.clone(),
        is_member,
        targets: package.targets.iter().map(|target| convert_target(target, extras)).collect(),
        features: package
            .features
            .iter()
            .map(|(name, values)| {
                (name.clone(), values.iter().map(|value| FeatureValue::parse(value)).collect())
            })
            .collect::<BTreeMap<_, _>>(),
        dependencies: package.dependencies.iter().map(convert_dependency).collect(),
        resolved: Vec::new(),
        links: package.links.clone(),
        lint_flags: extras.lint_flags.clone(),
        inputs: extras.inputs.clone(),
        facts: facts(package),
    }
}

fn facts(package: &cargo_metadata::Package) -> PackageFacts {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let path = |value: &Option<camino::Utf8PathBuf>| {
        value.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    PackageFacts {
        authors: package.authors.clone(),
        description: text(&package.description),
        homepage: text(&package.homepage),
        repository: text(&package.repository),
        license: text(&package.license),
        license_file: path(&package.license_file),
        readme: path(&package.readme),
        rust_version: package.rust_version.clone(),
        rust_version_text: String::new(),
        default_run: package.default_run.clone(),
    }
}

fn convert_target(target: &cargo_metadata::Target, extras: &ManifestExtras) -> Target {
    let crate_types: Vec<CrateType> =
        target.crate_types.iter().map(|kind| CrateType::parse(&kind.to_string())).collect();
    let kind_name = target.kind.first().map(ToString::to_string).unwrap_or_default();
    let (kind, table, benched) = match kind_name.as_str() {
        "bin" => (TargetKind::Bin, "bin", true),
        "test" => (TargetKind::Test, "test", false),
        "bench" => (TargetKind::Bench, "bench", true),
        "custom-build" => (TargetKind::CustomBuild, "", false),
        "example" if crate_types == [CrateType::Bin] => (TargetKind::ExampleBin, "example", false),
        "example" => (TargetKind::ExampleLib(crate_types), "example", false),
        _ => (TargetKind::Lib(crate_types), "lib", true),
    };
    let is_this = |extra: &&TargetExtras| {
        extra.kind == table && (table == "lib" || extra.name == target.name)
    };
    let extra = extras.targets.iter().find(is_this);
    Target {
        kind,
        name: target.name.clone(),
        src_path: target.src_path.clone(),
        required_features: (!target.required_features.is_empty())
            .then(|| target.required_features.clone()),
        tested: target.test,
        benched: extra.and_then(|extra| extra.bench).unwrap_or(benched),
        documented: target.doc,
        doctested: target.doctest,
        harness: extra.and_then(|extra| extra.harness).unwrap_or(true),
        proc_macro: extra.and_then(|extra| extra.proc_macro).unwrap_or(false),
        edition: target.edition.to_string(),
    }
}

fn convert_dependency(dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        package: dependency.name.clone(),
        name_in_toml: dependency.rename.clone().unwrap_or_else(|| dependency.name.clone()),
        renamed: dependency.rename.is_some(),
        kind: convert_kind(dependency.kind),
        optional: dependency.optional,
        default_features: dependency.uses_default_features,
        features: dependency.features.clone(),
        platform: dependency.target.clone(),
    }
}

fn convert_kind(kind: cargo_metadata::DependencyKind) -> DependencyKind {
    match kind {
        cargo_metadata::DependencyKind::Development => DependencyKind::Development,
        cargo_metadata::DependencyKind::Build => DependencyKind::Build,
        _ => DependencyKind::Normal,
    }
}

/// Attaches each declaration to the package it was resolved to.
fn resolved(
    package: &cargo_metadata::Package,
    nodes: &[NodeDep],
    index_of: &HashMap<&PackageId, PackageIndex>,
    sorted: &[&cargo_metadata::Package],
) -> Vec<ResolvedDependency> {
    let mut by_package = BTreeMap::<PackageIndex, Vec<usize>>::new();
    for (declaration, dependency) in package.dependencies.iter().enumerate() {
        let candidates: Vec<(&NodeDep, PackageIndex)> = nodes
            .iter()
            .filter_map(|node| index_of.get(&node.pkg).map(|index| (node, *index)))
            .filter(|(node, index)| leads_to(dependency, node, sorted[index.index()]))
            .collect();
        let named = |node: &NodeDep| {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            node.name == name.replace('-', "_")
        };
        let best = candidates
            .iter()
            .find(|(node, _)| named(node))
            .or_else(|| candidates.iter().max_by_key(|(_, index)| *index));
        if let Some((_, index)) = best {
            by_package.entry(*index).or_default().push(declaration);
        }
    }
    by_package
        .into_iter()
        .map(|(package, declarations)| ResolvedDependency { package, declarations })
        .collect()
}

/// Returns whether a declaration can have led to a resolved package.
fn leads_to(
    dependency: &cargo_metadata::Dependency,
    node: &NodeDep,
    package: &cargo_metadata::Package,
) -> bool {
    let same_table = |info: &DepKindInfo| {
        info.kind == dependency.kind
            && platform_text(info.target.as_ref()) == platform_text(dependency.target.as_ref())
    };
    *package.name == dependency.name
        && node.dep_kinds.iter().any(same_table)
        && requirement_holds(dependency, package)
        && same_source(dependency, package)
}

fn platform_text(platform: Option<&Platform>) -> Option<String> {
    platform.map(ToString::to_string)
}

/// Returns whether the version fits. Cargo lets a patched or path package of a pre-release version
/// satisfy a plain requirement only if it matches as semver has it, so nothing is special here.
fn requirement_holds(
    dependency: &cargo_metadata::Dependency,
    package: &cargo_metadata::Package,
) -> bool {
    dependency.req.matches(&package.version)
        || dependency.req == semver::VersionReq::STAR
        || dependency.path.is_some()
}

/// Returns whether the package can come from where the declaration asks for it. A package from a
/// patch can come from anywhere, so only two path packages are told apart.
fn same_source(dependency: &cargo_metadata::Dependency, package: &cargo_metadata::Package) -> bool {
    match (&dependency.path, &package.source) {
        (Some(path), None) => package.manifest_path.parent() == Some(path.as_path()),
        _ => true,
    }
}

/// Refuses a graph in which a declaration that cargo's feature resolver would follow is missing.
fn check_complete(package: &Package, workspace: &Workspace) -> Result<(), Unsupported> {
    for (index, dependency) in package.dependencies.iter().enumerate() {
        let counts = match dependency.kind {
            DependencyKind::Development => package.is_member,
            DependencyKind::Normal | DependencyKind::Build => true,
        };
        let found = package.resolved.iter().any(|resolved| resolved.declarations.contains(&index));
        if !counts || found || dependency.optional || !is_active_somewhere(dependency, workspace) {
            continue;
        }
        return Err(Unsupported(format!(
            "dependency `{}` of package `{}` has no library, and `cargo metadata` leaves it out",
            dependency.name_in_toml, package.name
        )));
    }
    Ok(())
}

fn is_active_somewhere(dependency: &Dependency, workspace: &Workspace) -> bool {
    match &dependency.platform {
        None => true,
        Some(_) if workspace.resolver == Resolver::V1 => true,
        Some(platform) => workspace
            .toolchain
            .platforms
            .values()
            .any(|facts| platform.matches(facts.triple.as_str(), &facts.cfgs)),
    }
}
