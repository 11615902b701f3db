//! Edits one after the other and several at once, of a program and three libraries, each on top of
//! the one before: what runs each time, and what the program prints.

use atlas_tests::repeated::{self, Repeated};
use rstest::rstest;

use crate::{checked, expect, set};

/// `app` uses all of `top`, `mid` and `base`, each of which uses the one after it.
pub(crate) const TOWER: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "top", "mid", "base"]
resolver = "2"
//- /base/Cargo.toml
[package]
name = "base"
edition = "2021"
//- /base/src/lib.rs
pub const UNIT: u32 = 1;
pub fn base() -> u32 {
    UNIT + 0
}
pub fn generic<T: Into<u32>>(value: T) -> u32 {
    value.into() + 0
}
#[cfg(test)]
mod tests {
    #[test]
    fn it_is_one() {
        assert_eq!(super::base(), 1);
    }
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
base = { path = "../base" }
//- /mid/src/lib.rs
pub const UNIT: u32 = 10 * base::UNIT;
pub fn mid() -> u32 {
    base::base() + base::generic(UNIT) + 0
}
//- /top/Cargo.toml
[package]
name = "top"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
//- /top/src/lib.rs
pub const UNIT: u32 = 10 * mid::UNIT;
pub fn top() -> u32 {
    mid::mid() + UNIT + 0
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
top = { path = "../top" }
mid = { path = "../mid" }
base = { path = "../base" }
//- /app/src/main.rs
fn main() {
    println!("{} {} {}", top::top(), mid::mid(), base::base());
}
//- /app/tests/it.rs
#[test]
fn it() {
    assert_eq!(top::top() - mid::mid(), 100);
}
"#;

pub(crate) const ALL: &[&str] = &["app/bin", "base/lib", "mid/lib", "top/lib"];

/// A step of a sequence.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Text is replaced in the library of a package.
    Edit(&'static str, &'static str, &'static str),
    /// A build runs these units and prints this; then nothing is left to do.
    Build(&'static str, &'static [&'static str], &'static str),
    /// A check runs these units.
    Check(&'static [&'static str]),
    /// A build of this runs these units, and no program.
    Part(&'static str, &'static [&'static str]),
    /// A build runs these units and fails with this message; the same once more.
    Fail(&'static [&'static str], &'static str),
}

use Step::{Build, Check, Edit, Fail, Part};

#[track_caller]
fn take(workspace: &Repeated, step: Step) {
    match step {
        Edit(package, old, new) => {
            workspace.fixture.replace(&format!("{package}/src/lib.rs"), old, new);
        }
        Build(selection, units, printed) => {
            expect(workspace, selection, units);
            assert_eq!(workspace.prints("debug/app"), printed, "{step:?}");
            expect::<&str>(workspace, selection, &[]);
        }
        Check(units) => {
            expect(workspace, "check", &checked(units));
            expect::<&str>(workspace, "check", &[]);
        }
        Part(selection, units) => {
            expect(workspace, selection, units);
            expect::<&str>(workspace, selection, &[]);
        }
        Fail(units, message) => {
            for units in [units, &units[..1]] {
                let outcome = workspace.build("");
                assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
                assert_eq!(outcome.first_error(), message);
                assert_eq!(repeated::ran(&outcome), set(units), "{step:?}");
            }
        }
    }
}

const BODY: Step = Edit("base", "UNIT + 0", "UNIT + 1");
const SEEN: Step = Edit("base", "pub fn base", "pub fn seen() {}\npub fn base");
const BASE_AND_LINK: &[&str] = &["base/lib", "app/bin"];

#[rstest]
#[case::bodies_of_two(&[
    BODY, Edit("top", "UNIT + 0", "UNIT + 1"),
    Build("", &["base/lib", "top/lib", "app/bin"], "113 12 2\n"),
])]
#[case::bodies_of_all(&[
    BODY, Edit("mid", "(UNIT) + 0", "(UNIT) + 1"), Edit("top", "UNIT + 0", "UNIT + 1"),
    Build("", ALL, "114 13 2\n"),
])]
#[case::body_below_interface(&[
    BODY, Edit("mid", "= 10", "= 20"), Build("", ALL, "222 22 2\n"),
])]
#[case::body_above_interface(&[
    Edit("mid", "= 10", "= 20"), Edit("top", "UNIT + 0", "UNIT + 1"),
    Build("", &["mid/lib", "top/lib", "app/bin"], "222 21 1\n"),
])]
#[case::body_between_interfaces(&[
    SEEN, Edit("mid", "(UNIT) + 0", "(UNIT) + 1"), Edit("top", "= 10", "= 20"),
    Build("", ALL, "212 12 1\n"),
])]
#[case::interface_above_body_of_all(&[
    BODY, Edit("mid", "(UNIT) + 0", "(UNIT) + 1"), Edit("top", "= 10", "= 20"),
    Build("", ALL, "213 13 2\n"),
])]
#[case::type_error_in_a_body(&[
    Edit("base", "UNIT + 0", "\"1\""), Fail(&["base/lib"], "error[E0308]: mismatched types"),
    Edit("base", "\"1\"", "UNIT + 1"), Build("", BASE_AND_LINK, "112 12 2\n"),
])]
#[case::type_error_that_is_taken_back(&[
    Edit("base", "UNIT + 0", "\"1\""), Fail(&["base/lib"], "error[E0308]: mismatched types"),
    Edit("base", "\"1\"", "UNIT + 0"), Build("", &[], "111 11 1\n"),
])]
#[case::type_error_above_a_body(&[
    BODY, Edit("top", "UNIT + 0", "\"1\""),
    Fail(&["top/lib", "base/lib"], "error[E0277]: cannot add `&str` to `u32`"),
    Edit("top", "\"1\"", "UNIT + 1"), Build("", &["top/lib", "app/bin"], "113 12 2\n"),
])]
#[case::body_while_the_interface_fails(&[
    BODY, Edit("mid", "= 10 *", "= \"10\" *"), 
    Fail(&["mid/lib", "base/lib"], "error[E0369]: cannot multiply `&str` by `u32`"),
    Edit("base", "UNIT + 1", "UNIT + 2"), Edit("mid", "= \"10\" *", "= 20 *"),
    Build("", ALL, "223 23 3\n"),
])]
#[case::back_and_again(&[
    BODY, Build("", BASE_AND_LINK, "112 12 2\n"),
    Edit("base", "UNIT + 1", "UNIT + 0"), Build("", &[], "111 11 1\n"),
    BODY, Build("", &[], "112 12 2\n"),
    Edit("base", "UNIT + 1", "UNIT + 2"), Build("", BASE_AND_LINK, "113 13 3\n"),
    Edit("base", "UNIT + 2", "UNIT + 1"), Build("", &[], "112 12 2\n"),
])]
#[case::back_over_an_interface(&[
    BODY, Build("", BASE_AND_LINK, "112 12 2\n"),
    SEEN, Build("", ALL, "112 12 2\n"),
    Edit("base", "pub fn seen() {}\n", ""), Build("", &[], "112 12 2\n"),
    Edit("base", "UNIT + 1", "UNIT + 3"), Build("", BASE_AND_LINK, "114 14 4\n"),
])]
#[case::body_on_body(&[
    BODY, Build("", BASE_AND_LINK, "112 12 2\n"),
    Edit("base", "UNIT + 1", "UNIT + 2"), Build("", BASE_AND_LINK, "113 13 3\n"),
    Edit("base", "UNIT + 2", "UNIT + 3"), Build("", BASE_AND_LINK, "114 14 4\n"),
])]
#[case::body_then_interface(&[
    BODY, Build("", BASE_AND_LINK, "112 12 2\n"),
    Edit("base", "= 1", "= 2"), Build("", ALL, "223 23 3\n"),
    Edit("base", "UNIT + 1", "UNIT + 2"), Build("", BASE_AND_LINK, "224 24 4\n"),
])]
#[case::interface_then_body(&[
    Edit("base", "= 1", "= 2"), Build("", ALL, "222 22 2\n"),
    BODY, Build("", BASE_AND_LINK, "223 23 3\n"),
])]
#[case::body_then_dependent(&[
    BODY, Build("", BASE_AND_LINK, "112 12 2\n"),
    Edit("mid", "(UNIT) + 0", "(UNIT) + 1"), Build("", &["mid/lib", "app/bin"], "113 13 2\n"),
    Edit("mid", "= 10", "= 20"), Build("", &["mid/lib", "top/lib", "app/bin"], "223 23 2\n"),
])]
#[case::part_first(&[
    BODY, Part("-p mid", &["base/lib"]), Build("", &["app/bin"], "112 12 2\n"),
])]
#[case::part_of_a_cascade_first(&[
    SEEN, Part("-p mid", &["base/lib", "mid/lib"]), BODY, Part("-p mid", &["base/lib"]),
    Build("", &["top/lib", "app/bin"], "112 12 2\n"),
])]
#[case::part_of_another_body_first(&[
    BODY, Part("-p base", &["base/lib"]),
    Edit("base", "UNIT + 1", "UNIT + 2"), Part("-p top", &["base/lib"]),
    Edit("top", "UNIT + 0", "UNIT + 1"), Build("", &["top/lib", "app/bin"], "114 13 3\n"),
])]
#[case::back_before_all_is_built(&[
    BODY, Part("-p base", &["base/lib"]), Edit("base", "UNIT + 1", "UNIT + 0"),
    Build("", &[], "111 11 1\n"),
])]
#[case::check_after_build(&[
    Check(ALL), BODY, Build("", BASE_AND_LINK, "112 12 2\n"), Check(&["base/lib"]),
    Edit("base", "() + 0", "() + 1"), Build("", ALL, "113 13 2\n"), Check(&["base/lib"]),
    Edit("base", "= 1", "= 2"), Build("", ALL, "224 24 3\n"), Check(ALL),
])]
#[case::build_after_check(&[
    Check(ALL), BODY, Check(&["base/lib"]), Build("", BASE_AND_LINK, "112 12 2\n"),
    Edit("base", "= 1", "= 2"), Check(ALL), BODY_AGAIN, Check(&["base/lib"]),
    Build("", ALL, "224 24 4\n"),
])]
#[case::tests_link(&[
    Part("--workspace --tests", &[
        "app/bin-test", "app/test:it", "base/lib-test", "mid/lib-test", "top/lib-test",
    ]),
    BODY,
    Part("--workspace --tests", &[
        "app/bin", "app/bin-test", "app/test:it", "base/lib", "base/lib-test", "mid/lib-test",
        "top/lib-test",
    ]),
    Build("", &[], "112 12 2\n"),
])]
#[case::only_a_test_links_it(&[
    Part("--workspace --tests", &[
        "app/bin-test", "app/test:it", "base/lib-test", "mid/lib-test", "top/lib-test",
    ]),
    Edit("base", "base(), 1", "base(), 2"), Part("--workspace --tests", &["base/lib-test"]),
])]
fn step_by_step(#[case] steps: &[Step]) {
    let workspace = Repeated::new(TOWER);
    expect(&workspace, "", ALL);
    assert_eq!(workspace.prints("debug/app"), "111 11 1\n");
    for step in steps {
        take(&workspace, *step);
    }
}

