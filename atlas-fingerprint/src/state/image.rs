//! The rows of the state file, as they lie in it. What is looked at by every build is here; what
//! only some builds need is in [`Blob`]s. Knows nothing of how the file is read or written.

use rkyv::{Archive, Deserialize, Serialize};

/// All rows.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default)]
#[rkyv(derive(Debug))]
pub(super) struct Image {
    /// Files, sorted by path.
    pub(super) files: Vec<FileRow>,
    /// Contents that files have or had.
    pub(super) contents: Vec<ContentRow>,
    /// Units, sorted by key.
    pub(super) units: Vec<UnitRow>,
    /// Plans, the last used one first.
    pub(super) plans: Vec<PlanRow>,
}

/// A file as it was last seen.
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct FileRow {
    pub(super) path: String,
    pub(super) stamp: StampRow,
    /// Whether the stamp vouches for the content.
    pub(super) trusted: bool,
    /// Index of the content.
    pub(super) content: u32,
}

/// A [`Stamp`](crate::stamp::Stamp).
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct StampRow {
    pub(super) size: u64,
    pub(super) mtime: i64,
    pub(super) ctime: i64,
    pub(super) inode: u64,
}

/// A [`Content`](crate::content::Content).
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct ContentRow {
    pub(super) bytes: [u8; 32],
    /// All tokens, and those that count without tests.
    pub(super) tokens: Option<[[u8; 32]; 2]>,
}

/// A unit with its results.
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct UnitRow {
    pub(super) key: String,
    /// Number of the last entry about it.
    pub(super) order: u64,
    /// Whether a build of it was started that did not end well.
    pub(super) unfinished: bool,
    /// The result that is in place.
    pub(super) current: Option<ResultRow>,
    /// Results that were put aside, the last one first.
    pub(super) kept: Vec<ResultRow>,
}

/// A [`Record`](crate::record::Record).
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct ResultRow {
    pub(super) id: u64,
    pub(super) unsettled: Vec<String>,
    pub(super) inputs: Vec<InputRow>,
    pub(super) directories: Vec<DirectoryRow>,
    pub(super) absent: Option<String>,
    pub(super) variables: Vec<VariableRow>,
    pub(super) outputs: Vec<OutputRow>,
    pub(super) uplifted: Vec<OutputRow>,
    pub(super) published: [[u8; 32]; 3],
    /// Nanoseconds.
    pub(super) duration: u64,
    /// The fingerprint.
    pub(super) fingerprint: Blob,
    /// The payload.
    pub(super) payload: Blob,
}

/// An [`Input`](crate::record::Input).
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct InputRow {
    /// Index of the file.
    pub(super) file: u32,
    /// Index of the content that it had.
    pub(super) content: u32,
    /// Code of the view.
    pub(super) view: u8,
}

/// An [`Output`](crate::record::Output).
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct OutputRow {
    /// Index of the file.
    pub(super) file: u32,
    /// Index of the content.
    pub(super) content: u32,
}

/// A [`Directory`](crate::record::Directory).
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct DirectoryRow {
    pub(super) path: String,
    pub(super) digest: [u8; 32],
    pub(super) stamp: Option<StampRow>,
}

/// A [`Variable`](crate::record::Variable).
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct VariableRow {
    pub(super) name: String,
    pub(super) digest: [u8; 32],
    pub(super) inherited: bool,
}

/// A plan that may be used again.
#[derive(Archive, Serialize, Deserialize, Clone, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct PlanRow {
    /// What it is a plan for.
    pub(super) key: [u8; 32],
    /// What it was derived from.
    pub(super) derivation: Blob,
    /// The plan itself.
    pub(super) plan: Blob,
    /// For each unit the id of the result that was last seen to be right; zero for none.
    pub(super) settled: Vec<u64>,
}

/// Bytes after the rows, which are checked when they are looked at.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug)]
#[rkyv(derive(Debug))]
pub(super) struct Blob {
    /// Where they start, counted from the first byte after the rows.
    pub(super) offset: u64,
    /// How many they are.
    pub(super) length: u64,
    /// Their digest.
    pub(super) digest: [u8; 32],
}
