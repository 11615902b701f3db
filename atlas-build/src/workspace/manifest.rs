//! What manifests hold that `cargo metadata` leaves out: a manifest as far as the engine reads it,
//! and what packages keep of it. Knows no file.

use std::collections::BTreeMap;

use cargo_util_schemas::manifest::{
    InheritableLints, TomlLints, TomlPackageBuild, TomlProfile, TomlTarget,
};
use serde::Deserialize;

/// What a manifest holds that `cargo metadata` leaves out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManifestExtras {
    /// Flags that `[lints]` turns into, in cargo's order: `--warn=…`, `--check-cfg`, `…`.
    pub lint_flags: Vec<String>,
    /// Targets for which `harness`, `bench` or `proc-macro` is not the default.
    pub targets: Vec<TargetExtras>,
    /// `package.metadata.atlas.inputs` of a local package.
    pub inputs: Vec<String>,
}

/// Settings of one target that `cargo metadata` leaves out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetExtras {
    /// `lib`, `bin`, `example`, `test` or `bench`.
    pub kind: String,
    /// Name of the target.
    pub name: String,
    /// `harness`.
    pub harness: Option<bool>,
    /// `bench`.
    pub bench: Option<bool>,
    /// `proc-macro`; of libraries it is known otherwise.
    pub proc_macro: Option<bool>,
}

/// The feature resolver's version, `resolver` of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolver {
    /// `"1"`: one set of features for everything.
    V1,
    /// `"2"` and `"3"`: host and target, and dev-dependencies, apart.
    V2,
}

/// A `Cargo.toml`, as far as the engine reads it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ManifestFile {
    /// `cargo-features`: opt-ins to unstable behaviour.
    pub(super) cargo_features: Option<Vec<String>>,
    /// `[package]`.
    package: Option<PackageTable>,
    /// `[project]`: the old name of `[package]`, which wins.
    project: Option<PackageTable>,
    /// `[workspace]`.
    pub(super) workspace: Option<WorkspaceTable>,
    /// `[lib]`.
    pub(super) lib: Option<TomlTarget>,
    /// `[[bin]]`.
    #[serde(default)]
    pub(super) bin: Vec<TomlTarget>,
    /// `[[example]]`.
    #[serde(default)]
    pub(super) example: Vec<TomlTarget>,
    /// `[[test]]`.
    #[serde(default)]
    pub(super) test: Vec<TomlTarget>,
    /// `[[bench]]`.
    #[serde(default)]
    pub(super) bench: Vec<TomlTarget>,
    /// `[lints]`.
    pub(super) lints: Option<InheritableLints>,
    /// `[profile]`.
    #[serde(default)]
    pub(super) profile: BTreeMap<String, TomlProfile>,
    /// `[replace]`.
    pub(super) replace: Option<toml::Table>,
}

/// `[package]`, as far as the engine reads it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PackageTable {
    /// `name`.
    pub(super) name: String,
    /// `resolver`.
    pub(super) resolver: Option<String>,
    /// `workspace`: path of the workspace's root.
    pub(super) workspace: Option<String>,
    /// `build`.
    pub(super) build: Option<TomlPackageBuild>,
    /// `metadata`, of which other tools have parts.
    pub(super) metadata: Option<toml::Value>,
}

/// `[workspace]`, as far as the engine reads it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct WorkspaceTable {
    /// `resolver`.
    pub(super) resolver: Option<String>,
    /// `[workspace.lints]`.
    pub(super) lints: Option<TomlLints>,
}

impl ManifestFile {
    /// Returns the package; `None` if the manifest is a virtual one.
    pub(super) fn package(&self) -> Option<&PackageTable> {
        self.package.as_ref().or(self.project.as_ref())
    }

    /// Returns the targets that say something about `harness`, `bench` or `proc-macro`.
    pub(super) fn target_extras(&self) -> Vec<TargetExtras> {
        let library_name = self.package().map(|package| package.name.replace('-', "_"));
        let library = self.lib.iter().map(|target| ("lib", target));
        let lists = [
            ("bin", &self.bin),
            ("example", &self.example),
            ("test", &self.test),
            ("bench", &self.bench),
        ];
        let others = lists
            .into_iter()
            .flat_map(|(kind, targets)| targets.iter().map(move |target| (kind, target)));
        library
            .chain(others)
            .filter(|(_, target)| {
                target.harness.is_some() || target.bench.is_some() || target.proc_macro().is_some()
            })
            .filter_map(|(kind, target)| {
                let name = target.name.clone().or_else(|| library_name.clone())?;
                Some(TargetExtras {
                    kind: kind.to_owned(),
                    name,
                    harness: target.harness,
                    bench: target.bench,
                    proc_macro: target.proc_macro(),
                })
            })
            .collect()
    }

    /// Returns the resolver that this root manifest chooses, by itself or by the edition of its
    /// package (`None` for a virtual one).
    pub(super) fn resolver(&self, edition: Option<cargo_metadata::Edition>) -> Resolver {
        let in_package = self.package().and_then(|package| package.resolver.as_deref());
        let in_workspace =
            self.workspace.as_ref().and_then(|workspace| workspace.resolver.as_deref());
        match in_package.or(in_workspace) {
            Some("1") => Resolver::V1,
            Some(_) => Resolver::V2,
            None => match edition {
                None | Some(cargo_metadata::Edition::E2015 | cargo_metadata::Edition::E2018) => {
                    Resolver::V1
                }
                Some(_) => Resolver::V2,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use cargo_metadata::Edition;
    use rstest::rstest;

    use super::{ManifestFile, Resolver};

    #[rstest]
    #[case::virtual_default("[workspace]", None, Resolver::V1)]
    #[case::virtual_set("[workspace]\nresolver = '3'", None, Resolver::V2)]
    #[case::old_edition("[package]\nname = 'a'", Some(Edition::E2018), Resolver::V1)]
    #[case::edition("[package]\nname = 'a'", Some(Edition::E2021), Resolver::V2)]
    #[case::package("[package]\nname = 'a'\nresolver = '1'", Some(Edition::E2024), Resolver::V1)]
    #[case::both(
        "[package]\nname = 'a'\n[workspace]\nresolver = '2'",
        Some(Edition::E2018),
        Resolver::V2
    )]
    fn resolver_is_set_or_follows_the_edition(
        #[case] manifest: &str,
        #[case] edition: Option<Edition>,
        #[case] expected: Resolver,
    ) {
        let manifest: ManifestFile = toml::from_str(manifest).expect("parsed");
        assert_eq!(manifest.resolver(edition), expected);
    }

    #[test]
    fn targets_with_settings_are_listed() {
        let manifest: ManifestFile = toml::from_str(
            "[package]\nname = 'a-b'\n[lib]\nbench = false\n[[bin]]\nname = 'plain'\n\
             [[test]]\nname = 'own'\nharness = false\n",
        )
        .expect("parsed");
        let targets: Vec<_> = manifest
            .target_extras()
            .into_iter()
            .map(|target| (target.kind, target.name, target.harness, target.bench))
            .collect();
        assert_eq!(
            targets,
            [
                ("lib".to_owned(), "a_b".to_owned(), None, Some(false)),
                ("test".to_owned(), "own".to_owned(), Some(false), None),
            ]
        );
    }
}
