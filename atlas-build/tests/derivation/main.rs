//! What a plan was derived from, against the truth: after each change of a workspace on disk, a
//! plan that is said to hold is compared with a fresh one. Runs `cargo metadata` and rustc's
//! probes, and no compiler.

mod events;
mod random;
mod support;
