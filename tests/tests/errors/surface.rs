//! The program as it is found and called: alone, through cargo, and with a toolchain by name.
#![cfg(unix)]

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use camino::Utf8PathBuf;
use rstest::rstest;

use crate::PACKAGE;

fn fixture() -> Fixture {
    Fixture::new(&format!("{PACKAGE}//- /src/main.rs\nfn main() {{}}\n"))
}

#[track_caller]
fn alone(words: &[&str]) -> Outcome {
    Command::new(&environment::atlas_binary()).args(words).run()
}

fn atlas_directory() -> Utf8PathBuf {
    let directory = environment::profile_dir().join("atlas-on-path");
    fs_err::create_dir_all(&directory).expect("the target directory is writable");
    let program = directory.join(format!("cargo-atlas{}", std::env::consts::EXE_SUFFIX));
    // Other tests do the same, so it has to be complete at once. It is never open for writing: a
    // process that another test starts meanwhile would have it open, too, and it could not be run.
    let beside = tempfile::tempdir_in(&directory).expect("the directory is writable");
    let link = beside.path().join("cargo-atlas");
    let linked = fs_err::hard_link(environment::atlas_binary(), &link);
    // On another file system.
    let copied = linked.or_else(|_| fs_err::copy(environment::atlas_binary(), &link).map(drop));
    copied.expect("the program is there");
    fs_err::rename(link, &program).expect("nothing is in the way");
    directory
}

#[rstest]
#[case::version(&["--version"], "cargo-atlas ")]
#[case::short_version(&["-V"], "cargo-atlas ")]
#[case::help(&["--help"], "cargo atlas [OPTIONS]")]
#[case::nothing(&[], "cargo atlas [OPTIONS]")]
#[case::help_of_build(&["build", "--help"], "Usage: cargo atlas build [OPTIONS]")]
#[case::help_of_the_alias(&["b", "-h"], "--target-dir <DIRECTORY>")]
#[case::help_of_check(&["check", "--help"], "Usage: cargo atlas check [OPTIONS]")]
#[case::help_of_the_alias_of_check(&["c", "-h"], "Check only this package's library")]
#[case::as_cargo_starts_it(&["atlas", "build", "--help"], "Usage: cargo atlas build [OPTIONS]")]
fn answers_on_standard_output(#[case] words: &[&str], #[case] expected: &str) {
    let outcome = alone(words);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
}

#[rstest]
#[case::unknown(&["nonsense"], 101, "error: no such command: `nonsense`")]
#[case::nearly(&["grph"], 101, "help: a command with a similar name exists: `graph`")]
#[case::check_has_no_artifacts(&["check", "--artifact-dir=x"], 1, "unexpected argument '--artifact-dir'")]
#[case::flag(&["--nonsense"], 1, "unexpected argument '--nonsense'")]
fn other_words_are_refused(#[case] words: &[&str], #[case] code: i32, #[case] expected: &str) {
    let outcome = alone(words);
    assert_eq!(outcome.code, Some(code), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
}

#[test]
fn through_cargo() {
    let fixture = fixture();
    let cargo = |words: &[&str]| {
        Command::new(&environment::cargo())
            .first_on_path(&atlas_directory())
            .cwd(fixture.root())
            .args(words)
            .run()
    };
    let help = cargo(&["atlas", "build", "--help"]).expect_success("help");
    assert!(help.stdout.contains("Usage: cargo atlas build [OPTIONS]"), "{}", help.stdout);
    assert!(cargo(&["--list"]).stdout.contains("atlas"));
    let built = cargo(&["atlas", "build"]).expect_success("the build");
    assert!(built.stderr.contains("Finished `dev` profile"), "{}", built.stderr);
    assert!(fixture.root().join("target/debug/app").exists());
    assert!(fixture.root().join("target/atlas").exists());
    assert_eq!(cargo(&["atlas", "build", "--bin", "no"]).code, Some(101));
    assert_eq!(cargo(&["atlas", "build", "--no-such-flag"]).code, Some(1));
}

/// Returns rustup's cargo and its toolchains, if rustup is in use.
fn rustup() -> Option<(Utf8PathBuf, Vec<String>)> {
    let found = Command::new("/bin/sh".into()).args(&["-c", "command -v rustup"]).run();
    let rustup = Utf8PathBuf::from(found.stdout.trim());
    let cargo = rustup.parent()?.join("cargo");
    let list = Command::new(&rustup).args(&["toolchain", "list"]).run();
    let names = list.stdout.lines().filter_map(|line| Some(line.split(' ').next()?.to_owned()));
    cargo.exists().then(|| (cargo, names.collect()))
}

#[test]
fn toolchain_through_cargo() {
    let Some((cargo, toolchains)) = rustup() else { return };
    let Some(stable) = toolchains.iter().find(|name| name.starts_with("stable")) else { return };
    let fixture = fixture();
    let plus = format!("+{stable}");
    let cargo = |plus: &str| {
        let cargo = Command::new(&cargo).through_rustup().first_on_path(&atlas_directory());
        cargo.cwd(fixture.root()).args(&[plus, "atlas", "build", "-v"]).run()
    };
    let built = cargo(&plus).expect_success("the build");
    assert!(built.stderr.contains(stable), "{}", built.stderr);
    let missing = cargo("+no-such-toolchain");
    assert!(missing.stderr.contains("no-such-toolchain"), "{}", missing.stderr);
    assert!(!missing.success());
}

#[test]
fn toolchain_by_name() {
    let Some((_, toolchains)) = rustup() else { return };
    let fixture = fixture();
    let build = |plus: &str| {
        let atlas = Command::new(&environment::atlas_binary()).through_rustup();
        atlas.cwd(fixture.root()).args(&[plus, "build"]).run()
    };
    let missing = build("+no-such-toolchain");
    assert_eq!(missing.code, Some(101), "{}", missing.stderr);
    for part in ["failed to learn the version of `rustc`", "'no-such-toolchain' is not installed"] {
        assert!(missing.stderr.contains(part), "{}", missing.stderr);
    }
    let nightly = build("+nightly");
    if toolchains.iter().any(|name| name.starts_with("nightly-")) {
        let said = nightly.expect_success("the build with nightly").stderr;
        assert!(said.contains("this is Rust 1.") && said.contains("nightly"), "{said}");
    } else {
        assert!(nightly.stderr.contains("nightly"), "{}", nightly.stderr);
    }
}
