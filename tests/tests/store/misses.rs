//! What enters a key, one part at a time: with another one, results are not found, and what was there
//! before is found again once it is back.

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::stored::{HERE, Stored};
use camino::Utf8PathBuf;
use rstest::rstest;

use crate::{NONE, expect, expect_anew, rest};

/// `app` uses `plain`, a macro, and `lib`, whose build script writes a source file.
pub(crate) const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
version = "1.2.3"
description = "one"
edition = "2021"
[features]
loud = []
[dependencies]
lib = { path = "lib" }
mac = { path = "mac" }
plain = { path = "plain" }
[workspace]
//- /.cargo/config.toml
[env]
FROM_CONFIG = "one"
//- /src/main.rs
mod inner;
fn main() {
    println!("{} {} {}", lib::GENERATED, mac::description!(), plain::plain());
    println!("{:?} {:?}", option_env!("READ_BY_APP"), option_env!("FROM_CONFIG"));
    inner::inner()
}
//- /src/inner.rs
pub fn inner() { println!("{}", include_str!("text.txt").trim()); }
//- /src/text.txt
text
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
//- /lib/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=data.txt");
    println!("cargo::rerun-if-changed=watched");
    println!("cargo::rerun-if-env-changed=WATCHED");
    let data = std::fs::read_to_string("data.txt").unwrap();
    if data.contains("cfg") { println!("cargo::rustc-cfg=told"); }
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    let n = data.trim().len();
    std::fs::write(out.join("generated.rs"), format!("pub const GENERATED: usize = {n};")).unwrap();
}
//- /lib/data.txt
data
//- /lib/watched/one.txt
one
//- /lib/src/lib.rs
#![allow(unexpected_cfgs)]
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
#[cfg(told)]
pub struct Told;
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[proc_macro]
pub fn description(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    format!("{:?}", std::env::var("CARGO_PKG_DESCRIPTION").unwrap()).parse().unwrap()
}
//- /plain/Cargo.toml
[package]
name = "plain"
edition = "2021"
//- /plain/src/lib.rs
pub fn plain() -> u32 { 1 }
"##;

pub(crate) const ALL: &[&str] =
    &["app/bin", "lib/build-script", "lib/lib", "lib/run-build-script", "mac/lib", "plain/lib"];

/// What is not made for the host's own sake, and so has the profile's settings.
const FOR_TARGET: &[&str] = &["app/bin", "lib/lib", "plain/lib"];
/// The same, and the build script that is told of them.
const WITH_RUN: &[&str] = &["app/bin", "lib/lib", "lib/run-build-script", "plain/lib"];
const RUN_ON: &[&str] = &["app/bin", "lib/lib", "lib/run-build-script"];
const LINKED_AND_RUN: &[&str] = &["app/bin", "lib/build-script", "lib/run-build-script", "mac/lib"];
const APP: &[&str] = &["app/bin"];

/// Builds with one selection, with another one, and with the first, each time in a target directory
/// that was removed.
#[track_caller]
fn expect_selection(stored: &Stored, (one, other): (&str, &str), compiled: &[&str]) {
    expect(stored, (HERE, one), ALL, NONE);
    expect_anew(stored, other, compiled, &rest(ALL, compiled));
    expect_anew(stored, one, NONE, ALL);
    expect_anew(stored, other, NONE, ALL);
}

