//! Why something is built, in words. The one place that knows them; what is counted as evidence is
//! up to `atlas-fingerprint`.

use atlas_fingerprint::DirtyReason;

/// Returns why a unit is dirty, for the line `Dirty foo v0.1.0: …`; `None` if there is nothing to
/// explain because it was never built.
pub(crate) fn dirty(reason: &DirtyReason) -> Option<String> {
    match reason {
        DirtyReason::NeverBuilt => None,
    }
}

/// Returns how a process ended in cargo's words, which name signals where the standard library's do
/// not.
pub(crate) fn exit_status(status: &str) -> String {
    let number = status.strip_prefix("signal: ").and_then(|rest| rest.split(' ').next());
    let Some(number) = number else { return status.to_owned() };
    let name = match number {
        "1" => ", SIGHUP: hangup",
        "2" => ", SIGINT: terminal interrupt signal",
        "3" => ", SIGQUIT: terminal quit signal",
        "4" => ", SIGILL: illegal instruction",
        "5" => ", SIGTRAP: trace/breakpoint trap",
        "6" => ", SIGABRT: process abort signal",
        "8" => ", SIGFPE: erroneous arithmetic operation",
        "9" => ", SIGKILL: kill",
        "11" => ", SIGSEGV: invalid memory reference",
        "13" => ", SIGPIPE: write on a pipe with no one to read",
        "14" => ", SIGALRM: alarm clock",
        "15" => ", SIGTERM: termination signal",
        // The numbers of these two differ between systems.
        _ if status.contains("(SIGBUS)") => ", SIGBUS: access to undefined memory",
        _ if status.contains("(SIGSYS)") => ", SIGSYS: bad system call",
        _ => "",
    };
    format!("signal: {number}{name}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("exit status: 101", "exit status: 101")]
    #[case("signal: 9 (SIGKILL)", "signal: 9, SIGKILL: kill")]
    #[case("signal: 6 (SIGABRT) (core dumped)", "signal: 6, SIGABRT: process abort signal")]
    #[case("signal: 7 (SIGBUS)", "signal: 7, SIGBUS: access to undefined memory")]
    #[case("signal: 64", "signal: 64")]
    fn ends_are_worded_as_cargo_does(#[case] status: &str, #[case] expected: &str) {
        assert_eq!(exit_status(status), expected);
    }

    #[test]
    fn first_build_needs_no_explanation() {
        assert_eq!(dirty(&DirtyReason::NeverBuilt), None);
    }
}
