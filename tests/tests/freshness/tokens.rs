//! Edits of comments, white space and tests: what of them leaves a trace in what is built.

use std::time::Duration;

use atlas_tests::repeated::{self, Repeated};
use rstest::rstest;

use super::{Did, expect, expect_all};

/// `app`, a program, uses `leaf`. Both have tests.
const PAIR: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "leaf"]
resolver = "2"
//- /.cargo/config.toml
[env]
SET = "1"
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
//- /leaf/src/lib.rs
mod inner;
/// Documented.
pub fn leaf() -> u32 { // one
    inner::number()
}
#[inline]
pub fn inlined() -> u32 {
    leaf() + 1
}
#[cfg(test)]
mod tests {
    #[test]
    fn it_is_one() {
        assert_eq!(super::leaf(), 1);
    }
}
//- /leaf/src/inner.rs
pub(crate) fn number() -> u32 {
    1 // one
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /app/src/main.rs
fn main() {
    println!("{}", leaf::leaf() + leaf::inlined());
}
//- /app/tests/it.rs
#[test]
fn it() {
    assert_eq!(leaf::leaf(), 1); // one
}
"#;

const ALL: &[&str] = &["app/bin", "leaf/lib"];

fn edit(old: &'static str, new: &'static str) -> impl Fn(&Repeated) {
    move |workspace| workspace.fixture.replace("leaf/src/lib.rs", old, new)
}

fn inner(old: &'static str, new: &'static str) -> impl Fn(&Repeated) {
    move |workspace| workspace.fixture.replace("leaf/src/inner.rs", old, new)
}

/// Nothing that counts has moved, so that nothing runs, and both are spared.
#[rstest]
#[case::comment_at_the_end_of_a_line(edit("// one", "// uno"))]
#[case::longer_comment(edit("// one", "// one, which is the first number that is not zero"))]
#[case::comment_removed(edit(" // one", ""))]
#[case::comment_in_a_module(inner("// one", "// uno"))]
#[case::blanks_at_the_end_of_a_line(edit("leaf() + 1\n", "leaf() + 1   \n"))]
#[case::lines_at_the_end(edit("    }\n}\n", "    }\n}\n\n\n// The end.\n"))]
#[case::body_of_a_test(edit("leaf(), 1)", "leaf(), 2)"))]
#[case::new_test(edit("    #[test]\n", "    #[test]\n    fn new() {}\n    #[test]\n"))]
#[case::tests_removed(|w: &Repeated| {
    let text = w.fixture.read("leaf/src/lib.rs");
    let (code, _) = text.split_once("#[cfg(test)]").expect("it has tests");
    w.fixture.write("leaf/src/lib.rs", code);
})]
#[case::wrong_type_in_a_test(edit("leaf(), 1)", "leaf(), \"x\")"))]
fn traceless_edit(#[case] change: impl Fn(&Repeated)) {
    let workspace = Repeated::new(PAIR);
    expect(&workspace, "", ALL);
    change(&workspace);
    let outcome = workspace.build("").expect_success("an edit of comments");
    assert_eq!(repeated::ran(&outcome).len(), 0, "{}", outcome.stderr);
    assert_eq!(repeated::counts(&outcome), "2 spared");
    let spared = workspace.why().spared();
    assert!(spared[0] == "app/bin: same-dependencies leaf/lib", "{spared:?}");
    assert!(spared[1].starts_with("leaf/lib: same-tokens leaf/src/"), "{spared:?}");
    expect_all(&workspace, "", Did { counts: "2 fresh", ..Did::default() });
    assert_eq!(workspace.prints("debug/app"), "3\n");
    // Bytes count if that is asked for, and then are what the next build compares with.
    expect(&workspace, "--freshness bytes", ALL);
    expect(&workspace, "--freshness bytes", &[]);
}

