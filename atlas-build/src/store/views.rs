//! How much of each source file counts for a unit. A file that is read as text, or of which that is
//! not certain, counts by bytes.

use std::collections::{BTreeMap, BTreeSet};

use atlas_fingerprint::{
    Content, Digest, Embeds, Files, Input, View, embeds, module_files, named_sources, parses,
    reached,
};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::dep_info::normalize;
use crate::packages::Package;
use crate::process::CommandLine;
use crate::request::FreshnessLevel;
use crate::units::Unit;

/// What is known of a unit in this respect.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The crate root, if tokens count.
    root: Option<Utf8PathBuf>,
    /// How much of source files counts.
    view: View,
}

impl Rules {
    /// Settles them for a unit that is compiled by `command`.
    pub(super) fn of(unit: &Unit, package: &Package, command: &CommandLine) -> Self {
        let mut args = command.args.iter().map(|arg| arg.to_string_lossy());
        let mut sets_test = false;
        while let Some(arg) = args.next() {
            sets_test |= match arg.as_ref() {
                "--test" | "--cfg=test" => true,
                "--cfg" => args.next().is_some_and(|cfg| cfg == "test"),
                _ => false,
            };
        }
        let view = if sets_test { View::Tokens } else { View::TokensWithoutTests };
        let root = package.is_local().then(|| unit.target.src_path.clone());
        Rules { root, view }
    }
}

/// Returns files with how much of each counts.
pub(super) fn views(
    files: &dyn Files,
    rules: &Rules,
    read: Vec<(Utf8PathBuf, Content)>,
) -> Vec<Input> {
    let modules = match &rules.root {
        Some(root) => modules(files, root, &read),
        None => BTreeSet::new(),
    };
    let input = |(path, content): (Utf8PathBuf, Content)| {
        let view = if modules.contains(&path) { rules.view } else { View::Bytes };
        Input { path, content, view }
    };
    read.into_iter().map(input).collect()
}

/// Returns those of the files that are modules of the crate and of which nobody reads the text.
fn modules(
    files: &dyn Files,
    root: &Utf8Path,
    read: &[(Utf8PathBuf, Content)],
) -> BTreeSet<Utf8PathBuf> {
    let mut texts = BTreeMap::new();
    // Code may also be in files of other names, or made by a build script.
    let mut others = Vec::new();
    for (path, content) in read {
        let bytes = files.read(path).unwrap_or_default();
        if Digest::of_bytes(&bytes) != content.bytes {
            continue;
        }
        match String::from_utf8(bytes) {
            Ok(text) if content.tokens.is_some() => drop(texts.insert(path.clone(), text)),
            Ok(text) if text.contains("include_") => others.push((path, text)),
            _ => {}
        }
    }
    // Where conditions decide which of several files a module is, only one was read.
    let mut modules =
        reached(root, &|path| texts.get(path).map(|text| module_files(text).unwrap_or_default()));
    for (path, text) in texts.iter().chain(others.iter().map(|(path, text)| (*path, text))) {
        match embeds(text) {
            Embeds::Nothing => {}
            Embeds::Files(embedded) => {
                for file in embedded {
                    modules.remove(&normalize(&path.with_file_name(file)));
                }
            }
            Embeds::Unknown => return BTreeSet::new(),
        }
        for name in named_sources(text) {
            modules.retain(|module| !module.ends_with(tail(&name)));
        }
    }
    modules
}

/// Returns what of a path does not depend on where it begins.
fn tail(path: &str) -> Utf8PathBuf {
    let parts = Utf8Path::new(path).components();
    parts.filter(|part| matches!(part, Utf8Component::Normal(_))).collect()
}

/// Returns whether a file looks as it did. `is_quoted` says whether a message of the compiler
/// quotes a file, comments included.
pub(super) fn looks_same(
    files: &dyn Files,
    level: FreshnessLevel,
    input: &Input,
    now: &Content,
    is_quoted: impl FnOnce(&Utf8Path) -> bool,
) -> bool {
    let then = &input.content;
    if then.bytes == now.bytes || level == FreshnessLevel::Bytes {
        return then.bytes == now.bytes;
    }
    let same_tokens = || View::Tokens.sees_same(then, now);
    // Code that is left out has to be right as far as the parser goes.
    input.view.sees_same(then, now)
        && !is_quoted(&input.path)
        && (same_tokens()
            || files
                .read(&input.path)
                .is_ok_and(|bytes| Digest::of_bytes(&bytes) == now.bytes && parses(&bytes)))
}

