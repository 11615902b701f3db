//! Which compilers are installed, by the hash that cargo notes for them.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_stable_hash::StableSipHasher128;

use super::super::error::CleanError;
use super::super::site::directories;
use crate::process::CommandLine;
use crate::request::{BuildRequest, Environment};
use crate::toolchain::answer;
use crate::workspace::rustup_home;

/// Compilers whose files are kept.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct KnownToolchains(BTreeSet<u64>);

impl KnownToolchains {
    /// Returns whether files of a compiler are kept; cargo notes zero where none was used.
    pub(super) fn contains(&self, compiler: u64) -> bool {
        compiler == 0 || self.0.contains(&compiler)
    }
}

impl<'a> FromIterator<&'a str> for KnownToolchains {
    /// Takes what compilers say to `-vV`.
    fn from_iter<I: IntoIterator<Item = &'a str>>(versions: I) -> Self {
        KnownToolchains(versions.into_iter().flat_map(hashes).collect())
    }
}

/// Asks the compiler that is in use, and those that rustup has installed. With `names`, only those
/// of rustup's that start with one of them, or are of that version; and not the one in use.
///
/// # Errors
///
/// [`CleanError`] if none answers.
pub fn installed_toolchains(
    request: &BuildRequest,
    names: Option<&[String]>,
) -> Result<KnownToolchains, CleanError> {
    let environment = &request.env;
    let home = rustup_home(environment, &request.cwd);
    let installed = home.map(|home| home.join("toolchains")).unwrap_or_default();
    let mut versions = Vec::new();
    if names.is_none() {
        let rustc = environment.get("RUSTC").unwrap_or("rustc");
        versions.push(version(Utf8Path::new(rustc), &request.cwd, environment)?);
    }
    for name in directories(&installed)? {
        let rustc = rustc_of(&installed.join(&name));
        // What is damaged has built nothing of late.
        let Ok(version) = version(&rustc, &request.cwd, environment) else { continue };
        let is_wanted = |wanted: &String| name.starts_with(wanted) || is_release(&version, wanted);
        if names.is_none_or(|names| names.iter().any(is_wanted)) {
            versions.push(version);
        }
    }
    Ok(versions.iter().map(String::as_str).collect())
}

fn rustc_of(toolchain: &Utf8Path) -> Utf8PathBuf {
    toolchain.join("bin").join(format!("rustc{}", std::env::consts::EXE_SUFFIX))
}

fn version(
    rustc: &Utf8Path,
    cwd: &Utf8Path,
    environment: &Environment,
) -> Result<String, CleanError> {
    let mut command = CommandLine::new(rustc.as_str(), cwd.to_owned());
    command.arg("-vV");
    let output = answer(&command, environment, Stdio::null())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_release(version: &str, wanted: &str) -> bool {
    let release = version.lines().find_map(|line| line.strip_prefix("release: "));
    release.is_some_and(|release| {
        release.strip_prefix(wanted).is_some_and(|rest| !rest.starts_with(|c: char| c.is_numeric()))
    })
}

/// Returns what cargo notes for a compiler, since 1.85 and before.
#[expect(deprecated, reason = "cargo before 1.85 used this hash")]
fn hashes(version: &str) -> [u64; 2] {
    let mut stable = StableSipHasher128::new();
    version.hash(&mut stable);
    let mut old = std::hash::SipHasher::new();
    version.hash(&mut old);
    [Hasher::finish(&stable), old.finish()]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1.95", true)]
    #[case("1.95.0", true)]
    #[case("1.9", false)]
    #[case("stable", false)]
    fn version_is_compared_by_its_numbers(#[case] wanted: &str, #[case] expected: bool) {
        assert_eq!(is_release("rustc 1.95.0 (x)\nrelease: 1.95.0\n", wanted), expected);
    }

    #[test]
    fn nothing_compiled_is_of_every_toolchain() {
        let known: KnownToolchains = ["a"].into_iter().collect();
        assert!(known.contains(0) && !known.contains(1));
        assert!(known.contains(hashes("a")[0]) && known.contains(hashes("a")[1]));
    }
}
