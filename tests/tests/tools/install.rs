//! `install --path`: programs, what is written down of them, and what is said, as by cargo.

use atlas_tests::build::Build;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::{environment, spoken};
use camino::Utf8PathBuf;
use rstest::rstest;

use super::{assert_same_lines, atlas, cargo};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "other"]
default-members = ["other"]
resolver = "2"
[workspace.package]
version = "1.2.3"
//- /app/Cargo.toml
[package]
name = "app"
version.workspace = true
edition = "2021"
[features]
more = []
[[bin]]
name = "second"
path = "src/second.rs"
[[bin]]
name = "third"
path = "src/second.rs"
required-features = ["more"]
//- /app/src/main.rs /app/src/second.rs /app/examples/shown.rs
fn main() { println!("{}", cfg!(debug_assertions)); }
//- /other/Cargo.toml
[package]
name = "other"
edition = "2021"
[[bin]]
name = "second"
path = "src/main.rs"
//- /other/src/main.rs
fn main() { println!("other"); }
"#;

/// Two roots, in each of which one of the two installs.
struct Roots {
    fixture: Fixture,
}

impl Roots {
    fn new() -> Self {
        let fixture = Fixture::new(WORKSPACE);
        cargo(&fixture, "generate-lockfile -q --offline");
        Roots { fixture }
    }

    fn root(&self, name: &str) -> Utf8PathBuf {
        self.fixture.beside(&format!("{name}-root"))
    }

    /// Installs by both, and compares what they say and what is there then.
    #[track_caller]
    fn check(&self, line: &str) {
        let line = |name: &str| format!("{line} --root {}", self.root(name));
        let theirs = cargo(&self.fixture, &line("cargo"));
        let ours = atlas(&self.fixture, &line("atlas"));
        let said = |build: &Build| spoken::stderr(build).replace("atlas-root", "cargo-root");
        assert_same_lines(&line("cargo"), &said(&theirs), &said(&ours));
        assert_eq!(ours.outcome.code, theirs.outcome.code, "{}", ours.outcome.stderr);
        self.check_roots();
    }

    #[track_caller]
    fn check_roots(&self) {
        let [theirs, ours] = ["cargo", "atlas"].map(|name| self.root(name));
        assert_eq!(names(&ours.join("bin")), names(&theirs.join("bin")));
        let text = |path: Utf8PathBuf| fs_err::read_to_string(path).unwrap_or_default();
        assert_eq!(text(ours.join(".crates.toml")), text(theirs.join(".crates.toml")));
        let [theirs, ours] = [theirs, ours].map(|root| {
            serde_json::from_str::<serde_json::Value>(&text(root.join(".crates2.json"))).ok()
        });
        assert_eq!(ours, theirs);
    }

    fn prints(&self, program: &str) -> String {
        let program = self.root("atlas").join("bin").join(program);
        Command::new(&program).cwd(self.fixture.root()).run().expect_success("the program").stdout
    }
}

fn names(directory: &camino::Utf8Path) -> Vec<String> {
    let entries = directory.read_dir_utf8().into_iter().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_owned())).collect();
    names.sort();
    names
}

#[rstest]
#[case::plain("install --path app --locked")]
#[case::from_the_directory("in:app install --path . --locked")]
#[case::not_locked("install --path app")]
#[case::debug("install --path app --locked --debug")]
#[case::profile("install --path app --locked --profile dev")]
#[case::features("install --path app --locked -F more")]
#[case::one_binary("install --path app --locked --bin second")]
#[case::example("install --path app --locked --example shown --no-default-features")]
#[case::everything("install --path app --locked --bins --examples --all-features")]
#[case::untracked("install --path app --locked --no-track")]
#[case::virtual_workspace("install --path . --locked")]
fn installs_as_cargo_does(#[case] line: &str) {
    Roots::new().check(line);
}

#[test]
fn programs_are_those_of_the_package_and_optimized() {
    let roots = Roots::new();
    roots.check("install --path app --locked");
    assert_eq!(roots.prints("app"), "false\n");
}

#[test]
fn installing_again_replaces() {
    let roots = Roots::new();
    roots.check("install --path app --locked -F more");
    roots.check("install --path app --locked --debug");
    assert_eq!(roots.prints("app"), "true\n");
}

#[test]
fn programs_of_other_packages_are_replaced_by_force_only() {
    let roots = Roots::new();
    roots.check("install --path app --locked");
    // Cargo looks before it builds.
    let line = format!("install --path other --locked --root {}", roots.root("atlas"));
    let refused = atlas(&roots.fixture, &line).outcome;
    let said = format!(
        "error: binary `second` already exists in destination as part of `app v1.2.3 ({})`\n\
         Add --force to overwrite\n",
        roots.fixture.path("app")
    );
    assert!(refused.stderr.ends_with(&said), "{}", refused.stderr);
    assert_eq!(refused.code, Some(101));
    roots.check_roots();
    let line = "install --path other --locked --force";
    assert!(
        cargo(&roots.fixture, &format!("{line} --root {}", roots.root("cargo"))).outcome.success()
    );
    assert!(
        atlas(&roots.fixture, &format!("{line} --root {}", roots.root("atlas"))).outcome.success()
    );
    roots.check_roots();
    assert_eq!(roots.prints("second"), "other\n");
    assert_eq!(roots.prints("app"), "false\n");
}

#[test]
fn programs_that_a_package_has_no_longer_go() {
    let roots = Roots::new();
    roots.check("install --path app --locked -F more");
    roots.fixture.replace("app/Cargo.toml", "\"third\"", "\"fourth\"");
    roots.check("install --path app --locked -F more");
    assert!(!roots.root("atlas").join("bin/third").exists());
}

#[test]
fn cargo_uninstalls_what_atlas_installed() {
    let roots = Roots::new();
    roots.check("install --path app --locked");
    let root = roots.root("atlas");
    let listed = |run: fn(&Fixture, &str) -> Build| {
        run(&roots.fixture, &format!("install --list --root {root}")).outcome.stdout
    };
    let path = roots.fixture.path("app");
    assert_eq!(listed(cargo), format!("app v1.2.3 ({path}):\n    app\n    second\n"));
    assert_eq!(listed(atlas), listed(cargo));
    let outcome = cargo(&roots.fixture, &format!("uninstall app --root {root}")).outcome;
    assert!(outcome.success(), "{}", outcome.stderr);
    assert_eq!(names(&root.join("bin")), Vec::<String>::new());
    assert_eq!(listed(cargo), "");
}

#[test]
fn variable_names_the_root() {
    let fixture = Fixture::new(WORKSPACE);
    cargo(&fixture, "generate-lockfile -q --offline");
    let line = "CARGO_INSTALL_ROOT=../here install --path app --locked --bin app";
    assert!(atlas(&fixture, line).outcome.success());
    assert_eq!(names(&fixture.beside("here/bin")), ["app"]);
    assert!(environment::atlas_binary().exists());
}
