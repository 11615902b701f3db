//! Symbols that a library takes from others: kept beside the unit, so that no file is parsed twice.
//! They are looked up where they lie in the file, and never unpacked.

use atlas_fingerprint::{Digest, open_sealed, seal};

use super::super::freshness::Freshness;
use super::carried::linkable_path;
use crate::plan::CompileStep;
use crate::splice::Symbols;

const KIND: &str = "cargo-atlas-symbols";
const VERSION: u32 = 1;

impl Freshness<'_> {
    /// Returns a symbol of these, which are sorted, that a unit's published library takes from
    /// others; `None` if there is none, or no library.
    pub(super) fn needed_by(&self, step: &CompileStep, symbols: &[u64]) -> Option<u64> {
        // What is linked itself is linked again, and then it shows.
        let library = linkable_path(step).filter(|path| path.extension() == Some("rlib"))?;
        let digest = self.table.observe(library).ok().flatten()?.content.bytes;
        let path = step.unit_dir.join("symbols");
        let known = self.files.map(&path).ok().flatten();
        if let Some(undefined) = known.as_deref().and_then(|bytes| undefined(bytes, &digest)) {
            return symbols.iter().copied().find(|symbol| contains(undefined, *symbol));
        }
        let bytes = self.files.map(library).ok().flatten()?;
        // What cannot be read may need anything.
        let Ok(Symbols { undefined, .. }) = Symbols::of_archive(&bytes) else {
            return symbols.first().copied();
        };
        let numbers = undefined.iter().flat_map(|symbol| symbol.to_le_bytes());
        let payload: Vec<u8> = digest.as_bytes().iter().copied().chain(numbers).collect();
        // What cannot be kept is read again.
        drop(self.files.write(&path, &seal(KIND, VERSION, &payload)));
        crate::splice::needed(symbols, &undefined)
    }
}

/// Returns the symbols of a library, eight bytes each, if these are they.
fn undefined<'a>(bytes: &'a [u8], library: &Digest) -> Option<&'a [[u8; 8]]> {
    let payload = open_sealed(KIND, VERSION, bytes).ok()?;
    let (digest, symbols) = payload.split_first_chunk::<32>()?;
    let (symbols, rest) = symbols.as_chunks::<8>();
    (digest == library.as_bytes() && rest.is_empty()).then_some(symbols)
}

fn contains(sorted: &[[u8; 8]], symbol: u64) -> bool {
    sorted.binary_search_by_key(&symbol, |bytes| u64::from_le_bytes(*bytes)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_found_where_they_lie() {
        let library = Digest::of_bytes(b"library");
        let symbols = [1_u64, 256, u64::MAX];
        let numbers = symbols.iter().flat_map(|symbol| symbol.to_le_bytes());
        let payload: Vec<u8> = library.as_bytes().iter().copied().chain(numbers).collect();
        let bytes = seal(KIND, VERSION, &payload);
        let found = undefined(&bytes, &library).unwrap();
        let asked = [0, 1, 255, 256, u64::MAX];
        let expected = [false, true, false, true, true];
        assert_eq!(asked.map(|symbol| contains(found, symbol)), expected);
        assert!(undefined(&bytes, &Digest::of_bytes(b"other")).is_none());
        assert!(undefined(&seal(KIND, VERSION, &payload[..41]), &library).is_none());
    }
}
