//! Turns `ATLAS_SWEEP=1` into `cfg(sweep)`: tests that belong to a sweep are then listed as ignored
//! without it, never as passed.
#![expect(clippy::disallowed_methods, reason = "a build script is configured by its environment")]

fn main() {
    println!("cargo::rustc-check-cfg=cfg(sweep)");
    println!("cargo::rerun-if-env-changed=ATLAS_SWEEP");
    if std::env::var("ATLAS_SWEEP").is_ok_and(|value| value != "0" && !value.is_empty()) {
        println!("cargo::rustc-cfg=sweep");
    }
}
