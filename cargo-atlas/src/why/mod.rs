//! Why a build did what it did, or would do it: an account of the engine, explained. `story` finds
//! causes and what followed, `words` says it, `page` lays it out, `json` is for programs.

mod ago;
mod effects;
mod explain;
mod json;
mod module_path;
mod names;
mod page;
mod selection;
mod story;
mod verdict;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub(crate) use explain::{AnswerFormat, Question, explain};
