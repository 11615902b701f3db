//! What runs again, and after which edit nothing does.

use std::collections::BTreeSet;

use atlas_tests::environment;
use atlas_tests::repeated::Repeated;

use crate::LINKED;

const ALL: [&str; 9] = [
    "app/build-script",
    "app/run-build-script",
    "check app/lib",
    "check leaf/lib",
    "doc app/bin:tool",
    "doc app/lib",
    "doc leaf/lib",
    "doc mac/lib",
    "mac/lib",
];

#[track_caller]
fn expect(workspace: &Repeated, selection: &str, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|&unit| unit.to_owned()).collect();
    assert_eq!(workspace.ran(selection), expected, "units that ran for `{selection}`");
}

#[test]
fn edits_have_pages_made_that_show_them() {
    let workspace = Repeated::new(LINKED);
    expect(&workspace, "doc", &ALL);
    expect(&workspace, "doc", &[]);
    let (leaf, app) = (["check leaf/lib", "doc leaf/lib"], ["check app/lib", "doc app/lib"]);
    let tool = ["doc app/bin:tool"];
    let edits: [(&str, &str, &str, &[&[&str]]); 8] = [
        ("app/src/inner.rs", "//! Inside.", "//! Inside.", &[]),
        ("app/Cargo.toml", "[features]", "# so\n[features]", &[]),
        ("app/src/bin/tool.rs", "Helps.", "Helps all.", &[&tool]),
        ("app/src/inner.rs", "//! Inside.", "//! Inside of it.", &[&app, &tool]),
        ("app/src/inner.rs", "pub trait Seen {}", "pub trait Seen {} // so", &[&["doc app/lib"]]),
        ("app/README.md", "me", "this", &[&app, &tool]),
        ("leaf/src/lib.rs", "Deeper.", "Deepest.", &[&leaf, &app, &tool]),
        ("leaf/src/lib.rs", "pub fn deeper() {}", "pub fn deeper() {} // so", &[&["doc leaf/lib"]]),
    ];
    for (path, old, new, expected) in edits {
        workspace.fixture.replace(path, old, new);
        expect(&workspace, "doc", &expected.concat());
        expect(&workspace, "doc", &[]);
    }
}

#[test]
fn variables_that_are_read_count() {
    let workspace = Repeated::new(LINKED);
    let lib = "leaf/src/lib.rs";
    workspace.fixture.replace(
        lib,
        "pub struct Leaf;",
        "pub struct Leaf; pub const V: Option<&str> = option_env!(\"V\");",
    );
    workspace.ran("V=1 doc");
    expect(&workspace, "V=1 doc", &[]);
    expect(&workspace, "V=2 doc --no-deps -p leaf", &["doc leaf/lib"]);
}

#[test]
fn pages_of_other_flags_are_others() {
    let workspace = Repeated::new(LINKED);
    let plain = "doc -p leaf";
    let private = "doc -p leaf --document-private-items";
    workspace.ran(plain);
    expect(&workspace, private, &["doc leaf/lib"]);
    expect(&workspace, private, &[]);
    expect(&workspace, plain, &["doc leaf/lib"]);
    expect(&workspace, "RUSTDOCFLAGS='--cfg x' doc -p leaf", &["doc leaf/lib"]);
    expect(&workspace, plain, &["doc leaf/lib"]);
    expect(&workspace, "doc -p leaf --release", &["doc leaf/lib"]);
    expect(&workspace, plain, &["doc leaf/lib"]);
}

#[test]
fn pages_that_are_gone_or_not_ours_are_made_again() {
    let workspace = Repeated::new(LINKED);
    workspace.ran("doc");
    for page in ["doc/leaf/index.html", "doc/leaf/deep/fn.deeper.html"] {
        fs_err::remove_file(workspace.target.join(page)).unwrap();
        expect(&workspace, "doc", &["doc leaf/lib"]);
        expect(&workspace, "doc", &[]);
    }
    let line = "RUSTDOCFLAGS='--cfg x' doc -p leaf";
    drop(workspace.command(&environment::cargo(), line).run().expect_success("cargo doc"));
    expect(&workspace, "doc", &["doc leaf/lib"]);
    let documented = ["doc app/bin:tool", "doc app/lib", "doc leaf/lib", "doc mac/lib"];
    fs_err::remove_dir_all(workspace.target.join("doc")).unwrap();
    expect(&workspace, "doc", &documented);
    drop(workspace.build("clean --doc").expect_success("clean"));
    expect(&workspace, "doc", &documented);
    expect(&workspace, "doc", &[]);
}

#[test]
fn pages_of_another_rustdoc_are_removed() {
    let workspace = Repeated::new(LINKED);
    workspace.ran("doc");
    let old = workspace.target.join("doc/old.html");
    fs_err::write(&old, "").unwrap();
    expect(&workspace, "doc", &[]);
    assert!(old.exists());
    let fingerprint = workspace.target.join(".rustdoc_fingerprint.json");
    fs_err::write(&fingerprint, "{\"rustc_vv\":\"rustc 1.0.0\"}").unwrap();
    let documented = ["doc app/bin:tool", "doc app/lib", "doc leaf/lib", "doc mac/lib"];
    expect(&workspace, "doc", &documented);
    assert!(!old.exists());
    // Cargo finds them to be of its own rustdoc.
    fs_err::write(&old, "").unwrap();
    drop(workspace.command(&environment::cargo(), "doc").run().expect_success("cargo doc"));
    assert!(old.exists());
}

#[test]
fn failed_rustdoc_runs_again() {
    let workspace = Repeated::new(LINKED);
    workspace.ran("doc");
    workspace.fixture.replace("leaf/src/lib.rs", "pub struct Leaf;", "pub struct Leaf {");
    assert_eq!(workspace.build("doc").code, Some(101));
    assert_eq!(workspace.build("doc").code, Some(101));
    workspace.fixture.replace("leaf/src/lib.rs", "pub struct Leaf {", "pub struct Leaf;");
    workspace.ran("doc");
    expect(&workspace, "doc", &[]);
}

#[test]
fn what_would_be_documented_can_be_asked() {
    let workspace = Repeated::new(LINKED);
    workspace.ran("doc");
    workspace.fixture.replace("app/src/bin/tool.rs", "Helps.", "Helps all.");
    let would = format!("{:?}", workspace.would("doc"));
    assert!(would.contains("tool"), "{would}");
    expect(&workspace, "doc", &["doc app/bin:tool"]);
    let why = format!("{:?}", workspace.why());
    assert!(why.contains("tool"), "{why}");
}
