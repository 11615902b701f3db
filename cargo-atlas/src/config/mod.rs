//! The configuration of atlas itself: which keys there are, where they can be set, which place wins.

mod configuration;
mod error;
mod file;
mod key;
pub(crate) mod quantity;
mod store;

pub(crate) use configuration::{Configuration, Origin, Setting};
pub(crate) use error::{ConfigError, UnknownKey};
pub(crate) use key::{CACHE, CUTOFF, FRESHNESS, HARMLESS_MACROS, KEEP_RESULTS, PORTABLE, Value};
pub(crate) use store::{store_limits, store_root};
