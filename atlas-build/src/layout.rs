//! The directories of a build. The user finds results exactly where cargo puts them; everything
//! else is below `target/atlas`, which can be deleted at any time.
//!
//! ```text
//! target/
//!   CACHEDIR.TAG
//!   tmp/                              CARGO_TARGET_TMPDIR
//!   <triple?>/doc/                    documentation
//!   <triple?>/<profile>/{,examples/,deps/}  results; tests are in deps
//!   atlas/
//!     CACHEDIR.TAG
//!     state.bin                       what is known of files, units and plans
//!     last-build                      what the last build did, and why
//!     modules                         what is known of the modules of path packages
//!     <triple?>/<profile>/
//!       journals/                     what running and killed builds have changed
//!       deps/                         published artifacts: what `-L dependency` points to
//!       examples/                     published examples
//!       unit/<name>-<hash>/           one unit: out/ incremental/ results/
//! ```
//!
//! `unit/<name>-<hash>/out` is `OUT_DIR` of a build script, as many levels below the directory of
//! the profile as cargo's is: scripts that walk upwards from it find what they would find.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::platform::CompileKind;
use crate::units::UnitHash;

/// What marks a directory as a cache for backup tools; cargo's text.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by cargo.
# For information about cache directory tags see https://bford.info/cachedir/
";

/// The directories of a build with one profile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Layout {
    target: Utf8PathBuf,
    profile_dir: String,
}

/// A directory could not be created.
#[derive(Debug, thiserror::Error)]
#[error("failed to create directory `{path}`")]
pub struct LayoutError {
    /// The directory.
    pub path: Utf8PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl Layout {
    /// Creates the layout below cargo's target directory for a profile.
    pub fn new(target_directory: &Utf8Path, profile: &str) -> Self {
        let profile_dir = match profile {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            other => other,
        };
        Layout { target: target_directory.to_owned(), profile_dir: profile_dir.to_owned() }
    }

    /// Returns the directory that belongs to atlas, `target/atlas`.
    pub fn atlas_directory(&self) -> Utf8PathBuf {
        self.target.join("atlas")
    }

    /// Returns where the user finds results: `target/<triple?>/<profile>`.
    pub fn results(&self, kind: &CompileKind) -> Utf8PathBuf {
        below(&self.target, kind).join(&self.profile_dir)
    }

    /// Returns where the user finds examples: `target/<triple?>/<profile>/examples`.
    pub fn result_examples(&self, kind: &CompileKind) -> Utf8PathBuf {
        self.results(kind).join("examples")
    }

    /// Returns where documentation is: `target/<triple?>/doc`.
    pub fn pages(&self, kind: &CompileKind) -> Utf8PathBuf {
        below(&self.target, kind).join("doc")
    }

    /// Returns the file in which cargo notes the compiler that documentation was made with:
    /// `target/<triple?>/.rustdoc_fingerprint.json`.
    pub fn rustdoc_fingerprint(&self, kind: &CompileKind) -> Utf8PathBuf {
        below(&self.target, kind).join(".rustdoc_fingerprint.json")
    }

    /// Returns where the user finds tests: `target/<triple?>/<profile>/deps`.
    pub fn result_deps(&self, kind: &CompileKind) -> Utf8PathBuf {
        self.results(kind).join("deps")
    }

    /// Returns `CARGO_TARGET_TMPDIR`: `target/<triple?>/tmp`.
    pub fn tmp(&self, kind: &CompileKind) -> Utf8PathBuf {
        below(&self.target, kind).join("tmp")
    }

    /// Returns the directory of intermediate files: `target/atlas/<triple?>/<profile>`.
    pub fn intermediate(&self, kind: &CompileKind) -> Utf8PathBuf {
        below(&self.atlas_directory(), kind).join(&self.profile_dir)
    }

    /// Returns the directory of files that say what has happened since the state was written.
    pub fn journals(&self) -> Utf8PathBuf {
        self.intermediate(&CompileKind::Host).join("journals")
    }

    /// Returns the file that says under which keys results of units are in the store.
    pub fn stored(&self) -> Utf8PathBuf {
        self.intermediate(&CompileKind::Host).join("stored")
    }

    /// Returns the file whose time is the present moment.
    pub fn probe(&self) -> Utf8PathBuf {
        self.intermediate(&CompileKind::Host).join("moment")
    }

    /// Returns where units publish artifacts for each other.
    pub fn deps(&self, kind: &CompileKind) -> Utf8PathBuf {
        self.intermediate(kind).join("deps")
    }

    /// Returns where examples are published.
    pub fn examples(&self, kind: &CompileKind) -> Utf8PathBuf {
        self.intermediate(kind).join("examples")
    }

    /// Returns the directory of all units of a kind.
    pub fn units(&self, kind: &CompileKind) -> Utf8PathBuf {
        self.intermediate(kind).join("unit")
    }

    /// Returns the directory of a unit of `package`.
    pub fn unit(&self, kind: &CompileKind, package: &str, hash: UnitHash) -> Utf8PathBuf {
        self.units(kind).join(format!("{package}-{hash}"))
    }

    /// Returns whether a directory belongs to this build on the host: results or intermediate
    /// files. Native libraries elsewhere are not put on the dynamic library search path, since
    /// they could clash with those of the system.
    pub fn is_ours(&self, directory: &Utf8Path) -> bool {
        self.is_below(&CompileKind::Host, directory)
    }

    /// Returns whether a directory is one of results or intermediate files of a kind.
    pub fn is_below(&self, kind: &CompileKind, directory: &Utf8Path) -> bool {
        directory.starts_with(self.results(kind)) || directory.starts_with(self.intermediate(kind))
    }

    /// Returns the file that says what is known of the modules of path packages.
    pub fn modules(&self) -> Utf8PathBuf {
        self.atlas_directory().join("modules")
    }

    /// Creates the directory that belongs to atlas.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] names the directory that could not be created.
    pub fn create_atlas_directory(&self) -> Result<(), LayoutError> {
        create_cache_directory(&self.target)?;
        create_cache_directory(&self.atlas_directory())
    }

    /// Creates the directories that a build for `kinds` needs and that no single unit owns.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] names the directory that could not be created.
    pub fn create<'a>(
        &self,
        kinds: impl IntoIterator<Item = &'a CompileKind>,
    ) -> Result<(), LayoutError> {
        self.create_atlas_directory()?;
        for kind in kinds.into_iter().chain([&CompileKind::Host]) {
            create_cache_directory(&below(&self.target, kind))?;
            for directory in [
                self.result_examples(kind),
                self.result_deps(kind),
                self.deps(kind),
                self.examples(kind),
                self.units(kind),
            ] {
                create_directory(&directory)?;
            }
        }
        Ok(())
    }
}

