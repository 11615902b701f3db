//! What the two copies of a day may say differently.
//!
//! | what | why |
//! | --- | --- |
//! | the order of lines | units and tests run side by side |
//! | `Compiling`, `Checking`, `Documenting` and `Fresh` lines that only cargo prints | work that was saved |
//! | the same of either, where the command fails | what was begun before the failure |
//! | `target/atlas/` for `target/` | where tests are |
//! | durations of tests and benchmarks, and how much `clean` has removed | they differ |
//! | `cargo` where atlas calls itself `cargo atlas` in usage and hints | its name |

use crate::world::Ran;

/// Words of lines that say what is built.
const BUILDING: &[&str] = &["Compiling ", "Checking ", "Documenting ", "Fresh ", "Blocking "];

/// Returns what differs, line by line; nothing if both said the same.
pub(crate) fn differences(cargo: &Ran, atlas: &Ran) -> Vec<String> {
    let mut found = Vec::new();
    if cargo.outcome.code != atlas.outcome.code {
        found.push(format!("exit code: {} by cargo, {} by atlas", cargo.code(), atlas.code()));
    }
    for (theirs, ours) in cargo.said.iter().zip(&atlas.said) {
        let mut ours: Vec<String> = ours.lines().map(line).collect();
        for theirs in theirs.lines().map(line) {
            match ours.iter().position(|ours| *ours == theirs) {
                Some(place) => drop(ours.remove(place)),
                None if is_work(&theirs) => {}
                None => found.push(format!("only cargo: {theirs}")),
            }
        }
        let failed = cargo.outcome.code != Some(0);
        ours.retain(|line| !(failed && is_work(line)));
        found.extend(ours.into_iter().map(|line| format!("only atlas: {line}")));
    }
    found
}

fn is_work(line: &str) -> bool {
    BUILDING.iter().any(|word| line.trim_start().starts_with(word))
}

fn line(line: &str) -> String {
    without_durations(line).replace("cargo atlas", "cargo").replace("target/atlas/", "target/")
}

/// Replaces numbers before `s`, `ms`, `ns` and the like where a duration is told.
fn without_durations(line: &str) -> String {
    let tells = [
        "finished in ",
        "ns/iter",
        "merged doctests compilation took",
        "all doctests ran in",
        " files, ",
    ];
    if !tells.iter().any(|told| line.contains(told)) {
        return line.to_owned();
    }
    let mut result = String::new();
    let mut in_number = false;
    for letter in line.chars() {
        let is_digit = letter.is_ascii_digit() || (in_number && matches!(letter, '.' | ','));
        if is_digit && !in_number {
            result.push('#');
        } else if !is_digit {
            result.push(letter);
        }
        in_number = is_digit;
    }
    result
}
