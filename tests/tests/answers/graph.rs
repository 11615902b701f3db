//! `cargo atlas graph`: what is shown in which form.

use atlas_tests::fixture::Fixture;
use rstest::rstest;
use serde_json::Value;

use crate::{answer, command, refusal, run};

/// A library with modules of all kinds, a program that uses it, and what both need.
const GRAPH: &str = r##"//- /Cargo.toml
[workspace]
members = ["app", "core", "gen", "side"]
default-members = ["app"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
version = "1.0.0"
edition = "2021"
[dependencies]
core_lib = { package = "core", path = "../core" }
side = { path = "../side", optional = true }
[build-dependencies]
gen = { path = "../gen" }
[dev-dependencies]
side = { path = "../side" }
[features]
extra = ["dep:side"]
//- /app/build.rs
fn main() { gen::run(); }
//- /app/src/main.rs
use core_lib::net::Socket;
fn main() {}
//- /core/Cargo.toml
[package]
name = "core"
version = "0.2.0"
edition = "2021"
[dependencies]
side = { path = "../side" }
//- /core/src/lib.rs
pub mod net;
#[path = "other.rs"]
mod renamed;
mod inline { pub use crate::net::*; }
#[cfg(windows)]
mod absent;
mod gone;
#[cfg(test)]
mod tests {}
//- /core/src/net.rs
mod parse;
use parse::Socket;
use side::Side;
//- /core/src/net/parse.rs
use crate::renamed;
//- /core/src/other.rs
fn f( {
//- /gen/Cargo.toml /side/Cargo.toml
[package]
name = "gen"
version = "0.1.0"
edition = "2021"
//- /gen/src/lib.rs /side/src/lib.rs
"##;

fn fixture() -> Fixture {
    let fixture = Fixture::new(GRAPH);
    fixture.replace("side/Cargo.toml", "gen", "side");
    fixture
}

#[rstest]
#[case::default(
    "graph",
    "\
app v1.0.0 (app)
└── core v0.2.0 (core)
    └── side v0.1.0 (side)
[build-dependencies]
└── gen v0.1.0 (gen)
"
)]
#[case::features(
    "graph --features extra",
    "\
app v1.0.0 (app)
├── core v0.2.0 (core)
│   └── side v0.1.0 (side)
└── side v0.1.0 (side)
[build-dependencies]
└── gen v0.1.0 (gen)
"
)]
#[case::all_kinds(
    "graph --edges normal,build,dev",
    "\
app v1.0.0 (app)
└── core v0.2.0 (core)
    └── side v0.1.0 (side)
[build-dependencies]
└── gen v0.1.0 (gen)
[dev-dependencies]
└── side v0.1.0 (side)
"
)]
#[case::one_kind(
    "graph --edges normal --workspace",
    "\
app v1.0.0 (app)
└── core v0.2.0 (core)
    └── side v0.1.0 (side)

gen v0.1.0 (gen)
"
)]
#[case::depth(
    "graph --depth 1 --edges normal",
    "\
app v1.0.0 (app)
└── core v0.2.0 (core)
"
)]
#[case::named(
    "graph -p core",
    "\
core v0.2.0 (core)
├── [lib] core/src/lib.rs
│   ├── mod net
│   │   └── mod parse
│   ├── mod renamed core/src/other.rs is no Rust
│   ├── mod inline
│   ├── mod absent no file here #[cfg(windows)]
│   ├── mod gone no such file
│   └── mod tests #[cfg(test)]
└── side v0.1.0 (side)
"
)]
#[case::uses(
    "graph -p core -v --depth 2",
    "\
core v0.2.0 (core)
├── [lib] core/src/lib.rs
│   ├── mod net core/src/net.rs
│   │   uses crate::net::parse, side
│   │   └── mod parse core/src/net/parse.rs
│   │       uses crate::renamed
│   ├── mod renamed core/src/other.rs is no Rust
│   ├── mod inline
│   │   uses crate::net
│   ├── mod absent no file here #[cfg(windows)]
│   ├── mod gone no such file
│   └── mod tests #[cfg(test)]
└── side v0.1.0 (side)
"
)]
#[case::packages_only(
    "graph -p core --packages",
    "\
core v0.2.0 (core)
└── side v0.1.0 (side)
"
)]
#[case::modules(
    "graph --modules --depth 1 --edges build",
    "\
app v1.0.0 (app)
├── [bin \"app\"] app/src/main.rs
└── [build script] app/build.rs
[build-dependencies]
└── gen v0.1.0 (gen)
    └── [lib] gen/src/lib.rs
"
)]
#[case::several(
    "graph -p side -p gen --packages",
    "\
gen v0.1.0 (gen)

