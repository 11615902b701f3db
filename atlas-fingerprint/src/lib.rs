//! Bytes, files and digests: what a unit was made from, and what of it has changed. Knows no
//! package, no unit and no cargo.

mod reason;

pub use reason::DirtyReason;
