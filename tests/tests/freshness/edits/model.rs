//! A workspace of six crates whose sources are made from a few numbers, and the edits of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atlas_tests::generate::Random;

/// The libraries; each uses those before it that stand in its list.
const LIBRARIES: &[(&str, &[&str])] =
    &[("base", &[]), ("left", &["base"]), ("right", &["base"]), ("inner", &[])];
/// What the programs use.
const BELOW_APP: &[&str] = &["base", "left", "right"];

/// How a function is written, which decides what of it dependents see.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Inline,
    Generic,
    Constant,
    Macro,
}

const FORMS: [Form; 5] = [Form::Plain, Form::Inline, Form::Generic, Form::Constant, Form::Macro];

#[derive(Clone, Debug)]
struct Function {
    id: usize,
    value: usize,
    form: Form,
}

/// A library.
#[derive(Clone, Debug, Default)]
struct Library {
    version: usize,
    description: usize,
    comment: usize,
    functions: Vec<Function>,
    /// What it calls of libraries below.
    calls: Vec<(&'static str, Function)>,
    /// The value in a module of its own.
    module: Option<usize>,
    warns: bool,
    is_broken: bool,
}

/// The workspace, and how it is built.
#[derive(Clone, Debug)]
pub(super) struct State {
    next_id: usize,
    libraries: BTreeMap<&'static str, Library>,
    app: Library,
    macro_value: usize,
    data: usize,
    noise: usize,
    included: usize,
    watches_all: bool,
    salt: Option<usize>,
    /// A variable of the configuration.
    config: Option<usize>,
    optimization: usize,
    is_left_above_inner: bool,
    is_loud: bool,
    is_flagged: bool,
}

impl State {
    /// Creates a workspace that can be built.
    pub(super) fn new() -> Self {
        let mut state = State {
            next_id: 0,
            libraries: LIBRARIES.iter().map(|(name, _)| (*name, Library::default())).collect(),
            app: Library::default(),
            macro_value: 0,
            data: 0,
            noise: 0,
            included: 0,
            watches_all: false,
            salt: None,
            config: None,
            optimization: 0,
            is_left_above_inner: false,
            is_loud: false,
            is_flagged: false,
        };
        for (name, _) in LIBRARIES {
            for form in FORMS {
                state.add_function(name, form);
            }
        }
        state
    }

    /// Changes a few things; returns which.
    pub(super) fn edit(&mut self, random: &mut Random, history: &[State]) -> Vec<String> {
        let mut edits = Vec::new();
        self.repair();
        if random.chance(15) {
            *self = history[random.below(history.len())].clone();
            edits.push("back to an earlier state".to_owned());
        }
        for _ in 0..=random.below(2) {
            let (name, _) = LIBRARIES[random.below(LIBRARIES.len())];
            edits.push(self.edit_once(name, random));
        }
        edits
    }

    fn edit_once(&mut self, name: &'static str, random: &mut Random) -> String {
        let value = random.below(1000);
        let kind = random.below(21);
        let library = self.library(name);
        match kind {
            0..=2 => self.edit_function(name, random),
            3 => self.add_function(name, FORMS[value % FORMS.len()]),
            4 => self.remove_function(name, random),
            5 => library.comment = value % 4,
            6 => library.functions.reverse(),
            7 => library.warns = !library.warns,
            8 => library.module = (!value.is_multiple_of(3)).then_some(value),
            9 => library.is_broken = true,
            10 => library.version = value % 3,
            11 => library.description = value % 3,
            12 => self.data = value,
            13 => self.noise = value,
            14 => self.included = value,
            15 => self.macro_value = value,
            16 => self.salt = (!value.is_multiple_of(3)).then_some(value),
            17 => self.config = (!value.is_multiple_of(3)).then_some(value),
            18 => self.optimization = value % 2,
            19 => self.is_left_above_inner = !self.is_left_above_inner,
            _ => self.toggle(value),
        }
        format!("{kind} in {name}, {value}")
    }

    fn toggle(&mut self, which: usize) {
        let switches = [&mut self.is_loud, &mut self.is_flagged, &mut self.watches_all];
        for (place, switch) in switches.into_iter().enumerate() {
            *switch ^= which % 3 == place;
        }
    }

    fn library(&mut self, name: &'static str) -> &mut Library {
        self.libraries.entry(name).or_default()
    }

