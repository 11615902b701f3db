//! Builds in several checkouts and target directories at once that share an empty store: what they have
//! in common is made once. A wrapper writes down what compilers make, and stops one of them where the
//! order matters.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use atlas_tests::SWEEP;
use atlas_tests::process::{Command, Running};
use atlas_tests::stored::{Place, Stored};
use rstest::rstest;

use crate::small;

/// `app` and `local` use packages of a registry: `top`, which has a build script, uses `mid` and
/// `mac`, a macro; `mid` uses `base`.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
local = { path = "local" }
[workspace]
//- /src/main.rs
fn main() { println!("{}", local::local()) }
//- /local/Cargo.toml
[package]
name = "local"
edition = "2021"
[dependencies]
top = "1"
//- /local/src/lib.rs
pub fn local() -> String { format!("local {}", top::top()) }
//- /../vendor/top/.cargo-checksum.json /../vendor/mid/.cargo-checksum.json /../vendor/base/.cargo-checksum.json /../vendor/mac/.cargo-checksum.json
{"files":{}}
//- /../vendor/top/Cargo.toml
[package]
name = "top"
version = "1.0.0"
edition = "2021"
[dependencies]
mid = "1"
mac = "1"
//- /../vendor/top/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("generated.rs"), "pub const NUMBER: u32 = 7;").unwrap();
}
//- /../vendor/top/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
pub fn top() -> String { format!("top {} {} {}", NUMBER, mac::two!(), mid::mid()) }
//- /../vendor/mid/Cargo.toml
[package]
name = "mid"
version = "1.0.0"
edition = "2021"
[dependencies]
base = "1"
//- /../vendor/mid/src/lib.rs
pub fn mid() -> u32 { base::base() }
//- /../vendor/base/Cargo.toml
[package]
name = "base"
version = "1.0.0"
edition = "2021"
//- /../vendor/base/src/lib.rs
pub fn base() -> u32 { 3 }
//- /../vendor/mac/Cargo.toml
[package]
name = "mac"
version = "1.0.0"
edition = "2021"
[lib]
proc-macro = true
//- /../vendor/mac/src/lib.rs
#[proc_macro]
pub fn two(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "2".parse().unwrap() }
//- /../none/Cargo.toml
[package]
name = "none"
edition = "2021"
[workspace]
//- /../none/src/lib.rs
"#;

const PRINTED: &str = "local top 7 2 3\n";

/// The crates that no workspace has for itself.
const FOREIGN: &[&str] = &["base", "build_script_build", "mac", "mid", "top"];

/// Several checkouts of the workspace.
struct Many {
    stored: Stored,
    names: Vec<[String; 2]>,
    selection: String,
}

impl Many {
    fn new(n: usize) -> Self {
        let stored = Stored::new(WORKSPACE);
        stored.vendor("ws");
        let base = stored.beside("x").parent().expect("it is in a directory").to_owned();
        for pipe in ["pipe", "reached"] {
            let made = Command::new("mkfifo".into()).arg(base.join(pipe).as_str()).run();
            drop(made.expect_success("mkfifo"));
        }
        let wrapper = stored.script(
            "wrapper.sh",
            &format!(
                "here={base}\n\
                 case \"$*\" in *\"--crate-name ___\"*) exec \"$@\";; *--crate-name*) ;; *) exec \"$@\";; esac\n\
                 unit=${{*#*--crate-name }}; unit=${{unit%% *}}\n\
                 echo \"$unit\" >> $here/log\n\
                 if [ \"$HOLD\" = \"$unit\" ] && mkdir $here/held; then echo > $here/reached; cat $here/pipe; fi\n\
                 exec \"$@\""
            ),
        );
        let names: Vec<[String; 2]> =
            (0..n).map(|n| [format!("ws{n}"), format!("target{n}")]).collect();
        for [workspace, _] in &names {
            stored.copy_directory("ws", workspace);
        }
        Many { stored, names, selection: format!("CARGO_INCREMENTAL=0 RUSTC_WRAPPER={wrapper}") }
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.names.iter().map(|[workspace, target]| Place { workspace, target })
    }

    fn start(&self, place: Place<'_>) -> Running {
        self.stored.command(place, &self.selection).arg("-vv").start()
    }

