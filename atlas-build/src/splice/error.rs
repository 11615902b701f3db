//! Why the outputs of two compiles cannot be put together.

/// An archive or an object is not as expected: whoever wanted to splice builds dependents instead.
#[derive(Debug, thiserror::Error)]
pub enum SpliceError {
    /// It is cut off, or its parts contradict each other.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// A thin archive, that of another system, or no archive at all.
    #[error("not an archive of a known kind")]
    Unknown,
    /// It is no rlib.
    #[error("the archive has no `lib.rmeta`")]
    NoMetadata,
    /// Offsets of the result do not fit into its symbol table.
    #[error("the archive is too large for its symbol table")]
    TooLarge,
    /// An object is damaged, or of a kind that cannot be read, such as bitcode.
    #[error("failed to read the symbols of `{member}`")]
    Object {
        /// What was to be read.
        member: String,
        /// The reader's reason.
        source: object::Error,
    },
}
