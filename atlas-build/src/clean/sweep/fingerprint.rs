//! What cargo has noted of a unit: the compiler, what it depends on, and when it was used.

use std::time::SystemTime;

use camino::Utf8Path;
use serde::Deserialize;

use super::super::error::CleanError;
use super::super::site::entries;
use super::super::units::modified;

/// What cargo has noted of the units that share a directory; mostly that is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fingerprint {
    /// Hash in the names of its files.
    pub(super) hash: String,
    /// Hashes of the compilers.
    pub(super) compilers: Vec<u64>,
    /// What dependents know it by.
    pub(super) values: Vec<u64>,
    /// Values of what it depends on.
    pub(super) dependencies: Vec<u64>,
    /// When it was last made or looked at.
    pub(super) used: SystemTime,
}

/// The part of cargo's JSON that counts.
#[derive(Deserialize)]
struct Twin {
    rustc: u64,
    deps: Vec<(u64, String, bool, u64)>,
}

/// Reads what is noted in a directory `<package>-<hash>`. Times of access are as they were after
/// that, if the system allows: they say when cargo looked.
pub(super) fn read(directory: &Utf8Path) -> Result<Fingerprint, CleanError> {
    let name = directory.file_name().unwrap_or_default();
    let hash = name.rsplit_once('-').map_or("", |(_, hash)| hash).to_owned();
    let (compilers, values, dependencies) = (Vec::new(), Vec::new(), Vec::new());
    let all = entries(directory)?;
    // What did not compile has nothing in it.
    let used = if all.is_empty() { modified(directory) } else { SystemTime::UNIX_EPOCH };
    let mut found = Fingerprint { hash, compilers, values, dependencies, used };
    for (name, is_directory) in all {
        let path = directory.join(&name);
        if is_directory {
            return Err(unknown(&path, "a file was expected"));
        }
        found.used = found.used.max(used_at(&path)?);
        if name.ends_with(".json") {
            let twin: Twin = serde_json::from_slice(&quietly_read(&path)?)
                .map_err(|error| unknown(&path, &error.to_string()))?;
            found.compilers.push(twin.rustc);
            found.dependencies.extend(twin.deps.into_iter().map(|(.., value)| value));
        } else if directory.join(format!("{name}.json")).is_file() {
            found.values.extend(value(&quietly_read(&path)?));
        }
    }
    Ok(found)
}

fn unknown(path: &Utf8Path, reason: &str) -> CleanError {
    CleanError::UnknownLayout { path: path.to_owned(), reason: reason.to_owned() }
}

fn used_at(path: &Utf8Path) -> Result<SystemTime, CleanError> {
    let metadata = path.symlink_metadata().map_err(CleanError::read(path))?;
    let modified = metadata.modified().map_err(CleanError::read(path))?;
    Ok(metadata.accessed().map_or(modified, |accessed| accessed.max(modified)))
}

fn quietly_read(path: &Utf8Path) -> Result<Vec<u8>, CleanError> {
    let accessed = path.symlink_metadata().and_then(|metadata| metadata.accessed());
    let bytes = fs_err::read(path).map_err(CleanError::read(path))?;
    if let (Ok(accessed), Ok(file)) = (accessed, fs_err::File::open(path)) {
        let _ = file.file().set_times(std::fs::FileTimes::new().set_accessed(accessed));
    }
    Ok(bytes)
}

/// Returns the value in a file: sixteen hexadecimal digits, the lowest byte first.
fn value(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 16)?;
    Some(u64::from_str_radix(text, 16).ok()?.swap_bytes())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read_json(json: &str) -> Result<Fingerprint, CleanError> {
        let directory = tempfile::tempdir().unwrap();
        let directory = Utf8Path::from_path(directory.path()).unwrap().join("a-0123456789abcdef");
        fs_err::create_dir(&directory).unwrap();
        fs_err::write(directory.join("lib-a.json"), json).unwrap();
        fs_err::write(directory.join("lib-a"), "0100000000000080").unwrap();
        fs_err::write(directory.join("invoked.timestamp"), "").unwrap();
        read(&directory)
    }

    #[test]
    fn compiler_and_dependencies_are_read() {
        let read = read_json(r#"{"rustc":7,"features":"[]","deps":[[1,"b",false,9]]}"#).unwrap();
        assert_eq!(read.hash, "0123456789abcdef");
        assert_eq!((read.compilers, read.dependencies), (vec![7], vec![9]));
        assert_eq!(read.values, [0x8000_0000_0000_0001]);
        assert!(read.used > SystemTime::UNIX_EPOCH);
    }

    #[rstest]
    #[case::no_json("x")]
    #[case::no_compiler(r#"{"deps":[]}"#)]
    #[case::other_dependencies(r#"{"rustc":7,"deps":[{"name":"b"}]}"#)]
    fn other_shapes_are_refused(#[case] json: &str) {
        assert!(matches!(read_json(json).unwrap_err(), CleanError::UnknownLayout { .. }));
    }
}
