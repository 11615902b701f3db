//! Why something has to be built, as data. The wording belongs to whoever shows it.

/// Why a unit has to be built, with its evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DirtyReason {
    /// It was never built here, or its record is gone.
    NeverBuilt,
}
