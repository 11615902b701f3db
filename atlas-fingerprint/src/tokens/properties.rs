//! What holds for every source file, tried on those of this workspace.

use camino::{Utf8Path, Utf8PathBuf};

use super::lexer::{Kind, Token, Tokens};
use super::quoted::quoted;
use super::source::normalized;
use super::{parses, test_items, token_digests};

const CRATES: &[&str] = &["atlas-fingerprint", "atlas-build", "cargo-atlas", "tests"];

pub(crate) fn collect(directory: &Utf8Path, files: &mut Vec<Utf8PathBuf>) {
    for entry in fs_err::read_dir(directory).unwrap() {
        let path = Utf8PathBuf::try_from(entry.unwrap().path()).unwrap();
        if path.is_dir() && path.file_name() != Some("target") {
            collect(&path, files);
        } else if path.extension() == Some("rs") && path.is_file() {
            files.push(path);
        }
    }
}

pub(crate) fn sources() -> Vec<(Utf8PathBuf, String)> {
    let workspace = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for name in CRATES {
        collect(&workspace.join(name), &mut files);
    }
    assert!(files.len() > 50, "{}", files.len());
    files.into_iter().map(|file| (file.clone(), fs_err::read_to_string(&file).unwrap())).collect()
}

/// Every source, as rustc lexes it, with its tokens. Calls `check` for those that lex.
fn for_each(check: impl Fn(&Utf8Path, &str, &Tokens<'_>)) {
    for (file, source) in sources() {
        if let Some(text) = normalized(source.as_bytes())
            && let Some(tokens) = Tokens::new(&text)
        {
            check(&file, &text, &tokens);
        }
    }
}

/// Whether a macro may read what is before each token.
fn are_read(tokens: &Tokens<'_>) -> Vec<bool> {
    let mut are_read = vec![false; tokens.all.len() + 1];
    for range in quoted(tokens, &[]) {
        are_read[range.start + 1..range.end].fill(true);
    }
    are_read
}

/// Maps the characters between tokens, where comments and white space are: those that a macro may
/// read, or the others.
fn map_trivia(text: &str, tokens: &Tokens<'_>, reads: bool, map: impl Fn(char) -> char) -> String {
    let mut mapped = String::new();
    let mut end = 0;
    for (token, is_read) in tokens.all.iter().zip(are_read(tokens)) {
        let between = text[end..token.start as usize].chars();
        mapped.extend(
            between.map(|character| if is_read == reads { map(character) } else { character }),
        );
        mapped.push_str(tokens.text_of(token));
        end = token.end as usize;
    }
    let rest = text[end..].chars();
    mapped.extend(rest.map(|character| if reads { character } else { map(character) }));
    mapped
}

fn with_other_words(character: char) -> char {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => 'x',
        '\t' => ' ',
        other => other,
    }
}

pub(crate) fn with_comments_at_line_ends(text: &str, tokens: &Tokens<'_>) -> String {
    let mut commented = String::new();
    let are_read = are_read(tokens);
    let mut all = tokens.all.iter().zip(&are_read).peekable();
    for (offset, character) in text.char_indices() {
        while all.next_if(|(token, _)| (token.end as usize) < offset).is_some() {}
        // Not in strings and doc comments: the latter end with their line.
        let mut next = all.clone();
        let is_free = next.next().is_none_or(|(token, is_read)| {
            let is_after = offset == token.end as usize && !matches!(token.kind, Kind::Doc { .. });
            let is_read = if is_after { next.next().is_some_and(|(_, is)| *is) } else { *is_read };
            !is_read && (offset <= token.start as usize || is_after)
        });
        if character == '\n' && is_free {
            commented.push_str(" // More.");
        }
        commented.push(character);
    }
    commented
}

pub(crate) fn edited(text: &str, token: &Token, replacement: &str) -> String {
    let (before, after) = (&text[..token.start as usize], &text[token.end as usize..]);
    format!("{before}{replacement}{after}")
}

