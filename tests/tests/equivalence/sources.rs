//! Edits of sources: of any text, known or not.

use atlas_tests::generate::Random;

use crate::step::Kind;
use crate::tree::State;

/// Edits a source file chosen at random.
pub(crate) fn edit(state: &mut State, random: &mut Random, kind: Kind) {
    let Some(path) = source(state, random) else { return };
    let text = state.files[&path].clone();
    let text = edited(&text, random, kind);
    state.files.insert(path, text);
}

/// Returns a text with an edit.
fn edited(text: &str, random: &mut Random, kind: Kind) -> String {
    match kind {
        Kind::CommentAtEnd => at_line(
            text,
            random,
            |line| !line.ends_with('\\'),
            |line, random| format!("{line} // {}", words(random)),
        ),
        Kind::CommentLines => before_line(
            text,
            random,
            |_| true,
            |random| match random.below(3) {
                0 => format!("/* {}\n   {} */", words(random), words(random)),
                _ => format!("// {}", words(random)),
            },
        ),
        Kind::CommentInside => {
            at_blank(text, random, |random| format!(" /* {} */ ", words(random)))
        }
        Kind::CommentForBlanks => comment_for_blanks(text, random),
        Kind::CommentReworded => comment(text, random, |old, random| match random.below(3) {
            0 => old.chars().map(|c| if c == 'e' { 'i' } else { c }).rev().collect(),
            _ => words(random),
        }),
        Kind::CommentRemoved => without_comment(text, random),
        Kind::Space => space(text, random),
        Kind::LineEnds if text.contains("\r\n") => text.replace("\r\n", "\n"),
        Kind::LineEnds => text.replace('\n', "\r\n"),
        Kind::Doc => doc(text, random),
        Kind::TestItem => test_item(text, random),
        Kind::TestItemAdded => test_item_added(text, random),
        Kind::Attribute => before_line(text, random, is_item, |random| {
            let number = random.below(5);
            let attributes = ["#[inline]", "#[allow(dead_code)]", "#[must_use]", "#[cold]"];
            attributes.get(number).map_or("#[deprecated = \"old\"]", |it| it).to_owned()
        }),
        Kind::CrateAttribute => {
            let attributes = ["warn(missing_docs)", "allow(unused)", "warn(unused_qualifications)"];
            format!("#![{}]\n{text}", random.pick(&attributes))
        }
        Kind::Statement => statement(text, random),
        Kind::Lines => lines(text, random),
        _ => number(text, random),
    }
}

/// Takes something away that is probably needed.
pub(crate) fn broken(state: &mut State, random: &mut Random) {
    let Some(path) = source(state, random) else { return };
    let before = state.files.clone();
    let text = &state.files[&path];
    let places: Vec<usize> =
        text.char_indices().filter(|(_, c)| !c.is_whitespace()).map(|it| it.0).collect();
    if places.is_empty() {
        return;
    }
    let place = places[random.below(places.len())];
    let mut text = text.clone();
    match random.below(3) {
        0 => drop(text.remove(place)),
        1 => text.insert(place, ['{', ')', '"', '\'', ';', '*', '/'][random.below(7)]),
        _ => text.insert_str(place, &format!(" word{} ", random.below(9))),
    }
    state.files.insert(path, text);
    state.mended = Some(before);
}

/// Changes, adds or removes a file of data.
pub(crate) fn data(state: &mut State, random: &mut Random) {
    let paths: Vec<&String> = state.files.keys().filter(|path| path.ends_with(".txt")).collect();
    if paths.is_empty() {
        return;
    }
    let path = paths[random.below(paths.len())].clone();
    if random.chance(20) {
        if state.files.remove("maybe.txt").is_none() {
            state.files.insert("maybe.txt".to_owned(), format!("maybe {}", random.below(5)));
        }
        return;
    }
    match random.below(4) {
        0 if path.contains("words/") => {
            let new = path.replace(".txt", &format!("{}.txt", random.below(3)));
            state.files.insert(new, format!("word {}\n", random.below(9)));
        }
        1 if path.contains("words/") && !path.ends_with("a.txt") => drop(state.files.remove(&path)),
        _ => {
            let text = number(&state.files[&path], random);
            state.files.insert(path, text);
        }
    }
}

/// Moves the file of a module, or adds one.
pub(crate) fn module(state: &mut State, random: &mut Random) {
    let Some(path) = source(state, random) else { return };
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = name.trim_end_matches(".rs");
    let is_root = matches!(stem, "main" | "lib" | "build" | "mod") || directory.contains("bin");
    if let Some(outer) = path.strip_suffix("/mod.rs") {
        let text = state.files.remove(&path).unwrap_or_default();
        state.files.insert(format!("{outer}.rs"), text);
    } else if !is_root && random.chance(60) {
        let text = state.files.remove(&path).unwrap_or_default();
        state.files.insert(format!("{directory}/{stem}/mod.rs"), text);
    } else if is_root && directory.ends_with("src") {
        let number = random.below(100);
        let file = random.pick(&["new.rs", "new/mod.rs", "elsewhere.rs", "own_text.rs"]);
        let attribute =
            if file.starts_with('n') { String::new() } else { format!("#[path = \"{file}\"] ") };
        let tells = if file.starts_with('o') {
            format!("include_str!(\"{file}\")")
        } else {
            "\"\"".to_owned()
        };
        let text = format!(
            "// Number {number}.\npub fn new() -> usize {{ //\n    {tells}.len() + {number}\n}}\n"
        );
        state.files.insert(format!("{directory}/{file}"), text);
        let text = state.files.entry(path).or_default();
        if !text.contains("mod new;") {
            *text = format!("{text}\n{attribute}mod new;\n");
            *text = text.replacen("{ //\n", "{ //\n    println!(\"{}\", new::new());\n", 1);
        }
    }
}

