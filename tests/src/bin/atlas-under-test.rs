//! The program under test: `cargo-atlas` by another name, so that cargo builds it for these tests.

use cargo_atlas::{Invocation, main_impl};

fn main() {
    std::process::exit(main_impl(&Invocation::of_process()));
}