/// White space of the same size and the same lines.
fn blank(text: &str) -> String {
    let blank = |character: char| match (character, character.len_utf8()) {
        ('\n', _) => "\n",
        (_, 1) => " ",
        (_, 2) => "\u{85}",
        (_, 3) => "\u{200e}",
        _ => "\u{85}\u{85}",
    };
    text.chars().map(blank).collect()
}

#[test]
fn every_file_that_parses_has_digests() {
    for (file, source) in sources() {
        let has_digests = token_digests(source.as_bytes()).is_some();
        assert!(has_digests || !parses(source.as_bytes()), "{file}");
    }
}

#[test]
fn comments_at_line_ends_leave_no_trace() {
    for_each(|file, text, tokens| {
        let edited = with_comments_at_line_ends(text, tokens);
        assert_eq!(token_digests(text.as_bytes()), token_digests(edited.as_bytes()), "{file}");
    });
}

#[test]
fn words_in_comments_leave_no_trace() {
    for_each(|file, text, tokens| {
        let edited = map_trivia(text, tokens, false, with_other_words);
        assert_eq!(token_digests(text.as_bytes()), token_digests(edited.as_bytes()), "{file}");
    });
}

#[test]
fn words_that_a_macro_may_read_count() {
    for_each(|file, text, tokens| {
        let edited = map_trivia(text, tokens, true, with_other_words);
        let digests = |text: &str| token_digests(text.as_bytes()).map(|digests| digests.all);
        assert_eq!(text == edited, digests(text) == digests(&edited), "{file}");
    });
}

#[test]
fn line_ends_leave_no_trace() {
    for_each(|file, text, _| {
        let edited = text.replace('\n', "\r\n");
        assert_eq!(token_digests(text.as_bytes()), token_digests(edited.as_bytes()), "{file}");
    });
}

#[test]
fn renamed_identifiers_count() {
    for_each(|file, text, tokens| {
        let all = token_digests(text.as_bytes()).unwrap().all;
        let idents = tokens.all.iter().filter(|token| token.kind == Kind::Ident);
        for token in idents.step_by(tokens.all.len() / 8 + 1) {
            let name = tokens.text_of(token);
            let mut other = if name.starts_with('q') { "p" } else { "q" }.to_owned();
            other.extend(name.chars().skip(1));
            let edited = edited(text, token, &other);
            assert_ne!(
                token_digests(edited.as_bytes()).map(|digests| digests.all),
                Some(all),
                "{file}: {name}"
            );
        }
    });
}

#[test]
fn moved_tokens_count() {
    for_each(|file, text, tokens| {
        let all = token_digests(text.as_bytes()).unwrap().all;
        for token in tokens.all.iter().step_by(tokens.all.len() / 2 + 1) {
            for space in [" ", "\n"] {
                let moved = edited(text, token, &format!("{space}{}", tokens.text_of(token)));
                assert_ne!(
                    token_digests(moved.as_bytes()).map(|digests| digests.all),
                    Some(all),
                    "{file}"
                );
            }
        }
    });
}

/// What is left out is nothing but whole items: without them the file parses as before, and has no
/// other digest.
#[test]
fn left_out_items_are_whole() {
    for_each(|file, text, tokens| {
        let left_out = test_items::left_out(tokens);
        if left_out.is_empty() || left_out.iter().any(|item| item.attributes_stay) {
            return;
        }
        let mut blanked = String::new();
        let mut end = 0;
        for item in left_out {
            let start = tokens.all[item.range.start].start as usize;
            blanked.push_str(&text[end..start]);
            end = tokens.all[item.range.end - 1].end as usize;
            blanked.push_str(&blank(&text[start..end]));
        }
        blanked.push_str(&text[end..]);
        assert_eq!(parses(text.as_bytes()), parses(blanked.as_bytes()), "{file}");
        let before = token_digests(text.as_bytes()).unwrap();
        let after = token_digests(blanked.as_bytes()).unwrap();
        assert_eq!(before.without_tests, after.all, "{file}");
        assert_eq!(before.without_tests, after.without_tests, "{file}");
    });
}
