//! The edits of one crate, judged by the digests and then by rustc.

use std::collections::BTreeSet;
use std::fmt;

use atlas_fingerprint::{
    CrateSource, FileSummary, HarmlessMacros, InterfaceDigests, View, interface_digests,
};

use crate::edits::{Edit, apply, edits};
use crate::metadata::Metadata;
use crate::subject::{Emit, SourceFile, Subject};

/// What came out for one crate.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) tally: Tally,
    /// What the digests say of each edit.
    pub(crate) judged: Vec<(Edit, Verdict)>,
    /// Edits that rustc sees and the digests do not.
    pub(crate) wrong: Vec<String>,
}

/// How many edits there were.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Tally {
    pub(crate) n_edits: usize,
    /// Neither digest sees them.
    pub(crate) n_unseen: usize,
    /// The signature does not see them.
    pub(crate) n_unsigned: usize,
    /// Of what was tried in each way to compile, what does not compile.
    pub(crate) n_discarded: usize,
    /// What was tried in each way to compile, and compared.
    pub(crate) n_compared: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.n_edits += other.n_edits;
        self.n_unseen += other.n_unseen;
        self.n_unsigned += other.n_unsigned;
        self.n_discarded += other.n_discarded;
        self.n_compared += other.n_compared;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |n: usize| n * 100 / self.n_edits.max(1);
        write!(
            f,
            "{:>6} edits, {:>3}% cut off in code, {:>3}% in signatures; {:>6} compared, {:>4} do not compile",
            self.n_edits,
            share(self.n_unseen),
            share(self.n_unsigned),
            self.n_compared,
            self.n_discarded
        )
    }
}

/// Tries at most so many edits of a crate in each of the ways to compile.
pub(crate) fn run(subject: &Subject, n_edits: usize, ways: &[Emit]) -> Trial {
    let all: Vec<Edit> = subject
        .files
        .iter()
        .enumerate()
        .flat_map(|(index, file)| edits(index, &file.text))
        .collect();
    let step = all.len().div_ceil(n_edits).max(1);
    let judged: Vec<(Edit, Verdict)> = judge(subject, all.into_iter().step_by(step));
    let mut trial = Trial { tally: Tally::default(), judged: Vec::new(), wrong: Vec::new() };
    trial.tally.n_edits = judged.len();
    trial.tally.n_unseen = judged.iter().filter(|(_, verdict)| verdict.is_unseen).count();
    trial.tally.n_unsigned = judged.iter().filter(|(_, verdict)| verdict.is_unsigned).count();
    for emit in ways {
        let is_meant = |edit: &Edit, verdict: &Verdict| match emit {
            Emit::Signature => verdict.is_same_signature,
            // Another operator can be another instance of a generic function.
            Emit::Code(0 | 1) => verdict.is_same_code && edit.is_literal,
            Emit::Code(_) | Emit::Unshared(_) => verdict.is_same_code,
        };
        let meant = judged.iter().filter(|(edit, verdict)| is_meant(edit, verdict));
        let meant: Vec<&Edit> = meant.map(|(edit, _)| edit).collect();
        if !meant.is_empty() {
            let metadata = Metadata::new(subject, *emit);
            compare(subject, *emit, &metadata, meant, &mut trial);
        }
    }
    trial.judged = judged;
    trial
}

/// What the digests say of an edit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) is_unseen: bool,
    pub(crate) is_unsigned: bool,
    /// The same if no private item went.
    pub(crate) is_same_code: bool,
    pub(crate) is_same_signature: bool,
}

