//! What others would see of a result in the store, without bringing it: for predictions.

use atlas_fingerprint::{Digest, Hasher, Input, Variable, View};
use camino::Utf8PathBuf;

use super::super::after::{content, published, without_files};
use super::super::freshness::{Freshness, Job, Outcome};
use super::super::published::Published;
use super::super::{script, tree};
use super::Shared;
use super::find::Found;
use crate::fingerprints::{is_inherited, variable};
use crate::plan::{BuildScriptStep, CompileStep, OutputFlavor, Step};
use crate::script::BuildScriptOutput;

/// What others would see of a unit.
#[derive(Debug)]
pub(in super::super) struct Foretold {
    /// What they would see.
    pub(in super::super) published: Published,
    /// What the build script would tell, if it is a run of one.
    pub(in super::super) build_script: Option<BuildScriptOutput>,
}

impl Freshness<'_> {
    /// Returns what others would see of a unit if a result that was found were brought.
    pub(in super::super) fn foretell(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        found: &Found,
    ) -> Option<Foretold> {
        let files: Vec<(Utf8PathBuf, Digest)> = found.restoration.files().collect();
        match job.step {
            Step::Compile(step) => {
                for (path, digest) in &files {
                    let output = step.outputs.iter().find(|output| output.path == *path);
                    if let Some(output) = output {
                        shared.know_file(output.published.clone(), *digest);
                    }
                }
                let published = foretell_compile(step, &files);
                Some(Foretold { published, build_script: None })
            }
            Step::RunBuildScript(step) => self.foretell_run(shared, job, step, found, files),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
        }
    }

    fn foretell_run(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        step: &BuildScriptStep,
        found: &Found,
        mut files: Vec<(Utf8PathBuf, Digest)>,
    ) -> Option<Foretold> {
        let outcome: Outcome = found.restoration.outcome();
        let output = outcome.build_script.clone()?;
        files.sort();
        let below = files.iter().filter_map(|(path, digest)| {
            Some((path.strip_prefix(&step.out_dir).ok()?, Some(*digest)))
        });
        let tree = tree::digest(below);
        let moment =
            self.table.moment().ok().unwrap_or_else(|| atlas_fingerprint::Moment::from_nanos(0));
        let given = script::digest_of(&output, tree, &step.out_dir, moment);
        let mut record = without_files(self.fingerprint(job), &outcome);
        let mut inputs: Vec<_> = found.before.files.iter().collect();
        inputs.sort_by_key(|(path, _)| *path);
        let input = |(path, now): (&Utf8PathBuf, &atlas_fingerprint::Observed)| Input {
            path: path.clone(),
            content: now.content,
            view: View::Bytes,
        };
        record.inputs = inputs.into_iter().map(input).collect();
        let all = found.before.directories.iter();
        let mut directories: Vec<_> =
            all.flat_map(|(path, digests)| digests.iter().map(move |it| (path, it))).collect();
        directories.sort();
        let directory = |(path, digest): (&Utf8PathBuf, &Digest)| atlas_fingerprint::Directory {
            path: path.clone(),
            digest: *digest,
            stamp: None,
        };
        record.directories = directories.into_iter().map(directory).collect();
        let names: std::collections::BTreeSet<&String> =
            output.rerun_if_env_changed.iter().collect();
        let of = |name: &String| {
            let value = variable(job.command, self.sources.environment, name);
            let inherited = is_inherited(job.command, name);
            Variable { digest: Digest::of_variable(value), name: name.clone(), inherited }
        };
        record.variables = names.into_iter().map(of).collect();
        shared.know_run(job.unit, self.seen_of_run(&shared.places, step, &record, tree));
        let published = published(given, &record, moment);
        Some(Foretold { published, build_script: Some(output) })
    }
}

fn foretell_compile(step: &CompileStep, files: &[(Utf8PathBuf, Digest)]) -> Published {
    let digest =
        |path: &Utf8PathBuf| files.iter().find(|(file, _)| file == path).map(|(_, digest)| *digest);
    let required = step.outputs.iter().filter(|output| super::super::before::is_required(output));
    let made = required.filter_map(|output| {
        let path = output.published.clone();
        Some(atlas_fingerprint::Output { path, bytes: digest(&output.path)? })
    });
    let mut published = Published::uniform(content(&made.collect::<Vec<_>>()));
    let metadata = step.outputs.iter().filter(|it| it.flavor == OutputFlavor::Metadata);
    let mut hasher = Hasher::new("interface");
    let mut has_metadata = false;
    for output in metadata {
        has_metadata = true;
        match digest(&output.path) {
            Some(digest) => hasher.number(1).digest(&digest),
            None => hasher.number(0),
        };
    }
    if has_metadata {
        published.interface = hasher.finish();
    }
    published
}
