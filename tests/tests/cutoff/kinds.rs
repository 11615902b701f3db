//! Libraries that are used by what runs while others are compiled (procedural macros, build scripts),
//! and libraries that are more than one file or another kind of file.

use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use rstest::rstest;

use crate::expect;

/// `app` uses `user`, which uses the macro `mac`, which is made from `inside`. `scripted`, used by
/// `user`, has a build script that is made from `inside`, too.
const HOSTED: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "user", "mac", "scripted", "inside"]
resolver = "2"
//- /inside/Cargo.toml
[package]
name = "inside"
edition = "2021"
//- /inside/src/lib.rs
pub fn answer() -> u32 {
    41 + 0
}
pub fn other() -> u32 {
    unused()
}
fn unused() -> u32 {
    5
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
inside = { path = "../inside" }
//- /mac/src/lib.rs
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    inside::answer().to_string().parse().unwrap()
}
//- /scripted/Cargo.toml
[package]
name = "scripted"
edition = "2021"
[build-dependencies]
inside = { path = "../inside" }
//- /scripted/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=EVEN={}", inside::answer() / 2 * 2);
}
//- /scripted/src/lib.rs
pub const EVEN: &str = env!("EVEN");
//- /user/Cargo.toml
[package]
name = "user"
edition = "2021"
[dependencies]
mac = { path = "../mac" }
scripted = { path = "../scripted" }
//- /user/src/lib.rs
pub fn answer() -> u32 {
    mac::answer!()
}
pub fn even() -> &'static str {
    scripted::EVEN
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
user = { path = "../user" }
//- /app/src/main.rs
fn main() {
    println!("{} {}", user::answer(), user::even());
}
"#;

const LINKED: &[&str] = &["inside/lib", "mac/lib", "scripted/build-script"];

/// The macro and the script are linked anew. If they are other files then, who uses the macro
/// follows, since it may say anything; who uses the script, if it says something else.
#[rstest]
#[case::other_answer(
    "41 + 0", "44 + 0", &["scripted/run-build-script", "scripted/lib", "user/lib", "app/bin"], "44 44\n"
)]
#[case::same_for_the_script(
    "41 + 0", "40 + 0", &["scripted/run-build-script", "user/lib", "app/bin"], "40 40\n"
)]
#[case::same_for_both(
    "41 + 0", "std::hint::black_box(41)",
    &["scripted/run-build-script", "user/lib", "app/bin"], "41 40\n"
)]
#[case::same_machine_code("41 + 0", "41 - 0", &[], "41 40\n")]
#[case::what_nobody_uses("5", "6", &[], "41 40\n")]
fn below_macros_and_scripts(
    #[case] old: &str,
    #[case] new: &str,
    #[case] followers: &[&str],
    #[case] printed: &str,
) {
    let workspace = Repeated::new(HOSTED);
    workspace.ran("");
    assert_eq!(workspace.prints("debug/app"), "41 40\n");
    workspace.fixture.replace("inside/src/lib.rs", old, new);
    expect(&workspace, "", &[LINKED, followers].concat());
    assert_eq!(workspace.prints("debug/app"), printed);
    expect::<&str>(&workspace, "", &[]);
}

/// A library that only a build script uses: nothing else follows if the script says the same.
#[test]
fn dependents_of_a_script_that_says_the_same_are_fresh() {
    let workspace = Repeated::new(&HOSTED.replace("mac::answer!()", "41"));
    workspace.fixture.replace("user/Cargo.toml", "mac = { path = \"../mac\" }\n", "");
    workspace.ran("-p app");
    workspace.fixture.replace("inside/src/lib.rs", "41 + 0", "40 + 0");
    let scripts = ["inside/lib", "scripted/build-script", "scripted/run-build-script"];
    expect(&workspace, "-p app", &scripts);
    assert_eq!(workspace.prints("debug/app"), "41 40\n");
    workspace.fixture.replace("inside/src/lib.rs", "40 + 0", "42 + 0");
    expect(
        &workspace,
        "-p app",
        &[&scripts[..], &["scripted/lib", "user/lib", "app/bin"]].concat(),
    );
    assert_eq!(workspace.prints("debug/app"), "41 42\n");
    expect::<&str>(&workspace, "-p app", &[]);
}

