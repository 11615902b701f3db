//! Digests, and the hasher that they come from. Knows nothing of what is hashed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Enters every framed hash: digests of different versions never compare equal.
const FORMAT_VERSION: u64 = 1;

/// A BLAKE3 digest; shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of the bytes alone: equal to what `b3sum` prints for a file of them.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Digest(*blake3::hash(bytes).as_bytes())
    }

    /// Wraps the bytes of a digest.
    pub(crate) fn from_hash(hash: blake3::Hash) -> Self {
        Digest(*hash.as_bytes())
    }

    /// Takes a digest out of its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// Reads a digest as it is shown; `None` if the text is none.
    pub fn from_hex(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(Digest::from_hash)
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hashes a sequence of values, each framed by its length, so that no two sequences give the same
/// stream of bytes.
#[derive(Clone, Debug)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// Starts a hash; those of different domains never compare equal.
    pub fn new(domain: &str) -> Self {
        let mut hasher = Hasher(blake3::Hasher::new());
        hasher.number(FORMAT_VERSION).text(domain);
        hasher
    }

    /// Feeds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
        self
    }

    /// Feeds text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Feeds a list of texts: its length, then each.
    pub fn texts<S: AsRef<str>>(&mut self, texts: &[S]) -> &mut Self {
        self.number(texts.len() as u64);
        for text in texts {
            self.text(text.as_ref());
        }
        self
    }

    /// Feeds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Feeds another digest.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.0.update(&digest.0);
        self
    }

    /// Returns the digest of everything fed.
    pub fn finish(&self) -> Digest {
        Digest::from_hash(self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Digest, Hasher};

    fn of(texts: &[&str]) -> Digest {
        let mut hasher = Hasher::new("test");
        for text in texts {
            hasher.text(text);
        }
        hasher.finish()
    }

    #[rstest]
    #[case::moved_boundary(&["ab", "c"], &["a", "bc"])]
    #[case::joined(&["a", "b"], &["ab"])]
    #[case::trailing_empty(&["a"], &["a", ""])]
    #[case::order(&["a", "b"], &["b", "a"])]
    fn framing_keeps_sequences_apart(#[case] one: &[&str], #[case] other: &[&str]) {
        assert_ne!(of(one), of(other));
    }

    #[test]
    fn shown_digest_can_be_read() {
        let digest = Digest::of_bytes(b"bytes");
        assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        assert_eq!(Digest::from_hex("b"), None);
    }

    #[test]
    fn domains_are_apart() {
        assert_ne!(Hasher::new("a").finish(), Hasher::new("b").finish());
    }
}
