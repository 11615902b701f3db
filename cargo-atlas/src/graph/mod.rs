//! The graph of packages and modules, shown: `view` decides what is shown, and each format has a
//! file of its own. `layers` and `boxes` arrange it for the pictures.

mod args;
mod boxes;
mod dot;
mod edges;
mod format;
mod html;
mod json;
mod layers;
mod mermaid;
mod placing;
mod svg;
mod text;
mod view;

pub(crate) use args::GraphArgs;
pub(crate) use format::{GraphFormat, render};
pub(crate) use view::View;
