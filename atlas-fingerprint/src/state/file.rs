//! The state file as bytes: header, rows, blobs. Knows nothing of what rows mean.
//!
//! ```text
//!  0  "ATLSTATE"                       16  length of the rows, u64
//!  8  version of the form, u32         24  length of the blobs, u64
//! 12  zero, u32                        32  digest of all that and of the rows
//! 64  rows (rkyv), then blobs
//! ```
//!
//! Numbers are little-endian. The digest covers what every build looks at; each blob has its own,
//! so that what is not looked at need not be read.

use rkyv::rancor;

use super::image::{ArchivedBlob, ArchivedImage, Image};
use crate::digest::{Digest, Hasher};
use crate::reason::RecordFault;

/// Version of the form: one more whenever it, or the meaning of something in it, changes.
pub const VERSION: u32 = 4;

/// The first bytes.
const MAGIC: [u8; 8] = *b"ATLSTATE";
/// Length of the header in bytes; rows are aligned by it.
const HEADER: usize = 64;

/// What is kept from build to build, as it is in the file.
#[derive(Clone, Copy, Debug)]
pub struct State<'m> {
    pub(super) image: Option<&'m ArchivedImage>,
    blobs: &'m [u8],
    checksum: Option<Digest>,
}

impl<'m> State<'m> {
    /// Creates a state in which nothing is known.
    pub fn empty() -> Self {
        State { image: None, blobs: &[], checksum: None }
    }

    /// Checks the bytes of a state file. They must be aligned to sixteen bytes.
    ///
    /// # Errors
    ///
    /// [`RecordFault`] if they are not what this version wrote.
    pub fn parse(bytes: &'m [u8]) -> Result<Self, RecordFault> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>().ok_or(RecordFault::Truncated)?;
        let field = |at: usize| {
            let field = header[at..].first_chunk().expect("all fields are within the header");
            u64::from_le_bytes(*field)
        };
        if header[..8] != MAGIC {
            return Err(RecordFault::Malformed);
        }
        let version = field(8);
        if version != u64::from(VERSION) {
            return Err(RecordFault::OtherVersion { found: version.to_string() });
        }
        let length = |at| usize::try_from(field(at)).map_err(|_| RecordFault::Malformed);
        let (n_rows, n_blobs) = (length(16)?, length(24)?);
        let all = n_rows.checked_add(n_blobs).ok_or(RecordFault::Malformed)?;
        if rest.len() < all {
            return Err(RecordFault::Truncated);
        }
        let (rows, blobs) = rest.split_at(n_rows);
        let checksum = checksum(&header[..32], rows);
        if rest.len() > all || header[32..] != *checksum.as_bytes() {
            return Err(RecordFault::BadChecksum);
        }
        let image = rkyv::access::<ArchivedImage, rancor::Error>(rows)
            .map_err(|_| RecordFault::Malformed)?;
        Ok(State { image: Some(image), blobs, checksum: Some(checksum) })
    }

    /// Returns a digest that tells this file from all others; `None` if there is none.
    pub fn checksum(&self) -> Option<Digest> {
        self.checksum
    }

    /// Returns what tells a file from all others, without a look at more than its header.
    pub(super) fn checksum_of(bytes: &[u8]) -> Option<Digest> {
        let header = bytes.first_chunk::<HEADER>()?;
        Some(Digest::from_bytes(*header.last_chunk()?))
    }

    /// Returns what is in a blob, if its bytes are what was written.
    pub(super) fn blob(&self, blob: &ArchivedBlob) -> Option<Vec<u8>> {
        let bytes = self.packed_blob(blob)?;
        let is_whole = *Digest::of_bytes(bytes).as_bytes() == blob.digest;
        is_whole.then(|| lz4_flex::decompress_size_prepended(bytes).ok())?
    }

    /// Returns the bytes of a blob as they lie in the file, whatever they are.
    pub(super) fn packed_blob(&self, blob: &ArchivedBlob) -> Option<&'m [u8]> {
        let start = usize::try_from(blob.offset.to_native()).ok()?;
        let length = usize::try_from(blob.length.to_native()).ok()?;
        self.blobs.get(start..start.checked_add(length)?)
    }
}

/// Returns the bytes of a state file.
pub(super) fn encode(image: &Image, blobs: &[u8]) -> Vec<u8> {
    let rows = rkyv::to_bytes::<rancor::Error>(image).expect("memory holds the rows");
    let mut bytes = Vec::with_capacity(HEADER + rows.len() + blobs.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&u64::from(VERSION).to_le_bytes());
    bytes.extend_from_slice(&(rows.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&(blobs.len() as u64).to_le_bytes());
    let checksum = checksum(&bytes, &rows);
    bytes.extend_from_slice(checksum.as_bytes());
    bytes.extend_from_slice(&rows);
    bytes.extend_from_slice(blobs);
    bytes
}

/// Returns the digest in the header.
fn checksum(header: &[u8], rows: &[u8]) -> Digest {
    Hasher::new("state").bytes(header).bytes(rows).finish()
}

#[cfg(test)]
mod tests {
    use rkyv::util::AlignedVec;

    use super::{HEADER, Image, State, VERSION, encode};
    use crate::reason::RecordFault;

    fn aligned(bytes: &[u8]) -> AlignedVec {
        let mut aligned = AlignedVec::new();
        aligned.extend_from_slice(bytes);
        aligned
    }

    fn fault(bytes: &[u8]) -> Option<RecordFault> {
        State::parse(&aligned(bytes)).err()
    }

    #[test]
    fn what_was_written_can_be_read() {
        assert_eq!(fault(&encode(&Image::default(), b"blobs")), None);
    }

    #[test]
    fn no_prefix_can_be_read() {
        let bytes = encode(&Image::default(), b"blobs");
        for length in 0..bytes.len() {
            assert_eq!(fault(&bytes[..length]), Some(RecordFault::Truncated), "{length}");
        }
    }

    #[test]
    fn no_flipped_bit_in_header_or_rows_goes_unnoticed() {
        let bytes = encode(&Image::default(), b"blobs");
        for index in 0..(bytes.len() - 5) * 8 {
            let mut flipped = bytes.clone();
            flipped[index / 8] ^= 1 << (index % 8);
            assert!(fault(&flipped).is_some(), "bit {index}");
        }
    }

    #[test]
    fn other_versions_are_named() {
        let mut bytes = encode(&Image::default(), b"");
        bytes[8] = 77;
        let found = "77".to_owned();
        assert_ne!(VERSION, 77);
        assert_eq!(fault(&bytes), Some(RecordFault::OtherVersion { found }));
        bytes[0] = b'x';
        assert_eq!(fault(&bytes), Some(RecordFault::Malformed));
    }

    #[test]
    fn bytes_after_the_end_are_noticed() {
        let mut bytes = encode(&Image::default(), b"");
        bytes.push(0);
        assert_eq!(fault(&bytes), Some(RecordFault::BadChecksum));
        assert_eq!(HEADER % 16, 0, "rows are aligned");
    }
}
