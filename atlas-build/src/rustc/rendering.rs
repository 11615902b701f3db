//! How rustc renders its messages: the part of a command line that differs from terminal to terminal.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::process::CommandLine;
use crate::request::{BuildRequest, MessageFormat};

/// The first argument about rendering.
const FIRST: &str = "--error-format=json";

/// How rustc renders its messages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rendering {
    /// One line a diagnostic.
    is_short: bool,
    /// Width in columns, if there is one.
    width: Option<u16>,
}

impl Rendering {
    /// Returns what a request wants.
    pub fn of(request: &BuildRequest) -> Self {
        let is_short = matches!(
            request.message_format,
            MessageFormat::Short | MessageFormat::Json { short: true, .. }
        );
        Rendering { is_short, width: request.color.width }
    }

    /// Returns the arguments for rustc.
    pub fn args(&self) -> Vec<String> {
        let short = if self.is_short { ",diagnostic-short" } else { "" };
        let mut args = vec![
            FIRST.to_owned(),
            format!("--json=diagnostic-rendered-ansi,artifacts,future-incompat{short}"),
        ];
        args.extend(self.width.map(|width| format!("--diagnostic-width={width}")));
        args
    }
}

/// Replaces the arguments about rendering in a command that was made with others.
pub fn set_rendering(command: &mut CommandLine, rendering: &Rendering) {
    let Some(start) = command.args.iter().position(|arg| arg == FIRST) else { return };
    let is_width =
        |arg: &OsString| arg.to_str().is_some_and(|arg| arg.starts_with("--diagnostic-width="));
    let has_width = command.args.get(start + 2).is_some_and(is_width);
    let end = start + if has_width { 3 } else { 2 };
    let args = rendering.args().into_iter().map(OsString::from);
    command.args.splice(start..end, args);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Rendering, set_rendering};
    use crate::process::CommandLine;

    fn command(rendering: &Rendering) -> CommandLine {
        let mut command = CommandLine::new("rustc", "/w");
        command.args(["--crate-name", "a", "src/lib.rs"]).args(rendering.args());
        command.args(["--crate-type", "lib", "--diagnostic-width=7"]);
        command
    }

    #[rstest]
    fn commands_become_those_of_another_terminal(
        #[values(None, Some(80), Some(100))] old: Option<u16>,
        #[values(None, Some(80), Some(100))] new: Option<u16>,
        #[values(false, true)] is_short: bool,
    ) {
        let old = Rendering { is_short: false, width: old };
        let new = Rendering { is_short, width: new };
        let mut changed = command(&old);
        set_rendering(&mut changed, &new);
        assert_eq!(changed, command(&new));
    }
}
