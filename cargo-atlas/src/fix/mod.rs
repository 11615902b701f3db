//! The words of `fix`: its flags, when files may be changed, and how they are.

mod args;
mod fixes;
mod suggestions;
mod version_control;
mod words;

pub(crate) use args::{FixArgs, FixFlags};
pub(crate) use fixes::{Fixes, Places};
pub(crate) use suggestions::{Collected, Collector};
pub(crate) use version_control::{Permission, check};
pub(crate) use words::{failed_fix, failed_replacement};
