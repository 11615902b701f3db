//! What the engine tells, shown: lines for people, messages for programs, a bar for the impatient.

mod announcements;
mod counts;
mod failure;
mod json;
mod live;
mod naming;
mod plain;
mod progress;
mod reporter;
mod rounds;
mod script_messages;
mod wording;

#[cfg(test)]
mod comparison;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub(crate) use plain::{CommandDetail, command as command_text, duration};
pub(crate) use reporter::Reporter;
pub(crate) use wording::exit_status;
