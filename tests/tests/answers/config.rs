//! `cargo atlas config`: where a value may be set, which place wins, and what is refused.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{WORKSPACE, answer, local, refusal, run};

/// A workspace whose root, member and user all have a file.
fn configured() -> Fixture {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write(".config/atlas.toml", "cache = \"whole\"\nkeep-results = 5\n");
    let app = "keep-results = 7\nharmless-macros = [\"bail\", \"sql\"]\n";
    fixture.write("app/.config/atlas.toml", app);
    let user = "cache = \"none\"\ncutoff = \"off\"\nfreshness = \"bytes\"\n";
    fixture.write("../home/atlas.toml", user);
    fixture
}

#[test]
fn nothing_is_set() {
    let expected = "\
key              value        from
cache            incremental  default
cutoff           on           default
freshness        tokens       default
harmless-macros               default
keep-results     2            default
portable         false        default
store            off          environment variable `ATLAS_STORE`
store-age        30days       default
store-size       auto         default
";
    assert_eq!(answer(&Fixture::new(WORKSPACE), "config"), expected);
}

#[test]
fn each_value_says_where_it_came_from() {
    let expected = "\
key              value     from
cache            none      environment variable `ATLAS_CACHE`
cutoff           off       /home/atlas.toml
freshness        bytes     /home/atlas.toml
harmless-macros  bail,sql  /ws/app/.config/atlas.toml
keep-results     7         /ws/app/.config/atlas.toml
portable         false     default
store            off       environment variable `ATLAS_STORE`
store-age        30days    default
store-size       auto      default
";
    assert_eq!(answer(&configured(), "ATLAS_CACHE=none in:app config"), expected);
}

#[rstest]
#[case::root("config cache", "whole\n")]
#[case::user("config freshness", "bytes\n")]
#[case::outer_file("config keep-results", "5\n")]
#[case::nearer_file("in:app config keep-results", "7\n")]
#[case::directory_without_a_file("in:app/src config keep-results", "7\n")]
#[case::manifest("config keep-results --manifest-path app/Cargo.toml", "7\n")]
#[case::list("ATLAS_HARMLESS_MACROS=a,b config harmless-macros", "a,b\n")]
#[case::variable("ATLAS_KEEP_RESULTS=0 in:app config keep-results", "0\n")]
#[case::unknown_variable("ATLAS_NO_SUCH_KEY=1 config cache", "whole\n")]
fn nearest_place_wins(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(answer(&configured(), line), expected);
}

#[test]
fn files_above_the_workspace_do_not_count() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write("../.config/atlas.toml", "cache = \"none\"\n");
    assert_eq!(answer(&fixture, "config cache"), "incremental\n");
}

#[test]
fn json_answer_is_for_programs() {
    let json = answer(&configured(), "config --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["settings"].as_array().unwrap().len(), 9);
    let first = &json["settings"][0];
    assert_eq!((&first["key"], &first["value"]), (&"cache".into(), &"whole".into()));
    assert_eq!(first["origin"]["kind"], "file");
    let one = answer(&configured(), "config keep-results --json");
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["settings"][0]["value"], 5);
}

#[test]
fn unknown_key_in_a_file_is_a_warning() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write(".config/atlas.toml", "cahce = \"none\"\n[unheard-of]\npath = \"x\"\n");
    let outcome = run(&fixture, "config cache");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), "incremental\n"));
    let expected = "\
warning: unknown configuration key `cahce` in `/ws/.config/atlas.toml`; did you mean `cache`?
warning: unknown configuration key `unheard-of` in `/ws/.config/atlas.toml`
";
    assert_eq!(local(&fixture, &outcome.stderr), expected);
    assert_eq!(run(&fixture, "config cache -q").stderr, "");
}

#[rstest]
#[case::value(
    "cache = \"some\"\n",
    "error: error in /ws/.config/atlas.toml: `cache` expected `none`, `whole` or `incremental`, \
     but found `\"some\"`\n"
)]
#[case::wrong_type(
    "keep-results = \"2\"\n",
    "error: error in /ws/.config/atlas.toml: `keep-results` expected a whole number, 0 or more, \
     but found `\"2\"`\n"
)]
#[case::name_of_a_macro(
    "harmless-macros = [\"log::info!\"]\n",
    "error: error in /ws/.config/atlas.toml: `harmless-macros` expected a list of names without \
     path and `!`, but found `\"log::info!\"`\n\nhelp: write `info` for the macro `log::info!`\n"
)]
#[case::syntax(
    "cache\n",
    "error: could not parse TOML configuration in `/ws/.config/atlas.toml`\n\nCaused by:\n  \
     TOML parse error at line 1, column 6\n"
)]
fn wrong_file_is_refused(#[case] text: &str, #[case] expected: &str) {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write(".config/atlas.toml", text);
    for line in ["config", "build", "build --dry-run"] {
        let said = refusal(&fixture, line);
        assert!(said.starts_with(expected), "{line}\n{said}");
    }
}

#[rstest]
#[case::variable(
    "ATLAS_FRESHNESS=token config",
    "error: error in environment variable `ATLAS_FRESHNESS`: `freshness` expected `tokens` or \
     `bytes`, but found `token`\n"
)]
#[case::similar_key(
    "config kache",
    "error: unknown configuration key `kache`; did you mean `cache`?\n"
)]
#[case::no_key(
    "config x",
    "error: unknown configuration key `x`\n\nhelp: `cargo atlas config` lists all keys\n"
)]
#[case::manifest(
    "config --manifest-path no/Cargo.toml",
    "error: manifest path `no/Cargo.toml` does not exist\n"
)]
fn wrong_words_are_refused(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(refusal(&Fixture::new(WORKSPACE), line), expected);
}

#[rstest]
#[case::cache("build --cache some", "[possible values: none, whole, incremental]")]
#[case::freshness("build --freshness some", "[possible values: tokens, bytes]")]
fn wrong_flags_are_refused(#[case] line: &str, #[case] expected: &str) {
    let outcome = run(&Fixture::new(WORKSPACE), line);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
}
