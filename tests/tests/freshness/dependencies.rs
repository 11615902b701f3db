//! Dependencies that are not part of the workspace: other versions of them, and edits of their
//! sources where they lie.

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{Did, expect, expect_all};

const ALL: &[&str] = &["app/bin", "dep/lib"];

/// `app` uses a package of a registry that is a directory, in which there are two versions of it.
const VENDORED: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = "1"
[workspace]
//- /.cargo/config.toml
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
//- /Cargo.lock
version = 4
[[package]]
name = "app"
version = "0.0.0"
dependencies = ["dep"]
[[package]]
name = "dep"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
//- /src/main.rs
fn main() {
    println!("{}", dep::number());
}
//- /vendor/dep-1.0.0/.cargo-checksum.json /vendor/dep-1.0.1/.cargo-checksum.json
{"files":{}}
//- /vendor/dep-1.0.0/Cargo.toml
[package]
name = "dep"
version = "1.0.0"
edition = "2021"
//- /vendor/dep-1.0.1/Cargo.toml
[package]
name = "dep"
version = "1.0.1"
edition = "2021"
//- /vendor/dep-1.0.0/src/lib.rs
pub fn number() -> u32 {
    10 // one
}
//- /vendor/dep-1.0.1/src/lib.rs
pub fn number() -> u32 {
    11 // one
}
"#;

fn update(workspace: &Repeated, arguments: &[&str]) {
    let cargo = Command::new(&environment::cargo()).cwd(workspace.fixture.root());
    let cargo = cargo.env("CARGO_HOME", workspace.fixture.beside("home").as_str());
    drop(cargo.arg("update").args(arguments).run().expect_success("cargo update"));
}

#[test]
fn other_version_and_back() {
    let workspace = Repeated::new(VENDORED);
    expect(&workspace, "", ALL);
    let select = |old: &str, new: &str| {
        workspace.fixture.replace(
            "Cargo.lock",
            &format!("\"1.0.{old}\""),
            &format!("\"1.0.{new}\""),
        );
    };
    select("0", "1");
    let causes = &["app/bin: never-built", "dep/lib: never-built"];
    expect_all(&workspace, "", Did { ran: ALL, counts: "2 compiled", causes, ..Did::default() });
    assert_eq!(workspace.prints("debug/app"), "11\n");
    for (old, new, printed) in [("1", "0", "10\n"), ("0", "1", "11\n")] {
        select(old, new);
        expect(&workspace, "", &[]);
        assert_eq!(workspace.prints("debug/app"), printed);
    }
}

/// Sources that are not the user's own are compared by bytes.
#[rstest]
#[case::code("10 //", "20 //", ALL)]
#[case::comment("// one", "// uno", ALL)]
fn vendored_source_edited(#[case] old: &str, #[case] new: &str, #[case] expected: &[&str]) {
    let workspace = Repeated::new(VENDORED);
    expect(&workspace, "", ALL);
    let path = "vendor/dep-1.0.0/src/lib.rs";
    let text = workspace.fixture.read(path);
    workspace.fixture.write(path, &text);
    expect(&workspace, "", &[]);
    workspace.fixture.replace(path, old, new);
    expect(&workspace, "", expected);
    expect(&workspace, "", &[]);
}

/// A package from a git repository: the lock file says which commit.
#[test]
fn other_commit_and_back() {
    let workspace = Repeated::new(
        "//- /src/main.rs\nfn main() {\n    println!(\"{}\", dep::number());\n}\n\
         //- /repository/Cargo.toml\n[package]\nname = \"dep\"\nedition = \"2021\"\n\
         //- /repository/src/lib.rs\npub fn number() -> u32 {\n    10\n}\n",
    );
    let fixture = &workspace.fixture;
    let (inside, repository) = (fixture.path("repository"), fixture.beside("repository"));
    fs_err::rename(inside, &repository).expect("it is ours");
    fixture.write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"app\"\nedition = \"2021\"\n[workspace]\n[dependencies]\n\
             dep = {{ git = \"file://{repository}\" }}\n"
        ),
    );
    let git = |arguments: &[&str]| {
        let git = Command::new("git".into()).cwd(&repository).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let git = git.args(&["-c", "user.name=a", "-c", "user.email=a@b.c"]).args(arguments);
        drop(git.run().expect_success("git"));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let selection = format!("CARGO_NET_OFFLINE=false CARGO_HOME={}", fixture.beside("home"));
    expect(&workspace, &selection, ALL);
    expect(&workspace, &selection, &[]);
    let first = fixture.read("Cargo.lock");
    let source = repository.join("src/lib.rs");
    let text = fs_err::read_to_string(&source).expect("it is there");
    fs_err::write(&source, text.replace("10", "11")).expect("it may be written");
    git(&["commit", "-qam", "two"]);
    // The lock file still says the first commit.
    expect(&workspace, &selection, &[]);
    update(&workspace, &["-p", "dep"]);
    expect(&workspace, &selection, ALL);
    assert_eq!(workspace.prints("debug/app"), "11\n");
    fixture.write("Cargo.lock", &first);
    expect_all(&workspace, &selection, Did { counts: "2 fresh", ..Did::default() });
    assert_eq!(workspace.prints("debug/app"), "10\n");
}
