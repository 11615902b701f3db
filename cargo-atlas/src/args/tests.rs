//! What can be typed is what can be typed to cargo: the same help, the same errors.

use atlas_build::process::CommandLine;
use clap::error::ErrorKind;
use rstest::rstest;

use super::*;

fn os(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

#[rstest]
#[case::through_cargo(&["cargo-atlas", "atlas", "build", "-v"], None, &["build", "-v"])]
#[case::direct(&["cargo-atlas", "build"], None, &["build"])]
#[case::toolchain(&["cargo-atlas", "+nightly", "build"], Some("nightly"), &["build"])]
#[case::both(&["cargo-atlas", "+nightly", "atlas", "build"], Some("nightly"), &["build"])]
#[case::only_the_first_atlas(&["cargo-atlas", "atlas", "atlas"], None, &["atlas"])]
#[case::after_the_name(&["cargo-atlas", "atlas", "+nightly", "b"], Some("nightly"), &["b"])]
#[case::twice(&["cargo-atlas", "+beta", "atlas", "+nightly"], Some("nightly"), &[])]
#[case::too_late(&["cargo-atlas", "atlas", "b", "+nightly"], None, &["b", "+nightly"])]
#[case::nothing(&["cargo-atlas"], None, &[])]
#[case::not_even_a_name(&[], None, &[])]
fn words_are_split(#[case] args: &[&str], #[case] toolchain: Option<&str>, #[case] rest: &[&str]) {
    let expected = Words { toolchain: toolchain.map(OsString::from), rest: os(rest) };
    assert_eq!(Words::split(&os(args)), expected);
}

#[test]
fn definition_is_sound() {
    command().debug_assert();
}

#[rstest]
#[case::long(&["build", "-v", "-v"])]
#[case::short(&["b", "-vv"])]
#[case::before_the_command(&["-vv", "build"])]
fn verbosity_is_counted_anywhere(#[case] words: &[&str]) {
    let cli = Cli::from_words(&os(words)).unwrap();
    assert_eq!(cli.globals.display().verbose, 2);
}

#[rstest]
#[case::unknown_flag(&["build", "--foo"], ErrorKind::UnknownArgument)]
#[case::positional(&["build", "foo"], ErrorKind::UnknownArgument)]
#[case::removed_from_cargo(&["build", "--build-plan"], ErrorKind::UnknownArgument)]
#[case::short_exclude(&["build", "-x"], ErrorKind::UnknownArgument)]
#[case::debug(&["build", "--debug"], ErrorKind::UnknownArgument)]
#[case::release_and_profile(
    &["build", "--release", "--profile", "dev"], ErrorKind::ArgumentConflict
)]
#[case::message_format(&["build", "--message-format", "foo"], ErrorKind::InvalidValue)]
#[case::help(&["build", "--help"], ErrorKind::DisplayHelp)]
#[case::version(&["--version"], ErrorKind::DisplayVersion)]
#[case::check_has_no_artifacts(&["check", "--artifact-dir", "x"], ErrorKind::UnknownArgument)]
fn wrong_words_are_refused(#[case] words: &[&str], #[case] kind: ErrorKind) {
    assert_eq!(Cli::from_words(&os(words)).unwrap_err().kind(), kind);
}

#[test]
fn flag_without_value_is_an_empty_list() {
    let cli = Cli::from_words(&os(&["build", "--bin"])).unwrap();
    let Some(Command::Build(build)) = cli.command else { panic!("build was parsed") };
    assert_eq!(build.args.targets.bin, Some(Vec::new()));
    assert_eq!(build.args.targets.test, None);
}

