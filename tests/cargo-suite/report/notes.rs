//! What the shim has noted: who did what in each test.

use std::collections::BTreeMap;

use camino::Utf8Path;

/// Who did the commands of one test.
#[derive(Clone, Default, Debug)]
pub(crate) struct Starts {
    /// Given to cargo atlas.
    pub(crate) atlas: usize,
    /// Of these, handed over to cargo, with the reasons.
    pub(crate) handed_over: Vec<String>,
    /// Given to cargo because they are for nightly.
    pub(crate) unstable: usize,
}

/// Notes of a suite.
#[derive(Debug)]
pub(crate) struct Notes {
    starts: BTreeMap<String, Starts>,
}

impl Notes {
    pub(crate) fn read(path: &Utf8Path) -> Self {
        let text = fs_err::read_to_string(path).unwrap_or_default();
        let mut starts: BTreeMap<String, Starts> = BTreeMap::new();
        for line in text.lines() {
            let mut fields = line.splitn(3, '\t');
            let (Some(test), Some(who)) = (fields.next(), fields.next()) else { continue };
            let of_test = starts.entry(test.to_owned()).or_default();
            match who {
                "atlas" => of_test.atlas += 1,
                "handed over" => {
                    of_test.handed_over.push(fields.next().unwrap_or_default().to_owned());
                }
                "unstable" => of_test.unstable += 1,
                _ => {}
            }
        }
        Notes { starts }
    }

    pub(crate) fn of(&self, test: &str) -> Starts {
        self.starts.get(test).cloned().unwrap_or_default()
    }
}
