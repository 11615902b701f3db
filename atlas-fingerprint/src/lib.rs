//! Bytes, files and digests: what a unit was made from, and what of it has changed. Knows no
//! package, no unit and no cargo.

mod atomic;
mod compare;
mod content;
mod dep_info;
mod digest;
mod file_table;
mod files;
mod fingerprint;
mod interface;
mod lock;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod outline;
mod reason;
mod record;
mod sealed;
mod stamp;
mod state;
mod tokens;

pub use compare::compare;
pub use content::{Content, View};
pub use dep_info::{DepInfo, DepInfoError, EnvDependency, parse as parse_dep_info};
pub use digest::{Digest, Hasher};
pub use file_table::{FileTable, Look, Observed, Sequence, in_parallel};
pub use files::{DirEntry, Disk, EntryKind, FileError, Files, Mapped, Stat};
pub use fingerprint::{Fingerprint, Part, PartKind};
pub use interface::{
    Change, CrateSource, FileSummary, HarmlessMacros, InterfaceComparison, InterfaceDigests,
    ItemChange, ItemKind, compare_interfaces, defined_harmless_macros, interface_changes,
    interface_digests,
};
pub use lock::FileLock;
#[cfg(any(test, feature = "testing"))]
pub use memory::MemoryFiles;
pub use outline::{
    Body, Candidate, Condition, DigestExtent, Mention, NamedPath, Outline, OutlineModule, Place,
    Source, SourceContent, SourceDigests, SourceTable, Start, reached, walk,
};
pub use reason::{DirtyReason, RecordFault};
pub use record::{Directory, Input, Output, Record, Variable};
pub use sealed::{open as open_sealed, seal};
pub use stamp::{Moment, Stamp};
pub use state::{
    Entry, KeptPlan, KnownFile, KnownPlan, KnownResult, KnownUnit, Ledger, PlanChange,
    STATE_VERSION, SeenFile, State,
};
pub use tokens::{
    Embeds, InlineModule, ModuleFile, ModulePath, TokenDigests, embeds, module_files,
    named_sources, parses, token_digests,
};
