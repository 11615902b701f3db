//! Exchanges the metadata of an rlib. Every other byte stays as the compiler wrote it, whichever
//! version of it did: only the offsets in symbol tables follow their members.

use super::SpliceError;
use super::archive::Archive;

/// Writes an archive with the members of the rlib `objects`, except that `lib.rmeta` is the one of
/// the rlib `metadata`.
///
/// # Errors
///
/// If one of them cannot be read as an rlib.
pub fn splice(objects: &[u8], metadata: &[u8]) -> Result<Vec<u8>, SpliceError> {
    let (into, from) = (Archive::parse(objects)?, Archive::parse(metadata)?);
    let (old, new) = (&into.metadata()?.record, &from.metadata()?.record);
    let new = &metadata[new.clone()];
    let mut spliced = Vec::with_capacity(objects.len() - old.len() + new.len());
    spliced.extend_from_slice(&objects[..old.start]);
    spliced.extend_from_slice(new);
    spliced.extend_from_slice(&objects[old.end..]);
    if new.len() != old.len() {
        for place in &into.places {
            let offset = place.get(objects).unwrap_or_default();
            if offset > old.start as u64 {
                let moved = offset - old.len() as u64 + new.len() as u64;
                place.set(&mut spliced, moved).ok_or(SpliceError::TooLarge)?;
            }
        }
    }
    Ok(spliced)
}

/// Tells whether the metadata in an rlib is this: as it is, or wrapped in an object.
pub fn carries_metadata(rlib: &[u8], metadata: &[u8]) -> bool {
    let Ok(archive) = Archive::parse(rlib) else { return false };
    archive.metadata().is_ok_and(|member| {
        member.content == metadata || memchr::memmem::find(member.content, metadata).is_some()
    })
}