#[rstest]
#[case::feature("--features loud", APP)]
#[case::optimization("--config profile.dev.opt-level=1", WITH_RUN)]
#[case::debug_info("--config profile.dev.debug=1", WITH_RUN)]
#[case::no_debug_info("--config profile.dev.debug=false", ALL)]
#[case::debug_assertions("--config profile.dev.debug-assertions=false", ALL)]
#[case::overflow_checks("--config profile.dev.overflow-checks=false", ALL)]
#[case::codegen_units("--config profile.dev.codegen-units=3", FOR_TARGET)]
#[case::panic("--config profile.dev.panic='\"abort\"'", FOR_TARGET)]
#[case::lto("--config profile.dev.lto=true", ALL)]
#[case::strip("--config profile.dev.strip=true", ALL)]
#[case::rpath("--config profile.dev.rpath=true", ALL)]
#[case::split_debug_info("--config profile.dev.split-debuginfo='\"unpacked\"'", ALL)]
#[case::of_one_package("--config profile.dev.package.plain.opt-level=2", &["app/bin", "plain/lib"])]
#[case::build_override("--config profile.dev.build-override.opt-level=1", &["app/bin", "lib/build-script", "lib/lib", "lib/run-build-script", "mac/lib"])]
#[case::flags("RUSTFLAGS='--cfg other'", ALL)]
#[case::flags_of_the_linker("RUSTFLAGS='-Clink-arg=-Wl,--as-needed'", ALL)]
#[case::linker_of_host("--config target.HOST.linker='\"cc\"'", ALL)]
#[case::config_env("--config env.FROM_CONFIG='\"two\"'", ALL)]
#[case::variable_that_is_read("READ_BY_APP=two", APP)]
#[case::variable_that_is_watched("WATCHED=two", RUN_ON)]
#[case::variable_of_linkers("LIBRARY_PATH=/nowhere", LINKED_AND_RUN)]
#[case::variable_of_the_compiler("RUSTC_BOOTSTRAP=1", ALL)]
#[case::variable_of_tools("CFLAGS=-O3", &["lib/run-build-script"])]
fn another_selection(#[case] other: &str, #[case] compiled: &[&str]) {
    expect_selection(&Stored::new(WORKSPACE), ("", other), compiled);
}

/// Builds before and after an edit and after it was taken back, each time in a target directory that
/// was removed.
#[rstest]
#[case::source(|s: &Stored| s.replace("src/inner.rs", "println!", "eprintln!"), APP)]
#[case::text(|s: &Stored| s.replace("src/text.txt", "text", "other text"), APP)]
#[case::body_below(|s: &Stored| s.replace("plain/src/lib.rs", "{ 1 }", "{ 2 }"), &["app/bin", "plain/lib"])]
#[case::interface_below(
    |s: &Stored| s.replace("plain/src/lib.rs", "{ 1 }", "{ 1 }\npub fn other() {}"), &["app/bin", "plain/lib"]
)]
#[case::macro_body(
    |s: &Stored| s.replace("mac/src/lib.rs", "format!(\"{:?}\"", "format!(\"&{:?}\""), &["app/bin", "mac/lib"]
)]
#[case::build_script(
    |s: &Stored| s.replace("lib/build.rs", ".trim().len()", ".trim().len() + 1"),
    &["app/bin", "lib/build-script", "lib/lib", "lib/run-build-script"]
)]
#[case::watched_file(|s: &Stored| s.replace("lib/data.txt", "data", "datum"), RUN_ON)]
#[case::watched_file_of_equal_size(|s: &Stored| s.replace("lib/data.txt", "data", "Data"), &["lib/run-build-script", "lib/lib", "app/bin"])]
#[case::watched_directory(|s: &Stored| s.write("lib/watched/two.txt", ""), RUN_ON)]
#[case::cfg_of_a_build_script(|s: &Stored| s.replace("lib/data.txt", "data", "cfg!"), RUN_ON)]
#[case::edition(
    |s: &Stored| s.replace("plain/Cargo.toml", "2021", "2018"), &["app/bin", "plain/lib"]
)]
#[case::crate_type(
    |s: &Stored| s.write("plain/Cargo.toml", "[package]\nname = \"plain\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"rlib\"]\n"),
    &["app/bin", "plain/lib"]
)]
#[case::checked_cfg(
    // https://github.com/mozilla/sccache/issues/2619
    |s: &Stored| s.replace("Cargo.toml", "[workspace]", "[lints.rust]\nunexpected_cfgs = { level = \"warn\", check-cfg = [\"cfg(a)\"] }\n[workspace]"),
    APP
)]
#[case::lints(|s: &Stored| s.replace("Cargo.toml", "[workspace]", "[lints.rust]\nunused = \"deny\"\n[workspace]"), APP)]
#[case::declared_features(|s: &Stored| s.replace("Cargo.toml", "loud = []", "loud = []\nquiet = []"), APP)]
#[case::version(|s: &Stored| s.replace("Cargo.toml", "1.2.3", "1.2.4"), APP)]
#[case::description_for_a_macro(|s: &Stored| s.replace("Cargo.toml", "\"one\"", "\"two\""), APP)]
#[case::config_env(|s: &Stored| s.replace(".cargo/config.toml", "\"one\"", "\"two\""), ALL)]
fn another_file(#[case] edit: impl Fn(&Stored), #[case] compiled: &[&str]) {
    const FILES: &[&str] = &[
        "src/inner.rs",
        "src/text.txt",
        "plain/src/lib.rs",
        "mac/src/lib.rs",
        "lib/build.rs",
        "lib/data.txt",
        "plain/Cargo.toml",
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
    ];
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    let before: Vec<String> = FILES.iter().map(|file| stored.read(file)).collect();
    edit(&stored);
    expect_anew(&stored, "", compiled, &rest(ALL, compiled));
    let printed = stored.prints(HERE, "debug/app");
    for (file, text) in FILES.iter().zip(&before) {
        stored.write(file, text);
    }
    drop(fs_err::remove_file(stored.path("lib/watched/two.txt")));
    expect_anew(&stored, "", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), "4 one 1\nNone Some(\"one\")\ntext\n");
    edit(&stored);
    expect_anew(&stored, "", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), printed);
}

