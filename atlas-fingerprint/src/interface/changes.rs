//! What has changed between two states of a crate, item by item: for explanations. Knows summaries;
//! knows no wording.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::digests::{CrateSource, Seen, sorted};
use super::macros::HarmlessMacros;
use super::reach::{FileReach, PieceReach, reach};
use super::summary::{Edge, FileSummary, Part, Piece};

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ItemKind {
    /// A `const`, also an associated one.
    Const,
    /// An `enum`.
    Enum,
    /// An `extern crate`.
    ExternCrate,
    /// An `extern` block.
    ForeignBlock,
    /// A `fn`, also a method.
    Fn,
    /// An `impl` block.
    Impl,
    /// A definition of a macro.
    MacroDefinition,
    /// A call of a macro in the place of an item.
    MacroCall,
    /// A `mod`.
    Mod,
    /// A `static`.
    Static,
    /// A `struct`.
    Struct,
    /// A `trait`.
    Trait,
    /// A `type`, also an associated one.
    Type,
    /// A `union`.
    Union,
    /// A `use`.
    Use,
    /// A file that counts as a whole.
    File,
    /// Anything else.
    Other,
}

/// What has changed in an item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// The body of a function.
    Body,
    /// What is before the body of a function.
    Signature,
    /// Its place only.
    Moved,
    /// A field is new.
    FieldAdded {
        /// Its name, or its number.
        name: String,
    },
    /// A field is gone.
    FieldRemoved {
        /// Its name, or its number.
        name: String,
    },
    /// A field is another one.
    FieldChanged {
        /// Its name, or its number.
        name: String,
    },
    /// A variant is new.
    VariantAdded {
        /// Its name.
        name: String,
    },
    /// A variant is gone.
    VariantRemoved {
        /// Its name.
        name: String,
    },
    /// A variant is another one.
    VariantChanged {
        /// Its name.
        name: String,
    },
    /// Its attributes.
    Attributes,
    /// Its order among the items of a file.
    Order,
    /// It counts now, or no longer does, though it is the same.
    Reach,
    /// Anything else in it.
    Definition,
}

/// An item that has changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ItemChange {
    /// Its path with the module in front: `config::Config::new`.
    pub path: String,
    /// What it is.
    pub kind: ItemKind,
    /// What has changed in it.
    pub how: Change,
    /// Whether that changes what crates see that are compiled to code.
    pub codegen: bool,
    /// Whether that changes what crates see that are only checked.
    pub signature: bool,
}

/// Returns what has changed, in the order of the files and of their items: what is gone first.
pub fn interface_changes(
    before: &[CrateSource<'_>],
    after: &[CrateSource<'_>],
    macros: &HarmlessMacros,
) -> Vec<ItemChange> {
    let (before, after) = (sorted(before), sorted(after));
    let (old, new) = (items(&before, macros), items(&after, macros));
    let mut changes = Vec::new();
    let old_by_key: HashMap<&Key, &SeenItem<'_>> =
        old.iter().map(|item| (&item.key, item)).collect();
    let new_keys: HashSet<&Key> = new.iter().map(|item| &item.key).collect();
    for item in old.iter().filter(|item| !new_keys.contains(&item.key)) {
        changes.push(item.whole(Change::Removed));
    }
    for item in &new {
        match old_by_key.get(&item.key) {
            None => changes.push(item.whole(Change::Added)),
            Some(old) => compare(old, item, &mut changes),
        }
    }
    changes.extend(reordered(&old, &new));
    changes
}

/// What tells items apart: file, path, kind, and its number among those that are equal so far.
type Key = (String, String, ItemKind, usize);

/// An item as others see it.
struct SeenItem<'a> {
    key: Key,
    path: String,
    summary: &'a FileSummary,
    /// `None` if the file counts as a whole.
    piece: Option<&'a Piece>,
    is_kept: bool,
    /// `None` if the file counts as a whole.
    seen: Option<Seen>,
}

impl SeenItem<'_> {
    fn change(&self, how: Change, codegen: bool, signature: bool) -> ItemChange {
        ItemChange { path: self.path.clone(), kind: self.key.2, how, codegen, signature }
    }

    /// It appears, or goes.
    fn whole(&self, how: Change) -> ItemChange {
        self.change(how, self.is_kept, self.is_kept)
    }
}

fn items<'a>(files: &[CrateSource<'a>], macros: &HarmlessMacros) -> Vec<SeenItem<'a>> {
    let reach = reach(files, macros);
    let mut items = Vec::new();
    let mut numbers: HashMap<(String, String, ItemKind), usize> = HashMap::new();
    let mut add = |file: &CrateSource<'a>,
                   path: String,
                   kind,
                   piece: Option<&'a Piece>,
                   reach: Option<PieceReach>| {
        let number = numbers.entry((file.path.to_owned(), path.clone(), kind)).or_default();
        let key = (file.path.to_owned(), path.clone(), kind, *number);
        *number += 1;
        let is_kept = reach.is_none_or(|reach| reach.is_kept);
        let seen = piece.zip(reach).map(|(piece, reach)| Seen::new(piece, reach));
        items.push(SeenItem { key, path, summary: file.summary, piece, is_kept, seen });
    };
    for (file, reach) in files.iter().zip(&reach.files) {
        let FileReach::Pieces(reach) = reach else {
            add(file, file.module.to_owned(), ItemKind::File, None, None);
            continue;
        };
        let mut path: Vec<&str> = file.module.split("::").filter(|part| !part.is_empty()).collect();
        for (piece, reach) in file.summary.pieces().iter().zip(reach) {
            if piece.edge == Edge::Close {
                path.pop();
                continue;
            }
            let name = piece.name.map(|name| file.summary.name(name)).unwrap_or_default();
            let bound: Vec<&str> =
                piece.goes_unless.iter().map(|name| file.summary.name(*name)).collect();
            let name = if name.is_empty() { bound.join(", ") } else { name.to_owned() };
            let prefix = path.iter().copied();
            let own = (!name.is_empty()).then_some(name.as_str());
            let full = prefix.chain(own).collect::<Vec<_>>().join("::");
            add(file, full, piece.kind, Some(piece), Some(*reach));
            if piece.edge == Edge::Open {
                path.push(piece.name.map(|name| file.summary.name(name)).unwrap_or_default());
            }
        }
    }
    items
}

