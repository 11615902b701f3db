//! Random edits one after the other, built here and there: what a program prints is what its sources
//! say, and what the store has in the end is what a clean build makes.
//!
//! `ATLAS_EDIT_SEEDS=n ATLAS_EDIT_START=m ATLAS_EDIT_STEPS=k` runs other seeds and more steps.

use std::collections::{BTreeMap, BTreeSet};

use atlas_tests::environment;
use atlas_tests::generate::Random;
use atlas_tests::stored::{self, HERE, Place, Stored};

/// `app` uses all three, each of which uses the one after it.
const NAMES: [&str; 3] = ["top", "mid", "base"];
const THERE: Place<'static> = Place { target: "there", ..HERE };

/// What the source of a library says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    /// In the body of a function.
    body: usize,
    /// In that of a generic function, which dependents compile.
    generic: usize,
    /// In a public constant.
    constant: usize,
    /// In the names of public items.
    items: usize,
    /// In comments.
    comments: usize,
}

impl Library {
    fn edit(&mut self, random: &mut Random) {
        // Few values, so that what was there comes again.
        let value = random.below(3);
        match random.below(6) {
            0 | 1 => self.body = value,
            2 => self.generic = value,
            3 => self.constant = value,
            4 => self.items = value,
            _ => self.comments = value,
        }
    }

    fn source(self, below: Option<&str>) -> String {
        let Library { body, generic, constant, items, comments } = self;
        let sum = |name: &str| match below {
            Some(below) => format!("{below}::{name}() + "),
            None => String::new(),
        };
        let comments = "// comment\n".repeat(comments);
        format!(
            "pub const CONSTANT: usize = {constant};\npub fn item{items}() {{}}\n\
             pub fn body() -> usize {{ {}{body} }}\n\
             pub fn generic<T>() -> usize {{ {}{generic} + CONSTANT }}\n\
             pub fn generic_of_all() -> usize {{ generic::<u8>() }}\n{comments}",
            sum("body"),
            sum("generic::<T>").replace("generic::<T>()", "generic::<u8>()"),
        )
    }
}

type Sources = [Library; 3];

fn workspace() -> Stored {
    let mut text = String::from(
        "//- /Cargo.toml\n[workspace]\nmembers = [\"app\", \"top\", \"mid\", \"base\"]\nresolver = \"2\"\n\
         //- /app/Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[dependencies]\n\
         top = { path = \"../top\" }\nmid = { path = \"../mid\" }\nbase = { path = \"../base\" }\n\
         //- /app/src/main.rs\nfn main() {\n",
    );
    for name in NAMES {
        let line = format!(
            "println!(\"{{}} {{}} {{}}\", {name}::body(), {name}::generic::<u8>(), {name}::CONSTANT);\n"
        );
        text.push_str(&line);
    }
    text.push_str("}\n");
    for (n, name) in NAMES.iter().enumerate() {
        let manifest =
            format!("//- /{name}/Cargo.toml\n[package]\nname = \"{name}\"\nedition = \"2021\"\n");
        text.push_str(&manifest);
        if let Some(below) = NAMES.get(n + 1) {
            let dependency = format!("[dependencies]\n{below} = {{ path = \"../{below}\" }}\n");
            text.push_str(&dependency);
        }
    }
    Stored::new(&text)
}

fn write(stored: &Stored, sources: &Sources) {
    for (n, (name, library)) in NAMES.iter().zip(sources).enumerate() {
        let (path, text) =
            (format!("{name}/src/lib.rs"), library.source(NAMES.get(n + 1).copied()));
        if !stored.path(&path).exists() || stored.read(&path) != text {
            stored.write(&path, &text);
        }
    }
}

/// Returns what the program prints, by the sources.
fn expected(sources: &Sources) -> String {
    let (mut body, mut generic) = (0, 0);
    let mut lines = Vec::new();
    for library in sources.iter().rev() {
        body += library.body;
        generic += library.generic + library.constant;
        lines.push(format!("{body} {generic} {}\n", library.constant));
    }
    lines.into_iter().rev().collect()
}

#[track_caller]
fn build(stored: &Stored, place: Place<'_>, sources: &Sources, title: &str) -> stored::Did {
    let did = stored.build(place, "");
    assert_eq!(stored.prints(place, "debug/app"), expected(sources), "{title}: {sources:?}");
    did
}

fn metadata(made: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    made.into_iter().filter(|(path, _)| path.ends_with(".rmeta")).collect()
}

/// Whatever was compiled on top of what: a directory that is filled from the store has what a clean
/// build makes, and its programs run.
#[track_caller]
fn compare_with_clean(stored: &Stored, sources: &Sources, title: &str) {
    write(stored, sources);
    let clean = Place { target: "clean", ..HERE };
    build(stored, clean, sources, title);
    let restored = metadata(stored.made("clean"));
    stored.remove_directory("clean");
    drop(stored.command(clean, "ATLAS_STORE=off").run().expect_success("a clean build"));
    let differ = stored::difference(&metadata(stored.made("clean")), &restored);
    assert!(differ.is_empty(), "{title}: {sources:?}: {differ:?}");
    stored.remove_directory("clean");
}

fn sequence(seed: u64, n_steps: u64) {
    let mut random = Random::new(seed);
    let (stored, mut sources) = (workspace(), Sources::default());
    let mut visited = BTreeSet::new();
    for step in 0..n_steps {
        let title = format!("seed {seed}, step {step}");
        for _ in 0..=random.below(2) {
            let place = random.below(sources.len());
            sources[place].edit(&mut random);
        }
        write(&stored, &sources);
        visited.insert(sources);
        let places = [[HERE, THERE], [THERE, HERE]][random.below(2)];
        for place in &places[..=random.below(2)] {
            if random.chance(25) {
                drop(fs_err::remove_dir_all(stored.beside(place.target)));
            }
            build(&stored, *place, &sources, &title);
            let did = build(&stored, *place, &sources, &title);
            assert!(did.compiled.is_empty() && did.restored.is_empty(), "{title}: {did:?}");
        }
    }
    for sources in visited.iter().step_by(3) {
        compare_with_clean(&stored, sources, &format!("seed {seed}, in the end"));
    }
}

#[test]
fn edits_here_and_there_come_to_what_a_clean_build_does() {
    let start = environment::number("ATLAS_EDIT_START", 0);
    let n_seeds = environment::number("ATLAS_EDIT_SEEDS", 2);
    let n_steps = environment::number("ATLAS_EDIT_STEPS", 12);
    for seed in start..start + n_seeds {
        sequence(seed, n_steps);
    }
}