/// Something outside of the workspace, in the place of what was there for the first build.
fn expect_script(stored: &Stored, name: &str, bodies: [&str; 2], line: &str, compiled: &[&str]) {
    let path = stored.script(name, bodies[0]);
    let selection = line.replace("SCRIPT", path.as_str());
    expect(stored, (HERE, &selection), ALL, NONE);
    stored.script(name, bodies[1]);
    expect_anew(stored, &selection, compiled, &rest(ALL, compiled));
    stored.script(name, bodies[0]);
    let again = stored.build_anew(&selection);
    assert!(again.compiled.is_subset(&crate::set(compiled)), "{again:?}");
}

const COMPILER: &str = "exec rustc \"$@\"";
const OTHER_COMPILER: &str = "case \"$1\" in -vV) rustc -vV | sed 's/^commit-hash: .*/commit-hash: 0123/';; *) exec rustc \"$@\";; esac";

#[test]
fn another_compiler_of_the_same_name() {
    let stored = Stored::new(WORKSPACE);
    expect_script(&stored, "rustc.sh", [COMPILER, OTHER_COMPILER], "RUSTC=SCRIPT", ALL);
}

#[test]
fn a_compiler_at_another_place() {
    let stored = Stored::new(WORKSPACE);
    let selection = format!("RUSTC={}", stored.script("rustc.sh", COMPILER));
    expect_selection(&stored, ("", &selection), ALL);
}

#[test]
fn a_wrapper_around_the_compiler() {
    let stored = Stored::new(WORKSPACE);
    let selection = format!("RUSTC_WRAPPER={}", stored.script("wrapper.sh", "exec \"$@\""));
    expect_selection(&stored, ("", &selection), ALL);
}

/// Nobody knows what it reads: what it compiles is not taken from the store.
#[test]
fn a_wrapper_for_members() {
    let stored = Stored::new(WORKSPACE);
    let script = stored.script("wrapper.sh", "exec \"$@\"");
    let wrapped = format!("RUSTC_WORKSPACE_WRAPPER={script}");
    let run = &["lib/run-build-script"];
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, &wrapped, ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    expect_anew(&stored, &wrapped, &rest(ALL, run), run);
}

