//! Records with which arguments, environment and directory rustc and build scripts are started.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::build;
use crate::environment;
use crate::fixture::Fixture;
use crate::process::{Outcome, run_inherited};
use crate::selection::Selection;

/// Names the file that [`record_and_run`] appends to.
const RECORD: &str = "ATLAS_TEST_RECORD";
/// Names the directory that [`RECORDING_BUILD_SCRIPT`] writes to.
const SCRIPTS: &str = "ATLAS_TEST_SCRIPTS";

/// A build script's source that records its own start. `DIRECTIVES` in it may be replaced by
/// statements that print directives.
pub const RECORDING_BUILD_SCRIPT: &str = r#"
fn main() {
    let mut record = vec![std::env::current_dir().unwrap().display().to_string()];
    record.push(std::env::args().count().to_string());
    record.extend(std::env::args());
    record.extend(std::env::vars().map(|(name, value)| format!("{name}={value}")));
    let name = format!("{}-{}", std::env::var("CARGO_PKG_NAME").unwrap(), std::process::id());
    let dir = std::path::PathBuf::from(std::env::var_os("ATLAS_TEST_SCRIPTS").unwrap());
    std::fs::write(dir.join(name), record.join("\0")).unwrap();
    DIRECTIVES
}
"#;

/// One start of rustc or of a build script.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Record {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The working directory.
    pub cwd: String,
}

impl Record {
    /// Returns the value after a flag.
    pub fn value(&self, flag: &str) -> Option<&str> {
        let place = self.argv.iter().position(|arg| arg == flag)?;
        self.argv.get(place + 1).map(String::as_str)
    }

    /// Returns a variable, empty if unset.
    pub fn var(&self, name: &str) -> &str {
        self.env.get(name).map_or("", String::as_str)
    }
}

/// What one build started.
#[derive(Debug)]
pub struct Recording {
    /// How the build ended.
    pub outcome: Outcome,
    /// Starts of rustc that compile something.
    pub rustc: Vec<Record>,
    /// Starts of build scripts made from [`RECORDING_BUILD_SCRIPT`].
    pub scripts: Vec<Record>,
    /// The target directory.
    pub target: Utf8PathBuf,
}

/// Builds a selection with a program, `cargo` or the one under test, in a target directory of the
/// given name beside the workspace.
pub fn record(
    program: &Utf8Path,
    fixture: &Fixture,
    selection: &Selection,
    name: &str,
) -> Recording {
    let target = fixture.beside(name);
    let (log, scripts) =
        (fixture.beside(&format!("{name}.log")), fixture.beside(&format!("{name}.d")));
    fs_err::create_dir_all(&scripts).expect("the temporary directory is writable");
    let command = build::command(program, fixture, selection, &target)
        .env("RUSTC_WRAPPER", environment::sibling("record-rustc").as_str())
        .env(RECORD, log.as_str())
        .env(SCRIPTS, scripts.as_str());
    let outcome = command.run();
    Recording { outcome, rustc: compilations(&log), scripts: script_starts(&scripts), target }
}

/// Reads the log; questions such as `rustc -vV` are left out.
fn compilations(log: &Utf8Path) -> Vec<Record> {
    let text = fs_err::read_to_string(log).unwrap_or_default();
    let records = text.lines().map(|line| {
        serde_json::from_str::<Record>(line)
            .unwrap_or_else(|error| panic!("{log}: {error}: {line}"))
    });
    let compiles = |record: &Record| record.value("--crate-name").is_some_and(|name| name != "___");
    records.filter(compiles).collect()
}

fn script_starts(dir: &Utf8Path) -> Vec<Record> {
    let files = dir.read_dir_utf8().unwrap_or_else(|error| panic!("{dir}: {error}"));
    let records = files.map(|file| {
        let file = file.unwrap_or_else(|error| panic!("{dir}: {error}"));
        let text = fs_err::read_to_string(file.path()).expect("a build script wrote it");
        script_start(&text).unwrap_or_else(|| panic!("{} is not a record", file.path()))
    });
    records.collect()
}

fn script_start(text: &str) -> Option<Record> {
    let mut fields = text.split('\0');
    let cwd = fields.next()?.to_owned();
    let n_args: usize = fields.next()?.parse().ok()?;
    let argv = fields.by_ref().take(n_args).map(str::to_owned).collect();
    let vars = fields.filter_map(|field| field.split_once('='));
    let env = vars.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some(Record { argv, env, cwd })
}

/// The recording wrapper: appends a line to the log and runs what its arguments say.
pub fn record_and_run() -> ExitCode {
    let (mut argv, env, cwd) = environment::snapshot();
    let argv = argv.split_off(1.min(argv.len()));
    let log = env.get(RECORD).cloned();
    let record = Record { argv, env, cwd };
    if let Some(log) = log {
        let mut line = serde_json::to_vec(&record).expect("strings are JSON");
        line.push(b'\n');
        // One write, so that wrappers running at the same time do not mix their lines.
        let file = OpenOptions::new().create(true).append(true).open(&log);
        let written = file.and_then(|mut file| file.write_all(&line));
        written.unwrap_or_else(|error| panic!("cannot record to {log}: {error}"));
    }
    run_inherited(&record.argv)
}
