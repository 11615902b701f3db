//! The envelope of every file that is read back: kind, version, length, checksum. Knows nothing of
//! what is inside.

use crate::digest::{Digest, Hasher};
use crate::reason::RecordFault;

/// Wraps `payload` so that [`open`] can tell whether it is whole and of which version.
pub fn seal(kind: &str, version: u32, payload: &[u8]) -> Vec<u8> {
    let checksum = checksum(kind, version, payload);
    let mut bytes = format!("{kind} {version} {} {checksum}\n", payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Returns the payload of what [`seal`] made with the same kind and version.
///
/// # Errors
///
/// [`RecordFault`] if that is not what `bytes` are.
pub fn open<'a>(kind: &str, version: u32, bytes: &'a [u8]) -> Result<&'a [u8], RecordFault> {
    let end = bytes.iter().position(|&byte| byte == b'\n').ok_or(RecordFault::Truncated)?;
    let header = std::str::from_utf8(&bytes[..end]).map_err(|_| RecordFault::Malformed)?;
    let payload = &bytes[end + 1..];
    let [found_kind, found_version, length, found_checksum] =
        header.split(' ').collect::<Vec<_>>()[..]
    else {
        return Err(RecordFault::Malformed);
    };
    if found_kind != kind {
        return Err(RecordFault::Malformed);
    }
    if found_version != version.to_string() {
        return Err(RecordFault::OtherVersion { found: found_version.to_owned() });
    }
    let length: usize = length.parse().map_err(|_| RecordFault::Malformed)?;
    if payload.len() < length {
        return Err(RecordFault::Truncated);
    }
    if payload.len() > length || checksum(kind, version, payload).to_string() != found_checksum {
        return Err(RecordFault::BadChecksum);
    }
    Ok(payload)
}

/// Returns what is written as checksum.
fn checksum(kind: &str, version: u32, payload: &[u8]) -> Digest {
    Hasher::new(kind).number(u64::from(version)).bytes(payload).finish()
}

#[cfg(test)]
mod tests {
    use super::{open, seal};
    use crate::reason::RecordFault;

    const PAYLOAD: &[u8] = b"some\npayload";

    #[test]
    fn what_was_sealed_can_be_opened() {
        assert_eq!(open("kind", 1, &seal("kind", 1, PAYLOAD)), Ok(PAYLOAD));
        assert_eq!(open("kind", 1, &seal("kind", 1, b"")), Ok(&b""[..]));
    }

    #[test]
    fn no_prefix_opens() {
        let bytes = seal("kind", 1, PAYLOAD);
        for length in 0..bytes.len() {
            assert_eq!(open("kind", 1, &bytes[..length]), Err(RecordFault::Truncated), "{length}");
        }
    }

    #[test]
    fn no_flipped_bit_goes_unnoticed() {
        let bytes = seal("kind", 1, PAYLOAD);
        for index in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[index / 8] ^= 1 << (index % 8);
            assert!(open("kind", 1, &flipped).is_err(), "bit {index}");
        }
    }

    #[test]
    fn other_versions_and_kinds_are_refused() {
        let found = "2".to_owned();
        assert_eq!(
            open("kind", 1, &seal("kind", 2, PAYLOAD)),
            Err(RecordFault::OtherVersion { found })
        );
        assert_eq!(open("kind", 1, &seal("other", 1, PAYLOAD)), Err(RecordFault::Malformed));
        let mut longer = seal("kind", 1, PAYLOAD);
        longer.push(b'x');
        assert_eq!(open("kind", 1, &longer), Err(RecordFault::BadChecksum));
    }
}
