//! Command lines of rustc, flag by flag. Runs nothing.

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
    let args: Vec<_> =
        command.args.iter().map(|arg| shell_escape::escape(arg.to_str().unwrap().into())).collect();
    without_hashes(&args.join(" "))
}

#[track_caller]
fn check(id: impl Fn(&Sample) -> UnitId, parts: &[&str]) {
    let sample = Sample::new();
    assert_eq!(shown(&sample.fixture, id(&sample)), parts.join(" "));
}

const JSON: &str = "--error-format=json --json=diagnostic-rendered-ansi,artifacts,future-incompat";
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
