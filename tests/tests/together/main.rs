//! Several builds at once in one target directory. A wrapper around the compiler stops where a test
//! wants it to, so that the order of what happens is certain.
#![cfg(unix)]

mod edits;
mod overtaken;
mod shared;
mod waiting;

use std::collections::BTreeMap;

use atlas_tests::environment;
use atlas_tests::process::{Command, Running};
use atlas_tests::repeated::Repeated;

/// `app`, a program with a build script, uses `mid` and `side`, which use `leaf`.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mid", "side", "leaf"]
resolver = "2"
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
//- /leaf/src/lib.rs
pub const NUMBER: u32 = 1;
pub fn number() -> u32 {
    let mine = 10;
    mine
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /mid/src/lib.rs
pub fn mid() -> u32 {
    leaf::NUMBER
}
//- /side/Cargo.toml
[package]
name = "side"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /side/src/lib.rs
pub fn side() -> u32 {
    leaf::number()
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
side = { path = "../side" }
//- /app/build.rs
fn main() {
    println!("cargo::rerun-if-changed=data.txt");
    println!("cargo::rustc-env=DATA={}", std::fs::read_to_string("data.txt").unwrap().trim());
}
//- /app/data.txt
one
//- /app/src/main.rs
fn main() {
    println!("{} {} {}", mid::mid(), side::side(), env!("DATA"));
}
"#;

/// The workspace, with a compiler that writes down what it compiles and that can be stopped.
struct Shared {
    workspace: Repeated,
    wrapper: String,
}

impl Shared {
    fn new() -> Self {
        let workspace = Repeated::new(WORKSPACE);
        let fixture = &workspace.fixture;
        for pipe in ["pipe", "reached"] {
            let made = Command::new("mkfifo".into()).arg(fixture.beside(pipe).as_str()).run();
            drop(made.expect_success("mkfifo"));
        }
        let directory = fixture.beside("x").parent().expect("it is in a directory").to_owned();
        let wrapper = fixture.script(
            "rustc.sh",
            &format!(
                "here={directory}\n\
                 case \"$*\" in *\"--crate-name ___\"*) exec \"$@\";; *--crate-name*) ;; *) exec \"$@\";; esac\n\
                 unit=${{*#*--crate-name }}; unit=${{unit%% *}}\n\
                 case \"$*\" in *--emit=dep-info,metadata\" \"*) unit=\"check $unit\";; esac\n\
                 echo \"$unit\" >> $here/log\n\
                 if [ \"$HOLD\" = \"$unit\" ] && mkdir $here/held; then echo > $here/reached; cat $here/pipe; fi\n\
                 exec \"$@\""
            ),
        );
        Shared { wrapper: format!("RUSTC_WRAPPER={wrapper}"), workspace }
    }

    /// Starts a build.
    fn start(&self, selection: &str) -> Running {
        let selection = format!("{} {selection}", self.wrapper);
        self.workspace.command(&environment::atlas_binary(), &selection).start()
    }

    /// Starts a build and returns when its compiler has stopped that is to compile `unit`; it stops
    /// only once.
    fn start_and_hold(&self, unit: &str, selection: &str) -> Running {
        drop(fs_err::remove_dir(self.workspace.fixture.beside("held")));
        let running = self.start(&format!("HOLD='{unit}' {selection}"));
        fs_err::read(self.workspace.fixture.beside("reached")).expect("it is a pipe");
        running
    }

    /// Lets the compiler go on that has stopped.
    fn go_on(&self) {
        fs_err::write(self.workspace.fixture.beside("pipe"), "").expect("the compiler reads");
    }

    /// Builds; that must succeed.
    #[track_caller]
    fn build(&self, selection: &str) -> String {
        let outcome = self.start(selection).wait().expect_success(selection);
        no_errors(&outcome.stderr);
        outcome.stderr
    }

    /// Returns how often each unit was compiled since this was last asked.
    fn compiled(&self) -> BTreeMap<String, usize> {
        let log = self.workspace.fixture.beside("log");
        let text = fs_err::read_to_string(&log).unwrap_or_default();
        drop(fs_err::remove_file(log));
        let mut compiled = BTreeMap::new();
        for line in text.lines() {
            *compiled.entry(line.to_owned()).or_insert(0) += 1;
        }
        compiled
    }

    /// Checks which units were compiled, each once.
    #[track_caller]
    fn expect_once(&self, units: &[&str]) {
        let expected = units.iter().map(|unit| ((*unit).to_owned(), 1)).collect();
        assert_eq!(self.compiled(), expected);
    }

    fn prints(&self) -> String {
        self.workspace.prints("debug/app")
    }

    /// Waits for builds, which must succeed without a word of an error.
    #[track_caller]
    fn end_all(&self, running: impl IntoIterator<Item = Running>) {
        running.into_iter().for_each(|running| drop(self.end(running)));
    }

    /// Waits for a build, which must succeed without a word of an error.
    #[track_caller]
    fn end(&self, running: Running) -> String {
        let outcome = running.wait().expect_success("a build");
        no_errors(&outcome.stderr);
        outcome.stderr
    }
}

/// All compiles of a build.
const ALL: &[&str] = &["app", "build_script_build", "leaf", "mid", "side"];

#[track_caller]
fn no_errors(stderr: &str) {
    let is_bad = |line: &&str| line.starts_with("error") || line.starts_with("warning");
    assert_eq!(stderr.lines().find(is_bad), None, "{stderr}");
}
