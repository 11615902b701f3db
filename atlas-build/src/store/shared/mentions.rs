//! Which variables of the environment a program may read, as far as its bytes tell: procedural macros
//! and build scripts read variables of which nobody is told. One that reads a variable has its name
//! among its strings. What is named by chance only makes keys stricter.
//! In the same way it is found out who asks git: what that tells is no part of any key.
//!
//! To look through a program takes a moment: what was found is kept in the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atlas_fingerprint::{Digest, Files, Hasher};
use camino::Utf8Path;
use memchr::memmem;

use super::system::is_about_the_session;
use crate::cas::Cas;
use crate::process::Environment;

/// What a program says to git, or reads of it: what it tells depends on the state of the repository.
const OF_REPOSITORIES: [&str; 7] =
    [".git/", "--abbrev", "--always", "--dirty", "--tags", "git log", "rev-parse"];
/// Names that are shorter are found everywhere.
const MIN_LENGTH: usize = 3;

/// Names of variables that files mention.
#[derive(Debug)]
pub(super) struct Mentions {
    /// All names that may be mentioned.
    names: Vec<String>,
    /// By the digest of the file.
    known: Mutex<HashMap<Digest, Arc<[String]>>>,
}

impl Mentions {
    /// Creates it for the variables of an environment.
    pub(super) fn new(environment: &Environment) -> Self {
        let names = environment.vars.keys().filter(|name| !is_about_the_session(name));
        let names = names.filter_map(|name| name.to_str()).filter(|name| name.len() >= MIN_LENGTH);
        let names = names.chain(OF_REPOSITORIES);
        Mentions { names: names.map(str::to_owned).collect(), known: Mutex::default() }
    }

    /// Returns the names that a file with this content mentions, sorted; all if it cannot be read.
    pub(super) fn of(
        &self,
        cas: &Cas,
        files: &dyn Files,
        path: &Utf8Path,
        content: Digest,
    ) -> Arc<[String]> {
        if let Some(known) = self.known().get(&content) {
            return Arc::clone(known);
        }
        let place = Hasher::new("variables mentioned").digest(&content).texts(&self.names).finish();
        let kept = cas.hints(&place).into_iter().next();
        let kept = kept.and_then(|kept| postcard::from_bytes::<Vec<String>>(&kept).ok());
        let mentioned: Arc<[String]> = match kept {
            Some(kept) => kept.into(),
            None => {
                let found = self.search(files, path);
                let form = postcard::to_stdvec(&found).unwrap_or_default();
                // One that cannot be kept is looked for again.
                drop(cas.add_hint(&place, &form));
                found.into()
            }
        };
        self.known().insert(content, Arc::clone(&mentioned));
        mentioned
    }

    fn search(&self, files: &dyn Files, path: &Utf8Path) -> Vec<String> {
        let Ok(Some(bytes)) = files.map(path) else { return self.names.clone() };
        let is_in = |name: &&String| memmem::find(&bytes, name.as_bytes()).is_some();
        self.names.iter().filter(is_in).cloned().collect()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Digest, Arc<[String]>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether it is no variable that is mentioned, but the repository.
pub(super) fn is_repository(name: &str) -> bool {
    OF_REPOSITORIES.contains(&name)
}

/// Returns the digest of a variable's value.
pub(super) fn value(environment: &Environment, name: &str) -> Digest {
    Digest::of_variable(environment.get_os(name))
}
