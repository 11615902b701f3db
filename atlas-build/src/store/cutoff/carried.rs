//! What published metadata was made from: written down when it is made, so that a later compile can
//! be compared with it, however many there were in between. Decides nothing.
//!
//! The file is `interfaces/<digest of the metadata>` in the unit's directory. Files of other metadata
//! stay as long as the results that they belong to are kept.
//!
//! Of source files the text is kept, packed, until somebody asks what others see of them: most
//! crates are never edited, and to work it out for all of them would delay every first build.

use atlas_fingerprint::{
    CrateSource, Digest, Directory, FileSummary, Fingerprint, Input, Record, Variable, View,
    in_parallel, open_sealed, seal,
};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::super::freshness::{Freshness, Job};
use super::bar;
use crate::plan::{CompileStep, Output, OutputFlavor, Step};
use crate::request::{CacheMode, Cutoff};

const KIND: &str = "cargo-atlas-interface";
/// One more whenever the form, or how a file is summarized, changes.
const VERSION: u32 = 2;

/// What published metadata was made from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(in super::super) struct Carried {
    /// Everything but files.
    pub(super) fingerprint: Fingerprint,
    /// Variables that were read.
    pub(super) variables: Vec<Variable>,
    /// Files that were read.
    pub(in super::super) inputs: Vec<Input>,
    /// Directories that decide which files are read.
    pub(super) directories: Vec<Directory>,
    /// Those of them that are modules of the crate.
    pub(super) sources: Vec<Source>,
    /// Symbols that the objects of the same compile define, once it was asked.
    pub(super) defined: Option<Vec<u64>>,
}

/// A module file of a crate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Source {
    /// The file; absolute.
    pub(super) path: Utf8PathBuf,
    /// The module, such as `a::b`, as far as the path tells.
    pub(super) module: String,
    /// What is in it.
    pub(super) kept: Kept,
}

/// What is kept of a source file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) enum Kept {
    /// Its text, packed.
    Text(Vec<u8>, View),
    /// What others see of it.
    Summary(Box<FileSummary>),
}

impl Carried {
    /// Reads it back; `None` if it is not there or cannot be used.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(open_sealed(KIND, VERSION, bytes).ok()?).ok()
    }

    /// Returns the form in a file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let payload = postcard::to_stdvec(self).expect("memory holds what was read");
        seal(KIND, VERSION, &payload)
    }

    /// Works out what others see of each file that was not asked for before. Returns whether there
    /// was any; `None` if a text cannot be read back.
    pub(super) fn summarize(&mut self) -> Option<bool> {
        let summarize = |source: &Source| match &source.kept {
            Kept::Summary(_) => Some(None),
            Kept::Text(packed, view) => {
                let text = lz4_flex::decompress_size_prepended(packed).ok()?;
                Some(Some(Box::new(FileSummary::of(&text, *view))))
            }
        };
        let summaries: Option<Vec<_>> = in_parallel(&self.sources, summarize).into_iter().collect();
        let mut is_any = false;
        for (source, summary) in self.sources.iter_mut().zip(summaries?) {
            if let Some(summary) = summary {
                source.kept = Kept::Summary(summary);
                is_any = true;
            }
        }
        Some(is_any)
    }

    /// Returns the files as parts of a crate; empty before [`Carried::summarize`].
    pub(super) fn crate_sources(&self) -> Vec<CrateSource<'_>> {
        let sources = self.sources.iter().filter_map(|source| match &source.kept {
            Kept::Summary(summary) => {
                Some(CrateSource { path: source.path.as_str(), module: &source.module, summary })
            }
            Kept::Text(..) => None,
        });
        sources.collect()
    }
}

