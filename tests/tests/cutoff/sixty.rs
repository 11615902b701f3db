//! A workspace of sixty small crates: a chain of thirty, a fan of twenty-eight on its middle, a
//! program and a package of tests. Four crates of the chain have one of everything that can be
//! edited; whoever uses one of these uses all of it.

use std::fmt::Write as _;

/// The lowest crate of the chain, where everything ends.
pub(crate) const BOTTOM: usize = 0;
/// The crate that the fan stands on.
pub(crate) const HUB: usize = 15;
/// A crate near the top of the chain.
pub(crate) const HIGH: usize = 26;
/// The crate above it.
pub(crate) const HIGHER: usize = 27;
/// How many crates the chain has.
pub(crate) const N_CHAIN: usize = 30;
/// How many crates the fan has.
pub(crate) const N_FAN: usize = 28;

pub(crate) const RICH: &[usize] = &[BOTTOM, HUB, HIGH, HIGHER];

/// Returns the workspace as the string of a fixture.
pub(crate) fn workspace() -> String {
    let mut text = String::from(
        "//- /Cargo.toml\n[workspace]\nmembers = [\"c*\", \"w*\", \"app\", \"it\"]\nresolver = \"2\"\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n",
    );
    for number in 0..N_CHAIN {
        let below = number.checked_sub(1);
        package(&mut text, &chain(number), &below.map(chain).into_iter().collect::<Vec<_>>());
        let uses = below.map_or_else(|| "1".to_owned(), uses);
        if RICH.contains(&number) {
            text.push_str(&SOURCES.replace("NAME", &chain(number)).replace("USES", &uses));
        } else {
            let name = chain(number);
            let _infallible =
                writeln!(text, "//- /{name}/src/lib.rs\npub fn value() -> u64 {{\n    {uses}\n}}");
        }
    }
    for number in 0..N_FAN {
        let name = format!("w{number:02}");
        package(&mut text, &name, &[chain(HUB)]);
        let _infallible = writeln!(
            text,
            "//- /{name}/src/lib.rs\npub fn value() -> u64 {{\n    {} + {number}\n}}",
            uses(HUB)
        );
    }
    program(&mut text);
    text
}

/// Returns the name of a crate of the chain.
pub(crate) fn chain(number: usize) -> String {
    format!("c{number:02}")
}

/// Returns the units of a crate of the chain and of the crates above it.
pub(crate) fn cascade(number: usize) -> Vec<String> {
    let mut units: Vec<String> =
        (number..N_CHAIN).map(|number| format!("{}/lib", chain(number))).collect();
    if number <= HUB {
        units.extend((0..N_FAN).map(|number| format!("w{number:02}/lib")));
    }
    if number == BOTTOM {
        units.push("it/lib".to_owned());
    }
    units.push("app/bin".to_owned());
    units
}

fn package(text: &mut String, name: &str, dependencies: &[String]) {
    let _infallible = writeln!(
        text,
        "//- /{name}/Cargo.toml\n[package]\nname = \"{name}\"\nedition = \"2021\"\n\
         [lib]\ntest = false\n[dependencies]"
    );
    for dependency in dependencies {
        let _infallible = writeln!(text, "{dependency} = {{ path = \"../{dependency}\" }}");
    }
}

/// What a crate makes of the one below it.
fn uses(below: usize) -> String {
    let name = chain(below);
    match RICH.contains(&below) {
        false => format!("{name}::value() + 1"),
        true => format!(
            "{name}::value() + {name}::generic(1u32) + {name}::inlined() \
             + {name}::thrice!({name}::LIMIT) + {{ use {name}::Shape; {name}::Pair::new(1).twice() }}"
        ),
    }
}

/// Has one of everything.
const SOURCES: &str = r#"//- /NAME/src/data.txt
text
//- /NAME/src/inner.rs
pub(crate) fn inner() -> u64 {
    4
}
//- /NAME/src/lib.rs
mod inner;
/// Documented.
pub fn value() -> u64 {
    private() + Pair::new(2).sum() + USES
}
fn private() -> u64 {
    5 + inner::inner() + include_str!("data.txt").len() as u64 // comment
}
static COUNT: u64 = 6;
pub fn counted() -> u64 {
    COUNT + 1
}
#[derive(Clone, Debug)]
pub struct Pair {
    pub left: u64,
    right: u64,
}
impl Pair {
    pub fn new(left: u64) -> Self {
        Pair { left, right: 7 }
    }
    pub fn sum(&self) -> u64 {
        self.left + self.right
    }
}
pub const LIMIT: u64 = 8;
pub fn generic<T: Into<u64>>(value: T) -> u64 {
    value.into() + 9
}
#[inline]
pub fn inlined() -> u64 {
    10
}
pub trait Shape {
    fn area(&self) -> u64;
    fn twice(&self) -> u64 {
        self.area() * 2
    }
}
impl Shape for Pair {
    fn area(&self) -> u64 {
        self.left * 11
    }
}
#[macro_export]
macro_rules! thrice {
    ($value:expr) => {
        $value * 3
    };
}
#[cfg(test)]
mod tests {
    #[test]
    fn it_is_one() {
        assert_eq!(1, 1);
    }
}
"#;

/// Prints a line for each crate that can be edited: what each of its items says.
fn program(text: &mut String) {
    let mut names: Vec<String> = RICH.iter().map(|number| chain(*number)).collect();
    names.push(chain(N_CHAIN - 1));
    names.extend((0..N_FAN).map(|number| format!("w{number:02}")));
    package(text, "it", &names[..1]);
    text.push_str("//- /it/src/lib.rs\n//- /it/tests/it.rs\n#[test]\nfn it() {\n");
    text.push_str("    assert_eq!(c00::value(), 24);\n}\n");
    package(text, "app", &names);
    let kept = text.replace(
        "name = \"app\"\nedition = \"2021\"\n[lib]\ntest = false",
        "name = \"app\"\nedition = \"2021\"",
    );
    *text = kept;
    text.push_str("//- /app/src/main.rs\nfn main() {\n");
    for number in RICH {
        let name = chain(*number);
        let _infallible = writeln!(
            text,
            "    {{\n        use {name}::Shape;\n        let pair = {name}::Pair::new(1);\n        \
             println!(\"{name}: {{}} {{}} {{}} {{}} {{}} {{}} {{}} {{}}\", {name}::value(), {name}::counted(), \
             pair.sum(), {name}::LIMIT, {name}::generic(1u32), {name}::inlined(), pair.twice(), \
             {name}::thrice!(1));\n    }}"
        );
    }
    let _infallible =
        writeln!(text, "    println!(\"chain: {{}}\", {}::value());", chain(N_CHAIN - 1));
    let fan: Vec<String> = (0..N_FAN).map(|number| format!("w{number:02}::value()")).collect();
    let _infallible = writeln!(text, "    println!(\"fan: {{}}\", {});\n}}", fan.join(" + "));
}
