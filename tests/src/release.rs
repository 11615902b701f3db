//! What benchmarks start from: the program under test with optimizations, sources that are there,
//! and directories that outlive a run. Everything is made by cargo.

use camino::{Utf8Path, Utf8PathBuf};

use crate::environment;
use crate::fixture::copy_tree;
use crate::process::Command;

/// Builds the program under test with optimizations and returns where it is.
pub fn atlas() -> Utf8PathBuf {
    let own = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = environment::profile_dir().with_file_name("");
    cargo(own, &["build", "--release", "-p", "cargo-atlas", "--target-dir", target.as_str()]);
    let name = format!("cargo-atlas{}", std::env::consts::EXE_SUFFIX);
    target.join("release").join(name)
}

/// Downloads what a workspace depends on, unless it is there.
pub fn fetch(workspace: &Utf8Path) {
    if !cargo_succeeds(workspace, &["fetch", "--offline"]) {
        cargo(workspace, &["fetch"]);
    }
}

/// Returns a directory of the target directory that outlives the run, and makes it.
pub fn kept_dir(name: &str) -> Utf8PathBuf {
    let dir = environment::profile_dir().with_file_name("tmp").join(name);
    fs_err::create_dir_all(&dir).expect("the target directory is writable");
    dir
}

/// Copies what is no result of a build.
pub fn copy_workspace(original: &Utf8Path, copy: &Utf8Path) {
    fs_err::create_dir_all(copy).expect("the directory is writable");
    for entry in original.read_dir_utf8().unwrap_or_else(|error| panic!("{original}: {error}")) {
        let entry = entry.unwrap_or_else(|error| panic!("{original}: {error}"));
        let (from, to) = (entry.path(), copy.join(entry.file_name()));
        match entry.file_name() {
            ".git" | "target" => {}
            _ if from.is_dir() => copy_tree(from, &to, |path| path.is_file()),
            _ => drop(fs_err::copy(from, &to).expect("the directory is writable")),
        }
    }
}

fn cargo(dir: &Utf8Path, args: &[&str]) {
    assert!(cargo_succeeds(dir, args), "cargo {} fails in {dir}", args.join(" "));
}

fn cargo_succeeds(dir: &Utf8Path, args: &[&str]) -> bool {
    let command = Command::new(&environment::cargo()).envs(environment::network());
    command.cwd(dir).args(args).run().success()
}
