//! What the compiler suggests in a build.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use atlas_build::event::{Event, Planned};
use atlas_build::ids::UnitId;
use camino::Utf8PathBuf;
use rustfix::diagnostics::{Diagnostic, DiagnosticSpan};
use rustfix::{Filter, Suggestion};

/// Hears of a build.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    planned: Option<Arc<Planned>>,
    diagnostics: Vec<(UnitId, Diagnostic)>,
    failed: BTreeSet<UnitId>,
}

/// Something that can be done.
#[derive(Debug)]
pub(crate) struct Collected {
    /// The unit that it is suggested for.
    pub(crate) unit: UnitId,
    /// Directory of the unit's package.
    pub(crate) package_root: Utf8PathBuf,
    /// The file, as the compiler names it.
    pub(crate) file: String,
    /// What to do with it.
    pub(crate) suggestion: Suggestion,
    /// The lines that the compiler saw where something is to be replaced: number and text.
    pub(crate) lines: Vec<(usize, String)>,
}

impl Collector {
    /// Takes note of an event.
    pub(crate) fn on_event(&mut self, event: &Event) {
        match event {
            Event::Planned(planned) => self.planned = Some(Arc::clone(planned)),
            Event::Diagnostic(unit, diagnostic) => {
                let parsed = serde_json::from_str(&diagnostic.json);
                self.diagnostics.extend(parsed.ok().map(|parsed| (*unit, parsed)));
            }
            Event::Failed(unit, ..) => drop(self.failed.insert(*unit)),
            _ => {}
        }
    }

    /// Returns the units that could not be compiled.
    pub(crate) fn failed(&self) -> &BTreeSet<UnitId> {
        &self.failed
    }

    /// Returns what the compiler said of a unit.
    pub(crate) fn diagnostics_of(&self, unit: UnitId) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(move |(of, _)| *of == unit).map(|(_, it)| it)
    }

    /// Returns the name of a unit's crate.
    pub(crate) fn crate_name(&self, unit: UnitId) -> Option<String> {
        let planned = self.planned.as_ref()?;
        Some(planned.units[unit].target.name.replace('-', "_"))
    }

    /// Returns suggestions that may be followed without thinking, for the packages asked for. Those for
    /// what could not be compiled are left out unless `broken_code`.
    pub(crate) fn suggestions(&self, broken_code: bool) -> Vec<Collected> {
        let Some(planned) = &self.planned else { return Vec::new() };
        let mut collected = Vec::new();
        for (unit, diagnostic) in &self.diagnostics {
            let description = &planned.units[*unit];
            if !description.is_primary || (self.failed.contains(unit) && !broken_code) {
                continue;
            }
            let wanted = HashSet::new();
            let suggestion =
                rustfix::collect_suggestions(diagnostic, &wanted, Filter::MachineApplicableOnly);
            let Some(suggestion) = suggestion else { continue };
            let Some(file) = only_file(&suggestion) else { continue };
            let root = description.manifest_path.parent();
            collected.push(Collected {
                unit: *unit,
                package_root: root.unwrap_or(&description.manifest_path).to_owned(),
                file,
                suggestion,
                lines: lines(diagnostic),
            });
        }
        collected
    }
}

/// Returns the file that a suggestion is about, if it is one.
fn only_file(suggestion: &Suggestion) -> Option<String> {
    let replacements = suggestion.solutions.iter().flat_map(|solution| &solution.replacements);
    let files: BTreeSet<&String> = replacements.map(|it| &it.snippet.file_name).collect();
    match files.into_iter().collect::<Vec<_>>().as_slice() {
        [file] => Some((*file).clone()),
        _ => None,
    }
}

/// Returns the lines that the compiler saw where it suggests something.
fn lines(diagnostic: &Diagnostic) -> Vec<(usize, String)> {
    let of_span = |span: &DiagnosticSpan| {
        let texts = span.text.iter().map(|line| line.text.clone());
        (span.line_start..).zip(texts).collect::<Vec<_>>()
    };
    let own = diagnostic.spans.iter().chain(diagnostic.children.iter().flat_map(|it| &it.spans));
    own.filter(|span| span.suggested_replacement.is_some()).flat_map(of_span).collect()
}
