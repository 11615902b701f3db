//! What `rustc -vV` says.

use semver::Version;

use crate::platform::Triple;

/// The parts of `rustc -vV` that a build needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerboseVersion {
    /// All of it.
    pub text: String,
    /// The `release:` line.
    pub version: Version,
    /// The `host:` line.
    pub host: Triple,
}

/// Parses the output of `rustc -vV`.
///
/// # Errors
///
/// The name of the line that is missing or wrong.
pub fn verbose_version(text: &str) -> Result<VerboseVersion, &'static str> {
    let line = |field: &'static str| {
        text.lines().find_map(|line| line.strip_prefix(field)).map(str::trim).ok_or(field)
    };
    Ok(VerboseVersion {
        text: text.to_owned(),
        version: Version::parse(line("release:")?).map_err(|_| "release:")?,
        host: Triple::new(line("host:")?),
    })
}

#[cfg(test)]
mod tests {
    use super::verbose_version;

    #[test]
    fn release_and_host_are_read() {
        let text = "rustc 1.97.0-nightly (abc 2026-04-14)\nbinary: rustc\n\
                    host: x86_64-unknown-linux-gnu\nrelease: 1.97.0-nightly\n";
        let version = verbose_version(text).expect("parsed");
        assert_eq!(version.host.as_str(), "x86_64-unknown-linux-gnu");
        assert_eq!((version.version.minor, version.version.pre.as_str()), (97, "nightly"));
        assert_eq!(verbose_version("release: 1.95.0\n"), Err("host:"));
    }
}
