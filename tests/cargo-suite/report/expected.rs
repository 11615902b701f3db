//! Tests that come to something else on purpose, or judge what stable cargo atlas does not claim,
//! each group with its reason: `tests/cargo-suite/expected.toml`.

use camino::Utf8Path;
use serde::Deserialize;

/// All groups.
#[derive(Deserialize, Debug)]
pub(crate) struct Expected {
    pub(crate) group: Vec<Group>,
}

/// Tests that differ for one reason.
#[derive(Deserialize, Debug)]
pub(crate) struct Group {
    /// A few words.
    pub(crate) name: String,
    /// Why it is so, in Markdown.
    pub(crate) reason: String,
    /// Names; one that ends with `*` stands for all that begin so.
    pub(crate) tests: Vec<String>,
    /// Those of them that wait for something that never comes: they are not run.
    #[serde(default)]
    pub(crate) endless: Vec<String>,
}

impl Expected {
    pub(crate) fn read(path: &Utf8Path) -> Self {
        let text = fs_err::read_to_string(path).unwrap_or_else(|error| panic!("{error}"));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Returns whether a test would never end.
    pub(crate) fn is_endless(&self, test: &str) -> bool {
        self.group.iter().any(|group| group.endless.iter().any(|name| name == test))
    }

    /// Returns the number of the group that has a test.
    pub(crate) fn group_of(&self, test: &str) -> Option<usize> {
        self.group.iter().position(|group| group.tests.iter().any(|name| matches(name, test)))
    }
}

fn matches(name: &str, test: &str) -> bool {
    match name.strip_suffix('*') {
        Some(start) => test.starts_with(start),
        None => name == test,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_whole_or_a_start() {
        assert!(matches("build::*", "build::one"));
        assert!(matches("build::one", "build::one"));
        assert!(!matches("build::one", "build::one_more"));
    }
}
