//! Every kind of unit, restored after the target directory was removed: nothing is compiled, each
//! file is what it was, and then nothing is left to do.

use atlas_tests::process::Command;
use atlas_tests::stored::{self, HERE, Stored};
use rstest::rstest;

use crate::{NONE, expect, rest, set};

/// A package with one target of each kind, over a library with a build script, a macro, and a
/// library of its own for each way to link.
const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
version = "1.2.3"
edition = "2021"
autotests = true
[dependencies]
lib = { path = "lib" }
mac = { path = "mac" }
[workspace]
members = ["cdylib", "staticlib", "dylib"]
//- /src/lib.rs
pub fn answer() -> u32 { let unused = 1; lib::GENERATED + mac::seven!() }
#[test]
fn it_is_right() { assert_eq!(answer(), 49); }
//- /src/main.rs
fn main() { println!("{} {} {}", app::answer(), lib::told(), lib::NESTED); }
//- /examples/shown.rs
fn main() { println!("{}", app::answer()); }
//- /benches/timed.rs
fn main() { app::answer(); }
//- /tests/it.rs
#[test]
fn it() { assert_eq!(app::answer(), 49); }
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
links = "thing"
build = "build.rs"
[build-dependencies]
tool = { path = "../tool" }
//- /lib/build.rs
use std::os::unix::fs::PermissionsExt;
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(told)");
    println!("cargo::rustc-cfg=told");
    println!("cargo::rustc-env=TOLD=yes");
    println!("cargo::metadata=root=here");
    println!("cargo::warning=be careful");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    println!("cargo::rustc-link-search=native={}", out.display());
    std::fs::write(out.join("generated.rs"), tool::source()).unwrap();
    std::fs::create_dir_all(out.join("a/b")).unwrap();
    std::fs::create_dir_all(out.join("empty/inner")).unwrap();
    std::fs::write(out.join("a/b/nested.txt"), "nested").unwrap();
    std::fs::write(out.join("a/nothing"), "").unwrap();
    std::fs::write(out.join("run.sh"), "#!/bin/sh\necho ran\n").unwrap();
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(out.join("run.sh"), mode).unwrap();
}
//- /lib/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
pub const NESTED: &str = include_str!(concat!(env!("OUT_DIR"), "/a/b/nested.txt"));
#[cfg(told)]
pub fn told() -> &'static str { env!("TOLD") }
//- /tool/Cargo.toml
[package]
name = "tool"
edition = "2021"
//- /tool/src/lib.rs
pub fn source() -> &'static str { "pub const GENERATED: u32 = 42;" }
//- /build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=ROOT={}", std::env::var("DEP_THING_ROOT").unwrap());
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[proc_macro]
pub fn seven(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "7".parse().unwrap() }
//- /cdylib/Cargo.toml
[package]
name = "cdylib"
edition = "2021"
[lib]
crate-type = ["cdylib"]
//- /staticlib/Cargo.toml
[package]
name = "staticlib"
edition = "2021"
[lib]
crate-type = ["staticlib"]
//- /dylib/Cargo.toml
[package]
name = "dylib"
edition = "2021"
[lib]
crate-type = ["dylib", "rlib"]
//- /cdylib/src/lib.rs /staticlib/src/lib.rs /dylib/src/lib.rs
#[no_mangle]
pub extern "C" fn three() -> u32 { 3 }
"##;

const BELOW: &[&str] = &[
    "app/build-script",
    "app/run-build-script",
    "lib/build-script",
    "lib/lib",
    "lib/run-build-script",
    "mac/lib",
    "tool/lib",
];

/// Returns what a selection is made of.
fn units(own: &[&'static str], below: &[&'static str]) -> Vec<&'static str> {
    [own, below].concat()
}

/// Builds, removes the target directory, builds, and builds: what the second build brings is what
/// the first one made, and the third has nothing to do.
#[track_caller]
fn check(selection: &str, units: &[&str]) -> Stored {
    let stored = Stored::new(WORKSPACE);
    check_in(&stored, selection, units);
    stored
}

