//! What can be asked for, one short function each.

mod bench;
mod build;
mod cache;
mod clean;
mod clippy;
mod collect;
mod config;
mod doc;
mod fix;
mod graph;
mod install;
mod nextest;
mod place;
mod run;
mod rustc;
mod test;
mod trouble;
mod unknown;
mod why;

pub(crate) use bench::bench;
pub(crate) use build::{BuildCommand, OnlyBuild, build};
pub(crate) use cache::cache;
pub(crate) use clean::clean;
pub(crate) use clippy::clippy;
pub(crate) use config::config;
pub(crate) use doc::{doc, rustdoc};
pub(crate) use fix::fix;
pub(crate) use graph::graph;
pub(crate) use install::install;
pub(crate) use nextest::nextest;
pub(crate) use place::Place;
pub(crate) use run::run;
pub(crate) use rustc::rustc;
pub(crate) use test::test;
pub(crate) use unknown::unknown;
pub(crate) use why::why;