    #[track_caller]
    fn end(&self, place: Place<'_>, running: Running) {
        let outcome = running.wait().expect_success("a build beside others");
        assert_eq!(small::warnings(&outcome), [""; 0]);
        assert_eq!(self.stored.prints(place, "debug/app"), PRINTED);
    }

    fn compiled(&self) -> BTreeMap<String, usize> {
        let text = fs_err::read_to_string(self.stored.beside("log")).unwrap_or_default();
        let mut compiled = BTreeMap::new();
        for line in text.lines() {
            *compiled.entry(line.to_owned()).or_insert(0) += 1;
        }
        compiled
    }

    /// Checks that what is common was compiled once, and what is not in each checkout.
    #[track_caller]
    fn expect_once(&self) {
        let mut expected: BTreeMap<String, usize> =
            FOREIGN.iter().map(|name| ((*name).to_owned(), 1)).collect();
        for name in ["app", "local"] {
            expected.insert(name.to_owned(), self.names.len());
        }
        assert_eq!(self.compiled(), expected);
        small::expect_whole(&self.stored, "in the end");
    }
}

#[rstest]
#[case::two(2)]
#[case::six(6)]
#[cfg_attr(sweep, case::sixteen(16))]
fn builds_with_one_cold_store(#[case] n: usize) {
    let many = Many::new(n);
    let running: Vec<_> = many.places().map(|place| (place, many.start(place))).collect();
    for (place, running) in running {
        many.end(place, running);
    }
    many.expect_once();
}

/// Who comes later waits for what the first one compiles, and has it from the store then.
#[rstest]
#[case::base("base")]
#[case::macros("mac")]
#[case::top("top")]
#[case::build_script("build_script_build")]
fn one_waits_for_what_the_other_compiles(#[case] held: &str) {
    let mut many = Many::new(2);
    let plain = many.selection.clone();
    many.selection = format!("HOLD={held} {plain}");
    let [first, second] = [0, 1].map(|n| {
        let [workspace, target] = &many.names[n];
        Place { workspace, target }
    });
    let first_running = many.start(first);
    fs_err::read(many.stored.beside("reached")).expect("it is a pipe");
    let mut second_running = many.start(second);
    second_running.hear("waiting for another process to build");
    fs_err::write(many.stored.beside("pipe"), "").expect("the compiler reads");
    many.end(first, first_running);
    many.end(second, second_running);
    many.expect_once();
}

/// Who waits goes on by itself if the one who compiles is killed.
#[test]
fn one_goes_on_if_the_other_is_killed() {
    let mut many = Many::new(2);
    let plain = many.selection.clone();
    many.selection = format!("HOLD=base {plain}");
    let [first, second] = [0, 1].map(|n| {
        let [workspace, target] = &many.names[n];
        Place { workspace, target }
    });
    let first_running = many.start(first);
    fs_err::read(many.stored.beside("reached")).expect("it is a pipe");
    let mut second_running = many.start(second);
    second_running.hear("waiting for another process to build");
    first_running.kill();
    // The orphan has the claim until it ends.
    fs_err::write(many.stored.beside("pipe"), "").expect("the compiler reads");
    many.end(second, second_running);
    many.end(first, many.start(first));
    small::expect_whole(&many.stored, "in the end");
}

/// The store is collected again and again meanwhile, to nothing.
#[rstest]
#[case::two(2)]
#[case::four(4)]
#[cfg_attr(sweep, case::sixteen(16))]
fn builds_beside_collections(#[case] n: usize) {
    let many = Many::new(n);
    let n_rounds = if SWEEP { 8 } else { 2 };
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let collector = scope.spawn(|| {
            let mut n = 0;
            while n == 0 || !is_over.load(Ordering::Relaxed) {
                let line = "clean --gc --max-size 0 --max-age 0s";
                let outcome = small::atlas(&many.stored, "none", line).run();
                drop(outcome.expect_success("a collection beside builds"));
                n += 1;
            }
            n
        });
        for _ in 0..n_rounds {
            let running: Vec<_> = many.places().map(|place| (place, many.start(place))).collect();
            for (place, running) in running {
                many.end(place, running);
                many.stored.remove_directory(place.target);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(collector.join().expect("it has not panicked") > 0);
    });
    small::expect_whole(&many.stored, "in the end");
}
