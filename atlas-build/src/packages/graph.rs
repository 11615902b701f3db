//! The packages of a build as cargo resolved them: an immutable value. Knows nothing of profiles,
//! of selections or of what will be built.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_platform::Platform;
use serde::{Deserialize, Serialize};

use crate::ids::{DenseMap, PackageIndex};
use crate::platform::CompileKind;
use crate::toolchain::Toolchain;

/// Every package that `cargo metadata` resolved for the workspace, with the edges between them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PackageGraph {
    /// Packages in cargo's order of package ids (name, version, source), so that comparing
    /// indices compares ids.
    pub packages: DenseMap<PackageIndex, Package>,
    /// Workspace members, in the order of `cargo metadata`.
    pub members: Vec<PackageIndex>,
    /// Members built when nothing is selected.
    pub default_members: Vec<PackageIndex>,
    /// Directory of the workspace's root manifest.
    pub workspace_root: Utf8PathBuf,
}

/// A package. What only planning asks for is not kept from build to build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Package {
    /// Fully qualified package id specification, as printed by `cargo metadata`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: semver::Version,
    /// Source as `cargo metadata` prints it (`registry+…`, `git+…`); `None` for path packages.
    pub source: Option<String>,
    /// The manifest; absolute.
    pub manifest_path: Utf8PathBuf,
    /// Whether the package is a member of the workspace.
    pub is_member: bool,
    /// Targets in cargo's order: library, binaries, examples, tests, benches, build script.
    pub targets: Vec<Target>,
    /// The `[features]` table, including the implicit features of optional dependencies.
    #[serde(skip)]
    pub features: BTreeMap<String, Vec<FeatureValue>>,
    /// Dependencies as declared, in the order of the manifest.
    #[serde(skip)]
    pub dependencies: Vec<Dependency>,
    /// Dependencies as resolved, ordered by package.
    #[serde(skip)]
    pub resolved: Vec<ResolvedDependency>,
    /// Name of the native library, from `package.links`.
    pub links: Option<String>,
    /// `-W`, `-A`, … and `--check-cfg` flags that the `[lints]` table turns into, in order.
    pub lint_flags: Vec<String>,
    /// Patterns of files that compiles and build scripts of the package read without a word:
    /// `package.metadata.atlas.inputs`.
    pub inputs: Vec<String>,
    /// Facts that are handed to compilers in `CARGO_PKG_*`.
    pub facts: PackageFacts,
}

/// Facts of a manifest that are handed to compilers and build scripts as they are; empty strings
/// where the manifest has nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PackageFacts {
    /// `package.authors`.
    pub authors: Vec<String>,
    /// `package.description`.
    pub description: String,
    /// `package.homepage`.
    pub homepage: String,
    /// `package.repository`.
    pub repository: String,
    /// `package.license`.
    pub license: String,
    /// `package.license-file`.
    pub license_file: String,
    /// `package.readme`.
    pub readme: String,
    /// `package.rust-version`.
    pub rust_version: Option<semver::Version>,
    /// `package.rust-version` as written.
    pub rust_version_text: String,
    /// `package.default-run`.
    pub default_run: Option<String>,
}

impl Package {
    /// Returns the directory of the manifest.
    pub fn root(&self) -> &Utf8Path {
        self.manifest_path.parent().expect("a manifest path has a parent")
    }

    /// Returns whether the package's sources are on a local path (and not from a registry or git).
    pub fn is_local(&self) -> bool {
        self.source.is_none()
    }

    /// Returns the library target, if there is one.
    pub fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.is_lib())
    }

    /// Returns whether any target is a procedural macro, examples included.
    pub fn has_proc_macro(&self) -> bool {
        self.targets.iter().any(Target::is_proc_macro)
    }
}

/// A dependency as declared in a manifest.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Name of the package depended on.
    pub package: String,
    /// Name in the manifest: the rename, or else the package's name.
    pub name_in_toml: String,
    /// Whether the name in the manifest is a rename.
    pub renamed: bool,
    /// Which table it stands in.
    pub kind: DependencyKind,
    /// Whether a feature has to activate it.
    pub optional: bool,
    /// Whether the `default` feature is asked for.
    pub default_features: bool,
    /// Features asked for.
    pub features: Vec<String>,
    /// The `cfg(…)` or triple it is limited to.
    pub platform: Option<Platform>,
}

impl Toolchain {
    /// Returns whether a dependency's `[target.…]` table, if it stands in one, is for this kind.
    pub fn is_active(&self, dependency: &Dependency, kind: &CompileKind) -> bool {
        dependency.platform.as_ref().is_none_or(|platform| {
            let facts = self.platform(kind);
            platform.matches(facts.triple.as_str(), &facts.cfgs)
        })
    }
}

