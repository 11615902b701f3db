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
}

impl<R: Read> HashingReader<R> {
    /// Hashes what is read from `inner` from now on.
    pub(super) fn new(inner: R) -> Self {
        HashingReader { inner, hasher: blake3::Hasher::new(), n_bytes: 0 }
    }

    /// Returns the digest and the number of the bytes read so far.
    pub(super) fn finish(&self) -> (Digest, u64) {
        (Digest::from_bytes(*self.hasher.finalize().as_bytes()), self.n_bytes)
    }
}

impl HashingReader<fs_err::File> {
    /// Returns the digest and the size of a file.
    pub(super) fn digest_of(path: &Utf8Path) -> io::Result<(Digest, u64)> {
        let mut reader = HashingReader::new(fs_err::File::open(path)?);
        let mut piece = Vec::new();
        loop {
            piece.clear();
            if reader.inner.by_ref().take(PIECE).read_to_end(&mut piece)? == 0 {
                return Ok(reader.finish());
            }
            reader.update(&piece);
        }
    }
}

impl<R> HashingReader<R> {
    fn update(&mut self, bytes: &[u8]) {
        self.n_bytes += bytes.len() as u64;
        if bytes.len() >= MANY {
            self.hasher.update_rayon(bytes);
        } else {
            self.hasher.update(bytes);
        }
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.update(&buffer[..n]);
        Ok(n)
    }
}
