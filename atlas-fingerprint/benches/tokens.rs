//! How fast files are digested by tokens: a synthetic source of 8 MB, of functions with comments,
//! doc comments, strings and test modules as they are in real ones.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

use std::time::{Duration, Instant};

const SIZE: usize = 8 << 20;
const N_RUNS: u32 = 10;

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
    let small = &source[..PIECE.len() * 10];
    report("digests of the tokens, small file", small, |bytes| {
        assert!(atlas_fingerprint::token_digests(bytes).is_some());
    });
    report("parser", small, |bytes| assert!(atlas_fingerprint::parses(bytes)));
}

fn report(name: &str, source: &str, run: impl Fn(&[u8])) {
    let n_runs = N_RUNS * (SIZE / source.len()).clamp(1, 20) as u32;
    let fastest = (0..n_runs).map(|_| time(|| run(source.as_bytes()))).min();
    let seconds = fastest.unwrap_or_default().as_secs_f64();
    let megabytes = source.len() as f64 / 1e6;
    println!("{name}: {:.0} MB/s ({megabytes:.3} MB)", megabytes / seconds);
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
