//! Reads everything that is known before packages are looked at: configuration, toolchain,
//! metadata, manifests.

use std::collections::BTreeMap;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::Metadata;
use cargo_util_schemas::manifest::TomlProfile;

use crate::platform::CompileKind;
use crate::request::{BuildRequest, CacheMode};
use crate::toolchain::{
    Compiler, Located, PlatformFacts, Probe, ProbeError, Toolchain, VerboseVersion, locate,
    verbose_version,
};
use crate::workspace::config::{self, Config, Configuration, Key, Tools};
use crate::workspace::discover::{DiscoverError, current_manifest};
use crate::workspace::manifest::{ManifestExtras, ManifestFile, Resolver};
use crate::workspace::manifest_warnings::{self, Verdict};
use crate::workspace::manifests::{self, ManifestError};
use crate::workspace::metadata::{self, Answer, DependencyFeatures, MetadataError, Platforms};
use crate::workspace::platforms::{PlatformError, platforms};
use crate::workspace::unsupported::{self, Unsupported};
use crate::workspace::{directories, kinds};

/// Everything that is read before packages are looked at. Immutable.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Directory of the root manifest.
    pub root: Utf8PathBuf,
    /// Whether the root manifest has no `[package]`.
    pub is_virtual: bool,
    /// The manifest that the request is about: `--manifest-path`, or the nearest one above the
    /// directory the command was started in.
    pub current_manifest: Utf8PathBuf,
    /// The feature resolver's version.
    pub resolver: Resolver,
    /// Where outputs go, as cargo has it.
    pub target_directory: Utf8PathBuf,
    /// What to build for: [`CompileKind::Host`] without `--target`; sorted, no duplicates.
    pub requested_kinds: Vec<CompileKind>,
    /// Settings.
    pub config: Config,
    /// The compiler.
    pub toolchain: Toolchain,
    /// `[profile]` of the root manifest.
    pub manifest_profiles: BTreeMap<String, TomlProfile>,
    /// What `cargo metadata` says.
    pub metadata: Metadata,
    /// `package.rust-version` as written, by package id (`cargo_metadata` pads it).
    pub rust_versions: BTreeMap<String, String>,
    /// Whether `--features dependency/feature` was taken into account in `metadata`.
    pub dependency_features: DependencyFeatures,
    /// What manifests hold that `cargo metadata` leaves out, by path of the manifest. Packages
    /// without an entry have nothing of the kind.
    pub manifests: BTreeMap<Utf8PathBuf, ManifestExtras>,
    /// What cargo warns about in manifests; the user has been told.
    pub manifest_warnings: Vec<String>,
    /// Things to tell the user, in cargo's words.
    pub warnings: Vec<String>,
}

/// What is known before cargo looks for packages, which may take its time.
#[derive(Debug)]
pub struct Before<'a> {
    /// Settings; profiles are empty.
    pub config: &'a Config,
    /// What cargo warns about in manifests.
    pub manifest_warnings: &'a [String],
}

/// The workspace could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Plain cargo has to take the request.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// A configuration file cannot be read.
    #[error("could not load Cargo configuration")]
    ConfigFiles(#[source] config::Error),
    /// A setting or a `--config` argument is wrong.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// There is no manifest.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The compiler could not be started.
    #[error("could not execute process `{command}` (never executed)")]
    CompilerMissing {
        /// What was to be run: the compiler, below its wrappers.
        command: String,
        /// The setting that names it, if one does.
        setting: Option<&'static str>,
        /// The reason.
        source: std::io::Error,
    },
    /// The compiler does not say what it is.
    #[error("failed to learn the version of `rustc`")]
    CompilerVersion(#[source] ProbeError),
    /// A platform could not be learnt about.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// `cargo metadata` did not answer.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// cargo would not build, for what a manifest says, and has said so itself.
    #[error("{0}")]
    Refused(String),
    /// A manifest could not be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl Error {
    /// Returns whether cargo has told the user already, on standard error.
    pub fn is_told(&self) -> bool {
        matches!(self, Error::Metadata(MetadataError::Failed { .. }))
    }
}

/// What is known of a request before anything is asked of cargo and rustc.
#[derive(Clone, Debug)]
pub struct Configured<'a> {
    /// Values of files, of `--config` and of the environment.
    pub configuration: Configuration<'a>,
    /// Settings; profiles are empty.
    pub config: Config,
    /// The manifest that the request is about.
    pub current_manifest: Utf8PathBuf,
    /// `CARGO_TARGET_DIR` or `build.target-dir`.
    pub target_directory: Option<Utf8PathBuf>,
}

/// Reads the configuration of a request.
///
/// # Errors
///
/// As [`load`], which says the same in the order in which cargo does.
pub fn configure(request: &BuildRequest) -> Result<Configured<'_>, Error> {
    let configuration = config::load(request)?;
    let config = settings(request, &configuration)?;
    let current_manifest = current_manifest(request.manifest_path.as_deref(), &request.cwd)?;
    let configured = configuration.path(&Key::new("build.target-dir"))?;
    let target_directory = match request.env.get("CARGO_TARGET_DIR") {
        Some(directory) => Some(request.cwd.join(directory)),
        None => configured.map(|directory| directory.value),
    };
    Ok(Configured { configuration, config, current_manifest, target_directory })
}

