//! Random edits. After each, what the program under test makes of its target directory is what
//! cargo makes in an empty one: exit code, diagnostics, what programs print.
//!
//! `ATLAS_EDIT_SEEDS=n ATLAS_EDIT_START=m ATLAS_EDIT_STEPS=k` runs other seeds and more edits; a
//! failure names the seed and the step.

mod model;

use std::collections::{BTreeMap, BTreeSet};

use atlas_tests::environment;
use atlas_tests::generate::Random;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use camino::Utf8Path;
use model::State;

/// What a build comes to.
#[derive(PartialEq, Eq, Debug)]
struct Result {
    code: Option<i32>,
    diagnostics: BTreeSet<String>,
    printed: Vec<String>,
}

#[test]
fn even_seeds() {
    run_seeds(0);
}

#[test]
fn odd_seeds() {
    run_seeds(1);
}

fn run_seeds(offset: u64) {
    let start = environment::number("ATLAS_EDIT_START", 0);
    let seeds = environment::number("ATLAS_EDIT_SEEDS", 2);
    for seed in (start + offset..start + seeds).step_by(2) {
        run_seed(seed, environment::number("ATLAS_EDIT_STEPS", 6));
    }
}

fn run_seed(seed: u64, n_steps: u64) {
    let mut random = Random::new(seed);
    let workspace = Repeated::new("");
    let mut state = State::new();
    let mut written = BTreeMap::new();
    let mut history = vec![state.clone()];
    for step in 0..=n_steps {
        let edits = if step == 0 { Vec::new() } else { state.edit(&mut random, &history) };
        history.push(state.clone());
        write(&workspace, &mut written, state.files());
        if random.chance(10) {
            lose_a_file(&workspace, &mut random);
        }
        let selection = state.selection();
        let incremental = build(&workspace, &environment::atlas_binary(), "target", &selection);
        let clean = build(&workspace, &environment::cargo(), "clean", &selection);
        assert_eq!(incremental, clean, "seed {seed}, step {step} of atlas and cargo: {edits:?}");
        if clean.code == Some(0) {
            let again = workspace.ran(&selection);
            assert!(again.is_empty(), "seed {seed}, step {step}: {again:?} runs again: {edits:?}");
        }
    }
}

/// Brings the workspace to a state; files that have their text already are left alone.
fn write(
    workspace: &Repeated,
    written: &mut BTreeMap<String, String>,
    files: BTreeMap<String, String>,
) {
    for (path, text) in &files {
        if written.get(path) != Some(text) {
            workspace.fixture.write(path, text);
        }
    }
    for path in written.keys().filter(|path| !files.contains_key(*path)) {
        workspace.fixture.remove(path);
    }
    *written = files;
}

/// Deletes something that was built.
fn lose_a_file(workspace: &Repeated, random: &mut Random) {
    if !workspace.target.exists() {
        return;
    }
    let is_given = |path: &Utf8Path| !path.as_str().contains("/incremental/");
    let is_script_output = |path: &Utf8Path| path.file_name() == Some("gen.rs");
    let files = workspace.files(|path| is_given(path) && !is_script_output(path));
    fs_err::remove_file(&files[random.below(files.len())]).expect("it is there");
}

fn build(workspace: &Repeated, program: &Utf8Path, name: &str, selection: &str) -> Result {
    let target = workspace.fixture.beside(name);
    let is_clean = name == "clean";
    if is_clean && target.exists() {
        fs_err::remove_dir_all(&target).expect("it is ours");
    }
    let command = workspace.command(program, selection).env("CARGO_TARGET_DIR", target.as_str());
    let command = if is_clean { command.env("CARGO_INCREMENTAL", "0") } else { command };
    let outcome = command.args(&["--keep-going", "--message-format=json"]).run();
    let diagnostics = outcome.stdout.lines().filter_map(|line| diagnostic(line, &target));
    let mut result =
        Result { code: outcome.code, diagnostics: diagnostics.collect(), printed: Vec::new() };
    if outcome.success() {
        let programs = ["debug/app", "debug/second"].map(|program| target.join(program));
        let run = |program: &camino::Utf8PathBuf| Command::new(program).run();
        let outcomes = programs.iter().map(run);
        result.printed = outcomes.map(|it| it.expect_success("a program").stdout).collect();
    } else if result.diagnostics.is_empty() {
        result.diagnostics.insert(outcome.stderr);
    }
    result
}

/// Returns a diagnostic and the target that it is about.
fn diagnostic(line: &str, target: &Utf8Path) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let rendered = message.get("message")?.get("rendered")?.as_str()?;
    let name = &message["target"]["name"];
    Some(format!("{name}: {}", rendered.replace(target.as_str(), "<target>")))
}
