//! What collections did, as JSON.

use serde::Serialize;

use super::answer::{Answer, Row};

/// Version of the JSON answer.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Twin<'a> {
    version: u32,
    dry_run: bool,
    count: u64,
    bytes: u64,
    places: Vec<PlaceTwin<'a>>,
}

#[derive(Serialize)]
struct PlaceTwin<'a> {
    kind: &'a str,
    directory: &'a str,
    removed: Vec<RowTwin<'a>>,
    kept: u64,
    busy: &'a [String],
    notes: &'a [String],
    cut_off: bool,
}

#[derive(Serialize)]
struct RowTwin<'a> {
    what: &'a str,
    reason: &'a str,
    count: u64,
    bytes: u64,
}

/// Returns the answer as JSON.
pub(crate) fn json(answer: &Answer) -> serde_json::Result<String> {
    let (count, bytes) = answer.total();
    let places = answer.sections.iter().map(|section| PlaceTwin {
        kind: section.name,
        directory: &section.directory,
        removed: section.rows.iter().map(twin).collect(),
        kept: section.kept,
        busy: &section.busy,
        notes: &section.notes,
        cut_off: section.is_cut_off,
    });
    let (version, dry_run) = (VERSION, answer.is_dry);
    serde_json::to_string(&Twin { version, dry_run, count, bytes, places: places.collect() })
}

fn twin(row: &Row) -> RowTwin<'_> {
    RowTwin { what: row.what, reason: row.reason, count: row.count, bytes: row.bytes }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Section;
    use super::*;

    #[test]
    fn numbers_are_numbers() {
        let row = Row { what: "units", reason: "unused", count: 2, bytes: 5 };
        let section = Section {
            name: "target",
            directory: "/t".to_owned(),
            rows: vec![row],
            kept: 1,
            busy: vec!["debug".to_owned()],
            notes: Vec::new(),
            is_cut_off: false,
        };
        let answer = Answer { sections: vec![section], is_dry: true };
        let expected = r#"{"version":1,"dry_run":true,"count":2,"bytes":5,"places":[{"kind":"target","directory":"/t","removed":[{"what":"units","reason":"unused","count":2,"bytes":5}],"kept":1,"busy":["debug"],"notes":[],"cut_off":false}]}"#;
        assert_eq!(json(&answer).unwrap(), expected);
    }
}
