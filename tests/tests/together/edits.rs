//! Random edits while several processes build and check, and some are killed. After that one build
//! makes everything right.

use atlas_tests::generate::Random;
use atlas_tests::process::Running;
use rstest::rstest;

use super::Shared;

/// Edits that leave every file such that it compiles with each version of the others.
const FILES: [&str; 4] =
    ["leaf/src/lib.rs", "mid/src/lib.rs", "side/src/lib.rs", "app/src/main.rs"];

/// Replaces a file by another version of it.
fn edit(shared: &Shared, random: &mut Random, state: &mut [usize; 5]) {
    let n = random.below(4);
    let place = random.below(5);
    state[place] = n;
    let text = match place {
        0 => leaf(state[0], state[4]),
        1 => format!("pub fn mid() -> u32 {{ leaf::NUMBER * 10 + {n} }}\n"),
        2 => format!("pub fn side() -> u32 {{ let mine = {n}; leaf::number() * 10 + mine }}\n"),
        3 => format!("fn main() {{ println!(\"{{}} {{}} {n}\", mid::mid(), side::side()); }}\n"),
        _ => leaf(state[0], n),
    };
    let fixture = &shared.workspace.fixture;
    // At once, since somebody may be compiling it.
    fixture.write("edited", &text);
    fixture.rename("edited", FILES[if place == 4 { 0 } else { place }]);
}

fn leaf(number: usize, body: usize) -> String {
    format!(
        "pub const NUMBER: u32 = {number};\npub fn number() -> u32 {{\n    let a = {body};\n    a\n}}\n"
    )
}

#[rstest]
#[case::two(2, 1)]
#[case::two_more(2, 2)]
#[case::six(6, 3)]
#[cfg_attr(sweep, case::sixteen(16, 4))]
#[cfg_attr(sweep, case::sixteen_more(16, 5))]
fn builds_between_edits(#[case] n_processes: usize, #[case] seed: u64) {
    let shared = Shared::new();
    let mut random = Random::new(seed);
    let mut state = [0; 5];
    for place in 0..4 {
        while state[place] == 0 {
            edit(&shared, &mut random, &mut state);
        }
    }
    let rounds = if cfg!(sweep) { 20 } else { 3 };
    for _ in 0..rounds {
        let mut running: Vec<Running> = Vec::new();
        for _ in 0..n_processes {
            edit(&shared, &mut random, &mut state);
            let selection = random.pick(&["", "", "-p mid", "check", "-j1"]);
            let started = shared.start(selection);
            match random.chance(10) {
                true => started.kill(),
                false => running.push(started),
            }
        }
        for running in running {
            shared.end(running);
        }
        shared.build("");
        let [leaf, mid, side, app, body] = state;
        let expected = format!("{} {} {app}\n", leaf * 10 + mid, body * 10 + side);
        assert_eq!(shared.prints(), expected, "seed {seed}");
        shared.compiled();
        shared.build("");
        shared.expect_once(&[]);
    }
}
