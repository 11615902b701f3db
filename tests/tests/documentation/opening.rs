//! `--open`: which page, and in which browser.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{LINKED, says_the_same};

/// A workspace with a browser that notes what it is given.
fn with_browser() -> (Fixture, String) {
    let fixture = Fixture::new(LINKED);
    let log = fixture.beside("opened");
    let browser = fixture.script("browser", &format!("echo \"$@\" >> {log}"));
    (fixture, browser.into_string())
}

fn opened(fixture: &Fixture) -> String {
    fs_err::read_to_string(fixture.beside("opened"))
        .unwrap_or_default()
        .replace("/cargo/", "/<target>/")
        .replace("/atlas/", "/<target>/")
}

#[cfg(unix)]
#[rstest]
#[case("doc --open")]
#[case("doc --open -p leaf -p app")]
#[case("doc --open -p app --bin tool --target HOST")]
#[case("rustdoc --open -p mac -- --document-private-items")]
#[case("doc --open --bins -p leaf")]
fn browser_of_the_environment_gets_the_page(#[case] line: &str) {
    let (fixture, browser) = with_browser();
    says_the_same(&fixture, &format!("BROWSER={browser} {line}"));
    let opened = opened(&fixture);
    let lines: Vec<&str> = opened.lines().collect();
    assert!(lines.is_empty() || lines.len() == 2 && lines[0] == lines[1], "{opened}");
}

#[cfg(unix)]
#[test]
fn browser_of_the_configuration_goes_before() {
    let (fixture, browser) = with_browser();
    fixture.write(".cargo/config.toml", &format!("[doc]\nbrowser = ['{browser}', '--new']\n"));
    says_the_same(&fixture, "BROWSER=/nowhere/browser doc --open -p leaf");
    let opened = opened(&fixture);
    let lines: Vec<&str> = opened.lines().collect();
    assert!(
        lines.len() == 2 && lines[0] == lines[1] && lines[0].starts_with("--new /"),
        "{opened}"
    );
}

#[cfg(unix)]
#[test]
fn browser_that_is_not_there_is_a_warning() {
    says_the_same(&Fixture::new(LINKED), "BROWSER=/nowhere/browser doc --open -p leaf");
}
