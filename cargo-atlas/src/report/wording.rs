//! Why something is built, in words. The one place that knows them; what is counted as evidence is
//! up to `atlas-fingerprint`.

use atlas_build::event::{DirtyReason, RecordFault};
use camino::Utf8Path;

/// Returns why a unit is dirty, for the line `Dirty foo v0.1.0: …`; `None` if there is nothing to
/// explain because it was never built.
pub(crate) fn dirty(reason: &DirtyReason) -> Option<String> {
    Some(match reason {
        DirtyReason::NeverBuilt => return None,
        DirtyReason::Unfinished => "the last build of it did not finish".to_owned(),
        DirtyReason::Forced => "forced".to_owned(),
        DirtyReason::RecordUnreadable(fault) => format!("its record {}", record_fault(fault)),
        DirtyReason::CompilerChanged { old, new } => changed("the compiler", old, new),
        DirtyReason::TargetChanged { old, new } => changed("the target", old, new),
        DirtyReason::FeaturesChanged { old, new } => changed("the list of features", old, new),
        DirtyReason::ProfileChanged { old, new } => changed("the profile", old, new),
        DirtyReason::ArgumentsChanged { old, new } => changed("the command", old, new),
        DirtyReason::EnvironmentChanged { name } => {
            format!("the environment variable {name} changed")
        }
        DirtyReason::FileChanged { path } => format!("the file `{path}` has changed"),
        DirtyReason::FileMissing { path } => format!("the file `{path}` is missing"),
        DirtyReason::FileChangedWhileCompiling { path } => {
            format!("the file `{path}` was changed while it was compiled")
        }
        DirtyReason::DependencyChanged { name } => format!("the dependency `{name}` was rebuilt"),
        DirtyReason::DependencyAdded { name } => format!("the dependency `{name}` was added"),
        DirtyReason::DependencyRemoved { name } => format!("the dependency `{name}` was removed"),
        DirtyReason::BuildScriptOutputChanged { name } => {
            format!("the build script of `{name}` gave other output")
        }
        DirtyReason::OutputMissing { path } => format!("the output `{path}` is missing"),
        DirtyReason::OutputChanged { path } => format!("the output `{path}` was changed"),
        DirtyReason::RerunIfChanged { path } => {
            format!("the file `{path}` named by rerun-if-changed has changed")
        }
        DirtyReason::RerunIfEnvChanged { name } => {
            format!("the environment variable {name} named by rerun-if-env-changed changed")
        }
        DirtyReason::RerunRequested { path } => {
            format!("the path `{path}` named by rerun-if-changed does not exist")
        }
    })
}

/// Says that what earlier builds knew cannot be used.
pub(crate) fn state_unusable(path: &Utf8Path, fault: &RecordFault) -> String {
    format!("the state `{path}` {}; everything is built anew", record_fault(fault))
}

/// Says that what this build knows is lost for the next one.
pub(crate) fn state_not_saved(path: &Utf8Path, error: &str) -> String {
    format!("could not write `{path}` ({error}); the next build may build more than it has to")
}

fn record_fault(fault: &RecordFault) -> String {
    match fault {
        RecordFault::Io { error } => format!("could not be read: {error}"),
        RecordFault::Truncated => "is cut short".to_owned(),
        RecordFault::BadChecksum => "is damaged".to_owned(),
        RecordFault::OtherVersion { found } => format!("is of another version ({found})"),
        RecordFault::Malformed => "makes no sense".to_owned(),
    }
}

/// Says what came and what went; only that the order changed, if nothing did.
fn changed(what: &str, old: &[String], new: &[String]) -> String {
    let only_in = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|entry| !others.contains(entry)).cloned().collect()
    };
    let (gone, come) = (only_in(old, new), only_in(new, old));
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => format!("{what} changed its order"),
        (true, false) => format!("{what} changed: now with `{}`", come.join(" ")),
        (false, true) => format!("{what} changed: now without `{}`", gone.join(" ")),
        (false, false) => {
            format!("{what} changed: `{}` is now `{}`", gone.join(" "), come.join(" "))
        }
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
    #[case("signal: 10 (SIGUSR1)", "signal: 10")]
    #[case("signal: 64", "signal: 64")]
    #[case("exit code: 0xc0000005", "exit code: 0xc0000005")]
    fn ends_are_worded_as_cargo_does(#[case] status: &str, #[case] expected: &str) {
        assert_eq!(exit_status(status), expected);
    }

    #[test]
    fn first_build_needs_no_explanation() {
        assert_eq!(dirty(&DirtyReason::NeverBuilt), None);
    }
}