side v0.1.0 (side)
"
)]
fn tree_is_shown(#[case] line: &str, #[case] expected: &str) {
    assert_eq!(answer(&fixture(), line), expected);
}

#[test]
fn packages_of_a_circle_are_shown_once() {
    let fixture = fixture();
    let dependency = "edition = \"2021\"\n[dev-dependencies]\ncore = { path = \"../core\" }";
    fixture.replace("side/Cargo.toml", "edition = \"2021\"", dependency);
    let expected = "\
core v0.2.0 (core)
└── side v0.1.0 (side)
    [dev-dependencies]
    └── core v0.2.0 (core) (*)

";
    let shown = answer(&fixture, "graph --workspace --edges normal,dev");
    assert!(shown.contains("core v0.2.0 (core) (*)"), "{shown}");
    let alone = answer(&fixture, "graph -p core -p side --edges normal,dev --packages");
    assert!(alone.starts_with(expected), "{alone}");
}

#[test]
fn dot_has_clusters_of_modules() {
    let expected = r##"digraph atlas {
    rankdir=LR;
    node [shape=box, style=rounded, fontname="sans-serif", fontsize=11];
    edge [color="#888888"];
    subgraph cluster_0 {
        label="core";
        p0 [label="core 0.2.0"];
        m0 [label="lib"];
        m1 [label="crate::net"];
        m2 [label="crate::net::parse"];
        m3 [label="crate::renamed"];
        m4 [label="crate::inline"];
        m5 [label="crate::absent"];
        m6 [label="crate::gone"];
        m7 [label="crate::tests"];
    }
    p1 [label="side 0.1.0"];
    p0 -> p1;
    m1 -> m2 [style=solid, color="#4477aa"];
    m1 -> p1 [style=solid, color="#4477aa"];
    m4 -> m1 [style=dashed, color="#4477aa"];
    m2 -> m3 [style=solid, color="#4477aa"];
}
"##;
    assert_eq!(answer(&fixture(), "graph -p core --format dot"), expected);
}

#[test]
fn mermaid_tells_kinds_of_dependencies_apart() {
    let expected = r#"flowchart LR
    p0["app 1.0.0"]
    p1["core 0.2.0"]
    p2["gen 0.1.0"]
    p3["side 0.1.0"]
    p0 --> p1
    p0 -. build .-> p2
    p0 -. dev .-> p3
    p1 --> p3
"#;
    let line = "graph --format mermaid --edges normal,build,dev";
    assert_eq!(answer(&fixture(), line), expected);
    let modules = answer(&fixture(), "graph --format mermaid --modules --edges build");
    let expected = r#"flowchart LR
    subgraph s0["app"]
        p0["app 1.0.0"]
        m0["bin #34;app#34;"]
        m1["build script"]
    end
    subgraph s1["gen"]
        p1["gen 0.1.0"]
        m2["lib"]
    end
    p0 -. build .-> p1
    m1 --> p1
"#;
    assert_eq!(modules, expected);
}

/// The answer as JSON.
fn json(fixture: &Fixture, line: &str) -> Value {
    serde_json::from_str(&answer(fixture, line)).expect("it is JSON")
}

#[test]
fn json_has_what_was_asked_for() {
    let fixture = fixture();
    let graph = json(&fixture, "graph --format json");
    assert_eq!(graph["version"], 1);
    assert_eq!(graph["workspace_root"], "/ws");
    assert_eq!(graph["roots"], serde_json::json!([0]));
    let names = |list: &Value, field: &str| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|one| one[field].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(names(&graph["packages"], "name"), ["app", "core", "gen", "side"]);
    let dependencies = serde_json::json!([
        { "package": 1, "kinds": ["normal"] },
        { "package": 2, "kinds": ["build"] },
    ]);
    assert_eq!(graph["packages"][0]["dependencies"], dependencies);
    assert_eq!(graph.get("modules"), None);

    let graph = json(&fixture, "graph -p core --format json");
    let paths = [
        "crate",
        "crate::net",
        "crate::net::parse",
        "crate::renamed",
        "crate::inline",
        "crate::absent",
        "crate::gone",
        "crate::tests",
    ];
    assert_eq!(names(&graph["modules"], "path"), paths);
    let bodies = ["file", "file", "file", "file", "inline", "missing", "missing", "inline"];
    assert_eq!(names(&graph["modules"], "body"), bodies);
    let conditions = serde_json::json!([{ "kind": "cfg", "value": "windows" }]);
    assert_eq!(graph["modules"][5]["conditions"], conditions);
    let states = ["parsed", "parsed", "parsed", "unparsed"];
    assert_eq!(names(&graph["files"], "state"), states);
    for file in graph["files"].as_array().expect("a list") {
        for digest in ["bytes", "codegen_interface", "signature"] {
            let digest = file["digests"][digest].as_str().expect("text");
            assert_eq!(digest.len(), 64);
        }
    }
    let uses = serde_json::json!([
        { "from": 1, "module": 2, "line": 2, "is_import": true, "is_reexport": false, "is_glob": false },
        { "from": 1, "package": 1, "line": 3, "is_import": true, "is_reexport": false, "is_glob": false },
        { "from": 4, "module": 1, "line": 4, "is_import": true, "is_reexport": true, "is_glob": true },
        { "from": 2, "module": 3, "line": 1, "is_import": true, "is_reexport": false, "is_glob": false },
    ]);
    assert_eq!(graph["uses"], uses);
}

