//! After rustdoc: rustc is asked what was read. It gets the same crate with the same conditions, and
//! goes no further than to expand its macros. Decides nothing about other units.

use std::sync::Arc;

use crate::execute::compile::Compile;
use crate::execute::inbox::{Inbox, Sender};
use crate::execute::pool::{Active, Pool, Progress};
use crate::execute::runner::{Exit, Heard, Hearing, Listener};
use crate::ids::UnitId;
use crate::rustc::dep_info_command;

impl Pool<'_> {
    /// Has rustc say what a rustdoc has read that ended well. Returns how the unit ended, or nothing
    /// as long as rustc runs. That rustc fails does not matter here: what was read is not known then.
    pub(crate) fn after_rustdoc(&mut self, unit: UnitId, exit: Exit) -> Option<Exit> {
        let active = self.running.get_mut(&unit)?;
        let Progress::Compile(compile) = &mut active.progress else { return Some(exit) };
        if let Some(first) = compile.take_rustdoc_exit() {
            return Some(first);
        }
        if !exit.success || !self.ask_what_was_read(unit) {
            return Some(exit);
        }
        let compile = self.running.get_mut(&unit).and_then(Active::compile)?;
        compile.set_rustdoc_exit(exit);
        None
    }

    fn ask_what_was_read(&mut self, unit: UnitId) -> bool {
        let Some(active) = self.running.get_mut(&unit) else { return false };
        let Some(step) = active.compile().map(|compile| compile.step()) else { return false };
        let Some(pages) = &step.pages else { return false };
        let source = pages.source.as_str();
        let command = dep_info_command(&active.command, &pages.rustc, source, &step.dep_info);
        let Some(command) = command else { return false };
        let held = self.freshness.held(unit);
        match self.runner.start_holding(&command, held, hear_end(unit, &self.sender)) {
            Ok(process) => {
                active.process = process;
                true
            }
            Err(_) => false,
        }
    }
}

impl<'a> Active<'a> {
    fn compile(&mut self) -> Option<&mut Compile<'a>> {
        match &mut self.progress {
            Progress::Compile(compile) => Some(compile),
            Progress::Script(..) => None,
        }
    }
}

/// Returns a listener that waits for the end only: what is wrong with the crate, rustdoc has said.
fn hear_end(unit: UnitId, sender: &Sender) -> Listener {
    let sender = sender.clone();
    Arc::new(move |heard| match heard {
        Heard::Line(..) => Hearing::More,
        Heard::Ended(exit) => match sender.send(Inbox::Ended(unit, exit)) {
            Ok(()) => Hearing::More,
            Err(_) => Hearing::Enough,
        },
    })
}
