//! Generated workspaces. `ATLAS_FUZZ_SEEDS=n ATLAS_FUZZ_START=m` runs other seeds; a failure names
//! the seed and leaves its workspace on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};

use atlas_tests::environment;
use atlas_tests::generate::{self, Random};
use atlas_tests::oracle::UnitGraphOracle;
use atlas_tests::selection::checking;

/// Selections a seed.
const SELECTIONS: usize = 6;

/// Compares every `n`th seed, so that several tests share the work.
fn check_seeds(offset: u64, step: usize) -> (usize, usize) {
    let start = environment::number("ATLAS_FUZZ_START", 0);
    let seeds = environment::number("ATLAS_FUZZ_SEEDS", 30);
    let (mut refused, mut compared, mut failed) = (0, 0, Vec::new());
    for seed in (start + offset..start + seeds).step_by(step) {
        let workspace = generate::workspace(seed);
        let selections = generate::selections(&workspace, &mut Random::new(!seed), SELECTIONS);
        let checks = selections.iter().step_by(2).map(checking);
        let selections: Vec<String> = selections.iter().cloned().chain(checks).collect();
        let fixture = generate::write(&workspace);
        let oracle = UnitGraphOracle::new(&fixture);
        match catch_unwind(AssertUnwindSafe(|| oracle.differences(&selections))) {
            Ok(errors) => refused += errors.len(),
            Err(_) => failed.push(format!("seed {seed} in {}", fixture.keep())),
        }
        compared += selections.len();
    }
    assert!(failed.is_empty(), "differences above: {failed:#?}");
    (refused, compared)
}

#[test]
fn even_seeds() {
    let (refused, compared) = check_seeds(0, 2);
    assert!(refused * 3 <= compared, "cargo refuses {refused} of {compared} selections");
}

#[test]
fn odd_seeds() {
    let (refused, compared) = check_seeds(1, 2);
    assert!(refused * 3 <= compared, "cargo refuses {refused} of {compared} selections");
}
