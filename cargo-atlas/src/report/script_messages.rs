//! Warnings and errors of build scripts, held back until the script ended: only then it is known
//! whether anybody wants to see them.

use std::collections::BTreeMap;

use atlas_build::ids::UnitId;
use atlas_build::script::Severity;

/// A message of a build script.
pub(crate) type Message = (Severity, String);

/// What each run of a build script said so far.
#[derive(Debug, Default)]
pub(crate) struct ScriptMessages(BTreeMap<UnitId, Vec<Message>>);

impl ScriptMessages {
    /// Notes a message.
    pub(crate) fn push(&mut self, run: UnitId, message: Message) {
        self.0.entry(run).or_default().push(message);
    }

    /// Forgets what a run said in an earlier round: it runs again.
    pub(crate) fn forget(&mut self, run: UnitId) {
        self.0.remove(&run);
    }

    /// Returns what a run that ended well has to say: nothing if its package is not shown, unless
    /// there is an error.
    pub(crate) fn of_finished(&self, run: UnitId, is_shown: bool) -> &[Message] {
        let messages = self.0.get(&run).map_or(&[][..], Vec::as_slice);
        let has_error = messages.iter().any(|(severity, _)| *severity == Severity::Error);
        if is_shown || has_error { messages } else { &[] }
    }

    /// Returns all that the runs said, for a failure that it may explain; runs for host and target
    /// that said the same count once.
    pub(crate) fn of_failed(&self, runs: impl IntoIterator<Item = UnitId>) -> Vec<&Message> {
        let mut said: Vec<&Vec<Message>> = Vec::new();
        for messages in runs.into_iter().filter_map(|run| self.0.get(&run)) {
            if !said.contains(&messages) {
                said.push(messages);
            }
        }
        said.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::ids::DenseId;

    use super::*;

    fn messages(messages: &[(usize, Severity, &str)]) -> ScriptMessages {
        let mut all = ScriptMessages::default();
        for &(run, severity, text) in messages {
            all.push(UnitId::from_index(run), (severity, text.to_owned()));
        }
        all
    }

    #[test]
    fn foreign_warnings_are_held_back() {
        let messages = messages(&[(0, Severity::Warning, "w")]);
        let run = UnitId::from_index(0);
        assert_eq!(messages.of_finished(run, true).len(), 1);
        assert_eq!(messages.of_finished(run, false).len(), 0);
    }

    #[test]
    fn error_brings_out_the_warnings() {
        let messages = messages(&[(0, Severity::Warning, "w"), (0, Severity::Error, "e")]);
        assert_eq!(messages.of_finished(UnitId::from_index(0), false).len(), 2);
    }

    #[test]
    fn runs_that_say_the_same_count_once() {
        let messages = messages(&[(0, Severity::Warning, "w"), (1, Severity::Warning, "w")]);
        assert_eq!(messages.of_failed([0, 1].map(UnitId::from_index)).len(), 1);
    }
}
