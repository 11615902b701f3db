//! The layout of an explanation: what stands above what, columns, and how much of a long list is
//! shown. Knows no sentence.

use std::time::SystemTime;

use anstyle::Style;
use atlas_build::account::{Account, Fate, SpareRule, UnitAccount};

use super::effects::spared_from;
use super::names::Names;
use super::story::{self, RootCause, Story, duration, total};
use super::verdict::{self, Verdict};
use super::words;
use crate::report;
use crate::terminal::style;

/// How many lines of a list are shown.
const MAX_LINES: usize = 8;
const INDENT: &str = "    ";

/// A line of a table: the name of a unit, its time, and why.
type Row = [String; 3];

/// An explanation while it is laid out.
#[derive(Debug)]
pub(super) struct Page<'a> {
    account: &'a Account,
    names: Names,
    max_lines: usize,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    /// Creates an empty page; all of long lists is shown if `is_verbose`.
    pub(super) fn new(account: &'a Account, is_verbose: bool) -> Self {
        let max_lines = if is_verbose { usize::MAX } else { MAX_LINES };
        Page { account, names: Names::of(account), max_lines, lines: Vec::new() }
    }

    /// Returns the text.
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Explains the whole build.
    pub(super) fn overview(&mut self, today: SystemTime) {
        let story = Story::of(self.account);
        self.lines.push(words::summary(self.account, &story.counts, today));
        for cause in &story.causes {
            self.lines.push(String::new());
            self.root_cause(cause);
        }
        let tense = self.account.tense;
        if !story.restored.is_empty() {
            let saved = total(self.account, &story.restored);
            self.spared(words::restoring(tense, saved), &story.restored);
        }
        if !story.spared.is_empty() {
            let saved = total(self.account, &story.spared);
            self.spared(words::sparing(tense, saved), &story.spared);
        }
    }

    /// Explains some units, whatever became of them.
    pub(super) fn units(&mut self, units: &[usize], today: SystemTime) {
        let story = Story::of(self.account);
        self.lines.push(words::summary(self.account, &story.counts, today));
        for &unit in units {
            self.lines.push(String::new());
            self.unit(unit);
        }
    }

    fn root_cause(&mut self, cause: &RootCause) {
        let units = || cause.units.iter().map(|unit| &self.account.units[*unit]);
        let Some(first) = units().next() else { return };
        let Some(reason) = story::cause(first).map(|cause| &cause.reason) else { return };
        let subject = match cause.units[..] {
            [unit] => self.names.get(unit).to_owned(),
            _ => words::n_units(cause.units.len()),
        };
        let failed = units().any(|unit| matches!(unit.fate, Fate::Failed(_)));
        let is_known = units().any(|unit| duration(unit).is_some());
        let time = is_known.then(|| total(self.account, &cause.units));
        let time = words::taken(self.account.tense, time);
        let failure = if failed { ", failed" } else { "" };
        let headline = crate::reason::headline(reason, &self.account.workspace_root);
        let style = if failed { style::ERROR } else { style::LITERAL };
        self.lines.push(format!("{}{time}{failure}: {headline}", styled(style, &subject)));
        let has_followers = !cause.followers.is_empty();
        let is_news = |unit: &usize| verdict::is_news(&self.account.units[*unit], has_followers);
        let news: Vec<usize> = cause.units.iter().copied().filter(is_news).collect();
        self.evidence(1, words::details(reason, first), &news);
        if cause.units.len() > 1 {
            let note = |unit: &UnitAccount| match unit.fate {
                Fate::Failed(_) => "failed".to_owned(),
                _ => String::new(),
            };
            let rows = cause.units.iter().map(|unit| self.row(*unit, note)).collect();
            self.table(1, rows);
        }
        self.followers(&cause.followers);
    }

    /// Adds what a reason was found by, and what others see of units that were built for it. Items
    /// tell more than the module that they are in.
    fn evidence(&mut self, depth: usize, details: Vec<String>, units: &[usize]) {
        let mut verdicts: Vec<Verdict> = Vec::new();
        for unit in units {
            let verdict = Verdict::of(self.account, &self.names, *unit);
            if !verdicts.contains(&verdict) {
                verdicts.push(verdict);
            }
        }
        if verdicts.iter().all(|verdict| verdict.items.is_empty()) {
            self.block(depth, details);
        }
        for verdict in verdicts {
            self.verdict(depth, verdict);
        }
    }

    /// Adds what others see of a unit: in one line if it is one item.
    fn verdict(&mut self, depth: usize, verdict: Verdict) {
        let Verdict { mut items, consequence } = verdict;
        if let [item] = &mut items[..]
            && !consequence.is_empty()
        {
            item.push_str("; ");
            item.push_str(&consequence);
            return self.block(depth, items);
        }
        self.block(depth, items);
        if !consequence.is_empty() {
            self.lines.push(format!("{}{consequence}", INDENT.repeat(depth)));
        }
    }

    fn followers(&mut self, followers: &[usize]) {
        if followers.is_empty() {
            return;
        }
        let time = total(self.account, followers);
        let heading = words::followed(self.account, followers, time);
        self.lines.push(format!("{INDENT}{heading}"));
        let note = |unit: &UnitAccount| words::because(self.account, &self.names, unit);
        let rows = followers.iter().map(|unit| self.row(*unit, note)).collect();
        self.table(2, rows);
    }

    fn spared(&mut self, heading: String, units: &[usize]) {
        self.lines.push(String::new());
        self.lines.push(heading);
        let note = |unit: &UnitAccount| match &unit.fate {
            Fate::Spared(rule) => words::spared(self.account, &self.names, rule),
            _ => String::new(),
        };
        let rows = units.iter().map(|unit| self.row(*unit, note)).collect();
        self.table(1, rows);
    }

    /// Explains one unit: what became of it, the chain that led there, and what followed.
    fn unit(&mut self, index: usize) {
        let unit = &self.account.units[index];
        let name = styled(style::LITERAL, self.names.get(index));
        self.lines.push(format!("{name} {}", words::fate(self.account, &self.names, unit)));
        if let Some(below) = spared_from(self.account, index) {
            let built = &self.account.units[below];
            let fate = words::fate(self.account, &self.names, built);
            self.lines.push(format!("{INDENT}{} {fate}", self.names.get(below)));
            self.verdict(2, Verdict::of(self.account, &self.names, below));
        }
        let mut above = index;
        while let Some(parent) = story::parent(self.account, above) {
            let fate = words::fate(self.account, &self.names, &self.account.units[parent]);
            self.lines.push(format!("{INDENT}because {} {fate}", self.names.get(parent)));
            above = parent;
        }
        let root = &self.account.units[above];
        let reason = match &root.fate {
            Fate::Spared(SpareRule::EarlierResult { reason } | SpareRule::Stored { reason }) => {
                Some(reason)
            }
            _ => story::cause(root).map(|cause| &cause.reason),
        };
        let details = reason.map(|reason| words::details(reason, root)).unwrap_or_default();
        // Below the line that names the reason.
        let depth = if above == index { 1 } else { 2 };
        self.evidence(depth, details, &[above]);
        if above != index {
            self.verdict(1, Verdict::of(self.account, &self.names, index));
        }
        self.followers(&story::children(self.account, index));
    }

    fn row(&self, index: usize, note: impl Fn(&UnitAccount) -> String) -> Row {
        let unit = &self.account.units[index];
        let time = duration(unit).map(report::duration).unwrap_or_default();
        [self.names.get(index).to_owned(), time, note(unit)]
    }

    /// Adds a line for each row, in columns.
    fn table(&mut self, depth: usize, rows: Vec<Row>) {
        let (shown, n_more) = shortened(rows, self.max_lines);
        let width =
            |column: usize| shown.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [names, times] = [0, 1].map(width);
        let indent = INDENT.repeat(depth);
        for [name, time, note] in &shown {
            let line = format!("{indent}{name:names$}  {time:>times$}  {note}");
            self.lines.push(line.trim_end().to_owned());
        }
        self.more(&indent, n_more);
    }

    /// Adds lines below a heading.
    fn block(&mut self, depth: usize, lines: Vec<String>) {
        let indent = INDENT.repeat(depth);
        let (shown, n_more) = shortened(lines, self.max_lines);
        self.lines.extend(shown.into_iter().map(|line| format!("{indent}{line}")));
        self.more(&indent, n_more);
    }

    fn more(&mut self, indent: &str, n_more: usize) {
        if n_more > 0 {
            self.lines.push(format!("{indent}… and {n_more} more"));
        }
    }
}

/// Returns the start of a list and how much of it was left out; never just one entry is.
fn shortened<T>(mut list: Vec<T>, max: usize) -> (Vec<T>, usize) {
    let n = list.len();
    if n <= max.saturating_add(1) {
        return (list, 0);
    }
    list.truncate(max);
    (list, n - max)
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
