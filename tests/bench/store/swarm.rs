//! Several copies built at once: how long that takes, and how many compilers run. Processes are known
//! on Linux only, from `/proc`.

use std::collections::HashMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use atlas_tests::timing;

use crate::site::{Site, Who, compiled, remove};

/// How often processes are counted.
const INTERVAL: Duration = Duration::from_millis(50);

/// What it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Swarm {
    pub(crate) seconds: f64,
    /// The most compilers that were seen at once.
    pub(crate) peak: usize,
    /// Crates that the builds say they compiled.
    pub(crate) n_compiled: usize,
}

/// Builds the first `n` copies at once, each in a target directory of its own, from scratch.
pub(crate) fn build(site: &Site, who: Who, n: usize) -> Swarm {
    for n in 0..n {
        remove(&site.target(n));
    }
    let commands: Vec<_> = (0..n).map(|n| site.command(who, n)).collect();
    let start = timing::now();
    let (ended, ends) = mpsc::channel();
    for command in commands {
        let (running, ended) = (command.start(), ended.clone());
        thread::spawn(move || ended.send(running.wait()));
    }
    let (mut outcomes, mut peak) = (Vec::new(), 0);
    while outcomes.len() < n {
        match ends.recv_timeout(INTERVAL) {
            Ok(outcome) => outcomes.push(outcome),
            Err(RecvTimeoutError::Timeout) => peak = peak.max(compilers()),
            Err(RecvTimeoutError::Disconnected) => panic!("the waiting threads are gone"),
        }
    }
    let seconds = (timing::now() - start).as_secs_f64();
    let outcomes = outcomes.into_iter().map(|outcome| outcome.expect_success("a build"));
    let n_compiled = outcomes.map(|outcome| compiled(&outcome)).sum();
    println!(
        "{n} at once, {who:?}: {seconds:.2} s, {n_compiled} crates compiled, {peak} compilers"
    );
    Swarm { seconds, peak, n_compiled }
}

/// Returns how many compilers run that this process or one of its children has started.
fn compilers() -> usize {
    let processes = processes();
    let own = std::process::id();
    let is_ours = |pid: u32| {
        let parent = |pid: &u32| processes.get(pid).map(|(parent, _)| *parent);
        std::iter::successors(Some(pid), parent).any(|pid| pid == own)
    };
    processes.iter().filter(|(pid, (_, name))| name == "rustc" && is_ours(**pid)).count()
}

/// Returns the parent and the name of each process.
fn processes() -> HashMap<u32, (u32, String)> {
    let Ok(entries) = fs_err::read_dir("/proc") else { return HashMap::new() };
    let process = |entry: fs_err::DirEntry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs_err::read_to_string(entry.path().join("stat")).ok()?;
        // The second field is a name in parentheses, which may contain blanks.
        let (start, fields) = stat.rsplit_once(") ")?;
        let (_, name) = start.split_once('(')?;
        Some((pid, (fields.split(' ').nth(1)?.parse().ok()?, name.to_owned())))
    };
    entries.filter_map(|entry| process(entry.ok()?)).collect()
}
