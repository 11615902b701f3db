//! The graph for programs; described in `docs/graph.md`. Everything refers to everything else by its
//! index in the answer.

use std::collections::BTreeMap;

use atlas_build::ids::{ModuleId, SourceId};
use atlas_build::modules::{
    Condition, FileState, ModuleBody, ModuleGraph, SourceDigests, Use, UseTarget,
};
use atlas_build::packages::DependencyKind;
use serde::Serialize;

use super::view::View;

/// Version of the answer.
const VERSION: u32 = 1;

/// Returns the graph as one JSON object.
pub(super) fn answer(view: &View<'_>) -> serde_json::Result<String> {
    serde_json::to_string(&Answer {
        version: VERSION,
        workspace_root: view.graphs.packages.workspace_root.as_str(),
        roots: &view.roots,
        packages: (0..view.packages.len()).map(|index| package(view, index)).collect(),
        modules: view.graphs.modules.as_ref().map(|graph| Modules::of(view, graph)),
    })
}

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    workspace_root: &'a str,
    roots: &'a [usize],
    packages: Vec<PackageTwin<'a>>,
    #[serde(flatten)]
    modules: Option<Modules<'a>>,
}

#[derive(Serialize)]
struct PackageTwin<'a> {
    id: &'a str,
    name: &'a str,
    version: String,
    manifest_path: &'a str,
    is_local: bool,
    is_member: bool,
    is_selected: bool,
    dependencies: Vec<DependencyTwin>,
}

#[derive(Serialize)]
struct DependencyTwin {
    package: usize,
    kinds: Vec<&'static str>,
}

#[derive(Serialize)]
struct Modules<'a> {
    crates: Vec<CrateTwin<'a>>,
    modules: Vec<ModuleTwin<'a>>,
    files: Vec<FileTwin<'a>>,
    uses: Vec<UseTwin>,
}

#[derive(Serialize)]
struct CrateTwin<'a> {
    package: usize,
    target: &'a str,
    kinds: Vec<&'a str>,
    edition: &'a str,
    root: usize,
}

#[derive(Serialize)]
struct ModuleTwin<'a> {
    #[serde(rename = "crate")]
    in_crate: usize,
    name: &'a str,
    path: String,
    parent: Option<usize>,
    body: &'static str,
    file: Option<usize>,
    declaration: Option<DeclarationTwin>,
    conditions: Vec<ConditionTwin<'a>>,
}

#[derive(Serialize)]
struct DeclarationTwin {
    file: usize,
    line: u32,
    has_path: bool,
}

#[derive(Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
enum ConditionTwin<'a> {
    Cfg(&'a str),
    Macro(&'a str),
}

#[derive(Serialize)]
struct FileTwin<'a> {
    path: &'a str,
    #[serde(flatten)]
    state: StateTwin<'a>,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum StateTwin<'a> {
    Unreadable { reason: &'a str },
    Unparsed { digests: DigestsTwin },
    Parsed { digests: DigestsTwin, has_hidden_modules: bool },
}

#[derive(Serialize)]
struct DigestsTwin {
    bytes: String,
    tokens: Option<String>,
    tokens_without_tests: Option<String>,
    codegen_interface: Option<String>,
    signature: Option<String>,
}

#[derive(Serialize)]
struct UseTwin {
    from: usize,
    #[serde(flatten)]
    to: UseTargetTwin,
    line: u32,
    is_import: bool,
    is_reexport: bool,
    is_glob: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum UseTargetTwin {
    Module(usize),
    Package(usize),
}

fn package<'a>(view: &View<'a>, index: usize) -> PackageTwin<'a> {
    let (package, shown) = (view.package(index), &view.packages[index]);
    let dependency = |(to, kinds): &(usize, Vec<DependencyKind>)| DependencyTwin {
        package: *to,
        kinds: kinds.iter().map(|kind| kind_name(*kind)).collect(),
    };
    PackageTwin {
        id: &package.id,
        name: &package.name,
        version: package.version.to_string(),
        manifest_path: package.manifest_path.as_str(),
        is_local: package.is_local(),
        is_member: package.is_member,
        is_selected: view.graphs.selected.contains(&shown.id),
        dependencies: shown.dependencies.iter().map(dependency).collect(),
    }
}

fn kind_name(kind: DependencyKind) -> &'static str {
    match kind {
        DependencyKind::Normal => "normal",
        DependencyKind::Build => "build",
        DependencyKind::Development => "dev",
    }
}

