//! A workspace on disk with a plan and what it was derived from.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::cell::Cell;
use std::env;
use std::ffi::OsString;

use atlas_build::derivation::{Checked, Derivation, derive};
use atlas_build::request::{
    BuildRequest, Environment, FilterRule, LibRule, PackageSelection, Resolution, TargetFilter,
    TargetSelection,
};
use atlas_build::{Planned, plan, units};
use atlas_fingerprint::{Disk, Files, Moment};
use camino::Utf8PathBuf;
use tempfile::TempDir;

/// The files at the start. The workspace is in `ws`; `bin` comes first on `PATH`.
const FILES: &[(&str, &str)] = &[
    (
        "ws/Cargo.toml",
        "[workspace]\nmembers = [\"crates/*\", \"named\"]\nresolver = \"3\"\nexclude = [\"crates/not\"]\n",
    ),
    (
        "ws/crates/a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\nf = []\n\n\
         [dependencies]\nb = { path = \"../b\" }\noutside = { path = \"../../../outside\" }\n\
         vendored = \"1\"\n\n\
         [target.'cfg(windows)'.dependencies]\nwindows = { path = \"../../../windows\" }\n",
    ),
    ("ws/crates/a/src/lib.rs", ""),
    ("ws/crates/a/src/module.rs", ""),
    ("ws/crates/a/src/bin/tool.rs", "fn main() {}"),
    ("ws/crates/a/tests/it.rs", ""),
    ("ws/crates/a/tests/dir/mod.rs", ""),
    (
        "ws/crates/b/Cargo.toml",
        "[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    ),
    ("ws/crates/b/src/lib.rs", ""),
    ("ws/crates/not/file", ""),
    (
        "ws/named/Cargo.toml",
        "[package]\nname = \"named\"\nversion = \"0.1.0\"\nedition = \"2015\"\n\
         [[bin]]\nname = \"own\"\npath = \"own/place.rs\"\n",
    ),
    ("ws/named/own/place.rs", "fn main() {}"),
    (
        "outside/Cargo.toml",
        "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[features]\nf = []\n",
    ),
    ("outside/src/lib.rs", ""),
    ("windows/Cargo.toml", "[package]\nname = \"windows\"\nversion = \"0.1.0\"\n"),
    ("windows/src/lib.rs", ""),
    (
        "ws/.cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\ndirectory = \"vendor\"\n",
    ),
    (
        "ws/vendor/vendored/Cargo.toml",
        "[package]\nname = \"vendored\"\nversion = \"1.0.0\"\n[features]\nf = []\n",
    ),
    ("ws/vendor/vendored/.cargo-checksum.json", "{\"files\":{}}"),
    ("ws/vendor/vendored/src/lib.rs", ""),
    ("bin/other", ""),
];

/// What a check came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Same,
    Restamped,
    Changed,
}

/// A workspace on disk, gone when dropped.
pub(crate) struct Fixture {
    directory: TempDir,
    moments: Cell<usize>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let fixture = Fixture { directory, moments: Cell::new(0) };
        for (path, text) in FILES {
            fixture.write(path, text);
        }
        // Writes the lock file.
        fixture.plan().expect("there is a plan");
        fixture
    }

    pub(crate) fn path(&self, path: &str) -> Utf8PathBuf {
        let root = self.directory.path().canonicalize().unwrap();
        Utf8PathBuf::from_path_buf(root).unwrap().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Writes a script that can be started.
    pub(crate) fn script(&self, path: &str, text: &str) {
        self.write(path, text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::Permissions::from_mode(0o755);
            fs_err::set_permissions(self.path(path), mode).unwrap();
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn append(&self, path: &str, text: &str) {
        let old = self.read(path);
        self.write(path, &(old + text));
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let old = self.read(path);
        assert!(old.contains(from), "`{from}` is in {path}");
        self.write(path, &old.replace(from, to));
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() {
            fs_err::remove_dir_all(path).unwrap();
        } else {
            fs_err::remove_file(path).unwrap();
        }
    }

    pub(crate) fn remove_if_empty(&self, directory: &str) {
        let path = self.path(directory);
        if path.read_dir_utf8().unwrap().next().is_none() {
            fs_err::remove_dir(path).unwrap();
        }
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub(crate) fn request(&self) -> BuildRequest {
        let mut request = BuildRequest::new(self.path("ws"), environment(self));
        request.resolution = Resolution { offline: true, ..Resolution::default() };
        request.packages = PackageSelection::All(Vec::new());
        request.targets = TargetSelection::Only(TargetFilter {
            all_targets: true,
            lib: LibRule::Default,
            bins: FilterRule::All,
            examples: FilterRule::All,
            tests: FilterRule::All,
            benches: FilterRule::All,
        });
        request
    }

    /// Returns a fresh plan as text; `None` if there is none.
    pub(crate) fn plan(&self) -> Option<String> {
        plan(&self.request(), &mut |_| ()).ok().map(|planned| text(&planned))
    }

    /// Plans, and returns the plan as text with what it was derived from.
    pub(crate) fn derive(&self) -> Option<(String, Derivation)> {
        self.derive_for(&self.request())
    }

    /// Plans a request, likewise.
    pub(crate) fn derive_for(&self, request: &BuildRequest) -> Option<(String, Derivation)> {
        let before = self.later_moment();
        let planned = plan(request, &mut |_| ()).ok()?;
        let derivation = derive(&Disk, request, &planned.workspace, &planned.packages, before)?;
        Some((text(&planned), derivation))
    }

    /// Returns a moment after everything that was written so far.
    pub(crate) fn later_moment(&self) -> Moment {
        let moment = || Disk.moment(&self.path("probe/moment")).expect("it can be written");
        let first = moment();
        loop {
            let now = moment();
            if now > first {
                return now;
            }
        }
    }

    /// Returns what a check comes to, and what to keep.
    pub(crate) fn check(&self, derivation: &Derivation) -> (Verdict, Derivation) {
        let moment = || {
            self.moments.set(self.moments.get() + 1);
            Some(self.later_moment())
        };
        match derivation.check(&Disk, &moment) {
            Checked::Same => (Verdict::Same, derivation.clone()),
            Checked::Restamped(restamped) => (Verdict::Restamped, restamped),
            Checked::Changed(_) => (Verdict::Changed, derivation.clone()),
        }
    }

    /// Returns how often something had to be looked at more closely.
    pub(crate) fn n_moments(&self) -> usize {
        self.moments.get()
    }
}

/// Returns the units of a plan, with what their packages tell compilers.
fn text(planned: &Planned) -> String {
    let facts: Vec<_> = planned.packages.packages.values().map(|it| &it.facts).collect();
    units::to_json(&planned.units.graph, &planned.packages) + &format!("{facts:?}")
}

/// The environment that cargo and rustc need, without what would change a plan.
#[expect(clippy::disallowed_methods, reason = "a test decides what of its environment counts")]
fn environment(fixture: &Fixture) -> Environment {
    let kept = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    let mut vars: std::collections::BTreeMap<OsString, OsString> = kept
        .into_iter()
        .filter_map(|name| env::var_os(name).map(|value| (OsString::from(name), value)))
        .collect();
    let path = env::var_os("PATH").unwrap_or_default();
    let directories = [fixture.path("bin").into_std_path_buf()].into_iter();
    let path = env::join_paths(directories.chain(env::split_paths(&path))).unwrap();
    vars.insert("PATH".into(), path);
    Environment { vars }
}
