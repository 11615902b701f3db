//! The steps of a sequence: what may happen to a workspace between two builds. A step has numbers of
//! its own, so that it does the same, or nearly, where others before it are left out.

use atlas_tests::fixture::Fixture;
use atlas_tests::generate::Random;

use crate::tree::State;
use crate::{events, settings, sources};

/// What happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A comment comes to the end of a line.
    CommentAtEnd,
    /// A comment comes on lines of its own.
    CommentLines,
    /// A comment comes inside an expression.
    CommentInside,
    /// A comment takes the place of blanks or of an empty line.
    CommentForBlanks,
    /// A comment says something else.
    CommentReworded,
    /// A comment goes.
    CommentRemoved,
    /// White space changes.
    Space,
    /// Line ends become CRLF, or LF again.
    LineEnds,
    /// A doc comment comes or changes.
    Doc,
    /// Something in a test item changes.
    TestItem,
    /// A test item comes.
    TestItemAdded,
    /// An attribute comes.
    Attribute,
    /// An attribute of the whole crate comes.
    CrateAttribute,
    /// A statement comes that tells something.
    Statement,
    /// A number changes.
    Number,
    /// A word, a line or a character goes.
    Broken,
    /// A line goes, or two change places.
    Lines,
    /// A file of data changes.
    Data,
    /// A module comes, or goes to another file.
    Module,
    /// All is as it was some steps ago.
    Back,
    /// The same, and every file is written anew.
    BackWritten,
    /// Times of files change, their bytes do not.
    Times,
    /// Bytes change, times and size do not.
    SameTime,
    /// A variable changes.
    Variable,
    /// Features, the profile, the selection change.
    Setting,
    /// What of earlier builds may be used changes.
    OwnSetting,
    /// A manifest changes.
    Manifest,
    /// The configuration of cargo changes.
    Configuration,
    /// A target or a member comes or goes.
    Target,
    /// Something that was built goes or is damaged.
    Damage,
    /// A build is killed.
    Kill,
    /// The lock file goes.
    LockFile,
}

use Kind::{
    Attribute, Back, BackWritten, Broken, CommentAtEnd, CommentForBlanks, CommentInside,
    CommentLines, CommentRemoved, CommentReworded, Configuration, CrateAttribute, Damage, Data,
    Doc, Kill, LineEnds, Lines, LockFile, Manifest, Module, Number, OwnSetting, SameTime, Setting,
    Space, Statement, Target, TestItem, TestItemAdded, Times, Variable,
};

/// Kinds, each as often as it is to be.
const EVERYWHERE: &[Kind] = &[
    CommentAtEnd,
    CommentAtEnd,
    CommentLines,
    CommentInside,
    CommentInside,
    CommentForBlanks,
    CommentForBlanks,
    CommentReworded,
    CommentReworded,
    CommentReworded,
    CommentRemoved,
    Space,
    Space,
    LineEnds,
    Doc,
    Doc,
    TestItem,
    TestItem,
    TestItem,
    TestItemAdded,
    TestItemAdded,
    Attribute,
    CrateAttribute,
    Statement,
    Statement,
    Statement,
    Statement,
    Number,
    Number,
    Number,
    Broken,
    Lines,
    Lines,
    Data,
    Data,
    Back,
    Back,
    Back,
    Back,
    BackWritten,
    BackWritten,
    Times,
    SameTime,
    SameTime,
    Kill,
    Damage,
];

/// Kinds that need a workspace of our own.
const OURS: &[Kind] = &[
    Module,
    Module,
    Variable,
    Variable,
    Setting,
    Setting,
    Setting,
    Setting,
    OwnSetting,
    OwnSetting,
    Manifest,
    Manifest,
    Manifest,
    Configuration,
    Configuration,
    Target,
    Target,
    LockFile,
];

/// Kinds that change nothing but sources of a foreign workspace.
const FOREIGN: &[Kind] = &[
    CommentAtEnd,
    CommentLines,
    CommentInside,
    CommentForBlanks,
    CommentReworded,
    CommentReworded,
    CommentRemoved,
    Space,
    LineEnds,
    Doc,
    TestItem,
    TestItemAdded,
    Attribute,
    Number,
    Number,
    Broken,
    Lines,
    Back,
    Back,
    BackWritten,
    Times,
    SameTime,
    Kill,
    Damage,
];

/// Something that happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// What happens.
    pub(crate) kind: Kind,
    /// Where, and with what.
    pub(crate) seed: u64,
    /// Whether a build follows.
    pub(crate) is_built: bool,
}

/// Returns a sequence for a workspace of ours.
pub(crate) fn sequence(random: &mut Random, n_steps: usize) -> Vec<Step> {
    (0..n_steps)
        .map(|_| {
            let kinds = if random.chance(65) { EVERYWHERE } else { OURS };
            step(random, kinds)
        })
        .collect()
}

/// Returns a sequence for a workspace that others wrote.
pub(crate) fn foreign_sequence(random: &mut Random, n_steps: usize) -> Vec<Step> {
    (0..n_steps).map(|_| step(random, FOREIGN)).collect()
}

fn step(random: &mut Random, kinds: &[Kind]) -> Step {
    let kind = kinds[random.below(kinds.len())];
    Step { kind, seed: random.number(), is_built: random.chance(75) }
}

impl Step {
    /// Changes the workspace as a value.
    pub(crate) fn edit(&self, state: &mut State) {
        let mut random = Random::new(self.seed);
        let random = &mut random;
        if let Some(files) = state.mended.take_if(|_| random.chance(70)) {
            state.files = files;
        }
        match self.kind {
            Module => sources::module(state, random),
            Data => sources::data(state, random),
            Broken => sources::broken(state, random),
            Back | BackWritten => {
                state.files = state.history[random.below(state.history.len())].clone();
                state.mended = None;
            }
            SameTime => sources::edit(state, random, Number),
            Variable => settings::variable(state, random),
            Setting => settings::setting(state, random),
            OwnSetting => settings::own(state, random),
            Manifest => settings::manifest(state, random),
            Configuration => settings::configuration(state, random),
            Target => settings::target(state, random),
            Times | Damage | Kill | LockFile => {}
            kind => sources::edit(state, random, kind),
        }
        state.history.push(state.files.clone());
    }

    /// Does to the disk what is not a matter of texts. `state` is on disk by then.
    pub(crate) fn happen(&self, fixture: &Fixture, state: &State) {
        let mut random = Random::new(self.seed ^ 1);
        match self.kind {
            BackWritten => state.files.iter().for_each(|(path, text)| fixture.write(path, text)),
            Times => events::times(fixture, state, &mut random),
            Damage => events::damage(fixture, &mut random),
            Kill => events::kill(fixture, state, &mut random),
            LockFile if fixture.path("Cargo.lock").exists() => fixture.remove("Cargo.lock"),
            _ => {}
        }
    }
}
