//! Commands of published packages. `ATLAS_SWEEP=1` builds whole programs, which takes long.

use atlas_tests::oracle::{Expected, check_commands};
use atlas_tests::published::{Case, Extent};
use rstest::rstest;

fn check(name: &'static str, packages: &'static [&'static str], selections: &[&str]) {
    let fixture = Case { name, packages, extent: Extent::All }.assemble();
    check_commands(&fixture, selections, Expected::Success);
}

#[rstest]
#[case::macros("macros", &["proc-macro2@1.0.107", "quote@1.0.47", "syn@2.0.119"], "--workspace")]
#[case::macros_checked("macros", &["proc-macro2@1.0.107", "quote@1.0.47", "syn@2.0.119"], "check --workspace")]
#[case::serde(
    "serde",
    &["serde@1.0.229", "serde_core@1.0.229", "serde_derive@1.0.229", "serde_json@1.0.154"],
    "-p serde -p serde_json --features serde/derive"
)]
fn workspace(
    #[case] name: &'static str,
    #[case] packages: &'static [&'static str],
    #[case] selection: &str,
) {
    check(name, packages, &[selection]);
}

#[rstest]
#[case::ripgrep("ripgrep", &["ripgrep@15.2.0"])]
#[case::fd("fd-find", &["fd-find@10.5.0"])]
#[case::bat("bat", &["bat@0.26.1"])]
#[case::hyperfine("hyperfine", &["hyperfine@1.20.0"])]
#[case::tokei("tokei", &["tokei@15.0.0"])]
#[case::just("just", &["just@1.59.0"])]
#[case::sd("sd", &["sd@1.0.0"])]
#[case::eza("eza", &["eza@0.23.5"])]
#[case::zoxide("zoxide", &["zoxide@0.10.0"])]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn program_in_a_sweep(#[case] name: &'static str, #[case] packages: &'static [&'static str]) {
    check(
        name,
        packages,
        &["", "--tests", "--release --target HOST", "check --workspace --all-targets"],
    );
}
