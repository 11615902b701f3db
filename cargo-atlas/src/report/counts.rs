//! Diagnostics of each unit: which of them were seen before, and how many there were. Knows no
//! stream.

use std::collections::HashSet;
use std::fmt::Write;

use atlas_build::event::{Diagnostic, DiagnosticLevel, UnitDescription};
use camino::Utf8Path;

use super::naming;
use crate::clippy;

/// Rendered diagnostics that were shown: the same text twice helps nobody, and a library that is
/// also compiled as a test says most things twice.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashSet<String>);

impl Seen {
    /// Notes a text; returns whether it is new.
    pub(crate) fn insert(&mut self, rendered: &str) -> bool {
        !self.0.contains(rendered) && self.0.insert(rendered.to_owned())
    }
}

/// How suggestions are applied: by whom, and with which lints.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct FixCommand {
    /// Lints, if the tool is clippy.
    clippy_lints: Option<Option<String>>,
}

impl FixCommand {
    /// Tells by what is run in place of rustc and by the arguments that clippy gets, as cargo does.
    pub(crate) fn new(workspace_wrapper: Option<&Utf8Path>, clippy_args: Option<&str>) -> Self {
        let is_clippy = workspace_wrapper.and_then(Utf8Path::file_stem) == Some("clippy-driver");
        let lints = |args: &str| args.replace(clippy::SEPARATOR, " ").trim_ascii_end().to_owned();
        FixCommand { clippy_lints: is_clippy.then(|| clippy_args.map(lints)) }
    }

    fn name(&self) -> &'static str {
        if self.clippy_lints.is_some() { "cargo clippy --fix" } else { "cargo fix" }
    }

    fn lints(&self) -> String {
        let lints = self.clippy_lints.as_ref().and_then(Option::as_ref);
        lints.map_or_else(String::new, |lints| format!(" -- {lints}"))
    }
}

/// How many diagnostics a unit had.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    errors: usize,
    warnings: usize,
    duplicates: usize,
    fixable: usize,
}

impl Counts {
    /// Counts a diagnostic that was shown, or not shown again.
    pub(crate) fn add(&mut self, diagnostic: &Diagnostic, is_new: bool) {
        match diagnostic.level {
            DiagnosticLevel::Error => self.errors += 1,
            DiagnosticLevel::Warning => {
                self.warnings += 1;
                if !is_new {
                    self.duplicates += 1;
                } else if diagnostic.machine_applicable {
                    self.fixable += 1;
                }
            }
            DiagnosticLevel::Other => {}
        }
    }

    /// Returns whether there was an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Returns the closing warning of a unit, if it had any: how many there were, and how to get
    /// rid of them.
    pub(crate) fn summary(&self, unit: &UnitDescription, fix: &FixCommand) -> Option<String> {
        if self.warnings == 0 {
            return None;
        }
        let mut text = format!("{} generated {}", naming::unit(unit), n_warnings(self.warnings));
        // A `String` takes everything that is written to it.
        let _ = match self.duplicates {
            0 => Ok(()),
            1 => write!(text, " (1 duplicate)"),
            n => write!(text, " ({n} duplicates)"),
        };
        let offers_fix = unit.is_local && !self.has_errors() && !unit.target.is_custom_build();
        if offers_fix && self.fixable > 0 {
            let tests = if naming::is_unit_test(unit) { " --tests" } else { "" };
            let plural = if self.fixable > 1 { "s" } else { "" };
            let _ = write!(
                text,
                " (run `{} --{} -p {}{tests}{}` to apply {} suggestion{plural})",
                fix.name(),
                naming::target(&unit.target),
                unit.package,
                fix.lints(),
                self.fixable
            );
        }
        Some(text)
    }

    /// Returns what follows the name of a unit that could not be compiled.
    pub(crate) fn failure(&self) -> String {
        let errors = match self.errors {
            0 => String::new(),
            1 => " due to 1 previous error".to_owned(),
            n => format!(" due to {n} previous errors"),
        };
        match self.warnings {
            0 => errors,
            n => format!("{errors}; {} emitted", n_warnings(n)),
        }
    }
}

fn n_warnings(n: usize) -> String {
    if n == 1 { "1 warning".to_owned() } else { format!("{n} warnings") }
}

