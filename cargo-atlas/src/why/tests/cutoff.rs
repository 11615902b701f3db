//! What others see of units that were built.

use atlas_build::account::{Account, Bar, Cutoff, Obstacle, SpareRule, Tense, UnitAccount};
use atlas_build::event::DirtyReason;
use rstest::rstest;

use super::super::fixture::{
    account, bin, body, built, changed, cut_off, depends, field, follows, lib, may_follow, spared,
};
use super::{AnswerFormat, answer, check, check_package};

fn kept(package: &str, on: &[usize]) -> UnitAccount {
    let rule = SpareRule::SameDependencies { units: on.to_vec() };
    depends(spared(lib(package), rule), on)
}

/// An edit in `stdx`, below two libraries and two programs.
fn edit(changes: Vec<atlas_build::account::ItemChange>) -> Account {
    account([
        cut_off(built(lib("stdx"), changed("/ws/stdx/src/text.rs")), changes),
        kept("net", &[0]),
        kept("app", &[1]),
        depends(follows(bin("app"), "stdx", &[0]), &[2]),
        depends(follows(bin("tool"), "stdx", &[0]), &[1]),
    ])
}

fn with(cutoff: Cutoff) -> Account {
    let root = built(lib("stdx"), changed("/ws/stdx/src/text.rs"));
    account([
        UnitAccount { cutoff: Some(cutoff), ..root },
        depends(follows(lib("net"), "stdx", &[0]), &[0]),
    ])
}

#[test]
fn dependents_of_a_new_body_are_spared_and_programs_relinked() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 3 compiled, 2 spared

stdx (lib), 0.80s: the file `stdx/src/text.rs` has changed
    stdx::trim_indent: body changed; interface unchanged; 2 dependents spared, 2 binaries relinked
    2 units followed, 1.60s:
        app (bin \"app\")    0.80s  relinked because of stdx (lib)
        tool (bin \"tool\")  0.80s  relinked because of stdx (lib)

Spared, though cargo would have compiled them; 2.40s saved:
    net (lib)  1.20s  nothing that it sees of stdx (lib) has changed
    app (lib)  1.20s  what it sees of net (lib) is the same
";
    check(&edit(vec![body("trim_indent")]), expected);
}

#[test]
fn several_items_have_a_line_each() {
    let account = edit((0..12).map(|n| body(&format!("text::f{n}"))).collect());
    let shown = answer(&account, None, 0, AnswerFormat::Text);
    let expected = "
    stdx::text::f6: body changed
    stdx::text::f7: body changed
    … and 4 more
    interface unchanged; 2 dependents spared, 2 binaries relinked
";
    assert!(shown.contains(expected), "{shown}");
}

#[rstest]
#[case::one(
    vec![field("Config", "x")],
    "    stdx::Config: field `x` added; 1 dependent rebuilt\n    1 unit followed, 0.80s:\n"
)]
#[case::unseen_come_last(
    vec![body("f"), field("Config", "x")],
    "    stdx::Config: field `x` added\n    stdx::f: body changed (others do not see it)\n    \
     1 dependent rebuilt\n    1 unit followed, 0.80s:\n"
)]
#[case::no_item(
    vec![],
    "    in module `crate::text`\n    interface changed; 1 dependent rebuilt\n    1 unit followed"
)]
fn what_others_see_is_told(
    #[case] changes: Vec<atlas_build::account::ItemChange>,
    #[case] expected: &str,
) {
    let shown = answer(&with(Cutoff::Changed { changes }), None, 0, AnswerFormat::Text);
    assert!(shown.contains(&format!("has changed\n{expected}")), "{shown}");
}

#[rstest]
#[case::optimized(
    Bar::OptimizedWithoutIncremental,
    "optimized without incremental compilation (set `incremental = true` in the profile to spare \
     them)"
)]
#[case::nothing_known(Bar::NothingKnown, "nothing is known of what is published")]
fn bar_is_told_below_the_module(#[case] bar: Bar, #[case] expected: &str) {
    let shown = answer(&with(Cutoff::Barred(bar)), None, 0, AnswerFormat::Text);
    let lines =
        format!("    in module `crate::text`\n    dependents follow: {expected}\n    1 unit");
    assert!(shown.contains(&lines), "{shown}");
}

#[rstest]
#[case::first_build(DirtyReason::NeverBuilt, Bar::NothingKnown)]
#[case::told_already(
    DirtyReason::EnvironmentChanged { name: "A".to_owned() },
    Bar::OtherChange(DirtyReason::EnvironmentChanged { name: "A".to_owned() })
)]
#[case::forced(DirtyReason::Forced, Bar::Off)]
fn plain_bars_are_left_out(#[case] reason: DirtyReason, #[case] bar: Bar) {
    let root = UnitAccount { cutoff: Some(Cutoff::Barred(bar)), ..built(lib("stdx"), reason) };
    let account = account([root, depends(follows(lib("net"), "stdx", &[0]), &[0])]);
    let shown = answer(&account, None, 0, AnswerFormat::Text);
    assert!(!shown.contains("dependents follow"), "{shown}");
}

