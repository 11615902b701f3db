//! How many jobs may run at once.

use std::thread::available_parallelism;

use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::{Configuration, type_error};
use crate::workspace::config::value::{Sourced, Value};

/// Returns the number of jobs: `--jobs`, else `build.jobs`, else the number of processors.
///
/// # Errors
///
/// The number is 0, or the text is neither a number nor `default`.
pub(super) fn jobs(
    configuration: &Configuration<'_>,
    argument: Option<&str>,
) -> Result<usize, Error> {
    if let Some(text) = argument {
        return match text.parse::<i32>() {
            Ok(number) => from_number(number.into()),
            Err(_) => from_text(text),
        };
    }
    let key = Key::new("build.jobs");
    match configuration.any(&key)? {
        None => Ok(processors()),
        Some(Sourced { value: Value::Integer(number), .. }) => from_number(number),
        Some(Sourced { value: Value::String(text), .. }) => from_text(&text),
        Some(other) => Err(type_error("build.jobs", "an integer or a string", &other)),
    }
}

fn from_number(number: i64) -> Result<usize, Error> {
    let processors = i64::try_from(processors()).unwrap_or(i64::MAX);
    match number {
        0 => Err(Error::Invalid("jobs may not be 0".to_owned())),
        negative if negative < 0 => Ok(at_least_one(processors.saturating_add(negative))),
        positive => Ok(at_least_one(positive)),
    }
}

fn at_least_one(number: i64) -> usize {
    usize::try_from(number).unwrap_or(1).max(1)
}

fn from_text(text: &str) -> Result<usize, Error> {
    if text == "default" {
        return Ok(processors());
    }
    Err(Error::Invalid(format!(
        "could not parse `{text}`. Number of parallel jobs should be `default` or a number."
    )))
}

/// A machine that cannot say how many processors it has gets one job.
fn processors() -> usize {
    available_parallelism().map_or(1, Into::into)
}
