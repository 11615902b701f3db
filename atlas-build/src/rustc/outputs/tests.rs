//! Files of units: where rustc writes them, and where units and the user find them.

use rstest::rstest;

use super::*;
use crate::ids::UnitId;
use crate::packages::TargetKind;
use crate::platform::CompileKind;
use crate::rustc::fixture::{
    Fixture, HOST, LINUX_FILES, Sample, lib, platform, target, without_hashes,
};

const MSVC: [(&str, &str, &str); 6] = [
    ("bin", "", ".exe"),
    ("rlib", "lib", ".rlib"),
    ("dylib", "", ".dll"),
    ("cdylib", "", ".dll"),
    ("staticlib", "", ".lib"),
    ("proc-macro", "", ".dll"),
];
const GNU: [(&str, &str, &str); 2] = [("bin", "", ".exe"), ("cdylib", "", ".dll")];
const APPLE: [(&str, &str, &str); 2] = [("bin", "", ""), ("cdylib", "lib", ".dylib")];
const EMSCRIPTEN: [(&str, &str, &str); 1] = [("bin", "", ".js")];

/// Returns published files with where the user finds them.
fn shown(fixture: &Fixture, id: UnitId) -> Vec<String> {
    let outputs = &fixture.blueprint().outputs[id];
    let lines = outputs.iter().map(|output| {
        assert_eq!(output.path.parent().unwrap().file_name(), Some("out"));
        let published = output.published.strip_prefix("/w/target/atlas/debug").unwrap();
        let uplifted = output.uplifted.as_ref().map_or(String::new(), |uplifted| {
            format!(" -> {}", uplifted.strip_prefix("/w/target/debug").unwrap())
        });
        without_hashes(&format!("{:?} {published}{uplifted}", output.flavor))
    });
    lines.collect()
}

#[track_caller]
fn check(id: impl Fn(&Sample) -> UnitId, expected: &[&str]) {
    let sample = Sample::new();
    assert_eq!(shown(&sample.fixture, id(&sample)), expected);
}

/// Checks a bin and an example of a local package, and a cdylib, on another platform.
#[track_caller]
fn check_on(triple: &str, files: &[(&str, &str, &str)], kind: TargetKind, expected: &[&str]) {
    let mut fixture = Fixture::new();
    let facts = platform(triple, files);
    fixture.workspace.toolchain.platforms.insert(CompileKind::Host, facts);
    let package = fixture.member("a-b", vec![target(kind, "a-b", "src/x.rs")]);
    let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
    fixture.units.roots.push(unit);
    assert_eq!(shown(&fixture, unit), expected);
}

#[test]
fn dependencies_are_not_uplifted() {
    check(
        |sample| sample.sys,
        &["Linkable deps/libsys-[H].rlib", "Metadata deps/libsys-[H].rmeta"],
    );
    check(
        |sample| sample.lib_a,
        &[
            "Linkable deps/liblib_a.rlib",
            "Normal deps/liblib_a.so",
            "DebugInfo deps/liblib_a.so.dwp",
            "Normal deps/liblib_a.a",
        ],
    );
    check(
        |sample| sample.mac,
        &["Linkable deps/libmac-[H].so", "DebugInfo deps/libmac-[H].so.dwp"],
    );
}

#[test]
fn dylibs_are_uplifted_always() {
    check(
        |sample| sample.dy,
        &["Linkable deps/libdy.so -> libdy.so", "DebugInfo deps/libdy.so.dwp -> libdy.so.dwp"],
    );
}

#[test]
fn roots_and_tests_are_uplifted_but_metadata_is_not() {
    check(
        |sample| sample.app,
        &[
            "Linkable deps/libmy_app-[H].rlib -> libmy_app.rlib",
            "Metadata deps/libmy_app-[H].rmeta",
        ],
    );
    check(
        |sample| sample.app_test,
        &[
            "Normal deps/my_app-[H] -> deps/my_app-[H]",
            "DebugInfo deps/my_app-[H].dwp -> deps/my_app-[H].dwp",
        ],
    );
}

#[test]
fn executables_keep_their_hyphens() {
    check(
        |sample| sample.app_bin,
        &["Normal deps/my_app-[H] -> my-app", "DebugInfo deps/my_app-[H].dwp -> my-app.dwp"],
    );
    check(
        |sample| sample.example,
        &[
            "Normal examples/ex_one-[H] -> examples/ex-one",
            "DebugInfo examples/ex_one-[H].dwp -> examples/ex-one.dwp",
        ],
    );
}

