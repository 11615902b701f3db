//! What a program prints, made comparable: cargo and the program under test say the same about the
//! same build, but for the places of intermediate files, hashes and durations.
//!
//! | what | becomes |
//! | --- | --- |
//! | a unit's or package's own directory below the target directory | `<own>` |
//! | the value of `--out-dir` | `<out-dir>` |
//! | `--remap-path-prefix` to a name below `/atlas/` | left out |
//! | the target directory | `<target>` |
//! | 16 hex digits after a dash, after `-C metadata=` and in names of codegen units | `<hash>` |
//! | why a unit is dirty, the number of a thread that panics | left out |
//! | the duration in the closing line | `<time>` |
//! | how long tests took | `<time>` |
//! | what atlas adds to the closing line: `: 3 compiled, 180 fresh, 2 spared` | left out |
//! | `Blocking` on cargo's own package cache | left out: other processes of the machine cause it |

use camino::Utf8Path;
use serde_json::Value;

use crate::build::Build;

/// Returns standard error, made comparable.
pub fn stderr(build: &Build) -> String {
    text(&build.outcome.stderr, &build.target)
}

/// Returns standard output, made comparable.
pub fn stdout(build: &Build) -> String {
    text(&build.outcome.stdout, &build.target)
}

/// Returns the JSON messages on standard output, made comparable and sorted: messages of units that
/// do not depend on each other come in any order. Panics on a line that is no message.
pub fn messages(build: &Build) -> Vec<String> {
    let messages = build.outcome.stdout.lines().map(|line| {
        let parsed = serde_json::from_str::<cargo_metadata::Message>(line);
        parsed.unwrap_or_else(|error| panic!("not a message: {error}: {line}"));
        let mut value: Value = serde_json::from_str(line).expect("it was parsed before");
        comparable(&mut value, &build.target);
        value.to_string()
    });
    let mut messages: Vec<String> = messages.collect();
    messages.sort();
    messages
}

/// Returns which lines only one of two texts has, or that their order differs.
pub fn difference(cargo: &str, atlas: &str) -> Option<String> {
    if cargo == atlas {
        return None;
    }
    let mut ours: Vec<&str> = atlas.lines().collect();
    let mut theirs = Vec::new();
    for line in cargo.lines() {
        match ours.iter().position(|other| *other == line) {
            Some(place) => drop(ours.remove(place)),
            None => theirs.push(line),
        }
    }
    if theirs.is_empty() && ours.is_empty() {
        return Some(format!("another order\n--- cargo\n{cargo}\n--- atlas\n{atlas}"));
    }
    Some(format!("--- only cargo\n{}\n--- only atlas\n{}", theirs.join("\n"), ours.join("\n")))
}