/// Line numbers are in panics and debug info: the crate is compiled again. Its dependents are, too,
/// if they see it: where metadata has spans of code that they may inline, or of documentation.
#[rstest]
#[case::line_above_everything(edit("mod inner;", "// Above.\nmod inner;"), ALL)]
#[case::line_in_a_module(inner("pub(crate)", "// Above.\npub(crate)"), ALL)]
#[case::blank_line(edit("#[inline]", "\n#[inline]"), ALL)]
#[case::indentation(edit("    leaf() + 1", "  leaf() + 1"), ALL)]
#[case::comment_before_code(edit("    leaf() + 1", "    /* x */ leaf() + 1"), ALL)]
#[case::documentation(edit("Documented", "Described"), ALL)]
#[case::documentation_of_another_length(edit("Documented.", "Documented, at last."), ALL)]
#[case::documentation_becomes_a_comment(edit("/// Doc", "// Doc"), ALL)]
#[case::test_above_code(edit("mod inner;", "#[cfg(test)]\nmod above {}\nmod inner;"), ALL)]
fn edit_that_leaves_a_trace(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str]) {
    let workspace = Repeated::new(PAIR);
    expect(&workspace, "", ALL);
    change(&workspace);
    let outcome = workspace.build("").expect_success("an edit");
    let ran: Vec<String> = repeated::ran(&outcome).into_iter().collect();
    assert_eq!(ran, expected);
    let causes = workspace.why().root_causes();
    assert!(causes.len() == 1 && causes[0].starts_with("leaf/lib: file-changed leaf/src/"));
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "3\n");
}

/// With tests among what is built, they are what is built anew.
#[rstest]
#[case::body_of_a_test(edit("leaf(), 1)", "leaf(), 2)"), &["leaf/lib-test"])]
#[case::comment(edit("// one", "// uno"), &[])]
#[case::code(inner("1 //", "2 //"), &["app/bin", "app/bin-test", "app/test:it", "leaf/lib", "leaf/lib-test"])]
#[case::integration_test(
    |w: &Repeated| w.fixture.replace("app/tests/it.rs", "1)", "2)"),
    &["app/test:it"]
)]
#[case::comment_in_an_integration_test(
    |w: &Repeated| w.fixture.replace("app/tests/it.rs", "// one", "// uno"),
    &[]
)]
#[case::new_integration_test(
    |w: &Repeated| w.fixture.write("app/tests/other.rs", ""),
    &["app/test:other"]
)]
#[case::new_program(
    |w: &Repeated| w.fixture.write("app/src/bin/x.rs", "fn main() {}"),
    &["app/bin-test:x", "app/bin:x", "app/test:it"]
)]
fn with_tests(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str]) {
    let workspace = Repeated::new(PAIR);
    workspace.ran("--workspace --tests");
    change(&workspace);
    expect(&workspace, "--workspace --tests", expected);
    expect(&workspace, "--workspace --tests", &[]);
}

/// A crate that does not parse fails, whatever is not compiled of it.
#[rstest]
#[case::unclosed("assert_eq!(super::leaf(), 1);", "assert_eq!(super::leaf(), 1;")]
#[case::no_item("fn it_is_one", "fn fn it_is_one")]
#[case::unclosed_text("super::leaf(), 1", "super::leaf(), \"1")]
fn syntax_error_in_a_test_fails_as_in_cargo(#[case] old: &str, #[case] new: &str) {
    let workspace = Repeated::new(PAIR);
    expect(&workspace, "", ALL);
    workspace.fixture.replace("leaf/src/lib.rs", old, new);
    let outcome = workspace.build("");
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    let again = workspace.build("");
    assert_eq!(again.code, Some(101), "{}", again.stderr);
    workspace.fixture.replace("leaf/src/lib.rs", new, old);
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "3\n");
}

