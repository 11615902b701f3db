//! How far the build is: the numbers and names of the progress bar. Knows no terminal.

use std::collections::HashSet;

use atlas_build::ids::UnitId;

/// Units that are being built, and how many are done.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    running: Vec<(UnitId, String)>,
    /// Units that another process builds.
    waiting: Vec<(UnitId, String)>,
    finished: HashSet<UnitId>,
}

impl Activity {
    /// Notes that a process of a unit starts; of one that is built after all, it is not done.
    pub(crate) fn start(&mut self, unit: UnitId, name: impl FnOnce() -> String) {
        self.finished.remove(&unit);
        self.waiting.retain(|(waiting, _)| *waiting != unit);
        if !self.running.iter().any(|(running, _)| *running == unit) {
            self.running.push((unit, name()));
        }
    }

    /// Notes that a unit waits for another process.
    pub(crate) fn wait(&mut self, unit: UnitId, name: impl FnOnce() -> String) {
        if !self.waiting.iter().any(|(waiting, _)| *waiting == unit) {
            self.waiting.push((unit, name()));
        }
    }

    /// Notes that a unit is done, well or not.
    pub(crate) fn finish(&mut self, unit: UnitId) {
        self.running.retain(|(running, _)| *running != unit);
        self.waiting.retain(|(waiting, _)| *waiting != unit);
        self.finished.insert(unit);
    }

    /// Notes that nothing runs any longer, and that units which did not finish are not done.
    pub(crate) fn rest(&mut self) {
        self.running.clear();
        self.waiting.clear();
    }

    /// Returns whether any process runs.
    pub(crate) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// Returns how many units are done.
    pub(crate) fn n_finished(&self) -> usize {
        self.finished.len()
    }

    /// Returns the names of what runs, the oldest first, and of what another process builds:
    /// `: serde, syn(build), waiting for quote`.
    pub(crate) fn names(&self) -> String {
        let running = self.running.iter().map(|(_, name)| name.clone());
        let waiting = self.waiting.iter().map(|(_, name)| format!("waiting for {name}"));
        format!(": {}", running.chain(waiting).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::ids::DenseId;

    use super::*;

    #[test]
    fn running_units_are_named_in_order() {
        let mut activity = Activity::default();
        let [a, b, c] = [0, 1, 2].map(UnitId::from_index);
        for (unit, name) in [(a, "a"), (b, "b"), (c, "c"), (a, "a")] {
            activity.start(unit, || name.to_owned());
        }
        activity.finish(b);
        assert_eq!((activity.names().as_str(), activity.n_finished()), (": a, c", 1));
    }

    #[test]
    fn units_of_another_process_are_named_until_they_are_done_or_built() {
        let mut activity = Activity::default();
        let [a, b, c] = [0, 1, 2].map(UnitId::from_index);
        activity.start(a, || "a".to_owned());
        activity.wait(b, || "b".to_owned());
        activity.wait(c, || "c".to_owned());
        assert_eq!(activity.names(), ": a, waiting for b, waiting for c");
        activity.finish(b);
        activity.start(c, || "c".to_owned());
        assert_eq!(activity.names(), ": a, c");
    }

    #[test]
    fn unit_that_is_built_after_all_is_done_once() {
        let mut activity = Activity::default();
        let [a, b] = [0, 1].map(UnitId::from_index);
        activity.finish(a);
        activity.start(b, || "b".to_owned());
        activity.rest();
        assert!(!activity.is_running());
        activity.start(a, || "a".to_owned());
        assert_eq!((activity.names().as_str(), activity.n_finished()), (": a", 0));
        activity.finish(a);
        activity.finish(a);
        assert_eq!(activity.n_finished(), 1);
    }
}
