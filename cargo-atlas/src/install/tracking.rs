//! Which package installed which program: `.crates.toml` and `.crates2.json`, as cargo keeps them
//! (`common_for_install_and_uninstall.rs`, `InstallTracker`). The first is the truth; the second says
//! more, and may hold what newer versions of cargo wrote, which stays. Knows nothing of programs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom, Write};

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::{File, OpenOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::PackageId;

/// What is written down cannot be read or written, in cargo's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrackingError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] io::Error),
    /// It says something else than it should.
    #[error("failed to parse crate metadata at `{path}`")]
    Malformed {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

#[derive(Default, Serialize, Deserialize)]
struct Listing {
    v1: BTreeMap<String, BTreeSet<String>>,
}

/// How something was installed.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    /// Features that were named.
    pub(crate) features: BTreeSet<String>,
    /// `--all-features`.
    pub(crate) all_features: bool,
    /// `--no-default-features`.
    pub(crate) no_default_features: bool,
    /// The profile.
    pub(crate) profile: String,
    /// The machine it was built for.
    pub(crate) target: String,
    /// Output of `rustc -vV`.
    pub(crate) rustc: String,
}

/// What is written down; nobody else changes it while this lives.
pub(crate) struct Tracking {
    listing: Listing,
    other: Map<String, Value>,
    files: [File; 2],
}

impl Tracking {
    /// Reads what is written down for a root, which is made if it is not there. Waits for others who
    /// change it.
    ///
    /// # Errors
    ///
    /// [`TrackingError`] if that cannot be done.
    pub(crate) fn load(root: &Utf8Path) -> Result<Self, TrackingError> {
        fs_err::create_dir_all(root)?;
        let paths = [".crates.toml", ".crates2.json"].map(|name| root.join(name));
        let [(old, old_text), (new, new_text)] = [locked(&paths[0])?, locked(&paths[1])?];
        let listing = match old_text.is_empty() {
            true => Listing::default(),
            false => toml::from_str(&old_text).map_err(|error| malformed(&paths[0], error))?,
        };
        let other = match new_text.is_empty() {
            true => Map::new(),
            false => {
                serde_json::from_str(&new_text).map_err(|error| malformed(&paths[1], error))?
            }
        };
        Ok(Tracking { listing, other, files: [old, new] })
    }

    /// Returns the package that installed a program.
    pub(crate) fn package_of(&self, program: &str) -> Option<PackageId> {
        let mut packages = self.listing.v1.iter();
        let (id, _) = packages.find(|(_, programs)| programs.contains(program))?;
        Some(PackageId::parse(id))
    }

    /// Returns the programs of a package.
    pub(crate) fn programs_of(&self, package: &PackageId) -> BTreeSet<String> {
        self.listing.v1.get(package.as_str()).cloned().unwrap_or_default()
    }

    /// Notes that a package installed programs; they are no other one's any longer.
    pub(crate) fn installed(
        &mut self,
        package: &PackageId,
        programs: &BTreeSet<String>,
        how: &Installation,
    ) {
        for others in self.listing.v1.values_mut() {
            others.retain(|program| !programs.contains(program));
        }
        self.listing.v1.retain(|_, programs| !programs.is_empty());
        let own = self.listing.v1.entry(package.as_str().to_owned()).or_default();
        own.extend(programs.iter().cloned());
        let said = json!({
            "version_req": null,
            "features": how.features,
            "all_features": how.all_features,
            "no_default_features": how.no_default_features,
            "profile": how.profile,
            "target": how.target,
            "rustc": how.rustc,
        });
        let entry = self.installs().entry(package.as_str()).or_insert_with(|| json!({}));
        if let (Value::Object(entry), Value::Object(said)) = (entry, said) {
            entry.extend(said);
        }
    }

    /// Notes that programs of a package are gone.
    pub(crate) fn removed(&mut self, package: &PackageId, programs: &BTreeSet<String>) {
        if let Some(own) = self.listing.v1.get_mut(package.as_str()) {
            own.retain(|program| !programs.contains(program));
        }
        self.listing.v1.retain(|_, programs| !programs.is_empty());
    }

    fn installs(&mut self) -> &mut Map<String, Value> {
        let installs = self.other.entry("installs").or_insert_with(|| json!({}));
        if !installs.is_object() {
            *installs = json!({});
        }
        installs.as_object_mut().expect("it was made one")
    }

    /// Writes it down.
    ///
    /// # Errors
    ///
    /// [`TrackingError`] if that cannot be done.
    pub(crate) fn save(mut self) -> Result<(), TrackingError> {
        let listing = std::mem::take(&mut self.listing);
        self.installs().retain(|id, _| listing.v1.contains_key(id));
        for (id, programs) in &listing.v1 {
            let unknown = || {
                json!({
                    "version_req": null, "features": [], "all_features": false,
                    "no_default_features": false, "profile": "release", "target": null,
                    "rustc": null,
                })
            };
            let entry = self.installs().entry(id).or_insert_with(unknown);
            if !entry.is_object() {
                *entry = unknown();
            }
            entry["bins"] = json!(programs);
        }
        let text = toml::to_string_pretty(&listing).map_err(io::Error::other)?;
        let other = Value::Object(self.other).to_string();
        let [mut old, mut new] = self.files;
        replace(&mut old, &text)?;
        replace(&mut new, &other)
    }
}

fn locked(path: &Utf8Path) -> Result<(File, String), TrackingError> {
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).create(true).truncate(false).open(path)?;
    file.file().lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((file, text))
}

