//! Opens a page: in the browser of the configuration, else in that of the environment, else in that of
//! the system. Source: cargo's `util/open.rs`.

use std::ffi::OsString;

use atlas_build::process::CommandLine;
use atlas_build::request::Environment;
use camino::Utf8Path;

use crate::terminal::Shell;

/// Opens a page. `configured` is `doc.browser`: a program and its arguments.
pub(crate) fn open(
    page: &Utf8Path,
    configured: Option<&[String]>,
    environment: &Environment,
    shell: &mut Shell,
) {
    shell.status("Opening", page);
    let configured = configured.and_then(|words| words.split_first());
    let browser = match configured {
        Some((program, args)) => Some((OsString::from(program), args)),
        None => environment.get_os("BROWSER").map(|program| (program.to_owned(), &[][..])),
    };
    match browser {
        Some((program, args)) => {
            let mut command = CommandLine::new(&program, ".");
            command.args(args.iter().cloned()).arg(page.as_str());
            if let Err(error) = command.command_within(environment).status() {
                let program = program.to_string_lossy();
                shell.warn(format_args!("Couldn't open docs with {program}: {error}"));
            }
        }
        None => {
            if let Err(error) = opener::open(page) {
                shell.warn(format_args!("couldn't open docs\n\nCaused by:\n  {error}"));
            }
        }
    }
}
