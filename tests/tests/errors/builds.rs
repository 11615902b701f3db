//! Builds that fail while they run: rustc, the linker, macros, build scripts.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{PACKAGE, check, check_meaning};

/// Exit code, diagnostics once, one closing line.
#[rstest]
#[case::source_does_not_compile("fn main() { missing(); let x: u8 = \"\"; }", "")]
#[case::source_does_not_parse("fn (", "--release")]
#[case::warnings_are_counted("fn main() { let a = 1; missing() }", "")]
#[case::quietly("fn main() { missing() }", "-q")]
#[case::no_main("", "")]
#[case::bad_codegen("fn main() {}", "--config profile.dev.opt-level=9")]
#[case::denied("#![deny(warnings)] fn main() { let x = 1; }", "")]
#[case::checked("fn main() { missing(); let x: u8 = \"\"; }", "check")]
#[case::checked_as_a_test("#[test] fn t() { let x: u8 = \"\"; }", "check --profile test")]
#[case::checked_test("fn main() {} #[cfg(test)] fn t() { missing() }", "check --tests -q")]
#[case::checked_and_denied("#![deny(warnings)] fn main() { let x = 1; }", "check")]
#[case::checked_without_main("", "check")]
#[case::rustflags_deny("fn main() { let x = 1; }", "RUSTFLAGS=-Dwarnings")]
fn program(#[case] source: &str, #[case] selection: &str) {
    check(&format!("{PACKAGE}//- /src/main.rs\n{source}\n"), selection);
}

#[test]
fn unknown_flag_of_rustc() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let expected = ["failed to run `rustc`", "--no-such-flag"];
    check_meaning(&fixture, "RUSTFLAGS=--no-such-flag", &expected);
}

#[test]
fn denied_lint() {
    let lints = "[lints.rust]\nunused_variables = \"deny\"\n";
    check(&format!("{PACKAGE}{lints}//- /src/lib.rs\npub fn f() {{ let x = 1; }}\n"), "");
}

#[test]
fn linker_fails() {
    let program = format!("{PACKAGE}//- /src/main.rs\nfn main() {{}}\n");
    check(&program, "RUSTFLAGS=-Clinker=/no/such/linker");
    let said = check(&program, "RUSTFLAGS=-Clinker=false");
    assert!(said.contains("linking with `false` failed"), "{said}");
}

#[test]
fn library_to_link_is_missing() {
    let script = "fn main() { println!(\"cargo::rustc-link-lib=static=no_such_library\"); }";
    let said = check(&format!("{PACKAGE}//- /src/lib.rs\n//- /build.rs\n{script}\n"), "");
    assert!(said.contains("no_such_library"), "{said}");
}

#[test]
fn procedural_macro_panics() {
    let said = check(
        &format!(
            "{PACKAGE}[dependencies]\nmac = {{ path = \"mac\" }}\n\
             //- /src/lib.rs\nmac::fail!();\n\
             //- /mac/Cargo.toml\n[package]\nname = \"mac\"\n[lib]\nproc-macro = true\n\
             //- /mac/src/lib.rs\nextern crate proc_macro;\n#[proc_macro]\n\
             pub fn fail(_: proc_macro::TokenStream) -> proc_macro::TokenStream {{ panic!(\"no luck\") }}\n"
        ),
        "",
    );
    assert!(said.contains("no luck"), "{said}");
}

#[rstest]
#[case::fails("std::process::exit(3)")]
#[case::panics("panic!(\"no\")")]
#[case::killed("std::process::abort()")]
#[case::error("println!(\"cargo::error=no luck\")")]
#[case::unknown_directive("println!(\"cargo::nonsense=1\")")]
#[case::missing_value("println!(\"cargo::rustc-cfg\")")]
#[case::bad_flags("println!(\"cargo::rustc-flags=-x y\")")]
#[case::bad_variable("println!(\"cargo::rustc-env=NAME\")")]
#[case::link_argument("println!(\"cargo::rustc-link-arg-bin=other=-x\")")]
#[case::link_argument_for_bins("println!(\"cargo::rustc-link-arg-bins=-x\")")]
#[case::link_argument_for_cdylib("println!(\"cargo::rustc-cdylib-link-arg\")")]
#[case::bootstrap("println!(\"cargo::rustc-env=RUSTC_BOOTSTRAP=1\")")]
#[case::does_not_compile("missing()")]
fn build_script(#[case] body: &str) {
    let script = format!("fn main() {{ println!(\"said\"); {body}; }}");
    // Without backtraces, which cargo explains in more words.
    check(&format!("{PACKAGE}//- /src/lib.rs\n//- /build.rs\n{script}\n"), "RUST_BACKTRACE=0");
}

#[test]
fn build_script_with_a_backtrace() {
    let script = "fn main() { std::process::exit(1) }";
    let said =
        check(&format!("{PACKAGE}//- /src/lib.rs\n//- /build.rs\n{script}\n"), "RUST_BACKTRACE=1");
    assert!(said.contains("CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=true"), "{said}");
}

#[test]
fn links_without_metadata() {
    check(&format!("{PACKAGE}links = \"thing\"\n//- /src/lib.rs\n"), "");
}
