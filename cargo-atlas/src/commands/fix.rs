//! `cargo atlas fix`, and `clippy --fix`: what the compiler suggests is done, in rounds, and the code is
//! checked before and after.
//!
//! A build without a word collects suggestions for all packages asked for at once. Where some did not go
//! together it is repeated, as cargo does for each crate. At the end the code has to compile as it did:
//! what broke it is taken back. Then the check that the user sees finds everything as it should be.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

use atlas_build::Surroundings;
use atlas_build::event::Event;
use atlas_build::ids::UnitId;
use atlas_build::request::{BuildRequest, ExtraArgs, MessageFormat};
use camino::{Utf8Path, Utf8PathBuf};

use super::build::{BuildCommand, Purpose, Stop, build};
use super::place::Place;
use crate::args::{BuildArgs, Words};
use crate::clippy::Lints;
use crate::engine::{self, EngineError};
use crate::error::ErrorChain;
use crate::fix::{
    Collector, FixArgs, FixFlags, Fixes, Permission, Places, check, failed_fix, failed_replacement,
};
use crate::report::Reporter;
use crate::request::Verb;
use crate::terminal::{DisplayFlags, Shell};
use crate::{exit, fallback};

/// How often suggestions are asked for, unless `CARGO_FIX_MAX_RETRIES` says something else.
const MAX_ROUNDS: usize = 4;

/// Fixes code, or has plain cargo do so, and returns the exit code.
pub(crate) fn fix(place: Place<'_>, args: &FixArgs, words: &Words, shell: Shell) -> i32 {
    fix_with(place, (&args.fixing, &args.args), None, words, shell)
}

/// Does the same with the lints of clippy.
pub(super) fn fix_with(
    place: Place<'_>,
    (flags, args): (&FixFlags, &BuildArgs),
    lints: Option<&Lints>,
    words: &Words,
    mut shell: Shell,
) -> i32 {
    if flags.edition || flags.edition_idioms {
        let reason = "code is prepared for another edition by cargo";
        return fallback::hand_over(reason, words, place.environment, &mut shell);
    }
    if !args.atlas.dry_run {
        match check(flags, place.environment, place.cwd) {
            Ok(Permission::Given) => {}
            Ok(Permission::Unknown) => {
                let reason = "git cannot be asked what is committed";
                return fallback::hand_over(reason, words, place.environment, &mut shell);
            }
            Err(error) => {
                shell.error_chain(&ErrorChain::of(&error));
                return exit::FAILURE;
            }
        }
    }
    let command =
        BuildCommand { place, verb: Verb::Check, args, needs_cargo: None, words, n_last: 0 };
    build(command, &Fixing { flags, lints, place }, shell)
}

/// Code is to be fixed.
struct Fixing<'a> {
    flags: &'a FixFlags,
    lints: Option<&'a Lints>,
    place: Place<'a>,
}

impl Purpose for Fixing<'_> {
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        let extra_args = ExtraArgs { caps_lints: true, ..request.extra_args.clone() };
        let request = BuildRequest { extra_args, ..request };
        Ok(match self.lints {
            Some(lints) => lints.ask(request),
            None => request,
        })
    }

    fn prepare(
        &self,
        request: &BuildRequest,
        surroundings: &Surroundings<'_>,
        flags: DisplayFlags,
        mut shell: Shell,
    ) -> (Result<(), Stop>, Shell) {
        let (first, root) = if matches!(request.message_format, MessageFormat::Json { .. }) {
            match collect(request, surroundings, None) {
                Ok(collected) => collected,
                Err(error) => return (Err(Stop::Engine(error)), shell),
            }
        } else {
            let reporter = RefCell::new(Reporter::new(shell, flags, request));
            let collected = collect(request, surroundings, Some(&reporter));
            shell = reporter.into_inner().into_shell();
            match collected {
                Ok(collected) => collected,
                Err(error) => return (Err(Stop::Engine(error)), shell),
            }
        };
        let places = self.places(root);
        let fixed = self.fix(&first, &places, (request, surroundings), &mut shell);
        (fixed, shell)
    }
}

