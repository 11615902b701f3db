//! What a source does not show: code that the compiler put into a library for others, crates that are
//! linked because somebody names them, and links that fail. The program is right in the same build,
//! and what was told is told once.

use atlas_tests::environment;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::repeated::{self, Repeated};
use rstest::rstest;

use crate::{expect, set};

/// `base` may make an instance of `Vec<Part>::push`, which `mid`, `app`, `shell` and `mac` use from
/// there if they make one, too.
const PARTS: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mid", "base", "plugin", "shell", "mac"]
default-members = ["app"]
resolver = "2"
//- /plugin/Cargo.toml
[package]
name = "plugin"
edition = "2021"
//- /plugin/src/lib.rs
#[unsafe(no_mangle)]
pub extern "C" fn hook() -> usize {
    1000
}
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;
#[cfg(target_os = "linux")]
extern "C" fn start() {
    println!("plugged in");
}
//- /base/Cargo.toml
[package]
name = "base"
edition = "2021"
[dependencies]
plugin = { path = "../plugin" }
//- /base/src/lib.rs
unsafe extern "C" {
    safe fn hook() -> usize;
    safe fn missing() -> usize;
}
pub struct Part(pub u64);
pub fn base() -> usize {
    let mut parts = Vec::new();
    parts.push(Part(1));
    parts.len()
}
pub fn calls() -> usize {
    if false { hook() + missing() } else { 0 }
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
base = { path = "../base" }
//- /mid/src/lib.rs
pub fn mid() -> usize {
    let unused_in_mid = 0;
    base::base() + 10
}
//- /shell/Cargo.toml
[package]
name = "shell"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
mid = { path = "../mid" }
base = { path = "../base" }
//- /shell/src/lib.rs
#[unsafe(no_mangle)]
pub extern "C" fn shell() -> usize {
    mid::mid() + 100
}
//- /main.c
#include <stdio.h>
size_t shell(void);
int main(void) { printf("%zu\n", shell()); }
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
mid = { path = "../mid" }
base = { path = "../base" }
//- /mac/src/lib.rs
#[proc_macro]
pub fn number(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    (mid::mid() + 100).to_string().parse().unwrap()
}
//- /mac/tests/number.rs
#[test]
fn it() {
    println!("{}", mac::number!());
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
base = { path = "../base" }
//- /app/src/main.rs
fn main() {
    let unused_in_app = 0;
    println!("{} {}", mid::mid() + 100, base::calls());
}
"#;

pub(crate) const PUSH: &str = "{ let mut v = Vec::new(); v.push(base::Part(2)); v.len() }";
const ALL: &[&str] = &["app/bin", "base/lib", "mid/lib"];
const LINK_FAILS: &str = "`app` (bin \"app\") cannot be linked with the new code";
const OTHER_CRATE: &str = "it uses the crate `plugin` now, or no longer";
const CUT_OFF: &[&str] = &["app/bin", "base/lib"];

/// The workspace without the crates that nothing calls.
pub(crate) fn parts() -> Repeated {
    let text = PARTS.replace("if false { hook() + missing() } else { 0 }", "0");
    Repeated::new(&text.replace("+ 100, base::calls()", "+ 100, 0"))
}

/// The function of `base` goes, and with it what it had made for others.
pub(crate) fn remove_push(workspace: &Repeated) {
    let body = "    let mut parts = Vec::new();\n    parts.push(Part(1));\n    parts.len()\n";
    workspace.fixture.replace("base/src/lib.rs", body, "\n\n    5\n");
}

/// Builds, and compares the units that ran and the beginning of what is said of why dependents are
/// built after all. Each warning is told as often as in a clean build.
#[track_caller]
fn build(workspace: &Repeated, units: &[&str], after_all: &str) {
    let outcome = workspace.build("").expect_success("a build");
    assert_eq!(repeated::ran(&outcome), set(units), "{}", outcome.stderr);
    tells_once(&outcome);
    let notes = outcome.stderr.lines().filter_map(|line| line.strip_prefix("note: dependents of "));
    let notes: Vec<&str> = notes.collect();
    assert_eq!(notes.len(), usize::from(!after_all.is_empty()), "{notes:?}");
    let expected = format!(" are built after all: {after_all}");
    assert!(notes.iter().all(|note| note.contains(&expected)), "{notes:?}");
}

#[track_caller]
fn tells_once(outcome: &Outcome) {
    for warning in ["`unused_in_app`", "`unused_in_mid`"] {
        let text = format!("warning: unused variable: {warning}");
        assert!(outcome.stderr.matches(&text).count() <= 1, "{}", outcome.stderr);
    }
    assert_eq!(outcome.stderr.matches("unused variable: `unused_in_mid`").count(), 1);
}

fn printed(workspace: &Repeated) -> String {
    workspace.prints("debug/app")
}

#[rstest]
#[case::of_a_library("mid/src/lib.rs", "10", "`mid` (lib) needs `alloc::vec::", "106 0\n")]
#[case::of_a_program("app/src/main.rs", "100", LINK_FAILS, "16 0\n")]
fn a_symbol_that_a_dependent_needs_is_gone(
    #[case] user: &str,
    #[case] old: &str,
    #[case] note: &str,
    #[case] expected: &str,
) {
    let workspace = parts();
    workspace.fixture.replace(user, old, PUSH);
    workspace.ran("");
    remove_push(&workspace);
    build(&workspace, ALL, note);
    assert_eq!(printed(&workspace), expected);
    expect::<&str>(&workspace, "", &[]);
    // From now on it is as if it had always been so.
    workspace.fixture.replace("base/src/lib.rs", "    5\n", "    6\n");
    build(&workspace, CUT_OFF, "");
    expect::<&str>(&workspace, "", &[]);
}

/// The library was cut off, since nobody needed the symbol. Who comes to need it later is compiled
/// with metadata that promises it.
#[rstest]
#[case::of_a_library("mid/src/lib.rs", "10", "106 0\n")]
#[case::of_a_program("app/src/main.rs", "100", "16 0\n")]
fn a_symbol_that_is_gone_is_needed_later(
    #[case] user: &str,
    #[case] old: &str,
    #[case] expected: &str,
) {
    let workspace = parts();
    workspace.ran("");
    remove_push(&workspace);
    build(&workspace, CUT_OFF, "");
    workspace.fixture.replace(user, old, PUSH);
    build(&workspace, ALL, LINK_FAILS);
    assert_eq!(printed(&workspace), expected);
    expect::<&str>(&workspace, "", &[]);
}

/// The same for libraries for others, which nobody misses anything in before they are used.
#[cfg(target_os = "linux")]
#[rstest]
#[case::directly("cdylib", "shell/src/lib.rs", "100", "16\n")]
#[case::through_a_library("cdylib", "mid/src/lib.rs", "10", "106\n")]
#[case::archive("staticlib", "shell/src/lib.rs", "100", "16\n")]
fn a_library_for_others_has_what_it_needs(
    #[case] kind: &str,
    #[case] user: &str,
    #[case] old: &str,
    #[case] expected: &str,
) {
    let workspace = parts();
    workspace.fixture.replace("shell/Cargo.toml", "cdylib", kind);
    workspace.ran("-p shell");
    remove_push(&workspace);
    expect(&workspace, "-p shell", &["base/lib", "shell/lib"]);
    workspace.fixture.replace(user, old, PUSH);
    expect(&workspace, "-p shell", &["base/lib", "mid/lib", "shell/lib"]);
    let extension = if kind == "cdylib" { "so" } else { "a" };
    let library = workspace.target.join(format!("debug/libshell.{extension}"));
    let (program, main) = (workspace.fixture.beside("c"), workspace.fixture.path("main.c"));
    let cc = Command::new("cc".into()).args(&["-o", program.as_str(), main.as_str()]);
    drop(cc.arg(library.as_str()).run().expect_success("cc"));
    let run =
        Command::new(&program).env("LD_LIBRARY_PATH", workspace.target.join("debug").as_str());
    assert_eq!(run.run().expect_success("the C program").stdout, expected);
    expect::<&str>(&workspace, "-p shell", &[]);
}

#[rstest]
#[case::directly("mac/src/lib.rs", "100", "16\n")]
#[case::through_a_library("mid/src/lib.rs", "10", "106\n")]
fn a_macro_has_what_it_needs(#[case] user: &str, #[case] old: &str, #[case] expected: &str) {
    let selection = "-p mac --test number";
    let workspace = parts();
    let all = ["base/lib", "mac/lib", "mac/test:number"];
    workspace.ran(selection);
    remove_push(&workspace);
    expect(&workspace, selection, &all);
    workspace.fixture.replace(user, old, PUSH);
    expect(&workspace, selection, &[&all[..], &["mid/lib"]].concat());
    let test = workspace.files(|path| {
        let is_test = |name: &str| name.starts_with("number-") && !name.contains('.');
        path.parent().is_some_and(|it| it.ends_with("debug/deps"))
            && path.file_name().is_some_and(is_test)
    });
    let out = Command::new(&test[0]).arg("--nocapture").run().expect_success("the test").stdout;
    assert!(out.contains(expected), "{out}");
    expect::<&str>(&workspace, selection, &[]);
}

/// A crate that nobody named before is linked by naming it in a body.
#[cfg(target_os = "linux")]
#[test]
fn a_crate_that_is_named_in_a_body_is_linked() {
    let workspace = parts();
    workspace.ran("");
    let name = |old: &str, new: &str| workspace.fixture.replace("base/src/lib.rs", old, new);
    name("    let mut parts", "    use plugin as _; let mut parts");
    build(&workspace, ALL, OTHER_CRATE);
    assert_eq!(printed(&workspace), "plugged in\n111 0\n");
    expect::<&str>(&workspace, "", &[]);
    name("Part(1)", "Part(2)");
    build(&workspace, CUT_OFF, "");
    assert_eq!(printed(&workspace), "plugged in\n111 0\n");
    name("use plugin as _; ", "");
    build(&workspace, ALL, OTHER_CRATE);
    assert_eq!(printed(&workspace), "111 0\n");
    expect::<&str>(&workspace, "", &[]);
}

/// A link that fails because of what the user wrote fails once, with cargo's words, and again until
/// it is mended.
#[test]
fn a_link_error_of_the_user_is_told_once() {
    let workspace = parts();
    workspace.fixture.replace("app/src/main.rs", "+ 100, 0", "+ 100, base::calls()");
    workspace.ran("");
    let edit = |old: &str, new: &str| {
        let body = |it: &str| format!("calls() -> usize {{\n    {it}\n");
        workspace.fixture.replace("base/src/lib.rs", &body(old), &body(new));
    };
    edit("0", "missing()");
    for _ in 0..2 {
        let outcome = workspace.build("");
        assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
        tells_once(&outcome);
        assert_eq!(
            outcome.stderr.matches("error: linking with `").count(),
            1,
            "{}",
            outcome.stderr
        );
        assert_eq!(errors(&outcome), errors(&by_cargo(&workspace)));
    }
    // The next one goes by way of a crate that has to be linked.
    edit("missing()", "hook()");
    let outcome = workspace.build("");
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    edit("hook()", "{ use plugin as _; hook() }");
    workspace.ran("");
    assert!(printed(&workspace).ends_with("111 1000\n"));
    edit("{ use plugin as _; hook() }", "7");
    workspace.ran("");
    assert_eq!(printed(&workspace), "111 7\n");
    edit("7", "8");
    build(&workspace, CUT_OFF, "");
    assert_eq!(printed(&workspace), "111 8\n");
    expect::<&str>(&workspace, "", &[]);
}

/// Builds by cargo, in a directory of its own.
fn by_cargo(workspace: &Repeated) -> Outcome {
    let command = workspace.command(&environment::cargo(), "");
    command.env("CARGO_TARGET_DIR", workspace.fixture.beside("cargo").as_str()).run()
}

/// Returns the first words of what went wrong.
fn errors(outcome: &Outcome) -> Vec<&str> {
    outcome.stderr.lines().filter(|line| line.starts_with("error")).collect()
}
