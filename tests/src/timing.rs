//! How long programs take: one as seen from outside, and the compilers of a build as seen by a
//! `RUSTC_WRAPPER` around each of them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use camino::Utf8Path;

use crate::environment;
use crate::process::{Command, Outcome, run_inherited};

/// Names the file that [`time_and_run`] appends to.
const TIMES: &str = "ATLAS_TEST_TIMES";

/// Runs a program, and returns how long it took from its start to its end.
pub fn time(command: Command) -> (Duration, Outcome) {
    let start = Instant::now();
    let outcome = command.run();
    (start.elapsed(), outcome)
}

/// Has the compilers that a build starts timed, into a file that need not be there.
#[must_use]
pub fn timed_compilers(build: Command, log: &Utf8Path) -> Command {
    let wrapper = environment::sibling("time-rustc");
    build.env("RUSTC_WRAPPER", wrapper.as_str()).env(TIMES, log.as_str())
}

/// A compilation that a wrapper timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compilation {
    /// When it started, since 1970.
    pub started: Duration,
    /// How long it took.
    pub took: Duration,
}

impl Compilation {
    /// Returns when it ended, since 1970.
    pub fn ended(&self) -> Duration {
        self.started + self.took
    }
}

/// Returns the compilations that a log knows, in the order of their ends; questions to the
/// compiler, such as `rustc -vV`, are no compilations.
pub fn compilations(log: &Utf8Path) -> Vec<Compilation> {
    let text = fs_err::read_to_string(log).unwrap_or_default();
    let compilation = |line: &str| {
        let (started, took) = line.split_once(' ')?;
        let nanoseconds = |text: &str| text.parse().ok().map(Duration::from_nanos);
        Some(Compilation { started: nanoseconds(started)?, took: nanoseconds(took)? })
    };
    let lines = text.lines();
    lines.map(|line| compilation(line).unwrap_or_else(|| panic!("{log}: {line}"))).collect()
}

/// Returns the present moment, since 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970")
}

/// The timing wrapper: runs what its arguments say. The time from its own start to the compiler's
/// end is the compiler's; what the system takes to start the wrapper is not.
pub fn time_and_run() -> ExitCode {
    let (start, started) = (Instant::now(), now());
    let (argv, env, _) = environment::snapshot();
    let argv: Vec<String> = argv.into_iter().skip(1).collect();
    let code = run_inherited(&argv);
    let name = argv.iter().skip_while(|arg| *arg != "--crate-name").nth(1);
    if let (Some(log), true) = (env.get(TIMES), name.is_some_and(|name| name != "___")) {
        let line = format!("{} {}\n", started.as_nanos(), start.elapsed().as_nanos());
        // One write, so that wrappers running at the same time do not mix their lines.
        let file = OpenOptions::new().create(true).append(true).open(log);
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.unwrap_or_else(|error| panic!("cannot write to {log}: {error}"));
    }
    code
}
