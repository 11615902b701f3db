//! The toolchain: which compiler and cargo are in use, and what they say about themselves and about
//! the machines that they compile for.

mod ask;
mod facts;
mod locate;
mod probe;
mod version;

pub(crate) use ask::answer;
pub use facts::{FileName, PlatformFacts, Runner, Toolchain};
pub use locate::{Located, locate};
pub use probe::{Compiler, Probe, ProbeError, probe};
pub use version::{VerboseVersion, verbose_version};
