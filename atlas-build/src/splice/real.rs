//! What the real rustc accepts, and what it writes.
#![cfg(unix)]

use ar_archive_writer::ArchiveKind;
use rstest::rstest;

use super::testing::{Directory, alone, members, written};
use super::{SpliceError, Symbols, loaded_crates, needed, splice, symbol_name, vanished};

const B: &str = "pub fn b() -> u32 { a::a(1) + 1 }";
const MAIN: &str = "fn main() { println!(\"{}\", b::b()) }";
const WITH_A: &str = "--extern=a=deps/liba.rlib";
const WITH_B: &str = "--extern=b=deps/libb.rlib";

/// Compiles `a` once more, and puts its objects under the metadata that dependents know.
fn edit(directory: &Directory, source: &str, args: &str) {
    let (old, new) = (directory.read("deps/liba.rlib"), directory.library("a", source, args));
    directory.write("deps/liba.rlib", splice(&new, &old).unwrap());
}

#[rstest]
#[case("-Copt-level=0")]
#[case("-Copt-level=0 -Cincremental=incremental")]
#[case("-Copt-level=1 -Cincremental=incremental")]
#[case("-Copt-level=2 -Cincremental=incremental")]
#[case("-Copt-level=3 -Cincremental=incremental")]
fn edited_body_reaches_the_program_without_its_dependents(#[case] args: &str) {
    let directory = Directory::new();
    let source = |value| format!("pub fn a(n: u32) -> u32 {{ n + {value} }}");
    directory.publish("a", &source("1"), args);
    directory.publish("b", B, &format!("{args} {WITH_A}"));
    directory.rustc(MAIN, &format!("{args} {WITH_B}"));
    assert_eq!(directory.run(), "3\n");

    // Longer than before, so that positions in the metadata move too.
    edit(&directory, &source("3000 + n * 100_000"), args);
    directory.rustc(MAIN, &format!("{args} {WITH_B}"));
    assert_eq!(directory.run(), "103002\n");

    let new = directory.read("out/liba.rlib");
    directory.write("deps/liba.rlib", new);
    let message = directory.rustc_fails(MAIN, &format!("{args} {WITH_B}"));
    assert!(message.contains("E0460"), "{message}");
}

const WITH_INSTANCE: &str =
    "pub struct P(pub u32); pub fn a(n: u32) -> u32 { let mut v = vec![]; v.push(P(n)); v[0].0 }";
const WITHOUT_INSTANCE: &str = "pub struct P(pub u32); pub fn a(n: u32) -> u32 { n }";
const NEEDS_INSTANCE: &str =
    "pub fn b() -> u32 { let mut v = vec![]; v.push(a::P(7)); a::a(v[0].0) }";

/// Dependents without optimization share the generic instances of what they depend on.
#[test]
fn symbol_that_dependents_need_and_that_vanishes_is_found() {
    let directory = Directory::new();
    let old = directory.publish("a", WITH_INSTANCE, "");
    let dependent = directory.publish("b", NEEDS_INSTANCE, WITH_A);
    directory.rustc(MAIN, WITH_B);
    edit(&directory, WITHOUT_INSTANCE, "");
    check_symbol_is_missed(&directory, &old, &dependent);
}

/// Metadata that was kept promises symbols that are gone to everybody who reads it later.
#[test]
fn symbol_that_vanished_before_its_dependent_was_compiled_is_found() {
    let directory = Directory::new();
    let old = directory.publish("a", WITH_INSTANCE, "");
    edit(&directory, WITHOUT_INSTANCE, "");
    let dependent = directory.publish("b", NEEDS_INSTANCE, WITH_A);
    check_symbol_is_missed(&directory, &old, &dependent);
}

