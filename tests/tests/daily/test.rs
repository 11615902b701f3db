//! `test`: which programs run, in which order, and what is said of those that fail.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{atlas, check, compiled};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
extra = []
[[test]]
name = "bare"
harness = false
[[test]]
name = "extra"
required-features = ["extra"]
[[example]]
name = "tested"
test = true
[dev-dependencies]
dev = { path = "dev" }
[workspace]
members = ["dev", "failing"]
default-members = ["."]
//- /src/lib.rs
//! ```
//! assert_eq!(app::f(), 1);
//! ```
pub fn f() -> u32 { 1 }
/// ```should_panic
/// app::panics();
/// ```
pub fn panics() { panic!("as it should") }
#[cfg(test)]
mod tests {
    #[test] fn one() { assert_eq!(super::f() + dev::two(), 3); }
    #[test] fn two() { println!("captured"); }
    #[test] #[ignore] fn three() { panic!("ignored") }
}
//- /src/main.rs
fn main() { println!("{}", app::f()); }
#[test] fn of_the_program() {}
//- /examples/built.rs
fn main() {}
//- /examples/tested.rs
fn main() {}
#[test] fn of_the_example() {}
//- /tests/bare.rs
fn main() {
    println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>());
    println!("{}", std::env::current_dir().unwrap().display());
}
//- /tests/extra.rs
#[test] fn with_extra() {}
//- /tests/it.rs
#[test]
fn starts_the_program() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_app")).output().unwrap();
    assert_eq!(output.stdout, b"1\n");
    assert_eq!(std::env::var("CARGO_BIN_EXE_app").unwrap(), env!("CARGO_BIN_EXE_app"));
}
//- /benches/b.rs
#[test] fn of_the_benchmark() {}
//- /dev/Cargo.toml
[package]
name = "dev"
edition = "2021"
//- /dev/src/lib.rs
pub fn two() -> u32 { 2 }
//- /failing/Cargo.toml
[package]
name = "failing"
edition = "2021"
[[test]]
name = "strange"
harness = false
//- /failing/src/lib.rs
/// ```
/// panic!("of the documentation");
/// ```
pub fn f() {}
#[test] fn fails() { panic!("of the library") }
#[test] fn passes() {}
//- /failing/tests/ends.rs
#[test] fn ends() { std::process::exit(5) }
//- /failing/tests/strange.rs
fn main() { std::process::exit(9) }
"#;

#[rstest]
#[case::plain("test")]
#[case::quiet("test -q")]
#[case::name("test one")]
#[case::arguments("test two -- --nocapture --test-threads=1")]
#[case::ignored("test --lib -- --include-ignored --test-threads=1")]
#[case::lib("test --lib")]
#[case::bins("test --bins")]
#[case::bin("test --bin app -- --list")]
#[case::examples("test --examples")]
#[case::one_test("test --test it")]
#[case::without_harness("test --test bare -- a --b")]
#[case::features("test --test extra --features extra")]
#[case::missing_features("test --test extra")]
#[case::unknown("test --test nope")]
#[case::benches("test --benches")]
#[case::all_targets("test --all-targets")]
#[case::documentation("test --doc")]
#[case::documentation_of_a_name("test --doc panics")]
#[case::documentation_and_more("test --doc --lib")]
#[case::documentation_not_run("test --doc --no-run")]
#[case::nothing_run("test --no-run")]
#[case::nothing_run_verbosely("test --no-run --workspace -- a")]
#[case::release("test --release --lib")]
#[case::profile("test --profile release --bins")]
#[case::for_a_target("test --target HOST --lib --bins")]
#[case::package("test -p dev")]
#[case::from_a_member("in:dev test")]
#[case::colors("test --color always --lib")]
#[case::fails("test -p failing -- --test-threads=1")]
#[case::fails_but_goes_on("test -p failing --no-fail-fast -- --test-threads=1")]
#[case::fails_quietly("test -p failing --no-fail-fast -q -- --test-threads=1")]
#[case::strange_exit("test -p failing --test ends")]
#[case::strange_exit_uncaptured("test -p failing --test ends -- --nocapture")]
#[case::strange_exit_without_harness("test -p failing --test strange")]
#[case::two_fail("test -p failing --tests --no-fail-fast -- --test-threads=1")]
#[case::whole_workspace("test --workspace --no-fail-fast -- --test-threads=1")]
#[case::excluded("test --workspace --exclude app --exclude failing")]
#[case::fails_in_a_member("in:failing test --lib -- --test-threads=1")]
fn same(#[case] line: &str) {
    check(&Fixture::new(WORKSPACE), &line.replacen("test ", "test -j1 ", 1));
}

/// The second time nothing is compiled, and everything runs.
#[test]
fn nothing_is_compiled_again() {
    let fixture = Fixture::new(WORKSPACE);
    let first = atlas(&fixture, "test -v");
    assert_eq!(first.outcome.code, Some(0), "{}", first.outcome.stderr);
    assert_eq!(compiled(&first).len(), 9, "{}", first.outcome.stderr);
    let second = atlas(&fixture, "test -v");
    assert_eq!(compiled(&second), [""; 0]);
    let results = |text: &str| text.matches("test result: ok").count();
    assert_eq!(results(&second.outcome.stdout), results(&first.outcome.stdout));
    // What a test needs of the library, a build has made.
    assert_eq!(compiled(&atlas(&fixture, "--workspace -v")), ["failing"]);
}

/// A body of a function: what uses it is linked again, and only the library is compiled.
#[test]
fn edit_of_a_body_compiles_what_links_it() {
    let fixture = Fixture::new(WORKSPACE);
    atlas(&fixture, "test");
    fixture.write("dev/src/lib.rs", "pub fn two() -> u32 { 1 + 1 }\n");
    let again = atlas(&fixture, "test -v");
    assert_eq!(again.outcome.code, Some(0), "{}", again.outcome.stderr);
    let mut names = compiled(&again);
    names.sort_unstable();
    assert_eq!(
        names,
        ["app", "app", "bare", "built", "dev", "it", "tested"],
        "{}",
        again.outcome.stderr
    );
}

#[test]
fn test_that_does_not_compile() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write("tests/it.rs", "#[test] fn t() { missing() }\n");
    let said = check(&fixture, "test -j1 --test it");
    assert!(said.contains("could not compile `app` (test \"it\")"), "{said}");
}
