//! Things that happen while a build runs.

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::expect;

/// A macro that edits a source file of the crate that uses it, while that is compiled.
const EDITS_ITSELF: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "mac" }
[workspace]
//- /src/main.rs
mod data;
fn main() {
    mac::edit!();
    println!("{}", data::DATA);
}
//- /src/data.rs
pub const DATA: u32 = 1;
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
use std::{fs, io::Write, path::Path};
#[proc_macro]
pub fn edit(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    // The first file whose turn it is.
    for name in ["first", "second"] {
        if let Ok(text) = fs::read(Path::new("turns").join(name)) {
            fs::remove_file(Path::new("turns").join(name)).unwrap();
            let time = fs::metadata("src/data.rs").unwrap().modified().unwrap();
            let mut file = fs::OpenOptions::new().write(true).truncate(true).open("src/data.rs").unwrap();
            file.write_all(&text).unwrap();
            if Path::new("turns/in_secret").exists() {
                file.set_modified(time).unwrap();
            }
            break;
        }
    }
    proc_macro::TokenStream::new()
}
"#;

#[rstest]
#[case::first_build(false)]
#[case::first_build_in_secret(true)]
fn edit_while_compiling_for_the_first_time(#[case] in_secret: bool) {
    let workspace = Repeated::new(EDITS_ITSELF);
    workspace.fixture.write("turns/first", "pub const DATA: u32 = 2;\n");
    if in_secret {
        workspace.fixture.write("turns/in_secret", "");
    }
    expect(&workspace, "", &["mac/lib", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "2\n");
    expect(&workspace, "", &[]);
}

#[rstest]
#[case::plainly(false)]
#[case::in_secret(true)]
fn edit_while_compiling_again(#[case] in_secret: bool) {
    let workspace = Repeated::new(EDITS_ITSELF);
    expect(&workspace, "", &["mac/lib", "app/bin"]);
    workspace.fixture.write("turns/first", "pub const DATA: u32 = 3;\n");
    if in_secret {
        workspace.fixture.write("turns/in_secret", "");
    }
    workspace.fixture.write("src/data.rs", "pub const DATA: u32 = 2;\n");
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "2\n");
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "3\n");
    expect(&workspace, "", &[]);
}

/// What was there before the compile, and is there after it, is not what the compiler saw.
#[test]
fn edit_and_back_while_compiling() {
    let workspace = Repeated::new(&EDITS_ITSELF.replace(
        "//- /mac/src/lib.rs",
        r#"//- /rustc.sh
#!/bin/sh
# Compiles the program from another file than the one that is there before and after.
case "$*" in *"--crate-name app"*)
    if [ -f swap ]; then
        rm swap
        cp src/data.rs data.kept
        echo 'pub const DATA: u32 = 9;' > src/data.rs
        "$@"; status=$?
        cp data.kept src/data.rs
        exit $status
    fi
esac
exec "$@"
//- /mac/src/lib.rs"#,
    ));
    let script = workspace.fixture.path("rustc.sh");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&script, mode).expect("it is ours");
    let selection = format!("RUSTC_WRAPPER={script}");
    workspace.ran(&selection);
    workspace.fixture.write("swap", "");
    workspace.fixture.replace("src/main.rs", "println", "// comment\n    println");
    expect(&workspace, &selection, &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "9\n");
    expect(&workspace, &selection, &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
    expect(&workspace, &selection, &[]);
}

/// A build script that stops at a pipe, so that the build can be killed while it runs.
const BLOCKS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = { path = "dep" }
[workspace]
//- /build.rs
use std::fs;
fn main() {
    println!("cargo::rerun-if-changed=data.txt");
    let out = std::env::var("OUT_DIR").unwrap() + "/data.txt";
    fs::write(&out, "half of it").unwrap();
    if fs::metadata("block").is_ok() {
        fs::write("reached", "").unwrap();
        fs::read("pipe").unwrap();
    }
    fs::copy("data.txt", out).unwrap();
}
//- /data.txt
one
//- /src/main.rs
fn main() {
    print!("{} {}", dep::number(), include_str!(concat!(env!("OUT_DIR"), "/data.txt")));
}
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
//- /dep/src/lib.rs
pub fn number() -> u32 {
    1
}
"#;