fn comparable(value: &mut Value, target: &Utf8Path) {
    match value {
        Value::String(string) => *string = text(string, target),
        Value::Array(values) => values.iter_mut().for_each(|value| comparable(value, target)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| comparable(value, target));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn text(text: &str, target: &Utf8Path) -> String {
    let lines =
        text.lines().filter(|line| !line.contains("waiting for file lock on package cache"));
    lines.map(|line| self::line(line, target) + "\n").collect()
}

fn line(line: &str, target: &Utf8Path) -> String {
    let marked = line.replace(target.as_str(), "<target>").replace("<target>/atlas/", "<target>/");
    let line = without_out_dir(&without_duration(&places(&without_hashes(&marked))));
    let line = without_own_remap(&line);
    without_reason(&without_thread_id(&line))
}

/// `thread 'main' (1234) panicked at`.
fn without_thread_id(line: &str) -> String {
    let Some((start, end)) = line.split_once(") panicked at ") else { return line.to_owned() };
    let name = start.rsplit_once(" (").map_or(start, |(name, _)| name);
    format!("{name} panicked at {end}")
}

/// `Dirty a v0.1.0 (/a): the file ... has changed`.
fn without_reason(line: &str) -> String {
    match line.split_once(": ") {
        Some((start, _)) if line.trim_start().starts_with("Dirty ") => format!("{start}: <reason>"),
        _ => line.to_owned(),
    }
}

fn without_out_dir(line: &str) -> String {
    let Some((start, rest)) = line.split_once("--out-dir ") else { return line.to_owned() };
    let end = rest.split_once(' ').map_or("", |(_, end)| end);
    format!("{start}--out-dir <out-dir> {end}")
}

/// ` --remap-path-prefix=/t/out=/atlas/dep-1.0.0/out`.
fn without_own_remap(line: &str) -> String {
    let Some((start, rest)) = line.split_once(" --remap-path-prefix=") else {
        return line.to_owned();
    };
    let end = rest.find([' ', '`']).unwrap_or(rest.len());
    match rest[..end].contains("=/atlas/") {
        true => format!("{start}{}", &rest[end..]),
        false => line.to_owned(),
    }
}

fn without_duration(line: &str) -> String {
    if let Some((start, "s")) = line
        .rsplit_once("; finished in ")
        .map(|(it, time)| (it, time.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')))
    {
        return format!("{start}; finished in <time>");
    }
    match line.split_once(" target(s) in ") {
        Some((start, end)) => format!("{start} target(s) in {}", time(without_counts(end))),
        None => line.to_owned(),
    }
}

/// `0.02s` and `1m 02s`; anything else stays.
fn time(text: &str) -> &str {
    let units = text.split(' ').all(|part| {
        let number = part.trim_end_matches(['m', 's']);
        number.len() + 1 == part.len() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
    });
    if units { "<time>" } else { text }
}

/// `0.02s: 3 compiled, 180 fresh, 2 spared`; text after the time that is anything else stays.
fn without_counts(text: &str) -> &str {
    let Some((time, counts)) = text.split_once(": ") else { return text };
    let mut words = ["compiled", "restored", "fresh", "spared"].into_iter();
    let are_counts = counts.split(", ").all(|part| match part.split_once(' ') {
        Some((n, word)) => n.parse::<usize>().is_ok() && words.any(|known| known == word),
        None => false,
    });
    if are_counts { time } else { text }
}

/// Replaces every run of exactly 16 hex digits.
fn without_hashes(line: &str) -> String {
    let mut result = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let end = end.map_or(rest.len(), |end| start + end);
        let word = &rest[start..end];
        let is_hash = word.len() == 16 && word.chars().all(|c| c.is_ascii_hexdigit());
        result.push_str(&rest[..start]);
        result.push_str(if is_hash { "<hash>" } else { word });
        rest = &rest[end..];
    }
    result + rest
}

/// Gives the directories below `<target>` the same names: cargo has one for each purpose, the
/// program under test one for each unit.
fn places(line: &str) -> String {
    let mut result = String::new();
    let mut rest = line;
    while let Some(start) = rest.find("<target>/") {
        let end = rest[start..].find([' ', '`', '\'', '"', ':', ')', ',']);
        let end = end.map_or(rest.len(), |end| start + end);
        result.push_str(&rest[..start]);
        result.push_str(&place(&rest[start..end]));
        rest = &rest[end..];
    }
    result + rest
}

fn place(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let inner = |part: &&str| matches!(*part, "unit" | "build" | "incremental");
    if let Some(at) = parts.iter().position(inner) {
        parts[at] = "<own>";
        if parts.get(at + 1).is_some_and(|part| part.ends_with("-<hash>")) {
            parts.remove(at + 1);
        }
        // An `OUT_DIR` keeps its name.
        if parts.last() == Some(&"incremental") {
            parts.pop();
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::between("a --remap-path-prefix=/t/o=/atlas/d-1.0.0/out -L x`", "a -L x`")]
    #[case::last("a --remap-path-prefix=/t/o=/atlas/d-1.0.0/out`", "a`")]
    #[case::of_the_user("a --remap-path-prefix=/t/o=/x`", "a --remap-path-prefix=/t/o=/x`")]
    fn remaps_of_atlas_are_left_out(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(without_own_remap(line), expected);
    }

    #[rstest]
    #[case("metadata=0123456789abcdef x", "metadata=<hash> x")]
    #[case("-0123456789abcdef.rlib", "-<hash>.rlib")]
    #[case("deadbeef feed", "deadbeef feed")]
    #[case("é 0123456789abcdef0", "é 0123456789abcdef0")]
    fn only_hashes_are_hidden(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(without_hashes(line), expected);
    }

    #[rstest]
    #[case::of_cargo("in target(s) in 0.02s", "in target(s) in <time>")]
    #[case::long("in target(s) in 12m 02s", "in target(s) in <time>")]
    #[case::of_atlas("x target(s) in 0.02s: 3 compiled, 2 spared", "x target(s) in <time>")]
    #[case::other_text("x target(s) in 0.02s: 3 eaten", "x target(s) in 0.02s: 3 eaten")]
    #[case::twice("x target(s) in 1s: 3 fresh, 3 fresh", "x target(s) in 1s: 3 fresh, 3 fresh")]
    fn closing_line_loses_the_time_and_what_is_done(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(without_duration(line), expected);
    }

    #[rstest]
    #[case::script("`/t/atlas/debug/unit/a-0123456789abcdef/build-script-build`")]
    #[case::script("`/t/debug/build/a-0123456789abcdef/build-script-build`")]
    fn directories_of_units_are_alike(#[case] text: &str) {
        assert_eq!(line(text, "/t".into()), "`<target>/debug/<own>/build-script-build`");
    }
}
