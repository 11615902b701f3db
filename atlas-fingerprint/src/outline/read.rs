//! Reads the outline of a file in one pass over its tokens. Knows declarations and paths, also those
//! in macro calls and definitions; knows no other file.

use std::collections::HashSet;
use std::ops::Range;

use super::imports::{imports, is_separator};
use super::outlined::{Body, Condition, Mention, NamedPath, Outline, OutlineModule, Start};
use crate::tokens::attributes;
use crate::tokens::lexer::Tokens;
use crate::tokens::modules::{Declaration, attributes_before, before_visibility, declaration};
use crate::tokens::source::normalized;

/// Returns the outline of a file; `None` if it does not lex.
pub(super) fn outline(bytes: &[u8]) -> Option<Outline> {
    let text = normalized(bytes)?;
    let tokens = Tokens::new(&text)?;
    let (outline, open) = (Outline::default(), Vec::new());
    let mut reader =
        Reader { tokens: &tokens, outline, open, next: None, mentioned: HashSet::new() };
    let mut index = 0;
    while index < tokens.all.len() {
        index = reader.token(index);
    }
    Some(reader.outline)
}

/// Keywords that may stand before a path.
const BEFORE_PATHS: &[&str] = &[
    "as", "await", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match",
    "move", "mut", "ref", "return", "static", "unsafe", "use", "where", "while", "yield",
];

/// A pair of brackets.
struct Group {
    close: usize,
    scope: Scope,
    /// The macro whose call or definition the brackets belong to.
    of_macro: Option<String>,
}

/// The inline module around a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    /// This one; `None` for none.
    Known(Option<u32>),
    /// One whose name a macro makes up.
    Hidden,
}

struct Reader<'a> {
    tokens: &'a Tokens<'a>,
    outline: Outline,
    /// The brackets around the token.
    open: Vec<Group>,
    /// The bracket that opens the next inline module, and that module.
    next: Option<(usize, Scope)>,
    /// Paths that were found in code.
    mentioned: HashSet<(Option<u32>, Start, Vec<String>)>,
}