#[test]
fn picture_has_a_box_for_each_package_and_needs_nothing_from_elsewhere() {
    let fixture = fixture();
    let svg = answer(&fixture, "graph --format svg");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
    assert_eq!(svg.matches("<g class=\"package ").count(), 4);
    assert_eq!(svg.matches("<path class=\"edge").count(), 3);
    assert!(svg.contains("<text class=\"name\" x=\"10\" y=\"18\">core</text>"));
    assert!(svg.contains(">net</text>") && !svg.contains(">parse</text>"));
    assert!(svg.contains("<text class=\"module missing\""));
    assert!(!svg.contains(">tests</text>"), "modules for tests are left out");
    let html = answer(&fixture, "graph --format html");
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));
    assert_eq!(html.matches("<g class=\"package ").count(), 4);
    for text in [svg, html] {
        let from_elsewhere = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!from_elsewhere.contains("://") && !from_elsewhere.contains("src="));
    }
    let bare = answer(&fixture, "graph --format svg --packages");
    assert!(!bare.contains("class=\"module"));
}

#[test]
fn external_packages_are_leaves_if_they_are_wanted() {
    let fixture = fixture();
    fixture.write("vendor/far/Cargo.toml", "[package]\nname = \"far\"\nversion = \"3.0.0\"\n");
    fixture.write("vendor/far/src/lib.rs", "");
    fixture.write("vendor/far/.cargo-checksum.json", "{\"files\":{}}");
    fixture.write(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n",
    );
    fixture.replace(
        "gen/Cargo.toml",
        "edition",
        "[dependencies]\nfar = \"3\"\n[package.metadata]\nx",
    );
    // cargo writes the lock file, and says so.
    assert!(run(&fixture, "graph").success());
    assert_eq!(answer(&fixture, "graph -p gen --packages"), "gen v0.1.0 (gen) + 1 external\n");
    let expected = "gen v0.1.0 (gen)\n└── far v3.0.0\n";
    assert_eq!(answer(&fixture, "graph -p gen --packages --external"), expected);
    let dot = answer(&fixture, "graph -p gen --packages --external --format dot");
    assert!(dot.contains("p0 [label=\"far 3.0.0\", style=\"rounded,dashed\"];"), "{dot}");
}

#[test]
fn unknown_package_leads_on() {
    let expected = "error: package ID specification `cor` did not match any packages\n\n\
         help: a package with a similar name exists: `core`\n";
    assert_eq!(refusal(&fixture(), "graph -p cor"), expected);
}

#[test]
fn unknown_format_lists_all() {
    let outcome = run(&fixture(), "graph --format pdf");
    assert_eq!(outcome.code, Some(1));
    let expected = "[possible values: text, dot, json, mermaid, svg, html]";
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
}

#[test]
fn file_is_written_whole_or_not_at_all() {
    let fixture = fixture();
    assert_eq!(answer(&fixture, "graph -o tree.txt --color always --depth 0"), "");
    assert_eq!(fixture.read("tree.txt"), "app v1.0.0 (app)\n");
    let refused = refusal(&fixture, "graph -o nowhere/tree.txt");
    assert!(refused.starts_with("error: failed to write `/ws/nowhere/tree.txt`\n"), "{refused}");
    let directory = refusal(&fixture, "graph -o app");
    assert!(directory.starts_with("error: failed to write `/ws/app`\n"), "{directory}");
    let left: Vec<_> = fixture.root().read_dir_utf8().expect("it is there").collect();
    let is_partial = |name: &str| name.starts_with(".writing");
    assert!(!left.iter().flatten().any(|entry| is_partial(entry.file_name())));
}

#[cfg(unix)]
#[test]
fn reader_that_has_seen_enough_is_no_error() {
    let fixture = fixture();
    let outcome = command(&fixture, "graph").stdout_unread().run();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
}
