//! The closing line of a clean, in cargo's words: read from what cargo says of its own part, and
//! written for both parts together.

use std::fmt;

use atlas_build::clean::Tally;

use super::human_bytes;

/// What was removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Summary {
    /// How much.
    pub(crate) tally: Tally,
    /// Whether that is only what would be.
    pub(crate) is_dry: bool,
}

impl Summary {
    /// Reads a line of cargo's, without colours; `None` if it is another one.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.trim_start().split_once(' ')?;
        let is_dry = match word {
            "Removed" => false,
            "Summary" => true,
            _ => return None,
        };
        let (count, bytes) = match rest.split_once(", ") {
            Some((count, bytes)) => (count, human_bytes::read(bytes.strip_suffix(" total")?)?),
            None => (rest, 0),
        };
        let (number, noun) = count.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        let (files, directories) = match noun {
            "file" | "files" => (number, 0),
            "directory" | "directories" => (0, number),
            _ => return None,
        };
        Some(Summary { tally: Tally { files, directories, bytes }, is_dry })
    }

    /// Returns the status word.
    pub(crate) fn word(is_dry: bool) -> &'static str {
        if is_dry { "Summary" } else { "Removed" }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { files, directories, bytes } = self.tally;
        match (files, directories) {
            (0, 0) => f.write_str("0 files")?,
            (0, 1) => f.write_str("1 directory")?,
            (0, _) => write!(f, "{directories} directories")?,
            (1, _) => f.write_str("1 file")?,
            _ => write!(f, "{files} files")?,
        }
        if bytes > 0 {
            write!(f, ", {} total", human_bytes::shown(bytes))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("     Removed 0 files", 0, 0, 0)]
    #[case("     Removed 1 file", 1, 0, 0)]
    #[case("     Removed 1 directory", 0, 1, 0)]
    #[case("     Removed 3 directories", 0, 3, 0)]
    #[case("     Summary 12 files, 1.0KiB total", 12, 0, 1024)]
    fn what_is_read_is_written_again(
        #[case] line: &str,
        #[case] files: u64,
        #[case] directories: u64,
        #[case] bytes: u64,
    ) {
        let summary = Summary::read(line).unwrap();
        assert_eq!(summary.tally, Tally { files, directories, bytes });
        assert_eq!(format!("{:>12} {summary}", Summary::word(summary.is_dry)), line);
    }

    #[rstest]
    #[case("    Removing /t/debug/deps/liba.rlib")]
    #[case("     Removed one file")]
    #[case("warning: no files deleted due to --dry-run")]
    fn other_lines_are_not_read(#[case] line: &str) {
        assert_eq!(Summary::read(line), None);
    }
}
