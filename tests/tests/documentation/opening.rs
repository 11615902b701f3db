//! `--open`: which page, and in which browser.

use crate::{LINKED, says_the_same};
use atlas_tests::fixture::Fixture;

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
#[test]
fn browser_of_the_environment_gets_the_page() {
    let (fixture, browser) = with_browser();
    let lines = [
        "doc --open",
        "doc --open -p leaf -p app",
        "doc --open -p app --bin tool --target HOST",
        "rustdoc --open -p mac -- --document-private-items",
        "doc --open --bins -p leaf",
    ];
    for (n, line) in lines.iter().enumerate() {
        says_the_same(&fixture, &format!("BROWSER={browser} {line}"));
        let opened = opened(&fixture);
        let pages: Vec<&str> = opened.lines().collect();
        // The last one documents nothing.
        assert_eq!(pages.len(), 2 * (n + 1).min(4), "{opened}");
        assert_eq!(pages[pages.len() - 2], pages[pages.len() - 1]);
    }
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
