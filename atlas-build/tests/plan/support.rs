//! A workspace is one string; a plan is lines of text.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::env;
use std::ffi::OsString;

use atlas_build::request::{
    BuildRequest, Environment, FilterRule, LibRule, PackageSelection, Resolution, TargetFilter,
    TargetSelection,
};
use atlas_build::units::{Unit, UnitGraph};
use atlas_build::{Error, Planned, plan};
use camino::Utf8PathBuf;
use tempfile::TempDir;

/// A workspace on disk, gone when dropped.
pub(crate) struct Fixture {
    directory: TempDir,
}

impl Fixture {
    /// Writes the files of a text: each starts with `//- PATH`. A file that is only named gets an
    /// empty library or `main`.
    pub(crate) fn new(text: &str) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        for file in text.split("//- ").skip(1) {
            let (path, content) = file.split_once('\n').unwrap_or((file, ""));
            let target = directory.path().join(path.trim());
            fs_err::create_dir_all(target.parent().expect("below the directory")).unwrap();
            let content = if content.trim().is_empty() { "fn main() {}\n" } else { content };
            fs_err::write(target, content).unwrap();
        }
        Fixture { directory }
    }

    /// Returns a request that asks for nothing in particular.
    pub(crate) fn request(&self) -> BuildRequest {
        let root = self.directory.path().canonicalize().unwrap();
        BuildRequest {
            resolution: Resolution { offline: true, ..Resolution::default() },
            ..BuildRequest::new(Utf8PathBuf::from_path_buf(root).unwrap(), environment())
        }
    }

    /// Plans a request and checks that the graph is well formed.
    pub(crate) fn plan(&self, change: impl FnOnce(&mut BuildRequest)) -> Planned {
        let mut request = self.request();
        change(&mut request);
        let planned =
            plan(&request, &mut |_| ()).unwrap_or_else(|error| panic!("no plan: {error:?}"));
        planned.units.graph.verify(&planned.packages);
        planned
    }

    /// Plans a request that cannot be, and returns the message.
    pub(crate) fn error(&self, change: impl FnOnce(&mut BuildRequest)) -> String {
        let mut request = self.request();
        change(&mut request);
        match plan(&request, &mut |_| ()) {
            Ok(_) => panic!("there is a plan"),
            Err(error @ Error::Units(_)) => error.to_string(),
            Err(error) => panic!("another error: {error:?}"),
        }
    }
}

/// The environment that cargo and rustc need, without what would change a plan.
#[expect(clippy::disallowed_methods, reason = "a test decides what of its environment counts")]
fn environment() -> Environment {
    let kept = ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    let vars = kept
        .into_iter()
        .filter_map(|name| env::var_os(name).map(|value| (OsString::from(name), value)))
        .collect();
    Environment { vars }
}

/// Asks for the whole workspace.
pub(crate) fn workspace(request: &mut BuildRequest) {
    request.packages = PackageSelection::All(Vec::new());
}

/// Asks for every target.
pub(crate) fn all_targets(request: &mut BuildRequest) {
    request.targets = TargetSelection::Only(TargetFilter {
        all_targets: true,
        lib: LibRule::Default,
        bins: FilterRule::All,
        examples: FilterRule::All,
        tests: FilterRule::All,
        benches: FilterRule::All,
    });
}

/// Asks for nothing but the named binaries.
pub(crate) fn bins(names: &[&str]) -> TargetSelection {
    TargetSelection::Only(TargetFilter {
        all_targets: false,
        lib: LibRule::False,
        bins: FilterRule::Just(names.iter().map(|&name| name.to_owned()).collect()),
        examples: FilterRule::none(),
        tests: FilterRule::none(),
        benches: FilterRule::none(),
    })
}

/// Returns a line for each unit, sorted: package, kind, mode, and what `describe` says.
pub(crate) fn lines(planned: &Planned, describe: impl Fn(&Unit) -> String) -> Vec<String> {
    let mut lines: Vec<String> = planned
        .units
        .graph
        .units
        .values()
        .map(|unit| format!("{} {}", name(planned, unit), describe(unit)).trim_end().to_owned())
        .collect();
    lines.sort();
    lines
}

/// Returns a line for each unit: what it is, and what it depends on.
pub(crate) fn edges(planned: &Planned) -> Vec<String> {
    let graph: &UnitGraph = &planned.units.graph;
    let mut lines: Vec<String> = graph
        .units
        .iter()
        .map(|(id, unit)| {
            let needs: Vec<String> = graph.dependencies[id]
                .iter()
                .map(|edge| {
                    let needed = name(planned, &graph.units[edge.unit]);
                    format!("{} as {}", needed, edge.extern_crate_name)
                })
                .collect();
            format!("{} <- {}", name(planned, unit), needs.join(", ")).trim_end().to_owned()
        })
        .collect();
    lines.sort();
    lines
}

fn name(planned: &Planned, unit: &Unit) -> String {
    let package = &planned.packages.packages[unit.package].name;
    format!("{package}/{} {}", unit.target.kind_names()[0], unit.mode.as_str())
}
