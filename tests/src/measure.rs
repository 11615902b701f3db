//! What a program costs: time, processor time with all its children, and the memory of the process
//! itself. The last two are known on Linux only, from `/proc`.

use std::time::{Duration, Instant};

use crate::process::{Command, Outcome};

/// How often the memory of a running program is read. What it takes at its very end may be missed.
const INTERVAL: Duration = Duration::from_millis(10);

/// A finished program and its cost.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How it ended.
    pub outcome: Outcome,
    /// From start to end.
    pub wall: Duration,
    /// Processor time of the program and all that it started, in clock ticks.
    pub cpu_ticks: Option<u64>,
    /// The largest resident set of the process alone, in kilobytes.
    pub peak_kb: Option<u64>,
}

/// Runs a program. Nothing else may be started by this process meanwhile: its processor time would
/// be counted.
pub fn measure(command: Command) -> Measured {
    let before = cpu_ticks_of_children();
    let start = Instant::now();
    let mut peak_kb = None;
    let outcome =
        command.start().wait_watched(INTERVAL, |pid| peak_kb = peak_kb.max(high_water_mark(pid)));
    let wall = start.elapsed();
    let cpu_ticks = cpu_ticks_of_children().zip(before).map(|(after, before)| after - before);
    Measured { outcome, wall, cpu_ticks, peak_kb }
}

fn high_water_mark(pid: u32) -> Option<u64> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Returns the processor time of all children that have ended.
fn cpu_ticks_of_children() -> Option<u64> {
    let stat = fs_err::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses, which may contain blanks.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut ticks = fields.split(' ').skip(13).map(|field| field.parse::<u64>().ok());
    Some(ticks.next()?? + ticks.next()??)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use camino::Utf8Path;

    use super::*;

    #[test]
    fn memory_and_time_of_a_program_are_seen() {
        let script = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done";
        let shell = Command::new(Utf8Path::new("sh")).args(&["-c", script]);
        let measured = measure(shell);
        assert!(measured.outcome.success());
        assert!(measured.peak_kb.is_some_and(|kb| (100..100_000).contains(&kb)), "{measured:?}");
        assert!(measured.cpu_ticks.is_some_and(|ticks| ticks > 0), "{measured:?}");
    }
}