    fn edit_function(&mut self, name: &'static str, random: &mut Random) {
        let value = random.below(1000);
        let n_functions = self.library(name).functions.len();
        if n_functions > 0 {
            self.library(name).functions[random.below(n_functions)].value = value;
        }
    }

    /// Adds a function that everything above calls.
    fn add_function(&mut self, name: &'static str, form: Form) {
        self.next_id += 1;
        let function = Function { id: self.next_id, value: self.next_id, form };
        self.library(name).functions.push(function.clone());
        for (above, below) in LIBRARIES {
            if below.contains(&name) {
                self.library(above).calls.push((name, function.clone()));
            }
        }
        if BELOW_APP.contains(&name) {
            self.app.calls.push((name, function));
        }
    }

    /// Removes a function; who calls it fails until it is repaired.
    fn remove_function(&mut self, name: &'static str, random: &mut Random) {
        let n_functions = self.library(name).functions.len();
        if n_functions > 0 {
            self.library(name).functions.remove(random.below(n_functions));
        }
        if random.chance(50) {
            self.repair();
        }
    }

    /// Mends what is broken.
    fn repair(&mut self) {
        let present: Vec<usize> =
            self.libraries.values().flat_map(|it| &it.functions).map(|it| it.id).collect();
        for library in self.libraries.values_mut().chain([&mut self.app]) {
            library.is_broken = false;
            library.calls.retain(|(_, function)| present.contains(&function.id));
        }
    }

    /// Returns the selection to build, with the variables to set.
    pub(super) fn selection(&self) -> String {
        let mut selection = String::new();
        if let Some(salt) = self.salt {
            let _infallible = write!(selection, "SALT={salt} ");
        }
        if self.is_flagged {
            selection += "RUSTFLAGS='--cfg flagged' ";
        }
        selection + if self.is_loud { "--features loud" } else { "" }
    }

    /// Returns all files.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut add = |path: String, text: String| drop(files.insert(path, text));
        for (name, below) in LIBRARIES {
            let library = &self.libraries[name];
            let rest = match *name {
                "left" if self.is_left_above_inner => "inner = { path = \"../inner\" }\n",
                "right" => "[build-dependencies]\ninner = { path = \"../inner\" }\n",
                "base" => "[features]\nloud = []\n",
                _ => "",
            };
            add(format!("{name}/Cargo.toml"), manifest(name, library, below) + rest);
            let mut text = source(name, library);
            if *name == "left" && self.is_left_above_inner {
                text += "pub fn inner() -> u64 { inner::total() }\n";
            }
            add(format!("{name}/src/lib.rs"), text);
            if let Some(value) = library.module {
                let text = format!("pub(crate) fn value() -> u64 {{ {value} }}\n");
                add(format!("{name}/src/module.rs"), text);
            }
        }
        let watches = if self.watches_all { "" } else { WATCHES };
        add("right/build.rs".to_owned(), BUILD_SCRIPT.replace("WATCHES", watches));
        add("right/data.txt".to_owned(), format!("{}\n{}\n", self.data, self.noise));
        add("left/included.txt".to_owned(), self.included.to_string());
        let mac = manifest("mac", &Library::default(), &["inner"]);
        add("mac/Cargo.toml".to_owned(), mac + "[lib]\nproc-macro = true\n");
        let value = self.macro_value.to_string();
        add("mac/src/lib.rs".to_owned(), MACRO.replace("VALUE", &value));
        let features = "[features]\nloud = [\"base/loud\"]\n";
        let app = manifest("app", &self.app, &["base", "left", "right", "mac"]);
        let profile = format!("[profile.dev]\ndebug = 0\nopt-level = {}\n", self.optimization);
        add(
            "Cargo.toml".to_owned(),
            app.replace("../", "") + features + "[workspace]\n" + &profile,
        );
        if let Some(value) = self.config {
            add(".cargo/config.toml".to_owned(), format!("[env]\nCONFIG = \"{value}\"\n"));
        }
        add("src/main.rs".to_owned(), program(&self.app));
        add(
            "src/bin/second.rs".to_owned(),
            "fn main() { println!(\"{}\", left::total()); }".into(),
        );
        files
    }
}

const WATCHES: &str = "println!(\"cargo::rerun-if-changed=data.txt\");";

const BUILD_SCRIPT: &str = r#"fn main() {
    let data = std::fs::read_to_string("data.txt").unwrap();
    let number: u64 = data.lines().next().unwrap().parse().unwrap();
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(out + "/gen.rs", format!("const DATA: u64 = {number};\n")).unwrap();
    println!("cargo::rustc-env=HALF={}", number / 2 + inner::total());
    WATCHES
}
"#;