#[cfg(test)]
mod tests {
    use atlas_fingerprint::{MemoryFiles, token_digests};
    use rstest::rstest;

    use super::*;

    fn content(text: &str) -> Content {
        let bytes = text.as_bytes();
        Content { bytes: Digest::of_bytes(bytes), tokens: token_digests(bytes) }
    }

    /// Returns the files that count by tokens, out of files of a crate whose root is `/a/lib.rs`.
    fn by_tokens(sources: &[(&str, &str)]) -> Vec<String> {
        let files = MemoryFiles::new();
        sources.iter().for_each(|(path, text)| files.put(path, text));
        let read = sources.iter().map(|(path, text)| ((*path).into(), content(text))).collect();
        let rules = Rules { root: Some("/a/lib.rs".into()), view: View::Tokens };
        let inputs = views(&files, &rules, read).into_iter();
        let by_tokens = inputs.filter(|input| input.view == View::Tokens);
        by_tokens.map(|input| input.path.into_string()).collect()
    }

    #[rstest]
    #[case::beside(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "")])]
    #[case::in_a_directory(&[("/a/lib.rs", "mod b;"), ("/a/b/mod.rs", "")])]
    #[case::below(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "mod c;"), ("/a/b/c.rs", "")])]
    #[case::below_mod(&[("/a/lib.rs", "mod b;"), ("/a/b/mod.rs", "mod c;"), ("/a/b/c.rs", "")])]
    #[case::inline(&[("/a/lib.rs", "mod b { mod c; }"), ("/a/b/c.rs", "")])]
    #[case::path(&[("/a/lib.rs", "#[path = \"../x.rs\"] mod b;"), ("/x.rs", "mod c;"), ("/c.rs", "")])]
    #[case::conditional_path(&[("/a/lib.rs", "#[cfg_attr(unix, path = \"u.rs\")] mod b;"), ("/a/u.rs", "")])]
    #[case::path_below(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "#[path = \"c.rs\"] mod d;"), ("/a/c.rs", "")])]
    #[case::path_in_inline(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "mod i { #[path = \"c.rs\"] mod d; }"),
        ("/a/b/i/c.rs", "")])]
    #[case::path_of_an_inline_module(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "#[path = \"x\"] mod i { mod c; }"),
        ("/a/x/c.rs", "")])]
    #[case::raw_name(&[("/a/lib.rs", "mod r#match;"), ("/a/match.rs", "")])]
    #[case::in_a_macro(&[("/a/lib.rs", "cfg_if! { if #[cfg(x)] { mod b; } }"), ("/a/b.rs", "")])]
    fn modules_count_by_tokens(#[case] sources: &[(&str, &str)]) {
        let all: Vec<&str> = sources.iter().map(|(path, _)| *path).collect();
        assert_eq!(by_tokens(sources), all);
    }

    #[rstest]
    #[case::included_code(&[("/a/lib.rs", "include!(\"b.rs\");"), ("/a/b.rs", "")], &["/a/lib.rs"])]
    #[case::embedded_module(&[("/a/lib.rs", "mod b; const B: &str = include_str!(\"b.rs\");"),
        ("/a/b.rs", "")], &["/a/lib.rs"])]
    #[case::embedded_elsewhere(&[("/a/lib.rs", "mod b;"),
        ("/a/b.rs", "const B: &[u8] = include_bytes!(\"../a/./lib.rs\");")], &["/a/b.rs"])]
    #[case::readme(&[("/a/lib.rs", "#![doc = include_str!(\"../README.md\")]")], &["/a/lib.rs"])]
    #[case::unknown(&[("/a/lib.rs", "const B: &str = include_str!(concat!(\"b\", \".rs\"));")], &[])]
    #[case::does_not_lex(&[("/a/lib.rs", "mod b;"), ("/a/b.rs", "\"")], &["/a/lib.rs"])]
    fn what_may_be_read_as_text_counts_by_bytes(
        #[case] sources: &[(&str, &str)],
        #[case] expected: &[&str],
    ) {
        assert_eq!(by_tokens(sources), expected);
    }

    const CODE: &str = "fn f() {} // one\n#[cfg(test)]\nmod t { fn g() { 1 } }\n";

    #[rstest]
    #[case::in_a_comment("fn f() {} // two\n#[cfg(test)]\nmod t { fn g() { 1 } }\n", [false, true, true])]
    #[case::in_a_test("fn f() {} // one\n#[cfg(test)]\nmod t { fn g() { 2 } }\n", [false, false, true])]
    #[case::test_that_is_no_code("fn f() {} // one\n#[cfg(test)]\nmod t { fn g() { let } }\n",
        [false, false, false])]
    #[case::in_code("fn g() {} // one\n#[cfg(test)]\nmod t { fn g() { 1 } }\n", [false; 3])]
    fn files_look_the_same(#[case] now: &str, #[case] expected: [bool; 3]) {
        let files = MemoryFiles::new();
        files.put("/a/lib.rs", now);
        let same = |view, level, is_quoted| {
            let input = Input { path: "/a/lib.rs".into(), content: content(CODE), view };
            looks_same(&files, level, &input, &content(now), |_| is_quoted)
        };
        let views = [View::Bytes, View::Tokens, View::TokensWithoutTests];
        assert_eq!(views.map(|view| same(view, FreshnessLevel::Tokens, false)), expected);
        assert_eq!(views.map(|view| same(view, FreshnessLevel::Bytes, false)), [false; 3]);
        assert_eq!(views.map(|view| same(view, FreshnessLevel::Tokens, true)), [false; 3]);
    }

    #[rstest]
    #[case::library(&["--crate-type", "lib"], View::TokensWithoutTests)]
    #[case::harness(&["--test"], View::Tokens)]
    #[case::cfg(&["--cfg", "test"], View::Tokens)]
    #[case::joined_cfg(&["--cfg=test"], View::Tokens)]
    #[case::other_cfg(&["--cfg", "tests"], View::TokensWithoutTests)]
    fn tests_count_where_they_are_compiled(#[case] args: &[&str], #[case] view: View) {
        let fixture = crate::rustc::fixture::Sample::new();
        let unit = &fixture.fixture.units.units[fixture.app];
        let package = &fixture.fixture.packages.packages[unit.package];
        let mut command = CommandLine::new("rustc", "/a");
        command.args(args);
        assert_eq!(Rules::of(unit, package, &command).view, view);
    }

    /// Returns whether `/ws/src/a.rs` counts by tokens in a crate with another file.
    fn counts_by_tokens(root: &str, other: &str, text: &str) -> bool {
        let files = MemoryFiles::new();
        let texts = [("/ws/src/lib.rs", root), ("/ws/src/a.rs", "// A."), (other, text)];
        let read = texts.map(|(path, text)| {
            files.put(path, text);
            let is_source = path.ends_with(".rs") && path.starts_with("/ws/");
            let tokens = is_source.then(|| token_digests(text.as_bytes())).flatten();
            (path.into(), Content { bytes: Digest::of_bytes(text.as_bytes()), tokens })
        });
        let modules: BTreeSet<_> = super::modules(&files, "/ws/src/lib.rs".into(), &read);
        modules.contains(Utf8Path::new("/ws/src/a.rs"))
    }

    #[rstest]
    #[case::plain("mod a;", true)]
    #[case::own_text("mod a; const A: &str = include_str!(\"a.rs\");", false)]
    #[case::macro_of_another_crate("mod a; const A: &str = b::c!(\"a.rs\");", false)]
    #[case::path_from_elsewhere("mod a; const A: &str = b::c!(\"./src/a.rs\");", false)]
    #[case::rest_of_a_path("mod a; const A: &str = b::c!(concat!(d!(), \"/src/a.rs\"));", false)]
    #[case::another_file("mod a; const A: &str = b::c!(\"other/a.rs\");", true)]
    #[case::longer_name("mod a; const A: &str = b::c!(\"ba.rs\");", true)]
    #[case::path_of_a_module("#[path = \"a.rs\"] mod a;", true)]
    fn modules_of_which_the_text_is_read_count_by_bytes(
        #[case] root: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(counts_by_tokens(root, "/ws/src/none.txt", ""), expected);
    }

    #[rstest]
    #[case::made_by_a_script(
        "/out/made.rs",
        "const A: &str = include_str!(\"/ws/src/a.rs\");",
        false
    )]
    #[case::other_name("/ws/src/code.in", "const A: &[u8] = include_bytes!(\"a.rs\");", false)]
    #[case::no_code("/ws/README.md", "It's of no use to include_str! this.", false)]
    #[case::data("/ws/data.txt", "It's data.", true)]
    fn included_code_reads_texts(#[case] path: &str, #[case] text: &str, #[case] expected: bool) {
        assert_eq!(counts_by_tokens("mod a; include!(env!(\"B\"));", path, text), expected);
    }
}
