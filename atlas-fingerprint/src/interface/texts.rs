//! The whole way from texts to digests and changes, for those who have no summaries. Opens no file.

use super::changes::{ItemChange, interface_changes};
use super::digests::{CrateSource, InterfaceDigests, interface_digests};
use super::macros::HarmlessMacros;
use super::summary::FileSummary;
use crate::content::View;

/// What other crates can see of one state of a crate, and of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterfaceComparison {
    /// Digests of the first state.
    pub before: InterfaceDigests,
    /// Digests of the second.
    pub after: InterfaceDigests,
    /// What has changed in between, seen or not.
    pub changes: Vec<ItemChange>,
}

/// Compares two states of a crate, each a list of files with path and text. Modules are named after
/// the paths. Tests count as in a build without `--test`.
///
/// # Examples
///
/// The body of a plain function is its own affair; a field is not, private or not.
///
/// ```
/// use atlas_fingerprint::{Change, HarmlessMacros, compare_interfaces};
///
/// let macros = HarmlessMacros::default();
/// let compare = |before, after| {
///     compare_interfaces(&[("lib.rs", before)], &[("lib.rs", after)], &macros)
/// };
///
/// let body = compare("pub fn port() -> u16 { 80 }", "pub fn port() -> u16 { 8080 }");
/// assert_eq!(body.before, body.after);
/// assert_eq!(body.changes[0].path, "port");
/// assert!(!body.changes[0].codegen);
///
/// let field = compare("pub struct Config { port: u16 }", "pub struct Config { port: u32 }");
/// assert_ne!(field.before.signature, field.after.signature);
/// assert_eq!(field.changes[0].how, Change::FieldChanged { name: "port".to_owned() });
/// ```
pub fn compare_interfaces(
    before: &[(&str, &str)],
    after: &[(&str, &str)],
    macros: &HarmlessMacros,
) -> InterfaceComparison {
    let (old, new) = (read(before), read(after));
    let (old, new) = (sources(&old), sources(&new));
    InterfaceComparison {
        before: interface_digests(&old, macros),
        after: interface_digests(&new, macros),
        changes: interface_changes(&old, &new, macros),
    }
}

/// A file: path, module and summary.
type Source<'a> = (&'a str, String, FileSummary);

fn read<'a>(files: &[(&'a str, &str)]) -> Vec<Source<'a>> {
    let read = |(path, text): &(&'a str, &str)| {
        let summary = FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
        (*path, module_of(path), summary)
    };
    files.iter().map(read).collect()
}

fn sources<'a>(files: &'a [Source<'a>]) -> Vec<CrateSource<'a>> {
    let source = |(path, module, summary): &'a Source<'a>| CrateSource { path, module, summary };
    files.iter().map(source).collect()
}

/// Returns the module that a file usually is.
fn module_of(path: &str) -> String {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if matches!(path, "lib" | "main" | "mod") { String::new() } else { path.replace('/', "::") }
}
