//! Which names still mean what the standard library means by them. Knows its macros, and what one
//! file imports and defines; knows nothing of other files.
//!
//! A name can have another meaning if the file imports it from elsewhere, may import it with a glob
//! or `#[macro_use]`, or defines a macro of this name. (What is out of sight is `#[macro_use]` in
//! another file.)

use std::ops::Range;

use super::lexer::{Mark, Tokens};

/// Whether a macro of the standard library has this name and no procedural macro behind it that
/// could see the arguments.
fn is_macro(name: &str) -> bool {
    matches!(
        name,
        "addr_of"
            | "addr_of_mut"
            | "asm"
            | "assert"
            | "assert_eq"
            | "assert_ne"
            | "cfg"
            | "column"
            | "compile_error"
            | "concat"
            | "dbg"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "env"
            | "eprint"
            | "eprintln"
            | "file"
            | "format"
            | "format_args"
            | "global_asm"
            | "include"
            | "include_bytes"
            | "include_str"
            | "is_aarch64_feature_detected"
            | "is_x86_feature_detected"
            | "line"
            | "matches"
            | "module_path"
            | "naked_asm"
            | "offset_of"
            | "option_env"
            | "panic"
            | "pin"
            | "print"
            | "println"
            | "ready"
            | "stringify"
            | "thread_local"
            | "todo"
            | "try"
            | "unimplemented"
            | "unreachable"
            | "vec"
            | "write"
            | "writeln"
    )
}

fn is_derive(name: &str) -> bool {
    matches!(
        name,
        "Clone" | "Copy" | "Debug" | "Default" | "Eq" | "Hash" | "Ord" | "PartialEq" | "PartialOrd"
    )
}

fn is_root(name: &str) -> bool {
    matches!(name, "std" | "core" | "alloc")
}

/// Names of the standard library that a file may give another meaning.
pub(crate) struct Names<'a> {
    tokens: &'a Tokens<'a>,
    /// Whether an import with a glob, or of all macros, may bring any of them.
    is_any_taken: bool,
    /// Whether `#[macro_use]` may.
    is_any_replaced: bool,
    taken: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Reads the imports and definitions at these marks.
    pub(crate) fn new(tokens: &'a Tokens<'a>, marks: impl Iterator<Item = Mark>) -> Self {
        let mut names =
            Names { tokens, is_any_taken: false, is_any_replaced: false, taken: Vec::new() };
        let mut modules = Vec::new();
        for mark in marks {
            let index = mark.index();
            match tokens.ident(index) {
                Some("mod") => {
                    names.take(index + 1);
                    modules.extend(tokens.inside(index + 2));
                }
                Some("macro_use") => (names.is_any_taken, names.is_any_replaced) = (true, true),
                Some("use") => names.import(index + 1, &modules),
                // The name after `macro`, or after `macro_rules!`.
                Some(_) => names.take(index + 1),
                None if index > 0 && tokens.is_ident(index - 1, "macro_rules") => {
                    names.take(index + 1);
                }
                None => {}
            }
        }
        names
    }

    /// Whether the path that ends at `last` is one of the macros whose arguments nothing reads.
    pub(crate) fn is_std_macro(&self, last: usize) -> bool {
        self.is_std(last, is_macro)
    }

    /// Whether this operand of `derive` is a macro of the standard library.
    pub(crate) fn is_std_derive(&self, path: &Range<usize>) -> bool {
        !path.is_empty()
            && self.path_start(path.end - 1) == path.start
            && self.is_std(path.end - 1, is_derive)
    }

    /// The same for a file that compiles: a derive that a glob brings as well is an error (E0659).
    pub(crate) fn is_std_derive_or_error(&self, path: &Range<usize>) -> bool {
        let is_known = path.len() == 1
            && !self.is_any_replaced
            && self.tokens.name(path.start).is_some_and(|name| {
                is_derive(name) && !self.taken.contains(&name) && !self.taken.contains(&"derive")
            });
        is_known || self.is_std_derive(path)
    }

    /// Whether this name alone is that of the standard prelude.
    pub(crate) fn is_untouched(&self, name: &str) -> bool {
        !self.is_any_taken && !self.taken.contains(&name)
    }

    /// Returns where the path that ends at `last` begins.
    pub(crate) fn path_start(&self, last: usize) -> usize {
        let mut start = last;
        while self.tokens.follows_punct(start, b':') && start >= 2 {
            if !self.tokens.is_punct(start - 2, b':') {
                break;
            }
            match start >= 3 && self.tokens.is_name(start - 3) {
                true => start -= 3,
                false => return start - 2,
            }
        }
        start
    }

    fn is_std(&self, last: usize, is_known: fn(&str) -> bool) -> bool {
        let Some(name) = self.tokens.name(last).filter(|name| is_known(name)) else {
            return false;
        };
        let start = self.path_start(last);
        if start == last {
            return self.is_untouched(name);
        }
        match self.tokens.name(start) {
            Some(root) => is_root(root) && !self.taken.contains(&root),
            None => self.tokens.name(start + 2).is_some_and(is_root),
        }
    }

    fn take(&mut self, index: usize) {
        let is_known = |name: &&str| {
            is_macro(name) || is_derive(name) || is_root(name) || matches!(*name, "test" | "derive")
        };
        self.taken.extend(self.tokens.name(index).filter(is_known));
    }

    /// Takes the names that a `use` brings from elsewhere. `start` is after the keyword.
    fn import(&mut self, start: usize, modules: &[Range<usize>]) {
        let tokens = self.tokens;
        let root = start + if tokens.is_punct(start, b':') { 2 } else { 0 };
        let is_capture = tokens.is_punct(start, b'<');
        if is_capture || tokens.name(root).is_some_and(is_root) {
            return;
        }
        let mut index = start;
        while tokens.at(index).is_some() && !tokens.is_punct(index, b';') {
            if tokens.is_punct(index, b'*') {
                self.is_any_taken |= !is_from_this_file(tokens, start, index, modules);
            }
            // `a::{self}` imports `a`.
            let is_inside = tokens.is_punct(index + 1, b':') && !tokens.is_punct(index + 3, b'{');
            if !is_inside {
                self.take(index);
            }
            index += 1;
        }
    }
}

/// Whether a glob is that of `use super::*` in a module whose parent is in this file too: it brings
/// what is looked at anyway.
fn is_from_this_file(
    tokens: &Tokens<'_>,
    start: usize,
    glob: usize,
    modules: &[Range<usize>],
) -> bool {
    tokens.is_ident(start, "super")
        && start + 3 == glob
        && modules.iter().any(|module| module.contains(&start))
}
