//! Which module a source file is, by the names that Rust gives files. Reads no file: `#[path]` and
//! `include!` are not seen.

use camino::Utf8Path;

/// Returns the path of the module, such as `crate::a::b`; `None` if the file can be none.
pub(super) fn module_path(file: &Utf8Path, crate_root: &Utf8Path) -> Option<String> {
    if file == crate_root {
        return Some("crate".to_owned());
    }
    let inner = file.strip_prefix(crate_root.parent()?).ok()?;
    if inner.extension() != Some("rs") {
        return None;
    }
    let mut names: Vec<&str> = inner.parent()?.iter().collect();
    match inner.file_stem()? {
        "mod" if names.is_empty() => return None,
        "mod" => {}
        name => names.push(name),
    }
    names.iter().all(|name| is_identifier(name)).then(|| format!("crate::{}", names.join("::")))
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::root("/ws/src/lib.rs", Some("crate"))]
    #[case::file("/ws/src/net.rs", Some("crate::net"))]
    #[case::inner_file("/ws/src/net/parse.rs", Some("crate::net::parse"))]
    #[case::directory("/ws/src/net/mod.rs", Some("crate::net"))]
    #[case::no_identifier("/ws/src/a-b.rs", None)]
    #[case::other_file("/ws/src/net/table.txt", None)]
    #[case::outside("/ws/build.rs", None)]
    #[case::no_module("/ws/src/mod.rs", None)]
    fn module_follows_the_file(#[case] file: &str, #[case] expected: Option<&str>) {
        let module = module_path(file.into(), "/ws/src/lib.rs".into());
        assert_eq!(module.as_deref(), expected);
    }
}