/// In a check, the macro is code all the same.
#[test]
fn a_check_builds_what_it_runs() {
    let workspace = Repeated::new(HOSTED);
    workspace.ran("check -p app");
    workspace.fixture.replace("inside/src/lib.rs", "41 + 0", "40 + 0");
    let others = ["scripted/run-build-script", "check user/lib", "check app/bin"];
    expect(&workspace, "check -p app", &[LINKED, &others].concat());
    expect::<&str>(&workspace, "check -p app", &[]);
}

/// `app` uses `both`, and that `base`. `shell` makes a library for others from `base`.
const KINDS: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "both", "base", "shell"]
resolver = "2"
//- /base/Cargo.toml
[package]
name = "base"
edition = "2021"
//- /base/src/lib.rs
pub fn base() -> u32 {
    1 + 0
}
//- /both/Cargo.toml
[package]
name = "both"
edition = "2021"
[lib]
crate-type = [TYPES]
[dependencies]
base = { path = "../base" }
//- /both/src/lib.rs
pub fn both() -> u32 {
    base::base() + 10
}
#[unsafe(no_mangle)]
pub extern "C" fn both_for_others() -> u32 {
    both()
}
//- /shell/Cargo.toml
[package]
name = "shell"
edition = "2021"
[lib]
crate-type = ["KIND"]
[dependencies]
base = { path = "../base" }
//- /shell/src/lib.rs
#[unsafe(no_mangle)]
pub extern "C" fn shell() -> u32 {
    base::base() + 100
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
both = { path = "../both" }
//- /app/src/main.rs
fn main() {
    println!("{}", both::both());
}
//- /main.c
#include <stdio.h>
unsigned shell(void);
int main(void) { printf("%u\n", shell()); }
"#;

/// A library that is also linked has to be made anew, and is never cut off itself.
#[rstest]
#[case::rlib_and_cdylib("\"rlib\", \"cdylib\"", "cdylib")]
#[case::rlib_and_staticlib("\"rlib\", \"staticlib\"", "staticlib")]
#[case::lib_and_dylib("\"lib\", \"dylib\"", "cdylib")]
fn libraries_of_other_kinds(#[case] types: &str, #[case] kind: &str) {
    let workspace = Repeated::new(&KINDS.replace("TYPES", types).replace("KIND", kind));
    let all = ["app/bin", "base/lib", "both/lib", "shell/lib"];
    expect(&workspace, "", &all);
    workspace.fixture.replace("base/src/lib.rs", "1 + 0", "1 + 1");
    expect(&workspace, "", &all);
    assert_eq!(printed(&workspace), "12\n");
    if cfg!(target_os = "linux") {
        assert_eq!(printed_by_c(&workspace, kind), "102\n");
    }
    workspace.fixture.replace("both/src/lib.rs", "+ 10", "+ 20");
    expect(&workspace, "", &["app/bin", "both/lib"]);
    assert_eq!(printed(&workspace), "22\n");
    expect::<&str>(&workspace, "", &[]);
}

fn printed(workspace: &Repeated) -> String {
    let program = Command::new(&workspace.target.join("debug/app"));
    let sysroot = Command::new("rustc".into()).args(&["--print", "target-libdir"]).run().stdout;
    let path = format!("{}:{}", sysroot.trim(), workspace.target.join("debug/deps"));
    let path = format!("{path}:{}", workspace.target.join("atlas/debug/deps"));
    program.env("LD_LIBRARY_PATH", &path).run().expect_success("the program").stdout
}

/// Links a C program with the library and returns what it prints.
fn printed_by_c(workspace: &Repeated, kind: &str) -> String {
    let directory = workspace.target.join("debug");
    let program = workspace.fixture.beside("from-c");
    let extension = if kind == "staticlib" { "a" } else { "so" };
    let library = directory.join(format!("libshell.{extension}"));
    let main = workspace.fixture.path("main.c");
    let compiler = Command::new("cc".into()).args(&["-o", program.as_str(), main.as_str()]);
    let compiler = compiler.args(&[library.as_str(), "-lpthread", "-ldl", "-lm"]);
    drop(compiler.run().expect_success("cc"));
    let sysroot = Command::new("rustc".into()).args(&["--print", "target-libdir"]).run().stdout;
    let program = Command::new(&program);
    let path = format!("{directory}:{}", sysroot.trim());
    program.env("LD_LIBRARY_PATH", &path).run().expect_success("the C program").stdout
}
