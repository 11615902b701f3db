//! The forms in which a graph is shown.

use super::view::View;
use super::{dot, html, json, mermaid, svg, text};
use crate::error::ErrorChain;

/// A form in which a graph is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum GraphFormat {
    /// A tree for terminals.
    Text,
    /// For Graphviz.
    Dot,
    /// For programs.
    Json,
    /// For Mermaid.
    Mermaid,
    /// A picture.
    Svg,
    /// A page with a picture that answers questions.
    Html,
}

impl GraphFormat {
    /// The names of all forms.
    pub(crate) const NAMES: [&str; 6] = ["text", "dot", "json", "mermaid", "svg", "html"];

    /// Returns the form of a name; text if there is none.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "dot" => GraphFormat::Dot,
            "json" => GraphFormat::Json,
            "mermaid" => GraphFormat::Mermaid,
            "svg" => GraphFormat::Svg,
            "html" => GraphFormat::Html,
            _ => GraphFormat::Text,
        }
    }

    /// Whether packages are boxes in which modules are listed.
    pub(crate) fn is_picture(self) -> bool {
        matches!(self, GraphFormat::Svg | GraphFormat::Html)
    }
}

/// Returns what is shown, without the end of the last line. With `is_verbose`, a tree says what
/// modules use.
///
/// # Errors
///
/// What is shown cannot be made into JSON.
pub(crate) fn render(
    view: &View<'_>,
    format: GraphFormat,
    is_verbose: bool,
) -> Result<String, ErrorChain> {
    Ok(match format {
        GraphFormat::Text => text::tree(view, is_verbose),
        GraphFormat::Dot => dot::digraph(view),
        GraphFormat::Json => json::answer(view).map_err(|error| ErrorChain::of(&error))?,
        GraphFormat::Mermaid => mermaid::flowchart(view),
        GraphFormat::Svg => svg::picture(view),
        GraphFormat::Html => html::page(view),
    })
}
