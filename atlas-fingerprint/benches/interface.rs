//! How fast a file is summarized, and how fast the summaries of a crate become digests: a synthetic
//! source of 20 KB, of types, functions and calls as they are in real ones, again and again.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

use std::time::{Duration, Instant};

use atlas_fingerprint::{CrateSource, FileSummary, HarmlessMacros, View, interface_digests};

const SIZE: usize = 20_000;
const N_FILES: usize = 100;
const N_RUNS: u32 = 100;

const PIECE: &str = r#"
/// A unit and what it needs.
#[derive(Clone, Debug)]
pub struct Unit {
    name: String,
    /// In the order of the manifest.
    pub needs: Vec<String>,
}

impl Unit {
    /// Returns the place of the first of `units` that needs this one.
    #[must_use]
    pub fn place_of(&self, units: &[Unit]) -> Option<usize> {
        // Linear: there are a few dozen of them, and they are in the cache.
        for (index, unit) in units.iter().enumerate() {
            if unit.needs.iter().any(|need| need.as_str() == self.name && !is_optional(need)) {
                println!("{} is needed by {}: number {index}", self.name, unit.name);
                return Some(index * 2 + 1);
            }
        }
        None
    }
}

fn is_optional(need: &str) -> bool {
    matches!(need.as_bytes(), [b'?', ..]) || need.ends_with('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_unit_is_found() {
        assert_eq!(unit("b", &[]).place_of(&[unit("a", &["b"])]), Some(1)); // The only one.
    }
}
"#;

fn main() {
    let source = PIECE.repeat(SIZE / PIECE.len());
    let read = || FileSummary::of(source.as_bytes(), View::TokensWithoutTests);
    report("summary of a file", source.len(), || drop(read()));
    let paths: Vec<String> = (0..N_FILES).map(|number| format!("{number:03}.rs")).collect();
    let summary = read();
    let files: Vec<CrateSource<'_>> =
        paths.iter().map(|path| CrateSource { path, module: "", summary: &summary }).collect();
    let macros = HarmlessMacros::default();
    report("digests of a crate of 100 files", source.len() * N_FILES, || {
        interface_digests(&files, &macros);
    });
    let bytes = postcard::to_stdvec(&summary).unwrap_or_default();
    println!("summary: {} bytes for {} of source", bytes.len(), source.len());
    report("reading a summary back", source.len(), || {
        assert!(postcard::from_bytes::<FileSummary>(&bytes).is_ok());
    });
}

fn report(name: &str, len: usize, run: impl Fn()) {
    let fastest = (0..N_RUNS).map(|_| time(&run)).min();
    let seconds = fastest.unwrap_or_default().as_secs_f64();
    println!("{name}: {:.1} MB/s", len as f64 / 1e6 / seconds);
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
