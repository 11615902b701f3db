//! One function for each construct that a body can have: which of them keep it, and whether rustc
//! sees more than the digests do.

use atlas_tests::fixture::Fixture;

use crate::subject::{Emit, Subject};
use crate::trial;

/// Bodies that go, with literals to be replaced.
const UNSEEN: &[&str] = &[
    "let x: u32 = 4; drop(x);",
    "fn h() -> u32 { 4 } h();",
    "fn h<T>() -> u32 { 4 } h::<u8>();",
    "#[inline] fn h() -> u32 { 4 } h();",
    "(|| 4u32)();",
    "let b: Box<dyn Fn() -> u32> = Box::new(|| 4u32); b();",
    "use std::cmp::max; max(4, 3);",
    "type T = u8; let x: T = 4; drop(x);",
    "drop(vec![0u8; 4]);",
    "drop(format!(\"{}\", 4));",
    "println!(\"{} {:4}\", 4, 2);",
    "match 3u32 { 4 => {}, 8..=9 => {}, _ => {} }",
    "let x: &'static [u32] = &[4, 5]; drop(x);",
    "drop(matches!(3u32, 4 | 8));",
    "assert!(number() == 4, \"text\");",
    "assert_eq!(number(), 4, \"{} {}\", 4, 5); assert_ne!(number(), 4);",
    "debug_assert!(number() == 4); debug_assert_eq!(number(), 4); debug_assert_ne!(number(), 4);",
    "use std::fmt::Write; let mut s = String::new(); write!(s, \"{}\", 4); writeln!(s, \"{}\", 4);",
    "print!(\"{}\", 4); eprint!(\"{}\", 4); eprintln!(\"{}\", 4); dbg!(4);",
    "if number() == 4 { panic!(\"{}\", 4) } else { unreachable!(\"{}\", 4) }",
    "if number() == 4 { todo!(\"{}\", 4) } else { unimplemented!(\"{}\", 4) }",
    "drop((line!() + 4, column!() + 4, file!(), module_path!(), cfg!(unix), stringify!(4)));",
    "drop((concat!(\"text\", 4), option_env!(\"TEXT\"), format_args!(\"{}\", 4).to_string()));",
    "let x = [3, 5]; drop((std::ptr::addr_of!(x[0]), std::pin::pin!(4)));",
    // On other machines it does not compile.
    "#[cfg(target_arch = \"x86_64\")] drop((std::is_x86_feature_detected!(\"avx\"), 4));",
    "let p = Private { value: 4 }; drop(p);",
    "let s = \"text\"; drop((s, 'c', b'd', 1.4f32));",
    "harmless!(4);",
    "let x = 3; let y = &raw const x; drop((y, 4));",
];

/// Bodies that stay.
const SEEN: &[&str] = &[
    "let x = [0u8; 4]; drop(x);",
    "let x: Option<[u8; 4]> = None; drop(x);",
    "let x: Option<Sized<4>> = None; drop(x);",
    "sized::<4>();",
    "sized::<{ 4 }>();",
    "let x = const { 4u32 }; drop(x);",
    "const X: u32 = 4; drop(X);",
    "static X: u32 = 4; drop(&X);",
    "struct S([u8; 4]);",
    "enum E { B = 4 } drop(E::B as u8);",
    "const fn h() -> u32 { 4 } h();",
    "struct S; impl S { fn h() -> u32 { 4 } } S::h();",
    "drop(async { 4u32 });",
    "fn h() -> impl Copy { 4u32 } let _ = h();",
    "type T = [u8; 4]; let x: Option<T> = None; drop(x);",
    "harmful!(4);",
    "drop(std::mem::offset_of!((u8, u32), 0) + 4);",
    "thread_local!(static X: u32 = 4);",
];

const OTHER_ITEMS: &str = "
#![allow(dead_code, unused)]
macro_rules! harmless { ($e:expr) => { drop($e) } }
macro_rules! harmful { ($e:expr) => { { static X: u32 = $e; } } }
struct Sized<const N: usize>;
fn sized<const N: usize>() {}
struct Private { value: u32 }
fn number() -> u32 { 1 }
";

#[test]
fn constructs_are_judged_as_rustc_judges_them() {
    let fixture = Fixture::empty();
    let functions = UNSEEN.iter().chain(SEEN).enumerate();
    let functions =
        functions.map(|(number, body)| format!("pub fn construct_{number}() {{ {body} }}\n"));
    let text = format!("{OTHER_ITEMS}{}", functions.collect::<String>());
    let subject = Subject::of_text(&text, fixture.root());
    let ways = [Emit::Signature, Emit::Code(0), Emit::Code(3)];
    let trial = trial::run(&subject, usize::MAX, &ways);
    assert!(trial.wrong.is_empty(), "{}", trial.wrong.join("\n"));
    for (body, is_unseen) in
        UNSEEN.iter().map(|body| (body, true)).chain(SEEN.iter().map(|body| (body, false)))
    {
        let line = text.lines().position(|line| line.contains(body)).expect("it is there") + 1;
        let verdicts = trial.judged.iter().filter(|(edit, _)| edit.line == line);
        let verdicts: Vec<bool> = verdicts.map(|(_, verdict)| verdict.is_unseen).collect();
        assert!(!verdicts.is_empty() && verdicts.iter().all(|is| *is == is_unseen), "{body}");
    }
}
