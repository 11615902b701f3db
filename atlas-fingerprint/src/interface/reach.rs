//! Which pieces of a crate stay: bodies, and private items that something that stays may name.
//! Knows names, not what they refer to: one that is mentioned anywhere keeps all items of that name.

use std::collections::{HashMap, HashSet};

use super::changes::ItemKind;
use super::digests::CrateSource;
use super::macros::{HarmlessMacros, Judge, Site};
use super::names::words;
use super::summary::{Body, Code, Edge, Form, Glob, Includes, Piece, Stays};

/// A name that macros of the standard library call on their operands.
const CALLED_BY_MACROS: &str = "write_fmt";

/// What stays of each file, in the order of the files.
pub(super) struct Reach {
    pub(super) files: Vec<FileReach>,
}

/// What stays of a file.
pub(super) enum FileReach {
    /// All of it, as one.
    Whole,
    /// By piece.
    Pieces(Vec<PieceReach>),
}

/// What stays of a piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PieceReach {
    /// Whether anything does.
    pub(super) is_kept: bool,
    /// Where its body counts.
    pub(super) body: Stays,
}

/// Decides what stays of a crate.
pub(super) fn reach(files: &[CrateSource<'_>], macros: &HarmlessMacros) -> Reach {
    let judge = Judge::new(files, macros, Site::Here);
    let included = Included::new(files);
    let mut search = Search::new(files, &judge, &included);
    search.run();
    Reach { files: search.files }
}

/// Where a body counts: in view of the macros that it calls.
fn stays(judge: &Judge<'_>, index: usize, file: &CrateSource<'_>, body: &Body) -> Stays {
    let is_harmless = |call: &u32| judge.is_harmless(index, file.summary.name(*call));
    match body.calls.iter().all(is_harmless) {
        true => body.stays,
        false => Stays::Everywhere,
    }
}

/// Files that are included as code somewhere.
enum Included<'a> {
    Named(HashSet<&'a str>),
    Any,
}

impl<'a> Included<'a> {
    fn new(files: &'a [CrateSource<'a>]) -> Self {
        let mut named = HashSet::new();
        for file in files {
            match &file.summary.form {
                Form::Whole => {}
                Form::Pieces(pieces) => match &pieces.includes {
                    Includes::Any => return Included::Any,
                    Includes::Named(names) => {
                        named.extend(names.iter().map(|name| file.summary.name(*name)));
                    }
                },
            }
        }
        Included::Named(named)
    }

    fn has(&self, path: &str) -> bool {
        match self {
            Included::Any => true,
            Included::Named(names) => {
                names.contains(path.rsplit(['/', '\\']).next().unwrap_or(path))
            }
        }
    }
}

/// The module of a piece: a file and a number in it.
type Module = (usize, usize);

/// A piece that is not known to stay yet.
struct Candidate {
    file: usize,
    piece: usize,
    module: Module,
}

struct Search<'a, 'j> {
    sources: &'a [CrateSource<'a>],
    judge: &'j Judge<'a>,
    files: Vec<FileReach>,
    candidates: Vec<Candidate>,
    mentioned: HashSet<&'a str>,
    /// Words that macros nobody knows may build names of.
    words: HashSet<String>,
    /// Whether a file mentions anything.
    mentions_all: bool,
    /// Modules with code that stays.
    code: HashSet<Module>,
    /// Modules that import with a glob.
    globs: HashSet<Module>,
    /// Modules that others can import from with a glob of theirs.
    exports: HashSet<Module>,
    /// The words of each name.
    words_of: HashMap<&'a str, Vec<String>>,
}

