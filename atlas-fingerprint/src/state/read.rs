//! Looking into the state file without copying it.

use std::time::Duration;

use camino::Utf8PathBuf;

use super::file::State;
use super::image::{
    ArchivedOutputRow, ArchivedPlanRow, ArchivedResultRow, ArchivedStampRow, ArchivedUnitRow,
    StampRow,
};
use crate::content::{Content, View};
use crate::digest::Digest;
use crate::record::{Directory, Input, Output, Record, Variable};
use crate::stamp::Stamp;
use crate::tokens::TokenDigests;

/// A file as it was last seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownFile {
    /// What `stat` said.
    pub stamp: Stamp,
    /// Whether the stamp vouches for the content.
    pub trusted: bool,
    /// Index of the content.
    pub content: u32,
}

/// A unit with its results.
#[derive(Clone, Copy, Debug)]
pub struct KnownUnit<'m> {
    state: State<'m>,
    row: &'m ArchivedUnitRow,
}

/// A result.
#[derive(Clone, Copy, Debug)]
pub struct KnownResult<'m> {
    state: State<'m>,
    pub(super) row: &'m ArchivedResultRow,
}

/// A plan.
#[derive(Clone, Copy, Debug)]
pub struct KnownPlan<'m> {
    state: State<'m>,
    pub(super) row: &'m ArchivedPlanRow,
}

impl<'m> State<'m> {
    /// Returns the number of files.
    pub fn n_files(&self) -> usize {
        self.image.map_or(0, |image| image.files.len())
    }

    /// Returns the index of a file.
    pub fn file(&self, path: &str) -> Option<u32> {
        let files = &self.image?.files;
        let index = files.binary_search_by(|row| row.path.as_str().cmp(path)).ok()?;
        u32::try_from(index).ok()
    }

    /// Returns the path of a file.
    pub fn path(&self, file: u32) -> Option<&'m str> {
        Some(self.image?.files.get(file as usize)?.path.as_str())
    }

    /// Returns what is known of a file.
    pub fn known(&self, file: u32) -> Option<KnownFile> {
        let row = self.image?.files.get(file as usize)?;
        let (stamp, content) = (stamp(&row.stamp), row.content.to_native());
        Some(KnownFile { stamp, trusted: row.trusted, content })
    }

    /// Returns a content.
    pub fn content(&self, content: u32) -> Option<Content> {
        let row = self.image?.contents.get(content as usize)?;
        let tokens = row.tokens.as_ref().map(|[all, without_tests]| TokenDigests {
            all: Digest::from_bytes(*all),
            without_tests: Digest::from_bytes(*without_tests),
        });
        Some(Content { bytes: Digest::from_bytes(row.bytes), tokens })
    }

    /// Returns a unit.
    pub fn unit(&self, key: &str) -> Option<KnownUnit<'m>> {
        let units = &self.image?.units;
        let index = units.binary_search_by(|row| row.key.as_str().cmp(key)).ok()?;
        Some(KnownUnit { state: *self, row: &units[index] })
    }

    /// Returns all units with their names.
    pub(super) fn units(&self) -> impl Iterator<Item = (&'m str, KnownUnit<'m>)> + use<'m> {
        let state = *self;
        let rows = self.image.map_or(&[][..], |image| image.units.as_slice());
        rows.iter().map(move |row| (row.key.as_str(), KnownUnit { state, row }))
    }

    /// Returns the plans, the last used one first.
    pub fn plans(&self) -> impl Iterator<Item = KnownPlan<'m>> + use<'m> {
        let state = *self;
        let rows = self.image.map_or(&[][..], |image| image.plans.as_slice());
        rows.iter().map(move |row| KnownPlan { state, row })
    }

    fn outputs(&self, rows: &[ArchivedOutputRow]) -> Option<Vec<Output>> {
        let output = |row: &ArchivedOutputRow| {
            let path = Utf8PathBuf::from(self.path(row.file.to_native())?);
            Some(Output { path, bytes: self.content(row.content.to_native())?.bytes })
        };
        rows.iter().map(output).collect()
    }
}

impl<'m> KnownUnit<'m> {
    /// Returns the number of the last entry about it.
    pub fn order(&self) -> u64 {
        self.row.order.to_native()
    }

    /// Returns whether a build of it was started that did not end well.
    pub fn is_unfinished(&self) -> bool {
        self.row.unfinished
    }

    /// Returns the result that is in place.
    pub fn current(&self) -> Option<KnownResult<'m>> {
        let row = self.row.current.as_ref()?;
        Some(KnownResult { state: self.state, row })
    }

    /// Returns results that were put aside, the last one first.
    pub fn kept(&self) -> impl Iterator<Item = KnownResult<'m>> + use<'m> {
        let state = self.state;
        self.row.kept.iter().map(move |row| KnownResult { state, row })
    }
}

