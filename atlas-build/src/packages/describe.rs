//! How cargo names packages in its messages.

use crate::packages::Package;

/// Where packages come from unless something else is said.
const DEFAULT_REGISTRIES: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

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
        if DEFAULT_REGISTRIES.contains(&source.as_str()) {
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
