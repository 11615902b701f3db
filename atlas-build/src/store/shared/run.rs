//! What others see of a run of a build script, told so that it is the same in all checkouts.
//!
//! A script may name places outside of its own directory: libraries of the system, say. Then what is
//! there counts, as far as names lead: the libraries that it says to link, files that it names, and
//! the names in directories.

use atlas_fingerprint::{Digest, Directory, Files, Hasher, Record, Stat};
use camino::Utf8Path;

use super::super::freshness::Freshness;
use super::super::published::Sight;
use super::super::record::Said;
use super::super::tree;
use super::Shared;
use super::places::Places;
use super::system::add_stamp;
use crate::ids::UnitId;
use crate::plan::{BuildScriptStep, Step};
use crate::script::BuildScriptOutput;

/// What others see of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// What it told and wrote.
    interface: Digest,
    /// And what it watches.
    content: Digest,
    /// The same, unless it is to run each time.
    run: Option<Digest>,
}

impl Freshness<'_> {
    /// Returns what is seen of a run; `None` if that is not known, or never the same.
    pub(in super::super) fn shared_run(
        &self,
        shared: &Shared<'_>,
        unit: UnitId,
        sight: Sight,
    ) -> Option<Digest> {
        let seen = shared.run(unit, |step| self.look_at_run(&shared.places, step))?;
        match sight {
            Sight::Interface => Some(seen.interface),
            Sight::Content => Some(seen.content),
            Sight::Run => seen.run,
        }
    }

    fn look_at_run(&self, places: &Places, step: &Step) -> Option<Seen> {
        match step {
            Step::OverriddenBuildScript(output) => {
                let digest = told(output, places)?;
                Some(Seen { interface: digest, content: digest, run: Some(digest) })
            }
            Step::RunBuildScript(run) => self.look_at(places, run, &*self.record(step).ok()?),
            Step::Compile(_) | Step::Doctest(_) => None,
        }
    }

    fn look_at(&self, places: &Places, step: &BuildScriptStep, record: &Record) -> Option<Seen> {
        let tree = tree::content(self.files, self.table, &step.out_dir).ok()?;
        self.seen_of_run(places, step, record, tree)
    }

    /// Returns what is seen of a run that was recorded; `tree` is the digest of what is in its
    /// directory.
    pub(super) fn seen_of_run(
        &self,
        places: &Places,
        step: &BuildScriptStep,
        record: &Record,
        tree: Digest,
    ) -> Option<Seen> {
        let output = Said::of(record).build_script?;
        let mut hasher = Hasher::new("shared run");
        hasher.digest(&told(&output, places)?);
        hasher.digest(&tree);
        add_outside(self.files, &mut hasher, &output, &step.out_dir);
        let interface = hasher.finish();
        let mut hasher = Hasher::new("shared run and what it watches");
        hasher.digest(&interface);
        for input in &record.inputs {
            hasher.text(&places.marked_text(input.path.as_str())?).digest(&input.content.bytes);
        }
        for Directory { path, digest, .. } in &record.directories {
            hasher.text(&places.marked_text(path.as_str())?).digest(digest);
        }
        for variable in &record.variables {
            hasher.text(&variable.name).digest(&variable.digest);
        }
        let content = hasher.finish();
        let run = record.absent.is_none().then_some(content);
        Some(Seen { interface, content, run })
    }
}

/// Returns the digest of what a script told to others than cargo.
fn told(output: &BuildScriptOutput, places: &Places) -> Option<Digest> {
    Some(super::super::script::told(&output.map_texts(&mut |text| places.marked_text(text))?))
}

/// Adds what is at the places outside of its directory that a script names.
fn add_outside(
    files: &dyn Files,
    hasher: &mut Hasher,
    output: &BuildScriptOutput,
    out_dir: &Utf8Path,
) {
    let mut add = |path: &Utf8Path| {
        if path.is_absolute() && !path.starts_with(out_dir) {
            add_place(files, hasher, path);
        }
    };
    for directory in &output.library_paths {
        let value = &directory.value;
        let path = Utf8Path::new(value.split_once('=').map_or(value.as_str(), |(_, path)| path));
        for link in &output.library_links {
            let name = link.rsplit_once('=').map_or(link.as_str(), |(_, name)| name);
            let name = name.split(':').next().unwrap_or(name);
            for file in
                [format!("lib{name}.a"), format!("lib{name}.so"), format!("lib{name}.dylib")]
            {
                add(&path.join(file));
            }
        }
    }
    let values = output.env.iter().chain(&output.metadata).map(|(_, value)| value.as_str());
    for value in values.chain(output.linker_args.iter().map(|(_, arg)| arg.as_str())) {
        for part in value.split([';', ':', ' ', '=', ',']).chain([value]) {
            add(Utf8Path::new(part.trim_start_matches("-T").trim_start_matches("-L")));
        }
    }
}

/// Adds what tells a file, or the names in a directory, from what would take their place.
fn add_place(files: &dyn Files, hasher: &mut Hasher, path: &Utf8Path) {
    add_stamp(files, hasher, path);
    if let Ok(Stat::Directory(stamp)) = files.stat(path) {
        hasher.text(path.as_str()).number(stamp.mtime.cast_unsigned());
    }
}
