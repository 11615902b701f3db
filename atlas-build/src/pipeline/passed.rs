//! Which test programs have passed, by all that is known to decide on that: `test --changed` need not
//! run them again. Knows nothing of what a test reads beyond its program: files, the clock, the
//! network, variables that nobody sets for it.

use atlas_fingerprint::{Digest, Disk, FileError, Files, Hasher, open_sealed, seal};
use camino::{Utf8Path, Utf8PathBuf};

use crate::pipeline::Executable;
use crate::process::CommandLine;
use crate::request::Environment;

/// First word in the file.
const KIND: &str = "cargo-atlas-passed";
/// Version of the form, and of what is hashed.
const VERSION: u32 = 1;
/// How many runs of one program are known: with other arguments, or from another branch.
const MOST: usize = 8;
/// Inherited variables that decide on how tests run.
const VARIABLES: [&str; 2] = ["RUST_TEST_", "RUST_MIN_STACK"];

/// Runs of test programs that passed, in one target directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passed {
    path: Utf8PathBuf,
    /// What was run, and where the program is; the oldest first.
    runs: Vec<(Digest, Utf8PathBuf)>,
}

impl Passed {
    /// Reads what is known in a target directory. What is damaged is of no use.
    pub fn read(target_directory: &Utf8Path) -> Self {
        let path = target_directory.join("atlas").join("passed");
        let runs = Disk.read(&path).ok().and_then(|bytes| parse(&bytes)).unwrap_or_default();
        Passed { path, runs }
    }

    /// Returns whether exactly this has passed.
    pub fn contains(&self, run: &Digest) -> bool {
        self.runs.iter().any(|(known, _)| known == run)
    }

    /// Notes that a run of a program has passed.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn note(&mut self, run: Digest, program: &Utf8Path) -> Result<(), FileError> {
        self.runs.retain(|(known, _)| *known != run);
        self.runs.push((run, program.to_owned()));
        let n_runs = self.runs.iter().filter(|(_, path)| path == program).count();
        if n_runs > MOST
            && let Some(oldest) = self.runs.iter().position(|(_, path)| path == program)
        {
            self.runs.remove(oldest);
        }
        self.write()
    }

    /// Forgets all runs of a program: it has failed, so that those may pass by chance.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn forget(&mut self, program: &Utf8Path) -> Result<(), FileError> {
        let n_before = self.runs.len();
        self.runs.retain(|(_, path)| path != program);
        if self.runs.len() == n_before { Ok(()) } else { self.write() }
    }

    fn write(&self) -> Result<(), FileError> {
        let lines = self.runs.iter().map(|(run, path)| format!("{run} {path}\n"));
        Disk.write(&self.path, &seal(KIND, VERSION, lines.collect::<String>().as_bytes()))
    }
}

fn parse(bytes: &[u8]) -> Option<Vec<(Digest, Utf8PathBuf)>> {
    let text = std::str::from_utf8(open_sealed(KIND, VERSION, bytes).ok()?).ok()?;
    let run = |line: &str| {
        let (run, path) = line.split_once(' ')?;
        Some((Digest::from_hex(run)?, path.into()))
    };
    text.lines().map(run).collect()
}

impl Executable {
    /// Returns the digest of all that is known to decide on how a run of it ends: its bytes, those of
    /// shared libraries that were built and of programs that it may run, its command with its
    /// environment, its runner; `None` if a file cannot be read.
    pub fn run_digest(&self, command: &CommandLine, inherited: &Environment) -> Option<Digest> {
        let mut hasher = Hasher::new(KIND);
        hasher.text(&self.toolchain).text(self.package_root.as_str());
        let own = [&self.path].into_iter().chain(&self.companions);
        let mut files: Vec<Utf8PathBuf> = own.cloned().collect();
        files.extend(self.library_directories.iter().flat_map(|it| shared_libraries(it)));
        let runner = Utf8Path::new(command.program.to_str()?);
        if runner != self.path && runner.is_absolute() {
            files.push(runner.to_owned());
        }
        hasher.number(files.len() as u64);
        for file in &files {
            hasher.text(file.as_str()).digest(&Disk.digest(file).ok()?);
        }
        hasher.bytes(command.program.as_encoded_bytes()).text(command.cwd.as_str());
        hasher.number(command.args.len() as u64);
        for arg in &command.args {
            hasher.bytes(arg.as_encoded_bytes());
        }
        let set = command.env.iter().map(|(name, value)| (name.as_bytes(), value.as_deref()));
        let inherited = inherited.vars.iter().filter(|(name, _)| {
            VARIABLES.iter().any(|start| name.to_string_lossy().starts_with(start))
        });
        let inherited =
            inherited.map(|(name, value)| (name.as_encoded_bytes(), Some(value.as_os_str())));
        for (name, value) in set.chain(inherited) {
            let value = value.map(|value| value.as_encoded_bytes());
            hasher.bytes(name).number(value.is_some().into()).bytes(value.unwrap_or_default());
        }
        Some(hasher.finish())
    }
}

/// Lists the shared libraries in a directory; none if it cannot be read.
fn shared_libraries(directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = Disk.list(directory).unwrap_or_default();
    let is_shared = |name: &str| {
        [".dll", ".dylib", ".so"].iter().any(|end| name.ends_with(end)) || name.contains(".so.")
    };
    let names = entries.into_iter().map(|entry| entry.name).filter(|name| is_shared(name));
    let mut paths: Vec<Utf8PathBuf> = names.map(|name| directory.join(name)).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(text: &str) -> Digest {
        Digest::of_bytes(text.as_bytes())
    }

    fn with_directory(test: impl FnOnce(&Utf8Path)) {
        let directory = tempfile::tempdir().unwrap();
        let target = Utf8Path::from_path(directory.path()).unwrap();
        fs_err::create_dir(target.join("atlas")).unwrap();
        test(target);
    }

    #[test]
    fn what_has_passed_is_known_later_until_it_fails() {
        with_directory(|target| {
            let mut passed = Passed::read(target);
            passed.note(digest("a"), "/t/a".into()).unwrap();
            passed.note(digest("b"), "/t/b".into()).unwrap();
            let mut later = Passed::read(target);
            assert_eq!(later, passed);
            later.forget("/t/a".into()).unwrap();
            let last = Passed::read(target);
            assert!(!last.contains(&digest("a")) && last.contains(&digest("b")));
        });
    }

    #[test]
    fn only_the_last_runs_of_a_program_are_kept() {
        with_directory(|target| {
            let mut passed = Passed::read(target);
            for run in 0..=MOST {
                passed.note(digest(&run.to_string()), "/t/a".into()).unwrap();
            }
            assert!(!passed.contains(&digest("0")) && passed.contains(&digest("1")));
        });
    }

    #[test]
    fn damage_is_nothing() {
        with_directory(|target| {
            let mut passed = Passed::read(target);
            passed.note(digest("a"), "/t/a".into()).unwrap();
            fs_err::write(target.join("atlas/passed"), "rubbish").unwrap();
            assert!(!Passed::read(target).contains(&digest("a")));
        });
    }
}
