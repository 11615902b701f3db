//! Where cargo and rustup keep their files, by the environment's word.

use camino::{Utf8Path, Utf8PathBuf};

use crate::request::Environment;

/// Returns cargo's home: `CARGO_HOME`, else `.cargo` in the user's home.
pub(crate) fn cargo_home(env: &Environment, cwd: &Utf8Path) -> Option<Utf8PathBuf> {
    home(env, cwd, "CARGO_HOME", ".cargo")
}

/// Returns rustup's home: `RUSTUP_HOME`, else `.rustup` in the user's home.
pub(crate) fn rustup_home(env: &Environment, cwd: &Utf8Path) -> Option<Utf8PathBuf> {
    home(env, cwd, "RUSTUP_HOME", ".rustup")
}

fn home(env: &Environment, cwd: &Utf8Path, variable: &str, name: &str) -> Option<Utf8PathBuf> {
    if let Some(path) = env.get(variable).filter(|path| !path.is_empty()) {
        return Some(cwd.join(path));
    }
    let user = if cfg!(windows) { env.get("USERPROFILE") } else { env.get("HOME") };
    user.filter(|path| !path.is_empty()).map(|path| cwd.join(path).join(name))
}
