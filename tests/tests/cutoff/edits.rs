//! One edit at a time in a workspace of sixty crates: exactly which units run, for a build and for a
//! check, and what the program prints then.

use atlas_tests::repeated::{self, Repeated};
use atlas_tests::restored::Restored;

use crate::numbers::{Item, Numbers};
use crate::sixty::{self, BOTTOM, HIGH, HUB};
use crate::{checked, set};

/// Who is compiled after an edit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sees {
    /// Nobody at all.
    Nobody,
    /// The crate itself; of a build, what links it.
    Itself,
    /// All above it, too.
    All,
}

use Sees::{All, Itself, Nobody};

/// An edit and what comes of it.
struct Case {
    name: &'static str,
    /// The crate.
    number: usize,
    /// Replaced texts of its root module, unless a path says of which file.
    replaced: &'static [(&'static str, &'static str)],
    build: Sees,
    check: Sees,
    /// What becomes larger by that.
    numbers: &'static [(Item, i64)],
}

const fn case(
    name: &'static str,
    number: usize,
    replaced: &'static [(&'static str, &'static str)],
    sees: (Sees, Sees),
    numbers: &'static [(Item, i64)],
) -> Case {
    let (build, check) = sees;
    Case { name, number, replaced, build, check, numbers }
}

const CASES: &[Case] = &[
    // What a crate keeps to itself, at the bottom of all.
    case("body", BOTTOM, &[("5 + inner", "6 + inner")], (Itself, Itself), &[(Item::Value, 1)]),
    case(
        "body in a module",
        BOTTOM,
        &[("inner.rs:     4", "    3")],
        (Itself, Itself),
        &[(Item::Value, -1)],
    ),
    case(
        "method",
        BOTTOM,
        &[("self.left + self.right", "self.left + self.right + 1")],
        (Itself, Itself),
        &[(Item::Sum, 1), (Item::Value, 1)],
    ),
    case(
        "method of a trait",
        BOTTOM,
        &[("self.left * 11", "self.left * 12")],
        (Itself, Itself),
        &[(Item::Twice, 2)],
    ),
    case(
        "read of a static",
        BOTTOM,
        &[("COUNT + 1", "COUNT + 2")],
        (Itself, Itself),
        &[(Item::Counted, 1)],
    ),
    case("comment", BOTTOM, &[("// comment", "// remark")], (Nobody, Nobody), &[]),
    case("body of a test", BOTTOM, &[("(1, 1)", "(2, 2)")], (Nobody, Nobody), &[]),
    case("test added", BOTTOM, &[("#[test]", "#[test] fn t() {} #[test]")], (Nobody, Nobody), &[]),
    case(
        "private function added",
        BOTTOM,
        &[
            ("5 + inner", "added() + inner"),
            ("#[cfg(test)]", "fn added() -> u64 { 1 }\n#[cfg(test)]"),
        ],
        (Itself, Itself),
        &[(Item::Value, -4)],
    ),
    case(
        "signature of a private function",
        BOTTOM,
        &[
            ("fn private()", "fn private(n: u64)"),
            ("private() +", "private(1) +"),
            ("5 + inner", "n + inner"),
        ],
        (Itself, Itself),
        &[(Item::Value, -4)],
    ),
    case("documentation", BOTTOM, &[("Documented", "Described")], (Itself, Itself), &[]),
    case(
        "lines moved in a module without generic code",
        BOTTOM,
        &[("inner.rs: pub(crate)", "\n// Above.\n\npub(crate)")],
        (Itself, Itself),
        &[],
    ),
    // What dependents compile themselves, but do not check.
    case(
        "generic body",
        HIGH,
        &[("value.into() + 9", "value.into() + 8")],
        (All, Itself),
        &[(Item::Generic, -1)],
    ),
    case("inline body", HIGH, &[("    10\n", "    12\n")], (All, Itself), &[(Item::Inlined, 2)]),
    case(
        "default method",
        HIGH,
        &[("self.area() * 2", "self.area() * 3")],
        (All, Itself),
        &[(Item::Twice, 11)],
    ),
    case(
        "lines moved above generic code",
        HIGH,
        &[("mod inner;", "\nmod inner;")],
        (All, Itself),
        &[],
    ),
    case("derive moved", HIGH, &[("#[derive", "\n#[derive")], (All, Itself), &[]),
    // What dependents see.
    case(
        "public function added",
        HIGH,
        &[("#[cfg(test)]", "pub fn added() {}\n#[cfg(test)]")],
        (All, All),
        &[],
    ),
    case(
        "public signature",
        HIGH,
        &[("counted() -> u64", "counted() -> u32"), ("COUNT + 1", "COUNT as u32 + 1")],
        (All, All),
        &[],
    ),
    case(
        "private field",
        HIGH,
        &[
            ("right: u64", "right: u32"),
            ("self.left + self.right", "self.left + u64::from(self.right)"),
        ],
        (All, All),
        &[],
    ),
    case("constant", HIGH, &[("= 8", "= 9")], (All, All), &[(Item::Limit, 1)]),
    case("private static", HIGH, &[("= 6", "= 7")], (All, All), &[(Item::Counted, 1)]),
    case(
        "implementation added",
        HIGH,
        &[("#[cfg(test)]", "impl Shape for u8 { fn area(&self) -> u64 { 0 } }\n#[cfg(test)]")],
        (All, All),
        &[],
    ),
    case("macro", HIGH, &[("$value * 3", "$value * 4")], (All, All), &[(Item::Thrice, 1)]),
    case("embedded file", HIGH, &[("data.txt: text", "texts")], (All, All), &[(Item::Value, 1)]),
    case("file renamed", HIGH, &[("inner.rs", "inner/mod.rs")], (All, All), &[]),
    case("constant below the fan", HUB, &[("= 8", "= 9")], (All, All), &[(Item::Limit, 1)]),
];

