//! `cargo atlas clean`: as cargo's, and collections. What is left on disk is compared file by file, and
//! a build after that says what was missed.

mod collected;
mod like_cargo;
mod swept;

use std::collections::BTreeSet;
use std::fs::FileTimes;
use std::time::{Duration, SystemTime};

use atlas_tests::environment;
#[cfg(unix)]
use atlas_tests::process::Running;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::repeated::Repeated;
use camino::{Utf8Path, Utf8PathBuf};

/// A library with a build script and a feature, and a program that uses it.
const WORKSPACE: &str = "
//- /Cargo.toml
[workspace]
members = [\"lib\", \"app\"]
resolver = \"2\"
//- /lib/Cargo.toml
[package]
name = \"lib\"
version = \"0.1.0\"
edition = \"2021\"
[features]
more = []
//- /lib/build.rs
fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); }
//- /lib/src/lib.rs
pub fn number() -> u32 { if cfg!(feature = \"more\") { 2 } else { 1 } }
//- /app/Cargo.toml
[package]
name = \"app\"
version = \"0.1.0\"
edition = \"2021\"
[features]
more = [\"lib/more\"]
[dependencies]
lib = { path = \"../lib\" }
//- /app/src/main.rs
fn main() { println!(\"{}\", lib::number()); }
";

/// Units of the workspace.
const ALL: &[&str] = &["app/bin", "lib/build-script", "lib/lib", "lib/run-build-script"];

const DAY: Duration = Duration::from_hours(24);

/// Runs a `clean` by a program.
fn clean(workspace: &Repeated, program: &Utf8Path, args: &str) -> Outcome {
    command(workspace, program, args).run()
}

/// Returns the command of a `clean` by a program.
fn command(workspace: &Repeated, program: &Utf8Path, args: &str) -> Command {
    let words: Vec<String> =
        args.split_whitespace().map(|word| word.replace("HOST", environment::host())).collect();
    let command = Command::new(program)
        .cwd(workspace.fixture.root())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TARGET_DIR", workspace.target.as_str());
    command.arg("clean").args(&words)
}

/// Runs a `clean` of atlas, which has to succeed.
#[track_caller]
fn cleaned(workspace: &Repeated, args: &str) -> Outcome {
    clean(workspace, &environment::atlas_binary(), args).expect_success(args)
}

/// Builds and checks what ran.
#[track_caller]
fn expect(workspace: &Repeated, selection: &str, expected: &[&str]) {
    let ran = workspace.ran(selection);
    assert_eq!(ran.iter().map(String::as_str).collect::<Vec<_>>(), expected, "`{selection}`");
}

/// A build that stands still while it compiles the library.
#[cfg(unix)]
struct Stopped<'a> {
    workspace: &'a Repeated,
    selection: String,
    running: Running,
}

#[cfg(unix)]
impl<'a> Stopped<'a> {
    /// Starts it.
    fn new(workspace: &'a Repeated) -> Self {
        let fixture = &workspace.fixture;
        let script = fixture.script(
            "rustc.sh",
            "case \"$*\" in *\"--crate-name lib \"*) echo > reached; cat pipe;; esac\nexec \"$@\"",
        );
        for pipe in ["pipe", "reached"] {
            let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
            assert!(made.success(), "{}", made.stderr);
        }
        let selection = format!("RUSTC_WRAPPER={script}");
        let running = workspace.command(&environment::atlas_binary(), &selection).start();
        fs_err::read(fixture.path("reached")).expect("it is a pipe");
        Stopped { workspace, selection, running }
    }

    /// Lets it go on to its end, which has to be a good one. Returns what was built.
    fn finish(self) -> String {
        fs_err::write(self.workspace.fixture.path("pipe"), "").expect("the compiler reads");
        drop(self.running.wait().expect_success("the build"));
        self.selection
    }
}

/// Returns everything below a directory, directories with a slash at the end.
fn tree(directory: &Utf8Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(next) = waiting.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in next.read_dir_utf8().expect("the directory is there") {
            let path = entry.expect("the directory can be read").into_path();
            let relative = path.strip_prefix(directory).expect("it is below");
            if path.is_dir() {
                found.insert(format!("{relative}/"));
                waiting.push(path);
            } else {
                found.insert(relative.to_string());
            }
        }
    }
    found
}

/// Makes files look as if they had been written and read that long ago.
fn age(paths: impl IntoIterator<Item = Utf8PathBuf>, ago: Duration) {
    let time = SystemTime::now() - ago;
    let times = FileTimes::new().set_modified(time).set_accessed(time);
    for path in paths {
        let file = fs_err::File::open(&path).unwrap_or_else(|error| panic!("{error}"));
        file.file().set_times(times).expect("the owner may set them");
    }
}
