//! What a build did or would do, in the words of the program under test: the account that `why
//! --json` and `build --dry-run` give, as one short line a unit. Knows no test.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use serde_json::Value;

/// What became of the units of a build.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Names of the units, as [`repeated::ran`](crate::repeated::ran) names them, with what became
    /// of each.
    fates: BTreeMap<String, Fate>,
}

/// What became of a unit.
#[derive(Clone, Debug)]
struct Fate {
    kind: String,
    evidence: String,
    because_of: Vec<String>,
}

impl Story {
    /// Reads an account in JSON. Paths in it are shown from `root`.
    pub fn parse(json: &str, root: &Utf8Path) -> Self {
        let account: Value =
            serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        let units = account["units"].as_array().expect("an account has units");
        let names: Vec<String> = units.iter().map(name).collect();
        let fate = |unit: &Value| {
            let fate = &unit["fate"];
            let cause = &fate["reason"];
            let evidence = match text(fate, "kind") {
                "spared" if fate["rule"]["reason"].is_object() => {
                    let rule = text(&fate["rule"], "kind");
                    format!("{rule}, for {}", evidence(&fate["rule"]["reason"], root))
                }
                "spared" => evidence(&fate["rule"], root),
                "built" | "failed" => evidence(cause, root),
                _ => String::new(),
            };
            let units = [&fate["because_of"], &fate["units"], &fate["rule"]["units"]];
            let units = units.into_iter().filter_map(Value::as_array).flatten();
            let place = |unit: &Value| usize::try_from(unit.as_u64()?).ok();
            let mut because_of: Vec<String> =
                units.filter_map(place).map(|place| names[place].clone()).collect();
            because_of.sort();
            Fate { kind: text(fate, "kind").to_owned(), evidence, because_of }
        };
        Story { fates: names.iter().cloned().zip(units.iter().map(fate)).collect() }
    }

    /// Returns the units with which this became: `built`, `spared`, `may-follow` and so on.
    pub fn units(&self, kind: &str) -> BTreeSet<String> {
        let of_kind = self.fates.iter().filter(|(_, fate)| fate.kind == kind);
        of_kind.map(|(name, _)| name.clone()).collect()
    }

    /// Returns the units whose results came from the store.
    pub fn restored(&self) -> BTreeSet<String> {
        let is_stored =
            |fate: &Fate| fate.kind == "spared" && fate.evidence.starts_with("stored, ");
        let stored = self.fates.iter().filter(|(_, fate)| is_stored(fate));
        stored.map(|(name, _)| name.clone()).collect()
    }

    /// Returns what was built for its own sake and not because of another unit, with the reason,
    /// such as `leaf/lib: file-changed leaf/src/lib.rs`.
    pub fn root_causes(&self) -> Vec<String> {
        let is_root =
            |fate: &Fate| ["built", "failed"].contains(&&*fate.kind) && fate.because_of.is_empty();
        let roots = self.fates.iter().filter(|(_, fate)| is_root(fate));
        roots.map(|(name, fate)| format!("{name}: {}", fate.evidence)).collect()
    }

    /// Returns what was spared, with the rule, such as `leaf/lib: same-tokens leaf/src/lib.rs` and
    /// `app/bin: same-dependencies leaf/lib`.
    pub fn spared(&self) -> Vec<String> {
        let spared = self.fates.iter().filter(|(_, fate)| fate.kind == "spared");
        let line = |(name, fate): (&String, &Fate)| {
            let units = fate.because_of.iter().map(|unit| format!(" {unit}"));
            format!("{name}: {}{}", fate.evidence, units.collect::<String>())
        };
        spared.map(line).collect()
    }
}

/// Returns the kind of a reason or rule, and a file or name that it has.
fn evidence(reason: &Value, root: &Utf8Path) -> String {
    let kind = text(reason, "kind");
    let found = ["path", "name"].iter().find_map(|field| reason[field].as_str());
    match found {
        Some(found) => {
            let inside = Utf8Path::new(found).strip_prefix(root);
            format!("{kind} {}", inside.map_or(found, Utf8Path::as_str))
        }
        None => kind.to_owned(),
    }
}

/// Returns the name of a unit.
fn name(unit: &Value) -> String {
    let (package, target) = (text(unit, "package"), text(unit, "target"));
    let is_test = ["test", "check-test"].contains(&text(unit, "mode"));
    let kind = match unit["kinds"][0].as_str().unwrap_or_default() {
        "custom-build" if text(unit, "mode") == "run-custom-build" => "run-build-script",
        "custom-build" => "build-script",
        "bin" if is_test => "bin-test",
        kind @ ("bin" | "test" | "bench" | "example") => kind,
        _ if is_test => "lib-test",
        _ => "lib",
    };
    let check = if text(unit, "mode").starts_with("check") { "check " } else { "" };
    match kind {
        "lib" | "lib-test" | "build-script" | "run-build-script" => {
            format!("{check}{package}/{kind}")
        }
        _ if target == package => format!("{check}{package}/{kind}"),
        _ => format!("{check}{package}/{kind}:{target}"),
    }
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Story;

    #[test]
    fn accounts_become_lines() {
        let json = r#"{"units":[
            {"package":"a","target":"a","kinds":["lib"],"mode":"build",
             "fate":{"kind":"built","reason":{"kind":"file-changed","path":"/ws/a.rs"},"because_of":[]}},
            {"package":"b","target":"c","kinds":["bin"],"mode":"test",
             "fate":{"kind":"spared","rule":{"kind":"same-dependencies","units":[0]}}}]}"#;
        let story = Story::parse(json, "/ws".into());
        assert_eq!(story.root_causes(), ["a/lib: file-changed a.rs"]);
        assert_eq!(story.spared(), ["b/bin-test:c: same-dependencies a/lib"]);
        assert!(story.units("built").contains("a/lib"));
    }
}
