//! Runs a program and records which files it opens, changes and lists, and which processes it
//! starts: seen by the kernel through ptrace, so that nothing has to be taken on trust.
//!
//! Threads and child processes are followed. Of a call that fails nothing is recorded: a program
//! may ask for any number of files that are not there. Files that are only asked about (`stat`) are
//! not recorded either.

mod calls;
mod remote;
mod tracer;

pub use tracer::{kill_at, trace};

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::process::Outcome;

/// What a program did.
#[derive(Debug)]
pub struct Trace {
    /// How it ended and what it said.
    pub outcome: Outcome,
    /// Files and directories that were opened, for reading or for writing.
    pub opened: BTreeSet<Utf8PathBuf>,
    /// What was opened for writing, made, renamed, removed, or given other attributes.
    pub changed: BTreeSet<Utf8PathBuf>,
    /// Directories whose entries were read.
    pub listed: BTreeSet<Utf8PathBuf>,
    /// The processes it started, itself left out: command lines, or who forked if no program was
    /// started in the fork.
    pub processes: Vec<String>,
    /// The largest resident set of the program itself, in kilobytes.
    pub peak_kb: Option<u64>,
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::fixture::Fixture;
    use crate::process::Command;

    fn shell(fixture: &Fixture, script: &str) -> Trace {
        let shell = Command::new(Utf8Path::new("sh")).cwd(fixture.root()).args(&["-c", script]);
        trace(shell)
    }

    fn paths(fixture: &Fixture, names: &[&str]) -> BTreeSet<Utf8PathBuf> {
        names.iter().map(|name| fixture.path(name)).collect()
    }

    #[test]
    fn a_child_and_what_it_opens_are_seen() {
        let fixture = Fixture::new("//- /file\nhello\n");
        let trace = shell(&fixture, "cat file; cat missing; true");
        assert_eq!(trace.processes, ["cat file", "cat missing"]);
        assert_eq!(trace.outcome.stdout, "hello\n");
        assert!(trace.outcome.success() && trace.outcome.stderr.contains("missing"), "{trace:?}");
        assert!(trace.opened.contains(&fixture.path("file")), "{trace:?}");
        assert!(!trace.opened.contains(&fixture.path("missing")), "{trace:?}");
        assert_eq!(trace.changed, BTreeSet::new());
        assert_eq!(trace.listed, BTreeSet::new());
    }

    #[test]
    fn a_fork_without_a_program_is_a_process() {
        let trace = shell(&Fixture::empty(), "(exit 3); exit $?");
        assert_eq!(trace.outcome.code, Some(3));
        assert_eq!(trace.processes.len(), 1, "{trace:?}");
        assert!(trace.processes[0].starts_with("a fork of sh -c"), "{trace:?}");
    }

    #[test]
    fn a_program_that_becomes_another_is_a_process() {
        assert_eq!(shell(&Fixture::empty(), "exec true").processes, ["true"]);
    }

    #[test]
    fn changes_and_listings_are_seen() {
        let fixture = Fixture::new("//- /old /gone\n");
        let script = "echo x > new; mv old other; rm gone; mkdir dir; ln other dir/link; ls dir";
        let trace = shell(&fixture, script);
        let changed = paths(&fixture, &["new", "old", "other", "gone", "dir", "dir/link"]);
        assert_eq!(trace.changed, changed, "{trace:?}");
        assert_eq!(trace.listed, paths(&fixture, &["dir"]));
        assert!(trace.opened.contains(&fixture.path("new")), "{trace:?}");
    }

    #[test]
    fn attributes_are_changes() {
        let fixture = Fixture::new("//- /touched /mode /untouched\n");
        let trace = shell(&fixture, "touch -c touched; chmod 600 mode; test -f untouched");
        assert_eq!(trace.changed, paths(&fixture, &["touched", "mode"]));
    }

    /// rustc compiles in a thread of its own.
    #[test]
    fn threads_are_followed_and_are_no_processes() {
        let fixture = Fixture::new("//- /a.rs\npub fn f() {}\n");
        let rustc = Command::new(Utf8Path::new("rustc")).cwd(fixture.root());
        let args = ["--crate-type", "lib", "--emit", "metadata", "a.rs"];
        let trace = trace(rustc.args(&args));
        assert!(trace.outcome.success(), "{trace:?}");
        assert!(trace.opened.contains(&fixture.path("a.rs")), "{trace:?}");
        assert!(trace.changed.contains(&fixture.path("liba.rmeta")), "{trace:?}");
        assert_eq!(trace.processes, Vec::<String>::new());
        assert!(trace.peak_kb.is_some_and(|kb| kb > 10_000), "{trace:?}");
    }

    #[test]
    fn a_signal_reaches_the_program() {
        assert_eq!(shell(&Fixture::empty(), "kill -TERM $$").outcome.code, None);
        let trapped = shell(&Fixture::empty(), "trap 'exit 5' TERM; kill -TERM $$; exit 1");
        assert_eq!(trapped.outcome.code, Some(5));
    }
}