#[test]
fn obstacle_is_told_with_the_items() {
    let obstacle = Obstacle::SymbolGone { symbol: "stdx::g::<u8>".to_owned(), unit: 1 };
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 2 compiled

stdx (lib), 0.80s: the file `stdx/src/text.rs` has changed
    stdx::f: body changed; interface unchanged, but net (lib) needs `stdx::g::<u8>`, which is gone; \
1 dependent rebuilt
    1 unit followed, 0.80s:
        net (lib)  0.80s  because of stdx (lib)
";
    check(&with(Cutoff::Undone { changes: vec![body("f")], obstacle }), expected);
}

#[test]
fn package_that_was_spared_is_explained_by_what_changed() {
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 3 compiled, 2 spared

net (lib) was spared: nothing that it sees of stdx (lib) has changed
    stdx (lib) was compiled in 0.80s: the file `stdx/src/text.rs` has changed
        stdx::trim_indent: body changed; interface unchanged; 2 dependents spared, 2 binaries relinked
";
    check_package(&edit(vec![body("trim_indent")]), "net", expected);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 3 compiled, 2 spared

tool (bin \"tool\") was relinked in 0.80s: the dependency `stdx` was rebuilt
    because stdx (lib) was compiled in 0.80s: the file `stdx/src/text.rs` has changed
        stdx::trim_indent: body changed; interface unchanged; 2 dependents spared, 2 binaries relinked
";
    check_package(&edit(vec![body("trim_indent")]), "tool", expected);
}

#[test]
fn bar_of_a_unit_in_between_is_told_on_its_page() {
    let reason = DirtyReason::FileChanged { path: "/ws/net/src/lib.rs".into() };
    let between = depends(follows(lib("net"), "stdx", &[0]), &[0]);
    let bar = Some(Cutoff::Barred(Bar::OtherChange(reason)));
    let account = account([
        built(lib("stdx"), changed("/ws/stdx/src/text.rs")),
        UnitAccount { cutoff: bar, ..between },
    ]);
    let expected = "\
Built 3 minutes ago in 4.21s (`dev` profile): 2 compiled

net (lib) was compiled in 0.80s: the dependency `stdx` was rebuilt
    because stdx (lib) was compiled in 0.80s: the file `stdx/src/text.rs` has changed
        in module `crate::text`
    dependents follow: not only its source has changed (the file `net/src/lib.rs` has changed)
";
    check_package(&account, "net", expected);
}

#[test]
fn prediction_tells_who_will_be_spared() {
    let mut account = account([
        cut_off(built(lib("stdx"), changed("/ws/stdx/src/text.rs")), vec![body("trim_indent")]),
        kept("net", &[0]),
        depends(follows(bin("app"), "stdx", &[0]), &[1]),
    ]);
    account.tense = Tense::Future;
    for unit in &mut account.units {
        unit.timing = None;
    }
    let expected = "\
A build now would compile 2 units (`dev` profile): 1 spared

stdx (lib), about 1.20s: the file `stdx/src/text.rs` has changed
    stdx::trim_indent: body changed; interface unchanged; 1 dependent will be spared, 1 binary will be \
relinked
    1 unit will follow, about 1.20s:
        app (bin \"app\")  1.20s  relinked because of stdx (lib)

Spared, though cargo would compile them; about 1.20s saved:
    net (lib)  1.20s  nothing that it sees of stdx (lib) has changed
";
    check(&account, expected);
}

#[test]
fn prediction_tells_who_may_be_rebuilt() {
    let root = built(lib("stdx"), changed("/ws/stdx/src/text.rs"));
    let cutoff = Some(Cutoff::Changed { changes: vec![field("Config", "x")] });
    let mut account =
        account([UnitAccount { cutoff, ..root }, depends(may_follow(lib("net"), &[0]), &[0])]);
    account.tense = Tense::Future;
    let shown = answer(&account, None, 0, AnswerFormat::Text);
    let expected = "    stdx::Config: field `x` added; 1 dependent may be rebuilt\n";
    assert!(shown.contains(expected), "{shown}");
}

#[rstest]
#[case::spared(
    Cutoff::Spared { changes: vec![body("f")] },
    r#"{"kind":"spared","changes":[{"path":"f","item":"fn","change":{"kind":"body"},"codegen":false,"signature":false}]}"#
)]
#[case::changed(
    Cutoff::Changed { changes: vec![field("Config", "x")] },
    r#"{"kind":"changed","changes":[{"path":"Config","item":"struct","change":{"kind":"field-added","name":"x"},"codegen":true,"signature":true}]}"#
)]
#[case::barred(
    Cutoff::Barred(Bar::UnstableFlag("-Zx".to_owned())),
    r#"{"kind":"barred","bar":{"kind":"unstable-flag","flag":"-Zx"}}"#
)]
#[case::other_change(
    Cutoff::Barred(Bar::OtherChange(DirtyReason::Unfinished)),
    r#"{"kind":"barred","bar":{"kind":"other-change","reason":{"kind":"unfinished"}}}"#
)]
#[case::undone(
    Cutoff::Undone { changes: vec![], obstacle: Obstacle::LinkFailed { unit: 1 } },
    r#"{"kind":"undone","changes":[],"obstacle":{"kind":"link-failed","unit":1}}"#
)]
fn json_has_what_others_see(#[case] cutoff: Cutoff, #[case] expected: &str) {
    let json = answer(&with(cutoff), None, 0, AnswerFormat::Json);
    assert!(json.contains(&format!("\"cutoff\":{expected},")), "{json}");
    assert!(json.contains("\"cutoff\":null,"), "{json}");
}
