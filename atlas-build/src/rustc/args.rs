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
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::platform::Triple;
    use crate::request::MessageFormat;
    use crate::rustc::fixture::{
        Fixture, HOST, LINUX_FILES, Sample, build_script, lib, platform, without_hashes,
    };

    /// Returns the arguments as cargo prints them.
    fn shown(fixture: &Fixture, id: UnitId) -> String {
        let command = rustc_command(&fixture.blueprint(), id).unwrap();
        let args: Vec<_> = command
            .args
            .iter()
            .map(|arg| shell_escape::escape(arg.to_str().unwrap().into()))
            .collect();
        without_hashes(&args.join(" "))
    }

    #[track_caller]
    fn check(id: impl Fn(&Sample) -> UnitId, parts: &[&str]) {
        let sample = Sample::new();
        assert_eq!(shown(&sample.fixture, id(&sample)), parts.join(" "));
    }

    const JSON: &str =
        "--error-format=json --json=diagnostic-rendered-ansi,artifacts,future-incompat";
    const NO_FEATURES: &str =
        "--check-cfg 'cfg(docsrs,test)' --check-cfg 'cfg(feature, values())' -C metadata=[H]";
    const FEATURES: &str = "--cfg 'feature=\"default\"' --cfg 'feature=\"fancy-one\"' \
         --check-cfg 'cfg(docsrs,test)' \
         --check-cfg 'cfg(feature, values(\"default\", \"fancy-one\", \"other\"))' -C metadata=[H] \
         -C extra-filename=-[H]";
    const LINTS: &str = "--warn=unused --warn=unexpected_cfgs --check-cfg 'cfg(foo)'";
    const DEPS: &str = "-L dependency=/w/target/atlas/debug/deps";
    const APP_DIR: &str = "--out-dir /w/target/atlas/debug/unit/my-app-[H]/out \
         -C incremental=/w/target/atlas/debug/unit/my-app-[H]/incremental";
    const DY: &str = "--extern dy=/w/target/atlas/debug/deps/libdy.so";
    const LIB_A: &str = "--extern lib_a=/w/target/atlas/debug/deps/liblib_a.rlib";
    const MAC: &str = "--extern mac=/w/target/atlas/debug/deps/libmac-[H].so";
    const APP: &str = "--extern my_app=/w/target/atlas/debug/deps/libmy_app-[H].rlib";
    const SYS: &str = "--extern sys=/w/target/atlas/debug/deps/libsys-[H].rlib";

    // What cargo printed for the same manifests, but for directories and values of hashes.

    #[test]
    fn build_scripts_have_no_debug_info() {
        check(
            |sample| sample.sys_script,
            &[
                "--crate-name build_script_build --edition=2021 sys/build.rs",
                JSON,
                "--crate-type bin --emit=dep-info,link -C embed-bitcode=no",
                NO_FEATURES,
                "-C extra-filename=-[H] --out-dir /w/target/atlas/debug/unit/sys-[H]/out \
             -C incremental=/w/target/atlas/debug/unit/sys-[H]/incremental",
                DEPS,
            ],
        );
    }

    #[test]
    fn local_libraries_of_several_types_have_no_hash() {
        check(
            |sample| sample.lib_a,
            &[
                "--crate-name lib_a --edition=2021 lib-a/src/lib.rs",
                JSON,
                "--crate-type rlib --crate-type cdylib --crate-type staticlib --emit=dep-info,link \
             -C embed-bitcode=no -C debuginfo=2",
                NO_FEATURES,
                "--out-dir /w/target/atlas/debug/unit/lib-a-[H]/out \
             -C incremental=/w/target/atlas/debug/unit/lib-a-[H]/incremental",
                DEPS,
            ],
        );
    }

    #[test]
    fn inner_dylibs_prefer_dynamic() {
        check(
            |sample| sample.dy,
            &[
                "--crate-name dy --edition=2021 dy/src/lib.rs",
                JSON,
                "--crate-type dylib --emit=dep-info,link -C prefer-dynamic -C embed-bitcode=no \
             -C debuginfo=2",
                NO_FEATURES,
                "--out-dir /w/target/atlas/debug/unit/dy-[H]/out \
             -C incremental=/w/target/atlas/debug/unit/dy-[H]/incremental",
                DEPS,
            ],
        );
    }

    #[test]
    fn procedural_macros_link_objects_and_proc_macro() {
        check(
            |sample| sample.mac,
            &[
                "--crate-name mac --edition=2021 mac/src/lib.rs",
                JSON,
                "--crate-type proc-macro --emit=dep-info,link -C prefer-dynamic -C embed-bitcode=no",
                NO_FEATURES,
                "-C extra-filename=-[H] --out-dir /w/target/atlas/debug/unit/mac-[H]/out \
             -C incremental=/w/target/atlas/debug/unit/mac-[H]/incremental",
                DEPS,
                SYS,
                "--extern proc_macro",
            ],
        );
    }

    #[test]
    fn libraries_need_only_metadata_of_libraries() {
        check(
            |sample| sample.app,
            &[
                "--crate-name my_app --edition=2021 my-app/src/lib.rs",
                JSON,
                "--crate-type lib --emit=dep-info,metadata,link -C embed-bitcode=no -C debuginfo=2",
                LINTS,
                FEATURES,
                APP_DIR,
                DEPS,
                DY,
                LIB_A,
                MAC,
                "--extern sys=/w/target/atlas/debug/deps/libsys-[H].rmeta",
            ],
        );
    }

    #[test]
    fn tests_have_no_crate_type() {
        check(
            |sample| sample.app_test,
            &[
                "--crate-name my_app --edition=2021 my-app/src/lib.rs",
                JSON,
                "--emit=dep-info,link -C embed-bitcode=no -C debuginfo=2",
                LINTS,
                "--test",
                FEATURES,
                APP_DIR,
                DEPS,
                DY,
                LIB_A,
                MAC,
                SYS,
            ],
        );
    }

    #[test]
    fn binaries_link_libraries() {
        check(
            |sample| sample.app_bin,
            &[
                "--crate-name my_app --edition=2021 my-app/src/main.rs",
                JSON,
                "--crate-type bin --emit=dep-info,link -C embed-bitcode=no -C debuginfo=2",
                LINTS,
                FEATURES,
                APP_DIR,
                DEPS,
                DY,
                LIB_A,
                MAC,
                APP,
                SYS,
            ],
        );
    }

    #[test]
    fn integration_tests_do_not_link_binaries() {
        check(
            |sample| sample.it,
            &[
                "--crate-name it --edition=2021 my-app/tests/it.rs",
                JSON,
                "--emit=dep-info,link -C embed-bitcode=no -C debuginfo=2",
                LINTS,
                "--test",
                FEATURES,
                APP_DIR,
                DEPS,
                DY,
                LIB_A,
                MAC,
                APP,
                SYS,
            ],
        );
    }

    #[rstest]
    #[case("0", true, true, "")]
    #[case("0", true, false, "-C overflow-checks=off ")]
    #[case("0", false, true, "-C debug-assertions=off -C overflow-checks=on ")]
    #[case("0", false, false, "-C debug-assertions=off ")]
    #[case("3", true, true, "-C debug-assertions=on ")]
    #[case("3", true, false, "-C debug-assertions=on -C overflow-checks=off ")]
    #[case("3", false, true, "-C overflow-checks=on ")]
    #[case("3", false, false, "")]
    fn checks_are_passed_where_they_are_not_implied(
        #[case] opt_level: &str,
        #[case] assertions: bool,
        #[case] checks: bool,
        #[case] flags: &str,
    ) {
        let mut sample = Sample::new();
        let profile = &mut sample.fixture.units.units[sample.sys].profile;
        profile.opt_level = opt_level.to_owned();
        profile.debug_assertions = assertions;
        profile.overflow_checks = checks;
        let args = shown(&sample.fixture, sample.sys);
        assert!(args.contains(&format!(" -C debuginfo=2 {flags}--check-cfg ")), "{args}");
    }

    #[test]
    fn profile_settings_come_in_order() {
        let mut sample = Sample::new();
        let profile = &mut sample.fixture.units.units[sample.sys].profile;
        profile.opt_level = "s".to_owned();
        profile.debug_assertions = false;
        profile.overflow_checks = false;
        profile.panic = PanicStrategy::Abort;
        profile.codegen_units = Some(4);
        profile.split_debuginfo = Some("packed".to_owned());
        profile.rpath = true;
        profile.strip.value = Some("symbols".to_owned());
        sample.fixture.lto[sample.sys] = Lto::Run(Some("thin".to_owned()));
        let args = shown(&sample.fixture, sample.sys);
        let expected = " -C opt-level=s -C panic=abort -C lto=thin -C codegen-units=4 \
             -C debuginfo=2 -C split-debuginfo=packed --check-cfg ";
        assert!(args.contains(expected), "{args}");
        let expected = " -C extra-filename=-[H] -C rpath \
             --out-dir /w/target/atlas/debug/unit/sys-[H]/out \
             -C incremental=/w/target/atlas/debug/unit/sys-[H]/incremental -C strip=symbols -L ";
        assert!(args.contains(expected), "{args}");
    }

    #[test]
    fn a_target_has_its_own_directories_and_sees_those_of_the_host() {
        let mut sample = Sample::new();
        let kind = CompileKind::Target(Triple::new(HOST));
        let mut facts = platform(HOST, &LINUX_FILES);
        facts.linker = Some("/bin/ld".into());
        facts.rustflags = vec!["--cfg".to_owned(), "mine".to_owned()];
        sample.fixture.workspace.toolchain.platforms.insert(kind.clone(), facts);
        sample.fixture.units.units[sample.sys].kind = kind;
        let args = shown(&sample.fixture, sample.sys);
        let unit = "/w/target/atlas/x86_64-unknown-linux-gnu/debug/unit/sys-[H]";
        let expected = format!(
            " --out-dir {unit}/out --target {HOST} -C linker=/bin/ld \
             -C incremental={unit}/incremental \
             -L dependency=/w/target/atlas/{HOST}/debug/deps {DEPS} --cfg mine"
        );
        assert!(args.ends_with(&expected), "{args}");
    }

    #[rstest]
    #[case(false, "allow")]
    #[case(true, "warn")]
    fn lints_of_others_are_capped(#[case] extra_verbose: bool, #[case] cap: &str) {
        let mut fixture = Fixture::new();
        let package = fixture.registry("dep", vec![lib(&[CrateType::Lib])]);
        let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
        fixture.request.extra_verbose = extra_verbose;
        fixture.request.message_format = MessageFormat::Short;
        fixture.request.color.width = Some(100);
        let expected = format!(
            "--crate-name dep --edition=2021 /r/dep/src/lib.rs {JSON},diagnostic-short \
             --diagnostic-width=100 --crate-type lib --emit=dep-info,metadata,link \
             -C embed-bitcode=no -C debuginfo=2 {NO_FEATURES} -C extra-filename=-[H] \
             --out-dir /w/target/atlas/debug/unit/dep-[H]/out {DEPS} --cap-lints {cap}"
        );
        assert_eq!(shown(&fixture, unit), expected);
        assert_eq!(rustc_command(&fixture.blueprint(), unit).unwrap().cwd, "/r/dep");
    }

    #[test]
    fn out_dir_of_others_has_a_name_after_all_flags() {
        let mut fixture = Fixture::new();
        let targets = vec![lib(&[CrateType::Lib]), build_script()];
        let package = fixture.registry("dep", targets);
        let script = fixture.unit(package, 1, CompileMode::Build, &[]);
        let run = fixture.unit(package, 1, CompileMode::RunCustomBuild, &[script]);
        let unit = fixture.unit(package, 0, CompileMode::Build, &[run]);
        let facts = fixture.workspace.toolchain.platforms.get_mut(&CompileKind::Host).unwrap();
        facts.rustflags = vec!["--remap-path-prefix=/w=mine".to_owned()];
        let expected = " --cap-lints allow --remap-path-prefix=/w=mine \
             --remap-path-prefix=/w/target/atlas/debug/unit/dep-[H]/out=/atlas/dep-0.1.0/out";
        let args = shown(&fixture, unit);
        assert!(args.ends_with(expected), "{args}");
        assert!(!shown(&fixture, script).contains("/atlas/dep"));
    }

    #[test]
    fn checks_use_metadata_of_checks_and_objects_of_macros() {
        let mut sample = Sample::new();
        for unit in [sample.sys, sample.app, sample.lib_a] {
            sample.fixture.units.units[unit].mode = CompileMode::Check { test: false };
        }
        let args = shown(&sample.fixture, sample.app);
        assert!(args.contains(" --crate-type lib --emit=dep-info,metadata -C "), "{args}");
        assert!(args.contains("lib_a=/w/target/atlas/debug/deps/liblib_a-[H].rmeta "), "{args}");
        assert!(args.contains("mac=/w/target/atlas/debug/deps/libmac-[H].so "), "{args}");
        assert!(args.ends_with("sys=/w/target/atlas/debug/deps/libsys-[H].rmeta"), "{args}");
    }

    #[test]
    fn tests_without_harness_are_a_cfg() {
        let mut sample = Sample::new();
        let unit = &mut sample.fixture.units.units[sample.it];
        std::sync::Arc::make_mut(&mut unit.target).harness = false;
        let args = shown(&sample.fixture, sample.it);
        assert!(args.contains("'cfg(foo)' --cfg test --cfg 'feature="), "{args}");
    }

    #[rstest]
    #[case(Some("/outer"), Some("/inner"), "/outer", &["/inner", "/rust/bin/rustc"])]
    #[case(Some("/outer"), None, "/outer", &["/rust/bin/rustc"])]
    #[case(None, Some("/inner"), "/inner", &["/rust/bin/rustc"])]
    #[case(None, None, "/rust/bin/rustc", &[])]
    fn wrappers_stand_before_rustc(
        #[case] outer: Option<&str>,
        #[case] inner: Option<&str>,
        #[case] program: &str,
        #[case] args: &[&str],
    ) {
        let mut sample = Sample::new();
        let toolchain = &mut sample.fixture.workspace.toolchain;
        toolchain.rustc_wrapper = outer.map(Utf8PathBuf::from);
        toolchain.rustc_workspace_wrapper = inner.map(Utf8PathBuf::from);
        let command = rustc_command(&sample.fixture.blueprint(), sample.sys).unwrap();
        assert_eq!(command.program, program);
        assert_eq!(command.args[..args.len()], *args);
        assert_eq!(command.args[args.len()], "--crate-name");
    }
}
