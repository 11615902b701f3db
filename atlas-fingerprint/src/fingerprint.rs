//! What a unit is made from, as named parts. Each part is given once: its digest and the evidence
//! for an explanation are taken from the same value, so that they cannot drift apart. Knows nothing
//! of where the parts come from.

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Hasher};

/// What a part is. The order is that in which differences are told: the first explains those that
/// follow from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum PartKind {
    /// What the compiler says about itself.
    Compiler,
    /// The target: crate root, crate types, edition.
    Target,
    /// Features that are on.
    Features,
    /// Settings of the profile.
    Profile,
    /// What a build script gave; arguments and variables may be part of it.
    BuildScriptOutput,
    /// Program, directory and arguments.
    Arguments,
    /// An environment variable.
    Environment,
    /// What a unit sees of one that it depends on.
    Dependency,
}

/// One named input.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name, where there are several of the kind; else empty.
    pub name: String,
    /// Digest of its value.
    pub digest: Digest,
    /// The value, where it may be shown.
    pub evidence: Vec<String>,
}

/// Everything that is known of a unit's inputs before it is built, the files that it reads
/// excepted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Ordered by kind and name; equal names in the order given.
    parts: Vec<Part>,
}

impl Fingerprint {
    /// Creates a fingerprint without parts.
    pub fn new() -> Self {
        Fingerprint::default()
    }

    /// Adds a value that may be kept and shown.
    pub fn shown(&mut self, kind: PartKind, values: Vec<String>) -> &mut Self {
        let digest = Hasher::new("shown").texts(&values).finish();
        self.insert(Part { kind, name: String::new(), digest, evidence: values })
    }

    /// Adds a value of which only the digest is kept; `None` stands for its absence.
    pub fn hidden(&mut self, kind: PartKind, name: &str, value: Option<&[u8]>) -> &mut Self {
        self.digest(kind, name, hidden_digest(value))
    }

    /// Adds something that is known by its digest.
    pub fn digest(&mut self, kind: PartKind, name: &str, digest: Digest) -> &mut Self {
        self.insert(Part { kind, name: name.to_owned(), digest, evidence: Vec::new() })
    }

    /// Returns the parts, ordered by kind and name.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Puts a part in its place.
    fn insert(&mut self, part: Part) -> &mut Self {
        let place = |other: &Part| (other.kind, &other.name) <= (part.kind, &part.name);
        let index = self.parts.partition_point(place);
        self.parts.insert(index, part);
        self
    }
}

/// Returns the digest of a value that must not be kept, or of its absence.
pub(crate) fn hidden_digest(value: Option<&[u8]>) -> Digest {
    let mut hasher = Hasher::new("hidden");
    match value {
        Some(value) => hasher.number(1).bytes(value),
        None => hasher.number(0),
    };
    hasher.finish()
}

impl Digest {
    /// Returns the digest of the value of an environment variable, or of its absence.
    pub fn of_variable(value: Option<&std::ffi::OsStr>) -> Self {
        hidden_digest(value.map(std::ffi::OsStr::as_encoded_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, PartKind};

    #[test]
    fn order_of_adding_does_not_count() {
        let mut one = Fingerprint::new();
        one.hidden(PartKind::Environment, "A", Some(b"1")).shown(PartKind::Features, vec![]);
        let mut other = Fingerprint::new();
        other.shown(PartKind::Features, vec![]).hidden(PartKind::Environment, "A", Some(b"1"));
        assert_eq!(one, other);
    }

    #[test]
    fn empty_is_not_absent() {
        let of = |value| Fingerprint::new().hidden(PartKind::Environment, "A", value).clone();
        assert_ne!(of(Some(b"")), of(None));
    }

    #[test]
    fn hidden_values_are_not_kept() {
        let mut fingerprint = Fingerprint::new();
        fingerprint.hidden(PartKind::Environment, "TOKEN", Some(b"secret"));
        assert!(!format!("{fingerprint:?}").contains("secret"));
    }
}
