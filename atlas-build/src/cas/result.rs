//! What is stored for a unit: which files, and what the caller wants to know again. Knows the bytes of
//! a result, and not where they are.

use std::time::Duration;

use atlas_fingerprint::{Digest, RecordFault, open_sealed, seal};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// What a sealed result says it is.
const KIND: &str = "atlas-result";
/// Version of the form below.
const VERSION: u32 = 1;

/// The result of a unit: what is known of it and which files it consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResult {
    /// What it is.
    pub kind: ResultKind,
    /// Its name for people, such as `serde 1.0.219 (lib)`.
    pub label: String,
    /// What made it.
    pub toolchain: Toolchain,
    /// The directory of the checkout that it can be used in only, if there is one.
    pub checkout: Option<Utf8PathBuf>,
    /// How long it took to make.
    pub duration: Duration,
    /// The files it consists of.
    pub blobs: Vec<Blob>,
    /// What the caller keeps beside the files.
    pub payload: Vec<u8>,
}

/// A toolchain, as far as collection has to know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Toolchain {
    /// Directory of the toolchain.
    pub sysroot: Utf8PathBuf,
    /// Version of the compiler, such as `1.95.0`.
    pub version: String,
}

/// A file in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Blob {
    /// Digest of its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
    /// Whether it is to be run.
    pub executable: bool,
}

/// What a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResultKind {
    /// A library with its objects.
    Library,
    /// Metadata of a library alone.
    Metadata,
    /// A procedural macro.
    ProcMacro,
    /// A build script.
    BuildScript,
    /// What a build script did.
    BuildScriptRun,
    /// A program.
    Program,
    /// A program of tests.
    TestHarness,
    /// A dynamic library.
    DynamicLibrary,
    /// Anything else.
    Other,
}

/// A result as it is on the disk: with its key, so that a file at a wrong place is noticed.
#[derive(Serialize, Deserialize)]
struct Filed<R> {
    key: Digest,
    result: R,
}

impl StoredResult {
    /// Returns the bytes of the file for a key.
    pub(super) fn encode(&self, key: &Digest) -> Vec<u8> {
        let filed = Filed { key: *key, result: self };
        let bytes = postcard::to_stdvec(&filed).expect("postcard writes every value of this type");
        seal(KIND, VERSION, &bytes)
    }

    /// Reads the bytes of the file for a key.
    ///
    /// # Errors
    ///
    /// [`RecordFault`] if that is not what they are.
    pub(super) fn decode(key: &Digest, bytes: &[u8]) -> Result<Self, RecordFault> {
        let payload = open_sealed(KIND, VERSION, bytes)?;
        match postcard::from_bytes::<Filed<StoredResult>>(payload) {
            Ok(filed) if filed.key == *key => Ok(filed.result),
            _ => Err(RecordFault::Malformed),
        }
    }
}