/// Returns the directory of a compile kind below `root`.
fn below(root: &Utf8Path, kind: &CompileKind) -> Utf8PathBuf {
    match kind.triple() {
        Some(triple) => root.join(triple.as_str()),
        None => root.to_owned(),
    }
}

fn create_directory(path: &Utf8Path) -> Result<(), LayoutError> {
    fs_err::create_dir_all(path).map_err(|source| LayoutError { path: path.to_owned(), source })
}

/// Creates a directory that backup tools leave out, unless it is already there. It is marked before
/// it gets its name, so that it is never seen unmarked; a tag that cannot be written is no error.
fn create_cache_directory(path: &Utf8Path) -> Result<(), LayoutError> {
    if path.is_dir() {
        return Ok(());
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return create_directory(path);
    };
    create_directory(parent)?;
    let error = |source| LayoutError { path: path.to_owned(), source };
    let unnamed = tempfile::Builder::new().prefix(name).tempdir_in(parent).map_err(error)?;
    let _ = fs_err::write(unnamed.path().join("CACHEDIR.TAG"), CACHEDIR_TAG);
    match fs_err::rename(unnamed.path(), path) {
        // Another process was faster.
        Err(_) if path.is_dir() => Ok(()),
        result => result.map_err(error),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::platform::Triple;

    #[rstest]
    #[case("dev", "debug")]
    #[case("test", "debug")]
    #[case("release", "release")]
    #[case("bench", "release")]
    #[case("fat", "fat")]
    fn profiles_share_directories_as_in_cargo(#[case] profile: &str, #[case] directory: &str) {
        let layout = Layout::new(Utf8Path::new("/t"), profile);
        assert_eq!(layout.results(&CompileKind::Host), format!("/t/{directory}"));
        assert_eq!(layout.deps(&CompileKind::Host), format!("/t/atlas/{directory}/deps"));
    }

    #[test]
    fn triples_come_before_the_profile() {
        let layout = Layout::new(Utf8Path::new("/t"), "dev");
        let kind = CompileKind::Target(Triple::new("wasm32-wasip1"));
        assert_eq!(layout.results(&kind), "/t/wasm32-wasip1/debug");
        assert_eq!(layout.deps(&kind), "/t/atlas/wasm32-wasip1/debug/deps");
        assert_eq!(layout.tmp(&kind), "/t/wasm32-wasip1/tmp");
    }

    #[test]
    fn only_directories_of_the_host_build_are_ours() {
        let layout = Layout::new(Utf8Path::new("/t"), "dev");
        assert!(layout.is_ours(Utf8Path::new("/t/debug/lib")));
        assert!(layout.is_ours(Utf8Path::new("/t/atlas/debug/unit/a-0/out")));
        assert!(!layout.is_ours(Utf8Path::new("/t/release")));
        assert!(!layout.is_ours(Utf8Path::new("/usr/lib")));
    }

    #[test]
    fn new_directories_are_marked_as_caches() {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temporary.path()).unwrap().join("a/target");
        let layout = Layout::new(&root, "dev");
        layout.create(&[CompileKind::Host]).unwrap();
        layout.create(&[CompileKind::Host]).unwrap();
        for directory in [&root, &root.join("atlas")] {
            let tag = fs_err::read_to_string(directory.join("CACHEDIR.TAG")).unwrap();
            assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
        }
        assert!(root.join("debug/examples").is_dir());
        assert_eq!(root.parent().unwrap().read_dir_utf8().unwrap().count(), 1);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temporary.path()).unwrap().join("target");
        fs_err::write(&root, "").unwrap();
        let error = Layout::new(&root, "dev").create(&[]).unwrap_err();
        assert!(error.path.starts_with(&root), "{error}");
    }
}