/// The same flag must look the same in both programs.
#[rstest]
#[case::help(&["build", "--help"])]
#[case::help_of_check(&["check", "--help"])]
#[case::help_of_clean(&["clean", "--help"])]
#[case::help_of_run(&["run", "--help"])]
#[case::help_of_test(&["test", "--help"])]
#[case::help_of_bench(&["bench", "--help"])]
#[case::help_of_rustc(&["rustc", "--help"])]
#[case::help_of_doc(&["doc", "--help"])]
#[case::help_of_rustdoc(&["rustdoc", "--help"])]
#[case::doc_tests(&["doc", "--tests"])]
#[case::doc_exclude(&["doc", "-x", "a"])]
#[case::doc_silent(&["doc", "-s"])]
#[case::doc_path(&["doc", "--path"])]
#[case::doc_conflict(&["doc", "-r", "--profile=a"])]
#[case::doc_name(&["doc", "a"])]
#[case::rustdoc_workspace(&["rustdoc", "--workspace"])]
#[case::rustdoc_several_packages(&["rustdoc", "-p", "a", "-p", "b"])]
#[case::rustdoc_format(&["rustdoc", "--output-format", "pdf"])]
#[case::rustdoc_target(&["rustdoc", "-t"])]
#[case::test_keeps_going(&["test", "--keep-going"])]
#[case::bench_keeps_going(&["bench", "--keep-going"])]
#[case::bench_release(&["bench", "--release"])]
#[case::bench_short_release(&["bench", "-r"])]
#[case::bench_silent(&["bench", "-s"])]
#[case::bench_debug(&["bench", "--debug"])]
#[case::test_silent(&["test", "--silent"])]
#[case::test_several_names(&["test", "a", "b"])]
#[case::test_exclude(&["test", "-x", "a"])]
#[case::test_conflict(&["test", "-r", "--profile=a"])]
#[case::run_lib(&["run", "--lib"])]
#[case::run_bins(&["run", "--bins"])]
#[case::run_several_packages(&["run", "-p", "a", "-p", "b"])]
#[case::run_workspace(&["run", "--workspace"])]
#[case::run_target(&["run", "-t"])]
#[case::rustc_workspace(&["rustc", "--workspace"])]
#[case::rustc_print(&["rustc", "--print"])]
#[case::rustc_several_packages(&["rustc", "-p", "a", "-p", "b"])]
#[case::rustc_path(&["rustc", "--path"])]
#[case::help_of_fix(&["fix", "--help"])]
#[case::help_of_install(&["install", "--help"])]
#[case::clean_unknown_flag(&["clean", "--foo"])]
#[case::clean_conflict(&["clean", "-r", "--profile=test"])]
#[case::clean_exclude(&["clean", "--exclude", "x"])]
#[case::check_without_artifacts(&["check", "--artifact-dir=x"])]
#[case::check_in_debug(&["check", "--debug"])]
#[case::check_path(&["check", "--path"])]
#[case::check_short_exclude(&["check", "-x"])]
#[case::check_conflict(&["check", "-r", "--profile=test"])]
#[case::unknown_flag(&["build", "--foo"])]
#[case::similar_flag(&["build", "--lockfile-path", "x"])]
#[case::debug(&["build", "--debug"])]
#[case::path(&["build", "--path"])]
#[case::short_target(&["build", "-t"])]
#[case::message_format(&["build", "--message-format=xml"])]
#[case::color(&["build", "--color=blue"])]
#[case::missing_value(&["build", "--profile"])]
#[case::conflict(&["build", "-r", "--profile=dev"])]
fn output_is_that_of_cargo(#[case] words: &[&str]) {
    let mut cargo = CommandLine::new("cargo", env!("CARGO_MANIFEST_DIR"));
    let output = cargo.args(words).env("COLUMNS", "100").output().unwrap();
    let theirs = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();

    let mut command = command().term_width(100);
    let words = std::iter::once("cargo-atlas").chain(words.iter().copied());
    let ours = command.try_get_matches_from_mut(words).unwrap_err().render().to_string();

    assert_eq!(without_own_flags(&ours).replace("cargo atlas", "cargo"), theirs);
}

/// Leaves out the groups of flags that cargo does not have.
fn without_own_flags(text: &str) -> String {
    let own = [ATLAS_OPTIONS, "Collection Options"];
    let is_own = |group: &&str| own.iter().any(|own| group.starts_with(own));
    text.split("\n\n").filter(|group| !is_own(group)).collect::<Vec<_>>().join("\n\n")
}

#[rstest]
#[case::separate(&["build", "--cache", "none", "-v"], &["build", "-v"])]
#[case::joined(&["build", "--freshness=bytes", "--dry-run", "-v"], &["build", "-v"])]
#[case::switch(&["check", "--no-cutoff", "-p", "a"], &["check", "-p", "a"])]
#[case::nothing(&["build", "--features", "cache"], &["build", "--features", "cache"])]
fn own_flags_are_not_for_cargo(#[case] given: &[&str], #[case] expected: &[&str]) {
    let words = Words { toolchain: None, rest: os(given) };
    assert_eq!(words.for_cargo(0).rest, os(expected));
}

#[test]
fn words_for_a_program_stay() {
    let words = Words { toolchain: None, rest: os(&["run", "--dry-run", "a", "--dry-run"]) };
    assert_eq!(words.for_cargo(2).rest, os(&["run", "a", "--dry-run"]));
}
