//! What is asked of the disk, and how it is answered. An answer comes with the record of what was
//! looked at, so that it need not be asked again while nothing moved.

use atlas_fingerprint::{Digest, FileError, Hasher, Stamp, Stat};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::derivation::check::Subject;
use crate::derivation::looks::Looks;
use crate::derivation::targets::{self, SourceNames};
use crate::derivation::{manifest, members};

/// What is asked of the disk. Paths are absolute.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) enum Question {
    /// What does the manifest say, if it is there?
    Manifest(Utf8PathBuf),
    /// Which bytes does the lock file have?
    LockFile(Utf8PathBuf),
    /// Which bytes does a file have that chooses a toolchain, if it is there?
    ToolchainChoice(Utf8PathBuf),
    /// Is an executable, a library or a directory of the toolchain the same as before?
    Tool(Utf8PathBuf),
    /// Which executable is found first, and is it the same as before?
    Program {
        /// Its name.
        name: String,
        /// Where it is searched for, in order.
        directories: Vec<Utf8PathBuf>,
    },
    /// Is the manifest of an immutable package there?
    PackageManifest(Utf8PathBuf),
    /// Which bytes does a file of a vendored package have?
    VendoredFile(Utf8PathBuf),
    /// Is there a file where the manifest says that a target has its sources?
    TargetFile(Utf8PathBuf),
    /// Which targets of a package are found without being told of?
    Targets {
        /// The package.
        directory: Utf8PathBuf,
        /// What may become one.
        names: SourceNames,
    },
    /// Which directories are members of the workspace?
    Members {
        /// Directory of the root manifest.
        root: Utf8PathBuf,
        /// The pattern.
        pattern: String,
    },
}

/// What the disk said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    /// Digest of what counts.
    pub(super) meaning: Digest,
    /// Digest of the bytes that it was read from, where reading costs more than hashing.
    bytes: Option<Digest>,
}

impl Question {
    /// Asks the disk. An earlier answer spares what need not be worked out again.
    pub(super) fn ask(
        &self,
        looks: &mut Looks<'_>,
        earlier: Option<&Answer>,
    ) -> Result<Answer, FileError> {
        let meaning = match self {
            Question::Manifest(path) => return manifest_answer(looks, path, earlier),
            Question::LockFile(path)
            | Question::ToolchainChoice(path)
            | Question::VendoredFile(path) => bytes(looks, path)?,
            Question::Tool(path) => version(looks, path),
            Question::Program { name, directories } => program(looks, name, directories),
            Question::PackageManifest(path) | Question::TargetFile(path) => {
                Hasher::new("kind").number(looks.kind(path).number()).finish()
            }
            Question::Targets { directory, names } => {
                targets::discovered(looks, directory, *names)?
            }
            Question::Members { root, pattern } => members::matched(looks, root, pattern)?,
        };
        Ok(Answer { meaning, bytes: None })
    }

    /// Returns what the question is about.
    pub(super) fn subject(&self) -> Subject {
        match self {
            Question::Manifest(_) => Subject::Manifest,
            Question::LockFile(_) => Subject::LockFile,
            Question::ToolchainChoice(_) => Subject::ToolchainChoice,
            Question::Tool(_) | Question::Program { .. } => Subject::Tool,
            Question::PackageManifest(_) | Question::VendoredFile(_) => Subject::Package,
            Question::TargetFile(_) | Question::Targets { .. } => Subject::Targets,
            Question::Members { .. } => Subject::Members,
        }
    }

    /// Returns the file or directory that the question is about; of a program only the name.
    pub(super) fn path(&self) -> Utf8PathBuf {
        match self {
            Question::Manifest(path)
            | Question::LockFile(path)
            | Question::ToolchainChoice(path)
            | Question::Tool(path)
            | Question::PackageManifest(path)
            | Question::VendoredFile(path)
            | Question::TargetFile(path)
            | Question::Targets { directory: path, .. } => path.clone(),
            Question::Program { name, .. } => name.into(),
            Question::Members { root, pattern } => root.join(pattern),
        }
    }
}

fn manifest_answer(
    looks: &mut Looks<'_>,
    path: &Utf8Path,
    earlier: Option<&Answer>,
) -> Result<Answer, FileError> {
    let Some(text) = looks.read(path)? else {
        return Ok(Answer { meaning: Hasher::new("no manifest").finish(), bytes: None });
    };
    let bytes = Digest::of_bytes(&text);
    let meaning = match earlier {
        Some(earlier) if earlier.bytes == Some(bytes) => earlier.meaning,
        // One that is not TOML has no meaning: any other bytes may be one that is.
        _ => manifest::parse(&text).map_or(bytes, |table| manifest::meaning(&table)),
    };
    Ok(Answer { meaning, bytes: Some(bytes) })
}

fn bytes(looks: &mut Looks<'_>, path: &Utf8Path) -> Result<Digest, FileError> {
    Ok(match looks.digest(path)? {
        Some(digest) => digest,
        None => Hasher::new("no file").finish(),
    })
}

/// Tells a file or a directory from any other version of it by what `stat` says: to read a compiler
/// costs more than to ask it.
fn version(looks: &mut Looks<'_>, path: &Utf8Path) -> Digest {
    let mut hasher = Hasher::new("version");
    match looks.stat(path) {
        Stat::File(stamp) => feed_stamp(hasher.number(0), stamp),
        Stat::Directory(stamp) => feed_stamp(hasher.number(1), stamp),
        Stat::Absent => hasher.number(2),
    };
    hasher.finish()
}

fn program(looks: &mut Looks<'_>, name: &str, directories: &[Utf8PathBuf]) -> Digest {
    let mut hasher = Hasher::new("program");
    for path in candidates(name, directories) {
        if let Stat::File(stamp) = looks.stat(&path) {
            feed_stamp(hasher.text(path.as_str()), stamp);
            break;
        }
    }
    hasher.finish()
}

/// Lists the paths at which a program is searched for, in order.
pub(super) fn candidates<'a>(
    name: &'a str,
    directories: &'a [Utf8PathBuf],
) -> impl Iterator<Item = Utf8PathBuf> + 'a {
    let suffixes: &[&str] =
        if cfg!(windows) { &["", ".com", ".exe", ".bat", ".cmd"] } else { &[""] };
    directories.iter().flat_map(move |directory| {
        suffixes.iter().map(move |suffix| directory.join(format!("{name}{suffix}")))
    })
}

fn feed_stamp(hasher: &mut Hasher, stamp: Stamp) -> &mut Hasher {
    let Stamp { size, mtime, ctime, inode } = stamp;
    hasher.number(size).bytes(&mtime.to_le_bytes()).bytes(&ctime.to_le_bytes()).number(inode)
}