const BODY_AGAIN: Step = Edit("base", "UNIT + 1", "UNIT + 2");

/// `base` is compiled only when `mid` is: if `mid` waited for it, it would fail.
#[cfg(unix)]
#[test]
fn a_dirty_dependent_does_not_wait() {
    let workspace = Repeated::new(TOWER);
    let fixture = &workspace.fixture;
    let made = atlas_tests::process::Command::new("mkfifo".into());
    drop(made.arg(fixture.path("pipe").as_str()).run().expect_success("mkfifo"));
    let script = fixture.script(
        "rustc.sh",
        "[ -f edited ] && case \"$*\" in\n\
         *\"--crate-name base \"*) timeout 60 cat pipe || exit 1;;\n\
         *\"--crate-name mid \"*) timeout 60 sh -c 'echo > pipe' || exit 1;;\n\
         esac\nexec \"$@\"",
    );
    let selection = format!("RUSTC_WRAPPER={script}");
    expect(&workspace, &selection, ALL);
    fixture.write("edited", "");
    take(&workspace, BODY);
    take(&workspace, Edit("mid", "(UNIT) + 0", "(UNIT) + 1"));
    expect(&workspace, &selection, &["base/lib", "mid/lib", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "113 13 2\n");
    expect::<&str>(&workspace, &selection, &[]);
}
