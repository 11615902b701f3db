//! How a package is named in what is written down of installations: `name version (source)`.

use std::fmt;

use camino::Utf8Path;

/// The default registry.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A package that is or was installed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct PackageId(String);

impl PackageId {
    /// Names a package of a directory; `None` for a path that no address can name.
    pub(crate) fn of_directory(name: &str, version: &str, directory: &Utf8Path) -> Option<Self> {
        let url = url::Url::from_file_path(directory).ok()?;
        Some(PackageId(format!("{name} {version} (path+{url})")))
    }

    /// Takes what was written down.
    pub(crate) fn parse(text: &str) -> Self {
        PackageId(text.to_owned())
    }

    /// Returns what is written down.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the package.
    pub(crate) fn name(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }
}

/// As cargo shows it: `name v1.0.0 (/directory)`.
impl fmt::Display for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.splitn(3, ' ');
        let (name, version) = (self.name(), parts.nth(1).unwrap_or_default());
        write!(f, "{name} v{version}")?;
        let source = parts.next().unwrap_or_default();
        let source = source.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(source);
        if source == CRATES_IO {
            return Ok(());
        }
        let path = source.strip_prefix("path+").and_then(|url| url::Url::parse(url).ok());
        match path.and_then(|url| url.to_file_path().ok()) {
            Some(path) => write!(f, " ({})", path.display()),
            None => write!(f, " ({})", source.split_once('+').map_or(source, |(_, url)| url)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::path("app 0.1.0 (path+file:///a/b%20c)", "app v0.1.0 (/a/b c)")]
    #[case::crates_io(
        "app 0.1.0 (registry+https://github.com/rust-lang/crates.io-index)",
        "app v0.1.0"
    )]
    #[case::git("app 0.1.0 (git+https://x.org/a#12)", "app v0.1.0 (https://x.org/a#12)")]
    fn packages_are_shown_as_cargo_shows_them(#[case] id: &str, #[case] shown: &str) {
        assert_eq!(PackageId::parse(id).to_string(), shown);
    }

    #[test]
    fn packages_of_directories_have_addresses() {
        let id = PackageId::of_directory("app", "0.1.0", "/a/b c".into()).unwrap();
        assert_eq!(id.as_str(), "app 0.1.0 (path+file:///a/b%20c)");
        assert_eq!(id.name(), "app");
    }
}
