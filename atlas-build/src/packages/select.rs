//! Which packages a request is about. Knows no targets and no units.
//!
//! The rules are cargo's: `ops/cargo_compile/packages.rs`.

use std::collections::BTreeSet;

use cargo_util_schemas::core::PackageIdSpec;

use crate::ids::PackageIndex;
use crate::packages::member_features::{check_features, members_new, members_old, parse_features};
use crate::packages::{MemberFeatures, Package, PackageGraph, matches_spec, similar_name};
use crate::request::{BuildRequest, PackageSelection};
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

/// The request selects something that does not exist.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A message in cargo's words.
    #[error("{0}")]
    Message(String),
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
    let is_selected = |id| specs.selects(id, &graph.packages[id]);
    let members = if new_behavior {
        members_new(&is_selected, &features, &request.features, graph)?
    } else {
        members_old(&is_selected, &features, &request.features, workspace, graph)
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
            PackageSelection::Packages(names) if names.is_empty() => {
                Specs::members(std::iter::once(current(workspace, graph)?))
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

/// Returns the package whose manifest the request is about.
fn current(workspace: &Workspace, graph: &PackageGraph) -> Result<PackageIndex, SelectError> {
    let manifest = &workspace.current_manifest;
    let is_current = |id: &PackageIndex| graph.packages[*id].manifest_path == *manifest;
    graph.members.iter().copied().find(is_current).ok_or_else(|| {
        SelectError::Message(format!(
            "manifest path `{manifest}` is a virtual manifest, but this command requires running \
             against an actual package in this workspace"
        ))
    })
}

/// Returns the members that flags select, packages outside of the workspace not among them. Source:
/// cargo's `Packages::get_packages`.
///
/// # Errors
///
/// [`SelectError`] if a name matches none.
pub(crate) fn selected_members(
    selection: &PackageSelection,
    graph: &PackageGraph,
) -> Result<Vec<PackageIndex>, SelectError> {
    let members = graph.members.iter().copied();
    match selection {
        PackageSelection::Default => Ok(graph.default_members.clone()),
        PackageSelection::All(names) => {
            Patterns::parse(names)?.check_all_match(graph, "")?;
            Ok(members.collect())
        }
        PackageSelection::OptOut(names) => {
            let patterns = Patterns::parse(names)?;
            patterns.check_all_match(graph, "")?;
            Ok(members.filter(|id| !patterns.match_any(&graph.packages[*id])).collect())
        }
        PackageSelection::Packages(names) => {
            let patterns = Patterns::parse(names)?;
            patterns.check_all_match(graph, "")?;
            Ok(members.filter(|id| patterns.match_any(&graph.packages[*id])).collect())
        }
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
                Err(error) => return Err(SelectError::Message(error.to_string())),
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
