//! What has to be done, in which order, and whether it has to be done at all.

mod step;

pub use step::{BuildScriptAdditions, BuildScriptStep, CompileStep, Output, OutputFlavor, Step};
