//! A real build by cargo, told to a reporter: both must say the same.

use std::time::Duration;

use atlas_build::event::{Diagnostic, DiagnosticLevel, Event, Summary, UnitDescription};
use atlas_build::ids::{DenseId, UnitId};
use atlas_build::packages::TargetKind;
use atlas_build::process::CommandLine;
use atlas_build::units::CompileMode;
use camino::Utf8Path;
use cargo_metadata::diagnostic::{Applicability, DiagnosticLevel as RustcLevel};
use cargo_metadata::{CompilerMessage, Message};

use super::fixture;
use super::tests::Told;

const LIBRARY: &str = "pub fn f() { let mut a = 1; let b = 2; println!(\"{a}\") }\n";
const BINARY: &str = "fn main() { let x = 1; }\n";
const MANIFEST: &str = "[package]\nname = \"foo\"\nedition = \"2024\"\n[workspace]\n";

struct Output {
    stdout: String,
    stderr: String,
}

fn cargo_build(root: &Utf8Path, format: &str) -> Output {
    let mut cargo = CommandLine::new("cargo", root);
    cargo.args(["build", "--color=never", "--target-dir=target", "--message-format", format]);
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let output = cargo.output().unwrap();
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn diagnostic(message: &CompilerMessage) -> Diagnostic {
    let suggestions = message.message.children.iter().flat_map(|child| &child.spans);
    let is_fix =
        |applicability: &Applicability| matches!(applicability, Applicability::MachineApplicable);
    Diagnostic {
        level: match message.message.level {
            RustcLevel::Error => DiagnosticLevel::Error,
            RustcLevel::Warning => DiagnosticLevel::Warning,
            _ => DiagnosticLevel::Other,
        },
        rendered: message.message.rendered.clone().unwrap_or_default(),
        json: String::new(),
        machine_applicable: suggestions
            .filter_map(|span| span.suggestion_applicability.as_ref())
            .any(is_fix),
        is_summary: false,
    }
}

fn description(artifact: &cargo_metadata::Artifact) -> UnitDescription {
    let kind = match artifact.target.is_bin() {
        true => TargetKind::Bin,
        false => fixture::lib("foo").target.kind.clone(),
    };
    fixture::unit("foo", &artifact.target.name, kind, CompileMode::Build)
}

/// Returns the units that cargo's messages are about, and the same as events.
fn events(messages: &str) -> (Vec<UnitDescription>, Vec<Event>) {
    let (mut units, mut events) = (Vec::new(), Vec::new());
    for message in Message::parse_stream(messages.as_bytes()) {
        let unit = UnitId::from_index(units.len());
        match message.unwrap() {
            Message::CompilerMessage(message) => {
                events.push(Event::Diagnostic(unit, diagnostic(&message)));
            }
            Message::CompilerArtifact(artifact) => {
                units.push(description(&artifact));
                events.push(Event::Finished(unit, Duration::ZERO));
            }
            _ => {}
        }
    }
    (units, events)
}

/// The duration is not the same twice.
fn without_duration(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(" target(s) in ") {
        Some((start, _)) => start,
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn summaries_and_closing_line_are_those_of_cargo() {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    for (path, text) in [("Cargo.toml", MANIFEST), ("src/lib.rs", LIBRARY), ("src/main.rs", BINARY)]
    {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    cargo_build(root, "human");
    let theirs = cargo_build(root, "human").stderr;
    let (units, events) = events(&cargo_build(root, "json-diagnostic-rendered-ansi").stdout);

    let ours = Told::of(units).write(events, Some(&Summary::default())).stderr();

    assert!(theirs.contains("generated 2 warnings (run `cargo fix --lib -p foo`"), "{theirs}");
    assert_eq!(without_duration(&ours), without_duration(&theirs));
}
