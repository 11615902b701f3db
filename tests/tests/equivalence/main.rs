//! Whatever happens to a workspace, what the program under test makes of its old target directory is
//! what cargo makes in an empty one: exit code, diagnostics, what programs and tests print. And if
//! that succeeds, nothing is left to do.
//!
//! Sequences of steps are random, from a seed; a failure is shown with the shortest sequence found.
//! `ATLAS_EDIT_SEEDS=n ATLAS_EDIT_START=m ATLAS_EDIT_STEPS=k` runs other seeds and more steps.

mod events;
mod foreign;
mod outcome;
mod sequence;
mod settings;
mod sources;
mod step;
mod themes;
mod tree;

use std::panic;

use atlas_tests::environment;
use atlas_tests::generate::Random;
use rstest::rstest;

use crate::themes::THEMES;
use crate::tree::State;

#[rstest]
#[case::sources(0)]
#[case::scripts(1)]
#[case::macros(2)]
fn steps_come_to_what_a_clean_build_does(#[case] place: u64) {
    let start = environment::number("ATLAS_EDIT_START", 0);
    let n_seeds = environment::number("ATLAS_EDIT_SEEDS", 1);
    let n_steps = environment::number("ATLAS_EDIT_STEPS", 12);
    let theme = THEMES[usize::try_from(place).expect("it is small")];
    let (mut n_compared, mut n_built) = (0, 0);
    let mut failures = Vec::new();
    for seed in start..start + n_seeds {
        let mut random = Random::new(seed * THEMES.len() as u64 + place);
        let steps = step::sequence(&mut random, usize::try_from(n_steps).expect("it is small"));
        let title = format!("seed {seed} of {}", theme.name);
        let checked = panic::catch_unwind(|| sequence::check(&title, &State::new(&theme), &steps));
        match checked {
            Ok(count) => {
                n_compared += count.n;
                n_built += count.n_built;
            }
            Err(_) => failures.push(seed),
        }
    }
    assert!(
        failures.is_empty(),
        "{n_compared} builds of {} equal, seeds differ: {failures:?}",
        theme.name
    );
    assert!(n_built * 4 > n_compared, "{n_built} of {n_compared} builds succeed: too few to tell");
}
