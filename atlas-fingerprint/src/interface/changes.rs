//! What has changed between two states of a crate, item by item: for explanations. Knows summaries;
//! knows no wording.

use serde::{Deserialize, Serialize};

use super::digests::CrateSource;
use super::macros::HarmlessMacros;

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

/// Returns what has changed, in the order of the files and of their items.
pub fn interface_changes(
    _before: &[CrateSource<'_>],
    _after: &[CrateSource<'_>],
    _macros: &HarmlessMacros,
) -> Vec<ItemChange> {
    Vec::new()
}
