//! The short way to find a unit fresh: everything that its command is made from is known to be what
//! it was, so that only files and variables have to be looked at.

use atlas_fingerprint::{Digest, Directory, KnownResult, Look, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use super::freshness::Freshness;
use super::record::Said;
use crate::account::SpareRule;
use crate::ids::UnitId;
use crate::plan::Step;

/// How files of the state look now, by their index; those that nobody asked about are missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks(Vec<Option<Look>>);

impl Looks {
    /// Looks at the files of results, each once, in parallel.
    pub(super) fn at<'a>(
        freshness: &Freshness<'_>,
        results: impl Iterator<Item = &'a KnownResult<'a>>,
    ) -> Self {
        let mut looks = vec![None; freshness.ledger.base().n_files()];
        let mut wanted = vec![false; looks.len()];
        for result in results {
            let inputs = result.inputs().map(|(file, _, _)| file);
            for file in inputs.chain(result.outputs().map(|(file, _)| file)) {
                if let Some(wanted) = wanted.get_mut(file as usize) {
                    *wanted = true;
                }
            }
        }
        let files = (0u32..).zip(wanted).filter(|(_, wanted)| *wanted).map(|(file, _)| file);
        let files: Vec<u32> = files.collect();
        for (file, look) in files.iter().zip(freshness.table.look(&files)) {
            looks[*file as usize] = Some(look);
        }
        Looks(looks)
    }

    fn of(&self, file: u32) -> Option<&Look> {
        self.0.get(file as usize)?.as_ref()
    }
}

/// Something is not what it was, or not known: the long way says what.
pub(super) struct Unsettled;

impl Freshness<'_> {
    /// Checks files and variables of a result. Returns why cargo would have built it anew, if it
    /// would.
    pub(super) fn check_settled(
        &self,
        (unit, step): (UnitId, &Step),
        result: &KnownResult<'_>,
        looks: &Looks,
    ) -> Result<Option<SpareRule>, Unsettled> {
        let is_same_variable = |(name, digest): (&str, Digest)| {
            Digest::of_variable(self.sources.environment.get_os(name)) == digest
        };
        let is_settled = result.is_settled()
            && result.inherited().all(is_same_variable)
            && result.outputs().all(|(file, content)| self.is_same_output(file, content, looks))
            && result.directories().all(|directory| self.is_same_directory(&directory))
            && self.is_uplifted(step, result)
            && self.has_read_configuration(unit, step, self.paths_read(result));
        if !is_settled {
            return Err(Unsettled);
        }
        for (file, content, view) in result.inputs() {
            let known = self.ledger.base().known(file).ok_or(Unsettled)?;
            let now = match looks.of(file) {
                Some(Look::Same | Look::SameBytes) if known.content == content => continue,
                Some(Look::Same | Look::SameBytes) => {
                    self.ledger.base().content(known.content).ok_or(Unsettled)?
                }
                Some(Look::Changed(now)) => **now,
                Some(Look::Missing) | None => return Err(Unsettled),
            };
            let path = Utf8PathBuf::from(self.ledger.base().path(file).ok_or(Unsettled)?);
            let then = self.ledger.base().content(content).ok_or(Unsettled)?;
            let input = atlas_fingerprint::Input { path, content: then, view };
            let said = || Said::decode(&result.payload()?);
            let is_quoted = |path: &Utf8Path| said().is_none_or(|said| said.quotes(path));
            if !self.looks_same(&input, &now, is_quoted) {
                return Err(Unsettled);
            }
        }
        Ok(self.spare_rule(result, looks))
    }

    fn paths_read<'r>(&'r self, result: &'r KnownResult<'_>) -> impl Iterator<Item = &'r str> {
        result.inputs().filter_map(|(file, ..)| self.ledger.base().path(file))
    }

    /// Returns why cargo would have built a result anew that need not be: a file of it was written
    /// since the last build.
    pub(super) fn spare_rule(&self, result: &KnownResult<'_>, looks: &Looks) -> Option<SpareRule> {
        let path = |file| self.ledger.base().path(file).map(Utf8PathBuf::from);
        let mut touched = None;
        for (file, ..) in result.inputs() {
            match looks.of(file) {
                Some(Look::Changed(_)) => {
                    return path(file).map(|path| SpareRule::SameTokens { path });
                }
                Some(Look::SameBytes) if self.is_touched(file) => touched = touched.or(Some(file)),
                _ => {}
            }
        }
        path(touched?).map(|path| SpareRule::SameBytes { path })
    }

    /// Returns the same for a result of which all files were looked at just now.
    pub(super) fn spare_rule_seen(&self, result: &KnownResult<'_>) -> Option<SpareRule> {
        let base = self.ledger.base();
        let mut touched = None;
        for (file, ..) in result.inputs() {
            let (path, then) = (base.path(file)?, base.content(base.known(file)?.content)?);
            match self.table.seen_file(path.into()) {
                Some(now) if now.content.bytes != then.bytes => {
                    return Some(SpareRule::SameTokens { path: path.into() });
                }
                Some(_) if self.is_touched(file) => touched = touched.or(Some(path)),
                _ => {}
            }
        }
        touched.map(|path| SpareRule::SameBytes { path: path.into() })
    }

    /// Returns whether a file was written since it was last looked at, as far as its time tells.
    fn is_touched(&self, file: u32) -> bool {
        let known = self.ledger.base().known(file);
        let path = self.ledger.base().path(file);
        let (Some(known), Some(path)) = (known, path) else { return false };
        let seen = self.table.seen_file(path.into());
        seen.is_some_and(|seen| seen.stamp.mtime != known.stamp.mtime)
    }

    fn is_same_output(&self, file: u32, content: u32, looks: &Looks) -> bool {
        let base = self.ledger.base();
        let Some(then) = base.content(content) else { return false };
        let known = || base.content(base.known(file)?.content);
        match looks.of(file) {
            Some(Look::Same | Look::SameBytes) => {
                known().is_some_and(|known| known.bytes == then.bytes)
            }
            Some(Look::Changed(now)) => now.bytes == then.bytes,
            Some(Look::Missing) | None => false,
        }
    }

    fn is_same_directory(&self, directory: &Directory) -> bool {
        match (&directory.stamp, self.files.stat(&directory.path)) {
            (Some(stamp), Ok(Stat::Directory(now))) => *stamp == now,
            _ => false,
        }
    }

    /// Returns whether the files of a result that the user finds are among those that were looked
    /// at, and whether what need not be looked at is still there.
    fn is_uplifted(&self, step: &Step, result: &KnownResult<'_>) -> bool {
        match step {
            Step::RunBuildScript(step) => {
                matches!(self.files.stat(&step.out_dir), Ok(Stat::Directory(_)))
            }
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => true,
            Step::Compile(step) => {
                let base = self.ledger.base();
                let is_listed = |path: &Utf8PathBuf| {
                    base.file(path.as_str())
                        .is_some_and(|wanted| result.outputs().any(|(file, _)| file == wanted))
                };
                let exists = |path| !matches!(self.files.stat(path), Ok(Stat::Absent));
                step.outputs.iter().all(|output| match &output.uplifted {
                    Some(path) if is_listed(&output.published) => is_listed(path),
                    Some(path) => exists(path) || !exists(&output.published),
                    None => true,
                })
            }
        }
    }
}
