//! What collections did, as a table.

use super::answer::Answer;
use crate::cache::{Column, columns};
use crate::config::quantity::shown_size;

/// Returns a line for each kind of thing and reason; `None` if there was nothing to do.
pub(crate) fn table(answer: &Answer) -> Option<String> {
    let rows: Vec<[String; 5]> = answer
        .sections
        .iter()
        .flat_map(|section| section.rows.iter().map(move |row| (section.name, row)))
        .map(|(place, row)| {
            [
                place.to_owned(),
                row.what.to_owned(),
                row.reason.to_owned(),
                row.count.to_string(),
                shown_size(row.bytes),
            ]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut all = vec![["place", "what", "why", "number", "size"].map(str::to_owned)];
    all.extend(rows);
    let (count, bytes) = answer.total();
    let (nothing, total) = (String::new, "total".to_owned());
    all.push([total, nothing(), nothing(), count.to_string(), shown_size(bytes)]);
    let sides = [Column::Left, Column::Left, Column::Left, Column::Right, Column::Right];
    Some(columns(sides, &all))
}

#[cfg(test)]
mod tests {
    use super::super::answer::{Row, Section};
    use super::*;
    use crate::terminal::{Settings, Shell};

    #[test]
    fn columns_are_aligned() {
        let row = |what, count, bytes| Row { what, reason: "unused", count, bytes };
        let section = |name, rows| Section {
            name,
            directory: String::new(),
            rows,
            kept: 0,
            busy: Vec::new(),
            notes: Vec::new(),
            is_cut_off: false,
        };
        let sections = vec![
            section(
                "target",
                vec![row("units", 12, 3 << 30), row("incremental state", 3, 5 << 20)],
            ),
            section("store", vec![row("results", 100, 1 << 20)]),
        ];
        let (mut shell, captured) = Shell::captured(Settings::default());
        shell.write_stdout(&table(&Answer { sections, is_dry: false }).unwrap());
        let expected = "\
place   what               why     number     size
target  units              unused      12  3.0 GiB
target  incremental state  unused       3  5.0 MiB
store   results            unused     100  1.0 MiB
total                                 115  3.0 GiB
";
        assert_eq!(captured.stdout(), expected);
    }

    #[test]
    fn nothing_makes_no_table() {
        assert_eq!(table(&Answer { sections: Vec::new(), is_dry: true }), None);
    }
}
