//! What holds for every source file, tried on those of this workspace and of crates that it uses.

use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use super::outline::{Node, Shape, Visibility, outline};
use super::summary::Form;
use super::{CrateSource, FileSummary, HarmlessMacros, InterfaceDigests, interface_digests};
use crate::content::View;
use crate::interface::changes::ItemKind;
use crate::tokens::lexer::{Kind, Tokens};
use crate::tokens::parses;
use crate::tokens::properties::{collect, edited, sources, with_comments_at_line_ends};
use crate::tokens::source::normalized;

/// Dependencies whose sources have much of what there is in Rust.
const PACKAGES: &[&str] = &["camino", "hashbrown", "memchr", "semver", "smallvec"];

/// Returns the sources of packages of the lock file, where cargo has unpacked them.
#[expect(clippy::disallowed_methods, reason = "cargo alone knows where it unpacks packages")]
fn published() -> Vec<(Utf8PathBuf, String)> {
    let home = std::env::var("CARGO_HOME").ok().map(Utf8PathBuf::from);
    let user = std::env::home_dir().and_then(|home| Utf8PathBuf::try_from(home).ok());
    let home = home.or_else(|| Some(user?.join(".cargo"))).expect("cargo has a home");
    let workspace = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let lock = fs_err::read_to_string(workspace.join("Cargo.lock")).unwrap();
    let mut files = Vec::new();
    for name in PACKAGES {
        let entry = lock.split("[[package]]").find(|entry| {
            entry.contains(&format!("name = \"{name}\"\n")) && entry.contains("registry+")
        });
        let version = entry.and_then(|entry| entry.split("version = \"").nth(1));
        let version = version.and_then(|rest| rest.split('"').next()).unwrap();
        let registries = home.join("registry/src").read_dir_utf8().unwrap();
        let directory = registries
            .map(|registry| registry.unwrap().path().join(format!("{name}-{version}/src")))
            .find(|directory| directory.exists())
            .unwrap_or_else(|| panic!("cargo has not unpacked {name} {version}"));
        collect(&directory, &mut files);
    }
    files.into_iter().map(|file| (file.clone(), fs_err::read_to_string(&file).unwrap())).collect()
}

fn all() -> Vec<(Utf8PathBuf, String)> {
    sources().into_iter().chain(published()).collect()
}

fn digests(text: &str) -> InterfaceDigests {
    let summary = FileSummary::of(text.as_bytes(), View::Tokens);
    let source = CrateSource { path: "lib.rs", module: "", summary: &summary };
    interface_digests(&[source], &HarmlessMacros::default())
}

#[test]
fn every_file_that_parses_counts_by_pieces() {
    for (file, text) in all() {
        let summary = FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
        let is_whole = summary.form == Form::Whole;
        assert_eq!(is_whole, !parses(text.as_bytes()), "{file}");
    }
}

#[test]
fn summaries_come_back_from_bytes() {
    for (file, text) in all() {
        let summary = FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
        let bytes = postcard::to_stdvec(&summary).unwrap();
        let back: FileSummary = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(back, summary, "{file}");
    }
}

#[test]
fn summaries_are_smaller_than_sources() {
    let size = |text: &String| {
        let summary = FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
        postcard::to_stdvec(&summary).unwrap().len()
    };
    let all = all();
    let n_source: usize = all.iter().map(|(_, text)| text.len()).sum();
    let n_summary: usize = all.iter().map(|(_, text)| size(text)).sum();
    assert!(n_summary * 3 < n_source, "{n_summary} bytes for {n_source}");
}

#[test]
fn comments_at_line_ends_leave_no_trace() {
    for (file, text) in all() {
        let Some(text) = normalized(text.as_bytes()) else { continue };
        let Some(tokens) = Tokens::new(&text) else { continue };
        let commented = with_comments_at_line_ends(&text, &tokens);
        assert_eq!(digests(&text), digests(&commented), "{file}");
        let blank = commented.replace(" // More.\n", "  \t\n");
        assert_eq!(digests(&text), digests(&blank), "{file}");
    }
}

/// Offsets that may go: bodies, private functions and imports.
fn may_go(nodes: &[Node], start: usize, ranges: &mut Vec<Range<usize>>) {
    let mut start = start;
    for node in nodes {
        let is_private = node.visibility != Visibility::Public;
        match &node.shape {
            Shape::Fn(function) => ranges.extend(function.body.clone()),
            Shape::Group(group) => may_go(&group.items, group.open, ranges),
            Shape::Leaf(_) => {}
        }
        if is_private && matches!(node.kind, ItemKind::Fn | ItemKind::Use) {
            ranges.push(start..node.end);
        }
        start = node.end;
    }
}

#[test]
fn other_tokens_than_those_that_may_go_count() {
    let mut n_seen = 0;
    for (file, text) in all() {
        let Some(text) = normalized(text.as_bytes()) else { continue };
        let (Some(tokens), Some(nodes)) = (Tokens::new(&text), outline(&text)) else { continue };
        let before = digests(&text);
        let mut ranges = Vec::new();
        may_go(&nodes, 0, &mut ranges);
        // A few of each file.
        for token in tokens.all.iter().step_by(tokens.all.len() / 5 + 1) {
            let name = tokens.text_of(token);
            let start = token.start as usize;
            if token.kind != Kind::Ident || ranges.iter().any(|range| range.contains(&start)) {
                continue;
            }
            let other = format!("{name}_");
            let after = digests(&edited(&text, token, &other));
            n_seen += 1;
            assert_ne!(before.codegen, after.codegen, "{file}: {name} at {start}");
            assert_ne!(before.signature, after.signature, "{file}: {name} at {start}");
        }
    }
    assert!(n_seen > 200, "{n_seen}");
}