fn judge(subject: &Subject, edits: impl Iterator<Item = Edit>) -> Vec<(Edit, Verdict)> {
    let summary = |text: &str| FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
    let mut summaries: Vec<FileSummary> =
        subject.files.iter().map(|file| summary(&file.text)).collect();
    let both = |summaries: &[FileSummary]| {
        let digests = |private| digests(&subject.files, summaries, private);
        (digests(Private::Goes), digests(Private::Stays))
    };
    let (before, before_with_private) = both(&summaries);
    let mut judged = Vec::new();
    for edit in edits {
        let edited = summary(&apply(&subject.files[edit.file].text, [&edit].into_iter()));
        let original = std::mem::replace(&mut summaries[edit.file], edited);
        let (after, after_with_private) = both(&summaries);
        summaries[edit.file] = original;
        let verdict = Verdict {
            is_unseen: before.codegen == after.codegen,
            is_unsigned: before.signature == after.signature,
            is_same_code: before_with_private.codegen == after_with_private.codegen,
            is_same_signature: before_with_private.signature == after_with_private.signature,
        };
        judged.push((edit, verdict));
    }
    judged
}

/// Whether private items go that nothing mentions. They are in metadata, where nobody can see them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Private {
    Goes,
    Stays,
}

fn digests(files: &[SourceFile], summaries: &[FileSummary], private: Private) -> InterfaceDigests {
    // A file that is no text may mention everything.
    let unreadable = FileSummary::of(b"\xff", View::TokensWithoutTests);
    let more = CrateSource { path: "unreadable.rs", module: "", summary: &unreadable };
    let sources: Vec<CrateSource<'_>> = files
        .iter()
        .zip(summaries)
        .map(|(file, summary)| CrateSource { path: &file.path, module: "", summary })
        .chain((private == Private::Stays).then_some(more))
        .collect();
    interface_digests(&sources, &HarmlessMacros::default())
}

/// Makes edits at once, or what of them compiles; finds those after which the metadata is another.
fn compare(
    subject: &Subject,
    emit: Emit,
    metadata: &Metadata,
    mut edits: Vec<&Edit>,
    trial: &mut Trial,
) {
    while !edits.is_empty() {
        let text = |(index, file): (usize, &SourceFile)| {
            apply(&file.text, edits.iter().copied().filter(|edit| edit.file == index))
        };
        let texts: Vec<String> = subject.files.iter().enumerate().map(text).collect();
        let error = match subject.compile(&texts, emit) {
            Ok(other) if metadata.is_same(&other) => {
                trial.tally.n_compared += edits.len();
                return;
            }
            Ok(_) => None,
            Err(error) => Some(error),
        };
        if let [edit] = edits[..] {
            match error {
                None => trial.wrong.push(describe(subject, emit, edit)),
                Some(_) => trial.tally.n_discarded += 1,
            }
            return;
        }
        let n_before = edits.len();
        if let Some(error) = &error {
            let lines = error_lines(error);
            edits.retain(|edit| {
                let is_there = |(path, line): &(&str, usize)| {
                    *line == edit.line && path.ends_with(&subject.files[edit.file].path)
                };
                !lines.iter().any(is_there)
            });
            trial.tally.n_discarded += n_before - edits.len();
        }
        if edits.len() == n_before {
            let rest = edits.split_off(n_before / 2);
            compare(subject, emit, metadata, rest, trial);
        }
    }
}

/// Returns the files and lines of errors, as the compiler shows them in its short format.
fn error_lines(text: &str) -> BTreeSet<(&str, usize)> {
    text.lines().filter_map(error_line).collect()
}

fn error_line(line: &str) -> Option<(&str, usize)> {
    let (place, message) = line.split_once(": ")?;
    message.starts_with("error").then_some(())?;
    let mut parts = place.rsplitn(3, ':');
    let line = parts.nth(1)?.parse().ok()?;
    Some((parts.next()?, line))
}

fn describe(subject: &Subject, emit: Emit, edit: &Edit) -> String {
    let file = &subject.files[edit.file];
    let line = file.text.lines().nth(edit.line - 1).unwrap_or_default().trim();
    let (path, name, number) = (&file.path, subject.name(), edit.line);
    format!("{name} {emit:?} {path}:{number}: {line}\n    becomes {}", edit.replacement)
}
