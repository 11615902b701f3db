//! Plans of small workspaces, made by the engine's public face from real manifests: which packages,
//! features, units, profiles and errors. Runs `cargo metadata` and rustc's probes, and no compiler.

mod features;
mod graph;
mod lto;
mod profiles;
mod selection;
mod support;
