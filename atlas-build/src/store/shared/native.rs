//! Files that a command has linked, and that rustc does not say to have read: libraries in directories
//! that are searched, and what linkers are told. Knows no unit.
//!
//! What the system has in its own directories is what it is: linkers search those anyway.

use atlas_fingerprint::{Digest, Files, Hasher};
use camino::Utf8Path;

use super::places::Places;
use super::system::add_stamp;
use crate::process::CommandLine;

/// Where the system keeps its libraries.
const SYSTEM: [&str; 3] = ["/lib", "/lib64", "/usr"];
/// What linkers look for.
const LIBRARIES: [&str; 6] = ["a", "dll", "dylib", "lib", "so", "tbd"];

/// Returns the digest of the files that a command names for its linker, those of the build excepted.
pub(super) fn digest(files: &dyn Files, places: &Places, command: &CommandLine) -> Digest {
    let mut hasher = Hasher::new("native libraries");
    let args: Vec<&str> = command.args.iter().filter_map(|arg| arg.to_str()).collect();
    for (n, arg) in args.iter().enumerate() {
        let next = args.get(n + 1).copied();
        let value = |short: &str| match arg.strip_prefix(short) {
            Some("") => next,
            value => value,
        };
        if let Some(directory) = value("-L").and_then(searched) {
            let directory = command.cwd.join(directory);
            if !places.are_named_in(directory.as_str().as_bytes()) {
                add_libraries(files, &mut hasher, &directory);
            }
        }
        if let Some(told) = value("-C").and_then(|option| option.strip_prefix("link-arg")) {
            for part in told.split(['=', ',', ' ']).map(|part| part.trim_start_matches("-T")) {
                let path = command.cwd.join(part);
                if !part.is_empty() && !places.are_named_in(path.as_str().as_bytes()) {
                    add_stamp(files, &mut hasher, &path);
                }
            }
        }
    }
    hasher.finish()
}

/// Returns the directory of a search path, unless it is for crates.
fn searched(value: &str) -> Option<&Utf8Path> {
    let directory = match value.split_once('=') {
        Some(("crate" | "dependency", _)) => return None,
        Some(("all" | "framework" | "native", directory)) => directory,
        _ => value,
    };
    Some(Utf8Path::new(directory))
}

fn add_libraries(files: &dyn Files, hasher: &mut Hasher, directory: &Utf8Path) {
    hasher.text(directory.as_str());
    if SYSTEM.iter().any(|system| directory.starts_with(system)) {
        return;
    }
    for entry in files.list(directory).unwrap_or_default() {
        let mut extensions = entry.name.split('.').skip(1);
        if extensions.any(|extension| LIBRARIES.contains(&extension)) {
            add_stamp(files, hasher, &directory.join(&entry.name));
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::searched;

    #[rstest]
    #[case::plain("/a", Some("/a"))]
    #[case::native("native=/a", Some("/a"))]
    #[case::with_equals_sign("/a=b", Some("/a=b"))]
    #[case::dependency("dependency=/a", None)]
    fn search_paths_for_libraries_are_told(#[case] value: &str, #[case] expected: Option<&str>) {
        assert_eq!(searched(value).map(camino::Utf8Path::as_str), expected);
    }
}
