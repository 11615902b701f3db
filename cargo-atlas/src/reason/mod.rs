//! Why something is built, in words: one short sentence, and what was counted as evidence. Which
//! unit it is about, and when, is up to who shows it.

mod evidence;
mod headline;

pub(crate) use evidence::{Difference, evidence};
pub(crate) use headline::{headline, record_fault, relative};