#[track_caller]
fn check_in(stored: &Stored, selection: &str, units: &[&str]) {
    expect(stored, (HERE, selection), units, NONE);
    let made = stored.made(HERE.target);
    stored.remove_directory(HERE.target);
    expect(stored, (HERE, selection), NONE, units);
    let differ = stored::difference(&made, &stored.made(HERE.target));
    assert!(differ.is_empty(), "restored other than it was: {differ:#?}");
    expect(stored, (HERE, selection), NONE, NONE);
}

#[rstest]
#[case::library("-p app --lib", units(&["app/lib"], BELOW))]
#[case::program("-p app --bins", units(&["app/lib", "app/bin"], BELOW))]
#[case::release("-p app --bins --release", units(&["app/lib", "app/bin"], BELOW))]
#[case::example("-p app --example shown", units(&["app/lib", "app/example:shown"], BELOW))]
#[case::cdylib("-p cdylib", units(&["cdylib/lib"], &[]))]
#[case::staticlib("-p staticlib", units(&["staticlib/lib"], &[]))]
#[case::dylib("-p dylib", units(&["dylib/lib"], &[]))]
#[case::proc_macro("-p mac", units(&["mac/lib"], &[]))]
#[case::tests(
    "-p app --tests",
    units(&["app/lib", "app/bin", "app/lib-test", "app/bin-test", "app/test:it"], BELOW)
)]
#[case::benches(
    "-p app --benches",
    units(&["app/lib", "app/bin", "app/lib-test", "app/bin-test", "app/bench:timed"], BELOW)
)]
#[case::for_a_target(
    "-p app --bins --target HOST",
    units(&["app/lib", "app/bin"], BELOW)
)]
fn results_come_back_as_they_were(#[case] selection: &str, #[case] units: Vec<&str>) {
    check(selection, &units);
}

#[test]
fn checks_come_back_as_they_were() {
    let run =
        ["app/build-script", "app/run-build-script", "lib/build-script", "lib/run-build-script"];
    let built = ["mac/lib", "tool/lib"];
    let checked = ["check app/bin", "check app/lib", "check lib/lib"];
    let tests = ["check app/bin-test", "check app/lib-test", "check app/test:it"];
    let stored = Stored::new(WORKSPACE);
    let all = [&run[..], &built, &checked].concat();
    check_in(&stored, "check -p app", &all);
    stored.remove_directory(HERE.target);
    let without_program: Vec<&str> = rest(&all, &["check app/bin"]);
    expect(&stored, (HERE, "check -p app --tests"), &tests, &without_program);
}

#[test]
fn programs_run() {
    let stored = check(
        "-p app --bins --examples",
        &units(&["app/lib", "app/bin", "app/example:shown"], BELOW),
    );
    assert_eq!(stored.prints(HERE, "debug/app"), "49 yes nested\n");
    assert_eq!(stored.prints(HERE, "debug/examples/shown"), "49\n");
}

#[test]
fn test_harnesses_run() {
    let all = ["app/lib", "app/lib-test"];
    let stored = check(
        "-p app --lib --tests --test it",
        &[units(&all, BELOW), vec!["app/bin", "app/bin-test", "app/test:it"]].concat(),
    );
    let harnesses = stored.made(HERE.target).into_keys().filter(|name| {
        name.starts_with("atlas/debug/deps/app-")
            && !name.contains("/app-lib")
            && !name.contains('.')
    });
    let mut said: Vec<String> = harnesses
        .filter_map(|name| {
            let path = stored.beside(HERE.target).join(name);
            let outcome = Command::new(&path).run().expect_success("a test harness");
            outcome
                .stdout
                .lines()
                .find(|line| line.starts_with("test result"))
                .map(|line| line.split(';').next().unwrap_or_default().to_owned())
        })
        .collect();
    said.sort();
    assert_eq!(said, ["test result: ok. 0 passed", "test result: ok. 1 passed"]);
}