#[cfg(test)]
mod tests {
    use atlas_build::packages::{CrateType, TargetKind};
    use atlas_build::units::CompileMode;
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    /// `w` is a warning, `f` one that rustc can fix, `e` an error; upper case: seen before.
    fn counts(diagnostics: &str) -> Counts {
        let mut counts = Counts::default();
        for letter in diagnostics.chars() {
            let level = match letter.to_ascii_lowercase() {
                'e' => DiagnosticLevel::Error,
                _ => DiagnosticLevel::Warning,
            };
            let mut diagnostic = fixture::diagnostic(level, "text");
            diagnostic.machine_applicable = letter.eq_ignore_ascii_case(&'f');
            counts.add(&diagnostic, letter.is_lowercase());
        }
        counts
    }

    fn lib() -> TargetKind {
        TargetKind::Lib(vec![CrateType::Lib])
    }

    #[rstest]
    #[case::nothing(lib(), "", None)]
    #[case::one(lib(), "w", Some("`foo` (lib) generated 1 warning"))]
    #[case::several(lib(), "ww", Some("`foo` (lib) generated 2 warnings"))]
    #[case::duplicate(lib(), "wW", Some("`foo` (lib) generated 2 warnings (1 duplicate)"))]
    #[case::duplicates(lib(), "WWw", Some("`foo` (lib) generated 3 warnings (2 duplicates)"))]
    #[case::errors_forbid_a_fix(lib(), "fe", Some("`foo` (lib) generated 1 warning"))]
    #[case::duplicates_are_fixed_once(
        lib(),
        "fF",
        Some(
            "`foo` (lib) generated 2 warnings (1 duplicate) \
              (run `cargo fix --lib -p foo` to apply 1 suggestion)"
        )
    )]
    #[case::fixable(
        TargetKind::Bin,
        "ff",
        Some(
            "`foo` (bin \"x\") generated 2 warnings \
              (run `cargo fix --bin \"x\" -p foo` to apply 2 suggestions)"
        )
    )]
    #[case::scripts_cannot_be_fixed(
        TargetKind::CustomBuild,
        "f",
        Some("`foo` (build script) generated 1 warning")
    )]
    fn summary_is_worded_as_cargo_does(
        #[case] kind: TargetKind,
        #[case] diagnostics: &str,
        #[case] expected: Option<&str>,
    ) {
        let unit = fixture::unit("foo", "x", kind, CompileMode::Build);
        assert_eq!(counts(diagnostics).summary(&unit, &FixCommand::default()).as_deref(), expected);
    }

    #[test]
    fn unit_tests_are_fixed_with_tests() {
        let unit = fixture::unit("foo", "x", lib(), CompileMode::Test);
        let expected = "`foo` (lib test) generated 1 warning \
            (run `cargo fix --lib -p foo --tests` to apply 1 suggestion)";
        assert_eq!(counts("f").summary(&unit, &FixCommand::default()).as_deref(), Some(expected));
    }

    #[rstest]
    #[case::without_arguments(None, "")]
    #[case::empty(Some(""), " -- ")]
    #[case::lints(Some("-W__CLIPPY_HACKERY__clippy::all__CLIPPY_HACKERY__"), " -- -W clippy::all")]
    fn clippy_fixes_what_it_finds(#[case] args: Option<&str>, #[case] lints: &str) {
        let fix = FixCommand::new(Some("/bin/clippy-driver".into()), args);
        let expected = format!(
            "`foo` (lib) generated 1 warning \
             (run `cargo clippy --fix --lib -p foo{lints}` to apply 1 suggestion)"
        );
        assert_eq!(counts("f").summary(&fixture::lib("foo"), &fix), Some(expected));
        assert_eq!(FixCommand::new(Some("/bin/other".into()), args), FixCommand::default());
    }

    #[test]
    fn foreign_packages_are_not_fixed() {
        let mut unit = fixture::lib("foo");
        unit.is_local = false;
        let expected = Some("`foo` (lib) generated 1 warning");
        assert_eq!(counts("f").summary(&unit, &FixCommand::default()).as_deref(), expected);
    }

    #[rstest]
    #[case("", "")]
    #[case("e", " due to 1 previous error")]
    #[case("eew", " due to 2 previous errors; 1 warning emitted")]
    #[case("ww", "; 2 warnings emitted")]
    fn failure_is_worded_as_cargo_does(#[case] diagnostics: &str, #[case] expected: &str) {
        assert_eq!(counts(diagnostics).failure(), expected);
    }

    #[test]
    fn same_text_is_new_once() {
        let mut seen = Seen::default();
        assert_eq!(["a", "b", "a"].map(|text| seen.insert(text)), [true, true, false]);
    }
}
