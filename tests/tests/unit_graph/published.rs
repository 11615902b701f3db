//! Published packages, alone and as workspaces. `ATLAS_SWEEP=1` adds packages and selections.

use atlas_tests::oracle::UnitGraphOracle;
use atlas_tests::published::{Case, Extent};
use rstest::rstest;

use crate::with_checks;

const SELECTIONS: &[&str] = &[
    "",
    "--workspace --all-targets",
    "--workspace --all-features --release",
    "--no-default-features --tests",
    "--workspace --target HOST --tests",
    "--workspace --target aarch64-unknown-linux-gnu",
];

const MORE_SELECTIONS: &[&str] = &[
    "--lib",
    "--bins",
    "--examples",
    "--tests",
    "--benches",
    "--release --all-targets",
    "--workspace --profile test --all-targets",
    "--profile bench --benches",
    "--all-features --all-targets",
    "--workspace --no-default-features",
    "--workspace --target HOST --all-targets --release",
    "--target HOST --all-features --all-targets",
    "--workspace --target x86_64-pc-windows-msvc --all-features",
    "--workspace --target x86_64-pc-windows-gnu --tests",
    "--workspace --target wasm32-unknown-unknown",
    "--workspace --target aarch64-apple-darwin --all-features --tests",
    "--workspace --target HOST --target aarch64-unknown-linux-gnu",
    "--workspace --target i686-unknown-linux-gnu --examples",
    "RUSTFLAGS='--cfg tokio_unstable' --workspace",
    "RUSTFLAGS='--cfg tokio_unstable --cfg loom' --workspace --all-features --tests",
    "RUSTFLAGS='--cfg tokio_unstable' --target HOST --all-features",
    "RUSTFLAGS='-C target-cpu=x86-64-v3' --all-features",
    "CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=3",
    "CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=2 --workspace --all-targets",
    "CARGO_PROFILE_RELEASE_DEBUG=1 CARGO_PROFILE_RELEASE_LTO=thin --release",
];

