//! Putting a new state file together: what the old one has, with what has changed. What nothing
//! refers to any longer is left out.

use std::collections::HashMap;
use std::time::Duration;

use rkyv::rancor;

use super::file::{self, State};
use super::image::{
    ArchivedBlob, ArchivedPlanRow, ArchivedResultRow, Blob, ContentRow, DirectoryRow, FileRow,
    Image, InputRow, OutputRow, PlanRow, ResultRow, UnitRow, VariableRow,
};
use super::journal::SeenFile;
use super::ledger::{Held, KeptPlan, PlanChange, UnitNow, find};
use crate::content::Content;
use crate::digest::Digest;
use crate::record::{Output, Record};
use crate::stamp::Stamp;

/// How many plans are kept.
const MAX_PLANS: usize = 8;
/// Stands for a file that is referred to and was never seen: its stamp vouches for nothing.
const UNSEEN: Stamp = Stamp { size: 0, mtime: 0, ctime: 0, inode: 0 };

/// Returns the bytes of the new file.
pub(super) fn assemble(
    old: &State<'_>,
    units: &HashMap<&str, &UnitNow>,
    seen: impl Iterator<Item = SeenFile>,
    plan: Option<&PlanChange>,
) -> Vec<u8> {
    let mut draft = Draft::new(old);
    for file in seen {
        let content = draft.content(file.path.as_str(), &file.content);
        let index = draft.file(file.path.as_str(), content) as usize;
        let row = &mut draft.image.files[index];
        (row.stamp, row.trusted, row.content) = (file.stamp.into(), file.trusted, content);
    }
    draft.take_old_units(units);
    for (key, unit) in units {
        let row = draft.unit(key, unit);
        draft.image.units.push(row);
    }
    draft.image.units.sort_by(|one, other| one.key.cmp(&other.key));
    draft.take_plans(plan);
    prune(&mut draft.image);
    file::encode(&draft.image, &draft.blobs)
}

/// A file in the making.
struct Draft<'o> {
    old: &'o State<'o>,
    image: Image,
    blobs: Vec<u8>,
    /// Indices of contents that are new.
    contents: HashMap<Content, u32>,
    /// Indices of files that are new.
    files: HashMap<String, u32>,
}

impl<'o> Draft<'o> {
    /// Starts with the files and contents of the old file, which keep their indices.
    fn new(old: &'o State<'o>) -> Self {
        let mut image = Image::default();
        if let Some(rows) = old.image {
            let files = rkyv::deserialize::<Vec<FileRow>, rancor::Error>(&rows.files);
            let contents = rkyv::deserialize::<Vec<ContentRow>, rancor::Error>(&rows.contents);
            image.files = files.expect("checked rows can be copied");
            image.contents = contents.expect("checked rows can be copied");
        }
        let (contents, files) = (HashMap::new(), HashMap::new());
        Draft { old, image, blobs: Vec::new(), contents, files }
    }

    /// Returns the index of a content, which is one of a file: most files are as they were.
    fn content(&mut self, path: &str, content: &Content) -> u32 {
        let known = self.old.file(path).and_then(|file| self.old.known(file));
        if let Some(known) = known
            && self.old.content(known.content).as_ref() == Some(content)
        {
            return known.content;
        }
        let rows = &mut self.image.contents;
        *self.contents.entry(*content).or_insert_with(|| {
            let tokens = content
                .tokens
                .map(|tokens| [*tokens.all.as_bytes(), *tokens.without_tests.as_bytes()]);
            rows.push(ContentRow { bytes: *content.bytes.as_bytes(), tokens });
            u32::try_from(rows.len() - 1).expect("fewer than 2^32 contents")
        })
    }

    /// Returns the index of a file.
    fn file(&mut self, path: &str, content: u32) -> u32 {
        if let Some(index) = self.old.file(path).or_else(|| self.files.get(path).copied()) {
            return index;
        }
        let rows = &mut self.image.files;
        let index = u32::try_from(rows.len()).expect("fewer than 2^32 files");
        let (path, stamp) = (path.to_owned(), UNSEEN.into());
        self.files.insert(path.clone(), index);
        rows.push(FileRow { path, stamp, trusted: false, content });
        index
    }

