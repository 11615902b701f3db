//! The command that runs a build script. Pure; what other build scripts said comes later.

use std::collections::BTreeMap;

use cargo_platform::Cfg;

use crate::ids::UnitId;
use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::rustc::env::{JoinPathsError, envify, package_env};
use crate::rustc::{Blueprint, OutputFlavor};
use crate::toolchain::PlatformFacts;
use crate::units::{DebugLevel, ProfileRoot, Unit};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rustc::fixture::{HOST, Sample, without_hashes};

    fn shown(command: &CommandLine) -> Vec<String> {
        let changes = command.env.iter().filter(|(name, _)| !name.starts_with("CARGO_PKG_"));
        let shown = changes.map(|(name, value)| match value {
            Some(value) => without_hashes(&format!("{name}={}", value.display())),
            None => format!("-{name}"),
        });
        shown.collect()
    }

    // What cargo printed for the same manifests, but for directories and values of hashes.
    #[test]
    fn scripts_are_told_of_the_build() {
        let sample = Sample::new();
        let command = build_script_command(&sample.fixture.blueprint(), sample.app_run).unwrap();
        let program = without_hashes(command.program.to_str().unwrap());
        assert_eq!(program, "/w/target/atlas/debug/unit/my-app-[H]/build-script-build");
        assert_eq!(command.cwd, "/w/my-app");
        assert!(command.args.is_empty());
        let loader = "/w/target/debug:/w/target/atlas/debug/deps:\
             /rust/lib/rustlib/x86_64-unknown-linux-gnu/lib:/rust/lib";
        assert_eq!(
            shown(&command),
            [
                "CARGO=/rust/bin/cargo",
                "CARGO_CFG_DEBUG_ASSERTIONS=",
                "CARGO_CFG_FEATURE=default,fancy-one",
                "CARGO_CFG_PANIC=unwind",
                "CARGO_CFG_TARGET_HAS_ATOMIC=8,ptr",
                "CARGO_CFG_TARGET_OS=linux",
                "CARGO_CFG_UNIX=",
                "CARGO_ENCODED_RUSTFLAGS=",
                "CARGO_FEATURE_DEFAULT=1",
                "CARGO_FEATURE_FANCY_ONE=1",
                "CARGO_MANIFEST_DIR=/w/my-app",
                "CARGO_MANIFEST_PATH=/w/my-app/Cargo.toml",
                "DEBUG=true",
                &format!("HOST={HOST}"),
                &format!("LD_LIBRARY_PATH={loader}"),
                "NUM_JOBS=2",
                "OPT_LEVEL=0",
                "OUT_DIR=/w/target/atlas/debug/unit/my-app-[H]/out",
                "PROFILE=debug",
                "RUSTC=/rust/bin/rustc",
                "-RUSTC_WORKSPACE_WRAPPER",
                "-RUSTC_WRAPPER",
                "RUSTDOC=/rust/bin/rustdoc",
                "-RUSTFLAGS",
                &format!("TARGET={HOST}"),
            ]
        );
    }

    #[test]
    fn links_wrappers_linker_and_flags_are_told_of() {
        let mut sample = Sample::new();
        let toolchain = &mut sample.fixture.workspace.toolchain;
        toolchain.rustc_wrapper = Some("/outer".into());
        toolchain.rustc_workspace_wrapper = Some("/inner".into());
        let facts = toolchain.platforms.get_mut(&CompileKind::Host).unwrap();
        facts.rustflags = vec!["-C".to_owned(), "a b".to_owned()];
        facts.linker = Some("/bin/ld".into());
        let profile = &mut sample.fixture.units.units[sample.sys_run].profile;
        profile.debug_assertions = false;
        profile.debuginfo.level = DebugLevel::None;
        profile.root = ProfileRoot::Release;
        let command = build_script_command(&sample.fixture.blueprint(), sample.sys_run).unwrap();
        let env = shown(&command);
        for expected in [
            "CARGO_ENCODED_RUSTFLAGS=-C\x1fa b",
            "CARGO_CFG_FEATURE=",
            "CARGO_MANIFEST_LINKS=thing",
            "DEBUG=false",
            "PROFILE=release",
            "RUSTC_LINKER=/bin/ld",
            "RUSTC_WRAPPER=/outer",
            "RUSTC_WORKSPACE_WRAPPER=/inner",
        ] {
            assert!(env.iter().any(|entry| entry == expected), "{expected} not in {env:#?}");
        }
        assert!(!env.iter().any(|entry| entry.starts_with("CARGO_CFG_DEBUG_ASSERTIONS")));
    }
}
