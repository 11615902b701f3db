//! The words of `install`: its flags, where programs go, and what is written down of them.

mod args;
mod destination;
mod package_id;
mod tracking;

pub(crate) use args::InstallArgs;
pub(crate) use destination::root;
pub(crate) use package_id::PackageId;
pub(crate) use tracking::{Installation, Tracking};
