//! Published packages as workspaces of path packages.
//!
//! Sources come from cargo: a scratch package that depends on exactly `=x.y.z` is fetched into the
//! normal `CARGO_HOME`, once, and `cargo metadata` says where they are. A package is copied with
//! its normalized `Cargo.toml`, not `Cargo.toml.orig`: the former stands alone, while the latter
//! may inherit from a workspace and name path dependencies that were never published. Dev-
//! dependencies stay. Versions below are pinned by the package's own `Cargo.lock` or, for
//! packages without one and for several packages in one workspace, by
//! `fixtures/published/<case>.lock`; `ATLAS_BLESS=1` writes those anew.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::environment;
use crate::fixture::Fixture;
use crate::process::{Command, Outcome};

/// A workspace made of published packages.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Name of the case, and of its lock file.
    pub name: &'static str,
    /// Packages, each `name@version`. One becomes the root package, several become members that
    /// depend on each other by path.
    pub packages: &'static [&'static str],
    /// Which files are copied.
    pub extent: Extent,
}

/// A search tool and its library crates, as the one workspace in which they are developed.
pub const SEARCH_TOOL: Case = Case {
    name: "search-tool",
    packages: &[
        "ripgrep@15.2.0",
        "grep@0.4.1",
        "grep-cli@0.1.12",
        "grep-matcher@0.1.9",
        "grep-pcre2@0.1.10",
        "grep-printer@0.3.1",
        "grep-regex@0.1.14",
        "grep-searcher@0.1.17",
        "globset@0.4.19",
        "ignore@0.4.29",
    ],
    extent: Extent::All,
};

/// Which files of a package are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Rust sources and manifests: enough to plan a build.
    Rust,
    /// Everything: enough to build.
    All,
}

impl Case {
    /// Writes the workspace and fetches what it depends on.
    pub fn assemble(&self) -> Fixture {
        let fixture = Fixture::empty();
        let single = self.packages.len() == 1;
        for package in self.packages {
            let source = source(package);
            let to = if single { String::new() } else { package.replace(['@', '+'], "-") };
            match self.extent {
                Extent::All => fixture.copy_tree(&source, &to, |_| true),
                Extent::Rust => fixture.copy_tree(&source, &to, is_rust),
            }
        }
        if !single {
            fixture.write("Cargo.toml", &self.root_manifest());
        }
        if single && fixture.root().join("Cargo.lock").exists() {
            fetch(fixture.root());
        } else {
            pin(&fixture, self.name);
        }
        fixture
    }

    fn root_manifest(&self) -> String {
        let dirs: Vec<String> = self.packages.iter().map(|p| p.replace(['@', '+'], "-")).collect();
        let patches = self.packages.iter().zip(&dirs).map(|(package, dir)| {
            let (name, _) = split(package);
            format!("{name} = {{ path = \"{dir}\" }}\n")
        });
        let patches: String = patches.collect();
        format!("[workspace]\nmembers = {dirs:?}\nresolver = \"2\"\n[patch.crates-io]\n{patches}")
    }
}

/// Gives a workspace that depends on published packages the lock file of that name, and fetches
/// what it depends on.
pub fn pin(fixture: &Fixture, name: &str) {
    let fixtures = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/published");
    let (pinned, own) = (fixtures.join(format!("{name}.lock")), fixture.root().join("Cargo.lock"));
    let bless = environment::switch("ATLAS_BLESS");
    assert!(pinned.exists() || bless, "no {pinned}: run once with ATLAS_BLESS=1");
    if !bless {
        fs_err::copy(&pinned, &own).expect("the fixture is writable");
    }
    fetch(fixture.root());
    if bless {
        fs_err::copy(&own, &pinned).expect("the fixtures are writable");
    }
}

fn is_rust(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("rs" | "toml" | "lock"))
}

/// Returns the directory that holds the sources of a `name@version`.
pub fn source(package: &str) -> Utf8PathBuf {
    let (name, version) = split(package);
    let scratch = scratch_dir().join(package.replace(['@', '+'], "-"));
    fs_err::create_dir_all(scratch.join("src")).expect("the target directory is writable");
    // Test binaries may run at the same time; the lock ends with the file.
    let lock =
        fs_err::File::create(scratch.join(".lock")).expect("the target directory is writable");
    lock.file().lock().expect("files in the target directory can be locked");
    let known = scratch.join("source.txt");
    if let Ok(dir) = fs_err::read_to_string(&known)
        && Utf8Path::new(&dir).join("Cargo.toml").exists()
    {
        return dir.into();
    }
    // cfg-if is there because a package without a library does not appear in the metadata: its
    // directory is then the one beside.
    let manifest = format!(
        "[package]\nname = \"scratch\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         cfg-if = \"1\"\n[dependencies.{name}]\nversion = \"={version}\"\n"
    );
    let write = |path: &str, text: &str| {
        fs_err::write(scratch.join(path), text).expect("the target directory is writable");
    };
    write("Cargo.toml", &manifest);
    write("src/lib.rs", "");
    fetch(&scratch);
    let dir = locate(&metadata(&scratch), name, version);
    write("source.txt", dir.as_str());
    dir
}

fn split(package: &str) -> (&str, &str) {
    package.split_once('@').unwrap_or_else(|| panic!("{package} is not name@version"))
}

/// A directory of the target directory that outlives the test run.
fn scratch_dir() -> Utf8PathBuf {
    environment::profile_dir().with_file_name("tmp").join("published")
}

fn locate(metadata: &Metadata, name: &str, version: &str) -> Utf8PathBuf {
    let dir = |package: &cargo_metadata::Package| {
        package
            .manifest_path
            .parent()
            .map(Utf8Path::to_owned)
            .expect("a manifest is in a directory")
    };
    let mut packages = metadata.packages.iter().filter(|package| package.source.is_some());
    let found = packages
        .clone()
        .find(|package| package.name.as_str() == name && package.version.to_string() == version);
    if let Some(package) = found {
        return dir(package);
    }
    let beside = packages.next().map(dir).expect("cfg-if comes from the registry");
    let dir = beside.with_file_name(format!("{name}-{version}"));
    assert!(dir.join("Cargo.toml").exists(), "cargo fetched {name}@{version}, but not to {dir}");
    dir
}

fn metadata(dir: &Utf8Path) -> Metadata {
    let outcome = cargo(dir, &["metadata", "--format-version", "1", "--offline"]);
    let outcome = outcome.expect_success("cargo metadata");
    MetadataCommand::parse(&outcome.stdout)
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"))
}

/// Downloads what a workspace depends on, unless it is there.
fn fetch(dir: &Utf8Path) {
    if dir.join("Cargo.lock").exists() && cargo(dir, &["fetch", "--offline"]).success() {
        return;
    }
    let outcome = cargo(dir, &["fetch"]);
    assert!(
        outcome.success(),
        "cargo fetch failed; tests on published packages need the network once\n{}",
        outcome.stderr
    );
}

fn cargo(dir: &Utf8Path, args: &[&str]) -> Outcome {
    Command::new(&environment::cargo()).envs(environment::network()).cwd(dir).args(args).run()
}
