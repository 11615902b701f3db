//! Workspaces of many small source files, for measuring how time grows with their number. They
//! compile, and quickly. Knows nothing of how they are built.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};

/// Changes with every change of what is generated.
const VERSION: u32 = 1;

/// How large a workspace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Number of packages.
    pub packages: usize,
    /// Number of source files of each.
    pub files: usize,
}

/// A workspace on disk, which stays there.
#[derive(Debug)]
pub struct Workspace {
    root: Utf8PathBuf,
    size: Size,
}

impl Size {
    /// Returns the number of source files of the workspace.
    pub fn total(&self) -> usize {
        self.packages * self.files
    }
}

impl Workspace {
    /// Writes a workspace, unless it is already there.
    pub fn at(directory: &Utf8Path, size: Size) -> Self {
        let workspace = Workspace { root: directory.to_owned(), size };
        let marker = directory.join("generated.txt");
        let mark = format!("version {VERSION}, {size:?}\n");
        if fs_err::read_to_string(&marker).is_ok_and(|text| text == mark) {
            return workspace;
        }
        if directory.exists() {
            fs_err::remove_dir_all(directory).expect("the directory is ours");
        }
        for (path, text) in workspace.contents() {
            let path = directory.join(path);
            let parent = path.parent().expect("a file is in a directory");
            fs_err::create_dir_all(parent).expect("the directory is writable");
            fs_err::write(&path, text).expect("the directory is writable");
        }
        // Last: what was interrupted has no mark.
        fs_err::write(&marker, mark).expect("the directory is writable");
        workspace
    }

    /// Returns the directory of the workspace.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the sources.
    pub fn sources(&self) -> Vec<Utf8PathBuf> {
        let paths = (0..self.size.packages).flat_map(|package| {
            (0..self.size.files).map(move |file| self.root.join(source_path(package, file)))
        });
        paths.collect()
    }

    /// Changes what a function of a source does, in a package that no other depends on, to what it
    /// never did before.
    pub fn change_a_body(&self) {
        let (package, file) = (self.size.packages - 1, self.size.files - 1);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
        let path = self.root.join(source_path(package, file));
        let factor = u64::try_from(now.as_nanos()).expect("it is earlier than 2500");
        fs_err::write(path, module(factor)).expect("the workspace is writable");
    }

    fn contents(&self) -> Vec<(Utf8PathBuf, String)> {
        let mut contents = vec![("Cargo.toml".into(), ROOT_MANIFEST.to_owned())];
        for package in 0..self.size.packages {
            contents.push((format!("p{package}/Cargo.toml").into(), manifest(package)));
            contents.push((source_path(package, 0), self.library(package)));
            contents.extend((1..self.size.files).map(|file| {
                (source_path(package, file), module((package * self.size.files + file) as u64))
            }));
        }
        contents
    }

    /// The root module: names all others and uses what the package depends on.
    fn library(&self, package: usize) -> String {
        let mut text = format!("//! Package {package}.\n");
        let mut sum = "n".to_owned();
        for file in 1..self.size.files {
            let _infallible = writeln!(text, "mod m{file};");
            let _infallible = write!(sum, "\n        ^ m{file}::value(n)");
        }
        for dependency in dependencies(package) {
            let _infallible = write!(sum, "\n        ^ p{dependency}::value(n)");
        }
        let _infallible = writeln!(text, "pub fn value(n: u64) -> u64 {{\n    {sum}\n}}");
        text
    }
}

/// Incremental state would only make the first build slower and larger.
const ROOT_MANIFEST: &str = r#"[workspace]
members = ["p*"]
resolver = "2"

[profile.dev]
debug = 0
incremental = false
codegen-units = 1
"#;

fn manifest(package: usize) -> String {
    let mut text = format!(
        "[package]\nname = \"p{package}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n"
    );
    for dependency in dependencies(package) {
        let _infallible = writeln!(text, "p{dependency} = {{ path = \"../p{dependency}\" }}");
    }
    text
}

/// Two trees, one over the other: not deep, and nothing depends on the last package.
fn dependencies(package: usize) -> Vec<usize> {
    let Some(before) = package.checked_sub(1) else { return Vec::new() };
    let mut dependencies = vec![before / 7, before / 4];
    dependencies.dedup();
    dependencies
}

fn source_path(package: usize, file: usize) -> Utf8PathBuf {
    match file {
        0 => format!("p{package}/src/lib.rs").into(),
        _ => format!("p{package}/src/m{file}.rs").into(),
    }
}

fn module(factor: u64) -> String {
    format!(
        "/// Mixes a number.\npub fn value(n: u64) -> u64 {{\n    n.wrapping_mul({factor}).rotate_left(7)\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment;
    use crate::fixture::Fixture;
    use crate::process::Command;

    const SMALL: Size = Size { packages: 9, files: 3 };

    #[test]
    fn a_generated_workspace_compiles_and_a_change_concerns_one_package() {
        let fixture = Fixture::empty();
        let workspace = Workspace::at(&fixture.beside("generated"), SMALL);
        let build = || {
            let cargo = Command::new(&environment::cargo()).cwd(workspace.root());
            cargo.args(&["check", "--offline", "-v"]).run().expect_success("cargo check").stderr
        };
        assert_eq!(build().matches("Running `").count(), SMALL.packages);
        workspace.change_a_body();
        let second = build();
        assert_eq!(second.matches("Running `").count(), 1, "{second}");
        assert!(second.contains("--crate-name p8"), "{second}");
    }

    #[test]
    fn it_is_written_once() {
        let fixture = Fixture::empty();
        let directory = fixture.beside("generated");
        let sources = Workspace::at(&directory, SMALL).sources();
        assert_eq!(sources.len(), SMALL.total());
        fs_err::write(&sources[4], "changed").unwrap();
        Workspace::at(&directory, SMALL);
        assert_eq!(fs_err::read_to_string(&sources[4]).unwrap(), "changed");
        Workspace::at(&directory, Size { files: 4, ..SMALL });
        assert_ne!(fs_err::read_to_string(&sources[4]).unwrap(), "changed");
    }
}
