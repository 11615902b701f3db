//! The command line of rustc for a unit, flag by flag as cargo pushes them. Pure; what build
//! scripts add comes later.

use camino::{Utf8Path, Utf8PathBuf};

use crate::ids::UnitId;
use crate::packages::CrateType;
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::rustc::env::{JoinPathsError, rustc_env};
use crate::rustc::remaps::{Remap, remaps};
use crate::rustc::rendering::Rendering;
use crate::rustc::{Blueprint, OutputFlavor};
use crate::units::{CompileMode, DebugLevel, Lto, PanicStrategy, Unit};

/// Returns the command that compiles a unit, without what build scripts add.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub(crate) fn rustc_command(
    blueprint: &Blueprint<'_>,
    id: UnitId,
) -> Result<CommandLine, JoinPathsError> {
    let (source, cwd) = source_and_directory(blueprint, id);
    let mut command = compiler(blueprint, id, &cwd);
    let mut args = Args(Vec::new());
    args.crate_root(blueprint, id, &source);
    args.messages(blueprint);
    args.products(blueprint, id);
    args.code_generation(blueprint, id);
    args.lints_and_assertions(blueprint, id);
    args.conditions(blueprint, id);
    args.names_and_places(blueprint, id);
    args.dependencies(blueprint, id);
    args.user_flags(blueprint, id);
    args.0.extend(remaps(blueprint, id).iter().map(Remap::arg));
    command.args(args.0);
    rustc_env(blueprint, id, &mut command)?;
    Ok(command)
}

/// Returns rustc within its wrappers. The outermost is for everything, the inner one for members of
/// the workspace.
fn compiler(blueprint: &Blueprint<'_>, id: UnitId, cwd: &Utf8Path) -> CommandLine {
    let toolchain = &blueprint.workspace.toolchain;
    let for_members =
        toolchain.rustc_workspace_wrapper.as_ref().filter(|_| blueprint.package(id).is_member);
    let mut chain = toolchain.rustc_wrapper.iter().chain(for_members).chain([&toolchain.rustc]);
    let program = chain.next().expect("the chain ends with rustc");
    let mut command = CommandLine::new(program.as_str(), cwd);
    command.args(chain.map(|program| program.as_str()));
    command
}

/// Returns the crate root as passed to rustc and the directory to run in: relative to the
/// workspace for its own packages, so that messages and debug info are the same wherever the
/// command was started.
pub(crate) fn source_and_directory(
    blueprint: &Blueprint<'_>,
    id: UnitId,
) -> (Utf8PathBuf, Utf8PathBuf) {
    let package = blueprint.package(id);
    let source = &blueprint.unit(id).target.src_path;
    let root = &blueprint.workspace.root;
    match source.strip_prefix(root) {
        Ok(relative) if package.is_local() => (relative.to_owned(), root.clone()),
        _ => (source.clone(), package.root().to_owned()),
    }
}

/// Arguments in the making.
pub(super) struct Args(pub(super) Vec<String>);

impl Args {
    pub(super) fn push(&mut self, arg: impl Into<String>) {
        self.0.push(arg.into());
    }

    pub(super) fn pair(&mut self, flag: &str, value: impl Into<String>) {
        self.push(flag);
        self.push(value);
    }

    pub(super) fn codegen(&mut self, option: impl Into<String>) {
        self.pair("-C", option);
    }

    fn crate_root(&mut self, blueprint: &Blueprint<'_>, id: UnitId, source: &Utf8Path) {
        let target = &blueprint.unit(id).target;
        self.pair("--crate-name", target.crate_name());
        self.push(format!("--edition={}", target.edition));
        self.push(source.as_str());
    }

    pub(super) fn messages(&mut self, blueprint: &Blueprint<'_>) {
        for arg in Rendering::of(blueprint.request).args() {
            self.push(arg);
        }
    }

    /// Crate types and kinds of files.
    fn products(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let unit = blueprint.unit(id);
        let crate_types =
            if unit.mode.is_any_test() { Vec::new() } else { unit.target.rustc_crate_types() };
        for crate_type in &crate_types {
            self.pair("--crate-type", crate_type.as_str());
        }
        self.push(if unit.mode.is_check() {
            "--emit=dep-info,metadata"
        } else if unit.requires_upstream_objects() {
            "--emit=dep-info,link"
        } else {
            "--emit=dep-info,metadata,link"
        });
        let is_plugin = unit.target.for_host() && !unit.target.is_custom_build();
        let is_inner_dylib = crate_types.contains(&CrateType::Dylib) && !blueprint.is_primary(id);
        if is_plugin || is_inner_dylib {
            self.codegen("prefer-dynamic");
        }
    }

    fn code_generation(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let profile = &blueprint.unit(id).profile;
        if profile.opt_level != "0" {
            self.codegen(format!("opt-level={}", profile.opt_level));
        }
        if profile.panic != PanicStrategy::Unwind {
            self.codegen(format!("panic={}", profile.panic.as_str()));
        }
        self.link_time_optimization(&blueprint.lto[id]);
        if let Some(n_units) = profile.codegen_units {
            self.codegen(format!("codegen-units={n_units}"));
        }
        if profile.debuginfo.level != DebugLevel::None {
            self.codegen(format!("debuginfo={}", profile.debuginfo.level.as_str()));
            let supported = &blueprint.facts(id).split_debuginfo;
            if let Some(split) =
                profile.split_debuginfo.as_ref().filter(|split| supported.contains(split))
            {
                self.codegen(format!("split-debuginfo={split}"));
            }
        }
    }

