//! The words of `graph`, and what they say about the shape of what is shown.

use atlas_build::packages::DependencyKind;
use clap::Args;

use super::format::GraphFormat;
use super::view::{ModuleShare, Shape};
use crate::args::{COMPILATION_OPTIONS, FeatureArgs, MANIFEST_OPTIONS, PACKAGE_SELECTION};

const DISPLAY_OPTIONS: &str = "Display Options";

/// The words of `graph`.
#[derive(Args, Clone, Debug)]
pub(crate) struct GraphArgs {
    /// Show modules as well as packages: of all path packages that are shown
    #[arg(long, help_heading = DISPLAY_OPTIONS)]
    pub(crate) modules: bool,

    /// Show packages only, also of those named by `-p`
    #[arg(long, help_heading = DISPLAY_OPTIONS, conflicts_with = "modules")]
    pub(crate) packages: bool,

    /// Show packages that are not on a local path, as leaves
    #[arg(long, help_heading = DISPLAY_OPTIONS)]
    pub(crate) external: bool,

    /// How far down to go: packages below the first ones, modules below their crate
    #[arg(long, value_name = "N", help_heading = DISPLAY_OPTIONS)]
    pub(crate) depth: Option<usize>,

    /// Which kinds of dependencies to show
    #[arg(
        long, value_name = "KINDS", value_delimiter = ',', default_value = "normal,build",
        value_parser = ["normal", "build", "dev"], help_heading = DISPLAY_OPTIONS
    )]
    pub(crate) edges: Vec<String>,

    /// In which form to show it
    #[arg(
        long, value_name = "FORMAT", default_value = "text",
        value_parser = GraphFormat::NAMES, help_heading = DISPLAY_OPTIONS
    )]
    pub(crate) format: String,

    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = DISPLAY_OPTIONS)]
    pub(crate) output: Option<String>,

    /// Package to show (see `cargo help pkgid`), with its modules
    #[arg(short, long, value_name = "SPEC", help_heading = PACKAGE_SELECTION)]
    pub(crate) package: Vec<String>,

    /// Show all packages in the workspace
    #[arg(long, help_heading = PACKAGE_SELECTION)]
    pub(crate) workspace: bool,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY", help_heading = COMPILATION_OPTIONS)]
    pub(crate) target_dir: Option<String>,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,
}

impl GraphArgs {
    /// Returns the form that is asked for.
    pub(crate) fn graph_format(&self) -> GraphFormat {
        GraphFormat::named(&self.format)
    }

    /// Returns what is to be shown.
    pub(crate) fn shape(&self) -> Shape {
        let is_picture = self.graph_format().is_picture();
        let modules = match (self.packages, self.modules, self.package.is_empty()) {
            (true, ..) => ModuleShare::None,
            (_, true, _) => ModuleShare::All,
            (_, _, false) => ModuleShare::Selected,
            (_, _, true) if is_picture => ModuleShare::All,
            (_, _, true) => ModuleShare::None,
        };
        // A box has room for few modules; who asks for modules wants all of them.
        let is_brief = is_picture && !self.modules && self.package.is_empty();
        Shape {
            modules,
            has_external: self.external,
            package_depth: self.depth.unwrap_or(usize::MAX),
            module_depth: self.depth.unwrap_or(if is_brief { 1 } else { usize::MAX }),
            is_brief,
            kinds: self.edges.iter().map(|kind| kind_named(kind)).collect(),
            are_named: !self.package.is_empty(),
        }
    }
}

fn kind_named(name: &str) -> DependencyKind {
    match name {
        "build" => DependencyKind::Build,
        "dev" => DependencyKind::Development,
        _ => DependencyKind::Normal,
    }
}
