//! The oracle itself: cargo equals cargo, and every kind of damage to a graph is noticed.

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::{Graph, UnitGraphOracle, difference};
use atlas_tests::selection::Selection;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "dep", "mac"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = { path = "../dep", features = ["x"] }
mac = { path = "../mac" }
[build-dependencies]
dep = { path = "../dep" }
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
[features]
x = []
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /app/src/main.rs /app/build.rs /dep/src/lib.rs /mac/src/lib.rs
"#;

fn graph() -> Graph {
    let fixture = Fixture::new(WORKSPACE);
    UnitGraphOracle::new(&fixture).cargo_graph(&Selection::new("--workspace"))
}

#[track_caller]
fn damaged(expected: &str, damage: impl FnOnce(&mut Graph)) {
    let original = graph();
    let mut graph = original.clone();
    damage(&mut graph);
    let report = difference(&original, &graph).expect("the damage is noticed");
    assert!(report.contains(expected), "{report}");
}

fn position(graph: &Graph, kind: &str, mode: &str) -> usize {
    let wanted =
        |u: &atlas_tests::oracle::Unit| u.field("target.kind") == kind && u.field("mode") == mode;
    graph.units.iter().position(wanted).expect("the workspace has such a unit")
}

#[test]
fn cargo_equals_itself() {
    let fixture = Fixture::new(WORKSPACE);
    let oracle = UnitGraphOracle::new(&fixture);
    for text in ["", "--workspace --all-targets --release", "-p app --target HOST"] {
        let selection = Selection::new(text);
        let (once, again) = (oracle.cargo_graph(&selection), oracle.cargo_graph(&selection));
        assert_eq!(difference(&once, &again), None, "{selection}");
    }
}

#[test]
fn order_of_units_and_edges_does_not_count() {
    let original = graph();
    let mut graph = original.clone();
    let n = graph.units.len();
    graph.units.reverse();
    for unit in &mut graph.units {
        unit.edges.reverse();
        unit.edges.iter_mut().for_each(|(_, to)| *to = n - 1 - *to);
    }
    graph.roots.iter_mut().for_each(|root| *root = n - 1 - *root);
    assert_eq!(difference(&original, &graph), None);
}

#[test]
fn missing_root_is_noticed() {
    damaged("root only by cargo", |graph| {
        graph.roots.pop();
    });
}

#[test]
fn changed_profile_field_is_named() {
    damaged("profile.debug_assertions: cargo `true`, atlas `false`", |graph| {
        let bin = position(graph, "bin", "build");
        graph.units[bin].fields.insert("profile.debug_assertions".into(), "false".into());
    });
}

#[test]
fn missing_feature_is_named() {
    damaged("features: cargo `x`, atlas ``", |graph| {
        let unit = graph.units.iter_mut().find(|unit| unit.field("features") == "x");
        unit.expect("a unit has the feature").fields.remove("features");
    });
}

#[test]
fn missing_edge_is_named() {
    damaged("only cargo: build_script_build -> ", |graph| {
        let bin = position(graph, "bin", "build");
        graph.units[bin].edges.retain(|(name, _)| name != "build_script_build");
    });
}

#[test]
fn renamed_edge_is_named() {
    damaged("only atlas: other -> ", |graph| {
        let bin = position(graph, "bin", "build");
        graph.units[bin].edges[0].0 = "other".into();
    });
}

#[test]
fn repeated_edge_is_noticed() {
    damaged("edges of ", |graph| {
        let bin = position(graph, "bin", "build");
        let edge = graph.units[bin].edges[0].clone();
        graph.units[bin].edges.push(edge);
    });
}

#[test]
fn extra_unit_is_named() {
    damaged("only atlas: ", |graph| {
        let mut unit = graph.units[0].clone();
        unit.fields.insert("mode".into(), "test".into());
        graph.units.push(unit);
    });
}
