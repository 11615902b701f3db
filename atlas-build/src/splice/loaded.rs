//! Which crates a metadata file lists. Does not parse it: its format changes with every compiler,
//! but the names of files of other crates are in it as they are.

use memchr::memmem;

/// Tells which of these crates the metadata says to have been loaded, by their `-C extra-filename`.
pub fn loaded_crates<'a>(
    metadata: &[u8],
    extra_filenames: impl Iterator<Item = &'a str>,
) -> Vec<bool> {
    extra_filenames.map(|name| memmem::find(metadata, name.as_bytes()).is_some()).collect()
}