impl Reader<'_> {
    /// Reads what begins at `index`, and returns where to go on.
    fn token(&mut self, index: usize) -> usize {
        let tokens = self.tokens;
        if self.open.last().is_some_and(|group| group.close == index) {
            self.open.pop();
            return index + 1;
        }
        if let Some(close) = tokens.closing(index) {
            self.enter(index, close);
            return index + 1;
        }
        if let Some(content) = attributes::inner(tokens, index).filter(|_| self.open.is_empty()) {
            self.outline.conditions.extend(self.cfg(&content));
            return index + 1;
        }
        match tokens.ident(index) {
            Some("mod") => self.declared(index),
            Some("use" | "extern") => {
                if let Some(end) = self.import(index) {
                    return end;
                }
            }
            _ => {}
        }
        self.path(index).unwrap_or(index + 1)
    }

    fn scope(&self) -> Scope {
        self.open.last().map_or(Scope::Known(None), |group| group.scope)
    }

    fn enter(&mut self, index: usize, close: usize) {
        let scope = match self.next {
            Some((open, scope)) if open == index => scope,
            _ => self.scope(),
        };
        let of_macro = macro_before(self.tokens, index).map(str::to_owned);
        self.open.push(Group { close, scope, of_macro });
    }

    /// Takes note of the module that the `mod` at `index`, if it is one, declares.
    fn declared(&mut self, index: usize) {
        let (body, named, close) = match declaration(self.tokens, index) {
            Declaration::None => return,
            Declaration::Unclear => {
                self.outline.has_hidden_modules = true;
                return;
            }
            Declaration::Inline(close, named) => (Body::Inline, named, Some(close)),
            Declaration::File(named) => (Body::File, named, None),
        };
        let scope = match (named, self.scope()) {
            (Some((name, paths)), Scope::Known(outer)) => {
                let module = self.outline.modules.len() as u32;
                let conditions = self.conditions(index);
                let line = self.line(index);
                let found = OutlineModule { name, line, outer, body, paths, conditions };
                self.outline.modules.push(found);
                Scope::Known(Some(module))
            }
            _ => {
                self.outline.has_hidden_modules |= body == Body::File;
                Scope::Hidden
            }
        };
        let open = close.and_then(|close| self.tokens.opening(close));
        self.next = open.map(|open| (open, scope));
    }

    /// Returns what decides whether the item at `index` is there, beyond what decides that for the
    /// module around it.
    fn conditions(&self, index: usize) -> Vec<Condition> {
        let scope = self.scope();
        let around = self.open.iter().rev().take_while(|group| group.scope == scope);
        let mut conditions: Vec<Condition> =
            around.filter_map(|group| group.of_macro.clone().map(Condition::Macro)).collect();
        conditions.reverse();
        let (attributes, _) = attributes_before(self.tokens, before_visibility(self.tokens, index));
        conditions.extend(attributes.iter().filter_map(|content| self.cfg(content)));
        conditions
    }

    /// Returns the condition that an attribute with this content is.
    fn cfg(&self, content: &Range<usize>) -> Option<Condition> {
        let inside = self.tokens.inside(content.start + 1)?;
        if !self.tokens.is_ident(content.start, "cfg") || inside.is_empty() {
            return None;
        }
        let (first, last) = (self.tokens.at(inside.start)?, self.tokens.at(inside.end - 1)?);
        let text = self.tokens.text_between(first.start, last.end);
        Some(Condition::Cfg(text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// Takes note of the imports at `index`; returns where to go on.
    fn import(&mut self, index: usize) -> Option<usize> {
        let start = before_visibility(self.tokens, index);
        let (found, end) = imports(self.tokens, index, start != index)?;
        if let Scope::Known(module) = self.scope() {
            for import in found {
                let line = self.line(import.index);
                let (start, segments, mention) = (import.start, import.segments, import.mention);
                self.outline.paths.push(NamedPath { module, line, start, segments, mention });
            }
        }
        Some(end)
    }

    /// Takes note of the path that begins at `index`; returns where to go on.
    fn path(&mut self, index: usize) -> Option<usize> {
        let tokens = self.tokens;
        let first = tokens.name(index)?;
        let goes_on = is_separator(tokens, index + 1) && !precedes_path(tokens, index);
        if !goes_on || is_visibility(tokens, index) {
            return None;
        }
        // Paths to types, which are long and many, begin with a capital.
        let is_type = first.starts_with(|first: char| first.is_uppercase());
        let is_made_up = tokens.follows_punct(index, b'$') && first != "crate";
        let is_global = index >= 2 && is_separator(tokens, index - 2);
        let is_rest = is_global && index >= 3 && is_end_of_path(tokens, index - 3);
        let mut segments = vec![first.to_owned()];
        let mut end = index + 1;
        while let Some(name) = tokens.name(end + 2).filter(|_| is_separator(tokens, end)) {
            segments.push(name.to_owned());
            end += 3;
        }
        let (Scope::Known(module), false) = (self.scope(), is_type || is_made_up || is_rest) else {
            return Some(end);
        };
        let start = if is_global { Start::Global } else { Start::Here };
        if self.mentioned.insert((module, start, segments.clone())) {
            let (line, mention) = (self.line(index), Mention::Code);
            self.outline.paths.push(NamedPath { module, line, start, segments, mention });
        }
        Some(end)
    }

    /// Returns the line of a token, from 1.
    fn line(&self, index: usize) -> u32 {
        self.tokens.at(index).map_or(0, |token| token.line + 1)
    }
}

/// Returns the name of the macro that is called or defined before the bracket at `index`.
fn macro_before<'a>(tokens: &'a Tokens<'_>, index: usize) -> Option<&'a str> {
    let mark = index.checked_sub(1)?;
    if tokens.is_punct(mark, b'!') {
        return tokens.name(mark.checked_sub(1)?);
    }
    let is_definition = mark > 0 && tokens.is_punct(mark - 1, b'!') && tokens.is_name(mark);
    is_definition.then(|| tokens.name(mark.checked_sub(2)?)).flatten()
}

/// Whether a path at `index` is that of `pub(in …)`.
fn is_visibility(tokens: &Tokens<'_>, index: usize) -> bool {
    index >= 3 && tokens.is_ident(index - 1, "in") && tokens.is_ident(index - 3, "pub")
}

/// Whether a `::` after the token at `index` goes on with a path: `<T>::a`, `a::b`, `$crate::a`.
fn is_end_of_path(tokens: &Tokens<'_>, index: usize) -> bool {
    let closes = [b'>', b')', b']'].iter().any(|close| tokens.is_punct(index, *close));
    closes || tokens.is_name(index) && !precedes_path(tokens, index)
}

/// Whether the token at `index` is a keyword that may stand before a path that begins with `::`.
fn precedes_path(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.ident(index).is_some_and(|word| BEFORE_PATHS.contains(&word))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::outline;
    use crate::outline::outlined::{Body, Condition, Mention, NamedPath, Outline, Start};

    fn of(text: &str) -> Outline {
        outline(text.as_bytes()).expect("it lexes")
    }

    /// Modules as `line:outer::name`, with `{}` if inline and conditions in brackets, one a word.
    fn modules(text: &str) -> String {
        let outline = of(text);
        let shown = outline.modules.iter().map(|module| {
            let mut path = vec![module.name.as_str()];
            let mut outer = module.outer;
            while let Some(index) = outer {
                let module = &outline.modules[index as usize];
                path.insert(0, &module.name);
                outer = module.outer;
            }
            let body = if module.body == Body::Inline { "{}" } else { "" };
            let conditions = module.conditions.iter().map(|condition| match condition {
                Condition::Cfg(text) => format!("[{text}]"),
                Condition::Macro(name) => format!("[{name}!]"),
            });
            let conditions: String = conditions.collect();
            format!("{}:{}{body}{conditions}", module.line, path.join("::"))
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[rstest]
    #[case::file("mod a;", "1:a")]
    #[case::lines("\nmod a;\n\npub mod b {}", "2:a 4:b{}")]
    #[case::nested(
        "mod a { mod b { mod c; } mod d; } mod e;",
        "1:a{} 1:a::b{} 1:a::b::c 1:a::d 1:e"
    )]
    #[case::after_a_body("mod a { fn f() { if x {} } } mod b;", "1:a{} 1:b")]
    #[case::raw("mod r#match;", "1:match")]
    #[case::condition("#[cfg(test)] mod a;", "1:a[test]")]
    #[case::conditions(
        "#[cfg(unix)]\n/// A.\n#[cfg(all( a,\n b))]\npub(crate) mod a {}",
        "5:a{}[unix][all( a, b)]"
    )]
    #[case::condition_of_the_outer("#[cfg(unix)] mod a { mod b; }", "1:a{}[unix] 1:a::b")]
    #[case::macro_call("cfg_if! { if #[cfg(unix)] { mod a; } }", "1:a[cfg_if!]")]
    #[case::macro_with_a_path("x::cfg_rt! { pub mod a { mod b; } }", "1:a{}[cfg_rt!] 1:a::b")]
    #[case::macro_definition("macro_rules! m { () => { mod a; } }", "1:a[macro_rules!]")]
    #[case::made_up("macro_rules! m { ($n:ident) => { mod $n { mod a; } } } mod b;", "1:b")]
    #[case::function("fn f() { #[path = \"x.rs\"] mod a; }", "1:a")]
    #[case::comment("// mod a;\n/// mod b;\nmod c;", "3:c")]
    fn modules_are_found(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(modules(text), expected);
    }

    #[rstest]
    #[case::plain("mod a;", false)]
    #[case::made_up_name("macro_rules! m { ($n:ident) => { mod $n; } }", true)]
    #[case::made_up_path("macro_rules! m { ($p:literal) => { #[path = $p] mod b; } }", true)]
    #[case::inside_a_made_up_name("macro_rules! m { ($n:ident) => { mod $n { mod b; } } }", true)]
    #[case::made_up_inline("macro_rules! m { ($n:ident) => { mod $n {} } }", false)]
    fn hidden_modules_are_noticed(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(of(text).has_hidden_modules, expected);
    }

    #[test]
    fn conditions_of_the_file_are_found() {
        let outline = of("#![allow(x)]\n#![cfg(unix)]\nmod a { #![cfg(windows)] }");
        assert_eq!(outline.conditions, [Condition::Cfg("unix".to_owned())]);
    }

    fn shown_path(path: &NamedPath) -> String {
        let start = match path.start {
            Start::Here => "",
            Start::Global => "::",
            Start::ExternCrate => "extern ",
        };
        let segments = path.segments.join("::");
        let (name, is_reexport) = match &path.mention {
            Mention::Import { name, is_reexport } => {
                let name = name.as_deref().unwrap_or("_");
                let is_plain = path.segments.last().is_some_and(|last| last == name);
                (if is_plain { String::new() } else { format!("={name}") }, *is_reexport)
            }
            Mention::Glob { is_reexport } => ("=*".to_owned(), *is_reexport),
            Mention::Code => ("()".to_owned(), false),
        };
        format!("{start}{segments}{name}{}", if is_reexport { "!" } else { "" })
    }

    /// Paths as `a::b=name!`, with `!` for what others see, `=*` for globs and `()` for code.
    fn paths(text: &str) -> String {
        of(text).paths.iter().map(shown_path).collect::<Vec<_>>().join(" ")
    }

    #[rstest]
    #[case::one("use a::b;", "a::b")]
    #[case::name("use a::b as c;", "a::b=c")]
    #[case::no_name("use a::B as _;", "a::B=_")]
    #[case::group("use a::{b, c::{d, e as f}, g::*,};", "a::b a::c::d a::c::e=f a::g=*")]
    #[case::own_name("use a::b::{self, c};", "a::b a::b::c")]
    #[case::own_name_changed("use a::b::{self as c};", "a::b=c")]
    #[case::global("use ::a::b;", "::a::b")]
    #[case::group_of_all("use {a, ::b};", "a ::b")]
    #[case::everything("use *;", "=*")]
    #[case::relative(
        "use self::a; use super::super::b; use crate::c;",
        "self::a super::super::b crate::c"
    )]
    #[case::reexports("pub use a::b; pub(crate) use c::*;", "a::b! c=*!")]
    #[case::raw("use r#type::r#fn;", "type::fn")]
    #[case::extern_crate("extern crate a; extern crate b as c;", "extern a extern b=c")]
    #[case::extern_crate_self("extern crate self as a;", "extern self=a")]
    #[case::from_a_macro("macro_rules! m { () => { use $crate::a::b; } }", "crate::a::b")]
    #[case::made_up("macro_rules! m { ($a:ident) => { use $a::b; } }", "")]
    #[case::captures("fn f() -> impl A + use<'_> {}", "")]
    #[case::extern_block("extern \"C\" { fn a(); }", "")]
    fn imports_are_found(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(paths(text), expected);
    }

    #[rstest]
    #[case::call("fn f() { a::b::c(); }", "a::b::c()")]
    #[case::type_of_a_module("fn f(x: a::B<c::D>) {}", "a::B() c::D()")]
    #[case::global("fn f(x: ::a::B) {}", "::a::B()")]
    #[case::global_after_a_keyword("fn f() { return ::a::b(); }", "::a::b()")]
    #[case::typed("struct A { b: ::c::D }", "::c::D()")]
    #[case::types("fn f() { Vec::<u8>::new(); A::b(); <T>::c::d; T::a::<u8>::b::c(); }", "")]
    #[case::once("fn f() { a::b(); a::b(); }", "a::b()")]
    #[case::once_a_module("fn f() { a::b(); } mod m { fn f() { a::b(); } }", "a::b() a::b()")]
    #[case::visibility("pub(in crate::a) fn f() {}", "")]
    #[case::attribute("#[a::b(c)] #[derive(d::E)] struct F;", "a::b() d::E()")]
    #[case::macro_call("fn f() { a::b!(c::d); }", "a::b() c::d()")]
    #[case::from_a_macro("macro_rules! m { () => { $crate::a::b() } }", "crate::a::b()")]
    #[case::made_up("macro_rules! m { ($a:ident) => { $a::b() } }", "")]
    fn paths_in_code_are_found(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(paths(text), expected);
    }

    #[test]
    fn path_knows_its_module_and_line() {
        let outline = of("use a;\nmod m {\n  use b;\n  mod n {}\n  use c;\n}\nuse d;");
        let found: Vec<_> = outline.paths.iter().map(|path| (path.module, path.line)).collect();
        assert_eq!(found, [(None, 1), (Some(0), 3), (Some(0), 5), (None, 7)]);
    }

    #[test]
    fn what_does_not_lex_has_no_outline() {
        assert_eq!(outline(b"mod a; {"), None);
        assert_eq!(outline(b"\xff"), None);
    }
}
