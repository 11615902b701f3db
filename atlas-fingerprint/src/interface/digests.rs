//! The two digests of a crate. Knows summaries; opens no file.

use serde::{Deserialize, Serialize};

use super::encode::Short;
use super::macros::HarmlessMacros;
use super::reach::{FileReach, PieceReach, reach};
use super::summary::{FileSummary, Piece, Placing, Stays};
use crate::digest::{Digest, Hasher};

/// A file of a crate.
#[derive(Clone, Copy, Debug)]
pub struct CrateSource<'a> {
    /// Identifies the file, and counts.
    pub path: &'a str,
    /// The module that it is, as `a::b`, for explanations only; empty for the root.
    pub module: &'a str,
    /// What is in it.
    pub summary: &'a FileSummary,
}

/// What other crates can see of a crate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InterfaceDigests {
    /// What crates see that are compiled to code.
    pub codegen: Digest,
    /// What crates see that are only checked.
    pub signature: Digest,
}

/// Returns the digests of a crate. The order of its files is of no matter.
pub fn interface_digests(files: &[CrateSource<'_>], macros: &HarmlessMacros) -> InterfaceDigests {
    let files = sorted(files);
    let reach = reach(&files, macros);
    let mut codegen = Hasher::new("codegen interface");
    let mut signature = Hasher::new("signature");
    for (file, reach) in files.iter().zip(&reach.files) {
        codegen.text(file.path);
        signature.text(file.path);
        match reach {
            FileReach::Whole => {
                codegen.number(WHOLE).digest(&file.summary.whole);
                signature.number(WHOLE).digest(&file.summary.whole);
            }
            FileReach::Pieces(reach) => {
                codegen.number(PIECES);
                signature.number(PIECES);
                let pieces = file.summary.pieces().iter().zip(reach);
                for (piece, reach) in pieces.filter(|(_, reach)| reach.is_kept) {
                    let seen = Seen::new(piece, *reach);
                    seen.codegen.feed(&mut codegen);
                    seen.signature.feed(&mut signature);
                }
                codegen.number(END);
                signature.number(END);
            }
        }
    }
    InterfaceDigests { codegen: codegen.finish(), signature: signature.finish() }
}

const END: u64 = 0;
const WHOLE: u64 = 1;
const PIECES: u64 = 2;
const PIECE: u64 = 3;
const BODY: u64 = 4;
const BODY_LEFT_OUT: u64 = 5;

/// Returns files by their paths.
pub(super) fn sorted<'a>(files: &[CrateSource<'a>]) -> Vec<CrateSource<'a>> {
    let mut files = files.to_vec();
    files.sort_by_key(|file| file.path);
    files
}

/// What others see of a piece that stays.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) codegen: Sight,
    pub(super) signature: Sight,
}

/// What one kind of crates sees of a piece.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Sight {
    pub(super) header: Short,
    pub(super) body: SeenBody,
}

/// What is seen of a body.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum SeenBody {
    /// There is none.
    None,
    /// That there is one.
    LeftOut,
    /// All of it.
    All(Short),
}

impl Seen {
    pub(super) fn new(piece: &Piece, reach: PieceReach) -> Self {
        let header = &piece.header;
        let stays = if piece.body.is_some() { reach.body } else { Stays::No };
        let reads_place = piece.body.as_ref().is_some_and(|body| body.reads_place);
        let is_placed = match header.placing {
            Placing::Never => false,
            Placing::WithBody => stays != Stays::No,
            Placing::Always | Placing::Value => true,
        };
        let header_at = |is_placed| header.placed.filter(|_| is_placed).unwrap_or(header.plain);
        let body_at = |is_seen: bool, is_placed: bool| match &piece.body {
            None => SeenBody::None,
            Some(_) if !is_seen => SeenBody::LeftOut,
            Some(body) => SeenBody::All(body.placed.filter(|_| is_placed).unwrap_or(body.plain)),
        };
        let codegen =
            Sight { header: header_at(is_placed), body: body_at(stays != Stays::No, true) };
        let signature = Sight {
            header: header_at(header.placing == Placing::Value),
            body: body_at(stays == Stays::Everywhere, reads_place),
        };
        Seen { codegen, signature }
    }
}

impl Sight {
    fn feed(&self, hasher: &mut Hasher) {
        hasher.number(PIECE).bytes(&self.header);
        match &self.body {
            SeenBody::None => {}
            SeenBody::LeftOut => drop(hasher.number(BODY_LEFT_OUT)),
            SeenBody::All(body) => drop(hasher.number(BODY).bytes(body)),
        }
    }
}
