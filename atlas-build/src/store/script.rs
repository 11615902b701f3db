//! What a build script depends on, by what it told, and what dependents see of a run of it.
//!
//! Without any `rerun-if` it depends on all files of its package: as in cargo, except that files
//! which git ignores count too (a needless run, where a file that is both ignored and tracked would
//! be a missed one). Packages from a registry or from git never change.

use atlas_fingerprint::{Digest, EntryKind, FileError, FileTable, Files, Hasher, Moment, Stat};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::tree::{self, Skip, Tree};
use crate::packages::Package;
use crate::script::BuildScriptOutput;

/// What a build script depends on, in files.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched {
    /// Files and directories.
    pub(super) tree: Tree,
    /// A path where there is nothing.
    pub(super) absent: Option<Utf8PathBuf>,
}

/// Returns whether a script says what it depends on.
pub(super) fn names_inputs(output: &BuildScriptOutput) -> bool {
    !(output.rerun_if_changed.is_empty() && output.rerun_if_env_changed.is_empty())
}

/// Returns what a script that told `output` depends on.
///
/// # Errors
///
/// [`FileError`] if a directory cannot be read.
pub(super) fn watched(
    files: &dyn Files,
    package: &Package,
    target_directory: &Utf8Path,
    output: &BuildScriptOutput,
) -> Result<Watched, FileError> {
    let mut watched = Watched::default();
    if !names_inputs(output) {
        if package.is_local() {
            let skip = |path: &Utf8Path, kind| skip_in_package(files, package, path, kind);
            let skip_target = skip_target(target_directory, package.root());
            let skip = |path: &Utf8Path, kind| skip(path, kind) || skip_target(path, kind);
            watched.tree.add(files, package.root(), &skip)?;
        }
        return Ok(watched);
    }
    for path in &output.rerun_if_changed {
        let path = package.root().join(path);
        match files.stat(&path)? {
            Stat::File(_) => watched.tree.files.push(path),
            Stat::Directory(_) => {
                let skip = skip_target(target_directory, &path);
                watched.tree.add(files, &path, &skip)?;
            }
            Stat::Absent => watched.absent = Some(path),
        }
    }
    Ok(watched)
}

/// Returns the digest of what is in a directory that [`watched`] gave.
///
/// # Errors
///
/// [`FileError`] if it cannot be read.
pub(super) fn listing(
    files: &dyn Files,
    package: &Package,
    target_directory: &Utf8Path,
    output: &BuildScriptOutput,
    directory: &Utf8Path,
) -> Result<Digest, FileError> {
    let whole_package = !names_inputs(output);
    let skip_target = skip_target(target_directory, directory);
    let skip = |path: &Utf8Path, kind| {
        skip_target(path, kind) || whole_package && skip_in_package(files, package, path, kind)
    };
    let skip: Skip<'_> = &skip;
    tree::listing(files, directory, skip)
}

/// Leaves out the target directory, unless it is what was asked for: it changes with every build.
fn skip_target<'a>(
    target_directory: &'a Utf8Path,
    root: &'a Utf8Path,
) -> impl Fn(&Utf8Path, EntryKind) -> bool + 'a {
    move |path, _| path == target_directory && !root.starts_with(target_directory)
}

/// Leaves out what is no part of a package: git's files, other packages, build artifacts.
fn skip_in_package(files: &dyn Files, package: &Package, path: &Utf8Path, kind: EntryKind) -> bool {
    let exists = |name: &str| !matches!(files.stat(&path.join(name)), Ok(Stat::Absent));
    if path.file_name() == Some(".git") {
        return true;
    }
    if kind != EntryKind::Directory {
        return false;
    }
    let is_artifacts = path == package.root().join("target") && exists("CACHEDIR.TAG");
    is_artifacts || exists("Cargo.toml")
}

/// Returns the digest of what dependents see of a run: what it told and what is in `out_dir`.
///
/// A script may also make things elsewhere and tell where they are: libraries, headers, linker
/// scripts. What they are is not known, so that such a run is like no other (`moment` is when it
/// started): whoever depends on it is built again, as in cargo.
///
/// # Errors
///
/// [`FileError`] if something in `out_dir` cannot be read.
pub(super) fn digest(
    files: &dyn Files,
    table: &FileTable<'_>,
    output: &BuildScriptOutput,
    out_dir: &Utf8Path,
    moment: Moment,
) -> Result<Digest, FileError> {
    Ok(digest_of(output, tree::content(files, table, out_dir)?, out_dir, moment))
}

