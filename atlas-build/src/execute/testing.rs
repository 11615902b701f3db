//! Steps for tests.

use std::env;

use camino::{Utf8Path, Utf8PathBuf};

use crate::plan::{BuildScriptAdditions, BuildScriptStep, CompileStep, Output, OutputFlavor};
use crate::process::{CommandLine, Environment};

/// The environment of the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "tests start real processes in their own environment"
)]
pub(crate) fn environment() -> Environment {
    Environment { vars: env::vars_os().collect() }
}

/// A compile whose files are in `<name>/out`, are published to `deps` and uplifted to `top`. Its
/// program is the name.
pub(crate) fn compile_step(
    name: &str,
    root: &Utf8Path,
    files: &[(&str, OutputFlavor)],
) -> CompileStep {
    let out_dir = root.join(name).join("out");
    let output = |&(file, flavor): &(&str, OutputFlavor)| Output {
        path: out_dir.join(file),
        published: root.join("deps").join(file),
        uplifted: Some(root.join("top").join(file)),
        flavor,
    };
    CompileStep {
        command: CommandLine::new(name, root),
        unit_dir: root.join(name),
        dep_info: out_dir.join(format!("{name}.d")),
        outputs: files.iter().map(output).collect(),
        additions: BuildScriptAdditions::default(),
        remaps: Vec::new(),
        pages: None,
        pipelined: files.iter().any(|(_, flavor)| *flavor == OutputFlavor::Metadata),
        out_dir,
    }
}

/// A run of a build script whose program is the name.
pub(crate) fn build_script_step(name: &str, root: &Utf8Path) -> BuildScriptStep {
    let unit_dir: Utf8PathBuf = root.join(name);
    BuildScriptStep {
        command: CommandLine::new(name, root),
        out_dir: unit_dir.join("out"),
        unit_dir,
        links_metadata: Vec::new(),
        search_paths: Vec::new(),
        label: format!("{name}@1.0.0"),
    }
}