/// The table that a dependency stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DependencyKind {
    /// `[dependencies]`.
    Normal,
    /// `[dev-dependencies]`.
    Development,
    /// `[build-dependencies]`.
    Build,
}

/// A package that another depends on, with the declarations that led to it.
#[derive(Clone, Debug)]
pub struct ResolvedDependency {
    /// The package depended on.
    pub package: PackageIndex,
    /// Indices into the dependent's `dependencies`; never empty.
    pub declarations: Vec<usize>,
}

/// An entry of a `[features]` list or of `--features`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FeatureValue {
    /// `feature`.
    Feature(String),
    /// `dep:name`.
    Dep(String),
    /// `name/feature` or `name?/feature`.
    DepFeature {
        /// Name of the dependency in the manifest.
        dep: String,
        /// Feature of the dependency.
        feature: String,
        /// Whether the dependency is left alone if nobody else activates it (`?`).
        weak: bool,
    },
}

impl FeatureValue {
    /// Parses the notation of `[features]`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('/') {
            Some((dep, feature)) => {
                let (dep, weak) = match dep.strip_suffix('?') {
                    Some(dep) => (dep, true),
                    None => (dep, false),
                };
                FeatureValue::DepFeature { dep: dep.to_owned(), feature: feature.to_owned(), weak }
            }
            None => match text.strip_prefix("dep:") {
                Some(dep) => FeatureValue::Dep(dep.to_owned()),
                None => FeatureValue::Feature(text.to_owned()),
            },
        }
    }
}

impl std::fmt::Display for FeatureValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FeatureValue::Feature(name) => f.write_str(name),
            FeatureValue::Dep(dep) => write!(f, "dep:{dep}"),
            FeatureValue::DepFeature { dep, feature, weak } => {
                write!(f, "{dep}{}/{feature}", if *weak { "?" } else { "" })
            }
        }
    }
}

/// A target of a package: one crate root.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Target {
    /// What is built from it.
    pub kind: TargetKind,
    /// Name as in the manifest.
    pub name: String,
    /// The crate root; absolute.
    pub src_path: Utf8PathBuf,
    /// Features without which a broad selection skips the target; `None` if not declared.
    pub required_features: Option<Vec<String>>,
    /// `test`: built by `cargo test` without a target flag, and by `--tests`.
    pub tested: bool,
    /// `bench`: built by `cargo bench` without a target flag, and by `--benches`.
    pub benched: bool,
    /// `doc`.
    pub documented: bool,
    /// `doctest`, and the crate type has doctests.
    pub doctested: bool,
    /// `harness`: compiled with libtest's `main`.
    pub harness: bool,
    /// `proc-macro`: compiled for the host, with the `proc_macro` crate. Libraries and library
    /// examples of that crate type are so too.
    pub proc_macro: bool,
    /// Edition, as passed to `--edition`.
    pub edition: String,
}

/// What is built from a target. The order of the variants is cargo's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum TargetKind {
    /// `[lib]`, with its crate types.
    Lib(Vec<CrateType>),
    /// `[[bin]]`.
    Bin,
    /// `[[test]]`.
    Test,
    /// `[[bench]]`.
    Bench,
    /// `[[example]]` with `crate-type`.
    ExampleLib(Vec<CrateType>),
    /// `[[example]]`.
    ExampleBin,
    /// `package.build`.
    CustomBuild,
}

/// A crate type, as passed to `--crate-type`. The order of the variants is cargo's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum CrateType {
    /// `bin`.
    Bin,
    /// `lib`.
    Lib,
    /// `rlib`.
    Rlib,
    /// `dylib`.
    Dylib,
    /// `cdylib`.
    Cdylib,
    /// `staticlib`.
    Staticlib,
    /// `proc-macro`.
    ProcMacro,
    /// Anything else, handed to rustc as it is.
    Other(String),
}

impl CrateType {
    /// Parses the name used in manifests and by rustc.
    pub fn parse(text: &str) -> Self {
        match text {
            "bin" => CrateType::Bin,
            "lib" => CrateType::Lib,
            "rlib" => CrateType::Rlib,
            "dylib" => CrateType::Dylib,
            "cdylib" => CrateType::Cdylib,
            "staticlib" => CrateType::Staticlib,
            "proc-macro" => CrateType::ProcMacro,
            other => CrateType::Other(other.to_owned()),
        }
    }

