//! Where the store is and how big it may be, by the configuration. Knows no file of it.

use atlas_build::request::{Environment, StoreLimits};
use camino::{Utf8Path, Utf8PathBuf};

use super::configuration::Configuration;
use super::key::{Place, STORE, STORE_AGE, STORE_SIZE, Value};

/// Name of the directory within that for all caches.
const NAME: &str = "cargo-atlas";

/// Returns the directory of the store; `None` if there is to be none, or if the environment does not
/// say where caches are.
pub(crate) fn store_root(
    configuration: &Configuration,
    cwd: &Utf8Path,
    environment: &Environment,
) -> Option<Utf8PathBuf> {
    match configuration.value(&STORE) {
        Value::Place(Place::Nowhere) => None,
        Value::Place(Place::At(path)) => Some(path),
        _ => Some(cwd.join(caches(environment)?).join(NAME)),
    }
}

/// Returns how big and how old the store may get.
pub(crate) fn store_limits(configuration: &Configuration) -> StoreLimits {
    let mut limits = StoreLimits::default();
    if let Value::Size(size) = configuration.value(&STORE_SIZE) {
        limits.max_size = size;
    }
    if let Value::Age(age) = configuration.value(&STORE_AGE) {
        limits.max_age = age;
    }
    limits
}

/// Returns the directory for caches of the user, as the system has it.
fn caches(environment: &Environment) -> Option<Utf8PathBuf> {
    let get = |name| environment.get(name).filter(|path| !path.is_empty()).map(Utf8PathBuf::from);
    // By the specification of XDG a relative path does not count.
    let named = get("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named.or_else(|| get("LOCALAPPDATA"));
    }
    let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    named.or_else(|| Some(get("HOME")?.join(below)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::xdg(&[("XDG_CACHE_HOME", "/xdg"), ("HOME", "/home/me")], Some("/xdg/cargo-atlas"))]
    #[case::relative(&[("XDG_CACHE_HOME", "xdg"), ("HOME", "/h")], Some("/h/.cache/cargo-atlas"))]
    #[case::home(&[("HOME", "/home/me")], Some("/home/me/.cache/cargo-atlas"))]
    #[case::unknown(&[], None)]
    #[case::off(&[("HOME", "/home/me"), ("ATLAS_STORE", "off")], None)]
    #[case::path(&[("HOME", "/home/me"), ("ATLAS_STORE", "/store")], Some("/store"))]
    #[case::relative_path(&[("ATLAS_STORE", "store")], Some("/ws/store"))]
    #[cfg(target_os = "linux")]
    fn store_is_where_the_environment_says(
        #[case] variables: &[(&str, &str)],
        #[case] expected: Option<&str>,
    ) {
        let vars = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let (environment, cwd) = (Environment { vars }, Utf8Path::new("/ws"));
        let loaded = Configuration::load("/no/such/directory".into(), cwd, &environment).unwrap();
        let root = store_root(&loaded.configuration, cwd, &environment);
        assert_eq!(root.as_deref().map(Utf8Path::as_str), expected);
    }
}
