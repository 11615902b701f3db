//! The picture on a page that answers questions: what a package depends on, and what depends on it.
//! Needs nothing from elsewhere.

use super::svg::{document, escaped};
use super::view::View;

const PICTURE_STYLE: &str = include_str!("picture.css");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Returns the page.
pub(super) fn page(view: &View<'_>) -> String {
    let root = &view.graphs.packages.workspace_root;
    let title = escaped(root.file_name().unwrap_or(root.as_str()));
    let n_packages = view.packages.len();
    let n_modules = view.crates().map(|found| found.modules.len()).sum::<usize>();
    let counts = match n_modules {
        0 => format!("{n_packages} packages"),
        _ => format!("{n_packages} packages, {n_modules} modules"),
    };
    let picture = document(view, "");
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: packages</title>\n\
         <style>\n{PICTURE_STYLE}{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<span id=\"counts\">{counts}</span>\n\
         <input id=\"search\" type=\"search\" placeholder=\"package or module\" \
         aria-label=\"Search packages and modules\">\n\
         <label><input id=\"fit\" type=\"checkbox\"> fit</label>\n\
         <span class=\"legend\"><i class=\"library\"></i>library <i class=\"binary\"></i>binary \
         <i class=\"proc-macro\"></i>proc macro <i class=\"down\"></i>dependencies \
         <i class=\"up\"></i>dependents</span>\n\
         <output id=\"chosen\"></output>\n</header>\n\
         <main>\n{picture}\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>"
    )
}
