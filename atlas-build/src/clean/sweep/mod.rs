//! Collection in what plain cargo has left in a target directory, by the layout that cargo documents
//! (`core/compiler/layout.rs`, cargo 1.95). A layout that is not known is refused before anything is
//! removed.

mod fingerprint;
mod incremental;
mod layout;
mod lock;
mod outdated;
mod run;
mod toolchains;

pub use run::sweep;
pub use toolchains::{KnownToolchains, installed_toolchains};
