//! The store after many builds of several branches and checkouts: no bigger than it may be, and nothing
//! that the last build of a living workspace needs is lost.

use atlas_tests::SWEEP;
use atlas_tests::generate::Random;
use atlas_tests::process::Outcome;
use atlas_tests::stored::{HERE, Place, Stored};

use crate::small::{self, ALL};

const OTHER: Place<'static> = Place { workspace: "other", target: "there" };

/// Every commit of an imaginary history is a number of each package.
fn edit(stored: &Stored, workspace: &str, numbers: [usize; 3]) {
    let [lib, mac, app] = numbers;
    let write = |path: &str, text: &str| stored.write(&format!("../{workspace}/{path}"), text);
    write(
        "lib/src/lib.rs",
        &format!(
            "include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));\npub const LIB: usize = {lib};\n"
        ),
    );
    write(
        "mac/src/lib.rs",
        &format!(
            "#[proc_macro]\npub fn two(_: proc_macro::TokenStream) -> proc_macro::TokenStream {{ \"{mac}\".parse().unwrap() }}\n"
        ),
    );
    let main = format!("fn main() {{ println!(\"{{}} {{}} {app}\", lib::LIB, mac::two!()) }}\n");
    write("src/main.rs", &main);
}

#[track_caller]
fn build(stored: &Stored, place: Place<'_>, numbers: [usize; 3], selection: &str) {
    edit(stored, place.workspace, numbers);
    stored.build(place, selection);
    let [lib, mac, app] = numbers;
    assert_eq!(stored.prints(place, "debug/app"), format!("{lib} {mac} {app}\n"));
}

fn json(outcome: &Outcome) -> serde_json::Value {
    serde_json::from_str(&outcome.stdout).expect("it is JSON")
}

/// Returns how many bytes are in the store.
fn size(stored: &Stored) -> u64 {
    let outcome = small::atlas(stored, "ws", "cache stats --json").run().expect_success("stats");
    json(&outcome)["total"]["bytes"].as_u64().expect("a number")
}

/// Two checkouts, whose builds all use as much room as one needs.
fn two_checkouts() -> (Stored, u64) {
    let stored = small::small();
    stored.copy_directory("ws", OTHER.workspace);
    build(&stored, HERE, [0; 3], "CARGO_INCREMENTAL=0");
    let needed = size(&stored);
    (stored, needed)
}

#[test]
fn the_store_stays_within_its_size_and_what_is_needed_is_kept() {
    let (stored, needed) = two_checkouts();
    let limit = needed * 3;
    let selection = format!("CARGO_INCREMENTAL=0 ATLAS_KEEP_RESULTS=0 ATLAS_STORE_SIZE={limit}");
    let mut random = Random::new(7);
    let mut last = [[0; 3]; 2];
    let mut largest = 0;
    for n in 0..if SWEEP { 50 } else { 12 } {
        let which = random.below(2);
        last[which] = [(); 3].map(|()| random.below(4) + n / 8);
        build(&stored, [HERE, OTHER][which], last[which], &selection);
        largest = largest.max(size(&stored));
    }
    build(&stored, OTHER, last[1], &selection);
    // By itself it is collected only if that takes a hundredth of the time at most, and these builds take
    // next to none.
    assert!(largest > limit, "{largest} of {limit}: nothing has to go");
    let line = format!("clean --gc --json --max-size {limit}");
    let answer = json(&small::atlas(&stored, "none", &line).run().expect_success("a collection"));
    assert!(size(&stored) <= limit, "{answer}");
    small::expect_whole(&stored, "after collection");
    for (place, numbers) in [HERE, OTHER].into_iter().zip(last) {
        stored.remove_directory(place.target);
        edit(&stored, place.workspace, numbers);
        crate::expect(&stored, (place, &selection), crate::NONE, ALL);
    }
}

/// However small the store is to be, and however old its results are.
#[rstest::rstest]
#[case::size("--max-size 0")]
#[case::age("--max-age 0s")]
#[case::toolchains("--keep-toolchains=none-of-these")]
#[case::everything("--max-size 0 --max-age 0s --keep-toolchains=none-of-these")]
fn what_the_last_builds_need_stays(#[case] limits: &str) {
    let (stored, needed) = two_checkouts();
    let selection = "CARGO_INCREMENTAL=0 ATLAS_KEEP_RESULTS=0";
    build(&stored, OTHER, [1, 1, 1], selection);
    build(&stored, HERE, [2, 2, 2], selection);
    build(&stored, HERE, [3, 3, 3], selection);
    let before = size(&stored);
    for file in small::files(&stored.store().join("v1/results")) {
        small::age(&file, std::time::Duration::from_secs(90 * 24 * 60 * 60));
    }
    let line = format!("clean --gc {limits}");
    drop(small::atlas(&stored, "none", &line).run().expect_success("a collection"));
    assert!(size(&stored) < before && size(&stored) < needed * 3, "{} of {before}", size(&stored));
    for (place, numbers) in [(HERE, [3, 3, 3]), (OTHER, [1, 1, 1])] {
        stored.remove_directory(place.target);
        edit(&stored, place.workspace, numbers);
        crate::expect(&stored, (place, selection), crate::NONE, ALL);
    }
}

/// Results of a checkout that is gone go even if there is room; those of a living one stay, earlier
/// ones too.
#[test]
fn checkouts_that_are_gone_go_first() {
    let (stored, _) = two_checkouts();
    let selection = "CARGO_INCREMENTAL=0 ATLAS_KEEP_RESULTS=0";
    build(&stored, OTHER, [1, 1, 1], selection);
    build(&stored, HERE, [2, 2, 2], selection);
    stored.remove_directory(OTHER.workspace);
    let outcome = small::atlas(&stored, "none", "clean --gc --json").run();
    let answer = json(&outcome.expect_success("a collection"));
    let places = answer["places"].as_array().expect("a list");
    let store = places.iter().find(|place| place["kind"] == "store").expect("it is there");
    let removed = store["removed"].as_array().expect("a list");
    assert_eq!(removed.len(), 1, "{answer}");
    assert_eq!(removed[0]["reason"], "checkout is gone", "{answer}");
    for numbers in [[0; 3], [2; 3]] {
        stored.remove_directory(HERE.target);
        edit(&stored, HERE.workspace, numbers);
        crate::expect(&stored, (HERE, selection), crate::NONE, ALL);
    }
    small::expect_whole(&stored, "after collection");
}
