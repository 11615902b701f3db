//! Random changes one after another: what is said to hold must.

use crate::support::Fixture;
use crate::support::Verdict::Changed;

/// Files that come and go, with what is in them.
const FILES: &[(&str, &str)] = &[
    ("ws/crates/a/build.rs", "fn main() {}"),
    ("ws/crates/a/README.md", ""),
    ("ws/crates/a/NOTES", ""),
    ("ws/crates/a/src/main.rs", "fn main() {}"),
    ("ws/crates/a/src/other.rs", ""),
    ("ws/crates/a/src/bin/x.rs", "fn main() {}"),
    ("ws/crates/a/src/bin/.x.rs", "fn main() {}"),
    ("ws/crates/a/src/bin/y/main.rs", "fn main() {}"),
    ("ws/crates/a/src/bin/y/z.rs", ""),
    ("ws/crates/a/tests/y.rs", ""),
    ("ws/crates/a/tests/dir/main.rs", ""),
    ("ws/crates/b/examples/e.rs", "fn main() {}"),
    ("ws/crates/b/examples/e/data.rs", ""),
    ("ws/crates/b/src/lib.rs", ""),
    ("ws/crates/file", ""),
    ("ws/crates/new/Cargo.toml", "[package]\nname = \"new\"\n[lib]\npath = \"lib.rs\"\n"),
    ("ws/named/src/own.rs", ""),
    ("ws/named/src/lib.rs", ""),
    ("ws/Cargo.lock", ""),
    ("Cargo.toml", "[workspace]\nexclude = [\"outside\", \"windows\", \"ws\"]\n"),
];

/// Lines of manifests that come and go.
const LINES: &[(&str, &str)] = &[
    ("ws/Cargo.toml", "# comment\n"),
    ("ws/Cargo.toml", "[profile.dev]\nopt-level = 1\n"),
    ("ws/crates/a/Cargo.toml", "[dev-dependencies]\nwindows = { path = \"../../../windows\" }\n"),
    ("ws/crates/b/Cargo.toml", "[dependencies]\noutside = { path = \"../../../outside\" }\n"),
    ("ws/crates/b/Cargo.toml", "\n\n"),
    ("outside/Cargo.toml", "default = [\"f\"]\n"),
    ("outside/Cargo.toml", "# comment\n"),
];

/// The generator of Numerical Recipes.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

/// Makes a change, or takes it back.
fn toggle(fixture: &Fixture, n: usize) {
    if let Some((path, text)) = FILES.get(n) {
        if !fixture.exists(path) {
            return fixture.write(path, text);
        }
        fixture.remove(path);
        let (directory, _) = path.rsplit_once('/').unwrap_or_default();
        return fixture.remove_if_empty(directory);
    }
    let (path, line) = LINES[n - FILES.len()];
    let text = fixture.read(path);
    if text.contains(line) {
        fixture.write(path, &text.replacen(line, "", 1));
    } else {
        fixture.append(path, line);
    }
}

#[test]
fn what_is_said_to_hold_holds() {
    let fixture = Fixture::new();
    let mut random = Random(7);
    let mut derived = fixture.derive();
    let mut n_held = 0;
    for step in 0..60 {
        let n = random.below(FILES.len() + LINES.len());
        toggle(&fixture, n);
        if let Some((old, derivation)) = &derived {
            let (verdict, kept) = fixture.check(derivation);
            if verdict != Changed {
                assert_eq!(Some(old), fixture.plan().as_ref(), "step {step}");
                n_held += 1;
                derived = Some((old.clone(), kept));
                continue;
            }
        }
        if fixture.plan().is_none() {
            toggle(&fixture, n);
        }
        // Once more, if only the lock file was written.
        derived = fixture.derive().or_else(|| fixture.derive());
        assert!(derived.is_some(), "step {step}: there is a plan, and it can be kept");
    }
    assert!(n_held > 10, "{n_held} of the changes change nothing");
}