#[test]
fn what_a_build_script_made_comes_back_with_modes_and_empty_directories() {
    use std::os::unix::fs::PermissionsExt;
    let stored =
        check("-p lib", &["lib/build-script", "lib/lib", "lib/run-build-script", "tool/lib"]);
    let made: Vec<String> = stored.made(HERE.target).into_keys().collect();
    let in_out = made.iter().find(|name| name.ends_with("/out/empty/inner/"));
    let inner = in_out.unwrap_or_else(|| panic!("an empty directory comes back: {made:#?}"));
    let out = stored.beside(HERE.target).join(inner.trim_end_matches("empty/inner/"));
    let mode =
        |name: &str| fs_err::metadata(out.join(name)).expect("it is there").permissions().mode();
    assert_eq!(mode("run.sh") & 0o777, 0o755);
    assert_eq!(mode("generated.rs") & 0o111, 0);
    assert_eq!(fs_err::read(out.join("a/nothing")).expect("it is there"), b"");
    // What is brought is the user's to write to.
    fs_err::write(out.join("generated.rs"), "").expect("it can be written");
}

/// Messages of a restored unit are those of the compile, in each form.
#[rstest]
#[case::human("")]
#[case::colors("--color always")]
#[case::json("--message-format json")]
#[case::json_with_colors("--message-format json-diagnostic-rendered-ansi")]
#[case::short("--message-format short")]
fn messages_come_back(#[case] form: &str) {
    let stored = Stored::new(WORKSPACE);
    let selection = format!("-p app --bins {form}");
    let said = |target: &str| {
        let outcome = stored.command(HERE, &selection).run().expect_success(target);
        let of_unit = |line: &&str| {
            ["warning", "unused", "-->", "reason", "|"].iter().any(|text| line.contains(text))
        };
        let text = outcome.stderr.clone() + &outcome.stdout;
        // Whether a unit was made anew is said of its artifacts.
        let mut lines: Vec<String> = text
            .lines()
            .filter(of_unit)
            .map(|line| line.replace("\"fresh\":true", "\"fresh\":false"))
            .collect();
        lines.sort();
        lines
    };
    let first = said("first");
    assert!(first.iter().any(|line| line.contains("unused variable")), "{first:#?}");
    assert!(first.iter().any(|line| line.contains("be careful") || !form.is_empty()), "{first:#?}");
    stored.remove_directory(HERE.target);
    let did = stored.command(HERE, &selection).arg("-vv").run();
    assert!(!did.stderr.contains("Running"), "{}", did.stderr);
    stored.remove_directory(HERE.target);
    assert_eq!(said("second"), first);
}

/// Cargo says what each unit made in the same way, wherever it comes from.
#[test]
fn another_form_of_messages_restores_the_same() {
    let stored = Stored::new(WORKSPACE);
    let all = units(&["app/lib", "app/bin"], BELOW);
    expect(&stored, (HERE, "-p app"), &all, NONE);
    for form in ["--color always", "--message-format json", "--message-format short"] {
        stored.remove_directory(HERE.target);
        let did = stored.build(HERE, &format!("-p app {form}"));
        assert_eq!((did.compiled, did.restored), (set(NONE), set(&all)), "{form}");
    }
}

/// A dependent that only needs metadata is compiled against what was restored, and links.
#[test]
fn what_is_restored_in_part_links_with_what_is_compiled() {
    let stored = Stored::new(WORKSPACE);
    let all = units(&["app/lib", "app/bin"], BELOW);
    expect(&stored, (HERE, "-p app"), &all, NONE);
    stored.remove_directory(HERE.target);
    stored.replace("src/lib.rs", "+ mac::seven!()", "+ mac::seven!() + 1");
    let anew = ["app/bin", "app/lib"];
    expect(&stored, (HERE, "-p app"), &anew, &rest(&all, &anew));
    assert_eq!(stored.prints(HERE, "debug/app"), "50 yes nested\n");
    stored.remove_directory(HERE.target);
    expect(&stored, (HERE, "-p app"), NONE, &all);
    assert_eq!(stored.prints(HERE, "debug/app"), "50 yes nested\n");
}
