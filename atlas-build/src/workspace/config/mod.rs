//! Cargo's configuration: files, `--config` and environment variables, merged as cargo merges
//! them, and the settings that a build needs from it.

mod env;
mod error;
mod files;
mod include;
mod jobs;
mod key;
mod links;
mod lookup;
mod profiles;
mod settings;
mod target;
mod tools;
mod value;

pub use error::Error;
pub use files::load;
pub use key::Key;
pub use lookup::Configuration;
pub use profiles::{profile_warnings, profiles};
pub use settings::{Config, build_targets, settings, unstable_settings};
pub use target::{Flags, TargetSettings, target_settings, user_flags};
pub use tools::{Tools, tools};
pub use value::{Definition, Sourced, Table, Value};
