//! Accounts made by hand, and how they are explained.

mod cutoff;

use std::time::{Duration, SystemTime};

use atlas_build::account::{Account, Cause, Fate, Outcome, SpareRule, Tense};
use atlas_build::event::DirtyReason;

use super::fixture::{TODAY, account, bin, built, changed, follows, lib, may_follow, spared};
use super::{AnswerFormat, Question, explain};
use crate::terminal::{DisplayFlags, Settings, Shell, TermConfig};

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn answer(account: &Account, package: Option<&str>, verbose: u8, format: AnswerFormat) -> String {
    let flags = DisplayFlags { verbose, ..DisplayFlags::default() };
    let settings = Settings::resolve(&flags, &TermConfig::default()).unwrap();
    let (mut shell, captured) = Shell::captured(settings);
    let today = SystemTime::UNIX_EPOCH + Duration::from_secs(TODAY);
    explain(account, Question { package, today }, format, &mut shell).unwrap();
    captured.stdout()
}

#[track_caller]
fn check(account: &Account, expected: &str) {
    let shown = answer(account, None, 0, AnswerFormat::Text);
    assert!(shown == expected, "--- expected\n{expected}\n--- shown\n{shown}");
}

#[track_caller]
fn check_package(account: &Account, package: &str, expected: &str) {
    let shown = answer(account, Some(package), 0, AnswerFormat::Text);
    assert!(shown == expected, "--- expected\n{expected}\n--- shown\n{shown}");
}

/// An edit deep in a workspace.
fn cascade() -> Account {
    account([
        lib("util"),
        built(lib("core"), changed("/ws/core/src/net/parse.rs")),
        follows(lib("net"), "core", &[1]),
        follows(lib("app"), "net", &[2, 1]),
        follows(bin("app"), "app", &[3]),
        follows(bin("tool"), "app", &[1, 2, 3]),
    ])
}

#[test]
fn cascade_follows_its_root_cause() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 5 compiled, 1 fresh

