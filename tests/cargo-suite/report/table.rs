//! The results as a table, for people and for `docs/cargo-tests.md`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program is its output")]

use crate::expected::Expected;
use crate::verdict::{Verdict, Verdicts};

const HEAD: [&str; 9] = [
    "suite",
    "passed",
    "different",
    "failed",
    "rate",
    "handed over",
    "nightly",
    "elsewhere",
    "not here",
];

/// Says how a suite went, as soon as it is known.
pub(crate) fn progress(suite: &str, verdicts: &Verdicts) {
    eprintln!("{}", row(suite, &[verdicts]).join("  "));
    for test in verdicts.of(Verdict::Failed) {
        eprintln!("    failed: {test}");
    }
}

pub(crate) fn plain(all: &[(String, Verdicts)], expected: &Expected) {
    let rows = rows(all);
    for row in &rows {
        let cells = row.iter().enumerate().map(|(n, cell)| {
            let width = rows.iter().map(|row| row[n].len()).max().unwrap_or(0);
            if n == 0 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  "));
    }
    println!();
    for (group, tests) in groups(all, expected) {
        println!("different: {} ({})", expected.group[group].name, tests.len());
        tests.iter().for_each(|test| println!("    {test}"));
    }
    for (_, verdicts) in all {
        verdicts.of(Verdict::CargoFails).iter().for_each(|test| println!("cargo fails: {test}"));
        verdicts.of(Verdict::Failed).iter().for_each(|test| println!("failed: {test}"));
        verdicts.needless.iter().for_each(|test| println!("listed, but passes: {test}"));
    }
}

pub(crate) fn markdown(all: &[(String, Verdicts)], expected: &Expected) {
    for (n, row) in rows(all).iter().enumerate() {
        println!("| {} |", row.join(" | "));
        if n == 0 {
            println!("| --- |{}", " ---: |".repeat(row.len() - 1));
        }
    }
    for (group, tests) in groups(all, expected) {
        let group = &expected.group[group];
        println!("\n### {} ({})\n\n{}\n", group.name, tests.len(), group.reason.trim());
        let tests: Vec<_> = tests.iter().map(|test| format!("`{test}`")).collect();
        println!("{}", tests.join(", "));
    }
}

fn rows(all: &[(String, Verdicts)]) -> Vec<Vec<String>> {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    rows.extend(all.iter().map(|(suite, verdicts)| row(suite, &[verdicts])));
    let verdicts: Vec<_> = all.iter().map(|(_, verdicts)| verdicts).collect();
    rows.push(row("all", &verdicts));
    rows
}

fn row(name: &str, verdicts: &[&Verdicts]) -> Vec<String> {
    let count = |verdict| verdicts.iter().map(|it| it.count(verdict)).sum::<usize>();
    let different = verdicts.iter().map(|it| it.different()).sum::<usize>();
    let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
    let claimed = passed + different + failed;
    let per_mille = (passed * 1000).checked_div(claimed);
    let rate = per_mille.map_or("-".to_owned(), |it| format!("{}.{} %", it / 10, it % 10));
    vec![
        name.to_owned(),
        passed.to_string(),
        different.to_string(),
        failed.to_string(),
        rate,
        count(Verdict::HandedOver).to_string(),
        count(Verdict::Unstable).to_string(),
        count(Verdict::Elsewhere).to_string(),
        (count(Verdict::CargoFails) + count(Verdict::Ignored)).to_string(),
    ]
}

/// Returns the groups that have tests which differ, with these.
fn groups<'a>(all: &'a [(String, Verdicts)], expected: &Expected) -> Vec<(usize, Vec<&'a str>)> {
    let of_group = |group| {
        let tests = all.iter().flat_map(|(_, it)| it.of(Verdict::Different(group)));
        (group, tests.collect::<Vec<_>>())
    };
    let groups = (0..expected.group.len()).map(of_group);
    groups.filter(|(_, tests)| !tests.is_empty()).collect()
}
