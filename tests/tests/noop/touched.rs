//! Which files any program opens before it does anything of its own, and which ones say how to
//! build rather than what. Knows no build.

use std::sync::LazyLock;

use atlas_tests::environment;
use camino::{Utf8Path, Utf8PathBuf};

/// What a file is to a build with nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of the dynamic loader, the C library, or the system: how many processors there are.
    System,
    /// Cargo's or atlas's configuration.
    Configuration,
    /// Names the toolchain.
    Toolchain,
    /// Anything else.
    Other,
}

static CARGO_HOME: LazyLock<Utf8PathBuf> = LazyLock::new(|| home("CARGO_HOME", ".cargo"));
static RUSTUP_HOME: LazyLock<Utf8PathBuf> = LazyLock::new(|| home("RUSTUP_HOME", ".rustup"));

/// Returns what a file is; `root` holds the workspace.
pub(crate) fn kind(path: &Utf8Path, root: &Utf8Path) -> Kind {
    if is_of_the_system(path) {
        Kind::System
    } else if is_configuration(path, root) {
        Kind::Configuration
    } else if names_the_toolchain(path, root) {
        Kind::Toolchain
    } else {
        Kind::Other
    }
}

fn is_of_the_system(path: &Utf8Path) -> bool {
    let starts = ["/proc/self", "/sys/fs/cgroup", "/sys/devices/system/cpu"];
    // The C library asks the last one before a thread gives memory back.
    let files = [
        "/etc/ld.so.cache",
        "/etc/ld.so.preload",
        "/proc/cpuinfo",
        "/proc/stat",
        "/proc/sys/vm/overcommit_memory",
    ];
    let libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"];
    starts.iter().any(|start| path.starts_with(start))
        || files.iter().any(|file| path == *file)
        || is_library(path) && libraries.iter().any(|directory| path.starts_with(directory))
}

/// Such as `libc.so.6` and `ld-linux-x86-64.so.2`.
fn is_library(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.ends_with(".so") || name.contains(".so.")
}

fn is_configuration(path: &Utf8Path, root: &Utf8Path) -> bool {
    let above = path.parent().and_then(Utf8Path::parent);
    // Configuration of the directories above the workspace counts as well.
    let is_in_reach = above.is_some_and(|above| above.starts_with(root) || root.starts_with(above));
    let names = [".cargo/config.toml", ".cargo/config", ".config/atlas.toml"];
    let in_home = ["config.toml", "config"].iter().any(|name| path == CARGO_HOME.join(name));
    in_home || is_in_reach && names.iter().any(|name| path.ends_with(name))
}

fn names_the_toolchain(path: &Utf8Path, root: &Utf8Path) -> bool {
    let is_in_reach =
        path.parent().is_some_and(|above| above.starts_with(root) || root.starts_with(above));
    let names = ["rust-toolchain.toml", "rust-toolchain"];
    let is_file = is_in_reach && path.file_name().is_some_and(|name| names.contains(&name));
    is_file || path == RUSTUP_HOME.join("settings.toml")
}

/// Returns a directory that a variable names, or one in the user's home.
fn home(variable: &str, name: &str) -> Utf8PathBuf {
    let inherited = environment::inherited();
    let value = |variable: &str| {
        let found = inherited.iter().find(|(name, _)| name == variable);
        found.and_then(|(_, value)| value.to_str()).map(Utf8PathBuf::from)
    };
    let default = || value("HOME").map(|home| home.join(name));
    value(variable).or_else(default).expect("the user has a home")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/etc/ld.so.cache", Kind::System)]
    #[case("/lib/x86_64-linux-gnu/libc.so.6", Kind::System)]
    #[case("/proc/self/cgroup", Kind::System)]
    #[case("/proc/1/cgroup", Kind::Other)]
    #[case("/tmp/x/ws/libc.so.6", Kind::Other)]
    #[case("/usr/lib/os-release", Kind::Other)]
    #[case("/tmp/x/ws/.cargo/config.toml", Kind::Configuration)]
    #[case("/tmp/.cargo/config", Kind::Configuration)]
    #[case("/tmp/other/.cargo/config.toml", Kind::Other)]
    #[case("/tmp/x/ws/.config/atlas.toml", Kind::Configuration)]
    #[case("/tmp/x/ws/rust-toolchain.toml", Kind::Toolchain)]
    #[case("/tmp/x/ws/Cargo.toml", Kind::Other)]
    #[case("/tmp/x/ws/Cargo.lock", Kind::Other)]
    #[case("/tmp/x/ws/src/main.rs", Kind::Other)]
    #[case("/tmp/x/ws", Kind::Other)]
    fn files_have_a_kind(#[case] path: &str, #[case] expected: Kind) {
        assert_eq!(kind(Utf8Path::new(path), Utf8Path::new("/tmp/x")), expected);
    }

    #[test]
    fn homes_count() {
        let root = Utf8Path::new("/nowhere");
        assert_eq!(kind(&CARGO_HOME.join("config.toml"), root), Kind::Configuration);
        assert_eq!(kind(&RUSTUP_HOME.join("settings.toml"), root), Kind::Toolchain);
        assert_eq!(kind(&CARGO_HOME.join("credentials.toml"), root), Kind::Other);
    }
}
