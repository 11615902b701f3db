//! Paths in what rustc says, where they were given other names for artifacts: people and editors
//! get the real ones. Pure text; looks at no file.
//!
//! A name is taken for a path only where rustc puts paths. Quoted source text may hold the same
//! letters.

use std::borrow::Cow;

use crate::event::Diagnostic;
use crate::rustc::Remap;

/// What stands before a path, colours aside: arrows of snippets, types of closures, members of
/// JSON, and the start of a line in the short form.
const BEFORE: [&str; 7] = ["--> ", "::: ", "@", "\"file_name\":\"", "\"rendered\":\"", "\n", "\\n"];

/// Puts real paths into a diagnostic.
pub(crate) fn restore_paths(diagnostic: &mut Diagnostic, remaps: &[Remap]) {
    restore(&mut diagnostic.rendered, remaps, |path| Cow::Borrowed(path));
    restore_json(&mut diagnostic.json, remaps);
}

/// Puts real paths into a message of rustc.
pub(crate) fn restore_json(json: &mut String, remaps: &[Remap]) {
    restore(json, remaps, |path| {
        let quoted = serde_json::Value::from(path).to_string();
        Cow::Owned(quoted[1..quoted.len() - 1].to_owned())
    });
}

fn restore(text: &mut String, remaps: &[Remap], spelled: impl Fn(&str) -> Cow<'_, str>) {
    for remap in remaps {
        let mut start = 0;
        while let Some(found) = text[start..].find(&remap.to) {
            let range = start + found..start + found + remap.to.len();
            start = range.end;
            if is_path(&text[..range.start], &text[range.end..]) {
                let path = spelled(remap.from.as_str());
                start = range.start + path.len();
                text.replace_range(range, &path);
            }
        }
    }
}

/// Returns whether a name between two texts is a path to something below it.
fn is_path(before: &str, after: &str) -> bool {
    let before = without_colours(before);
    after.starts_with(['/', '\\'])
        && (before.is_empty() || BEFORE.iter().any(|end| before.ends_with(end)))
}

/// Removes escape sequences at the end of a text, as they are or in JSON.
fn without_colours(mut text: &str) -> &str {
    while let Some(rest) = text.strip_suffix('m') {
        let rest = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == ';');
        let Some(rest) = rest.strip_suffix("\u{1b}[").or_else(|| rest.strip_suffix("\\u001b["))
        else {
            break;
        };
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn remaps() -> Vec<Remap> {
        let remap = |(from, to): (&str, &str)| Remap { from: from.into(), to: to.to_owned() };
        [("/w", "."), ("/h/.cargo", "/cargo"), ("/w/t", "/target")].map(remap).into()
    }

    #[rstest]
    #[case::arrow(" --> /cargo/a.rs:1:1", " --> /h/.cargo/a.rs:1:1")]
    #[case::colours("\u{1b}[1;94m--> \u{1b}[0m./a.rs:1", "\u{1b}[1;94m--> \u{1b}[0m/w/a.rs:1")]
    #[case::other_file(" ::: /target/a.rs:1:1", " ::: /w/t/a.rs:1:1")]
    #[case::closure("`{closure@/cargo/a.rs:1:1}`", "`{closure@/h/.cargo/a.rs:1:1}`")]
    #[case::short(
        "/cargo/a.rs:1: warning\n/target/b.rs:1",
        "/h/.cargo/a.rs:1: warning\n/w/t/b.rs:1"
    )]
    #[case::twice(" --> /cargo/a\n ::: /cargo/b", " --> /h/.cargo/a\n ::: /h/.cargo/b")]
    #[case::source("1 | let a = \"/target/a.rs\";", "1 | let a = \"/target/a.rs\";")]
    #[case::longer_name(" --> /cargo-x/a.rs", " --> /cargo-x/a.rs")]
    #[case::relative(" --> src/../a.rs", " --> src/../a.rs")]
    fn paths_are_told_by_where_they_stand(#[case] text: &str, #[case] expected: &str) {
        let mut restored = text.to_owned();
        restore(&mut restored, &remaps(), |path| Cow::Borrowed(path));
        assert_eq!(restored, expected);
    }

    #[test]
    fn json_stays_json() {
        let remap = Remap { from: "/a\"b".into(), to: "/cargo".to_owned() };
        let mut json = r#"{"file_name":"/cargo/a.rs","rendered":"\u001b[94m--> \u001b[0m/cargo/a.rs\n/cargo/b"}"#.to_owned();
        restore_json(&mut json, &[remap]);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["file_name"], "/a\"b/a.rs");
        assert_eq!(value["rendered"], "\u{1b}[94m--> \u{1b}[0m/a\"b/a.rs\n/a\"b/b");
    }
}