impl<'a> Modules<'a> {
    fn of(view: &View<'a>, graph: &'a ModuleGraph) -> Self {
        let places = view.module_places();
        let mut files = Files { graph, places: BTreeMap::new(), all: Vec::new() };
        let (mut crates, mut modules) = (Vec::new(), Vec::new());
        for (package, shown) in view.packages.iter().enumerate() {
            for found in &shown.crates {
                let in_crate = crates.len();
                let target = view.target(graph, found.id);
                crates.push(CrateTwin {
                    package,
                    target: &target.name,
                    kinds: target.kind_names(),
                    edition: &target.edition,
                    root: modules.len(),
                });
                let module = |id: &ModuleId| module(graph, *id, in_crate, &places, &mut files);
                modules.extend(found.modules.iter().map(module));
            }
        }
        let uses = view.uses().filter_map(|one| use_twin(view, one, &places)).collect();
        Modules { crates, modules, files: files.all, uses }
    }
}

/// The files of the modules that are shown, in the order in which they are asked for.
struct Files<'a> {
    graph: &'a ModuleGraph,
    places: BTreeMap<SourceId, usize>,
    all: Vec<FileTwin<'a>>,
}

impl Files<'_> {
    fn place(&mut self, id: SourceId) -> usize {
        let (graph, all) = (self.graph, &mut self.all);
        *self.places.entry(id).or_insert_with(|| {
            let file = &graph.files[id];
            let state = match &file.state {
                FileState::Unreadable(reason) => StateTwin::Unreadable { reason },
                FileState::Unparsed(found) => StateTwin::Unparsed { digests: digests(found) },
                FileState::Parsed { digests: found, has_hidden_modules } => StateTwin::Parsed {
                    digests: digests(found),
                    has_hidden_modules: *has_hidden_modules,
                },
            };
            all.push(FileTwin { path: file.path.as_str(), state });
            all.len() - 1
        })
    }
}

fn digests(found: &SourceDigests) -> DigestsTwin {
    DigestsTwin {
        bytes: found.bytes.to_string(),
        tokens: found.tokens.map(|tokens| tokens.all.to_string()),
        tokens_without_tests: found.tokens.map(|tokens| tokens.without_tests.to_string()),
        codegen_interface: found.interface.map(|interface| interface.codegen.to_string()),
        signature: found.interface.map(|interface| interface.signature.to_string()),
    }
}

fn module<'a>(
    graph: &'a ModuleGraph,
    id: ModuleId,
    in_crate: usize,
    places: &BTreeMap<ModuleId, usize>,
    files: &mut Files<'a>,
) -> ModuleTwin<'a> {
    let module = &graph.modules[id];
    ModuleTwin {
        in_crate,
        name: &module.name,
        path: graph.path(id),
        parent: module.parent.and_then(|parent| places.get(&parent).copied()),
        body: match module.body {
            ModuleBody::Inline => "inline",
            ModuleBody::File(_) => "file",
            ModuleBody::Missing => "missing",
        },
        file: graph.file(id).map(|file| files.place(file)),
        declaration: module.declaration.map(|declared| DeclarationTwin {
            file: files.place(declared.file),
            line: declared.line,
            has_path: declared.has_path,
        }),
        conditions: module
            .conditions
            .iter()
            .map(|condition| match condition {
                Condition::Cfg(text) => ConditionTwin::Cfg(text),
                Condition::Macro(name) => ConditionTwin::Macro(name),
            })
            .collect(),
    }
}

fn use_twin(view: &View<'_>, one: &Use, places: &BTreeMap<ModuleId, usize>) -> Option<UseTwin> {
    Some(UseTwin {
        from: *places.get(&one.from)?,
        to: match one.to {
            UseTarget::Module(to) => UseTargetTwin::Module(*places.get(&to)?),
            UseTarget::Package(to) => UseTargetTwin::Package(view.place(to)?),
        },
        line: one.line,
        is_import: one.is_import,
        is_reexport: one.is_reexport,
        is_glob: one.is_glob,
    })
}
