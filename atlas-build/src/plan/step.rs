//! What has to be done for a unit, as far as it is known before anything runs. Pure data: says what
//! to run and which files come of it, never whether it has to be run.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::rustc::{Output, Remap};
use crate::script::{BuildScriptOutput, LinkArgTarget};

/// What has to be done for a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// Run rustc.
    Compile(CompileStep),
    /// Run a build script.
    RunBuildScript(BuildScriptStep),
    /// Run the examples in documentation, once everything is built.
    Doctest(DoctestStep),
    /// The configuration says what the build script would say (`target.<triple>.<links>`).
    OverriddenBuildScript(BuildScriptOutput),
}

impl Step {
    /// Returns the unit's own directory, if it has one.
    pub fn unit_dir(&self) -> Option<&Utf8Path> {
        match self {
            Step::Compile(step) => Some(&step.unit_dir),
            Step::RunBuildScript(step) => Some(&step.unit_dir),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
        }
    }
}

/// A run of rustc, or of rustdoc for pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompileStep {
    /// The command, without what build scripts add to it.
    pub command: CommandLine,
    /// The unit's own directory, `…/unit/<name>-<hash>`.
    pub unit_dir: Utf8PathBuf,
    /// Where rustc writes (`--out-dir`), below `unit_dir`.
    pub out_dir: Utf8PathBuf,
    /// The dep-info file that rustc writes, below `out_dir`.
    pub dep_info: Utf8PathBuf,
    /// The files that come of it, dep-info not among them.
    pub outputs: Vec<Output>,
    /// Directories that rustc is told to write under other names.
    pub remaps: Vec<Remap>,
    /// What build scripts add to the command.
    pub additions: BuildScriptAdditions,
    /// Whether dependents may start once metadata is there.
    pub pipelined: bool,
    /// What rustdoc makes, if it is a run of it.
    pub pages: Option<Pages>,
}

/// Documentation of a crate. It is where the user finds it from the beginning: rustdoc adds to what
/// it wrote for other crates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pages {
    /// The directory of all documentation.
    pub root: Utf8PathBuf,
    /// The directory of the crate in it.
    pub directory: Utf8PathBuf,
    /// The crate root as passed to rustdoc.
    pub source: Utf8PathBuf,
    /// The compiler that is asked what rustdoc has read.
    pub rustc: Utf8PathBuf,
}

impl Pages {
    /// Returns the page that the user begins with.
    pub fn index(&self) -> Utf8PathBuf {
        self.directory.join("index.html")
    }
}

/// A run of the examples in documentation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoctestStep {
    /// The command, up to where directories of native libraries and arguments for the examples go.
    pub command: CommandLine,
    /// What follows, up to where conditions of build scripts go.
    pub rest: Vec<String>,
    /// What follows these.
    pub user_flags: Vec<String>,
    /// The run of the package's own build script.
    pub own: Option<UnitId>,
    /// Which linker arguments of that are meant for it.
    pub link_arg_targets: Vec<LinkArgTarget>,
}

/// Which runs of build scripts add what to a command of rustc.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub struct BuildScriptAdditions {
    /// The run of the package's own build script: gives `--cfg`, `--check-cfg`, `rustc-env`, `-l`.
    pub own: Option<UnitId>,
    /// Whether `-l` flags of the own run are passed (only to the library, if there is one).
    pub links_own_libraries: bool,
    /// Runs whose library search paths are passed: the own one and those of all linked packages,
    /// in cargo's order.
    pub search_paths: Vec<UnitId>,
    /// Runs whose linker arguments may be passed: the own one, and for cdylibs those of all linked
    /// packages, in cargo's order. Arguments for [`LinkArgTarget::Cdylib`] count from all of them,
    /// the others from the own one only.
    pub linker_args: Vec<UnitId>,
    /// Which linker arguments are meant for what the unit links.
    pub link_arg_targets: Vec<LinkArgTarget>,
    /// Runs whose native directories below the target directory go on the dynamic library search
    /// path of rustc (procedural macros that load native libraries).
    pub plugin_paths: Vec<UnitId>,
}

/// A run of a build script.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BuildScriptStep {
    /// The command, without what other runs add to its environment. Its program is the published
    /// executable of the script.
    pub command: CommandLine,
    /// The unit's own directory, `…/unit/<name>-<hash>`.
    pub unit_dir: Utf8PathBuf,
    /// `OUT_DIR`, below `unit_dir`.
    pub out_dir: Utf8PathBuf,
    /// Runs of packages depended on that declare `links`, with that name as it stands in names of
    /// variables: each `metadata` entry becomes `DEP_<NAME>_<KEY>`.
    pub links_metadata: Vec<(String, UnitId)>,
    /// Runs of packages that the script itself links, for the dynamic library search path.
    pub search_paths: Vec<UnitId>,
    /// Name under which messages of the script are shown, such as `foo@1.0.0`.
    pub label: String,
}
