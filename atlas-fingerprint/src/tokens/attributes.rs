//! What attributes do to the item below them: nothing, take it out of a build without tests, or
//! hand its tokens to a macro. Knows rustc's built-in attributes; knows no items.

use std::ops::Range;

use super::lexer::{Kind, Tokens};
use super::names::Names;

/// What an attribute does to what it is on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Effect {
    /// Nothing that sees its tokens.
    Inert,
    /// A condition, which rustc evaluates, with errors and warnings of its own.
    Condition,
    /// `#[cfg(test)]`.
    CfgTest,
    /// `#[cfg(all(test, …))]`: like [`Effect::CfgTest`], but rustc evaluates the other operands too.
    CfgAllTest,
    /// `#[test]`.
    Test,
    /// May be a macro: it sees every token of its item, also those that `cfg` would leave out.
    Macro,
}

/// Built-in attributes with no say in which tokens there are. Rust forbids macros of these names
/// (E0659). One that is missing here costs precision only.
const INERT: &[&str] = &[
    "allow",
    "automatically_derived",
    "cold",
    "coverage",
    "crate_name",
    "crate_type",
    "debugger_visualizer",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "feature",
    "forbid",
    "ignore",
    "inline",
    "instruction_set",
    "link",
    "link_name",
    "link_ordinal",
    "link_section",
    "macro_export",
    "macro_use",
    "must_use",
    "naked",
    "no_builtins",
    "no_core",
    "no_implicit_prelude",
    "no_link",
    "no_main",
    "no_mangle",
    "no_std",
    "non_exhaustive",
    "panic_handler",
    "path",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "recursion_limit",
    "repr",
    "should_panic",
    "target_feature",
    "track_caller",
    "type_length_limit",
    "used",
    "warn",
    "windows_subsystem",
];

