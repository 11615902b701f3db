//! What identifies this program as one that plans, so that its plans are used again by itself only.

use std::path::Path;
use std::time::SystemTime;

/// Returns what tells this build of the program from others; nothing if the system does not tell.
pub(crate) fn identity(executable: Option<&Path>) -> String {
    let stamp = executable.and_then(|path| {
        let metadata = fs_err::metadata(path).ok()?;
        let modified = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some((metadata.len(), modified.as_nanos()))
    });
    match stamp {
        Some((size, modified)) => {
            format!("{} {size} {modified}", env!("CARGO_PKG_VERSION"))
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_file_is_the_same_program_and_another_is_not() {
        let [this, other] = ["Cargo.toml", "src/lib.rs"]
            .map(|name| identity(Some(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name))));
        assert!(this.starts_with(env!("CARGO_PKG_VERSION")), "{this}");
        assert_eq!(this, identity(Some(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))));
        assert_ne!(this, other);
    }

    #[test]
    fn program_that_is_not_known_has_no_identity() {
        assert_eq!(identity(None), "");
        assert_eq!(identity(Some(Path::new("/no/such/program"))), "");
    }
}
