//! How cargo names packages in its messages.

use crate::packages::Package;

impl Package {
    /// Returns the package as cargo shows it: `name v1.0.0`, with the source in parentheses unless
    /// it is the default registry.
    pub fn description(&self) -> String {
        let Package { name, version, .. } = self;
        match self.shown_source() {
            Some(source) => format!("{name} v{version} ({source})"),
            None => format!("{name} v{version}"),
        }
    }

    /// Returns the source as cargo shows it; `None` for the default registry.
    pub fn shown_source(&self) -> Option<String> {
        let Some(source) = &self.source else { return Some(self.root().to_string()) };
        if (cargo_metadata::Source { repr: source.clone() }).is_crates_io() {
            return None;
        }
        if let Some(git) = source.strip_prefix("git+") {
            return Some(match git.split_once('#') {
                Some((address, commit)) => {
                    format!("{address}#{}", commit.get(..8).unwrap_or(commit))
                }
                None => git.to_owned(),
            });
        }
        let address = source.strip_prefix("registry+").unwrap_or(source);
        Some(format!("registry `{}`", address.strip_prefix("sparse+").unwrap_or(address)))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::packages::CrateType;
    use crate::rustc::fixture::{Fixture, lib};

    #[rstest]
    #[case(None, "a v0.1.0 (/w/a)")]
    #[case(Some("registry+https://x.y/z"), "a v0.1.0 (registry `https://x.y/z`)")]
    #[case(
        Some("git+https://x.y/z?branch=b#0123456789abcdef"),
        "a v0.1.0 (https://x.y/z?branch=b#01234567)"
    )]
    fn sources_are_shown_in_parentheses(#[case] source: Option<&str>, #[case] shown: &str) {
        let mut fixture = Fixture::new();
        let index = fixture.member("a", vec![lib(&[CrateType::Lib])]);
        let package = &mut fixture.packages.packages[index];
        package.source = source.map(str::to_owned);
        assert_eq!(package.description(), shown);
    }
}
