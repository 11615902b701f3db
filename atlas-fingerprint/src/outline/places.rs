//! Where the files of modules are looked for, by the rules of the reference (items/modules.html,
//! "Module source filenames") as rustc applies them. Knows paths; looks at no file.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::tokens::ModulePath;

/// Where a module's code is, as far as it matters to the modules that it declares.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The directory of its file, with the inline modules around it.
    directory: Utf8PathBuf,
    /// The name of a file that is not called `mod.rs`: a directory of that name has the modules.
    relative: Option<String>,
}

/// A file that a module may be in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The file.
    pub path: Utf8PathBuf,
    /// Where it is.
    pub place: Place,
}

impl Place {
    /// Returns the place of a crate root: its directory has the modules.
    pub fn of_root(path: &Utf8Path) -> Self {
        let directory = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
        Place { directory, relative: None }
    }

    /// Returns the places that an inline module of this name may be; all but one are for paths that
    /// may not apply.
    pub fn inline(&self, name: &str, paths: &[ModulePath]) -> Vec<Place> {
        let place = |directory| Place { directory, relative: None };
        let mut places: Vec<Place> = applicable(paths)
            .map(|path| place(normal(&self.directory.join(&path.value))))
            .collect();
        if name_counts(paths) {
            places.push(place(self.below().join(name)));
        }
        places
    }

    /// Returns the files that a module of this name may be in, the likeliest first. Without paths,
    /// it may be in one of two.
    pub fn files(&self, name: &str, paths: &[ModulePath]) -> Vec<Candidate> {
        let from_path = |path: &ModulePath| {
            let path = normal(&self.directory.join(&path.value));
            Candidate { place: Place::of_root(&path), path }
        };
        let mut files: Vec<Candidate> = applicable(paths).map(from_path).collect();
        if name_counts(paths) {
            let below = self.below();
            let relative = Some(name.to_owned());
            let path = below.join(format!("{name}.rs"));
            files.push(Candidate { path, place: Place { directory: below.clone(), relative } });
            let path = below.join(name).join("mod.rs");
            files.push(Candidate { place: Place::of_root(&path), path });
        }
        files
    }

    /// Returns the directory of the modules that are declared here without a path.
    fn below(&self) -> Utf8PathBuf {
        match &self.relative {
            Some(name) => self.directory.join(name),
            None => self.directory.clone(),
        }
    }
}

/// Returns the paths that may apply: those before one that does, and that one.
fn applicable(paths: &[ModulePath]) -> impl Iterator<Item = &ModulePath> {
    let certain = paths.iter().position(|path| !path.is_conditional);
    paths.iter().take(certain.map_or(paths.len(), |certain| certain + 1))
}

fn name_counts(paths: &[ModulePath]) -> bool {
    paths.iter().all(|path| path.is_conditional)
}

/// Removes `.` and `..` from a path without looking at the file system.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Candidate, Place};
    use crate::tokens::ModulePath;

    /// Paths as `a.rs`, or as `a.rs?` if they may not apply.
    fn paths(text: &str) -> Vec<ModulePath> {
        let path = |word: &str| ModulePath {
            value: word.trim_end_matches('?').to_owned(),
            is_conditional: word.ends_with('?'),
        };
        text.split_whitespace().map(path).collect()
    }

    fn shown(candidates: &[Candidate]) -> String {
        let paths = candidates.iter().map(|candidate| candidate.path.as_str());
        paths.collect::<Vec<_>>().join(" ")
    }

    /// The place of the module `b` in the first or second file that it may be in.
    fn place(index: usize) -> Place {
        Place::of_root("/a/lib.rs".into()).files("b", &[]).swap_remove(index).place
    }

    #[rstest]
    #[case::name("", "/a/b.rs /a/b/mod.rs")]
    #[case::path("x/y.rs", "/a/x/y.rs")]
    #[case::outside("../y.rs", "/y.rs")]
    #[case::conditional("x.rs?", "/a/x.rs /a/b.rs /a/b/mod.rs")]
    #[case::first_certain("x.rs? y.rs z.rs", "/a/x.rs /a/y.rs")]
    fn files_of_a_module(#[case] given: &str, #[case] expected: &str) {
        let root = Place::of_root("/a/lib.rs".into());
        assert_eq!(shown(&root.files("b", &paths(given))), expected);
    }

    #[rstest]
    #[case::file(0, "", "/a/b/c.rs /a/b/c/mod.rs")]
    #[case::mod_file(1, "", "/a/b/c.rs /a/b/c/mod.rs")]
    #[case::path_in_a_file(0, "x.rs", "/a/x.rs")]
    #[case::path_in_a_mod_file(1, "x.rs", "/a/b/x.rs")]
    fn files_below_a_module(#[case] index: usize, #[case] given: &str, #[case] expected: &str) {
        assert_eq!(shown(&place(index).files("c", &paths(given))), expected);
    }

    #[rstest]
    #[case::file(0, "", "", "/a/b/i/c.rs /a/b/i/c/mod.rs")]
    #[case::mod_file(1, "", "", "/a/b/i/c.rs /a/b/i/c/mod.rs")]
    #[case::path_inside(0, "", "x.rs", "/a/b/i/x.rs")]
    #[case::path_of_the_inline_module(0, "x", "", "/a/x/c.rs /a/x/c/mod.rs")]
    #[case::path_of_one_in_a_mod_file(1, "x", "", "/a/b/x/c.rs /a/b/x/c/mod.rs")]
    fn files_below_an_inline_module(
        #[case] index: usize,
        #[case] outer: &str,
        #[case] given: &str,
        #[case] expected: &str,
    ) {
        let inline = place(index).inline("i", &paths(outer));
        assert_eq!(inline.len(), 1);
        assert_eq!(shown(&inline[0].files("c", &paths(given))), expected);
    }

    #[test]
    fn modules_of_a_file_with_a_path_are_beside_it() {
        let root = Place::of_root("/a/lib.rs".into());
        let file = root.files("b", &paths("x/y.rs")).swap_remove(0);
        assert_eq!(shown(&file.place.files("c", &[])), "/a/x/c.rs /a/x/c/mod.rs");
    }
}
