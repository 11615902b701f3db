//! Published programs.

use atlas_tests::published::{Case, Extent, SEARCH_TOOL};
use rstest::rstest;

use crate::{Place, QUICK, check};

#[track_caller]
fn check_program(
    packages: &'static [&'static str],
    selection: &str,
    program: &'static str,
    args: &[&str],
) {
    let fixture = Case { name: program, packages, extent: Extent::All }.assemble();
    check(&fixture, &format!("{QUICK} {selection}"), Place { dir: "debug", program }, args);
}

#[test]
fn search_tool_and_its_libraries_as_one_workspace() {
    let fixture = SEARCH_TOOL.assemble();
    let place = Place { dir: "debug", program: "rg" };
    check(
        &fixture,
        &format!("{QUICK} -p ripgrep"),
        place,
        &["--sort", "path", "--count", "unsafe"],
    );
}

#[test]
fn build_script_that_compiles_c() {
    let features = "--features prefer_intrinsics";
    check_program(&["b3sum@1.8.7"], features, "b3sum", &["Cargo.toml", "no such file"]);
}

#[test]
fn many_proc_macros() {
    check_program(&["zoxide@0.10.0"], "", "zoxide", &["init", "bash"]);
}

#[rstest]
#[case::fd(&["fd-find@10.5.0"], "fd", &["--max-depth", "1", "Cargo"])]
#[case::hyperfine(&["hyperfine@1.20.0"], "hyperfine", &["--version"])]
#[case::sd(&["sd@1.0.0"], "sd", &["--preview", "name", "x", "Cargo.toml"])]
#[case::just(&["just@1.59.0"], "just", &["--help"])]
#[case::tokei(&["tokei@15.0.0"], "tokei", &["src"])]
#[case::bat(&["bat@0.26.1"], "bat", &["--plain", "Cargo.toml"])]
#[case::eza(&["eza@0.23.5"], "eza", &["--oneline", "src"])]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn in_a_sweep(
    #[case] packages: &'static [&'static str],
    #[case] program: &'static str,
    #[case] args: &[&str],
) {
    check_program(packages, "", program, args);
}

#[test]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn every_target_of_the_search_tool_in_a_sweep() {
    let fixture = SEARCH_TOOL.assemble();
    let place = Place { dir: "release", program: "rg" };
    let selection = "--workspace --exclude grep-pcre2 --all-targets --release";
    check(&fixture, selection, place, &["--sort", "path", "--count", "unsafe"]);
}
