//! Profiles, flags and configurations with which others see more of a crate than its interface, or
//! less, or with which nobody is to ask.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use crate::expect;
use crate::sequences::{ALL, TOWER};

const CUT_OFF: &[&str] = &["base/lib", "app/bin"];

/// What runs after two edits of a body, one after the other.
#[track_caller]
fn check(workspace: &Repeated, selection: &str, expected: &[&str], program: &str) {
    expect(workspace, selection, ALL);
    assert_eq!(workspace.prints(program), "111 11 1\n");
    for (old, new, printed) in [("+ 0", "+ 1", "113 13 2\n"), ("+ 1", "+ 2", "115 15 3\n")] {
        let old = format!("UNIT {old}\n}}");
        workspace.fixture.replace("base/src/lib.rs", &old, &format!("UNIT {new}\n}}"));
        expect(workspace, selection, expected);
        assert_eq!(workspace.prints(program), printed);
        expect::<&str>(workspace, selection, &[]);
    }
}

/// The first of two functions that `mid` calls, small enough to be inlined, is edited.
fn tower() -> Repeated {
    Repeated::new(&TOWER.replace("base::generic(UNIT) + 0", "base::base() - 1 + UNIT"))
}

#[rstest]
#[case::plain("", CUT_OFF, "debug/app")]
#[case::without_incremental("CARGO_INCREMENTAL=0", CUT_OFF, "debug/app")]
#[case::release("--release", ALL, "release/app")]
#[case::release_incremental("CARGO_INCREMENTAL=1 --release", CUT_OFF, "release/app")]
#[case::release_profile_incremental(
    "CARGO_PROFILE_RELEASE_INCREMENTAL=true --release",
    CUT_OFF,
    "release/app"
)]
#[case::opt_1("CARGO_PROFILE_DEV_OPT_LEVEL=1", CUT_OFF, "debug/app")]
#[case::opt_2("CARGO_PROFILE_DEV_OPT_LEVEL=2", CUT_OFF, "debug/app")]
#[case::opt_s_without_incremental(
    "CARGO_PROFILE_DEV_OPT_LEVEL=s CARGO_INCREMENTAL=0",
    ALL,
    "debug/app"
)]
#[case::lto("CARGO_PROFILE_DEV_LTO=true", ALL, "debug/app")]
#[case::thin_lto("CARGO_PROFILE_DEV_LTO=thin", ALL, "debug/app")]
#[case::coverage("RUSTFLAGS='-C instrument-coverage'", ALL, "debug/app")]
#[case::one_codegen_unit("CARGO_PROFILE_DEV_CODEGEN_UNITS=1", CUT_OFF, "debug/app")]
#[case::panic_abort("CARGO_PROFILE_DEV_PANIC=abort", CUT_OFF, "debug/app")]
#[case::no_debug_info("CARGO_PROFILE_DEV_DEBUG=0", CUT_OFF, "debug/app")]
#[case::bytes("--freshness bytes", CUT_OFF, "debug/app")]
#[case::whole_results("--cache whole", CUT_OFF, "debug/app")]
fn profiles_and_flags(#[case] selection: &str, #[case] expected: &[&str], #[case] program: &str) {
    check(&tower(), selection, expected, program);
}

/// Who does not want it gets what cargo does; the first build after that knows of nothing.
#[rstest]
#[case::flag("--no-cutoff", None)]
#[case::variable("ATLAS_CUTOFF=off", None)]
#[case::file("", Some("cutoff = \"off\"\n"))]
fn turned_off(#[case] selection: &str, #[case] configured: Option<&str>) {
    let workspace = tower();
    if let Some(text) = configured {
        workspace.fixture.write(".config/atlas.toml", text);
    }
    check(&workspace, selection, ALL, "debug/app");
    let body = |n: u32| format!("UNIT + {n}\n}}");
    let edit = |from, to| workspace.fixture.replace("base/src/lib.rs", &body(from), &body(to));
    workspace.fixture.write(".config/atlas.toml", "cutoff = \"on\"\n");
    edit(2, 3);
    expect(&workspace, "", ALL);
    edit(3, 4);
    expect(&workspace, "", CUT_OFF);
    assert_eq!(workspace.prints("debug/app"), "119 19 5\n");
}

/// What was compiled and known before it was turned off is known when it is on again.
#[test]
fn turned_off_for_a_while() {
    let workspace = tower();
    let body = |n: u32| format!("UNIT + {n}\n}}");
    let edit = |from, to| workspace.fixture.replace("base/src/lib.rs", &body(from), &body(to));
    expect(&workspace, "", ALL);
    edit(0, 1);
    expect(&workspace, "", CUT_OFF);
    expect::<&str>(&workspace, "--no-cutoff", &[]);
    edit(1, 2);
    expect(&workspace, "--no-cutoff", ALL);
    assert_eq!(workspace.prints("debug/app"), "115 15 3\n");
    edit(2, 1);
    expect::<&str>(&workspace, "--no-cutoff", &[]);
    assert_eq!(workspace.prints("debug/app"), "113 13 2\n");
    edit(1, 3);
    expect(&workspace, "", CUT_OFF);
    assert_eq!(workspace.prints("debug/app"), "117 17 4\n");
    expect::<&str>(&workspace, "", &[]);
}

/// The standard library is a shared object then, which the program has to find.
#[cfg(target_os = "linux")]
#[test]
fn prefer_dynamic() {
    let workspace = tower();
    let sysroot = atlas_tests::process::Command::new("rustc".into());
    let sysroot = sysroot.args(&["--print", "target-libdir"]).run().stdout;
    let selection =
        format!("RUSTFLAGS='-C prefer-dynamic -C link-arg=-Wl,-rpath,{}'", sysroot.trim());
    check(&workspace, &selection, ALL, "debug/app");
}

/// The flag of a profile counts for its own packages.
#[test]
fn one_package_is_optimized() {
    let workspace = tower();
    let text = workspace.fixture.read("Cargo.toml");
    let profile = "[profile.dev]\nincremental = false\n[profile.dev.package.base]\nopt-level = 2\n";
    workspace.fixture.write("Cargo.toml", &format!("{text}{profile}"));
    check(&workspace, "", ALL, "debug/app");
}

/// Cut off in one profile, not in another, side by side.
#[test]
fn profiles_do_not_meet() {
    let workspace = tower();
    expect(&workspace, "", ALL);
    expect(&workspace, "--release", ALL);
    workspace.fixture.replace("base/src/lib.rs", "UNIT + 0", "UNIT + 1");
    expect(&workspace, "", CUT_OFF);
    expect(&workspace, "--release", ALL);
    assert_eq!(workspace.prints("debug/app"), "113 13 2\n");
    assert_eq!(workspace.prints("release/app"), "113 13 2\n");
}