/// Edits of something else than the text of modules.
const OTHER_FILES: &[&str] = &["data.txt: text", "inner.rs"];

impl Case {
    fn edit(&self, workspace: &Repeated) {
        let source = format!("{}/src", sixty::chain(self.number));
        for (old, new) in self.replaced {
            let fixture = &workspace.fixture;
            match old.split_once(": ") {
                Some((file, old)) if file.contains('.') => {
                    fixture.replace(&format!("{source}/{file}"), old, new);
                }
                _ if new.ends_with(".rs") => {
                    let content = fixture.read(&format!("{source}/{old}"));
                    fixture.write(&format!("{source}/{new}"), &content);
                    fixture.remove(&format!("{source}/{old}"));
                }
                _ => fixture.replace(&format!("{source}/lib.rs"), old, new),
            }
        }
    }

    fn units(&self, sees: Sees, is_check: bool) -> Vec<String> {
        let units = match sees {
            Nobody => Vec::new(),
            All => sixty::cascade(self.number),
            Itself => {
                let links = (!is_check).then(|| "app/bin".to_owned());
                let own = format!("{}/lib", sixty::chain(self.number));
                [own].into_iter().chain(links).collect()
            }
        };
        match is_check {
            true => checked(&units),
            false => units,
        }
    }

    /// What the closing line says of all units.
    fn counts(&self, n_run: usize) -> String {
        let n_above = sixty::cascade(self.number).len();
        let counts = [
            (n_run, "compiled"),
            (sixty::N_CHAIN + sixty::N_FAN + 2 - n_above, "fresh"),
            (n_above - n_run, "spared"),
        ];
        let counts = counts.into_iter().filter(|(n, _)| *n > 0);
        counts.map(|(n, what)| format!("{n} {what}")).collect::<Vec<_>>().join(", ")
    }

    /// What is said of the crate, in the beginning of a line.
    fn verdict(&self, sees: Sees) -> Option<String> {
        let is_in_source = !self.replaced.iter().any(|(old, _)| OTHER_FILES.contains(old));
        let crate_name = sixty::chain(self.number);
        match sees {
            All if is_in_source => Some(format!("   No cutoff {crate_name} v0.0.0 (")),
            Itself => Some(format!("      Cutoff {crate_name} v0.0.0 (")),
            All | Nobody => None,
        }
    }

    fn printed(&self) -> String {
        let mut numbers = Numbers::new();
        for (item, by) in self.numbers {
            numbers.add(self.number, *item, *by);
        }
        numbers.to_string()
    }
}

/// Returns what is wrong with a build of a case.
fn faults(case: &Case, workspace: &Repeated, is_check: bool) -> Vec<String> {
    let (selection, sees) = if is_check { ("check", case.check) } else { ("", case.build) };
    case.edit(workspace);
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{}: {what}", case.name));
    let outcome = workspace.build(selection);
    let (ran, expected) = (repeated::ran(&outcome), set(&case.units(sees, is_check)));
    if !outcome.success() {
        fault(&format!("fails:\n{}", outcome.stderr));
        return faults;
    }
    if ran != expected {
        fault(&format!("{ran:?} ran instead of {expected:?}"));
    }
    let (counts, expected) = (repeated::counts(&outcome), case.counts(expected.len()));
    if counts != expected {
        fault(&format!("counts {counts} instead of {expected}"));
    }
    let verdict = outcome.stderr.lines().find(|line| line.contains("utoff"));
    match (verdict, case.verdict(sees)) {
        (None, None) => {}
        (Some(verdict), Some(expected)) if verdict.starts_with(&expected) => {}
        other => fault(&format!("{other:?}")),
    }
    if !is_check {
        let (printed, expected) = (workspace.prints("debug/app"), case.printed());
        if printed != expected {
            fault(&format!("prints\n{printed}instead of\n{expected}"));
        }
    }
    let again = repeated::ran(&workspace.build(selection));
    if !again.is_empty() {
        fault(&format!("{again:?} ran once more"));
    }
    faults
}

#[track_caller]
fn all(is_check: bool) {
    let workspace = Repeated::new(&sixty::workspace());
    let n_units = sixty::N_CHAIN + sixty::N_FAN + 2;
    assert_eq!(workspace.ran(if is_check { "check" } else { "" }).len(), n_units);
    if !is_check {
        assert_eq!(workspace.prints("debug/app"), Numbers::new().to_string());
    }
    let mut workspace = Restored::new(workspace);
    let mut found = Vec::new();
    for case in CASES {
        found.extend(faults(case, &workspace, is_check));
        workspace.restore();
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn builds_run_what_sees_the_edit() {
    all(false);
}

#[test]
fn checks_run_what_sees_the_edit() {
    all(true);
}
