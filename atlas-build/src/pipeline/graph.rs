//! From a request to the packages that it selects, what they depend on, and their modules. Plans no
//! unit.

use std::collections::BTreeSet;

use atlas_fingerprint::{DigestExtent, Disk, SourceTable};

use crate::event::Event;
use crate::ids::{DenseMap, PackageIndex};
use crate::layout::Layout;
use crate::modules::{self, ModuleGraph, ScanCounts};
use crate::packages::{self, DependencyKind, Package, PackageGraph, ResolvedDependency};
use crate::pipeline::Error;
use crate::platform::CompileKind;
use crate::request::BuildRequest;
use crate::units::{narrow, reached};
use crate::workspace::{self, DependencyFeatures, Unsupported, Workspace};

/// How much of a graph is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GraphExtent {
    /// Packages only: no source file is read.
    Packages,
    /// Packages and the modules of path packages, with digests of their files' bytes and tokens.
    Modules,
    /// The same, with digests of what other crates can see of each file.
    Interfaces,
}

/// The packages of a workspace and their modules.
#[derive(Clone, Debug)]
pub struct Graphs {
    /// Packages.
    pub packages: PackageGraph,
    /// The packages that the request selects, in the order of the graph.
    pub selected: Vec<PackageIndex>,
    /// What packages depend on with the features asked for; nothing for packages that the selected
    /// ones do not lead to.
    pub dependencies: DenseMap<PackageIndex, Vec<PackageLink>>,
    /// The modules of all path packages, if they are wanted.
    pub modules: Option<ModuleGraph>,
    /// How much had to be done for that.
    pub counts: Option<ScanCounts>,
}

/// A package that another depends on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackageLink {
    /// The package depended on.
    pub package: PackageIndex,
    /// The tables that it stands in; never empty.
    pub kinds: BTreeSet<DependencyKind>,
    /// Whether a feature has to activate it, everywhere it stands.
    pub is_optional: bool,
}

/// Returns the packages that a request selects, what they depend on, and the modules of all path
/// packages.
///
/// # Errors
///
/// [`Error`] if the workspace cannot be read, or if something asked for does not exist.
pub fn graph(
    request: &BuildRequest,
    extent: GraphExtent,
    events: &mut dyn FnMut(Event),
) -> Result<Graphs, Error> {
    let workspace = workspace::load(request, &mut |_| ())?;
    let packages = packages::build(&workspace).map_err(Error::Unsupported)?;
    let selection = packages::select(request, &workspace, &packages)?;
    if workspace.dependency_features == DependencyFeatures::Unresolved {
        let reason = "features of dependencies cannot be resolved for the workspace as a whole";
        return Err(Error::Unsupported(Unsupported(reason.to_owned())));
    }
    for warning in &selection.warnings {
        events(Event::Warning(warning.clone()));
    }
    let edges = narrow(&packages, &selection.members);
    let resolved = reached(&edges, selection.members.iter().map(|member| member.package));
    let selected = selection.packages(&packages, &|id| resolved.contains(&id))?;
    let dependencies = edges.iter().map(|(user, edges)| {
        let user = &packages.packages[user];
        edges.iter().filter_map(|edge| link(&workspace, user, edge)).collect()
    });
    let dependencies = dependencies.collect();
    let digests = match extent {
        GraphExtent::Packages => None,
        GraphExtent::Modules => Some(DigestExtent::Tokens),
        GraphExtent::Interfaces => Some(DigestExtent::Interface),
    };
    let modules = digests.map(|digests| {
        let layout = Layout::new(&workspace.target_directory, &request.profile);
        modules(&layout, &packages, &request.planner, digests)
    });
    let (modules, counts) = modules.unzip();
    Ok(Graphs { packages, selected, dependencies, modules, counts })
}

/// Returns a dependency without the declarations for other platforms.
fn link(workspace: &Workspace, user: &Package, edge: &ResolvedDependency) -> Option<PackageLink> {
    let toolchain = &workspace.toolchain;
    let is_active = |dependency: &packages::Dependency| {
        let kinds = workspace.requested_kinds.iter().chain([&CompileKind::Host]);
        kinds.into_iter().any(|kind| toolchain.is_active(dependency, kind))
    };
    let declarations = edge.declarations.iter().map(|index| &user.dependencies[*index]);
    let active: Vec<_> = declarations.filter(|dependency| is_active(dependency)).collect();
    let kinds: BTreeSet<DependencyKind> = active.iter().map(|it| it.kind).collect();
    let is_optional = active.iter().all(|dependency| dependency.optional);
    (!kinds.is_empty()).then_some(PackageLink { package: edge.package, kinds, is_optional })
}

/// Looks at all source files of path packages. What is learnt is kept, if that is possible.
fn modules(
    layout: &Layout,
    packages: &PackageGraph,
    planner: &str,
    digests: DigestExtent,
) -> (ModuleGraph, ScanCounts) {
    let is_kept = layout.create_atlas_directory().is_ok();
    let probe = layout.atlas_directory().join("moment");
    let mut table = SourceTable::open(&Disk, layout.modules(), probe, planner.to_owned(), digests);
    let counts = modules::scan(packages, &mut table);
    let graph = modules::build(packages, &table);
    if is_kept {
        // Without it the next look takes longer, and nothing else.
        let _ = table.save();
    }
    (graph, counts)
}
