//! `run`: which program it is, and what is said if it could be several, or none.

use crate::check;

const RUNS: &[&str] = &[
    "run",
    "run --bin one",
    "run --bin nope",
    "run --bin one --bin two",
    "run --bin 'o*'",
    "run --example e",
    "run --example library",
    "run --example e --bin one",
    "run --target HOST",
    "run --target HOST --target aarch64-unknown-linux-gnu",
    "run -r -- a --bin",
    "run --profile test a",
    "run -p app",
    "run -p 'a*'",
    "run -p nope",
    "run -p dep",
];

fn package(more: &str) -> String {
    format!(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n{more}\n\
         [[example]]\nname = \"library\"\ncrate-type = [\"lib\"]\n\
         [features]\nx = []\n\
         [dependencies]\ndep = {{ path = \"dep\" }}\n[workspace]\nexclude = [\"dep\"]\n\
         //- /dep/Cargo.toml\n[package]\nname = \"dep\"\n//- /dep/src/lib.rs /dep/src/main.rs\n\
         //- /examples/library.rs /examples/e.rs\n"
    )
}

#[test]
fn one_program() {
    check(&(package("") + "//- /src/main.rs /src/lib.rs\n"), RUNS);
}

#[test]
fn several_programs() {
    check(&(package("") + "//- /src/main.rs /src/bin/one.rs /src/bin/two.rs\n"), RUNS);
}

#[test]
fn program_that_the_manifest_names() {
    let manifest = package("default-run = \"two\"");
    check(&(manifest + "//- /src/main.rs /src/bin/one.rs /src/bin/two.rs\n"), RUNS);
}

#[test]
fn no_program() {
    check(&(package("") + "//- /src/lib.rs\n"), RUNS);
}

#[test]
fn program_that_needs_features() {
    let manifest = package("[[bin]]\nname = \"one\"\nrequired-features = [\"x\"]");
    check(
        &(manifest + "//- /src/bin/one.rs /src/lib.rs\n"),
        &["run", "run --features x", "run --bin one", "run --bin one --all-features"],
    );
}

#[test]
fn programs_of_several_members() {
    let member = |name: &str, more: &str| {
        format!(
            "//- /{name}/Cargo.toml\n[package]\nname = \"{name}\"\n{more}//- /{name}/src/main.rs\n"
        )
    };
    let members = |more: &str| {
        format!(
            "//- /Cargo.toml\n[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n{}{}",
            member("a", more),
            member("b", "")
        )
    };
    let runs = &["run", "run -p a", "in:b run", "run --bin b", "run --bin c", "run -p a --bin b"];
    check(&members(""), runs);
    check(&members("default-run = \"a\"\n"), runs);
}
