//! Texts of lines that are not about one diagnostic: commands, and how the build ended.

use std::time::Duration;

use atlas_build::event::{Planned, Summary};
use atlas_build::process::CommandLine;
use atlas_build::request::BuildRequest;

use super::wording;

/// Whether a command is shown with the variables that are set for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CommandDetail {
    /// The words only.
    Words,
    /// Also variables, under `-vv`.
    Variables,
}

impl CommandDetail {
    /// Returns the detail that a request asks for.
    pub(crate) fn of(request: &BuildRequest) -> Self {
        if request.extra_verbose { CommandDetail::Variables } else { CommandDetail::Words }
    }
}

/// Returns a command in backquotes, so that it can be pasted into a shell.
pub(crate) fn command(command: &CommandLine, detail: CommandDetail) -> String {
    let mut words = Vec::new();
    if detail == CommandDetail::Variables {
        let set = command.env.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        words.extend(set.map(|(name, value)| {
            let value = shell_escape::escape(value.to_string_lossy());
            if cfg!(windows) { format!("set {name}={value}&&") } else { format!("{name}={value}") }
        }));
    }
    words.push(command.program.to_string_lossy().into_owned());
    let args = command.args.iter().map(|arg| shell_escape::escape(arg.to_string_lossy()));
    words.extend(args.map(|arg| arg.into_owned()));
    format!("`{}`", words.join(" "))
}

/// Returns the closing line of a build that ended well: cargo's, and what was done with all units.
pub(crate) fn finished(planned: &Planned, summary: &Summary, elapsed: Duration) -> String {
    let optimized = if planned.optimized { "optimized" } else { "unoptimized" };
    let debuginfo = if planned.debuginfo { " + debuginfo" } else { "" };
    let counts = wording::counts(summary);
    let joint = if counts.is_empty() { "" } else { ": " };
    format!(
        "`{}` profile [{optimized}{debuginfo}] target(s) in {}{joint}{counts}",
        planned.profile,
        duration(elapsed)
    )
}

/// Returns a duration in cargo's words.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{}m {:02}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}.{:02}s", duration.subsec_millis() / 10)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    #[rstest]
    #[case(0, "0.00s")]
    #[case(129, "0.12s")]
    #[case(59_999, "59.99s")]
    #[case(60_000, "1m 00s")]
    #[case(754_321, "12m 34s")]
    fn durations_are_worded_as_cargo_does(#[case] milliseconds: u64, #[case] expected: &str) {
        assert_eq!(duration(Duration::from_millis(milliseconds)), expected);
    }

    #[rstest]
    #[case("dev", false, true, "`dev` profile [unoptimized + debuginfo] target(s) in 0.12s")]
    #[case("release", true, false, "`release` profile [optimized] target(s) in 0.12s")]
    fn closing_line_is_worded_as_cargo_does(
        #[case] profile: &str,
        #[case] optimized: bool,
        #[case] debuginfo: bool,
        #[case] expected: &str,
    ) {
        let mut planned = fixture::planned([]);
        (planned.optimized, planned.debuginfo) = (optimized, debuginfo);
        planned.profile = profile.to_owned();
        let summary = Summary::default();
        assert_eq!(finished(&planned, &summary, Duration::from_millis(120)), expected);
    }

    #[test]
    fn closing_line_ends_with_what_was_done() {
        let summary = Summary { built: 3, fresh: 180, spared: 2, ..Summary::default() };
        assert_eq!(
            finished(&fixture::planned([]), &summary, Duration::from_millis(20)),
            "`dev` profile [unoptimized + debuginfo] target(s) in 0.02s: 3 compiled, 180 fresh, \
             2 spared"
        );
    }

    #[test]
    #[cfg(unix)]
    fn commands_can_be_pasted() {
        let mut line = CommandLine::new("/bin/rustc", "/ws");
        line.args(["--check-cfg", "cfg(docsrs,test)"]).env("A", "b c").env_remove("D");
        let words = "/bin/rustc --check-cfg 'cfg(docsrs,test)'";
        assert_eq!(command(&line, CommandDetail::Words), format!("`{words}`"));
        assert_eq!(command(&line, CommandDetail::Variables), format!("`A='b c' {words}`"));
    }
}