impl Fixing<'_> {
    /// Does what is suggested, and says what was done.
    fn fix(
        &self,
        first: &Collector,
        places: &Places,
        (request, surroundings): (&BuildRequest, &Surroundings<'_>),
        shell: &mut Shell,
    ) -> Result<(), Stop> {
        let broken_code = self.flags.broken_code;
        let mut fixes = Fixes::default();
        let mut later;
        let mut collector = first;
        let max_rounds = self.place.environment.get("CARGO_FIX_MAX_RETRIES");
        for _ in 0..max_rounds.and_then(|text| text.parse().ok()).unwrap_or(MAX_ROUNDS) {
            let suggestions = collector.suggestions(broken_code);
            let has_changed =
                fixes.apply(&suggestions, places).map_err(|error| unwritten(&error, shell))?;
            if !has_changed || !fixes.has_errors() {
                break;
            }
            (later, _) = collect(request, surroundings, None).map_err(Stop::Engine)?;
            collector = &later;
        }
        if fixes.done().next().is_none() {
            return Ok(());
        }
        let (last, _) = collect(request, surroundings, None).map_err(Stop::Engine)?;
        let broken: BTreeSet<UnitId> = last.failed().difference(first.failed()).copied().collect();
        for unit in &broken {
            let krate = last.crate_name(*unit);
            let diagnostics = last.diagnostics_of(*unit);
            let (warning, text) = failed_fix(krate.as_deref(), diagnostics, self.lints.is_some());
            shell.warn(warning);
            shell.write_stderr(&text);
        }
        if !broken.is_empty() && !broken_code {
            let kept = fixes.take_back(&broken).map_err(|error| unwritten(&error, shell))?;
            for path in kept {
                shell.warn(format_args!(
                    "`{path}` was changed by somebody else meanwhile and stays as it is"
                ));
            }
        }
        self.tell(&fixes, shell);
        Ok(())
    }

    fn tell(&self, fixes: &Fixes, shell: &mut Shell) {
        for (file, error) in fixes.errors() {
            let (warning, text) = failed_replacement(file, error, self.lints.is_some());
            shell.warn(warning);
            shell.write_stderr(&text);
        }
        for (file, n_fixes) in fixes.done() {
            let noun = if n_fixes == 1 { "fix" } else { "fixes" };
            shell.status("Fixed", format_args!("{file} ({n_fixes} {noun})"));
        }
    }

    fn places(&self, (workspace_root, sysroot): (Utf8PathBuf, Utf8PathBuf)) -> Places {
        let Place { environment, cwd, .. } = self.place;
        let home = environment.get("CARGO_HOME").map(|home| cwd.join(home));
        let user = environment.get("HOME").map(|home| Utf8Path::new(home).join(".cargo"));
        let foreign = home.or(user).into_iter().chain([sysroot]);
        // Files are compared by their true places.
        let foreign = foreign.map(|path| path.canonicalize_utf8().unwrap_or(path)).collect();
        Places { workspace_root, foreign }
    }
}

fn unwritten(error: &io::Error, shell: &mut Shell) -> Stop {
    shell.error_chain(&ErrorChain::of(error));
    Stop::Code(exit::FAILURE)
}

/// What was heard, and where: the root of the workspace and that of the toolchain.
type Heard = (Collector, (Utf8PathBuf, Utf8PathBuf));

/// Builds, and says of it what is about time only.
fn collect(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    reporter: Option<&RefCell<Reporter<'_>>>,
) -> Result<Heard, EngineError> {
    let collector = RefCell::new(Collector::default());
    let built = engine::build(request, surroundings, &|event| {
        collector.borrow_mut().on_event(&event);
        let is_said_later = matches!(
            event,
            Event::Diagnostic(..)
                | Event::Failed(..)
                | Event::FutureIncompat(..)
                | Event::Output(..)
                | Event::BuildScriptMessage(..)
                | Event::Warning(..)
        );
        if let Some(reporter) = reporter.filter(|_| !is_said_later) {
            reporter.borrow_mut().on_event(event);
        }
    })?;
    if built.summary.interrupted {
        return Err(EngineError::Interrupted);
    }
    let site = built.site;
    Ok((collector.into_inner(), (site.workspace_root, site.toolchain.sysroot)))
}