    /// Takes bytes of the old file as they are; whether they are whole is seen when they are looked
    /// at.
    fn old_blob(&mut self, blob: &ArchivedBlob) -> Option<Blob> {
        let bytes = self.old.packed_blob(blob)?;
        let (offset, length) = (self.blobs.len() as u64, bytes.len() as u64);
        self.blobs.extend_from_slice(bytes);
        Some(Blob { offset, length, digest: blob.digest })
    }

    /// Adds bytes, packed: much of them is the same over and over.
    fn blob(&mut self, bytes: &[u8]) -> Blob {
        let packed = lz4_flex::compress_prepend_size(bytes);
        let (offset, length) = (self.blobs.len() as u64, packed.len() as u64);
        self.blobs.extend_from_slice(&packed);
        Blob { offset, length, digest: *Digest::of_bytes(&packed).as_bytes() }
    }

    /// Takes the rows of units that have not changed.
    fn take_old_units(&mut self, changed: &HashMap<&str, &UnitNow>) {
        let old = self.old;
        let rows = old.image.map_or(&[][..], |image| image.units.as_slice());
        for row in rows.iter().filter(|row| !changed.contains_key(row.key.as_str())) {
            let current = row.current.as_ref().and_then(|result| self.old_result(result));
            let kept = row.kept.iter().filter_map(|result| self.old_result(result)).collect();
            let (key, order) = (row.key.as_str().to_owned(), row.order.to_native());
            let unfinished = row.unfinished;
            self.image.units.push(UnitRow { key, order, unfinished, current, kept });
        }
    }

    /// Takes the row of a result.
    fn old_result(&mut self, result: &ArchivedResultRow) -> Option<ResultRow> {
        let fingerprint = self.old_blob(&result.fingerprint)?;
        let payload = self.old_blob(&result.payload)?;
        let row = rkyv::deserialize::<ResultRow, rancor::Error>(result);
        Some(ResultRow { fingerprint, payload, ..row.expect("checked rows can be copied") })
    }

    /// Returns the row of a unit that has changed.
    fn unit(&mut self, key: &str, unit: &UnitNow) -> UnitRow {
        let mut result = |held: &Held| match &held.record {
            Some(record) => Some(self.result(held.id, record)),
            None => self.old_result(find(self.old.unit(key)?, held.id)?.row),
        };
        UnitRow {
            key: key.to_owned(),
            order: unit.order,
            unfinished: unit.unfinished,
            current: unit.current.as_ref().and_then(&mut result),
            kept: unit.kept.iter().filter_map(result).collect(),
        }
    }

    /// Returns the row of a new result.
    fn result(&mut self, id: u64, record: &Record) -> ResultRow {
        let inputs = record.inputs.iter().map(|input| {
            let content = self.content(input.path.as_str(), &input.content);
            let file = self.file(input.path.as_str(), content);
            InputRow { file, content, view: input.view.code() }
        });
        let inputs = inputs.collect();
        let directories = record.directories.iter().map(|directory| DirectoryRow {
            path: directory.path.to_string(),
            digest: *directory.digest.as_bytes(),
            stamp: directory.stamp.map(Into::into),
        });
        let variables = record.variables.iter().map(|variable| VariableRow {
            name: variable.name.clone(),
            digest: *variable.digest.as_bytes(),
            inherited: variable.inherited,
        });
        let fingerprint = postcard::to_stdvec(&record.fingerprint);
        ResultRow {
            id,
            unsettled: record.unsettled.iter().map(ToString::to_string).collect(),
            inputs,
            directories: directories.collect(),
            absent: record.absent.as_ref().map(ToString::to_string),
            variables: variables.collect(),
            outputs: self.outputs(&record.outputs),
            uplifted: self.outputs(&record.uplifted),
            published: record.published.map(|digest| *digest.as_bytes()),
            duration: nanos(record.duration),
            fingerprint: self.blob(&fingerprint.expect("memory holds the fingerprint")),
            payload: self.blob(&record.payload),
        }
    }

