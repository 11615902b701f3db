//! `cargo atlas clean`: what plain cargo does, in atlas's part of the target directory as well.
//!
//! cargo cleans its own part, so that what it refuses is refused in its words. Then the same is done
//! in atlas's part, and the closing line is for both. All of a target directory is cargo's to clean.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};

use atlas_build::clean::{self, Effect, Located, Locks, Part, Removal, Tally};
use atlas_build::interrupt::Interrupt;
use atlas_build::process::CommandLine;
use atlas_build::toolchain::verbose_version;
use camino::Utf8Path;
use cargo_util_schemas::core::PackageIdSpec;

use super::collect;
use super::place::Place;
use crate::args::Words;
use crate::clean::{CleanArgs, Summary};
use crate::error::ErrorChain;
use crate::fallback;
use crate::terminal::{Shell, style};
use crate::{exit, hint, request};

/// Cleans, or collects, and returns the exit code.
pub(crate) fn clean(place: Place<'_>, args: &CleanArgs, words: &Words, shell: &mut Shell) -> i32 {
    if args.is_collection() {
        return collect::collect(place, args, shell);
    }
    if let Some(flag) = args.limit() {
        let chain = ErrorChain::new(format!("`{flag}` is for collections"));
        shell.error_chain(&chain.hint("add `--gc` or `--sweep`"));
        return exit::FAILURE;
    }
    // Where cargo does not find a workspace, it says so itself.
    let request = request::of_clean(place.globals, args, place.cwd, place.environment);
    let located = clean::locate(&request, Stdio::null()).ok();
    let result = match located {
        Some(located) if !args.doc => with_cargo(place, args, words, &located, shell),
        _ => whole(place, words, shell),
    };
    result.unwrap_or_else(|error| {
        shell.error_chain(&error);
        exit::FAILURE
    })
}

/// Has cargo clean both parts, or its own, while nobody builds.
fn with_cargo(
    place: Place<'_>,
    args: &CleanArgs,
    words: &Words,
    located: &Located,
    shell: &mut Shell,
) -> Result<i32, ErrorChain> {
    let asked = Asked::new(place, args, located);
    let _locks = match args.dry_run {
        true => None,
        false => Some(lock(located, asked.profile(), shell)?),
    };
    match asked {
        Asked::All => whole(place, words, shell),
        asked => in_part(place, args, words, (located, &asked), shell),
    }
}

/// What is to be cleaned.
enum Asked {
    All,
    Profile(String),
    Packages { profile: String, names: Vec<String>, triples: Vec<String> },
}

impl Asked {
    fn new(place: Place<'_>, args: &CleanArgs, located: &Located) -> Self {
        let named = args.release.then_some("release").or(args.profile.as_deref());
        let specs = args.package.iter().flatten();
        // What is no specification cargo refuses.
        let specs = specs.filter_map(|spec| PackageIdSpec::parse(spec).ok());
        let mut names: Vec<String> = specs.map(|spec| spec.name().to_owned()).collect();
        if args.workspace {
            names.extend_from_slice(&located.members);
        }
        match (names.is_empty(), named) {
            (true, None) => Asked::All,
            (true, Some(profile)) => Asked::Profile(profile.to_owned()),
            (false, named) => {
                let profile = named.unwrap_or("dev").to_owned();
                let triples = args.target.iter().flatten().map(|triple| short(place, triple));
                Asked::Packages { profile, names, triples: triples.collect() }
            }
        }
    }

    fn profile(&self) -> Option<&str> {
        match self {
            Asked::All => None,
            Asked::Profile(profile) | Asked::Packages { profile, .. } => Some(profile),
        }
    }

    fn part(&self) -> Option<Part<'_>> {
        match self {
            Asked::All => None,
            Asked::Profile(profile) => Some(Part::Profile(profile)),
            Asked::Packages { profile, names, triples } => {
                Some(Part::Packages { profile, names, triples })
            }
        }
    }
}

/// Returns the name of the directory of a platform.
fn short(place: Place<'_>, triple: &str) -> String {
    let stem = triple.ends_with(".json").then(|| Path::new(triple).file_stem());
    match stem.flatten() {
        Some(stem) => stem.to_string_lossy().into_owned(),
        None if triple == "host-tuple" => host(place).unwrap_or_else(|| triple.to_owned()),
        None => triple.to_owned(),
    }
}

fn host(place: Place<'_>) -> Option<String> {
    let mut rustc = CommandLine::new("rustc", place.cwd.to_owned());
    let output = rustc.arg("-vV").command_within(place.environment).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(verbose_version(&text).ok()?.host.to_string())
}

