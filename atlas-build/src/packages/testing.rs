//! Packages for tests.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::packages::{Package, PackageFacts};

/// Returns a path package, version 1.0.0, with nothing in it.
pub(crate) fn package(name: &str) -> Package {
    Package {
        id: format!("path+file:///nowhere/{name}#1.0.0"),
        name: name.to_owned(),
        version: semver::Version::new(1, 0, 0),
        source: None,
        manifest_path: Utf8PathBuf::from(format!("/nowhere/{name}/Cargo.toml")),
        is_member: true,
        targets: Vec::new(),
        features: BTreeMap::new(),
        dependencies: Vec::new(),
        resolved: Vec::new(),
        links: None,
        lint_flags: Vec::new(),
        inputs: Vec::new(),
        facts: PackageFacts::default(),
    }
}
