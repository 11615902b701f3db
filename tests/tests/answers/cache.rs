//! `cargo atlas cache`: where the store is, what is in it, and whether it is whole.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{WORKSPACE, answer, local, refusal, run};

/// Sets the store beside the workspace.
const AT: &str = "ATLAS_STORE=../store";

#[rstest]
#[case::path("cache path")]
#[case::stats("cache stats")]
#[case::verify("cache verify --repair")]
#[case::json("cache stats --json")]
fn store_that_is_off_is_said_to_be(#[case] line: &str) {
    let expected = "error: there is no store: it is turned off\n\n\
        help: `store = \"on\"` in `.config/atlas.toml`, or the variable `ATLAS_STORE=on`, turns it \
        on; `cargo atlas config store` shows the present value\n";
    assert_eq!(refusal(&Fixture::new(WORKSPACE), line), expected);
}

#[test]
fn place_of_the_store_is_that_of_the_configuration() {
    let fixture = Fixture::new(WORKSPACE);
    let store = fixture.beside("store");
    let line = |words: &str| format!("ATLAS_STORE={store} {words}");
    assert_eq!(answer(&fixture, &line("cache path")), "/store\n");
    let expected = "{\"version\":1,\"path\":\"/store\"}\n";
    assert_eq!(answer(&fixture, &line("cache path --json")), expected);
    assert!(!store.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn usual_place_is_the_directory_for_caches() {
    let fixture = Fixture::new(WORKSPACE);
    let caches = fixture.beside("caches");
    let line = format!("ATLAS_STORE=on XDG_CACHE_HOME={caches} cache path");
    assert_eq!(answer(&fixture, &line), "/caches/cargo-atlas\n");
}

#[test]
fn store_that_is_not_there_is_empty_and_whole() {
    let fixture = Fixture::new(WORKSPACE);
    let stats = answer(&fixture, &format!("{AT} cache stats"));
    assert!(stats.contains("/store`: empty (kept: "), "{stats}");
    let json = answer(&fixture, &format!("{AT} cache stats --json"));
    assert!(json.contains("\"total\":{\"count\":0,\"bytes\":0}"), "{json}");
    let whole = answer(&fixture, &format!("{AT} cache verify"));
    assert!(whole.contains("/store` is whole: 0 results and 0 files"), "{whole}");
    assert!(!fixture.beside("store").exists());
}

#[test]
fn damage_is_found_and_repaired() {
    let fixture = Fixture::new(WORKSPACE);
    let name = "ab".repeat(32);
    fixture.write(&format!("../store/v1/results/ab/{name}"), "damaged");
    fixture.write(&format!("../store/v1/blobs/ab/{name}"), "damaged");
    let found = run(&fixture, &format!("{AT} cache verify"));
    assert_eq!((found.code, found.stdout.as_str()), (Some(1), ""));
    let said = local(&fixture, &found.stderr);
    let expected = [
        "error: 2 files in the store at `",
        &format!("damaged result `v1/results/ab/{name}`"),
        &format!("damaged file `v1/blobs/ab/{name}`"),
        "help: `cargo atlas cache verify --repair` removes them",
    ];
    for part in expected {
        assert!(said.contains(part), "{said}");
    }
    let json = run(&fixture, &format!("{AT} cache verify --json"));
    assert_eq!(json.code, Some(1));
    assert!(json.stdout.contains("\"whole\":false,\"repaired\":false"), "{}", json.stdout);
    let repaired = answer(&fixture, &format!("{AT} cache verify --repair"));
    assert!(repaired.contains("is whole again"), "{repaired}");
    assert!(!fixture.beside("store").join("v1/blobs/ab").join(&name).exists());
    answer(&fixture, &format!("{AT} cache verify"));
}