/// In place, as cargo does it: the lock is that of the file.
fn replace(file: &mut File, text: &str) -> Result<(), TrackingError> {
    file.seek(SeekFrom::Start(0))?;
    file.set_len(0)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn malformed(
    path: &Utf8Path,
    source: impl std::error::Error + Send + Sync + 'static,
) -> TrackingError {
    TrackingError::Malformed { path: path.to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how() -> Installation {
        Installation {
            features: BTreeSet::from(["f".to_owned()]),
            all_features: false,
            no_default_features: true,
            profile: "release".to_owned(),
            target: "x".to_owned(),
            rustc: "rustc 1".to_owned(),
        }
    }

    fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    #[test]
    fn programs_go_from_one_package_to_another() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let [one, other] = ["one", "other"].map(|name| {
            PackageId::of_directory(name, "1.0.0", "/a".into()).expect("the path is absolute")
        });
        let mut tracking = Tracking::load(root).unwrap();
        tracking.installed(&one, &names(["a", "b"]), &how());
        tracking.save().unwrap();
        let mut tracking = Tracking::load(root).unwrap();
        assert_eq!(tracking.package_of("a"), Some(one.clone()));
        tracking.installed(&other, &names(["b"]), &how());
        assert_eq!(tracking.programs_of(&one), names(["a"]));
        tracking.removed(&one, &names(["a"]));
        tracking.save().unwrap();
        let tracking = Tracking::load(root).unwrap();
        assert_eq!(tracking.package_of("a"), None);
        assert_eq!(tracking.package_of("b"), Some(other));
    }

    #[test]
    fn what_newer_versions_wrote_stays() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let id = "old 1.0.0 (path+file:///old)";
        fs_err::write(root.join(".crates.toml"), format!("[v1]\n\"{id}\" = [\"o\"]\n")).unwrap();
        let text = json!({ "installs": { id: { "bins": [], "new": 1 } }, "also": "new" });
        fs_err::write(root.join(".crates2.json"), text.to_string()).unwrap();
        Tracking::load(root).unwrap().save().unwrap();
        let text = fs_err::read_to_string(root.join(".crates2.json")).unwrap();
        let expected = json!({ "installs": { id: { "bins": ["o"], "new": 1 } }, "also": "new" });
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }
}
