//! What a unit is made from before anything that it reads is known: the first half of its key. The
//! same for all checkouts in which nothing but directories differ that do not count.

use std::collections::BTreeSet;
use std::ffi::OsString;

use atlas_fingerprint::{Digest, Hasher, Moment, PartKind};
use camino::Utf8Path;

use super::super::freshness::{Freshness, Job};
use super::{Shared, mentions, native};
use crate::fingerprints;
use crate::ids::UnitId;
use crate::plan::Step;
use crate::process::CommandLine;
use crate::units::{CompileMode, Unit};

/// Enters every key: results that were filed by other rules are not found.
const RULES: u64 = 1;

impl Freshness<'_> {
    /// Returns what stands for all that a unit is made from, files and variables that it reads
    /// excepted; `None` if that cannot be said. `seen` has the digests of what it sees of others, the
    /// same in all checkouts.
    ///
    /// With `until`, files that count without being named must be older than that moment: they have been
    /// what they are while the unit ran.
    pub(in super::super) fn base(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        seen: &[(UnitId, Digest)],
        until: Option<Moment>,
    ) -> Option<Digest> {
        let unit = &self.sources.units.units[job.unit];
        let command = marked_command(shared, job)?;
        let mut hasher = Hasher::new("base of a key");
        hasher.number(RULES);
        let parts = fingerprints::fingerprint(&self.sources, job.unit, &command, seen);
        for part in parts.parts() {
            hasher.number(part.kind as u64).text(&part.name);
            match part.kind {
                // The sysroot is where it is, and its files are told by names and sizes.
                PartKind::Compiler | PartKind::Target => {
                    let evidence: Option<Vec<String>> =
                        part.evidence.iter().map(|it| shared.places.marked_text(it)).collect();
                    hasher.texts(&evidence?);
                }
                _ => drop(hasher.digest(&part.digest)),
            }
        }
        if let Some(wrapper) = &self.sources.toolchain.rustc_wrapper {
            hasher.text(wrapper.as_str());
        }
        hasher.digest(&shared.system.compiler());
        if unit.is_run_custom_build() {
            hasher.digest(&shared.system.tools());
            let program = Utf8Path::new(job.command.program.to_str()?);
            self.add_mentions(shared, &mut hasher, job, &[program])?;
        } else if !unit.mode.is_check() {
            hasher.digest(&native::digest(self.files, &shared.places, job.command));
            if unit.requires_upstream_objects() {
                hasher.digest(&shared.system.linker(job.command));
            }
        }
        self.add_declared_inputs(shared, &mut hasher, job.unit, until)?;
        self.add_tool(shared, &mut hasher, job)?;
        self.add_macros(shared, &mut hasher, job, unit, until)?;
        Some(hasher.finish())
    }

    /// Adds what the package says that its units read.
    fn add_declared_inputs(
        &self,
        shared: &Shared<'_>,
        hasher: &mut Hasher,
        unit: UnitId,
        until: Option<Moment>,
    ) -> Option<()> {
        let tree = self.declared(unit).ok()?;
        hasher.number(tree.directories.len() as u64);
        for directory in &tree.directories {
            let path = shared.places.marked_text(directory.path.as_str())?;
            hasher.text(&path).digest(&directory.digest);
        }
        for (path, observed) in tree.files.iter().zip(self.table.observe_all(&tree.files)) {
            let observed = observed.ok()??;
            if until.is_some_and(|moment| observed.stamp.is_racy(moment)) {
                return None;
            }
            let path = shared.places.marked_text(path.as_str())?;
            hasher.text(&path).digest(&observed.content.bytes);
        }
        Some(())
    }

    /// Adds which configuration a tool finds that is run in place of rustc; `None` if nobody knows what
    /// it reads.
    fn add_tool(&self, shared: &Shared<'_>, hasher: &mut Hasher, job: &Job<'_>) -> Option<()> {
        if self.bar_of_tool(job.unit).is_some() {
            return None;
        }
        if let Some(path) = self.tool_configuration(job.unit, job.step) {
            hasher.text(&shared.places.marked_text(path.as_str())?);
        }
        Some(())
    }

    /// Adds what procedural macros may read without a word: variables that they mention, and of a local
    /// package the files that are no source and the names of those that are.
    fn add_macros(
        &self,
        shared: &Shared<'_>,
        hasher: &mut Hasher,
        job: &Job<'_>,
        unit: &Unit,
        until: Option<Moment>,
    ) -> Option<()> {
        let is_macro =
            |(seen, _): &&(UnitId, Digest)| self.sources.units.units[*seen].target.is_proc_macro();
        let macros: Vec<UnitId> =
            job.dependencies.iter().filter(is_macro).map(|(seen, _)| *seen).collect();
        if macros.is_empty() || unit.mode == CompileMode::RunCustomBuild {
            return Some(());
        }
        let libraries: Vec<&Utf8Path> =
            macros.iter().filter_map(|it| shared.library(*it)).collect();
        self.add_mentions(shared, hasher, job, &libraries)?;
        let package = self.package(job.unit);
        if package.is_local() {
            hasher.digest(&self.other_files(package.root(), until)?);
        }
        Some(())
    }

    /// Adds the variables that programs mention, as the unit's process inherits them. `None` if they
    /// ask about the repository.
    fn add_mentions(
        &self,
        shared: &Shared<'_>,
        hasher: &mut Hasher,
        job: &Job<'_>,
        programs: &[&Utf8Path],
    ) -> Option<()> {
        let mut names = BTreeSet::new();
        for program in programs {
            let content = match shared.foretold(program) {
                Some(foretold) => foretold,
                None => self.table.observe(program).ok()??.content.bytes,
            };
            let mentioned = shared.mentions.of(shared.cas.as_ref(), self.files, program, content);
            names.extend(mentioned.iter().cloned());
        }
        if self.package(job.unit).is_local()
            && names.iter().any(|name| mentions::is_repository(name))
        {
            return None;
        }
        names.retain(|name| !job.command.env.contains_key(name) && !mentions::is_repository(name));
        hasher.number(names.len() as u64);
        for name in names {
            let value = mentions::value(self.sources.environment, &name);
            hasher.text(&name).digest(&value);
        }
        Some(())
    }
}

/// Returns a command with marks in the place of directories.
fn marked_command(shared: &Shared<'_>, job: &Job<'_>) -> Option<CommandLine> {
    let command = job.command;
    let mark = |text: &OsString| Some(OsString::from(shared.places.marked_text(text.to_str()?)?));
    // Their order is that of the depths of directories, which says nothing.
    let remaps: BTreeSet<OsString> = match job.step {
        Step::Compile(step) => step.remaps.iter().map(|remap| remap.arg().into()).collect(),
        Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => {
            BTreeSet::new()
        }
    };
    let (own, other): (Vec<_>, Vec<_>) = command.args.iter().partition(|arg| remaps.contains(*arg));
    let mut args: Vec<OsString> = own.into_iter().map(mark).collect::<Option<_>>()?;
    args.sort();
    for arg in other {
        args.push(mark(arg)?);
    }
    let env: Option<_> = command
        .env
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Some(value) if !fingerprints::is_volatile(name) => Some(mark(value)?),
                _ => None,
            };
            Some((name.clone(), value))
        })
        .collect();
    let cwd = shared.places.marked_text(command.cwd.as_str())?.into();
    Some(CommandLine { program: mark(&command.program)?, args, env: env?, cwd })
}
