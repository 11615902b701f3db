//! The colours of cargo, so that the two cannot be told apart.

use anstyle::{AnsiColor, Effects, Style};
use clap::builder::styling::Styles;

/// Status words such as `Compiling`, and headings.
pub(crate) const HEADER: Style = AnsiColor::BrightGreen.on_default().effects(Effects::BOLD);
/// What is typed as it stands.
pub(crate) const LITERAL: Style = AnsiColor::BrightCyan.on_default().effects(Effects::BOLD);
/// What is to be replaced.
pub(crate) const PLACEHOLDER: Style = AnsiColor::Cyan.on_default();
/// `error`.
pub(crate) const ERROR: Style = AnsiColor::BrightRed.on_default().effects(Effects::BOLD);
/// `warning`.
pub(crate) const WARNING: Style = if cfg!(windows) {
    AnsiColor::BrightYellow.on_default().effects(Effects::BOLD)
} else {
    AnsiColor::Yellow.on_default().effects(Effects::BOLD)
};
/// `note`, and the status word `Blocking`.
pub(crate) const NOTE: Style = AnsiColor::BrightGreen.on_default().effects(Effects::BOLD);
/// `help`, and the status word of the progress bar.
pub(crate) const HELP: Style = AnsiColor::BrightCyan.on_default().effects(Effects::BOLD);

/// The styles of help texts and usage errors.
pub(crate) const CLAP: Styles = Styles::styled()
    .header(HEADER)
    .usage(HEADER)
    .literal(LITERAL)
    .placeholder(PLACEHOLDER)
    .error(ERROR)
    .valid(LITERAL)
    .invalid(WARNING);
