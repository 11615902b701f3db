//! Visits as lines of a table, and all of them summed up. Knows nothing of how they came about.
#![expect(clippy::print_stdout, reason = "the program reports to the terminal")]

use std::time::Duration;

use atlas_tests::statistics::Summary;

use crate::tally::Tally;
use crate::visit::{Cost, Visit};

const HEAD: [&str; 9] =
    ["commit", "", "changed", "cut off", "atlas built", "cargo built", "atlas s", "cargo s", ""];
const WIDTHS: [usize; 9] = [9, 5, 7, 7, 11, 11, 7, 7, 0];

/// Characters of a difference.
const MAX_SHOWN: usize = 2000;

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Plain,
    Markdown,
}

impl Format {
    fn row(self, cells: &[String; 9]) -> String {
        if self == Format::Markdown {
            return format!("| {} |", cells.join(" | "));
        }
        let cells = cells.iter().zip(WIDTHS).enumerate().map(|(column, (cell, width))| {
            if column < 2 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

pub(crate) fn print_head(format: Format) {
    println!("{}", format.row(&HEAD.map(str::to_owned)));
    if format == Format::Markdown {
        println!("|{}", " --- |".repeat(HEAD.len()));
    }
}

pub(crate) fn print_visit(visit: &Visit, format: Format) {
    println!("{}", format.row(&cells(visit)));
}

/// Prints in which ways results differ.
pub(crate) fn print_differences(visits: &[Visit]) {
    for visit in visits.iter().filter(|visit| !visit.differences.is_empty()) {
        println!("\n{} of {} differs:", visit.subcommand, visit.commit);
        for difference in &visit.differences {
            println!("{}", difference.chars().take(MAX_SHOWN).collect::<String>());
        }
    }
}

/// Prints the sums of one subcommand; the first visit is a build from nothing and has no part in
/// counts and times.
pub(crate) fn print_summary(subcommand: &str, visits: &[Visit], format: Format) {
    let of_it: Vec<&Visit> = visits.iter().filter(|visit| visit.subcommand == subcommand).collect();
    match format {
        Format::Plain => println!("\n{subcommand}:"),
        Format::Markdown => println!("\n| `{subcommand}` | |\n| --- | --- |"),
    }
    for (what, number) in summary(&of_it) {
        match format {
            Format::Plain => println!("{what:52}  {number}"),
            Format::Markdown => println!("| {what} | {number} |"),
        }
    }
}

fn cells(visit: &Visit) -> [String; 9] {
    let verdict = match (visit.differences.len(), visit.is_success, visit.is_clean_known) {
        (0, true, true) => "as clean",
        (0, true, false) => "as cargo",
        (0, false, true) => "fails, as clean",
        (0, false, false) => "fails, as cargo",
        _ => "DIFFERS",
    };
    [
        visit.commit.chars().take(9).collect(),
        visit.subcommand.to_owned(),
        visit.tally.changed.to_string(),
        visit.tally.cut_off.to_string(),
        visit.tally.built.to_string(),
        visit.built_by_cargo.to_string(),
        seconds(visit.atlas.wall),
        seconds(visit.cargo.wall),
        verdict.to_owned(),
    ]
}

fn summary(visits: &[&Visit]) -> Vec<(&'static str, String)> {
    let count = |holds: fn(&Visit) -> bool| visits.iter().filter(|visit| holds(visit)).count();
    let later = visits.get(1..).unwrap_or_default();
    let mut tally = Tally::default();
    later.iter().for_each(|visit| tally += visit.tally);
    let built_by_cargo: usize = later.iter().map(|visit| visit.built_by_cargo).sum();
    let n_programs: usize = visits.iter().map(|visit| visit.n_programs).sum();
    let worked: Vec<&&Visit> = later.iter().filter(|visit| visit.built_by_cargo > 0).collect();
    let ratios = worked.iter().map(|visit| ratio(visit.cargo.wall, visit.atlas.wall));
    let ratios = Summary::of(ratios).map_or_else(|| "none".to_owned(), |ratio| ratio.to_string());
    vec![
        ("commits", visits.len().to_string()),
        ("commits that do not build, by cargo neither", count(|it| !it.is_success).to_string()),
        ("results compared with cargo's incremental builds", visits.len().to_string()),
        ("results compared with clean builds", count(|it| it.is_clean_known).to_string()),
        ("programs whose code and data were compared", n_programs.to_string()),
        ("results that differ", count(|it| !it.differences.is_empty()).to_string()),
        ("libraries changed", tally.changed.to_string()),
        ("of these: cut off", of(tally.cut_off, tally.changed)),
        ("of these: others see a change", of(tally.seen, tally.changed)),
        ("of these: not looked for", of(tally.barred, tally.changed)),
        ("of these: undone", of(tally.undone, tally.changed)),
        ("units of the workspace built by atlas", tally.built.to_string()),
        ("units spared because of what they see", tally.spared.to_string()),
        ("units of the workspace built by cargo", built_by_cargo.to_string()),
        ("commits for which cargo built something", worked.len().to_string()),
        ("time of atlas", total(later, |visit| visit.atlas)),
        ("time of cargo", total(later, |visit| visit.cargo)),
        ("cargo/atlas, where cargo built something", ratios),
    ]
}

/// Shows times, and the processor's in clock ticks, which are hundredths of a second nearly
/// everywhere.
fn total(visits: &[&Visit], cost: fn(&Visit) -> Cost) -> String {
    let wall: Duration = visits.iter().map(|visit| cost(visit).wall).sum();
    let ticks: u64 = visits.iter().map(|visit| cost(visit).cpu_ticks).sum();
    format!("{} s ({} s of processors)", seconds(wall), ticks / 100)
}

fn of(part: usize, whole: usize) -> String {
    match (part * 100).checked_div(whole) {
        Some(percent) => format!("{part} ({percent} %)"),
        None => part.to_string(),
    }
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn seconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(wall: [u64; 2], differences: &[&str]) -> Visit {
        let cost = |seconds| Cost { wall: Duration::from_secs(seconds), cpu_ticks: 250 };
        Visit {
            commit: "0123456789abcdef".to_owned(),
            subcommand: "check",
            is_success: true,
            atlas: cost(wall[0]),
            cargo: cost(wall[1]),
            tally: Tally { changed: 2, cut_off: 1, seen: 1, built: 3, ..Tally::default() },
            built_by_cargo: 6,
            is_clean_known: true,
            n_programs: 1,
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    #[test]
    fn a_visit_is_a_line() {
        let line = Format::Plain.row(&cells(&visit([1, 2], &[])));
        let expected = "012345678  check        2        1            3            6     1.00     2.00  as clean";
        assert_eq!(line, expected);
        let line = Format::Markdown.row(&cells(&visit([1, 2], &["exit code"])));
        assert_eq!(line, "| 012345678 | check | 2 | 1 | 3 | 6 | 1.00 | 2.00 | DIFFERS |");
    }

    #[test]
    fn the_first_build_counts_only_as_a_result() {
        let visits = [visit([100, 100], &[]), visit([1, 3], &[]), visit([1, 5], &["a", "b"])];
        let summary = summary(&visits.iter().collect::<Vec<_>>());
        let number = |wanted: &str| {
            let (_, number) = summary.iter().find(|(what, _)| *what == wanted).unwrap();
            number.as_str()
        };
        assert_eq!(number("commits"), "3");
        assert_eq!(number("results that differ"), "1");
        assert_eq!(number("of these: cut off"), "2 (50 %)");
        assert_eq!(number("units of the workspace built by cargo"), "12");
        assert_eq!(number("time of cargo"), "8.00 s (5 s of processors)");
        assert_eq!(number("cargo/atlas, where cargo built something"), "4.000 (3.000 to 5.000)");
    }
}
