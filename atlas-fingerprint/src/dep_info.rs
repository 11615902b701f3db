//! What rustc read, out of the dep-info file that it writes. Reads the form as cargo does: a line
//! of a make file with the crate's files, and comments with the environment variables.

use camino::{Utf8Path, Utf8PathBuf};

/// What a compile read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DepInfo {
    /// Source files and included files, absolute, in rustc's order, each once.
    pub files: Vec<Utf8PathBuf>,
    /// Environment variables, in rustc's order.
    pub env: Vec<EnvDependency>,
}

/// An environment variable that a compile read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvDependency {
    /// Its name.
    pub name: String,
    /// Its value then; `None` if it was not set.
    pub value: Option<String>,
}

/// Text is not what rustc writes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DepInfoError {
    /// There is no line with files: every crate has at least one.
    #[error("no line names the files that were read")]
    NoFiles,
    /// A line ends in the middle of a file name.
    #[error("the last file name is not complete")]
    UnfinishedName,
    /// A name or value of a variable is not escaped as rustc does it.
    #[error("`{0}` is not escaped as rustc does it")]
    BadEscape(String),
}

/// Parses a dep-info file. Relative paths are taken as relative to `base`, the directory that rustc
/// ran in.
///
/// # Errors
///
/// [`DepInfoError`] if the text is not what rustc writes.
pub fn parse(text: &str, base: &Utf8Path) -> Result<DepInfo, DepInfoError> {
    let mut files = None;
    let mut env = Vec::new();
    for line in text.lines() {
        if let Some(variable) = line.strip_prefix("# env-dep:") {
            env.push(parse_variable(variable)?);
        } else if line.starts_with('#') {
            // `# checksum:` and whatever else may come: the bytes are hashed here anyway.
        } else if files.is_none()
            // A colon without a space is part of the target's path: `C:\target\foo.d`.
            && let Some((_, names)) = line.split_once(": ")
        {
            files = Some(parse_names(names, base)?);
        }
    }
    match files {
        Some(files) if !files.is_empty() => Ok(DepInfo { files, env }),
        _ => Err(DepInfoError::NoFiles),
    }
}

/// Parses file names separated by spaces; a space in a name has a backslash before it.
fn parse_names(names: &str, base: &Utf8Path) -> Result<Vec<Utf8PathBuf>, DepInfoError> {
    let mut files = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut words = names.split(' ').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let mut name = word.to_owned();
        while name.ends_with('\\') {
            name.pop();
            name.push(' ');
            name.push_str(words.next().ok_or(DepInfoError::UnfinishedName)?);
        }
        let path = base.join(name);
        if seen.insert(path.clone()) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Parses `NAME` or `NAME=VALUE`.
fn parse_variable(text: &str) -> Result<EnvDependency, DepInfoError> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(unescape(value)?)),
        None => (text, None),
    };
    Ok(EnvDependency { name: unescape(name)?, value })
}

/// Undoes what rustc does to keep a value on one line.
fn unescape(text: &str) -> Result<String, DepInfoError> {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        unescaped.push(match char {
            '\\' => match chars.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => return Err(DepInfoError::BadEscape(text.to_owned())),
            },
            char => char,
        });
    }
    Ok(unescaped)
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use rstest::rstest;

    use super::{DepInfoError, EnvDependency, parse};

    #[rstest]
    #[case::relative("/t/a.d: src/lib.rs src/b.rs\n", &["/w/src/lib.rs", "/w/src/b.rs"])]
    #[case::absolute("/t/a.d: /x/lib.rs\n", &["/x/lib.rs"])]
    #[case::once("/t/a.d: a.rs a.rs\n\n/t/a.rmeta: a.rs\n\na.rs:\n", &["/w/a.rs"])]
    #[case::space(r"/t/a.d: my\ dir/lib.rs b.rs", &["/w/my dir/lib.rs", "/w/b.rs"])]
    #[case::spaces(r"/t/a.d: a\ b\ c.rs", &["/w/a b c.rs"])]
    #[case::drive("C:\\t\\a.d: src\\lib.rs\n", &["/w/src\\lib.rs"])]
    #[case::drives("C:\\t\\a.d: D:\\x\\lib.rs\n", &["/w/D:\\x\\lib.rs"])]
    #[case::tab("/t/a.d: a\tb.rs\n", &["/w/a\tb.rs"])]
    #[case::carriage_return("/t/a.d: a.rs\r\n", &["/w/a.rs"])]
    #[case::checksum("/t/a.d: a.rs\n# checksum:blake3=00 file_len:3 x: y.rs\n", &["/w/a.rs"])]
    #[case::comment_first("# checksum:a: b\n/t/a.d: a.rs\n", &["/w/a.rs"])]
    #[case::later_targets("/t/a.d: a.rs\n/t/b.d: b.rs\n", &["/w/a.rs"])]
    fn files(#[case] text: &str, #[case] expected: &[&str]) {
        let parsed = parse(text, Utf8Path::new("/w")).expect("it is well formed");
        assert_eq!(parsed.files, expected);
    }

    #[rstest]
    #[case::set("A=b", "A", Some("b"))]
    #[case::unset("A", "A", None)]
    #[case::empty("A=", "A", Some(""))]
    #[case::equal_sign("A=b=c", "A", Some("b=c"))]
    #[case::escaped(r"A=x\ny\\z\r", "A", Some("x\ny\\z\r"))]
    #[case::escaped_name(r"A\\B=1", "A\\B", Some("1"))]
    fn variables(#[case] line: &str, #[case] name: &str, #[case] value: Option<&str>) {
        let text = format!("/t/a.d: a.rs\n# env-dep:{line}\n");
        let parsed = parse(&text, Utf8Path::new("/w")).expect("it is well formed");
        let expected = EnvDependency { name: name.to_owned(), value: value.map(str::to_owned) };
        assert_eq!(parsed.env, [expected]);
    }

    #[rstest]
    #[case::empty("", DepInfoError::NoFiles)]
    #[case::only_comments("# env-dep:A\n", DepInfoError::NoFiles)]
    #[case::no_names("/t/a.d: \n", DepInfoError::NoFiles)]
    #[case::unfinished("/t/a.d: a\\", DepInfoError::UnfinishedName)]
    #[case::bad_escape("/t/a.d: a\n# env-dep:A=\\x", DepInfoError::BadEscape("\\x".to_owned()))]
    #[case::open_escape("/t/a.d: a\n# env-dep:A=\\", DepInfoError::BadEscape("\\".to_owned()))]
    fn malformed(#[case] text: &str, #[case] error: DepInfoError) {
        assert_eq!(parse(text, Utf8Path::new("/w")), Err(error));
    }
}