/// Waits for builds to end.
fn lock(located: &Located, profile: Option<&str>, shell: &mut Shell) -> Result<Locks, ErrorChain> {
    let waiting = "waiting for file lock on build directory";
    let mut on_wait = |_: &Utf8Path| shell.status_in(style::HELP, "Blocking", waiting);
    // A signal ends the process: nothing has been removed yet.
    clean::lock(&located.target, profile, &Interrupt::new(), &mut on_wait)
        .map_err(|error| ErrorChain::of(&error))
}

/// Has cargo clean all that it is asked for, and tell it itself.
fn whole(place: Place<'_>, words: &Words, shell: &mut Shell) -> Result<i32, ErrorChain> {
    let output = cargo(place, words, shell, Stdio::inherit())?;
    Ok(output.status.code().unwrap_or(exit::FAILURE))
}

/// Has cargo clean its part, cleans the other one, and tells both in one line.
fn in_part(
    place: Place<'_>,
    args: &CleanArgs,
    words: &Words,
    (located, asked): (&Located, &Asked),
    shell: &mut Shell,
) -> Result<i32, ErrorChain> {
    let output = cargo(place, words, shell, Stdio::piped())?;
    let code = output.status.code().unwrap_or(exit::FAILURE);
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    let closing = lines.iter().position(|line| read(line).is_some());
    let (before, after) = lines.split_at(closing.unwrap_or(lines.len()));
    before.iter().for_each(|line| shell.write_stderr(line));
    if let Some(part) = asked.part().filter(|_| code == exit::SUCCESS) {
        let ours = remove(located, &part, args, shell)?;
        // cargo says nothing if it is to be quiet.
        if let Some(mut summary) = after.first().and_then(|line| read(line)) {
            summary.tally += ours;
            shell.status(Summary::word(summary.is_dry), summary);
        }
    }
    after.iter().skip(1).for_each(|line| shell.write_stderr(line));
    Ok(code)
}

fn read(line: &str) -> Option<Summary> {
    Summary::read(&anstream::adapter::strip_str(line).to_string())
}

/// Removes a part of what atlas has built.
fn remove(
    located: &Located,
    part: &Part<'_>,
    args: &CleanArgs,
    shell: &mut Shell,
) -> Result<Tally, ErrorChain> {
    let effect = if args.dry_run { Effect::Count } else { Effect::Remove };
    let is_verbose = shell.is_verbose();
    let mut told = |path: &Path| match effect {
        _ if !is_verbose => {}
        Effect::Remove => shell.status("Removing", path.display()),
        Effect::Count => shell.write_stdout(&path.display().to_string()),
    };
    let mut removal = Removal::new(effect, &mut told);
    clean::clean(&located.target, part, &mut removal).map_err(|error| ErrorChain::of(&error))?;
    Ok(removal.total())
}

/// Runs `cargo clean` as it was typed.
fn cargo(
    place: Place<'_>,
    words: &Words,
    shell: &Shell,
    stderr: Stdio,
) -> Result<Output, ErrorChain> {
    let words = Words { toolchain: words.toolchain.clone(), rest: without_color(&words.rest) };
    let mut command = fallback::command_line(&words, place.environment);
    // Its standard error may be no terminal, although that of this process is one.
    let color = if shell.shows_colors() { "always" } else { "never" };
    command.env("CARGO_TERM_COLOR", color);
    let mut process = command.command_within(place.environment);
    process.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(stderr);
    let run =
        |error: io::Error| ErrorChain::of(&command.spawn_error(error)).hint(hint::install("cargo"));
    process.spawn().and_then(std::process::Child::wait_with_output).map_err(run)
}

/// Leaves out what says whether there are colours.
fn without_color(words: &[OsString]) -> Vec<OsString> {
    let mut rest = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--color") => drop(words.next()),
            Some(word) if word.starts_with("--color=") => {}
            _ => rest.push(word.clone()),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::separate(&["--color", "never", "clean", "-v"], &["clean", "-v"])]
    #[case::joined(&["clean", "--color=auto", "-p", "a"], &["clean", "-p", "a"])]
    #[case::none(&["clean", "-p", "color"], &["clean", "-p", "color"])]
    fn colors_are_not_for_cargo_to_decide(#[case] words: &[&str], #[case] expected: &[&str]) {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        assert_eq!(without_color(&words), expected);
    }
}