#[track_caller]
fn check_symbol_is_missed(directory: &Directory, old: &[u8], dependent: &[u8]) {
    let new = directory.read("deps/liba.rlib");
    let symbols = [old, &new, dependent].map(|rlib| Symbols::of_archive(rlib).unwrap());
    let [old_symbols, new_symbols, dependent] = symbols;
    let gone = vanished(&old_symbols.defined, &new_symbols.defined);
    let symbol = needed(&gone, &dependent.undefined).unwrap();
    let name = symbol_name(old, symbol).unwrap();
    assert!(name.contains("a::P"), "{name}");
    assert_eq!(symbol_name(&new, symbol), None);
    let message = directory.rustc_fails(MAIN, WITH_B);
    assert!(message.contains("undefined"), "{message}");
}

#[test]
fn symbols_that_stay_are_not_missed() {
    let directory = Directory::new();
    let source = |value| format!("pub fn a(n: u32) -> u32 {{ vec![n + {value}; 3].len() as u32 }}");
    let args = "-Cincremental=incremental";
    let old = Symbols::of_archive(&directory.library("a", &source("1"), args)).unwrap();
    let new = Symbols::of_archive(&directory.library("a", &source("2"), args)).unwrap();
    assert!(!old.defined.is_empty() && !old.undefined.is_empty());
    assert!(vanished(&old.defined, &new.defined).is_empty());
}

/// The names of files tell crates of one name apart.
const PLUGINS: [&str; 3] = ["-0011223344556677", "-8899aabbccddeeff", "-0123456789abcdef"];

fn plugins(directory: &Directory) -> String {
    let plugin = |(index, extra): (usize, &&str)| {
        let name = format!("plugin{index}");
        let source = "#[unsafe(no_mangle)] pub extern \"C\" fn plugged() -> u32 { 5 }";
        let args = format!("-Cextra-filename={extra} -Cmetadata={extra} --out-dir=deps");
        directory.rustc(source, &format!("--crate-name={name} --crate-type=lib {args}"));
        format!("--extern={name}=deps/lib{name}{extra}.rlib")
    };
    PLUGINS.iter().enumerate().map(plugin).collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::none("", [false, false, false])]
#[case::of_a_body("fn f() { use plugin1 as _; }", [false, true, false])]
#[case::of_a_path("fn f() -> u32 { plugin0::plugged() }", [true, false, false])]
#[case::of_the_source("extern crate plugin2;", [false, false, true])]
fn loaded_crates_are_listed(#[case] used: &str, #[case] expected: [bool; 3]) {
    let directory = Directory::new();
    let externs = plugins(&directory);
    let source = format!("{used} pub fn a(n: u32) -> u32 {{ n }}");
    directory.rustc(&source, &format!("--crate-name=a --crate-type=lib --emit=metadata {externs}"));
    assert_eq!(loaded_crates(&directory.read("liba.rmeta"), PLUGINS.into_iter()), expected);
    let rlib = directory.library("a", &source, &externs);
    assert_eq!(loaded_crates(&rlib, PLUGINS.into_iter()), expected);
}

/// The linker is given what the metadata lists.
#[test]
fn crate_that_is_not_listed_is_missing_from_the_program() {
    let directory = Directory::new();
    let externs = plugins(&directory);
    directory.publish("a", "pub fn a(n: u32) -> u32 { n }", &externs);
    directory.publish("b", B, WITH_A);
    edit(&directory, "pub fn a(n: u32) -> u32 { n + plugin0::plugged() }", &externs);
    let message = directory.rustc_fails(MAIN, WITH_B);
    assert!(message.contains("plugged"), "{message}");
    let lists = |name| loaded_crates(&directory.read(name), PLUGINS.into_iter());
    assert_eq!(lists("deps/liba.rlib"), [false; 3]);
    assert_eq!(lists("out/liba.rlib"), [true, false, false]);
}

#[test]
fn crates_of_crates_are_listed() {
    let directory = Directory::new();
    let externs = plugins(&directory);
    directory.publish("a", "pub use plugin1::plugged;", &externs);
    let b = directory.library("b", "pub fn b() -> u32 { a::plugged() }", WITH_A);
    assert_eq!(loaded_crates(&b, PLUGINS.into_iter()), [false, true, false]);
}

