//! How fast files are digested by tokens: a synthetic source of 20 KB, of functions with comments,
//! doc comments, strings and test modules as they are in real ones, again and again.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

use std::time::{Duration, Instant};

const SIZE: usize = 20_000;
const N_RUNS: u32 = 2_000;

const PIECE: &str = r#"
/// Returns the place of the first unit that needs `name`.
#[must_use]
pub fn place_of(units: &[Unit], name: &str) -> Option<usize> {
    // Linear: there are a few dozen of them, and they are in the cache.
    for (index, unit) in units.iter().enumerate() {
        if unit.needs.iter().any(|need| need.as_str() == name && !need.is_optional()) {
            debug!("{name} is needed by {}: number {index}", unit.name);
            return Some(index * 2 + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_unit_is_found() {
        assert_eq!(place_of(&[unit("a", &["b"])], "b"), Some(1)); // The only one.
    }
}
"#;

fn main() {
    let source = PIECE.repeat(SIZE / PIECE.len());
    report("blake3 of the bytes", &source, |bytes| {
        atlas_fingerprint::Digest::of_bytes(bytes);
    });
    report("digests of the tokens", &source, |bytes| {
        assert!(atlas_fingerprint::token_digests(bytes).is_some());
    });
    // Without the word `test`, nothing looks for what to leave out.
    let plain = source.replace("test", "best");
    report("digests of the tokens, no tests", &plain, |bytes| {
        assert!(atlas_fingerprint::token_digests(bytes).is_some());
    });
    report("parser", &source, |bytes| assert!(atlas_fingerprint::parses(bytes)));
}

fn report(name: &str, source: &str, run: impl Fn(&[u8])) {
    let fastest = (0..N_RUNS).map(|_| time(|| run(source.as_bytes()))).min();
    let seconds = fastest.unwrap_or_default().as_secs_f64();
    let megabytes = source.len() as f64 / 1e6;
    println!("{name}: {:.0} MB/s", megabytes / seconds);
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