/// Reads the settings. Without rustc's incremental state none is made either, whatever else says.
fn settings(request: &BuildRequest, configuration: &Configuration<'_>) -> Result<Config, Error> {
    let mut config = config::settings(configuration, request.jobs.as_deref())?;
    if request.cache == CacheMode::Whole {
        config.incremental = Some(false);
    }
    Ok(config)
}

/// Reads the workspace of a request. `tell` is called before packages are looked for: cargo has
/// then said what it has to say about manifests.
///
/// # Errors
///
/// Something is missing or wrong, or the request is one that plain cargo has to take.
pub fn load(request: &BuildRequest, tell: &mut dyn FnMut(Before<'_>)) -> Result<Workspace, Error> {
    let configuration = config::load(request).map_err(|error| match error {
        config::Error::ParseArgument { .. } => Error::Config(error),
        _ => Error::ConfigFiles(error),
    })?;
    let config = settings(request, &configuration)?;
    let current_manifest = current_manifest(request.manifest_path.as_deref(), &request.cwd)?;
    let tools = config::tools(&configuration)?;
    let rustup_home = directories::rustup_home(&request.env, &request.cwd);
    let located = locate(
        tools.rustc.as_deref(),
        tools.rustdoc.as_deref(),
        &request.env,
        rustup_home.as_deref(),
        &request.cwd,
    )
    .map_err(|error| missing(&tools, &["rustc".into()], error.source))?;
    let compiler = compiler(request, &config, &tools, &located);
    let asked = metadata::Asked {
        request,
        cargo: located.cargo.as_str(),
        rustup_toolchain: located.rustup_toolchain.as_deref(),
    };
    let (version, verdict) = both(|| version(&compiler, &tools), || manifest_warnings::ask(&asked));
    let version = version?;
    unsupported::check_version(&version)?;
    unsupported::check_configuration(&configuration, &version)?;
    let kinds = kinds::requested_kinds(request, &configuration, &version.host)?;
    let Verdict { warnings, error } = verdict.map_err(MetadataError::Spawn)?;
    let manifest_warnings = if request.manifest_warnings { warnings } else { Vec::new() };
    tell(Before { config: &config, manifest_warnings: &manifest_warnings });
    if let Some(error) = error {
        metadata::without_dependencies(&asked)?;
        return Err(Error::Refused(error));
    }
    let query = metadata::Query {
        asked: &asked,
        host: &version.host,
        kinds: &kinds,
        platforms: Platforms::Requested,
    };
    let (platforms, metadata) = both(
        || platforms(&compiler, &configuration, &kinds, &version.host),
        || metadata::query(&query),
    );
    // cargo asks rustc the same questions: where both fail, it has told the user why.
    let Answer { metadata, rust_versions, dependency_features } =
        of_all_platforms(&query, metadata?)?;
    let toolchain = toolchain(tools, located, version, platforms?);
    assemble(Parts {
        request,
        configuration,
        config,
        current_manifest,
        kinds,
        toolchain,
        metadata,
        manifest_warnings,
        rust_versions,
        dependency_features,
    })
}

/// Does two things at the same time: each waits for another process.
fn both<T, U: Send>(one: impl FnOnce() -> T, other: impl FnOnce() -> U + Send) -> (T, U) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Asks again where resolver 1 is in use: it unifies features over all platforms, those that are
/// not built for included.
fn of_all_platforms(query: &metadata::Query<'_>, answer: Answer) -> Result<Answer, Error> {
    let root = answer.metadata.workspace_root.join("Cargo.toml");
    let root_file = manifests::read(&root)?;
    if resolver(&root_file, &root, &answer.metadata) != Resolver::V1 {
        return Ok(answer);
    }
    let query = metadata::Query { platforms: Platforms::All, ..query.clone() };
    metadata::query(&query).map_err(|_| {
        let reason = "resolver 1 takes packages of all platforms into account, and not all of \
                      them are here";
        Unsupported(reason.to_owned()).into()
    })
}

/// What has been read when `cargo metadata` has answered.
struct Parts<'a> {
    request: &'a BuildRequest,
    configuration: Configuration<'a>,
    config: Config,
    current_manifest: Utf8PathBuf,
    kinds: Vec<CompileKind>,
    toolchain: Toolchain,
    metadata: Metadata,
    manifest_warnings: Vec<String>,
    rust_versions: BTreeMap<String, String>,
    dependency_features: DependencyFeatures,
}