fn compare(old: &SeenItem<'_>, new: &SeenItem<'_>, changes: &mut Vec<ItemChange>) {
    let ((Some(old_piece), Some(new_piece)), (Some(old_seen), Some(new_seen))) =
        ((old.piece, new.piece), (&old.seen, &new.seen))
    else {
        let is_same = old.piece.is_none() && new.piece.is_none();
        if !is_same || old.summary.whole != new.summary.whole {
            changes.push(new.change(Change::Definition, true, true));
        }
        return;
    };
    let is_kept = old.is_kept || new.is_kept;
    let is_reached_anew = old.is_kept != new.is_kept;
    let n_before = changes.len();
    if old_piece.header.plain != new_piece.header.plain {
        let codegen = is_kept && old_seen.codegen.header != new_seen.codegen.header;
        let signature = is_kept && old_seen.signature.header != new_seen.signature.header;
        for how in header_changes(old, new, old_piece, new_piece) {
            changes.push(new.change(how, codegen, signature));
        }
    }
    let is_body = |piece: &Piece| piece.body.as_ref().map(|body| body.plain);
    if is_body(old_piece) != is_body(new_piece) {
        let codegen = is_kept && old_seen.codegen.body != new_seen.codegen.body;
        let signature = is_kept && old_seen.signature.body != new_seen.signature.body;
        changes.push(new.change(Change::Body, codegen, signature));
    }
    if is_reached_anew {
        changes.push(new.change(Change::Reach, true, true));
    }
    if changes.len() == n_before && is_kept && old_seen != new_seen {
        let codegen = old_seen.codegen != new_seen.codegen;
        let signature = old_seen.signature != new_seen.signature;
        let body_state = |seen: &Seen| std::mem::discriminant(&seen.codegen.body);
        let is_moved = body_state(old_seen) == body_state(new_seen);
        let how = if is_moved { Change::Moved } else { Change::Reach };
        changes.push(new.change(how, codegen, signature));
    }
}

/// Returns what is another one before the body of an item.
fn header_changes(
    old: &SeenItem<'_>,
    new: &SeenItem<'_>,
    old_piece: &Piece,
    new_piece: &Piece,
) -> Vec<Change> {
    let mut changes = Vec::new();
    if old_piece.header.attributes != new_piece.header.attributes {
        changes.push(Change::Attributes);
    }
    let parts = |item: &SeenItem<'_>, piece: &Piece| -> Vec<(String, u64)> {
        let name = |part: &Part| (item.summary.name(part.name).to_owned(), part.digest);
        piece.parts.iter().map(name).collect()
    };
    let (old_parts, new_parts) = (parts(old, old_piece), parts(new, new_piece));
    let has = |parts: &[(String, u64)], name: &str| parts.iter().any(|(other, _)| other == name);
    let is_enum = new_piece.kind == ItemKind::Enum;
    for (name, digest) in &new_parts {
        let name = name.clone();
        match old_parts.iter().find(|(other, _)| *other == name) {
            None if is_enum => changes.push(Change::VariantAdded { name }),
            None => changes.push(Change::FieldAdded { name }),
            Some((_, other)) if other == digest => {}
            Some(_) if is_enum => changes.push(Change::VariantChanged { name }),
            Some(_) => changes.push(Change::FieldChanged { name }),
        }
    }
    for (name, _) in old_parts.iter().filter(|(name, _)| !has(&new_parts, name)) {
        let name = name.clone();
        changes.push(match is_enum {
            true => Change::VariantRemoved { name },
            false => Change::FieldRemoved { name },
        });
    }
    if changes.is_empty() {
        changes.push(match new_piece.kind {
            ItemKind::Fn => Change::Signature,
            _ => Change::Definition,
        });
    }
    changes
}

/// Returns the files in which items that are in both states are in another order.
fn reordered(old: &[SeenItem<'_>], new: &[SeenItem<'_>]) -> Vec<ItemChange> {
    let keys = |items: &[SeenItem<'_>]| -> HashSet<Key> {
        items.iter().filter(|item| item.is_kept).map(|item| item.key.clone()).collect()
    };
    let (old_keys, new_keys) = (keys(old), keys(new));
    let common = |items: &'_ [SeenItem<'_>]| -> Vec<Key> {
        let keys = items.iter().map(|item| item.key.clone());
        keys.filter(|key| old_keys.contains(key) && new_keys.contains(key)).collect()
    };
    let (old_order, new_order) = (common(old), common(new));
    let mut files: Vec<String> = Vec::new();
    for (one, other) in old_order.iter().zip(&new_order) {
        if one != other && files.last() != Some(&other.0) {
            files.push(other.0.clone());
        }
    }
    files.dedup();
    let change = |path| ItemChange {
        path,
        kind: ItemKind::File,
        how: Change::Order,
        codegen: true,
        signature: true,
    };
    files.into_iter().map(change).collect()
}