const MACRO: &str = r#"#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    format!("{}u64 + VALUE", inner::total()).parse().unwrap()
}
"#;

fn manifest(name: &str, library: &Library, below: &[&str]) -> String {
    let mut text = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.{}.0\"\nedition = \"2021\"\ndescription = \
         \"{}\"\n[dependencies]\n",
        library.version, library.description
    );
    for name in below {
        let _infallible = writeln!(text, "{name} = {{ path = \"../{name}\" }}");
    }
    text
}

fn source(name: &str, library: &Library) -> String {
    let mut text = "// A comment.\n".repeat(library.comment);
    for function in &library.functions {
        text += &definition(function);
        text.push('\n');
    }
    if library.warns {
        text += "fn nobody_calls_it() {}\n";
    }
    if library.is_broken {
        text += "fn broken() -> u8 { \"text\" }\n";
    }
    if library.module.is_some() {
        text += "mod module;\n";
    }
    text += "pub fn total() -> u64 {\n    #[allow(unused_mut)] let mut sum: u64 = 7;\n";
    for function in &library.functions {
        let _infallible = writeln!(text, "    sum = mix(sum, {});", call("crate", function));
    }
    text += &calls(library);
    if library.module.is_some() {
        text += "    sum = mix(sum, module::value());\n";
    }
    text += match name {
        "base" => {
            "    sum = mix(sum, option_env!(\"SALT\").map_or(0, |it| it.len() as u64 * 1000 + it.as_bytes()[0] as u64));\n    \
             if cfg!(feature = \"loud\") { sum = mix(sum, 1); }\n"
        }
        "left" => {
            "    sum = mix(sum, include_str!(\"../included.txt\").parse().unwrap());\n    \
             sum = mix(sum, env!(\"CARGO_PKG_DESCRIPTION\").parse().unwrap());\n"
        }
        "right" => {
            "    sum = mix(sum, DATA);\n    sum = mix(sum, env!(\"HALF\").parse().unwrap());\n    \
             if cfg!(flagged) { sum = mix(sum, 2); }\n"
        }
        _ => "    sum = mix(sum, option_env!(\"CONFIG\").map_or(0, |it| it.parse().unwrap()));\n",
    };
    text += "    sum\n}\nfn mix(sum: u64, value: u64) -> u64 { sum.wrapping_mul(31) ^ value }\n";
    if name == "right" {
        text += "include!(concat!(env!(\"OUT_DIR\"), \"/gen.rs\"));\n";
    }
    text
}

fn program(app: &Library) -> String {
    format!(
        "fn main() {{\n    let mut sum: u64 = mac::answer!();\n{}    println!(\"{{sum}} {{}} {{}} \
         {{}}\", base::total(), left::total(), right::total());\n}}\nfn mix(sum: u64, value: u64) \
         -> u64 {{ sum.wrapping_mul(31) ^ value }}\n",
        calls(app) + "    sum = mix(sum, 1);\n"
    )
}

fn calls(library: &Library) -> String {
    let mut text = String::new();
    for (name, function) in &library.calls {
        let _infallible = writeln!(text, "    sum = mix(sum, {});", call(name, function));
    }
    text
}

fn definition(function: &Function) -> String {
    let Function { id, value, form } = function;
    match form {
        Form::Plain => format!("pub fn f{id}() -> u64 {{\n    {value}\n}}"),
        Form::Inline => format!("#[inline]\npub fn f{id}() -> u64 {{ {value} }}"),
        Form::Generic => {
            format!("pub fn f{id}<T: Into<u64>>(x: T) -> u64 {{ x.into() + {value} }}")
        }
        Form::Constant => format!("pub const F{id}: u64 = {value};"),
        Form::Macro => format!("#[macro_export]\nmacro_rules! f{id} {{ () => {{ {value}u64 }} }}"),
    }
}

fn call(name: &str, function: &Function) -> String {
    let id = function.id;
    match function.form {
        Form::Plain | Form::Inline => format!("{name}::f{id}()"),
        Form::Generic => format!("{name}::f{id}(1u32)"),
        Form::Constant => format!("{name}::F{id}"),
        Form::Macro if name == "crate" => format!("f{id}!()"),
        Form::Macro => format!("{name}::f{id}!()"),
    }
}
