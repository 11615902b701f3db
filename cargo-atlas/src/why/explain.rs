//! From an account and a question to an answer on standard output.

use std::time::SystemTime;

use atlas_build::account::Account;

use super::json;
use super::page::Page;
use super::selection::select;
use crate::error::ErrorChain;
use crate::terminal::Shell;

/// What is asked of an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// The package that is asked for; all that was built if none is.
    pub(crate) package: Option<&'a str>,
    /// The time by the calendar.
    pub(crate) today: SystemTime,
}

/// For whom the answer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AnswerFormat {
    /// People.
    Text,
    /// Programs.
    Json,
}

/// Writes why a build did what it did, or would do it, to standard output.
///
/// # Errors
///
/// A package that the build knows nothing of.
pub(crate) fn explain(
    account: &Account,
    question: Question<'_>,
    format: AnswerFormat,
    shell: &mut Shell,
) -> Result<(), ErrorChain> {
    let units = question.package.map(|package| select(account, package)).transpose()?;
    let text = match format {
        AnswerFormat::Json => {
            json::answer(account, units.as_deref()).map_err(|error| ErrorChain::of(&error))?
        }
        AnswerFormat::Text => {
            let mut page = Page::new(account, shell.is_verbose());
            match units {
                Some(units) => page.units(&units, question.today),
                None => page.overview(question.today),
            }
            page.text()
        }
    };
    shell.write_stdout(&text);
    Ok(())
}
