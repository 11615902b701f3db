//! Hashing what passes by, with several threads if it is much. Knows no store.

use std::io::{self, Read};

use atlas_fingerprint::Digest;
use camino::Utf8Path;

/// From how many bytes on several threads are worth it.
const MANY: usize = 256 << 10;
/// How many bytes are read at once where nothing else is done with them.
const PIECE: u64 = 4 << 20;

/// A reader that hashes what is read through it.
#[derive(Debug)]
pub(super) struct HashingReader<R> {
    inner: R,
    hasher: blake3::Hasher,
    n_bytes: u64,
    failed: bool,
}

impl<R: Read> HashingReader<R> {
    /// Hashes what is read from `inner` from now on.
    pub(super) fn new(inner: R) -> Self {
        HashingReader { inner, hasher: blake3::Hasher::new(), n_bytes: 0, failed: false }
    }

    /// Returns the digest and the number of the bytes read so far.
    pub(super) fn finish(&self) -> (Digest, u64) {
        (Digest::from_bytes(*self.hasher.finalize().as_bytes()), self.n_bytes)
    }

    /// Returns whether something could not be read.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }
}

/// Returns the digest and the size of a file.
pub(super) fn digest_of(path: &Utf8Path) -> io::Result<(Digest, u64)> {
    let file = fs_err::File::open(path)?;
    let size = file.metadata()?.len();
    // One byte more, so that the end is seen with the first read of a small file.
    let mut piece = vec![0; usize::try_from(size.min(PIECE) + 1).unwrap_or(MANY)];
    let mut reader = HashingReader::new(file);
    while reader.read(&mut piece)? > 0 {}
    Ok(reader.finish())
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match self.inner.read(buffer) {
            Ok(n) => n,
            Err(error) => {
                self.failed = true;
                return Err(error);
            }
        };
        self.n_bytes += n as u64;
        if n >= MANY {
            self.hasher.update_rayon(&buffer[..n]);
        } else {
            self.hasher.update(&buffer[..n]);
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_that_of_the_bytes_however_many() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap().join("file");
        for size in [0, 1, MANY - 1, MANY, (PIECE as usize) + 7] {
            let bytes: Vec<u8> = (0..size).map(|n| (n * n % 251) as u8).collect();
            fs_err::write(&path, &bytes).unwrap();
            assert_eq!(digest_of(&path).unwrap(), (Digest::of_bytes(&bytes), size as u64));
        }
    }
}
