//! Results of benchmarks and their limits, as lines of a table. Knows nothing of what was measured.
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

use crate::statistics::Summary;

/// What holds of a good result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// It is not smaller.
    AtLeast(f64),
    /// It is not larger.
    AtMost(f64),
    /// The number means nothing by itself.
    None,
}

/// A result.
#[derive(Clone, Debug)]
pub struct Row {
    what: String,
    result: Option<Summary>,
    unit: &'static str,
    limit: Limit,
}

impl Row {
    /// A ratio of two times of the same run.
    pub fn ratio(what: &str, result: Option<Summary>, limit: Limit) -> Self {
        Row { what: what.to_owned(), result, unit: "x", limit }
    }

    /// A time in milliseconds.
    pub fn milliseconds(what: &str, result: Option<Summary>, limit: Limit) -> Self {
        Row { what: what.to_owned(), result, unit: "ms", limit }
    }

    /// A number of things.
    pub fn count(what: &str, result: Option<Summary>, limit: Limit) -> Self {
        Row { what: what.to_owned(), result, unit: "", limit }
    }

    /// Memory in kilobytes.
    #[expect(clippy::cast_precision_loss, reason = "no machine has 2^52 kilobytes")]
    pub fn memory(what: &str, kilobytes: Option<u64>) -> Self {
        let result = Summary::of(kilobytes.map(|kilobytes| kilobytes as f64 / 1000.0));
        Row { what: what.to_owned(), result, unit: "MB", limit: Limit::None }
    }

    /// Returns whether the limit is kept. What could not be measured keeps none.
    pub fn is_kept(&self) -> bool {
        let median = self.result.map(|result| result.median);
        match self.limit {
            Limit::AtLeast(limit) => median.is_some_and(|median| median >= limit),
            Limit::AtMost(limit) => median.is_some_and(|median| median <= limit),
            Limit::None => true,
        }
    }

    fn cells(&self) -> [String; 4] {
        let unit = self.unit;
        let result = match self.result {
            Some(Summary { median, .. }) if unit.is_empty() => format!("{median}"),
            Some(Summary { median, min, max }) if min < max => {
                format!("{median:.2} {unit} ({min:.2} to {max:.2})")
            }
            Some(Summary { median, .. }) => format!("{median:.2} {unit}"),
            None => "not measured".to_owned(),
        };
        let limit = match self.limit {
            Limit::AtLeast(limit) => format!("at least {limit} {unit}").trim_end().to_owned(),
            Limit::AtMost(limit) => format!("at most {limit} {unit}").trim_end().to_owned(),
            Limit::None => String::new(),
        };
        let verdict = match (self.limit, self.is_kept()) {
            (Limit::None, _) => "",
            (_, true) => "kept",
            (_, false) => "not kept",
        };
        [self.what.clone(), result, limit, verdict.to_owned()]
    }
}

const HEAD: [&str; 4] = ["what", "median (least to greatest)", "limit", ""];
const NOTE: &str = "Ratios are of times of one run on one machine. The other numbers are of this machine at this \
                    moment, and say nothing about another.";

/// Prints rows below each other.
pub fn print(rows: &[Row]) {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [what, result, limit, verdict] in &lines {
        let [a, b, c] = widths;
        println!("{}", format!("{what:a$}  {result:b$}  {limit:c$}  {verdict}").trim_end());
    }
    println!("{NOTE}");
}

/// Prints rows as they stand in `docs/benchmarks.md`.
pub fn print_markdown(rows: &[Row]) {
    println!("| {} |", HEAD.join(" | "));
    println!("| --- | --- | --- | --- |");
    for row in rows {
        println!("| {} |", row.cells().join(" | "));
    }
    println!("\n{NOTE}");
}
