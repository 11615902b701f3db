//! `cargo atlas clean --gc` and `--sweep`: what nobody needs any longer, in the target directory and in
//! the store.

use std::process::Stdio;
use std::time::{Duration, Instant};

use atlas_build::cas::{self, Cas, ToolchainRule};
use atlas_build::clean::{self, CleanError, Effect, Limits, Located};
use atlas_build::request::BuildRequest;

use super::place::{self, Place};
use crate::clean::{Answer, CleanArgs, Section, Summary, json, table};
use crate::config::{quantity, store_limits, store_root};
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::{exit, request};

/// What was not used for longer goes, unless something else is typed.
const MAX_AGE: Duration = Duration::from_hours(30 * 24);
/// What takes longer shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// Collects and returns the exit code.
pub(super) fn collect(place: Place<'_>, args: &CleanArgs, shell: &mut Shell) -> i32 {
    match answer(place, args, shell) {
        Ok(answer) => {
            tell(&answer, args, shell);
            place::written(exit::SUCCESS, shell)
        }
        Err(error) => {
            shell.clear_progress();
            shell.error_chain(&error);
            exit::FAILURE
        }
    }
}

fn answer(place: Place<'_>, args: &CleanArgs, shell: &mut Shell) -> Result<Answer, ErrorChain> {
    let collection = if args.gc { "--gc" } else { "--sweep" };
    if let Some(flag) = args.selection() {
        let message = format!("`{flag}` cannot be used with `{collection}`");
        let cause = "a collection goes by use and age, and not by name";
        let hint = format!("`cargo atlas clean {flag} …` removes what is named");
        return Err(ErrorChain::new(message).caused_by(cause).hint(hint));
    }
    let directory = place.manifest_directory(args.manifest_path.as_deref())?;
    let configuration = place.configuration(&directory, shell)?;
    let request = request::of_clean(place.globals, args, place.cwd, place.environment);
    let located = clean::locate(&request, Stdio::inherit()).map_err(|error| failed(&error))?;
    let mut sections = Vec::new();
    if args.gc {
        sections.push(target(place, args, &located, shell)?);
        let root = store_root(&configuration, place.cwd, place.environment);
        if let Some(root) = root.filter(|root| root.is_dir()) {
            let usual = store_limits(&configuration).of_collection(&root, place.invocation.today);
            sections.push(store(args, &root, &usual, shell)?);
        }
    }
    if args.sweep {
        sections.push(sweep(place, args, &located, &request, shell)?);
    }
    Ok(Answer { sections, is_dry: args.dry_run })
}

fn failed(error: &CleanError) -> ErrorChain {
    let chain = ErrorChain::of(error);
    match error {
        CleanError::UnknownLayout { .. } => {
            chain.hint("nothing was removed; `cargo clean` removes all of it")
        }
        _ => chain,
    }
}

fn limits(place: Place<'_>, args: &CleanArgs) -> Limits {
    Limits {
        max_age: args.max_age.unwrap_or(MAX_AGE),
        now: place.invocation.today,
        effect: if args.dry_run { Effect::Count } else { Effect::Remove },
        deadline: None,
    }
}

fn target(
    place: Place<'_>,
    args: &CleanArgs,
    located: &Located,
    shell: &Shell,
) -> Result<Section, ErrorChain> {
    let mut shown = Shown::new(shell);
    let collected = clean::collect(&located.target, &limits(place, args), &mut |progress| {
        shown.show("Collecting", progress.done, progress.total);
    });
    let collected = collected.map_err(|error| failed(&error))?;
    Ok(Section::of_builds("target", located.target.to_string(), collected))
}

fn store(
    args: &CleanArgs,
    root: &camino::Utf8Path,
    usual: &cas::Limits,
    shell: &Shell,
) -> Result<Section, ErrorChain> {
    let limits = cas::Limits {
        max_size: args.max_size.or(usual.max_size),
        max_age: args.max_age.or(usual.max_age),
        toolchains: match &args.keep_toolchains {
            None => ToolchainRule::Any,
            Some(names) if names.is_empty() => ToolchainRule::Installed,
            Some(names) => ToolchainRule::Only(names.clone()),
        },
        dry_run: args.dry_run,
        ..usual.clone()
    };
    let mut shown = Shown::new(shell);
    let collected = Cas::open(root).and_then(|cas| {
        cas::collect(&cas, &limits, &mut |progress| {
            let number = |n| usize::try_from(n).unwrap_or(usize::MAX);
            shown.show("Collecting", number(progress.done), number(progress.total));
        })
    });
    let collected = collected.map_err(|error| ErrorChain::of(&error))?;
    Ok(Section::of_store(root.to_string(), &collected))
}

fn sweep(
    place: Place<'_>,
    args: &CleanArgs,
    located: &Located,
    request: &BuildRequest,
    shell: &Shell,
) -> Result<Section, ErrorChain> {
    let names = args.keep_toolchains.as_deref().filter(|names| !names.is_empty());
    let toolchains = clean::installed_toolchains(request, names).map_err(|error| failed(&error))?;
    let mut shown = Shown::new(shell);
    let limits = limits(place, args);
    let collected = clean::sweep(&located.build, &limits, &toolchains, &mut |progress| {
        shown.show("Sweeping", progress.done, progress.total);
    });
    let collected = collected.map_err(|error| failed(&error))?;
    Ok(Section::of_builds("cargo", located.build.to_string(), collected))
}

/// Shows how far something is, if it takes long.
struct Shown<'a> {
    shell: &'a Shell,
    since: Instant,
}

impl<'a> Shown<'a> {
    fn new(shell: &'a Shell) -> Self {
        Shown { shell, since: Instant::now() }
    }

    fn show(&mut self, word: &str, done: usize, total: usize) {
        if self.since.elapsed() >= PATIENCE {
            self.shell.show_progress_of(word, done, total);
        }
    }
}

/// Tells what was done.
fn tell(answer: &Answer, args: &CleanArgs, shell: &mut Shell) {
    shell.clear_progress();
    for section in &answer.sections {
        for profile in &section.busy {
            shell.note(format_args!("`{profile}` is being built, and was left alone"));
        }
        section.notes.iter().for_each(|note| shell.note(note));
    }
    if args.json {
        match json(answer) {
            Ok(json) => shell.write_stdout(&json),
            Err(error) => shell.error_chain(&ErrorChain::of(&error)),
        }
        return;
    }
    if let Some(table) = table(answer) {
        shell.write_stdout(&table);
    }
    let (count, bytes) = answer.total();
    let word = Summary::word(answer.is_dry);
    let noun = if count == 1 { "item" } else { "items" };
    shell.status(word, format_args!("{count} {noun}, {} total", quantity::shown_size(bytes)));
    if answer.is_dry {
        shell.warn("no files deleted due to --dry-run");
    }
}
