//! The files of crates, found by following `mod` from their roots. Knows where to look; reads
//! nothing by itself.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::places::Place;
use crate::tokens::ModuleFile;

/// How deep modules may be nested: links among directories may lead round and round.
const MAX_DEPTH: usize = 128;

/// What a file declares; `None` if there is no such file.
type Declared = Option<Vec<ModuleFile>>;

/// Follows `mod` from each root. `declared` is called with files of which it was not asked before,
/// and returns for each what it declares; nothing if there is no such file.
///
/// Where conditions decide which of several files a module is in, all of them are followed.
pub fn walk(
    roots: &[Utf8PathBuf],
    declared: &mut dyn FnMut(&[Utf8PathBuf]) -> Vec<Declared>,
) -> BTreeSet<Utf8PathBuf> {
    let mut known = BTreeMap::new();
    // One file may be in several places, with other modules each time.
    let mut visited = BTreeSet::new();
    let mut waiting: Vec<(Utf8PathBuf, Place)> =
        roots.iter().map(|root| (root.clone(), Place::of_root(root))).collect();
    for _ in 0..MAX_DEPTH {
        waiting.retain(|visit| visited.insert(visit.clone()));
        if waiting.is_empty() {
            break;
        }
        let unknown: BTreeSet<&Utf8PathBuf> = waiting
            .iter()
            .map(|(path, _)| path)
            .filter(|path| !known.contains_key(*path))
            .collect();
        let unknown: Vec<Utf8PathBuf> = unknown.into_iter().cloned().collect();
        let answers = declared(&unknown);
        known.extend(unknown.into_iter().zip(answers));
        let mut next = Vec::new();
        for (path, place) in &waiting {
            let modules = known.get(path).and_then(Option::as_ref);
            for module in modules.into_iter().flatten() {
                next.extend(files(place, module));
            }
        }
        waiting = next;
    }
    let there = known.into_iter().filter(|(_, modules)| modules.is_some());
    there.map(|(path, _)| path).collect()
}

/// Follows `mod` from one root; see [`walk`].
pub fn reached(root: &Utf8Path, declared: &dyn Fn(&Utf8Path) -> Declared) -> BTreeSet<Utf8PathBuf> {
    walk(&[root.to_owned()], &mut |paths| paths.iter().map(|path| declared(path)).collect())
}

/// Returns the files that a module may be in, each with its place.
fn files(place: &Place, module: &ModuleFile) -> Vec<(Utf8PathBuf, Place)> {
    let mut places = vec![place.clone()];
    for inline in &module.inline {
        places = places.iter().flat_map(|it| it.inline(&inline.name, &inline.paths)).collect();
    }
    let files = places.iter().flat_map(|place| place.files(&module.name, &module.paths));
    files.map(|file| (file.path, file.place)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{reached, walk};
    use crate::tokens::module_files;

    #[test]
    fn nothing_is_asked_twice() {
        let files = BTreeMap::from([
            ("/lib.rs", "mod a; mod b;"),
            ("/main.rs", "mod a;"),
            ("/a.rs", "mod c;"),
            ("/a/c.rs", "#[path = \"../a.rs\"] mod again;"),
        ]);
        let mut asked = Vec::new();
        let found = walk(&["/lib.rs".into(), "/main.rs".into()], &mut |paths| {
            asked.extend_from_slice(paths);
            paths.iter().map(|path| module_files(files.get(path.as_str())?)).collect()
        });
        let found: Vec<_> = found.iter().map(|path| path.as_str()).collect();
        assert_eq!(found, ["/a/c.rs", "/a.rs", "/lib.rs", "/main.rs"]);
        let n_asked = asked.len();
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), n_asked);
    }

    #[test]
    fn circle_of_files_ends() {
        let found = reached("/a.rs".into(), &|_| module_files("#[path = \"a.rs\"] mod a;"));
        assert_eq!(found.len(), 1);
    }
}
