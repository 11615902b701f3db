//! Many builds with a store that is too small for all of them. Knows nothing of cargo.

use atlas_tests::measure::measure;
use atlas_tests::process::Command;
use camino::{Utf8Path, Utf8PathBuf};

use crate::site::{compiled, remove, seconds};

/// Libraries of the workspace.
const N_CRATES: u32 = 8;
/// Functions of each library.
const N_FUNCTIONS: u32 = 200;
/// How many times the results of the first build the store may hold.
const BUDGET: u64 = 2;

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Collection {
    /// Bytes that the store may have.
    pub(crate) budget: u64,
    /// Bytes that it had at the end, and at most after a build.
    pub(crate) size: u64,
    pub(crate) peak: u64,
    /// Builds after which it had fewer bytes than before.
    pub(crate) n_collections: usize,
    /// Seconds of all builds.
    pub(crate) builds: f64,
    /// Seconds of one collection asked for at the end.
    pub(crate) collection: f64,
    /// Crates compiled when the target directory was removed at the end.
    pub(crate) n_lost: usize,
}

/// Builds after each of `n` edits; every other library is edited in turn, and no text comes twice.
pub(crate) fn run(atlas: &Utf8Path, directory: &Utf8Path, n: u32) -> Collection {
    remove(directory);
    (0..N_CRATES).for_each(|library| write(directory, library, 0));
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"library-*\"]\n";
    fs_err::write(directory.join("Cargo.toml"), manifest).expect("the directory is writable");
    let mut builds = seconds(&measure(build(atlas, directory, None)));
    let budget = BUDGET * size(&store(directory));
    let mut sizes = vec![size(&store(directory))];
    for edit in 1..=n {
        write(directory, edit % N_CRATES, edit);
        let measured = measure(build(atlas, directory, Some(budget)));
        builds += seconds(&measured);
        let _said = measured.outcome.expect_success("a build after an edit");
        sizes.push(size(&store(directory)));
    }
    let limit = budget.to_string();
    let collect = ["clean", "--gc", "--max-size", &limit];
    let collected = measure(command(atlas, directory).args(&collect));
    let collection = seconds(&collected);
    let _said = collected.outcome.expect_success("a collection");
    remove(&directory.join("target"));
    let anew = build(atlas, directory, Some(budget)).run().expect_success("a build at the end");
    Collection {
        budget,
        size: sizes.last().copied().unwrap_or_default(),
        peak: sizes.iter().copied().max().unwrap_or_default(),
        n_collections: sizes.windows(2).filter(|pair| pair[1] < pair[0]).count(),
        builds,
        collection,
        n_lost: compiled(&anew),
    }
}

fn store(directory: &Utf8Path) -> Utf8PathBuf {
    directory.join("store")
}

fn command(atlas: &Utf8Path, directory: &Utf8Path) -> Command {
    Command::new(atlas).cwd(directory).env("ATLAS_STORE", store(directory).as_str())
}

fn build(atlas: &Utf8Path, directory: &Utf8Path, budget: Option<u64>) -> Command {
    let command = command(atlas, directory).args(&["build", "--offline"]);
    match budget {
        Some(budget) => command.env("ATLAS_STORE_SIZE", &budget.to_string()),
        None => command,
    }
}

/// Writes a library; `edit` is in the name of each of its functions. What others do not see of an edit
/// would not be filed.
fn write(directory: &Utf8Path, library: u32, edit: u32) {
    let package = directory.join(format!("library-{library}"));
    fs_err::create_dir_all(package.join("src")).expect("the directory is writable");
    let manifest = format!("[package]\nname = \"library-{library}\"\nedition = \"2024\"\n");
    fs_err::write(package.join("Cargo.toml"), manifest).expect("the directory is writable");
    let function = |n: u32| {
        format!("pub fn f{n}_{edit}(text: &str) -> String {{ format!(\"{{text}} {n}\") }}\n")
    };
    let text: String = (0..N_FUNCTIONS).map(function).collect();
    fs_err::write(package.join("src/lib.rs"), text).expect("the directory is writable");
}

/// Returns how many bytes the files of a directory have.
fn size(directory: &Utf8Path) -> u64 {
    let entries = directory.read_dir_utf8().into_iter().flatten().flatten();
    let of = |entry: camino::Utf8DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
