//! Plays sequences of steps and makes failing ones short.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atlas_tests::fixture::Fixture;
use camino::Utf8Path;

use crate::outcome::{self, Builder, Outcome};
use crate::step::{Kind, Step};
use crate::tree::{self, Files, Manner, State};

/// Shorter sequences that are tried before a failure is reported.
const MAX_TRIALS: usize = 40;

/// A build that came to something else than a clean one.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The place of the step before it.
    step: usize,
    /// The difference.
    difference: String,
}

/// How many builds were compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// All of them.
    pub(crate) n: usize,
    /// Those that succeeded.
    pub(crate) n_built: usize,
}

/// Which builds of a sequence are compared with clean ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compared {
    All,
    Last,
}

/// Plays a sequence; panics with the shortest one found that fails. Returns how many builds were
/// compared.
pub(crate) fn check(title: &str, start: &State, steps: &[Step]) -> Count {
    let failure = match play(start, steps, Compared::All) {
        Ok(n_compared) => return n_compared,
        Err(failure) => failure,
    };
    let (steps, failure) = shortened(start, steps[..failure.step].to_vec(), failure);
    let mut report = format!("{title} differs after {} steps:\n", steps.len());
    let mut state = start.clone();
    for step in &steps {
        let before = state.clone();
        step.edit(&mut state);
        let built = if step.is_built { "built" } else { "not built" };
        let _infallible = writeln!(report, "{:?} {:#x} ({built})", step.kind, step.seed);
        report += &changes(&before, &state);
    }
    panic!("{report}\n{}", failure.difference);
}

/// Leaves out steps as long as the last build differs.
fn shortened(start: &State, mut steps: Vec<Step>, mut failure: Failure) -> (Vec<Step>, Failure) {
    let mut n_trials = 0;
    let mut place = steps.len();
    while place > 0 && n_trials < MAX_TRIALS {
        place -= 1;
        let mut fewer = steps.clone();
        fewer.remove(place);
        n_trials += 1;
        if let Err(shorter) = play(start, &fewer, Compared::Last) {
            (steps, failure) = (fewer, shorter);
        }
    }
    (steps, failure)
}

/// Plays a sequence, in a new directory.
fn play(start: &State, steps: &[Step], compared: Compared) -> Result<Count, Failure> {
    let fixture = Fixture::empty();
    let mut state = start.clone();
    let mut on_disk = tree::begin(&fixture, &state);
    let mut clean: BTreeMap<(Files, Manner), Outcome> = BTreeMap::new();
    let mut n_compared = Count::default();
    for n_done in 0..=steps.len() {
        let is_last = n_done == steps.len();
        let step = n_done.checked_sub(1).map(|place| steps[place]);
        if let Some(step) = step {
            step.edit(&mut state);
            put(&fixture, &mut on_disk, &state, step);
            if !step.is_built && !is_last {
                continue;
            }
        }
        let incremental = outcome::build(&fixture, Builder::Atlas, &state.manner);
        if compared == Compared::Last && !is_last {
            continue;
        }
        let mut manner = state.manner.clone();
        manner.own.clear();
        let clean = clean.entry((state.files.clone(), manner)).or_insert_with(|| {
            outcome::clean(&fixture, state.origin.is_some());
            outcome::build(&fixture, Builder::Cargo, &state.manner)
        });
        assert!(n_done > 0 || clean.code == Some(0), "cargo fails at first: {}", clean.rest);
        n_compared.n += 1;
        n_compared.n_built += usize::from(clean.code == Some(0));
        let mut difference = incremental.difference(clean);
        if difference.is_none() && clean.code == Some(0) {
            difference = needless(&fixture, &state, &steps[..n_done]);
        }
        if let Some(difference) = difference {
            return Err(Failure { step: n_done, difference });
        }
    }
    Ok(n_compared)
}

/// Builds again, and returns what runs although nothing happened.
fn needless(fixture: &Fixture, state: &State, steps: &[Step]) -> Option<String> {
    let manner = &state.manner;
    let watches = |text: &String| text.contains("maybe.txt");
    // A script that watches what is not there runs each time.
    let is_absent = !state.files.contains_key("maybe.txt");
    let is_always_new = is_absent && state.files.get("build.rs").is_some_and(watches);
    if is_always_new || manner.own.get("--cache") == Some(&"none") {
        return None;
    }
    let mut again = outcome::ran_again(fixture, manner);
    // A file from the future that was read for the first time may have been written meanwhile.
    if steps.iter().any(|step| step.kind == Kind::Times) && !again.is_empty() {
        again = outcome::ran_again(fixture, manner);
    }
    (!again.is_empty()).then(|| format!("runs again: {again:?}"))
}

/// Brings a step to the disk.
fn put(fixture: &Fixture, on_disk: &mut Files, state: &State, step: Step) {
    let changed: Vec<&String> = match step.kind {
        Kind::SameTime => {
            let is_changed = |path: &&String| on_disk.get(*path) != state.files.get(*path);
            let is_there = |path: &&String| on_disk.contains_key(*path);
            state.files.keys().filter(is_there).filter(is_changed).collect()
        }
        _ => Vec::new(),
    };
    let times: Vec<_> = changed.iter().map(|path| fixture.modified(path)).collect();
    tree::write(fixture, on_disk, &state.files);
    for (path, time) in changed.into_iter().zip(times) {
        fixture.set_modified(path, time);
    }
    step.happen(fixture, state);
}

/// Shows what a step changes.
fn changes(before: &State, after: &State) -> String {
    let mut text = String::new();
    if before.manner != after.manner {
        let _infallible = writeln!(text, "    {:?}", after.manner);
    }
    for path in before.files.keys().filter(|path| !after.files.contains_key(*path)) {
        let _infallible = writeln!(text, "    {path} goes");
    }
    for (path, new) in &after.files {
        let old = before.files.get(path).map_or("", String::as_str);
        if old != new {
            text += &line_changes(Utf8Path::new(path), old, new);
        }
    }
    text
}

fn line_changes(path: &Utf8Path, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
    let same = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let left = old.len().min(new.len()) - same;
    let tail =
        old.iter().rev().zip(new.iter().rev()).take(left).take_while(|(l, r)| l == r).count();
    let mut text = format!("    {path}:{}\n", same + 1);
    let parts = [("-", &old[same..old.len() - tail]), ("+", &new[same..new.len() - tail])];
    for (sign, lines) in parts {
        for line in lines.iter().take(8) {
            let _infallible = writeln!(text, "      {sign} {line:?}");
        }
    }
    text
}
