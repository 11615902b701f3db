//! Inputs that change between the moment at which a result was looked for and the end of the compile:
//! nothing wrong is filed.

use atlas_tests::stored::{HERE, Place, Stored};
use rstest::rstest;

use crate::misses::WORKSPACE;

const THERE: Place<'static> = Place { target: "there", ..HERE };

/// Text of `plain` that prints a number.
fn plain(n: u32) -> String {
    format!("pub fn plain() -> u32 {{ {n} }}\n")
}

/// What `app` prints of `plain`.
fn printed(stored: &Stored, place: Place<'_>) -> String {
    let printed = stored.prints(place, "debug/app");
    let first = printed.lines().next().and_then(|line| line.rsplit(' ').next());
    first.expect("it prints a line").to_owned()
}

/// Commands of a shell around a compile: one copies another source over that of `plain`.
const BEFORE: &str = "edit; \"$@\"";
const AFTER: &str = "\"$@\"; code=$?; edit; exit $code";
/// The same, and everything is as it was once the compile is over.
const AND_BACK: &str = "edit; \"$@\"; code=$?; back; exit $code";

#[rstest]
#[case::before_the_compile(BEFORE)]
#[case::after_the_compile(AFTER)]
#[case::before_and_back(AND_BACK)]
fn a_source_that_changes(#[case] body: &str, #[values(false, true)] keeps_time: bool) {
    let stored = Stored::new(WORKSPACE);
    stored.write("../plain1.rs", &plain(1));
    stored.write("../plain2.rs", &plain(2));
    let base = stored.beside("");
    let source = stored.path("plain/src/lib.rs");
    let copy = if keeps_time { "cp -p" } else { "cp" };
    let script = format!(
        "edit() {{ {copy} {base}/plain2.rs {source}; }}\nback() {{ {copy} {base}/plain1.rs {source}; }}\n\
         if [ -f {base}/edit ]; then case \"$*\" in *'--crate-name plain '*) rm {base}/edit; {body};; *) exec \"$@\";; esac\n\
         else exec \"$@\"; fi"
    );
    let script = stored.script("wrapper.sh", &script);
    let selection = format!("RUSTC_WRAPPER={script}");
    stored.write("../edit", "");
    stored.build(HERE, &selection);
    for n in [2, 1, 2] {
        stored.write("plain/src/lib.rs", &plain(n));
        for place in [THERE, HERE] {
            drop(fs_err::remove_dir_all(stored.beside(place.target)));
            stored.build(place, &selection);
            assert_eq!(printed(&stored, place), n.to_string(), "in {}", place.target);
        }
    }
}

/// A file that a macro reads changes while its user is compiled.
#[rstest]
#[case::before_the_compile(BEFORE)]
#[case::after_the_compile(AFTER)]
fn a_file_of_a_macro_that_changes(#[case] body: &str) {
    let stored = Stored::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[dependencies]\nmac = { path = \"mac\" }\n[workspace]\n\
         //- /src/main.rs\nfn main() { print!(\"{}\", mac::text!()); }\n\
         //- /text.txt\n1\n\
         //- /mac/Cargo.toml\n[package]\nname = \"mac\"\nedition = \"2021\"\n[lib]\nproc-macro = true\n\
         //- /mac/src/lib.rs\n#[proc_macro]\npub fn text(_: proc_macro::TokenStream) -> proc_macro::TokenStream {\n\
         let root = std::env::var(\"CARGO_MANIFEST_DIR\").unwrap();\n\
         format!(\"{:?}\", std::fs::read_to_string(root + \"/text.txt\").unwrap()).parse().unwrap() }\n",
    );
    let base = stored.beside("");
    let script = format!(
        "edit() {{ echo 2 > {base}/ws/text.txt; }}\n\
         if [ -f {base}/edit ]; then case \"$*\" in *'--crate-name app '*) rm {base}/edit; {body};; *) exec \"$@\";; esac\n\
         else exec \"$@\"; fi"
    );
    let script = stored.script("wrapper.sh", &script);
    let selection = format!("RUSTC_WRAPPER={script}");
    stored.write("../edit", "");
    stored.build(HERE, &selection);
    for n in ["2\n", "1\n", "2\n"] {
        stored.write("text.txt", n);
        stored.build_anew(&selection);
        assert_eq!(stored.prints(HERE, "debug/app"), n);
    }
}

/// Two builds at once, of different code under the same names.
#[rstest]
#[case::of_the_same_code(1)]
#[case::of_other_code(2)]
fn two_checkouts_at_once(#[case] n: u32) {
    let stored = Stored::new(WORKSPACE);
    stored.copy_directory("ws", "other");
    stored.write("../other/plain/src/lib.rs", &plain(n));
    let other = Place { workspace: "other", target: "there" };
    for _ in 0..2 {
        let running = [HERE, other].map(|place| stored.command(place, "").start());
        for running in running {
            drop(running.wait().expect_success("a build beside another"));
        }
        assert_eq!(printed(&stored, HERE), "1");
        assert_eq!(printed(&stored, other), n.to_string());
        stored.remove_directory(HERE.target);
        stored.remove_directory(other.target);
    }
}
