//! Whole builds of a small workspace, with the real cargo and rustc: which units are built by the
//! next build after an edit, and that the program is the right one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsString;

use atlas_build::Surroundings;
use atlas_build::event::{Event, UnitDescription};
use atlas_build::execute::Jobserver;
use atlas_build::ids::DenseId;
use atlas_build::interrupt::Interrupt;
use atlas_build::process::CommandLine;
use atlas_build::request::{BuildRequest, Environment, Resolution};
use atlas_build::units::CompileMode;
use camino::{Utf8Path, Utf8PathBuf};

const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace]\nmembers = ['app', 'lib', 'mac']\nresolver = '3'\n"),
    (
        "app/Cargo.toml",
        "[package]\nname = 'app'\nversion = '0.1.0'\nedition = '2024'\n[dependencies]\n\
         lib = { path = '../lib' }\nmac = { path = '../mac' }\n",
    ),
    ("app/src/main.rs", "fn main() { println!(\"{} {}\", lib::answer(), mac::two!()); }"),
    ("lib/Cargo.toml", "[package]\nname = 'lib'\nversion = '0.1.0'\nedition = '2024'\n"),
    (
        "lib/build.rs",
        "fn main() { println!(\"cargo::rerun-if-changed=n\\ncargo::rustc-env=N={}\", std::fs::read_to_string(\"n\").unwrap()); }",
    ),
    ("lib/n", "40"),
    ("lib/src/lib.rs", "pub fn answer() -> String { env!(\"N\").to_owned() }"),
    (
        "mac/Cargo.toml",
        "[package]\nname = 'mac'\nversion = '0.1.0'\nedition = '2024'\n[lib]\nproc-macro = true\n",
    ),
    (
        "mac/src/lib.rs",
        "use proc_macro::TokenStream;\n\
         #[proc_macro] pub fn two(_: TokenStream) -> TokenStream { \"2\".parse().unwrap() }",
    ),
];

struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Project { directory: tempfile::tempdir().unwrap() };
        FILES.iter().for_each(|(path, content)| project.write(path, content));
        project
    }

    fn root(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.directory.path()).unwrap().canonicalize_utf8().unwrap()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    fn request(&self) -> BuildRequest {
        BuildRequest {
            resolution: Resolution { offline: true, ..Resolution::default() },
            ..BuildRequest::new(self.root(), Environment { vars: environment() })
        }
    }

    /// Builds; returns the names of what was built, sorted.
    #[track_caller]
    fn build(&self) -> String {
        let (mut names, mut built) = (Vec::new(), Vec::new());
        let jobserver = Jobserver::own(2).unwrap();
        let surroundings =
            Surroundings { jobserver: Some(&jobserver), interrupt: &Interrupt::new() };
        let mut events = |event| match event {
            Event::Planned(planned) => names = planned.units.values().map(name).collect(),
            Event::Started(id, _) => built.push(id),
            Event::Failed(id, failure) => panic!("{id:?} failed: {failure:?}"),
            _ => {}
        };
        let summary =
            atlas_build::build(&self.request(), &surroundings, &mut events).unwrap().summary;
        assert_eq!(summary.built, built.len());
        assert_eq!(summary.built + summary.fresh, names.len());
        let mut built: Vec<&str> = built.into_iter().map(|id| &*names[id.index()]).collect();
        built.sort_unstable();
        built.join(" ")
    }

    /// What the program prints.
    fn run(&self) -> String {
        let program = self.root().join("target/debug/app");
        let output = CommandLine::new(program, self.root()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "the test's own environment is what it builds with")]
fn environment() -> std::collections::BTreeMap<OsString, OsString> {
    let is_ours = |name: &OsString| {
        let name = name.to_string_lossy();
        ["PATH", "HOME", "TMPDIR"].contains(&&*name) || name.starts_with("RUSTUP_")
    };
    std::env::vars_os().filter(|(name, _)| is_ours(name)).collect()
}

/// The package, and what of its build script.
fn name(unit: &UnitDescription) -> String {
    match (unit.mode, unit.target.is_custom_build()) {
        (CompileMode::RunCustomBuild, _) => format!("{}:run", unit.package),
        (_, true) => format!("{}:script", unit.package),
        (_, false) => unit.package.clone(),
    }
}

#[test]
fn only_what_an_edit_touches_is_built() {
    let project = Project::new();
    assert_eq!(project.build(), "app lib lib:run lib:script mac");
    assert_eq!(project.run(), "40 2");
    assert_eq!(project.build(), "");

    project.write("app/src/main.rs", "fn main() { println!(\"{}\", lib::answer()); }");
    assert_eq!(project.build(), "app");
    assert_eq!(project.run(), "40");

    project.write("lib/n", "41");
    assert_eq!(project.build(), "app lib lib:run");
    assert_eq!(project.run(), "41");

    project.write("lib/src/lib.rs", "pub fn answer() -> u32 { 42 }");
    assert_eq!(project.build(), "app lib");
    assert_eq!(project.run(), "42");

    fs_err::remove_file(project.root().join("target/debug/app")).unwrap();
    assert_eq!(project.build(), "");
    assert_eq!(project.run(), "42");
}