impl<'a, 'j> Search<'a, 'j> {
    fn new(sources: &'a [CrateSource<'a>], judge: &'j Judge<'a>, included: &Included<'_>) -> Self {
        let mut search = Search {
            sources,
            judge,
            files: Vec::with_capacity(sources.len()),
            candidates: Vec::new(),
            mentioned: HashSet::from([CALLED_BY_MACROS]),
            words: HashSet::new(),
            mentions_all: false,
            code: HashSet::new(),
            globs: HashSet::new(),
            exports: HashSet::new(),
            words_of: HashMap::new(),
        };
        for (index, source) in sources.iter().enumerate() {
            match &source.summary.form {
                Form::Pieces(pieces) if !included.has(source.path) => {
                    search.add_pieces(index, &pieces.all);
                }
                _ => {
                    search.mentions_all = true;
                    search.files.push(FileReach::Whole);
                }
            }
        }
        search
    }

    fn add_pieces(&mut self, file: usize, pieces: &'a [Piece]) {
        let Some(source) = self.sources.get(file) else { return };
        let mut reach = Vec::with_capacity(pieces.len());
        // The modules around a piece; other groups are `None`.
        let mut around: Vec<Option<usize>> = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            if piece.edge == Edge::Close {
                around.pop();
            }
            let module = (file, around.iter().rev().find_map(|module| *module).unwrap_or(0));
            match piece.glob {
                Glob::No => {}
                Glob::Private => drop(self.globs.insert(module)),
                Glob::Export => {
                    self.globs.insert(module);
                    self.exports.insert(module);
                }
            }
            let body = piece.body.as_ref();
            let body = body.map_or(Stays::No, |body| stays(self.judge, file, source, body));
            let is_kept = piece.goes_unless.is_empty();
            reach.push(PieceReach { is_kept, body });
            if is_kept {
                self.keep(file, piece, body, module);
            } else {
                self.candidates.push(Candidate { file, piece: index, module });
            }
            if piece.edge == Edge::Open {
                around.push((piece.kind == ItemKind::Mod).then_some(index + 1));
            }
        }
        self.files.push(FileReach::Pieces(reach));
    }

    /// Notes what a piece that stays mentions.
    fn keep(&mut self, file: usize, piece: &'a Piece, body: Stays, module: Module) {
        let Some(source) = self.sources.get(file) else { return };
        let is_known = |calls: &[u32]| {
            calls.iter().all(|call| self.judge.is_known(file, source.summary.name(*call)))
        };
        let header = &piece.header;
        let header_is_known = header.code != Code::MacroInput && is_known(&header.calls);
        let body_is_known = piece.body.as_ref().is_none_or(|body| is_known(&body.calls));
        self.mention(file, &header.mentions, header_is_known);
        if !matches!(header.code, Code::None | Code::ReachesOut) {
            self.code.insert(module);
        }
        if let Some(body) = piece.body.as_ref().filter(|_| body != Stays::No) {
            self.code.insert(module);
            match &body.mentions {
                Some(mentions) => self.mention(file, mentions, body_is_known),
                None => self.mentions_all = true,
            }
        }
    }

    fn mention(&mut self, file: usize, mentions: &[u32], is_known: bool) {
        let Some(source) = self.sources.get(file) else { return };
        for mention in mentions {
            let name = source.summary.name(*mention);
            self.mentioned.insert(name);
            if !is_known {
                self.words.extend(words(name));
            }
        }
    }

    /// Keeps what is mentioned, and what that mentions, until nothing is added.
    fn run(&mut self) {
        loop {
            let candidates = std::mem::take(&mut self.candidates);
            let (kept, left): (Vec<_>, Vec<_>) =
                candidates.into_iter().partition(|candidate| self.is_reached(candidate));
            self.candidates = left;
            if kept.is_empty() {
                return;
            }
            for candidate in kept {
                self.keep_candidate(&candidate);
            }
        }
    }

    fn keep_candidate(&mut self, candidate: &Candidate) {
        let Some(piece) = self.piece(candidate) else { return };
        let mut body = Stays::No;
        if let Some(FileReach::Pieces(pieces)) = self.files.get_mut(candidate.file)
            && let Some(reach) = pieces.get_mut(candidate.piece)
        {
            reach.is_kept = true;
            body = reach.body;
        }
        self.keep(candidate.file, piece, body, candidate.module);
    }

    fn piece(&self, candidate: &Candidate) -> Option<&'a Piece> {
        self.sources.get(candidate.file)?.summary.pieces().get(candidate.piece)
    }

    fn is_reached(&mut self, candidate: &Candidate) -> bool {
        let Some(piece) = self.piece(candidate) else { return true };
        let Some(source) = self.sources.get(candidate.file) else { return true };
        let mut names = piece.goes_unless.iter().map(|name| source.summary.name(*name));
        if self.mentions_all
            || self.exports.contains(&candidate.module)
            || names.clone().any(|name| self.mentioned.contains(name))
        {
            return true;
        }
        if piece.kind == ItemKind::Use {
            // Traits are used without being named.
            return self.code.contains(&candidate.module)
                || self.code.iter().any(|module| self.globs.contains(module));
        }
        names.any(|name| {
            let words_of = self.words_of.entry(name).or_insert_with(|| words(name));
            words_of.iter().any(|word| self.words.contains(word))
        })
    }
}