/// Tools whose attributes rustc ignores.
const TOOLS: &[&str] = &["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Attributes in a row, doc comments among them.
pub(crate) struct Run {
    /// Index of the token after the last one.
    pub(crate) end: usize,
    /// What they do, in their order.
    pub(crate) effects: Vec<Effect>,
}

impl Run {
    /// Whether one of them has this effect.
    pub(crate) fn has(&self, effect: Effect) -> bool {
        self.effects.contains(&effect)
    }
}

/// Reads the outer attributes and doc comments that begin at `start`; `None` if none does.
pub(crate) fn run(tokens: &Tokens<'_>, start: usize, test_is_std: bool) -> Option<Run> {
    let mut effects = Vec::new();
    let mut end = start;
    loop {
        if is_doc(tokens, end) {
            effects.push(Effect::Inert);
            end += 1;
        } else if let Some(content) = outer(tokens, end) {
            effects.push(match effect(tokens, &content) {
                Effect::Test if !test_is_std => Effect::Macro,
                effect => effect,
            });
            end = content.end + 1;
        } else {
            return (end > start).then_some(Run { end, effects });
        }
    }
}

/// Returns what is inside the brackets of an outer attribute that begins at `index`.
pub(crate) fn outer(tokens: &Tokens<'_>, index: usize) -> Option<Range<usize>> {
    (tokens.is_punct(index, b'#') && tokens.is_punct(index + 1, b'['))
        .then(|| tokens.inside(index + 1))?
}

/// Returns what is inside the brackets of an inner attribute that begins at `index`.
pub(crate) fn inner(tokens: &Tokens<'_>, index: usize) -> Option<Range<usize>> {
    (tokens.is_punct(index, b'#')
        && tokens.is_punct(index + 1, b'!')
        && tokens.is_punct(index + 2, b'['))
    .then(|| tokens.inside(index + 2))?
}

/// Returns the index of the first attribute or doc comment in the row that the attribute at `index`
/// belongs to.
pub(crate) fn start(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut start = index;
    while let Some(last) = start.checked_sub(1) {
        let before = match tokens.opening(last) {
            Some(open) => open.checked_sub(1).filter(|hash| outer(tokens, *hash).is_some()),
            None => is_doc(tokens, last).then_some(last),
        };
        match before {
            Some(before) => start = before,
            None => return start,
        }
    }
    start
}

/// Returns the index of the token after the attributes and doc comments that begin at `index`.
pub(crate) fn end(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut end = index;
    loop {
        match outer(tokens, end) {
            Some(content) => end = content.end + 1,
            None if is_doc(tokens, end) => end += 1,
            None => return end,
        }
    }
}

fn is_doc(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.at(index).map(|token| token.kind) == Some(Kind::Doc { inner: false })
}

/// Whether a procedural macro may get what the attribute with this content is on: unlike
/// [`Effect::Macro`] also as `cfg` leaves it.
pub(crate) fn is_read(tokens: &Tokens<'_>, content: &Range<usize>, names: &Names<'_>) -> bool {
    match effect(tokens, content) {
        Effect::Macro => true,
        Effect::Test => !names.is_untouched("test"),
        Effect::CfgTest | Effect::CfgAllTest => false,
        Effect::Inert | Effect::Condition => {
            let arguments = || tokens.inside(content.start + 1).unwrap_or(content.end..content.end);
            match tokens.ident(content.start) {
                Some("derive") => {
                    let derives = tokens.comma_separated(arguments());
                    !names.is_untouched("derive")
                        || !derives.iter().all(|path| names.is_std_derive(path))
                }
                Some("cfg_attr") => {
                    let attributes = tokens.comma_separated(arguments());
                    attributes.iter().skip(1).any(|attribute| is_read(tokens, attribute, names))
                }
                Some("unsafe") => is_read(tokens, &arguments(), names),
                _ => false,
            }
        }
    }
}

/// Returns what the attribute with this content does.
pub(crate) fn effect(tokens: &Tokens<'_>, content: &Range<usize>) -> Effect {
    let Some(name) = tokens.ident(content.start) else {
        return Effect::Macro;
    };
    let next = content.start + 1;
    let is_alone = next == content.end;
    let arguments = tokens
        .inside(next)
        .filter(|arguments| tokens.is_punct(next, b'(') && arguments.end + 1 == content.end);
    if tokens.is_punct(next, b':') {
        return if TOOLS.contains(&name) { Effect::Inert } else { Effect::Macro };
    }
    match (name, arguments) {
        ("test", _) if is_alone => Effect::Test,
        ("cfg", Some(predicate)) => condition(tokens, &predicate),
        ("cfg_attr", Some(arguments)) => conditional(tokens, arguments),
        // `derive` gets its item as `cfg` leaves it. (An attribute macro of this name would not.)
        ("derive", Some(_)) => Effect::Inert,
        ("unsafe", Some(arguments)) => effect(tokens, &arguments),
        _ if INERT.contains(&name) => Effect::Inert,
        _ => Effect::Macro,
    }
}

fn condition(tokens: &Tokens<'_>, predicate: &Range<usize>) -> Effect {
    if predicate.len() == 1 && tokens.is_ident(predicate.start, "test") {
        return Effect::CfgTest;
    }
    let is_all =
        tokens.is_ident(predicate.start, "all") && tokens.is_punct(predicate.start + 1, b'(');
    match tokens.inside(predicate.start + 1) {
        Some(operands) if is_all && operands.end + 1 == predicate.end => {
            let has_test = tokens
                .comma_separated(operands)
                .iter()
                .any(|operand| operand.len() == 1 && tokens.is_ident(operand.start, "test"));
            if has_test { Effect::CfgAllTest } else { Effect::Condition }
        }
        _ => Effect::Condition,
    }
}

/// `cfg_attr`: a macro if one of its attributes may be one.
fn conditional(tokens: &Tokens<'_>, arguments: Range<usize>) -> Effect {
    let attributes = tokens.comma_separated(arguments).into_iter().skip(1);
    let mut effects = attributes.map(|attribute| effect(tokens, &attribute));
    // A `test` that may or may not be there is as good as a macro.
    match effects.any(|effect| matches!(effect, Effect::Macro | Effect::Test)) {
        true => Effect::Macro,
        false => Effect::Condition,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Effect, effect, outer};
    use crate::tokens::lexer::Tokens;

    #[rstest]
    #[case("#[cfg(test)]", Effect::CfgTest)]
    #[case("#[cfg(all(test))]", Effect::CfgAllTest)]
    #[case("#[cfg(all(test, unix))]", Effect::CfgAllTest)]
    #[case("#[cfg(all(any(a, b), test,))]", Effect::CfgAllTest)]
    #[case("#[cfg(any(test, unix))]", Effect::Condition)]
    #[case("#[cfg(not(test))]", Effect::Condition)]
    #[case("#[cfg(all(not(test)))]", Effect::Condition)]
    #[case("#[cfg(all(feature = \"test\"))]", Effect::Condition)]
    #[case("#[cfg(all(any(test), unix))]", Effect::Condition)]
    #[case("#[cfg(test = \"x\")]", Effect::Condition)]
    #[case("#[cfg(r#test)]", Effect::Condition)]
    #[case("#[test]", Effect::Test)]
    #[case("#[test(a)]", Effect::Macro)]
    #[case("#[r#test]", Effect::Macro)]
    #[case("#[tokio::test]", Effect::Macro)]
    #[case("#[core::prelude::v1::test]", Effect::Macro)]
    #[case("#[::foo]", Effect::Macro)]
    #[case("#[foo]", Effect::Macro)]
    #[case("#[inline]", Effect::Inert)]
    #[case("#[inline(always)]", Effect::Inert)]
    #[case("#[inline::x]", Effect::Macro)]
    #[case("#[doc = \"x\"]", Effect::Inert)]
    #[case("#[derive(Debug, serde::Serialize)]", Effect::Inert)]
    #[case("#[rustfmt::skip]", Effect::Inert)]
    #[case("#[unsafe(no_mangle)]", Effect::Inert)]
    #[case("#[cfg_attr(unix, inline, doc = \"x\")]", Effect::Condition)]
    #[case("#[cfg_attr(unix, foo)]", Effect::Macro)]
    #[case("#[cfg_attr(unix, inline, a::b(c))]", Effect::Macro)]
    #[case("#[cfg_attr(unix, cfg_attr(windows, foo))]", Effect::Macro)]
    #[case("#[cfg_attr(unix, test)]", Effect::Macro)]
    #[case("#[cfg_attr(unix, cfg(test))]", Effect::Condition)]
    #[case("#[$attribute]", Effect::Macro)]
    fn effect_is_known(#[case] text: &str, #[case] expected: Effect) {
        let tokens = Tokens::new(text).unwrap();
        let content = outer(&tokens, 0).unwrap();
        assert_eq!(effect(&tokens, &content), expected);
    }
}