/// Of a linker the size and the time count, where something is linked.
#[test]
fn another_linker_at_the_same_place() {
    let stored = Stored::new(WORKSPACE);
    let linked = ["app/bin", "lib/build-script", "mac/lib"];
    let bodies = ["exec cc \"$@\"", "exec cc  \"$@\""];
    expect_script(
        &stored,
        "linker.sh",
        bodies,
        "--config target.HOST.linker='\"SCRIPT\"'",
        &linked,
    );
}

/// A tool that build scripts may call, first on the `PATH`.
#[test]
fn another_tool_of_build_scripts() {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    let tools = stored.beside("tools");
    fs_err::create_dir(&tools).expect("the temporary directory is writable");
    stored.script("tools/protoc", "exit 1");
    stored.remove_directory(HERE.target);
    let build = || stored.command(HERE, "").first_on_path(&tools).arg("-vv").run();
    let did = stored.did(HERE, build().expect_success("with a tool"));
    let run = &["lib/run-build-script"];
    assert_eq!((did.compiled, did.restored), (crate::set(run), crate::set(&rest(ALL, run))));
    stored.remove_directory(HERE.target);
    let did = stored.did(HERE, build().expect_success("with a tool"));
    assert_eq!((did.compiled, did.restored), (crate::set(NONE), crate::set(ALL)));
    stored.script("tools/protoc", "exit 12");
    stored.remove_directory(HERE.target);
    let did = stored.did(HERE, build().expect_success("with another tool"));
    assert_eq!((did.compiled, did.restored), (crate::set(run), crate::set(&rest(ALL, run))));
}

/// A toolchain made of names for the files of the running one, and a compiler that uses it.
fn sysroot(stored: &Stored) -> (Utf8PathBuf, String) {
    let real = Command::new("rustc".into()).args(&["--print", "sysroot"]).run();
    let real = real.expect_success("rustc").stdout.trim().to_owned();
    let sysroot = stored.beside("sysroot");
    fs_err::create_dir(&sysroot).expect("the temporary directory is writable");
    let copied = Command::new("cp".into()).args(&["-rs", &format!("{real}/lib"), sysroot.as_str()]);
    drop(copied.run().expect_success("cp"));
    // Sources of the standard library may be there, or not.
    drop(fs_err::remove_dir_all(sysroot.join("lib/rustlib/src")));
    let body = format!("exec rustc --sysroot {sysroot} \"$@\"");
    let selection = format!("RUSTC={}", stored.script("rustc.sh", &body));
    (sysroot, selection)
}

#[rstest]
#[case::library_of_the_compiler("lib/libother-0123.so")]
#[case::library_of_the_target("lib/rustlib/HOST/lib/libother-0123.rlib")]
#[case::rust_src_present_or_not("lib/rustlib/src/rust/library/std/src/lib.rs")]
#[case::another_target("lib/rustlib/other-target/lib/libcore-0123.rlib")]
fn another_file_of_the_toolchain(#[case] file: &str) {
    let stored = Stored::new(WORKSPACE);
    let (sysroot, selection) = sysroot(&stored);
    expect(&stored, (HERE, &selection), ALL, NONE);
    expect_anew(&stored, &selection, NONE, ALL);
    let file = sysroot.join(file.replace("HOST", environment::host()));
    fs_err::create_dir_all(file.parent().expect("it is in a directory")).expect("ours");
    fs_err::write(&file, "").expect("ours");
    expect_anew(&stored, &selection, ALL, NONE);
    fs_err::remove_file(&file).expect("ours");
    if file.as_str().contains("other-target") || file.as_str().contains("/src/") {
        fs_err::remove_dir_all(sysroot.join("lib/rustlib/src")).unwrap_or_default();
        fs_err::remove_dir_all(sysroot.join("lib/rustlib/other-target")).unwrap_or_default();
    }
    expect_anew(&stored, &selection, NONE, ALL);
}