    fn outputs(&mut self, outputs: &[Output]) -> Vec<OutputRow> {
        let row = |output: &Output| {
            let path = output.path.as_str();
            let content = self.content(path, &Content { bytes: output.bytes, tokens: None });
            OutputRow { file: self.file(output.path.as_str(), content), content }
        };
        outputs.iter().map(row).collect()
    }

    /// Puts the plan of this build before the other ones.
    fn take_plans(&mut self, change: Option<&PlanChange>) {
        let rows = self.old.image.map_or(&[][..], |image| image.plans.as_slice());
        let change = change.and_then(|change| self.changed_plan(rows, change));
        let key = change.as_ref().map(|row| row.key);
        self.image.plans.extend(change);
        for row in rows.iter().filter(|row| Some(row.key) != key) {
            if self.image.plans.len() == MAX_PLANS {
                break;
            }
            let blobs = (self.old_blob(&row.derivation), self.old_blob(&row.plan));
            if let (Some(derivation), Some(plan)) = blobs {
                let settled = row.settled.iter().map(|id| id.to_native()).collect();
                self.image.plans.push(PlanRow { key: row.key, derivation, plan, settled });
            }
        }
    }

    /// Returns the row of a plan, unless it is one that is not in the file any longer.
    fn changed_plan(&mut self, rows: &[ArchivedPlanRow], change: &PlanChange) -> Option<PlanRow> {
        let key = *change.key.as_bytes();
        let plan = match &change.plan {
            KeptPlan::New(plan) => self.blob(plan),
            KeptPlan::Same(digest) => {
                let is_same = |row: &&ArchivedPlanRow| {
                    row.key == key && row.plan.digest == *digest.as_bytes()
                };
                self.old_blob(&rows.iter().find(is_same)?.plan)?
            }
        };
        let derivation = self.blob(&change.derivation);
        Some(PlanRow { key, derivation, plan, settled: change.settled.clone() })
    }
}

/// Removes files and contents that nothing refers to, and sorts files by path.
fn prune(image: &mut Image) {
    let mut used = vec![false; image.files.len()];
    for_each_index(&mut image.units, &mut |file, _| used[*file as usize] = true);
    let mut order: Vec<usize> = (0..used.len()).filter(|index| used[*index]).collect();
    order.sort_by(|one, other| image.files[*one].path.cmp(&image.files[*other].path));
    let mut places = vec![0; used.len()];
    for (place, index) in order.iter().enumerate() {
        places[*index] = u32::try_from(place).expect("fewer than 2^32 files");
    }
    let mut rows: Vec<Option<FileRow>> =
        std::mem::take(&mut image.files).into_iter().map(Some).collect();
    image.files = order.iter().filter_map(|index| rows[*index].take()).collect();

    let mut contents =
        std::mem::take(&mut image.contents).into_iter().map(Some).collect::<Vec<_>>();
    let mut moved: Vec<Option<u32>> = vec![None; contents.len()];
    let mut place = |content: &mut u32| {
        let index = *content as usize;
        *content = *moved[index].get_or_insert_with(|| {
            image.contents.extend(contents[index].take());
            u32::try_from(image.contents.len() - 1).expect("fewer than 2^32 contents")
        });
    };
    image.files.iter_mut().for_each(|row| place(&mut row.content));
    for_each_index(&mut image.units, &mut |file, content| {
        *file = places[*file as usize];
        place(content);
    });
}

/// Calls a function with each index of a file and its content in the rows of units.
fn for_each_index(units: &mut [UnitRow], call: &mut dyn FnMut(&mut u32, &mut u32)) {
    for unit in units {
        for result in unit.current.iter_mut().chain(&mut unit.kept) {
            for input in &mut result.inputs {
                call(&mut input.file, &mut input.content);
            }
            for output in result.outputs.iter_mut().chain(&mut result.uplifted) {
                call(&mut output.file, &mut output.content);
            }
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
