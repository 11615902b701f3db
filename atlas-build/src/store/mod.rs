//! Where files are, and what is written beside them.

mod dep_info;
mod layout;

pub use dep_info::{dep_info_inputs, dep_info_text};
pub use layout::{Layout, LayoutError};
