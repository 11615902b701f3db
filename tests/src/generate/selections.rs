//! Random selections for a generated workspace.

use super::model::{Package, Workspace};
use super::random::Random;

/// Returns some selections; the first is always empty.
pub fn selections(workspace: &Workspace, random: &mut Random, n: usize) -> Vec<String> {
    let mut selections = vec![String::new()];
    selections.extend((1..n).map(|_| selection(workspace, random)));
    selections
}

fn selection(workspace: &Workspace, random: &mut Random) -> String {
    let members: Vec<&Package> = workspace.members().collect();
    let mut words: Vec<String> = Vec::new();
    if random.chance(20) {
        words.push("RUSTFLAGS='--cfg foo'".to_owned());
    }
    words.push(packages(&members, random));
    if random.chance(60) {
        let targets = [
            "--all-targets",
            "--lib",
            "--bins",
            "--examples",
            "--tests",
            "--benches",
            "--bins --tests",
        ];
        words.push(random.pick(&targets).to_owned());
    }
    if random.chance(35) {
        let profiles = ["--release", "--profile test", "--profile bench", "--profile custom"];
        // Without profiles in the manifest there is no `custom`.
        let n = if workspace.profiles.is_empty() { 3 } else { 4 };
        words.push(random.pick(&profiles[..n]).to_owned());
    }
    words.push(features(&members, random));
    if random.chance(40) {
        let platforms = [
            "--target HOST",
            "--target aarch64-unknown-linux-gnu",
            "--target x86_64-pc-windows-msvc",
            "--target HOST --target aarch64-unknown-linux-gnu",
        ];
        words.push(random.pick(&platforms).to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn packages(members: &[&Package], random: &mut Random) -> String {
    let member = |random: &mut Random| members[random.below(members.len())].name.clone();
    match random.below(10) {
        0..=2 => String::new(),
        3..=4 => "--workspace".to_owned(),
        5..=7 => format!("-p {}", member(random)),
        8 => format!("-p {} -p {}", member(random), member(random)),
        _ => format!("--workspace --exclude {}", member(random)),
    }
}

fn features(members: &[&Package], random: &mut Random) -> String {
    let package = members[random.below(members.len())];
    let feature = match package.features.as_slice() {
        [] => None,
        features => Some(&features[random.below(features.len())].0),
    };
    match (random.below(10), feature) {
        (0, _) => "--all-features".to_owned(),
        (1, _) => "--no-default-features".to_owned(),
        (2..=4, Some(feature)) => format!("--features {}/{feature}", package.name),
        (5, Some(feature)) => {
            format!("--no-default-features --features {}/{feature}", package.name)
        }
        _ => String::new(),
    }
}