#[test]
fn shared_objects_need_dynamic_symbols() {
    let directory = Directory::new();
    let args = "-Cprefer-dynamic --crate-type=dylib --out-dir=deps";
    directory
        .rustc("#[inline(never)] pub fn a(n: u32) -> u32 { n }", &format!("--crate-name=a {args}"));
    let name =
        |name| format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let a = format!("deps/{}", name("a"));
    directory.rustc(B, &format!("--crate-name=b {args} --extern=a={a}"));
    let a = Symbols::of_shared_object(&directory.read(&a)).unwrap();
    let b = Symbols::of_shared_object(&directory.read(&format!("deps/{}", name("b")))).unwrap();
    assert!(needed(&a.defined, &b.undefined).is_some());
    assert_eq!(needed(&b.defined, &a.undefined), None);
}

#[test]
fn procedural_macros_need_the_standard_library() {
    let directory = Directory::new();
    let source = "#[proc_macro] pub fn m(_: proc_macro::TokenStream) -> proc_macro::TokenStream \
                  { println!(); Default::default() }";
    directory.rustc(source, "--crate-name=m --crate-type=proc-macro --extern=proc_macro");
    let suffix = std::env::consts::DLL_SUFFIX;
    let library = directory.read(&format!("libm{suffix}"));
    assert!(!Symbols::of_shared_object(&library).unwrap().undefined.is_empty());
}

/// The symbols of an object, in the forms that assembly can give them.
#[cfg(target_os = "linux")]
#[rstest]
#[case::common(".comm here, 4, 4", true)]
#[case::weak(".weak here\nhere:", true)]
#[case::hidden(".globl here\n.hidden here\nhere:", true)]
#[case::local("here:", false)]
fn what_others_can_see_is_defined(#[case] assembly: &str, #[case] is_defined: bool) {
    let assembly = format!(".data\\n{}\\n", assembly.replace('\n', "\\n"));
    let source = format!("core::arch::global_asm!(\"{assembly}\"); pub static A: u32 = 0;");
    let rlib = Directory::new().library("a", &source, "");
    let here = super::symbols::digest(b"here");
    let symbols = Symbols::of_archive(&rlib).unwrap();
    assert_eq!(symbols.defined.contains(&here), is_defined);
    assert!(!symbols.undefined.contains(&here));
}

/// Without `whole-archive` the objects of a native library become members; with it, the library.
#[rstest]
#[case("static=native")]
#[case("static:+whole-archive=native")]
fn native_libraries_in_an_rlib_count(#[case] link: &str) {
    let directory = Directory::new();
    let native = "#![no_std] #[unsafe(no_mangle)] pub extern \"C\" fn native() {} \
                  #[panic_handler] fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }";
    let args = "--crate-name=native --crate-type=staticlib -Cpanic=abort";
    directory.rustc(native, args);
    let source = "unsafe extern \"C\" { fn native(); } pub fn a() { unsafe { native() } }";
    let rlib = directory.library("a", source, &format!("-l{link}"));
    let native = super::symbols::digest(b"native");
    let symbols = Symbols::of_archive(&rlib).unwrap();
    assert!(symbols.defined.contains(&native), "{:?}", members(&rlib));
    assert!(!symbols.undefined.contains(&native));
}

#[rstest]
#[case("x86_64-unknown-linux-gnu", ArchiveKind::Gnu, "")]
#[case("powerpc64-unknown-linux-gnu", ArchiveKind::Gnu, "")]
#[case("x86_64-apple-darwin", ArchiveKind::Darwin, "_")]
#[case("aarch64-apple-darwin", ArchiveKind::Darwin, "_")]
#[case("x86_64-pc-windows-msvc", ArchiveKind::Coff, "")]
#[case("i686-pc-windows-gnu", ArchiveKind::Gnu, "_")]
fn archives_of_all_systems_are_spliced(
    #[case] target: &str,
    #[case] kind: ArchiveKind,
    #[case] prefix: &str,
) {
    let (old, new) = two_compiles(target);
    assert!(written(kind, &members(&old)) == old, "rustc writes archives as this test does");
    let metadata = *members(&old).iter().find(|(name, _)| *name == "lib.rmeta").unwrap();
    let mut expected = members(&new);
    expected.iter_mut().filter(|it| it.0 == "lib.rmeta").for_each(|it| *it = metadata);
    assert!(splice(&new, &old).unwrap() == written(kind, &expected));
    check_two_compiles(&old, &new, prefix);
}