/// Compares everyday selections, some that the package is about, and `-p` for every package.
#[track_caller]
fn check(name: &'static str, packages: &'static [&'static str], more: &[&str]) {
    let fixture = Case { name, packages, extent: Extent::Rust }.assemble();
    let mut selections: Vec<String> =
        [SELECTIONS, crate::CHECKS, more].concat().iter().map(|s| (*s).to_owned()).collect();
    if atlas_tests::SWEEP {
        selections.extend(MORE_SELECTIONS.iter().map(|s| (*s).to_owned()));
        for package in packages {
            let spec = package.split_once('+').map_or(*package, |(spec, _)| spec);
            selections.push(format!("-p {spec}"));
            selections.push(format!("-p {spec} --tests --release"));
            selections.push(format!("-p {spec} --all-features --target HOST"));
            selections.push(format!("--workspace --exclude {spec}"));
        }
        selections = with_checks(&selections);
    }
    UnitGraphOracle::new(&fixture).check(&selections);
}

#[rstest]
#[case::ripgrep("ripgrep", &["ripgrep@15.2.0"], &["--features pcre2", "--profile release-lto"])]
#[case::fd("fd-find", &["fd-find@10.5.0"], &["--features use-jemalloc --release", "--bin fd"])]
#[case::bat("bat", &["bat@0.26.1"], &["--no-default-features --features regex-onig", "--lib"])]
#[case::hyperfine("hyperfine", &["hyperfine@1.20.0"], &[])]
#[case::tokei("tokei", &["tokei@15.0.0"], &["--features all", "--lib --features yaml"])]
#[case::just("just", &["just@1.59.0"], &["--test integration"])]
#[case::sd("sd", &["sd@1.0.0"], &[])]
#[case::eza("eza", &["eza@0.23.5"], &["--features vendored-openssl", "--profile personal"])]
#[case::zoxide("zoxide", &["zoxide@0.10.0"], &[])]
fn program(
    #[case] name: &'static str,
    #[case] packages: &'static [&'static str],
    #[case] more: &[&str],
) {
    check(name, packages, more);
}

#[rstest]
#[case::serde(
    "serde",
    &["serde@1.0.229", "serde_core@1.0.229", "serde_derive@1.0.229", "serde_json@1.0.154"],
    &["-p serde --features derive", "-p serde_json --features preserve_order,raw_value", "-p serde_derive --tests"]
)]
#[case::rayon(
    "rayon",
    &["rayon@1.12.0", "rayon-core@1.13.0"],
    &["-p rayon --tests", "-p rayon-core --all-targets"]
)]
#[case::macros(
    "macros",
    &["proc-macro2@1.0.107", "quote@1.0.47", "syn@2.0.119"],
    &["-p syn --features full,visit", "-p syn --no-default-features --features quote"]
)]
#[case::crossbeam(
    "crossbeam",
    &["crossbeam@0.8.5", "crossbeam-channel@0.5.17", "crossbeam-epoch@0.9.21", "crossbeam-utils@0.8.23"],
    &["-p crossbeam --no-default-features --features alloc", "-p crossbeam-epoch --tests"]
)]
#[case::clap(
    "clap",
    &["clap@4.6.7", "clap_builder@4.6.7", "clap_derive@4.6.7"],
    &["-p clap --features derive --examples", "-p clap_builder", "-p clap_lex", "-p clap --features unstable-v5"]
)]
#[case::maps("maps", &["indexmap@2.14.2", "hashbrown@0.17.1", "ahash@0.8.12"], &["-p indexmap --features rayon,serde"])]
#[case::tokio("tokio", &["tokio@1.54.1", "tokio-macros@2.7.2"], &["-p tokio --features full --tests", "RUSTFLAGS='--cfg tokio_unstable' -p tokio --all-features"])]
#[case::time("time", &["time@0.3.55", "time-macros@0.2.32", "time-core@0.1.9"], &["-p time --features macros,formatting"])]
#[case::zstd("zstd", &["zstd@0.14.3", "zstd-safe@8.2.0", "zstd-sys@2.1.2+zstd.1.5.7"], &["-p zstd --tests", "-p zstd-sys --features legacy"])]
#[case::links(
    "links",
    &["libgit2-sys@0.18.8+1.9.7", "libz-sys@1.1.31", "libssh2-sys@0.3.4", "openssl-sys@0.9.118", "libsqlite3-sys@0.39.1"],
    &["-p libgit2-sys --features ssh,https", "-p libssh2-sys --features vendored-openssl", "-p libz-sys --tests"]
)]
#[case::tls("tls", &["rustls@0.23.46", "ring@0.17.14"], &["-p rustls --no-default-features --features ring", "-p rustls --features brotli,zlib"])]
#[case::low("low", &["libc@0.2.191", "getrandom@0.3.4", "rustix@1.1.6"], &["-p rustix --features net,process", "-p libc --features extra_traits"])]
fn workspace(
    #[case] name: &'static str,
    #[case] packages: &'static [&'static str],
    #[case] more: &[&str],
) {
    check(name, packages, more);
}

#[rstest]
#[case::rustix("rustix", &["rustix@1.1.6"])]
#[case::libc("libc", &["libc@0.2.191"])]
#[case::getrandom("getrandom", &["getrandom@0.3.4"])]
#[case::jemalloc("jemalloc", &["tikv-jemallocator@0.7.0", "tikv-jemalloc-sys@0.7.1+5.3.1-0-g81034ce1f1373e37dc865038e1bc8eeecf559ce8"])]
#[case::windows("windows", &["windows-sys@0.61.2"])]
#[case::aws("aws", &["aws-lc-sys@0.47.0"])]
#[case::rayon_alone("rayon-alone", &["rayon@1.12.0"])]
#[case::hashbrown("hashbrown", &["hashbrown@0.15.5"])]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn only_in_a_sweep(#[case] name: &'static str, #[case] packages: &'static [&'static str]) {
    check(name, packages, &[]);
}
