//! What collections did, as JSON.

use serde::Serialize;

use super::answer::{Answer, Row, Section};

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
    let row = |row: &Row| -> (&'static str, &'static str, u64, u64) {
        (row.what, row.reason, row.count, row.bytes)
    };
    let twin = |section: &'_ Section| -> Vec<RowTwin<'static>> {
        let rows = section.rows.iter().map(row);
        rows.map(|(what, reason, count, bytes)| RowTwin { what, reason, count, bytes }).collect()
    };
    let places = answer.sections.iter().map(|section| PlaceTwin {
        kind: section.name,
        directory: &section.directory,
        removed: twin(section),
        kept: section.kept,
        busy: &section.busy,
        notes: &section.notes,
        cut_off: section.is_cut_off,
    });
    let (version, dry_run) = (VERSION, answer.is_dry);
    serde_json::to_string(&Twin { version, dry_run, count, bytes, places: places.collect() })
}

#[cfg(test)]
mod tests {
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
