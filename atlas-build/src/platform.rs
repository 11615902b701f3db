//! Machines that code is compiled for. Knows nothing of who compiles.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// For which machine a unit is compiled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum CompileKind {
    /// The compiling machine; everything, when no `--target` is given.
    Host,
    /// A `--target`.
    Target(Triple),
}

impl CompileKind {
    /// Returns whether this is the compiling machine.
    pub fn is_host(&self) -> bool {
        *self == CompileKind::Host
    }

    /// Returns the triple that was asked for, if one was.
    pub fn triple(&self) -> Option<&Triple> {
        match self {
            CompileKind::Host => None,
            CompileKind::Target(triple) => Some(triple),
        }
    }
}

/// A target triple, such as `x86_64-unknown-linux-gnu`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Triple(Arc<str>);

impl Triple {
    /// Wraps a triple.
    pub fn new(triple: &str) -> Self {
        Triple(triple.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Triple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
