//! Which profiles were built below `target/atlas`, and where. Knows no unit.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;

/// A profile of which something was built: one lock, one journal, a place for each platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Profile {
    /// Name of its directories, such as `debug`.
    pub(super) name: String,
    /// The directory that carries the lock and has the journal.
    pub(super) host: Utf8PathBuf,
    /// The places.
    pub(super) places: Vec<Place>,
}

/// What was built with one profile for one platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The triple, if one was asked for.
    pub(super) triple: Option<String>,
    /// `target/atlas/<triple?>/<profile>`.
    pub(super) directory: Utf8PathBuf,
    /// `target/<triple?>/<profile>`, where the user finds results.
    pub(super) results: Utf8PathBuf,
}

/// Lists the profiles of a target directory, by name.
pub(super) fn profiles(target: &Utf8Path) -> Result<Vec<Profile>, CleanError> {
    let atlas = target.join("atlas");
    let mut profiles: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for name in directories(&atlas)? {
        let directory = atlas.join(&name);
        if is_profile(&directory) {
            let results = target.join(&name);
            profiles.entry(name).or_default().push(Place { triple: None, directory, results });
            continue;
        }
        for profile in directories(&directory)? {
            let directory = directory.join(&profile);
            if is_profile(&directory) {
                let results = target.join(&name).join(&profile);
                let place = Place { triple: Some(name.clone()), directory, results };
                profiles.entry(profile).or_default().push(place);
            }
        }
    }
    let profile = |(name, places)| Profile { host: atlas.join(&name), name, places };
    Ok(profiles.into_iter().map(profile).collect())
}

/// Returns the names of the directories in a directory, sorted; none if it is not there.
pub(super) fn directories(directory: &Utf8Path) -> Result<Vec<String>, CleanError> {
    let mut names = Vec::new();
    for (name, is_directory) in entries(directory)? {
        if is_directory {
            names.push(name);
        }
    }
    Ok(names)
}

/// Returns the names in a directory, sorted, and whether each is a directory; none if it is not
/// there. Names that are not UTF-8 are nobody's of those that are looked for.
pub(super) fn entries(directory: &Utf8Path) -> Result<Vec<(String, bool)>, CleanError> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs_err::read_dir(directory).map_err(CleanError::read(directory))? {
        let entry = entry.map_err(CleanError::read(directory))?;
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if let Ok(name) = entry.file_name().into_string() {
            names.push((name, is_directory));
        }
    }
    names.sort();
    Ok(names)
}

fn is_profile(directory: &Utf8Path) -> bool {
    ["unit", "deps", ".atlas-lock"].iter().any(|name| directory.join(name).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_for_all_platforms() {
        let directory = tempfile::tempdir().unwrap();
        let target = Utf8Path::from_path(directory.path()).unwrap();
        for unit in ["debug/unit", "wasm32/debug/unit", "wasm32/fat/unit", "used", "x/y/z"] {
            fs_err::create_dir_all(target.join("atlas").join(unit)).unwrap();
        }
        let profiles = profiles(target).unwrap();
        let shown: Vec<(&str, Vec<&str>)> = profiles
            .iter()
            .map(|it| {
                let places = it.places.iter();
                let relative = places.map(|it| it.directory.strip_prefix(target).unwrap().as_str());
                (it.name.as_str(), relative.collect())
            })
            .collect();
        let expected = [
            ("debug", vec!["atlas/debug", "atlas/wasm32/debug"]),
            ("fat", vec!["atlas/wasm32/fat"]),
        ];
        assert_eq!(shown, expected);
        assert_eq!(profiles[1].host, target.join("atlas/fat"));
        assert_eq!(profiles[0].places[1].results, target.join("wasm32/debug"));
    }
}