/// Sources that the program has in itself as text, comments and all.
#[rstest]
#[case::of_another_file("src/inner.rs", "include_str!(\"inner.rs\")")]
#[case::of_itself("src/main.rs", "include_str!(\"main.rs\")")]
#[case::as_bytes("src/inner.rs", "std::str::from_utf8(include_bytes!(\"inner.rs\")).unwrap()")]
#[case::by_a_computed_name("src/inner.rs", "include_str!(concat!(\"inner\", \".rs\"))")]
#[case::by_an_absolute_name(
    "src/inner.rs",
    "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src/inner.rs\"))"
)]
fn embedded_source(#[case] edited: &str, #[case] text: &str) {
    let workspace = Repeated::new(&format!(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[workspace]\n\
         //- /src/inner.rs\npub fn f() {{}} // one\n\
         //- /src/main.rs\nmod inner;\nfn main() {{ // one\n    inner::f();\n    \
         let text: &str = {text};\n    println!(\"{{}}\", text.contains(\"// two\"));\n}}\n"
    ));
    expect(&workspace, "", &["app/bin"]);
    let printed = workspace.prints("debug/app");
    workspace.fixture.replace(edited, "// one", "// two");
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "true\n");
    // The program that looks for the text has it in itself.
    assert_eq!(printed, format!("{}\n", edited == "src/main.rs" || text.contains("main.rs")));
    expect(&workspace, "", &[]);
}

/// A warning is told again as long as its crate is fresh, and it quotes the source.
#[test]
fn comment_that_a_warning_quotes() {
    let workspace = Repeated::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[workspace]\n\
         //- /src/main.rs\nmod inner;\nfn main() {\n    let unused = 1; // one\n    inner::f();\n}\n\
         //- /src/inner.rs\npub fn f() {} // one\n",
    );
    let warns = |comment: &str, expected: &[&str]| {
        let outcome = workspace.build("").expect_success("a warning");
        let ran: Vec<String> = repeated::ran(&outcome).into_iter().collect();
        assert_eq!(ran, expected);
        assert!(outcome.stderr.contains(comment), "{}", outcome.stderr);
    };
    warns("let unused = 1; // one", &["app/bin"]);
    warns("let unused = 1; // one", &[]);
    workspace.fixture.replace("src/main.rs", "// one", "// two");
    warns("let unused = 1; // two", &["app/bin"]);
    // Nothing quotes the other file.
    workspace.fixture.replace("src/inner.rs", "// one", "// two");
    warns("let unused = 1; // two", &[]);
}

/// Neither manifests nor configuration are compared by bytes.
#[rstest]
#[case::manifest("Cargo.toml", "[workspace]", "# A comment.\n[workspace]")]
#[case::manifest_of_a_member("leaf/Cargo.toml", "[package]", "# A comment.\n[package]")]
#[case::order(
    "leaf/Cargo.toml",
    "name = \"leaf\"\nedition = \"2021\"",
    "edition = \"2021\"\nname = \"leaf\""
)]
#[case::configuration(".cargo/config.toml", "[env]", "# A comment.\n[env]")]
fn comment_in_a_manifest(#[case] path: &str, #[case] old: &str, #[case] new: &str) {
    let workspace = Repeated::new(PAIR);
    expect(&workspace, "", ALL);
    workspace.fixture.replace(path, old, new);
    expect_all(&workspace, "", Did { counts: "2 fresh", ..Did::default() });
    expect_all(&workspace, "", Did { counts: "2 fresh", ..Did::default() });
}

/// An edit that leaves size, and all times that can be set, as they were.
#[rstest]
#[case::code("1 //", "2 //", ALL)]
#[case::comment("// one", "// uno", &[])]
fn edit_within_the_same_time_stamp(
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &[&str],
) {
    let workspace = Repeated::new(PAIR);
    // Each build sees a file that was written at the very moment of the build, or later.
    let moment = std::time::SystemTime::now() + Duration::from_secs(3600);
    workspace.fixture.set_modified("leaf/src/inner.rs", moment);
    expect(&workspace, "", ALL);
    workspace.fixture.replace("leaf/src/inner.rs", old, new);
    workspace.fixture.set_modified("leaf/src/inner.rs", moment);
    expect(&workspace, "", expected);
    workspace.fixture.replace("leaf/src/inner.rs", new, old);
    workspace.fixture.set_modified("leaf/src/inner.rs", moment);
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "3\n");
}
