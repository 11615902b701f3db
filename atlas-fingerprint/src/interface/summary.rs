//! What of one file counts, as it is kept. Knows no text any more, and no other file.
//!
//! A file is a row of pieces: its items, those in braces between an opening and a closing piece.
//! Whether a body or a private item stays depends on other files; so a piece has what is needed to
//! decide that later.

use serde::{Deserialize, Serialize};

use super::changes::ItemKind;
use super::encode::Short;
use crate::digest::Digest;

/// What of one source file counts for other crates; a function of its text alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileSummary {
    /// Names that the rest refers to by number.
    pub(super) names: Vec<String>,
    /// Digest of the whole file, by its tokens or bytes.
    pub(super) whole: Digest,
    pub(super) form: Form,
}

/// How a file counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Form {
    /// As a whole; it may mention anything.
    Whole,
    /// Piece by piece.
    Pieces(Pieces),
}

/// The pieces of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Pieces {
    pub(super) all: Vec<Piece>,
    pub(super) imports: Vec<Import>,
    pub(super) includes: Includes,
}

/// Which files are included as code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Includes {
    /// Those of these names, without directories.
    Named(Vec<u32>),
    /// Also some whose name is not told.
    Any,
}

/// An item, or an end of one that has items.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) kind: ItemKind,
    pub(super) edge: Edge,
    pub(super) name: Option<u32>,
    /// All that is not the body of a function, or what is before its items.
    pub(super) header: Header,
    pub(super) body: Option<Body>,
    /// Names that it gives to its module, if it may go as soon as none of them is mentioned.
    pub(super) goes_unless: Vec<u32>,
    pub(super) glob: Glob,
    /// Fields or variants.
    pub(super) parts: Vec<Part>,
}

/// Where a piece is among those that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Edge {
    /// An item without others inside.
    None,
    /// Before the items of one.
    Open,
    /// After them.
    Close,
}

/// What is before a body; all of an item that has none.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// Without places.
    pub(super) plain: Short,
    /// With places, if they can count.
    pub(super) placed: Option<Short>,
    /// Of its attributes, for explanations.
    pub(super) attributes: u64,
    pub(super) placing: Placing,
    pub(super) code: Code,
    /// Names in it that may be those of items.
    pub(super) mentions: Vec<u32>,
    /// Macros that are called in it, as in [`Body::calls`].
    pub(super) calls: Vec<u32>,
}

/// Whether the place of a header counts where places do.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(super) enum Placing {
    /// Never.
    #[default]
    Never,
    /// If the body stays.
    WithBody,
    /// Always.
    Always,
    /// Always, and also in the signature: a value is made out of it.
    Value,
}

/// What in a header is code.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(super) enum Code {
    /// Nothing that imports of traits have a say in.
    #[default]
    None,
    /// Something.
    Some,
    /// What a macro made of it, which may build names out of its words.
    MacroInput,
    /// Of a definition of a macro: something that reaches out of a body that calls it.
    ReachesOut,
}

/// The body of a function.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Body {
    /// Without places.
    pub(super) plain: Short,
    /// With places, if it can stay.
    pub(super) placed: Option<Short>,
    pub(super) stays: Stays,
    /// Whether a value is made out of a place in it.
    pub(super) reads_place: bool,
    /// Macros that are called in it: the first and the last segment of their paths. It stays if one
    /// of them may make what other crates see.
    pub(super) calls: Vec<u32>,
    /// Names in it that may be those of items; `None` if they are not kept.
    pub(super) mentions: Option<Vec<u32>>,
}

/// Where a body counts whatever its macros mean.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) enum Stays {
    /// Nowhere.
    No,
    /// In code: it is instantiated or inlined elsewhere.
    InCode,
    /// Also in the signature.
    Everywhere,
}

/// Whether an import is one of all names.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(super) enum Glob {
    /// It is not.
    #[default]
    No,
    /// A private one.
    Private,
    /// One that others can import from in turn.
    Export,
}

/// A field or variant, for explanations.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) name: u32,
    pub(super) digest: u64,
}

/// What gives a name a meaning, as far as macros are concerned.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Import {
    /// `use root::…::name as bound`.
    Name {
        /// The first segment.
        root: u32,
        /// The name in this module.
        bound: u32,
    },
    /// `use root::…::*`.
    Glob {
        /// The first segment.
        root: u32,
        /// Whether it is inside of braces.
        is_nested: bool,
    },
    /// `#[macro_use] extern crate name`.
    AllMacros {
        /// The crate.
        name: u32,
    },
    /// `extern crate name as bound`.
    Crate {
        /// The crate.
        name: u32,
        /// Its name here.
        bound: u32,
    },
    /// `mod name`.
    Module {
        /// The module.
        name: u32,
    },
}

impl FileSummary {
    /// Returns the name with this number.
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// Returns its pieces; none if it counts as a whole.
    pub(super) fn pieces(&self) -> &[Piece] {
        match &self.form {
            Form::Whole => &[],
            Form::Pieces(pieces) => &pieces.all,
        }
    }

    /// Returns what gives names their meaning in it.
    pub(super) fn imports(&self) -> &[Import] {
        match &self.form {
            Form::Whole => &[],
            Form::Pieces(pieces) => &pieces.imports,
        }
    }
}