#[cfg(unix)]
#[rstest]
#[case::first_build(false)]
#[case::later_build(true)]
fn killed_while_a_build_script_runs(#[case] built_before: bool) {
    let workspace = Repeated::new(BLOCKS);
    let fixture = &workspace.fixture;
    if built_before {
        workspace.ran("");
        fixture.write("data.txt", "two\n");
    }
    for pipe in ["pipe", "reached"] {
        let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
        assert!(made.success(), "{}", made.stderr);
    }
    fixture.write("block", "");
    let started = workspace.command(&environment::atlas_binary(), "").start();
    // Ends when the script has opened the other end.
    fs_err::read(fixture.path("reached")).expect("it is a pipe");
    started.kill();
    fixture.remove("block");
    // Lets the orphan go: it copies the data as it is, which is right at any time.
    fs_err::write(fixture.path("pipe"), "").expect("somebody reads");
    workspace.ran("");
    let data = if built_before { "two\n" } else { "one\n" };
    assert_eq!(workspace.prints("debug/app"), format!("1 {data}"));
    expect(&workspace, "", &[]);
    let edited = if built_before { "one\n" } else { "two\n" };
    fixture.write("data.txt", edited);
    // The program that was made from the first data is still there.
    let program = if built_before { None } else { Some("app/bin") };
    let expected: Vec<&str> = ["app/run-build-script"].into_iter().chain(program).collect();
    expect(&workspace, "", &expected);
    assert_eq!(workspace.prints("debug/app"), format!("1 {edited}"));
}

/// A compiler that stops at a pipe, so that the build can be killed while it runs.
#[cfg(unix)]
#[rstest]
#[case::library("dep")]
#[case::program("app")]
fn killed_while_a_compiler_runs(#[case] blocked: &str) {
    let workspace = Repeated::new(BLOCKS);
    let fixture = &workspace.fixture;
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *\"--crate-name {blocked} \"*) [ -f block ] && {{ echo > reached; \
         cat pipe; exit 1; }};; esac\nexec \"$@\"\n"
    );
    fixture.write("rustc.sh", &script);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(fixture.path("rustc.sh"), mode).expect("it is ours");
    let selection = format!("RUSTC_WRAPPER={}", fixture.path("rustc.sh"));
    workspace.ran(&selection);
    for pipe in ["pipe", "reached"] {
        let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
        assert!(made.success(), "{}", made.stderr);
    }
    fixture.write("block", "");
    let dep = fixture.read("dep/src/lib.rs");
    fixture.replace("dep/src/lib.rs", " 1\n", " 2\n");
    let started = workspace.command(&environment::atlas_binary(), &selection).start();
    fs_err::read(fixture.path("reached")).expect("it is a pipe");
    started.kill();
    fixture.remove("block");
    fs_err::write(fixture.path("pipe"), "").expect("somebody reads");
    fixture.write("dep/src/lib.rs", &dep);
    // The killed build had put aside what is asked for now.
    expect(&workspace, &selection, &[]);
    assert_eq!(workspace.prints("debug/app"), "1 one\n");
    expect(&workspace, &selection, &[]);
}

/// A file removed from a watched directory while the script runs was seen by the script.
#[test]
fn file_removed_from_a_watched_directory_while_the_script_runs() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rustc-env=N={}", std::fs::read_dir("data").unwrap().count());
    // Somebody removes it just now.
    drop(std::fs::remove_file("data/two"));
}
//- /data/one /data/two
x
//- /src/main.rs
fn main() {
    println!("{}", env!("N"));
}
"#,
    );
    expect(&workspace, "", &["app/build-script", "app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "2\n");
    expect(&workspace, "", &["app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
    expect(&workspace, "", &[]);
}
