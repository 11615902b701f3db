//! Keys of configuration values and the environment variables that stand for them.

use std::fmt;

/// A key such as `build.target-dir`, with its variable, `CARGO_BUILD_TARGET_DIR`.
#[derive(Clone, Debug)]
pub struct Key {
    parts: Vec<String>,
    variable: String,
}

impl Key {
    /// Splits a key at its dots. A name that holds a dot falls apart, as it does in cargo.
    pub fn new(dotted: &str) -> Self {
        let mut key = Key { parts: Vec::new(), variable: "CARGO".to_owned() };
        for part in dotted.split('.') {
            key = key.child(part);
        }
        key
    }

    /// Returns the key of an entry, whose variable is in capitals.
    pub fn child(&self, name: &str) -> Self {
        self.extended(name, &name.replace('-', "_").to_uppercase())
    }

    /// Returns the key of an entry whose name the user chose: its variable keeps the case.
    pub fn named_child(&self, name: &str) -> Self {
        self.extended(name, name)
    }

    fn extended(&self, name: &str, variable: &str) -> Self {
        let mut parts = self.parts.clone();
        parts.push(name.to_owned());
        Key { parts, variable: format!("{}_{variable}", self.variable) }
    }

    /// Returns the names from the root on.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Returns the environment variable.
    pub fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("."))
    }
}