/// As [`digest`], for what has a known digest in `out_dir`.
pub(super) fn digest_of(
    output: &BuildScriptOutput,
    tree: Digest,
    out_dir: &Utf8Path,
    moment: Moment,
) -> Digest {
    let mut hasher = Hasher::new("build script run");
    hasher.digest(&told(output)).digest(&tree);
    if reaches_outside(output, out_dir) {
        hasher.text("run at").number(moment.nanos().cast_unsigned());
    }
    hasher.finish()
}

/// Returns the digest of what a script told to others than cargo.
pub(super) fn told(output: &BuildScriptOutput) -> Digest {
    let output = BuildScriptOutput {
        rerun_if_changed: Vec::new(),
        rerun_if_env_changed: Vec::new(),
        log_messages: Vec::new(),
        ..output.clone()
    };
    let told = serde_json::to_vec(&output).expect("all keys of maps in an output are text");
    Hasher::new("build script output").bytes(&told).finish()
}

/// Returns whether a script names a place outside of `out_dir`, where it may have made something.
pub(super) fn reaches_outside(output: &BuildScriptOutput, out_dir: &Utf8Path) -> bool {
    let is_outside = |value: &str| {
        let path = Utf8Path::new(value);
        path.is_absolute() && (!path.starts_with(out_dir) || leads_up(value))
    };
    let values = output.env.iter().chain(&output.metadata).map(|(_, value)| value.as_str());
    let mut parts = values.flat_map(|value| value.split([';', ':', ' ', '=']).chain([value]));
    let has_separator =
        |arg: &str| arg.contains(['/', '\\']) && (!arg.contains(out_dir.as_str()) || leads_up(arg));
    output.library_paths.iter().any(|path| !path.in_out_dir || leads_up(&path.value))
        || output.linker_args.iter().any(|(_, arg)| has_separator(arg))
        || parts.any(is_outside)
}

/// Returns whether a path may leave the directory that it begins with.
fn leads_up(path: &str) -> bool {
    Utf8Path::new(path).components().any(|component| component == Utf8Component::ParentDir)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::reaches_outside;
    use crate::script::{BuildScriptOutput, LibraryPath, LinkArgTarget};

    fn path(value: &str, in_out_dir: bool) -> BuildScriptOutput {
        let library_paths = vec![LibraryPath { value: value.to_owned(), in_out_dir }];
        BuildScriptOutput { library_paths, ..Default::default() }
    }

    fn arg(arg: &str) -> BuildScriptOutput {
        let linker_args = vec![(LinkArgTarget::All, arg.to_owned())];
        BuildScriptOutput { linker_args, ..Default::default() }
    }

    fn env(value: &str) -> BuildScriptOutput {
        let env = vec![("NAME".to_owned(), value.to_owned())];
        BuildScriptOutput { env, ..Default::default() }
    }

    fn metadata(value: &str) -> BuildScriptOutput {
        let metadata = vec![("include".to_owned(), value.to_owned())];
        BuildScriptOutput { metadata, ..Default::default() }
    }

    #[rstest]
    #[case::nothing(BuildScriptOutput::default(), false)]
    #[case::library_in_out_dir(path("native=/out/lib", true), false)]
    #[case::library_above_out_dir(path("native=/out/../lib", true), true)]
    #[case::file_above_out_dir(env("/out/../gen.rs"), true)]
    #[case::linker_script_above_out_dir(arg("-T/out/../memory.x"), true)]
    #[case::library_elsewhere(path("/usr/lib", false), true)]
    #[case::plain_link_arg(arg("-Wl,--gc-sections"), false)]
    #[case::linker_script_elsewhere(arg("-T/src/memory.x"), true)]
    #[case::linker_script_in_out_dir(arg("-T/out/memory.x"), false)]
    #[case::text(env("1.2.3"), false)]
    #[case::generated_file(env("/out/gen.rs"), false)]
    #[case::file_elsewhere(env("/src/gen.rs"), true)]
    #[case::headers_in_out_dir(metadata("/out/include"), false)]
    #[case::headers_elsewhere(metadata("/src/include"), true)]
    #[case::one_of_several_elsewhere(metadata("/out/include;/src/include"), true)]
    fn places_outside(#[case] output: BuildScriptOutput, #[case] expected: bool) {
        assert_eq!(reaches_outside(&output, "/out".into()), expected);
    }
}