/// Symbols of this one are found by a reader that rustc has and this test has not.
#[test]
fn archives_of_arm64ec_are_spliced() {
    let (old, new) = two_compiles("arm64ec-pc-windows-msvc");
    check_two_compiles(&old, &new, "#");
}

/// Compiles a crate, and then another with one more function.
fn two_compiles(target: &str) -> (Vec<u8>, Vec<u8>) {
    let more = "#[unsafe(no_mangle)] pub extern \"C\" fn new() {}";
    (alone(target, "", ""), alone(target, more, ""))
}

#[track_caller]
fn check_two_compiles(old: &[u8], new: &[u8], prefix: &str) {
    let spliced = splice(new, old).unwrap();
    assert_ne!(spliced.len(), new.len(), "members have moved");
    assert!(splice(&spliced, new).unwrap() == new);
    assert!(splice(new, new).unwrap() == new);

    let symbols = [old, new, &spliced].map(|rlib| Symbols::of_archive(rlib).unwrap());
    let [old, new, spliced] = symbols;
    assert_eq!(new, spliced);
    let digest = |name| super::symbols::digest(format!("{prefix}{name}").as_bytes());
    assert!(old.defined.contains(&digest("inside")));
    assert!(old.undefined.contains(&digest("outside")));
    assert!(vanished(&old.defined, &new.defined).is_empty());
    assert!(vanished(&new.defined, &old.defined).contains(&digest("new")));
}

#[test]
fn import_members_define_what_they_import() {
    let import = "#[link(name = \"other\", kind = \"raw-dylib\")] unsafe extern \"C\" \
                  { fn imported(); } pub fn f() { unsafe { imported() } }";
    let rlib = alone("x86_64-pc-windows-msvc", import, "");
    let symbols = Symbols::of_archive(&rlib).unwrap();
    let digest = super::symbols::digest;
    assert!(symbols.defined.contains(&digest(b"__imp_imported")), "{:?}", members(&rlib));
    assert!(!symbols.undefined.contains(&digest(b"__imp_imported")));
}

#[test]
fn bitcode_is_not_read() {
    let rlib = alone("x86_64-unknown-linux-gnu", "", "-Clinker-plugin-lto");
    let error = Symbols::of_archive(&rlib).unwrap_err();
    assert!(matches!(error, SpliceError::Object { .. }), "{error:?}");
}

#[test]
fn big_archives_of_aix_are_not_known() {
    let rlib = alone("powerpc64-ibm-aix", "", "");
    assert!(matches!(Symbols::of_archive(&rlib), Err(SpliceError::Unknown)));
    assert!(matches!(splice(&rlib, &rlib), Err(SpliceError::Unknown)));
}

#[rstest]
#[case("x86_64-unknown-linux-gnu")]
#[case("aarch64-apple-darwin")]
#[case("x86_64-pc-windows-msvc")]
fn damaged_archives_are_errors(#[case] target: &str) {
    let whole = alone(target, "", "-Cdebuginfo=0");
    for length in 0..whole.len() {
        let part = &whole[..length];
        assert!(Symbols::of_archive(part).is_err(), "{length}");
        assert!(splice(part, &whole).is_err(), "{length}");
        assert!(symbol_name(part, 0).is_none());
    }
    for at in 0..whole.len() {
        for byte in [0, 0xff, whole[at] ^ 1] {
            let mut flipped = whole.clone();
            flipped[at] = byte;
            // Whatever it is, it is not a panic.
            let _result = Symbols::of_archive(&flipped);
            let _result = (splice(&flipped, &whole), splice(&whole, &flipped));
        }
    }
}
