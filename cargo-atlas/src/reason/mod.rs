//! Why something is built, in words: one short sentence, and what was counted as evidence; and what
//! dependents see of that. Which unit it is about, and when, is up to who shows it.

mod cutoff;
mod evidence;
mod headline;
mod items;

pub(crate) use cutoff::{bar, obstacle};
pub(crate) use evidence::{Difference, evidence};
pub(crate) use headline::{headline, record_fault, relative};
pub(crate) use items::{crate_name, items};
