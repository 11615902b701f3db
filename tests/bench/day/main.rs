//! A day of work on a real workspace, lived twice: once with cargo, once with `cargo atlas` in its
//! place. Exit codes and what is printed have to be the same.
//!
//! `cargo run -p atlas-tests --bin day -- --help`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it reports to who started it")]

mod compare;
mod script;
mod world;

use std::process::ExitCode;

use atlas_tests::release;
use camino::Utf8PathBuf;
use clap::Parser;

use script::{Script, Step};
use world::World;

/// Runs the commands of a day in two copies of a workspace, by cargo in one and by `cargo atlas` in the
/// other, and compares exit codes and outputs
#[derive(Parser, Debug)]
#[command(name = "day", disable_version_flag = true)]
struct Options {
    /// A checkout of git; it is cloned, and stays as it is
    repository: Utf8PathBuf,
    /// What is done
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/day/ripgrep.day"))]
    script: Utf8PathBuf,
    /// Where the copies are made [default: a temporary directory]
    #[arg(long, value_name = "DIR")]
    dir: Option<Utf8PathBuf>,
    /// The program under test [default: built from this workspace, with optimizations]
    #[arg(long, value_name = "PROGRAM")]
    atlas: Option<Utf8PathBuf>,
    /// Print what differs line by line
    #[arg(long)]
    differences: bool,
    /// Stop after N commands
    #[arg(long, value_name = "N")]
    commands: Option<usize>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let script = Script::read(&options.script);
    let guard = tempfile::Builder::new().prefix("atlas-day-").tempdir();
    let guard = guard.expect("the temporary directory is writable");
    let directory = options.dir.clone().unwrap_or_else(|| {
        Utf8PathBuf::from_path_buf(guard.path().to_owned()).expect("it is UTF-8")
    });
    let atlas = options.atlas.clone().unwrap_or_else(release::atlas);
    let world = World::new(&options.repository, &directory, &atlas, &script.commit);
    let is_same = live(&options, &script, &world);
    ExitCode::from(u8::from(!is_same))
}

/// Goes through the script and prints a table; returns whether everything was the same.
fn live(options: &Options, script: &Script, world: &World) -> bool {
    let (mut n_commands, mut n_same) = (0, 0);
    println!(
        "| # | command | code | cargo | cargo atlas | |\n| --- | --- | --- | --- | --- | --- |"
    );
    for step in &script.steps {
        match step {
            Step::Change(line) => world.change(line),
            Step::Command(line) => {
                if options.commands == Some(n_commands) {
                    break;
                }
                n_commands += 1;
                let [cargo, atlas] = world.run(line);
                let differences = compare::differences(&cargo, &atlas);
                n_same += usize::from(differences.is_empty());
                println!(
                    "| {n_commands} | `{}` | {} | {:.1} s | {:.1} s | {} |",
                    line.replace('|', "\\|"),
                    cargo.code(),
                    cargo.seconds,
                    atlas.seconds,
                    if differences.is_empty() { "same" } else { "**differs**" },
                );
                if options.differences {
                    differences.iter().for_each(|line| eprintln!("{line}"));
                }
            }
        }
    }
    println!("\n{n_same} of {n_commands} commands are the same.");
    n_same == n_commands
}
