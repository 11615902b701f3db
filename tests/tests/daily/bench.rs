//! `bench`: benchmarks are built with their profile and run with their flag.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::check;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[[bench]]
name = "bare"
harness = false
[[bench]]
name = "fails"
harness = false
bench = false
//- /src/lib.rs
pub fn f() -> bool { cfg!(debug_assertions) }
#[test] fn t() {}
//- /src/main.rs
fn main() {}
//- /benches/bare.rs
fn main() { println!("{:?} {}", std::env::args().skip(1).collect::<Vec<_>>(), app::f()); }
//- /benches/harness.rs
#[test] fn b() {}
//- /benches/fails.rs
fn main() { std::process::exit(101) }
"#;

#[rstest]
#[case::plain("bench")]
#[case::name("bench name -- --x")]
#[case::one("bench --bench bare")]
#[case::nothing_run("bench --no-run")]
#[case::fails("bench --bench fails")]
#[case::fails_but_goes_on("bench --bench fails --bench bare --no-fail-fast")]
#[case::profile("bench --profile dev --bench bare")]
#[case::quiet("bench -q --bench harness")]
fn same(#[case] line: &str) {
    check(&Fixture::new(WORKSPACE), &line.replacen("bench", "bench -j1", 1));
}