core (lib), 0.80s: the file `core/src/net/parse.rs` has changed
    in module `crate::net::parse`
    4 units followed, 3.20s:
        net (lib)          0.80s  because of core (lib)
        app (lib)          0.80s  because of net (lib), core (lib)
        app (bin \"app\")    0.80s  because of app (lib)
        tool (bin \"tool\")  0.80s  because of core (lib), net (lib) and 1 more
";
    check(&cascade(), expected);
}

#[test]
fn package_is_explained_up_to_the_root_cause() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 5 compiled, 1 fresh

app (lib) was compiled in 0.80s: the dependency `net` was rebuilt
    because net (lib) was compiled in 0.80s: the dependency `core` was rebuilt
    because core (lib) was compiled in 0.80s: the file `core/src/net/parse.rs` has changed
        in module `crate::net::parse`
    2 units followed, 1.60s:
        app (bin \"app\")    0.80s  because of app (lib)
        tool (bin \"tool\")  0.80s  because of core (lib), net (lib) and 1 more

app (bin \"app\") was compiled in 0.80s: the dependency `app` was rebuilt
    because app (lib) was compiled in 0.80s: the dependency `net` was rebuilt
    because net (lib) was compiled in 0.80s: the dependency `core` was rebuilt
    because core (lib) was compiled in 0.80s: the file `core/src/net/parse.rs` has changed
        in module `crate::net::parse`
";
    check_package(&cascade(), "app", expected);
}

#[test]
fn what_followed_from_a_package_is_told_with_it() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 5 compiled, 1 fresh

net (lib) was compiled in 0.80s: the dependency `core` was rebuilt
    because core (lib) was compiled in 0.80s: the file `core/src/net/parse.rs` has changed
        in module `crate::net::parse`
    2 units followed, 1.60s:
        app (lib)          0.80s  because of net (lib), core (lib)
        tool (bin \"tool\")  0.80s  because of core (lib), net (lib) and 1 more
";
    check_package(&cascade(), "net", expected);
}

#[test]
fn package_that_is_fresh_is_explained_too() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 5 compiled, 1 fresh

util (lib) was fresh: nothing that it is made of has changed
";
    check_package(&cascade(), "util", expected);
}

#[test]
fn each_rule_that_spares_has_its_words() {
    let path = |path: &str| path.into();
    let reason = DirtyReason::EnvironmentChanged { name: "CC".to_owned() };
    let account = account([
        built(lib("core"), changed("/ws/core/src/lib.rs")),
        spared(lib("a"), SpareRule::SameBytes { path: path("/ws/a/src/lib.rs") }),
        spared(lib("bee"), SpareRule::SameTokens { path: path("/ws/bee/src/x.rs") }),
        spared(lib("c"), SpareRule::SameDependencies { units: vec![0] }),
        spared(bin("d"), SpareRule::EarlierResult { reason }),
    ]);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 1 compiled, 4 spared

core (lib), 0.80s: the file `core/src/lib.rs` has changed
    in module `crate`

Spared, though cargo would have compiled them; 4.80s saved:
    a (lib)      1.20s  `a/src/lib.rs` has another time stamp, but the same content
    bee (lib)    1.20s  `bee/src/x.rs` has changed, but no token that counts
    c (lib)      1.20s  what it sees of core (lib) is the same
    d (bin \"d\")  1.20s  an earlier result could be used again (the environment variable CC changed)
";
    check(&account, expected);
}

#[test]
fn features_that_came_and_went_are_listed() {
    let [old, new] = [strings(&["alloc", "std"]), strings(&["derive", "serde", "std"])];
    let account = account([built(lib("core"), DirtyReason::FeaturesChanged { old, new })]);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 1 compiled

core (lib), 0.80s: the list of features changed
    added: derive, serde
    removed: alloc
";
    check(&account, expected);
}

#[test]
fn environment_and_arguments_are_told_apart() {
    let [old, new] = [strings(&["rustc", "-C", "a=1"]), strings(&["rustc", "-C", "a=2"])];
    let account = account([
        built(lib("core"), DirtyReason::EnvironmentChanged { name: "GIT_HASH".to_owned() }),
        built(lib("net"), DirtyReason::ArgumentsChanged { old, new }),
    ]);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 2 compiled

core (lib), 0.80s: the environment variable GIT_HASH changed

net (lib), 0.80s: the command changed
    removed `-C a=1`
    added `-C a=2`
";
    check(&account, expected);
}

/// Each unit has the same root cause, so it is told once; long lists end early unless `-v`.
#[test]
fn compiler_change_is_one_cause_for_all_units() {
    let lines = |release: &str| vec![format!("rustc {release} (x)"), "host: h".to_owned()];
    let reason = DirtyReason::CompilerChanged { old: lines("1.94.0"), new: lines("1.95.0") };
    let units = (0..20).map(|n| built(lib(&format!("u{n}")), reason.clone()));
    let account = account(units);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 20 compiled

20 units, 16.00s: the toolchain changed
    rustc: 1.94.0 (x) → 1.95.0 (x)
    u0 (lib)  0.80s
    u1 (lib)  0.80s
    u2 (lib)  0.80s
    u3 (lib)  0.80s
    u4 (lib)  0.80s
    u5 (lib)  0.80s
    u6 (lib)  0.80s
    u7 (lib)  0.80s
    … and 12 more
";
    check(&account, expected);
    let all = answer(&account, None, 1, AnswerFormat::Text);
    assert!(all.contains("    u19 (lib)  0.80s\n") && !all.contains('…'), "{all}");
}

#[test]
fn prediction_tells_what_may_follow() {
    let mut root = built(lib("core"), changed("/ws/core/src/net.rs"));
    root.timing = None;
    let mut account = account([
        root,
        may_follow(lib("net"), &[0]),
        may_follow(bin("app"), &[0, 1]),
        lib("util"),
        spared(lib("a"), SpareRule::SameBytes { path: "/ws/a/src/lib.rs".into() }),
    ]);
    account.tense = Tense::Future;
    let expected = "\
A build now would compile 1 unit, and up to 2 more (`dev` profile): 1 fresh, 1 spared

core (lib), about 1.20s: the file `core/src/net.rs` has changed
    in module `crate::net`
    2 units may follow, about 2.40s:
        net (lib)        1.20s  if core (lib) comes out different
        app (bin \"app\")  1.20s  if core (lib), net (lib) come out different

Spared, though cargo would compile them; about 1.20s saved:
    a (lib)  1.20s  `a/src/lib.rs` has another time stamp, but the same content
";
    check(&account, expected);
}

#[test]
fn nothing_to_do_is_one_line() {
    let mut account = account([lib("a"), lib("b")]);
    let expected = "The last build, 3 minutes ago, had nothing to do (`dev` profile): 2 fresh\n";
    check(&account, expected);
    account.tense = Tense::Future;
    check(&account, "A build now would do nothing (`dev` profile): 2 fresh\n");
}

#[test]
fn failure_says_what_failed_and_what_was_not_reached() {
    let cause = Cause { reason: changed("/ws/net/src/lib.rs"), because_of: Vec::new() };
    let mut failed = built(lib("net"), DirtyReason::Forced);
    failed.fate = Fate::Failed(cause);
    let mut left = bin("app");
    left.fate = Fate::NotReached;
    let mut account = account([failed, left]);
    account.outcome = Outcome::Failure;
    let expected = "\
Failed 3 minutes ago after 4.21s (`dev` profile): 1 failed, 1 not reached

net (lib), 0.80s, failed: the file `net/src/lib.rs` has changed
    in module `crate`
";
    check(&account, expected);
}

#[test]
fn json_holds_the_whole_account() {
    let account = account([
        built(lib("core"), changed("/ws/core/src/net.rs")),
        spared(lib("net"), SpareRule::SameDependencies { units: vec![0] }),
    ]);
    let json = answer(&account, Some("net"), 0, AnswerFormat::Json);
    let expected = r#"{"version":1,"tense":"past","outcome":"success","started":1000000000,
        "duration":4.21,"profile":"dev","workspace_root":"/ws","units":[
        {"package_id":"path+file:///ws/core#0.1.0","package":"core","package_version":"0.1.0",
        "target":"core","kinds":["lib"],"mode":"build","crate_root":"/ws/core/src/lib.rs",
        "is_local":true,"dependencies":[],"fate":{"kind":"built","reason":{"kind":"file-changed",
        "path":"/ws/core/src/net.rs","module":"crate::net"},"because_of":[]},"cutoff":null,
        "timing":{"started":0.1,"metadata":null,"finished":0.9},"last_duration":1.2},
        {"package_id":"path+file:///ws/net#0.1.0","package":"net","package_version":"0.1.0",
        "target":"net","kinds":["lib"],"mode":"build","crate_root":"/ws/net/src/lib.rs",
        "is_local":true,"dependencies":[],"fate":{"kind":"spared","rule":
        {"kind":"same-dependencies","units":[0]}},"cutoff":null,"timing":null,"last_duration":1.2}],
        "selected":[1]}"#;
    assert_eq!(json.trim_end(), expected.replace("\n        ", ""));
}
