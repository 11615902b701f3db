//! Module graphs of small packages in memory.

use atlas_fingerprint::{DigestExtent, MemoryFiles, SourceTable};

use crate::ids::PackageIndex;
use crate::modules::{Condition, ModuleBody, ModuleGraph, ScanCounts, UseTarget, build, scan};
use crate::packages::{
    CrateType, Dependency, DependencyKind, PackageGraph, ResolvedDependency, TargetKind,
};
use crate::rustc::fixture::{Fixture, lib, target};

/// The package `a`, which depends on a few others, with its sources.
pub(crate) struct Sample {
    files: MemoryFiles,
    fixture: Fixture,
    package: PackageIndex,
}

impl Sample {
    /// Creates the package, with a library and no sources.
    pub(crate) fn new() -> Self {
        let mut fixture = Fixture::new();
        let library = || vec![lib(&[CrateType::Lib])];
        let package = fixture.member("a", library());
        let dependencies = [
            ("dep-one", None, DependencyKind::Normal),
            ("dep-two", Some("other-name"), DependencyKind::Normal),
            ("dep-three", None, DependencyKind::Development),
            ("dep-build", None, DependencyKind::Build),
        ];
        for (index, (name, rename, kind)) in dependencies.into_iter().enumerate() {
            let found = fixture.registry(name, library());
            if name == "dep-three" {
                fixture.packages.packages[found].targets[0].name = "three_lib".to_owned();
            }
            let user = &mut fixture.packages.packages[package];
            user.dependencies.push(Dependency {
                package: name.to_owned(),
                name_in_toml: rename.unwrap_or(name).to_owned(),
                renamed: rename.is_some(),
                kind,
                optional: false,
                default_features: true,
                features: Vec::new(),
                platform: None,
            });
            user.resolved.push(ResolvedDependency { package: found, declarations: vec![index] });
        }
        Sample { files: MemoryFiles::new(), fixture, package }
    }

    /// Adds a binary.
    pub(crate) fn add_binary(&mut self) {
        let binary = target(TargetKind::Bin, "tool", "/w/a/src/main.rs");
        self.fixture.packages.packages[self.package].targets.push(binary);
    }

    /// Sets the edition of the library.
    pub(crate) fn set_edition(&mut self, edition: &str) {
        edition.clone_into(&mut self.fixture.packages.packages[self.package].targets[0].edition);
    }

    /// Writes a source file.
    pub(crate) fn put(&self, path: &str, text: &str) {
        self.files.put(format!("/w/a/src/{path}"), text);
    }

    /// Lets a little time pass.
    pub(crate) fn tick(&self) {
        self.files.tick();
    }

    /// Returns the packages.
    pub(crate) fn packages(&self) -> &PackageGraph {
        &self.fixture.packages
    }

    /// Scans the sources and builds the graph, and keeps what was learnt.
    pub(crate) fn graph(&self) -> (ModuleGraph, ScanCounts) {
        let mut table = SourceTable::open(
            &self.files,
            "/t/modules".into(),
            "/t/moment".into(),
            String::new(),
            DigestExtent::Interface,
        );
        let counts = scan(self.packages(), &mut table);
        let graph = build(self.packages(), &table);
        table.save().expect("memory can be written");
        (graph, counts)
    }
}

/// Returns modules as `path file [condition]`, without `crate::` and below the sources.
pub(crate) fn tree(graph: &ModuleGraph) -> String {
    let roots = graph.crates.values().map(|found| found.root);
    let modules = roots.flat_map(|root| graph.with_descendants(root)).map(|id| {
        let module = &graph.modules[id];
        let path = graph.files_path(id);
        let body = match module.body {
            ModuleBody::Inline => "{}",
            ModuleBody::Missing => "missing",
            ModuleBody::File(_) => path.trim_start_matches("/w/a/src/"),
        };
        let has_path = module.declaration.is_some_and(|declared| declared.has_path);
        let has_path = if has_path { " (path)" } else { "" };
        let conditions = module.conditions.iter().map(|condition| match condition {
            Condition::Cfg(text) => format!(" [{text}]"),
            Condition::Macro(name) => format!(" [{name}!]"),
        });
        let conditions: String = conditions.collect();
        format!("{} {body}{has_path}{conditions}", short(graph, id))
    });
    modules.collect::<Vec<_>>().join("; ")
}

/// Returns uses as `path -> path (how)`.
pub(crate) fn shown_uses(sample: &Sample, graph: &ModuleGraph) -> String {
    let uses = graph.uses.iter().map(|one| {
        let to = match one.to {
            UseTarget::Module(to) => short(graph, to),
            UseTarget::Package(to) => format!("package {}", sample.packages().packages[to].name),
        };
        let how =
            [(one.is_glob, " (glob)"), (one.is_reexport, " (pub)"), (!one.is_import, " (code)")];
        let how: String = how.iter().filter(|(is, _)| *is).map(|(_, how)| *how).collect();
        format!("{} -> {to}{how}", short(graph, one.from))
    });
    uses.collect::<Vec<_>>().join("; ")
}

fn short(graph: &ModuleGraph, id: crate::ids::ModuleId) -> String {
    let path = graph.path(id);
    path.strip_prefix("crate::").unwrap_or(&path).to_owned()
}

impl ModuleGraph {
    /// Returns where a module's code is.
    fn files_path(&self, id: crate::ids::ModuleId) -> String {
        self.file(id).map(|file| self.files[file].path.to_string()).unwrap_or_default()
    }
}