impl Freshness<'_> {
    /// Writes down what metadata that was just published was made from. Without that the next
    /// compile of the unit is followed by those of its dependents, and nothing else is lost: so an
    /// error is none.
    pub(in super::super) fn carry(&self, job: &Job<'_>, step: &CompileStep, record: &Record) {
        let unit = &self.sources.units.units[job.unit];
        let is_wanted = self.rules.cutoff == Cutoff::On
            && self.rules.cache != CacheMode::None
            && bar::is_seen(unit, self.package(job.unit))
            && bar::bar(unit, job.command).is_none()
            && self.bar_of_tool(job.unit).is_none()
            && record.unsettled.is_empty();
        let Some(metadata) = is_wanted.then(|| metadata_of(step, record)).flatten() else { return };
        let inputs = match self.tool(job.unit) {
            // A lint may read what others do not see.
            Some(_) => {
                let files = record.inputs.iter().map(|input| (input.path.clone(), input.content));
                self.viewed_as_source(job, files.collect())
            }
            None => record.inputs.clone(),
        };
        let Some(sources) = self.packed(&unit.target.src_path, &inputs) else { return };
        let carried = Carried {
            fingerprint: record.fingerprint.clone(),
            variables: record.variables.clone(),
            inputs,
            directories: record.directories.clone(),
            sources,
            defined: None,
        };
        let directory = directory(step);
        if self.files.write(&directory.join(name(&metadata)), &carried.to_bytes()).is_ok() {
            self.forget_others(job.step, step, &metadata);
        }
    }

    /// Reads what the metadata that is published now was made from.
    pub(super) fn carried(&self, step: &CompileStep) -> Option<(Carried, Utf8PathBuf)> {
        let published = metadata_path(step)?;
        let metadata = self.table.observe(published).ok().flatten()?.content.bytes;
        let path = directory(step).join(name(&metadata));
        let bytes = self.files.map(&path).ok().flatten()?;
        Some((Carried::parse(&bytes)?, path))
    }

    /// Reads what the metadata of a result was made from, if that was written down.
    pub(in super::super) fn carried_of(
        &self,
        step: &CompileStep,
        record: &Record,
    ) -> Option<Carried> {
        let path = directory(step).join(name(&metadata_of(step, record)?));
        Carried::parse(&self.files.map(&path).ok().flatten()?)
    }

    /// Returns module files with their texts; `None` if one is not what it was.
    fn packed(&self, root: &Utf8Path, inputs: &[Input]) -> Option<Vec<Source>> {
        let modules: Vec<&Input> =
            inputs.iter().filter(|input| input.view != View::Bytes).collect();
        let pack = |input: &&Input| {
            let bytes = self.files.read(&input.path).ok()?;
            let is_same = Digest::of_bytes(&bytes) == input.content.bytes;
            let packed = is_same.then(|| lz4_flex::compress_prepend_size(&bytes))?;
            Some(Source {
                path: input.path.clone(),
                module: module(root, &input.path),
                kept: Kept::Text(packed, input.view),
            })
        };
        in_parallel(&modules, pack).into_iter().collect()
    }

    /// Removes what belongs to metadata that is neither published nor kept with an earlier result.
    fn forget_others(&self, step: &Step, compile: &CompileStep, metadata: &Digest) {
        let Some(key) = self.key(step) else { return };
        let kept = self.ledger.kept(key).into_iter();
        let kept = kept.filter_map(|id| metadata_of(compile, &*self.ledger.kept_record(key, id)?));
        let wanted: Vec<String> = kept.chain([*metadata]).map(|digest| name(&digest)).collect();
        let directory = directory(compile);
        for entry in self.files.list(&directory).unwrap_or_default() {
            if !wanted.contains(&entry.name) {
                // What stays costs room and nothing else.
                drop(self.files.remove(&directory.join(entry.name)));
            }
        }
    }
}

/// Returns the metadata that a unit gives, if it gives any.
pub(super) fn metadata(step: &CompileStep) -> Option<&Output> {
    step.outputs.iter().find(|output| output.flavor == OutputFlavor::Metadata)
}

/// Returns the library that a unit gives, if it gives one.
pub(super) fn linkable(step: &CompileStep) -> Option<&Output> {
    step.outputs.iter().find(|output| output.flavor == OutputFlavor::Linkable)
}

/// Returns the published metadata of a unit, if it has any.
pub(super) fn metadata_path(step: &CompileStep) -> Option<&Utf8Path> {
    Some(&metadata(step)?.published)
}

/// Returns the published library of a unit, if it has any.
pub(super) fn linkable_path(step: &CompileStep) -> Option<&Utf8Path> {
    Some(&linkable(step)?.published)
}

fn metadata_of(step: &CompileStep, record: &Record) -> Option<Digest> {
    let path = metadata_path(step)?;
    Some(record.outputs.iter().find(|output| output.path == path)?.bytes)
}

fn directory(step: &CompileStep) -> Utf8PathBuf {
    step.unit_dir.join("interfaces")
}

fn name(metadata: &Digest) -> String {
    metadata.to_string().chars().take(32).collect()
}

/// Returns the module that a file is, by the usual rules of names. For explanations only.
fn module(root: &Utf8Path, file: &Utf8Path) -> String {
    if file == root {
        return String::new();
    }
    let directory = root.parent().unwrap_or(root);
    let relative = file.strip_prefix(directory).unwrap_or(file).with_extension("");
    let names = relative.as_str().split(['/', '\\']).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.collect();
    let names = names.strip_suffix(&["mod"]).unwrap_or(&names);
    names.join("::")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::root("/a/src/lib.rs", "")]
    #[case::beside("/a/src/b.rs", "b")]
    #[case::below("/a/src/b/c.rs", "b::c")]
    #[case::directory("/a/src/b/mod.rs", "b")]
    #[case::elsewhere("/x/y.rs", "x::y")]
    fn files_are_modules(#[case] file: &str, #[case] expected: &str) {
        assert_eq!(module("/a/src/lib.rs".into(), file.into()), expected);
    }

    fn carried() -> Carried {
        let text = lz4_flex::compress_prepend_size(b"pub fn f() { 1; }");
        let source = Source {
            path: "/a/lib.rs".into(),
            module: String::new(),
            kept: Kept::Text(text, View::TokensWithoutTests),
        };
        Carried {
            fingerprint: Fingerprint::new(),
            variables: Vec::new(),
            inputs: Vec::new(),
            directories: Vec::new(),
            sources: vec![source],
            defined: Some(vec![1, 2]),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut carried = carried();
        assert_eq!(Carried::parse(&carried.to_bytes()), Some(carried.clone()));
        assert_eq!(carried.summarize(), Some(true));
        assert_eq!(Carried::parse(&carried.to_bytes()), Some(carried.clone()));
        assert_eq!(carried.summarize(), Some(false));
        assert_eq!(carried.crate_sources().len(), 1);
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = carried().to_bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(Carried::parse(&damaged), None, "at {at}");
            assert_eq!(Carried::parse(&bytes[..at]), None, "up to {at}");
        }
    }
}
