//! The command that runs a build script. Pure; what other build scripts said comes later.

use std::collections::BTreeMap;

use cargo_platform::Cfg;

use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::rustc::env::{JoinPathsError, envify, package_env};
use crate::rustc::{Blueprint, OutputFlavor, PlatformFacts};
use crate::units::{CompileKind, DebugLevel, ProfileRoot, Unit};

/// Returns the command of a run of a build script, without what other runs add.
///
/// # Errors
///
/// If the dynamic library search path cannot be put together.
pub(crate) fn build_script_command(
    blueprint: &Blueprint<'_>,
    id: UnitId,
) -> Result<CommandLine, JoinPathsError> {
    let mut command = CommandLine::new(executable(blueprint, id), blueprint.package(id).root());
    let host = CompileKind::Host;
    let results = blueprint.installs.then(|| blueprint.layout.results(&host));
    let libraries = &blueprint.workspace.toolchain.platforms[&host].sysroot_libdir;
    let directories = results
        .into_iter()
        .chain([blueprint.layout.deps(&host), libraries.clone()])
        .map(|directory| directory.into_std_path_buf())
        .collect();
    package_env(blueprint, id, directories, &mut command)?;
    build_env(blueprint, id, &mut command);
    feature_and_cfg_env(blueprint.unit(id), blueprint.facts(id), &mut command);
    compiler_env(blueprint, id, &mut command);
    Ok(command)
}

/// Returns the script that a run runs.
fn executable<'a>(blueprint: &'a Blueprint<'_>, id: UnitId) -> &'a str {
    let script = blueprint
        .dependencies(id)
        .iter()
        .map(|dependency| dependency.unit)
        .find(|dependency| {
            let unit = blueprint.unit(*dependency);
            unit.target.is_custom_build() && !unit.is_run_custom_build()
        })
        .expect("a run of a build script depends on the script");
    let mut outputs = blueprint.outputs[script].iter();
    let output = outputs
        .find(|output| output.flavor == OutputFlavor::Normal)
        .expect("a build script is an executable");
    output.published.as_str()
}

/// Sets what a script is told about the build. The profile is that of the package's library, not
/// of the script.
fn build_env(blueprint: &Blueprint<'_>, id: UnitId, command: &mut CommandLine) {
    let toolchain = &blueprint.workspace.toolchain;
    let profile = &blueprint.unit(id).profile;
    let package = blueprint.package(id);
    let root = match profile.root {
        ProfileRoot::Release => "release",
        ProfileRoot::Debug => "debug",
    };
    let debug = profile.debuginfo.level != DebugLevel::None;
    command
        .env("OUT_DIR", blueprint.out_dir(id))
        .env("CARGO_MANIFEST_DIR", package.root())
        .env("CARGO_MANIFEST_PATH", &package.manifest_path)
        .env("NUM_JOBS", blueprint.workspace.config.jobs.to_string())
        .env("TARGET", blueprint.facts(id).triple.as_str())
        .env("DEBUG", debug.to_string())
        .env("OPT_LEVEL", &profile.opt_level)
        .env("PROFILE", root)
        .env("HOST", toolchain.host.as_str())
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTDOC", &toolchain.rustdoc);
    if let Some(linker) = &blueprint.facts(id).linker {
        command.env("RUSTC_LINKER", linker);
    }
    if let Some(links) = &package.links {
        command.env("CARGO_MANIFEST_LINKS", links);
    }
}

/// Sets `CARGO_FEATURE_*` and `CARGO_CFG_*`. rustc is asked about a platform without any profile,
/// so `debug_assertions` is the profile's.
fn feature_and_cfg_env(unit: &Unit, facts: &PlatformFacts, command: &mut CommandLine) {
    for feature in &unit.features {
        command.env(format!("CARGO_FEATURE_{}", envify(feature)), "1");
    }
    let features = unit.features.iter().map(String::as_str).collect();
    let mut cfgs = BTreeMap::from([("feature", features)]);
    if unit.profile.debug_assertions {
        cfgs.insert("debug_assertions", Vec::new());
    }
    for cfg in &facts.cfgs {
        match cfg {
            Cfg::Name(name) if name.as_str() == "debug_assertions" => {}
            Cfg::Name(name) => {
                cfgs.insert(name.as_str(), Vec::new());
            }
            Cfg::KeyPair(key, value) => cfgs.entry(key.as_str()).or_default().push(value.as_str()),
        }
    }
    for (name, values) in cfgs {
        command.env(format!("CARGO_CFG_{}", envify(name)), values.join(","));
    }
}

/// Sets how the script is to call rustc.
fn compiler_env(blueprint: &Blueprint<'_>, id: UnitId, command: &mut CommandLine) {
    let toolchain = &blueprint.workspace.toolchain;
    let for_members =
        toolchain.rustc_workspace_wrapper.as_ref().filter(|_| blueprint.package(id).is_member);
    for (name, wrapper) in [
        ("RUSTC_WRAPPER", toolchain.rustc_wrapper.as_ref()),
        ("RUSTC_WORKSPACE_WRAPPER", for_members),
    ] {
        match wrapper {
            Some(wrapper) => command.env(name, wrapper),
            None => command.env_remove(name),
        };
    }
    command.env("CARGO_ENCODED_RUSTFLAGS", blueprint.facts(id).rustflags.join("\x1f"));
    command.env_remove("RUSTFLAGS");
}
