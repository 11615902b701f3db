//! The workspace: manifests, configuration, toolchain.

mod component;
pub mod config;
mod declared;
mod directories;
mod discover;
mod kinds;
mod lints;
mod load;
mod manifest;
mod manifest_warnings;
mod manifests;
mod metadata;
mod platforms;
mod unsupported;

pub use component::component;
pub use config::Config;
pub(crate) use directories::{cargo_home, rustup_home};
pub use discover::DiscoverError;
pub use load::{Before, Configured, Error, Workspace, configure, load};
pub use manifest::{ManifestExtras, Resolver, TargetExtras};
pub use manifests::ManifestError;
pub use metadata::{DependencyFeatures, MetadataError};
pub use platforms::PlatformError;
pub use unsupported::Unsupported;