    pub(super) fn link_time_optimization(&mut self, lto: &Lto) {
        match lto {
            Lto::Run(None) => self.codegen("lto"),
            Lto::Run(Some(name)) => self.codegen(format!("lto={name}")),
            Lto::Off => {
                self.codegen("lto=off");
                self.codegen("embed-bitcode=no");
            }
            Lto::ObjectAndBitcode => {}
            Lto::OnlyBitcode => self.codegen("linker-plugin-lto"),
            Lto::OnlyObject => self.codegen("embed-bitcode=no"),
        }
    }

    /// Assertions and checks are passed only where they differ from what the level of optimization
    /// implies, and checks only where they differ from assertions.
    fn lints_and_assertions(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        self.0.extend(blueprint.package(id).lint_flags.iter().cloned());
        let profile = &blueprint.unit(id).profile;
        let is_optimized = profile.opt_level != "0";
        if profile.debug_assertions == is_optimized {
            self.codegen(format!("debug-assertions={}", on_or_off(profile.debug_assertions)));
        }
        if profile.overflow_checks != profile.debug_assertions {
            self.codegen(format!("overflow-checks={}", on_or_off(profile.overflow_checks)));
        }
    }

    /// What `cfg(…)` is true of, and what it may be asked about.
    fn conditions(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let unit = blueprint.unit(id);
        if unit.mode.is_any_test() {
            if unit.target.harness {
                self.push("--test");
            } else {
                self.pair("--cfg", "test");
            }
        }
        self.features(blueprint, id);
    }

    /// Features that are on, and names that conditions may ask about.
    pub(super) fn features(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        for feature in &blueprint.unit(id).features {
            self.pair("--cfg", format!("feature=\"{feature}\""));
        }
        let declared: Vec<String> =
            blueprint.package(id).features.keys().map(|feature| format!("\"{feature}\"")).collect();
        self.pair("--check-cfg", "cfg(docsrs,test)");
        self.pair("--check-cfg", format!("cfg(feature, values({}))", declared.join(", ")));
    }

    fn names_and_places(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let unit = blueprint.unit(id);
        self.codegen(format!("metadata={}", blueprint.identities[id].metadata));
        if let Some(hash) = blueprint.extra_filenames[id] {
            self.codegen(format!("extra-filename=-{hash}"));
        }
        if unit.profile.rpath {
            self.codegen("rpath");
        }
        self.pair("--out-dir", blueprint.out_dir(id));
        if let Some(triple) = unit.kind.triple() {
            self.pair("--target", triple.as_str());
        }
        if let Some(linker) = &blueprint.facts(id).linker {
            self.codegen(format!("linker={linker}"));
        }
        if unit.profile.incremental {
            self.codegen(format!("incremental={}", blueprint.unit_dir(id).join("incremental")));
        }
        if let Some(strip) = &unit.profile.strip.value {
            self.codegen(format!("strip={strip}"));
        }
    }

    pub(super) fn dependencies(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        self.search_paths(blueprint, id);
        self.externs(blueprint, id);
    }

    pub(super) fn search_paths(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let kind = &blueprint.unit(id).kind;
        let layout = blueprint.layout;
        self.pair("-L", format!("dependency={}", layout.deps(kind)));
        if !kind.is_host() {
            // Procedural macros that a dependency re-exports are found there.
            let host = layout.deps(&CompileKind::Host);
            self.pair("-L", format!("dependency={host}"));
        }
    }

    pub(super) fn externs(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        let unit = blueprint.unit(id);
        for dependency in blueprint.dependencies(id) {
            let below = blueprint.unit(dependency.unit);
            let is_library = below.target.is_linkable() && !below.mode.is_doc();
            if !is_library || below.is_run_custom_build() {
                continue;
            }
            let wanted = if needs_only_metadata(unit, below) {
                OutputFlavor::Metadata
            } else {
                OutputFlavor::Linkable
            };
            let name = &dependency.extern_crate_name;
            for output in &blueprint.outputs[dependency.unit] {
                if output.flavor == wanted {
                    self.pair("--extern", format!("{name}={}", output.published));
                }
            }
        }
        if unit.target.is_proc_macro() {
            self.pair("--extern", "proc_macro");
        }
    }

    /// Lint caps for what others wrote.
    pub(super) fn lint_cap(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        if !blueprint.package(id).is_local() {
            let cap = if blueprint.request.extra_verbose { "warn" } else { "allow" };
            self.pair("--cap-lints", cap);
        }
    }

    /// Lint caps for what others wrote, and the user's flags.
    fn user_flags(&mut self, blueprint: &Blueprint<'_>, id: UnitId) {
        self.lint_cap(blueprint, id);
        self.0.extend(blueprint.extra_rustc_args(id).iter().cloned());
        if blueprint.request.extra_args.caps_lints && blueprint.is_primary(id) {
            self.0.push("--cap-lints=warn".to_owned());
        }
        self.0.extend(blueprint.facts(id).rustflags.iter().cloned());
    }
}

/// Returns whether metadata of a dependency is enough: it is only checked, or both are libraries
/// whose objects nobody looks at before the link.
fn needs_only_metadata(unit: &Unit, below: &Unit) -> bool {
    let is_pipelined =
        |unit: &Unit| unit.mode == CompileMode::Build && !unit.requires_upstream_objects();
    below.mode.is_check() || (is_pipelined(unit) && is_pipelined(below))
}

fn on_or_off(flag: bool) -> &'static str {
    if flag { "on" } else { "off" }
}

#[cfg(test)]
mod tests;