#[test]
fn build_scripts_stay_in_their_directory() {
    check(
        |sample| sample.sys_script,
        &[
            "Normal unit/sys-[H]/build-script-build",
            "DebugInfo unit/sys-[H]/build-script-build.dwp",
        ],
    );
    check(|sample| sample.sys_run, &[]);
}

#[test]
fn checks_have_metadata_only_and_uplift_nothing() {
    let mut sample = Sample::new();
    for root in sample.fixture.units.roots.clone() {
        sample.fixture.units.units[root].mode = CompileMode::Check { test: false };
    }
    let metadata = ["Metadata deps/libmy_app-[H].rmeta"];
    assert_eq!(shown(&sample.fixture, sample.app_bin), metadata);
    let dylib = ["Linkable deps/libdy.so", "DebugInfo deps/libdy.so.dwp"];
    assert_eq!(shown(&sample.fixture, sample.dy), dylib);
}

#[rstest]
#[case(TargetKind::Bin, &[
    "Normal deps/a_b.exe -> a-b.exe",
    "DebugInfo deps/a_b.pdb -> a_b.pdb",
])]
#[case(TargetKind::ExampleBin, &[
    "Normal examples/a_b.exe -> examples/a-b.exe",
    "DebugInfo examples/a_b.pdb -> examples/a_b.pdb",
])]
#[case(TargetKind::Lib(vec![CrateType::Cdylib]), &[
    "Normal deps/a_b.dll -> a_b.dll",
    "Auxiliary deps/a_b.dll.lib -> a_b.dll.lib",
    "Auxiliary deps/a_b.dll.exp -> a_b.dll.exp",
    "DebugInfo deps/a_b.pdb -> a_b.pdb",
])]
fn msvc_has_debug_info_and_import_libraries(#[case] kind: TargetKind, #[case] expected: &[&str]) {
    check_on("x86_64-pc-windows-msvc", &MSVC, kind, expected);
}

#[test]
fn other_platforms_have_their_own_files() {
    let cdylib = || TargetKind::Lib(vec![CrateType::Cdylib]);
    check_on(
        "x86_64-pc-windows-gnu",
        &GNU,
        cdylib(),
        &[
            "Normal deps/a_b.dll -> a_b.dll",
            "Auxiliary deps/liba_b.dll.a -> liba_b.dll.a",
            "DebugInfo deps/a_b.dll.dwp -> a_b.dll.dwp",
        ],
    );
    check_on(
        "aarch64-apple-darwin",
        &APPLE,
        cdylib(),
        &[
            "Normal deps/liba_b.dylib -> liba_b.dylib",
            "DebugInfo deps/liba_b.dylib.dSYM -> liba-b.dylib.dSYM",
        ],
    );
    check_on(
        "aarch64-apple-darwin",
        &APPLE,
        TargetKind::Bin,
        &["Normal deps/a_b-[H] -> a-b", "DebugInfo deps/a_b-[H].dSYM -> a-b.dSYM"],
    );
    check_on(
        "wasm32-unknown-emscripten",
        &EMSCRIPTEN,
        TargetKind::Bin,
        &[
            "Normal deps/a_b.js -> a-b.js",
            "Auxiliary deps/a_b.wasm -> a_b.wasm",
            "DebugInfo deps/a_b.wasm.map -> a_b.wasm.map",
            "DebugInfo deps/a_b.js.dwp -> a-b.js.dwp",
        ],
    );
}

#[test]
fn unsupported_types_are_left_out_unless_nothing_remains() {
    let mut fixture = Fixture::new();
    let facts = platform(HOST, &LINUX_FILES[..2]);
    fixture.workspace.toolchain.platforms.insert(CompileKind::Host, facts);
    let both = fixture.member("a", vec![lib(&[CrateType::Rlib, CrateType::Cdylib])]);
    let unit = fixture.unit(both, 0, CompileMode::Build, &[]);
    assert_eq!(shown(&fixture, unit), ["Linkable deps/liba.rlib"]);

    let types = [CrateType::Cdylib, CrateType::Dylib];
    let none = fixture.member("b", vec![lib(&types)]);
    fixture.unit(none, 0, CompileMode::Build, &[]);
    let error = fixture.try_blueprint().unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot produce cdylib, dylib for `b v0.1.0 (/w/b)` as the target \
         `x86_64-unknown-linux-gnu` does not support these crate types"
    );
}