    /// Returns the name used in manifests and by rustc.
    pub fn as_str(&self) -> &str {
        match self {
            CrateType::Bin => "bin",
            CrateType::Lib => "lib",
            CrateType::Rlib => "rlib",
            CrateType::Dylib => "dylib",
            CrateType::Cdylib => "cdylib",
            CrateType::Staticlib => "staticlib",
            CrateType::ProcMacro => "proc-macro",
            CrateType::Other(other) => other,
        }
    }

    /// Returns whether another Rust crate can link it.
    pub fn is_linkable(&self) -> bool {
        matches!(self, CrateType::Lib | CrateType::Rlib | CrateType::Dylib | CrateType::ProcMacro)
    }

    /// Returns whether it is a shared library.
    pub fn is_dynamic(&self) -> bool {
        matches!(self, CrateType::Dylib | CrateType::Cdylib | CrateType::ProcMacro)
    }

    /// Returns whether the linker (or archiver) needs object code of the crates it depends on.
    pub fn requires_upstream_objects(&self) -> bool {
        !matches!(self, CrateType::Lib | CrateType::Rlib)
    }
}

impl Target {
    /// Returns the name that rustc is given: hyphens are underscores.
    pub fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Returns whether this is the package's library.
    pub fn is_lib(&self) -> bool {
        matches!(self.kind, TargetKind::Lib(_))
    }

    /// Returns whether this is a binary.
    pub fn is_bin(&self) -> bool {
        self.kind == TargetKind::Bin
    }

    /// Returns whether this is an integration test.
    pub fn is_test(&self) -> bool {
        self.kind == TargetKind::Test
    }

    /// Returns whether this is a benchmark.
    pub fn is_bench(&self) -> bool {
        self.kind == TargetKind::Bench
    }

    /// Returns whether this is an example.
    pub fn is_example(&self) -> bool {
        matches!(self.kind, TargetKind::ExampleBin | TargetKind::ExampleLib(_))
    }

    /// Returns whether this is an example that is an executable.
    pub fn is_exe_example(&self) -> bool {
        self.kind == TargetKind::ExampleBin
    }

    /// Returns whether this is a build script.
    pub fn is_custom_build(&self) -> bool {
        self.kind == TargetKind::CustomBuild
    }

    /// Returns whether this is a procedural macro, as a library or as an example.
    pub fn is_proc_macro(&self) -> bool {
        if self.proc_macro {
            return true;
        }
        match &self.kind {
            TargetKind::Lib(types) | TargetKind::ExampleLib(types) => {
                types.contains(&CrateType::ProcMacro)
            }
            _ => false,
        }
    }

    /// Returns whether other crates may link it as a dynamic library.
    pub fn is_dylib(&self) -> bool {
        matches!(&self.kind, TargetKind::Lib(types) if types.contains(&CrateType::Dylib))
    }

    /// Returns whether rustdoc can run the examples in its documentation.
    pub fn is_doctestable(&self) -> bool {
        let is_fit =
            |it: &CrateType| matches!(it, CrateType::Lib | CrateType::Rlib | CrateType::ProcMacro);
        matches!(&self.kind, TargetKind::Lib(types) if types.iter().any(is_fit))
    }

    /// Returns whether it always runs on the compiling machine: build scripts and procedural
    /// macros.
    pub fn for_host(&self) -> bool {
        self.is_custom_build() || self.is_proc_macro()
    }

    /// Returns whether other crates can link it: a library of a linkable crate type.
    pub fn is_linkable(&self) -> bool {
        match &self.kind {
            TargetKind::Lib(types) => types.iter().any(CrateType::is_linkable),
            _ => false,
        }
    }

    /// Returns the crate types to pass to rustc when it is built (not as a test).
    pub fn rustc_crate_types(&self) -> Vec<CrateType> {
        match &self.kind {
            TargetKind::Lib(types) | TargetKind::ExampleLib(types) => types.clone(),
            TargetKind::CustomBuild
            | TargetKind::ExampleBin
            | TargetKind::Bin
            | TargetKind::Test
            | TargetKind::Bench => vec![CrateType::Bin],
        }
    }

    /// Returns the names of the kind in cargo's JSON (`["lib"]`, `["bin"]`, `["custom-build"]`, …).
    pub fn kind_names(&self) -> Vec<&str> {
        match &self.kind {
            TargetKind::Lib(types) => types.iter().map(CrateType::as_str).collect(),
            TargetKind::Bin => vec!["bin"],
            TargetKind::ExampleBin | TargetKind::ExampleLib(_) => vec!["example"],
            TargetKind::Test => vec!["test"],
            TargetKind::Bench => vec!["bench"],
            TargetKind::CustomBuild => vec!["custom-build"],
        }
    }
}
