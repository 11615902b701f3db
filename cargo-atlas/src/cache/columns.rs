//! Rows in aligned columns. Knows no words.

use crate::terminal::style;

/// On which side of a column its cells stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Column {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// Returns a line for each row; the first one is the heading.
pub(crate) fn columns<const N: usize>(sides: [Column; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let heading = style::HEADER;
    let lines = rows.iter().enumerate().map(|(index, row)| {
        let cells = row.iter().enumerate().map(|(column, cell)| match sides[column] {
            Column::Left => format!("{cell:<0$}", width(column)),
            Column::Right => format!("{cell:>0$}", width(column)),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        if index == 0 { format!("{heading}{line}{heading:#}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_and_texts_start_at_one_column() {
        let rows = [["what", "n", "why"], ["a", "1000", ""], ["libraries", "1", "old"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let text = columns([Column::Left, Column::Right, Column::Left], &rows);
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "what          n  why\na          1000\nlibraries     1  old");
    }
}