impl<'m> KnownResult<'m> {
    /// Returns what tells it from others.
    pub fn id(&self) -> u64 {
        self.row.id.to_native()
    }

    /// Returns the files that were read: their indices, those of their contents, what counts.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = (u32, u32, View)> + use<'m> {
        self.row
            .inputs
            .iter()
            .map(|row| (row.file.to_native(), row.content.to_native(), View::from_code(row.view)))
    }

    /// Returns the files that were made, and their second names: indices and those of contents.
    pub fn outputs(&self) -> impl Iterator<Item = (u32, u32)> + use<'m> {
        let rows = self.row.outputs.iter().chain(self.row.uplifted.iter());
        rows.map(|row| (row.file.to_native(), row.content.to_native()))
    }

    /// Returns the directories that count.
    pub fn directories(&self) -> impl Iterator<Item = Directory> + use<'m> {
        self.row.directories.iter().map(|row| Directory {
            path: row.path.as_str().into(),
            digest: Digest::from_bytes(row.digest),
            stamp: row.stamp.as_ref().map(stamp),
        })
    }

    /// Returns the names of variables that came from the environment, with digests of their values.
    pub fn inherited(&self) -> impl Iterator<Item = (&'m str, Digest)> + use<'m> {
        let inherited = self.row.variables.iter().filter(|row| row.inherited);
        inherited.map(|row| (row.name.as_str(), Digest::from_bytes(row.digest)))
    }

    /// Returns whether it can be used again as far as is known without a look at anything.
    pub fn is_settled(&self) -> bool {
        self.row.unsettled.is_empty() && self.row.absent.is_none()
    }

    /// Returns what others see of it.
    pub fn published(&self) -> [Digest; 3] {
        self.row.published.map(Digest::from_bytes)
    }

    /// Returns how long it took.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.row.duration.to_native())
    }

    /// Returns the payload; `None` if it is damaged.
    pub fn payload(&self) -> Option<Vec<u8>> {
        self.state.blob(&self.row.payload)
    }

    /// Returns all of it; `None` if it is damaged.
    pub fn record(&self) -> Option<Record> {
        let (state, row) = (self.state, self.row);
        let inputs = self.inputs().map(|(file, content, view)| {
            let path = Utf8PathBuf::from(state.path(file)?);
            Some(Input { path, content: state.content(content)?, view })
        });
        let variables = row.variables.iter().map(|row| Variable {
            name: row.name.as_str().to_owned(),
            digest: Digest::from_bytes(row.digest),
            inherited: row.inherited,
        });
        Some(Record {
            fingerprint: postcard::from_bytes(&state.blob(&row.fingerprint)?).ok()?,
            unsettled: row.unsettled.iter().map(|path| path.as_str().into()).collect(),
            inputs: inputs.collect::<Option<_>>()?,
            directories: self.directories().collect(),
            absent: row.absent.as_ref().map(|path| path.as_str().into()),
            variables: variables.collect(),
            outputs: state.outputs(&row.outputs)?,
            uplifted: state.outputs(&row.uplifted)?,
            published: self.published(),
            duration: self.duration(),
            payload: self.payload()?,
        })
    }
}

impl<'m> KnownPlan<'m> {
    /// Returns what it is a plan for.
    pub fn key(&self) -> Digest {
        Digest::from_bytes(self.row.key)
    }

    /// Returns what it was derived from; `None` if that is damaged.
    pub fn derivation(&self) -> Option<Vec<u8>> {
        self.state.blob(&self.row.derivation)
    }

    /// Returns the plan itself; `None` if it is damaged.
    pub fn plan(&self) -> Option<Vec<u8>> {
        self.state.blob(&self.row.plan)
    }

    /// Returns what tells the plan from others.
    pub fn digest(&self) -> Digest {
        Digest::from_bytes(self.row.plan.digest)
    }

    /// Returns for each unit the id of the result that was last seen to be right; zero for none.
    pub fn settled(&self) -> impl ExactSizeIterator<Item = u64> + use<'m> {
        self.row.settled.iter().map(|id| id.to_native())
    }
}

/// Returns a stamp.
fn stamp(row: &ArchivedStampRow) -> Stamp {
    Stamp {
        size: row.size.to_native(),
        mtime: row.mtime.to_native(),
        ctime: row.ctime.to_native(),
        inode: row.inode.to_native(),
    }
}

impl From<Stamp> for StampRow {
    fn from(stamp: Stamp) -> Self {
        let Stamp { size, mtime, ctime, inode } = stamp;
        StampRow { size, mtime, ctime, inode }
    }
}
