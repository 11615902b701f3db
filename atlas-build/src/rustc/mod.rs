//! rustc: what it is, how it is called, what it answers.

mod ask;
mod build_output;
mod locate;
mod probe;
mod toolchain;
mod version;

pub(crate) use ask::answer;
pub use build_output::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};
pub use locate::{Located, locate};
pub use probe::{Compiler, Probe, ProbeError, probe};
pub use toolchain::{FileName, PlatformFacts, Runner, Toolchain};
pub use version::{VerboseVersion, verbose_version};
