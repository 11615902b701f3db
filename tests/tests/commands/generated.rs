//! Generated workspaces, built. `ATLAS_FUZZ_SEEDS` and `ATLAS_FUZZ_START` choose the seeds; half
//! as many by default as `unit_graph` takes would already be slow, since everything is compiled.

use atlas_tests::environment;
use atlas_tests::generate::{self, Random};
use atlas_tests::oracle::{Expected, check_commands};

#[test]
fn commands_of_generated_workspaces() {
    let start = environment::number("ATLAS_FUZZ_START", 0);
    let mut n_compared = 0;
    for seed in start..start + environment::number("ATLAS_FUZZ_SEEDS", 4) {
        let workspace = generate::workspace(seed);
        let selections = generate::selections(&workspace, &mut Random::new(!seed), 2);
        // Only what this machine can link.
        let linkable = |text: &&str| !text.contains("aarch64") && !text.contains("windows");
        let mut selections: Vec<&str> =
            selections.iter().map(String::as_str).filter(linkable).collect();
        selections.push("check --workspace --all-targets");
        n_compared += check_commands(&generate::write(&workspace), &selections, Expected::Either);
    }
    assert!(n_compared > 0, "cargo refused every workspace");
}
