//! The two output streams, how much is said on them and in which colours.

mod bar;
mod settings;
mod shell;
pub(crate) mod style;

pub(crate) use settings::{DisplayFlags, Settings, SettingsError, TermConfig};
pub(crate) use shell::Shell;

#[cfg(test)]
pub(crate) use shell::Captured;