fn source(state: &State, random: &mut Random) -> Option<String> {
    let paths: Vec<&String> = state.files.keys().filter(|path| path.ends_with(".rs")).collect();
    (!paths.is_empty()).then(|| paths[random.below(paths.len())].clone())
}

fn words(random: &mut Random) -> String {
    let words = [
        "one",
        "more",
        "remark",
        "here",
        "\u{e9}t\u{e9}",
        "\"quoted\"",
        "it's",
        "// in",
        "#[cfg(test)]",
        "mod x {",
    ];
    (0..=random.below(4)).map(|_| random.pick(&words).to_owned()).collect::<Vec<_>>().join(" ")
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    ["fn ", "pub fn ", "pub const ", "pub struct ", "mod "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Changes one of the lines that satisfy a condition.
fn at_line(
    text: &str,
    random: &mut Random,
    wanted: impl Fn(&str) -> bool,
    change: impl Fn(&str, &mut Random) -> String,
) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let places: Vec<usize> = (0..lines.len()).filter(|index| wanted(&lines[*index])).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let place = places[random.below(places.len())];
    lines[place] = change(&lines[place], random);
    lines.join("\n") + "\n"
}

fn before_line(
    text: &str,
    random: &mut Random,
    wanted: impl Fn(&str) -> bool,
    line: impl Fn(&mut Random) -> String,
) -> String {
    at_line(text, random, wanted, |old, random| format!("{}\n{old}", line(random)))
}

/// Puts something in the place of a blank.
fn at_blank(text: &str, random: &mut Random, put: impl Fn(&mut Random) -> String) -> String {
    let places: Vec<usize> = text.match_indices(' ').map(|(place, _)| place).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let place = places[random.below(places.len())];
    format!("{}{}{}", &text[..place], put(random), &text[place + 1..])
}

/// Puts a comment where blanks or an empty line were: every token stays where it is.
fn comment_for_blanks(text: &str, random: &mut Random) -> String {
    let is_wide = |line: &str| line.starts_with("    ") || line.is_empty();
    at_line(text, random, is_wide, |line, random| match line.len() {
        0 => format!("// {}", words(random)),
        _ => {
            let blanks = line.len() - line.trim_start().len();
            format!("/*{}*/{}", "x".repeat(blanks - 4), &line[blanks..])
        }
    })
}

/// Returns where comments begin and end, as far as can be told without a lexer.
fn comments(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("// ") {
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        found.push((start + 3, end));
    }
    for (start, _) in text.match_indices("/* ") {
        if let Some(length) = text[start..].find(" */") {
            found.push((start + 3, start + length));
        }
    }
    found.retain(|(start, end)| start < end);
    found
}

fn comment(text: &str, random: &mut Random, other: impl Fn(&str, &mut Random) -> String) -> String {
    let comments = comments(text);
    if comments.is_empty() {
        return text.to_owned();
    }
    let (start, end) = comments[random.below(comments.len())];
    format!("{}{}{}", &text[..start], other(&text[start..end], random), &text[end..])
}

fn without_comment(text: &str, random: &mut Random) -> String {
    let comments: Vec<_> =
        comments(text).into_iter().filter(|(start, _)| text[..*start].ends_with("// ")).collect();
    if comments.is_empty() {
        return text.to_owned();
    }
    let (start, end) = comments[random.below(comments.len())];
    format!("{}{}", text[..start].trim_end_matches("// "), &text[end..])
}

fn space(text: &str, random: &mut Random) -> String {
    match random.below(6) {
        0 => at_blank(text, random, |_| "  ".to_owned()),
        1 => at_blank(text, random, |_| "\t".to_owned()),
        2 => at_line(text, random, |_| true, |line, _| format!("{line}  ")),
        3 => before_line(text, random, |_| true, |_| String::new()),
        4 => format!("{text}\n\n"),
        _ => at_line(text, random, |_| true, |line, _| format!("  {line}")),
    }
}

fn doc(text: &str, random: &mut Random) -> String {
    if text.contains("/// ") && random.chance(50) {
        let is_doc = |line: &str| line.trim_start().starts_with("/// ");
        return at_line(text, random, is_doc, |line, random| format!("{line} {}", words(random)));
    }
    before_line(text, random, is_item, |random| format!("/// {}", words(random)))
}

/// Changes a line in the test module at the end, maybe to what is no Rust.
fn test_item(text: &str, random: &mut Random) -> String {
    let Some(start) = text.rfind("#[cfg(test)]") else { return test_item_added(text, random) };
    let (code, tests) = text.split_at(start);
    let line = match random.below(9) {
        0 => "    fn (",
        1 => "    fn unclosed() {",
        2 => "    let 'x",
        3 => "    // A remark.",
        4 => "    fn helper() -> u8 { 1 }",
        5 => "    fn wrong() -> u8 { \"text\" }",
        6 => "    const N: u8 = 1__0_u8;",
        7 => "    struct A { b: }",
        _ => "    mod missing_file;",
    };
    let tests = match random.below(3) {
        0 => {
            tests.lines().filter(|it| it.trim() != line.trim()).collect::<Vec<_>>().join("\n")
                + "\n"
        }
        1 => number(tests, random),
        _ => before_line(tests, random, |it| it.starts_with("    "), |_| line.to_owned()),
    };
    format!("{code}{tests}")
}

fn test_item_added(text: &str, random: &mut Random) -> String {
    let number = random.below(100);
    let item = match random.below(7) {
        0 => "#[cfg(test)] use std::collections::BTreeMap as _;".to_owned(),
        1 => format!(
            "#[cfg(test)]\nmod tests_{number} {{\n    #[test]\n    fn it() {{ assert!({number} < 50); }}\n}}"
        ),
        2 => format!("#[cfg(test)]\nfn unused_{number}() {{}}"),
        3 => format!("#[test]\nfn test_{number}() {{ println!(\"{{}}\", line!()); }}"),
        4 => format!("#[cfg(all(test, feature = \"loud\"))]\nmod loud_{number} {{}}"),
        5 => format!("#[cfg(not(test))]\npub fn outside_{number}() {{}}"),
        _ => format!("#[cfg(test)]\n#[allow(unused)]\nmacro_rules! m_{number} {{ () => {{ }} }}"),
    };
    match random.below(3) {
        0 => format!("{text}\n{item}\n"),
        1 => format!("{text}{item}\n"),
        _ => before_line(text, random, is_item, |_| item.clone()),
    }
}

fn statement(text: &str, random: &mut Random) -> String {
    let number = random.below(100);
    let statement = match random.below(16) {
        0 | 1 => "println!(\"{}:{}:{}\", file!(), line!(), column!());".to_owned(),
        2 => "println!(\"{}\", stringify!(a /* b */ +c));".to_owned(),
        3 | 4 => format!("let unused_{number} = {number}; // a note"),
        5 => "println!(\"{:?}\", option_env!(\"SALT\"));".to_owned(),
        6 => "println!(\"{} {}\", env!(\"CARGO_PKG_DESCRIPTION\"), env!(\"CARGO_PKG_VERSION\"));"
            .to_owned(),
        7 => "println!(\"{}\", module_path!());".to_owned(),
        8 => "#[cfg(test)] use std::fmt;".to_owned(),
        9 => "#[cfg(feature = \"loud\")] println!(\"loud\");".to_owned(),
        10 => "println!(\"{} {}\", cfg!(flagged), cfg!(debug_assertions));".to_owned(),
        11 => format!("println!(\"{{}}\", {number} /* so */ - 1);"),
        12 => format!(
            "let _ = std::panic::catch_unwind(|| if std::env::args().len() > {number} {{ panic!() }});"
        ),
        13 => "#[cfg(test)] { let x = 1; }".to_owned(),
        _ => {
            let file =
                random.pick(&["main.rs", "lib.rs", "part.rs", "used.rs", "inner.rs", "tail.rs"]);
            match random.below(3) {
                0 => format!("println!(\"{{}}\", include_bytes!(\"{file}\").len());"),
                1 => format!("println!(\"{{}}\", include_str!(\"{file}\"));"),
                _ => format!("println!(\"{{}}\", include_str!(concat!(\"{file}\", \"\")).len());"),
            }
        }
    };
    at_line(
        text,
        random,
        |line| line.ends_with("{ //"),
        |line, _| format!("{line}\n    {statement}"),
    )
}

fn number(text: &str, random: &mut Random) -> String {
    let digits: Vec<usize> = text
        .match_indices(|c: char| c.is_ascii_digit())
        .map(|(place, _)| place)
        .filter(|place| !text[..*place].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .collect();
    if digits.is_empty() {
        return format!("{text}\n");
    }
    let place = digits[random.below(digits.len())];
    format!("{}{}{}", &text[..place], 1 + random.below(9), &text[place + 1..])
}

fn lines(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.len() < 3 {
        return text.to_owned();
    }
    let place = random.below(lines.len() - 1);
    match random.below(3) {
        0 => lines.swap(place, place + 1),
        _ => {
            let added = |line: &&str| {
                line.contains("println!(")
                    || line.trim_start().starts_with("//")
                    || line.contains("let unused")
            };
            let places: Vec<usize> =
                (0..lines.len()).filter(|index| added(&lines[*index])).collect();
            if !places.is_empty() {
                lines.remove(places[random.below(places.len())]);
            }
        }
    }
    lines.join("\n") + "\n"
}
