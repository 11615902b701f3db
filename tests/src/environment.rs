//! The environment of the test run: which programs to start and what they inherit. The only place
//! that reads environment variables.
#![expect(clippy::disallowed_methods, reason = "this is the place that reads the environment")]

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;

use camino::{Utf8Path, Utf8PathBuf};

/// Variables that every started program inherits; nothing else gets through, so that flags set
/// around the test run cannot change what is built.
const INHERITED: &[&str] = &[
    "HOME",
    "USERPROFILE",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
];

/// Further variables for commands that may use the network.
const NETWORK: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
];

/// Returns the variables a started program inherits. `PATH` starts with the directory of the
/// running toolchain: a `rust-toolchain.toml` inside a fixture then cannot select another one.
pub fn inherited() -> Vec<(OsString, OsString)> {
    let mut vars = pick(INHERITED);
    let cargo = cargo();
    let first = cargo.parent().filter(|dir| !dir.as_str().is_empty());
    vars.push(("PATH".into(), prepend(first, outer_path())));
    // What a test builds must not come from what another one built, or the user.
    vars.push(("ATLAS_STORE".into(), "off".into()));
    vars
}

/// Returns the `PATH` of this process. Cargo, if it was started by rustup, put its own directory
/// in front of it.
pub fn outer_path() -> OsString {
    env::var_os("PATH").unwrap_or_default()
}

/// Returns a search path with a directory before all others.
pub fn prepend(first: Option<&Utf8Path>, path: OsString) -> OsString {
    let first = first.map(|dir| dir.as_std_path().to_owned());
    let joined = env::join_paths(first.into_iter().chain(env::split_paths(&path)));
    joined.unwrap_or(path)
}

/// Returns the variables that reach the network, for `cargo fetch`.
pub fn network() -> Vec<(OsString, OsString)> {
    pick(NETWORK)
}

/// Returns the cargo that runs the tests: the oracle.
pub fn cargo() -> Utf8PathBuf {
    env::var("CARGO").map_or_else(|_| Utf8PathBuf::from("cargo"), Utf8PathBuf::from)
}

/// Returns the program under test: `ATLAS_BIN`, or `atlas-under-test`, which cargo builds with the
/// tests. Builds nothing.
pub fn atlas_binary() -> Utf8PathBuf {
    if let Ok(path) = env::var("ATLAS_BIN") {
        return Utf8PathBuf::from(path);
    }
    sibling("atlas-under-test")
}

/// Returns a program of this workspace, built next to the test executable.
pub fn sibling(name: &str) -> Utf8PathBuf {
    let program = profile_dir().join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "no {program}: build it first, or name the program under test in ATLAS_BIN"
    );
    program
}

/// Returns the directory that holds the programs of this workspace, such as `target/debug`.
pub fn profile_dir() -> Utf8PathBuf {
    let exe = env::current_exe().expect("a running program has a path");
    let exe = Utf8PathBuf::from_path_buf(exe).expect("the target directory is UTF-8");
    let dir = exe.parent().expect("a file is in a directory");
    let outer = dir.parent().filter(|_| dir.file_name() == Some("deps"));
    outer.unwrap_or(dir).to_owned()
}

/// Returns the host triple.
pub fn host() -> &'static str {
    static HOST: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let outcome = crate::process::Command::new(&Utf8PathBuf::from("rustc")).arg("-vV").run();
        let line = outcome.stdout.lines().find_map(|line| line.strip_prefix("host: "));
        line.expect("`rustc -vV` names the host").to_owned()
    });
    &HOST
}

/// Returns a number from the environment, or the default if it is unset.
pub fn number(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}

/// Returns a text from the environment; empty if it is unset.
pub fn text(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Returns whether a switch such as `ATLAS_BLESS=1` is on.
pub fn switch(name: &str) -> bool {
    env::var(name).is_ok_and(|value| value != "0" && !value.is_empty())
}

fn pick(names: &[&str]) -> Vec<(OsString, OsString)> {
    names.iter().filter_map(|name| Some(((*name).into(), env::var_os(name)?))).collect()
}

/// Returns arguments, environment and working directory of this process.
pub fn snapshot() -> (Vec<String>, BTreeMap<String, String>, String) {
    let text = |text: OsString| text.to_string_lossy().into_owned();
    let argv = env::args_os().map(text).collect();
    let vars = env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
    let cwd = env::current_dir().map(|dir| dir.display().to_string()).unwrap_or_default();
    (argv, vars, cwd)
}
