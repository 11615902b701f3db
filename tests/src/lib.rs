//! The test kit: workspaces written as strings, runners for cargo and for the program under test,
//! and the oracles that compare the two. Everything here treats both programs as black boxes.
//!
//! How to run: `cargo test -p atlas-tests`.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `ATLAS_BIN` | program under test; default: this workspace's, built with the tests. If its name is `cargo`, cargo is compared with itself |
//! | `ATLAS_FUZZ_SEEDS`, `ATLAS_FUZZ_START` | how many generated workspaces, and the first seed |
//! | `ATLAS_EDIT_SEEDS`, `ATLAS_EDIT_START`, `ATLAS_EDIT_STEPS` | how many sequences of random edits, the first seed, edits a sequence |
//! | `ATLAS_EDIT_TREES` | workspaces on disk whose copies are edited, too: see `tests/equivalence/foreign.rs` |
//! | `ATLAS_INTERFACE_EDITS`, `ATLAS_INTERFACE_ONLY` | how many edits of each crate the interface oracle tries in a sweep, and of which crates |
//! | `ATLAS_SWEEP` | `1` when the tests are compiled: every published package with every selection |
//! | `ATLAS_BLESS` | `1`: writes the lock files of published workspaces anew |

/// Whether this is a sweep: the tests were compiled with `ATLAS_SWEEP=1`. A test that belongs to a
/// sweep only carries `#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]`.
pub const SWEEP: bool = cfg!(sweep);

pub mod account;
pub mod build;
pub mod diagnostics;
pub mod environment;
pub mod fixture;
pub mod generate;
pub mod limits;
pub mod measure;
pub mod normalize;
pub mod oracle;
pub mod process;
pub mod published;
pub mod recording;
pub mod release;
pub mod repeated;
pub mod restored;
pub mod results;
pub mod scale;
pub mod selection;
pub mod spoken;
pub mod statistics;
pub mod stored;
pub mod story;
pub mod timing;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod trace;
