//! Builds that are interrupted, and builds that share their jobs with others.
#![cfg(unix)]

use std::io::{Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use atlas_tests::build::{build, command};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::selection::Selection;
use camino::Utf8Path;
use rstest::rstest;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
dep = { path = "dep" }
//- /dep/Cargo.toml
[package]
name = "dep"
version = "0.1.0"
edition = "2021"
//- /dep/src/lib.rs
//- /build.rs
// Says who it is, and waits for ever.
fn main() {
    if let Ok(mut started) = std::fs::OpenOptions::new().write(true).open("started") {
        use std::io::Write;
        write!(started, "{}", std::process::id()).unwrap();
        drop(started);
        std::fs::read("never").unwrap();
    }
}
//- /src/main.rs
fn main() { println!("well") }
"#;

/// Runs a program of the system.
#[track_caller]
fn tool(fixture: &Fixture, words: &[&str]) -> Outcome {
    let script = format!("{} \"$@\"", words[0]);
    let command = Command::new("/bin/sh".into()).args(&["-c", &script, words[0]]);
    command.cwd(fixture.root()).args(&words[1..]).run()
}

/// Runs a build to its end; fails rather than waits if the end does not come.
#[track_caller]
fn to_the_end(command: Command) -> Outcome {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(command.run()));
    receiver.recv_timeout(Duration::from_secs(300)).expect("the build comes to an end")
}

#[rstest]
#[case::interrupt("INT", 130)]
#[case::termination("TERM", 130)]
fn signal_ends_the_children(#[case] signal: &str, #[case] code: i32) {
    let fixture = Fixture::new(WORKSPACE);
    assert!(tool(&fixture, &["mkfifo", "started", "never"]).success());
    let binary = environment::atlas_binary();
    let target = fixture.beside("atlas");
    let running = command(&binary, &fixture, &Selection::new(""), &target).start();
    let script = fs_err::read_to_string(fixture.root().join("started")).expect("it starts");
    let pid = running.id().to_string();
    assert!(tool(&fixture, &["kill", &format!("-{signal}"), &pid]).success());
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(code), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("error"), "{}", outcome.stderr);
    assert!(!tool(&fixture, &["kill", "-0", &script]).success(), "the build script still runs");

    fs_err::remove_file(fixture.root().join("started")).unwrap();
    let again = build(&binary, &fixture, &Selection::new("-v"), "atlas").outcome;
    let again = again.expect_success("the build after it");
    assert!(again.stderr.contains("Fresh dep"), "what was finished is kept\n{}", again.stderr);
    let program = Command::new(&target.join("debug/app")).run();
    assert_eq!(program.stdout, "well\n");
}

const SHARED: &str = r#"
//- /Cargo.toml
[workspace]
members = ["a", "b", "c"]
resolver = "2"
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
//- /c/Cargo.toml
[package]
name = "c"
edition = "2021"
[dependencies]
a = { path = "../a" }
b = { path = "../b" }
//- /a/src/lib.rs /b/src/lib.rs
//- /a/build.rs /b/build.rs /c/src/main.rs
fn main() {}
"#;

/// Two builds in two target directories and one in a shared one, under the job server of make.
#[test]
fn under_make() {
    let fixture = Fixture::new(SHARED);
    if !tool(&fixture, &["make", "--version"]).success() {
        return;
    }
    fixture.write(
        "Makefile",
        "all: one two three\n\
         one two:\n\t+$(ATLAS) build --target-dir $@\n\
         three:\n\t+$(ATLAS) build --target-dir one\n\
         .PHONY: all one two three\n",
    );
    let make = Command::new("/bin/sh".into()).args(&["-c", "exec make \"$@\"", "make"]);
    let atlas = format!("ATLAS={}", environment::atlas_binary());
    let make = make.args(&["-j2", "all", &atlas]).cwd(fixture.root());
    let outcome = to_the_end(make.env("CARGO_NET_OFFLINE", "true")).expect_success("make");
    assert_eq!(outcome.stderr.matches("Finished").count(), 3, "{}", outcome.stderr);
    for target in ["one", "two"] {
        assert!(fixture.root().join(target).join("debug/c").exists());
    }
}

/// A job server in a named pipe with one token to share: both builds end, and the token is back.
#[test]
#[cfg(target_os = "linux")]
fn under_a_named_pipe() {
    let fixture = Fixture::new(SHARED);
    assert!(tool(&fixture, &["mkfifo", "jobs"]).success());
    let path = fixture.root().join("jobs");
    let pipe = fs_err::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    (&pipe).write_all(b"+").unwrap();
    std::thread::scope(|scope| {
        let builds =
            ["one", "two"].map(|target| scope.spawn(|| under_pipe(&fixture, target, &path)));
        for build in builds {
            let _built = build.join().expect("no panic").expect_success("the build");
        }
    });
    (&pipe).write_all(b"!").unwrap();
    let mut tokens = [0; 2];
    (&pipe).read_exact(&mut tokens).unwrap();
    assert_eq!(&tokens, b"+!", "the token is back, once");
}

#[cfg(target_os = "linux")]
fn under_pipe(fixture: &Fixture, target: &str, pipe: &Utf8Path) -> Outcome {
    let selection = Selection::new("");
    let target = fixture.beside(target);
    let atlas = command(&environment::atlas_binary(), fixture, &selection, &target);
    to_the_end(atlas.env("MAKEFLAGS", &format!("-j2 --jobserver-auth=fifo:{pipe}")))
}
