//! The executable `cargo-atlas`, which cargo runs for `cargo atlas`.

use cargo_atlas::{Invocation, main_impl};

fn main() {
    std::process::exit(main_impl(&Invocation::of_process()));
}