/// Reads the manifests and puts everything together.
fn assemble(parts: Parts<'_>) -> Result<Workspace, Error> {
    let Parts { request, metadata, toolchain, mut config, .. } = parts;
    let root = metadata.workspace_root.join("Cargo.toml");
    let root_file = manifests::read(&root)?;
    unsupported::check_manifest(&root_file, &root)?;
    let manifests = manifests::read_all(&metadata, &root, &root_file)?;
    for manifest in &manifests {
        unsupported::check_manifest(&manifest.file, &manifest.path)?;
    }
    let names = root_file.profile.iter().flat_map(|(name, profile)| {
        [Some(name.as_str()), profile.inherits.as_deref()].into_iter().flatten()
    });
    config.profiles =
        config::profiles(&parts.configuration, names.chain([request.profile.as_str()]))?;
    for (name, profile) in root_file.profile.iter().chain(&config.profiles) {
        unsupported::check_profile(name, profile)?;
    }
    let own = manifests.iter().flat_map(|manifest| manifest.own_warnings.iter().cloned());
    let mut warnings: Vec<String> = own.collect();
    warnings.extend(config::profile_warnings(&parts.configuration, config.profiles.keys())?);
    warnings.extend(unsupported::version_warning(&toolchain.version));
    Ok(Workspace {
        root: metadata.workspace_root.clone(),
        is_virtual: root_file.package().is_none(),
        current_manifest: parts.current_manifest,
        resolver: resolver(&root_file, &root, &metadata),
        target_directory: request
            .target_dir
            .clone()
            .unwrap_or_else(|| metadata.target_directory.clone()),
        requested_kinds: parts.kinds,
        config,
        toolchain,
        manifest_profiles: root_file.profile,
        rust_versions: parts.rust_versions,
        dependency_features: parts.dependency_features,
        manifests: manifests::extras(manifests),
        metadata,
        manifest_warnings: parts.manifest_warnings,
        warnings,
    })
}

fn resolver(root_file: &ManifestFile, root: &Utf8Path, metadata: &Metadata) -> Resolver {
    let package = metadata.packages.iter().find(|package| package.manifest_path == root);
    root_file.resolver(package.map(|package| package.edition))
}

/// Returns how to call rustc for questions: through both wrappers, as for workspace members.
fn compiler<'a>(
    request: &'a BuildRequest,
    config: &Config,
    tools: &Tools,
    located: &Located,
) -> Compiler<'a> {
    let mut variables = config.env.clone();
    if let Some(toolchain) = &located.rustup_toolchain {
        variables.insert("RUSTUP_TOOLCHAIN".to_owned(), toolchain.clone());
    }
    let programs = [&tools.rustc_wrapper, &tools.rustc_workspace_wrapper].into_iter().flatten();
    Compiler {
        programs: programs.chain([&located.rustc]).cloned().collect(),
        cwd: request.cwd.clone(),
        variables,
        env: &request.env,
    }
}

fn version(compiler: &Compiler<'_>, tools: &Tools) -> Result<VerboseVersion, Error> {
    let mut line = compiler.command_line();
    line.arg("-vV");
    let (text, stderr) = match compiler.ask(&line) {
        Ok(answer) => answer,
        Err(ProbeError::Spawn { source, .. }) => {
            return Err(missing(tools, &compiler.programs, source));
        }
        Err(error) => return Err(Error::CompilerVersion(error)),
    };
    verbose_version(&text).map_err(|missing| {
        Error::CompilerVersion(ProbeError::Malformed {
            command: "rustc -vV".to_owned(),
            missing,
            stderr,
        })
    })
}

/// Says which setting led to a program that does not start.
fn missing(tools: &Tools, programs: &[Utf8PathBuf], source: std::io::Error) -> Error {
    let is = |setting: &Option<Utf8PathBuf>| setting.as_ref() == programs.first();
    let setting = if is(&tools.rustc_wrapper) {
        Some("RUSTC_WRAPPER or build.rustc-wrapper")
    } else if is(&tools.rustc_workspace_wrapper) {
        Some("RUSTC_WORKSPACE_WRAPPER or build.rustc-workspace-wrapper")
    } else if is(&tools.rustc) {
        Some("RUSTC or build.rustc")
    } else {
        None
    };
    let words = programs.iter().map(|program| program.as_str()).chain(["-vV"]);
    let command = words.collect::<Vec<_>>().join(" ");
    Error::CompilerMissing { command, setting, source }
}

fn toolchain(
    tools: Tools,
    located: Located,
    version: VerboseVersion,
    (platforms, host_probe): (BTreeMap<CompileKind, PlatformFacts>, Probe),
) -> Toolchain {
    Toolchain {
        rustc: located.rustc,
        rustc_wrapper: tools.rustc_wrapper,
        rustc_workspace_wrapper: tools.rustc_workspace_wrapper,
        rustdoc: located.rustdoc,
        cargo: located.cargo,
        rustup_toolchain: located.rustup_toolchain,
        verbose_version: version.text,
        version: version.version,
        host: version.host,
        sysroot: host_probe.sysroot,
        platforms,
    }
}
