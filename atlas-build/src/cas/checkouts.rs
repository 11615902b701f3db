//! What the last builds of target directories need, so that collection keeps it. Knows nothing of
//! what was built.

use atlas_fingerprint::{Digest, Hasher, open_sealed, seal};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::error::CasError;
use super::store::Cas;

/// What a sealed file says it is.
const KIND: &str = "atlas-checkout";
/// Version of its form.
const VERSION: u32 = 1;

/// A target directory and the workspace that is built into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The target directory.
    pub target_directory: Utf8PathBuf,
    /// The root of the workspace.
    pub workspace_root: Utf8PathBuf,
}

/// A checkout with what its last build needs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Binding {
    /// The checkout.
    pub(super) checkout: Checkout,
    /// Keys of results.
    pub(super) keys: Vec<Digest>,
}

impl Cas {
    /// Notes what the last build of a target directory needs. Replaces what was noted for it.
    ///
    /// # Errors
    ///
    /// [`CasError`] if it cannot be written.
    pub fn bind(&self, checkout: &Checkout, keys: &[Digest]) -> Result<(), CasError> {
        self.writing(|| {
            let name = Hasher::new(KIND).text(checkout.target_directory.as_str()).finish();
            let binding = Binding { checkout: checkout.clone(), keys: keys.to_vec() };
            let bytes =
                postcard::to_stdvec(&binding).expect("postcard writes every value of this type");
            let path = self.layout.checkouts().join(name.to_string());
            self.write_file(&path, &seal(KIND, VERSION, &bytes))
        })
    }
}

impl Binding {
    /// Reads the bytes of a file; `None` if that is not what they are.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(open_sealed(KIND, VERSION, bytes).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, key, tree};
    use super::*;

    #[test]
    fn needs_of_a_target_directory_are_replaced() {
        let place = Place::new();
        let cas = place.open();
        let checkout = |target: &str| Checkout {
            target_directory: target.into(),
            workspace_root: "/ws".into(),
        };
        cas.bind(&checkout("/ws/target"), &[key("a")]).unwrap();
        cas.bind(&checkout("/ws/target"), &[key("b")]).unwrap();
        cas.bind(&checkout("/other"), &[key("c")]).unwrap();
        let read = |path: &Utf8PathBuf| Binding::decode(&fs_err::read(path).unwrap()).unwrap();
        let mut keys: Vec<_> = tree(&cas.layout.checkouts()).iter().map(read).collect();
        keys.sort_by_key(|binding| binding.checkout.target_directory.clone());
        let keys: Vec<_> = keys.into_iter().map(|binding| binding.keys).collect();
        assert_eq!(keys, [[key("c")], [key("b")]]);
    }

    #[test]
    fn damaged_note_is_none() {
        assert!(Binding::decode(b"damaged").is_none());
    }
}
