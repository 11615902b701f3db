//! Edits of everything but sources: variables, flags, manifests, configuration, targets, members.

use atlas_tests::generate::Random;

use crate::tree::State;

/// Sets or removes a variable.
pub(crate) fn variable(state: &mut State, random: &mut Random) {
    let variables = &mut state.manner.variables;
    match random.below(6) {
        0 | 1 => drop(variables.insert("SALT", random.pick(&["s", "sa", "salt"]).to_owned())),
        2 => drop(variables.remove("SALT")),
        3 => drop(variables.insert("RUSTFLAGS", "--cfg flagged".to_owned())),
        4 => drop(variables.remove("RUSTFLAGS")),
        _ => drop(variables.insert(
            "CARGO_PROFILE_DEV_DEBUG_ASSERTIONS",
            random.pick(&["true", "false"]).to_owned(),
        )),
    }
}

/// Chooses features, a profile, targets.
pub(crate) fn setting(state: &mut State, random: &mut Random) {
    let settings = &mut state.manner.settings;
    match random.below(6) {
        0 => drop(settings.insert("--features", "loud".to_owned())),
        1 => drop(settings.remove("--features")),
        2 => drop(settings.insert("--profile", "fast".to_owned())),
        3 => drop(settings.remove("--profile")),
        _ => {
            let selections = [
                "",
                "",
                "--workspace",
                "--all-targets",
                "--workspace --tests",
                "--bins",
                "--examples",
                "check",
                "check",
                "check --workspace --all-targets",
                "check --tests",
            ];
            selections[random.below(selections.len())].clone_into(&mut state.manner.selection);
        }
    }
}

/// Chooses what of earlier builds may be used.
pub(crate) fn own(state: &mut State, random: &mut Random) {
    let own = &mut state.manner.own;
    match random.below(6) {
        0 => drop(own.insert("--freshness", "bytes")),
        1 => drop(own.insert("--freshness", "tokens")),
        2 => drop(own.insert("--cache", "whole")),
        3 => drop(own.insert("--cache", "none")),
        _ => own.clear(),
    }
}

/// Changes a manifest.
pub(crate) fn manifest(state: &mut State, random: &mut Random) {
    let paths: Vec<String> =
        state.files.keys().filter(|path| path.ends_with("Cargo.toml")).cloned().collect();
    let path = &paths[random.below(paths.len())];
    let text = &state.files[path];
    let number = random.below(4);
    let field = |key: &str, value: &str| {
        let line = |line: &str| match line.starts_with(&format!("{key} = ")) {
            true => format!("{key} = \"{value}\""),
            false => line.to_owned(),
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
    };
    let changed = match random.below(13) {
        0 => format!("# A remark {number}.\n{text}"),
        1 => format!("{text}# A remark {number}.\n\n"),
        2 => text.replacen("version", "  version ", 1),
        3 => field("version", &format!("0.{number}.0")),
        4 => field("edition", random.pick(&["2018", "2021", "2024"])),
        5 | 6 => field("description", &format!("text {number}")),
        7 => swapped(text, random),
        8 if !text.contains("[lints") => format!("{text}[lints.rust]\nunused = \"deny\"\n"),
        8 => text.replace("[lints.rust]\nunused = \"deny\"\n", ""),
        9 if !text.contains("[[bin]]") => {
            format!("{text}[[bin]]\nname = \"named\"\npath = \"src/main.rs\"\n")
        }
        9 => text.replace("[[bin]]\nname = \"named\"\npath = \"src/main.rs\"\n", ""),
        10 => text.replace("debug = 0", "debug = 1"),
        11 => text.replace("loud = []", "loud = [ ]\nquiet = []"),
        _ => text.replace("debug = 0\n", "debug = 0\nopt-level = 1\n"),
    };
    state.files.insert(path.clone(), changed);
}

/// Swaps two lines that say something of the package.
fn swapped(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let place = 1 + random.below(3);
    if lines.len() > place + 1 {
        lines.swap(place, place + 1);
    }
    lines.join("\n") + "\n"
}

/// Changes the configuration of cargo.
pub(crate) fn configuration(state: &mut State, random: &mut Random) {
    let text = match random.below(7) {
        0 => "[env]\nSALT = \"configured\"\n".to_owned(),
        1 => format!("# A remark {}.\n[env]\nSALT = \"configured\"\n", random.below(3)),
        2 => "[build]\nrustflags = [\"--cfg\", \"flagged\"]\n".to_owned(),
        3 => "[profile.dev]\nopt-level = 1\n".to_owned(),
        4 => "[env]\nSALT = { value = \"forced\", force = true }\n".to_owned(),
        _ => {
            state.files.remove(".cargo/config.toml");
            return;
        }
    };
    state.files.insert(".cargo/config.toml".to_owned(), text);
}

/// Adds or removes a target or a member.
pub(crate) fn target(state: &mut State, random: &mut Random) {
    let number = random.below(3);
    let paths = match random.below(6) {
        0 => vec![format!("src/bin/new{number}.rs")],
        1 => vec![format!("src/bin/dir{number}/main.rs")],
        2 => vec![format!("examples/new{number}.rs")],
        3 => vec![format!("tests/new{number}.rs")],
        4 => vec!["src/lib.rs".to_owned()],
        _ => vec![format!("extra/e{number}/Cargo.toml"), format!("extra/e{number}/src/main.rs")],
    };
    let is_there = state.files.contains_key(&paths[0]);
    for path in paths {
        let text = match path.as_str() {
            "src/lib.rs" => {
                "pub mod embedded;\npub const EMBEDDED: &str = \"\";\npub fn notes() -> \
                             &'static str { //\n    \"none\"\n}\n"
                    .to_owned()
            }
            path if path.ends_with(".toml") => {
                format!(
                    "[package]\nname = \"e{number}\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"e\"\n"
                )
            }
            path if path.starts_with("tests") => {
                "#[test]\nfn it() { //\n    assert!(1 < 3);\n}\n".to_owned()
            }
            _ => format!("fn main() {{ //\n    println!(\"new {number}\");\n}}\n"),
        };
        match is_there {
            true => drop(state.files.remove(&path)),
            false => drop(state.files.insert(path, text)),
        }
    }
}
