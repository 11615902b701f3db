//! Which executables `rustc`, `rustdoc` and `cargo` are. Sees through rustup's proxies, so that
//! every unit gets the toolchain of the workspace: a proxy started in the directory of a
//! dependency would obey the `rust-toolchain` file it finds there.

use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};

use crate::process::{CommandLine, SpawnError};
use crate::request::Environment;
use crate::rustc::ask::answer;

/// The executables of one toolchain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located {
    /// rustc: a path, or a name to look up on `PATH`.
    pub rustc: Utf8PathBuf,
    /// rustdoc, likewise.
    pub rustdoc: Utf8PathBuf,
    /// cargo, likewise.
    pub cargo: Utf8PathBuf,
    /// `RUSTUP_TOOLCHAIN` for every process, when rustup's proxies may be among them.
    pub rustup_toolchain: Option<String>,
}

/// Finds the executables that the user did not name.
///
/// With `RUSTUP_TOOLCHAIN` set to a full name, as it is below `cargo`, the answer needs no process. Otherwise, if
/// `rustc` is a proxy, it is asked once, in `cwd`, which toolchain it stands for.
///
/// # Errors
///
/// The proxy could not be started.
pub fn locate(
    rustc: Option<&Utf8Path>,
    rustdoc: Option<&Utf8Path>,
    env: &Environment,
    rustup_home: Option<&Utf8Path>,
    cwd: &Utf8Path,
) -> Result<Located, SpawnError> {
    let proxies = is_proxy("rustc", env, cwd);
    let mut toolchain = env.get("RUSTUP_TOOLCHAIN").map(str::to_owned);
    let mut bin = None;
    // A toolchain given by path is left to the proxies, as cargo does.
    if proxies && !toolchain.as_ref().is_some_and(|name| name.contains(['/', '\\'])) {
        bin = toolchain.as_ref().and_then(|name| toolchain_bin(name, rustup_home));
        if bin.is_none()
            && let Some(sysroot) = ask_proxy(env, cwd)?
        {
            toolchain = Some(toolchain_name(&sysroot, rustup_home));
            bin = Some(sysroot.join("bin"));
        }
    }
    let in_bin = |name: &str| {
        let path = bin.as_ref()?.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        path.exists().then_some(path)
    };
    let find = |named: Option<&Utf8Path>, name: &str| {
        named.map(Utf8Path::to_owned).or_else(|| in_bin(name)).unwrap_or_else(|| name.into())
    };
    let cargo = env.get("CARGO").filter(|path| !path.is_empty()).map(Utf8Path::new);
    // Build scripts get it in `CARGO` and may start it from anywhere, without `PATH`.
    let on_path = || {
        let path = which::which_in("cargo", env.get_os("PATH"), cwd).ok()?;
        Utf8PathBuf::from_path_buf(path).ok()
    };
    let cargo = cargo.map(Utf8Path::to_owned).or_else(|| in_bin("cargo")).or_else(on_path);
    Ok(Located {
        rustc: find(rustc, "rustc"),
        rustdoc: find(rustdoc, "rustdoc"),
        cargo: cargo.unwrap_or_else(|| "cargo".into()),
        rustup_toolchain: toolchain,
    })
}

/// Returns whether a tool on `PATH` is rustup under another name: proxies are links or copies of
/// one executable, so they have its size.
fn is_proxy(tool: &str, env: &Environment, cwd: &Utf8Path) -> bool {
    let size = |name: &str| {
        let path = which::which_in(name, env.get_os("PATH"), cwd).ok()?;
        fs_err::metadata(path).ok().map(|metadata| metadata.len())
    };
    size("rustup").is_some_and(|rustup| size(tool) == Some(rustup))
}

/// Returns the directory of executables of a toolchain given by its full name. Short names, such as
/// `nightly`, are for rustup to resolve.
fn toolchain_bin(name: &str, rustup_home: Option<&Utf8Path>) -> Option<Utf8PathBuf> {
    let bin = rustup_home?.join("toolchains").join(name).join("bin");
    bin.is_dir().then_some(bin)
}

/// Asks the proxy for the sysroot; `None` if it refuses, which a later step reports better.
fn ask_proxy(env: &Environment, cwd: &Utf8Path) -> Result<Option<Utf8PathBuf>, SpawnError> {
    let mut line = CommandLine::new("rustc", cwd);
    line.args(["--print", "sysroot"]);
    let output = answer(&line, env, Stdio::inherit())?;
    if !output.status.success() {
        return Ok(None);
    }
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Some(Utf8PathBuf::from(sysroot.trim_end())))
}

/// Returns what `RUSTUP_TOOLCHAIN` has to say to mean the toolchain at `sysroot`.
fn toolchain_name(sysroot: &Utf8Path, rustup_home: Option<&Utf8Path>) -> String {
    let toolchains = rustup_home.map(|home| home.join("toolchains"));
    match sysroot.file_name() {
        Some(name) if sysroot.parent() == toolchains.as_deref() => name.to_owned(),
        _ => sysroot.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Located, locate};
    use crate::request::Environment;
    use camino::{Utf8Path, Utf8PathBuf};

    struct Fixture {
        directory: tempfile::TempDir,
    }

    impl Fixture {
        /// A `PATH` with rustup and a proxy, and two toolchains.
        fn new() -> Self {
            let fixture = Fixture { directory: tempfile::tempdir().expect("a directory") };
            for toolchain in ["one", "two"] {
                for tool in ["rustc", "rustdoc", "cargo"] {
                    fixture.write(&format!("home/toolchains/{toolchain}/bin/{tool}"), "");
                }
            }
            let proxy = format!("#!/bin/sh\necho {}\n", fixture.path("home/toolchains/two"));
            fixture.write("bin/rustup", &proxy);
            fixture.write("bin/rustc", &proxy);
            fixture
        }

        fn path(&self, path: &str) -> Utf8PathBuf {
            let root = Utf8Path::from_path(self.directory.path()).expect("UTF-8");
            root.join(path)
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.path(path);
            fs_err::create_dir_all(path.parent().expect("a parent")).expect("created");
            fs_err::write(&path, text).expect("written");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
                    .expect("made executable");
            }
        }

        fn locate(&self, variables: &[(&str, &str)]) -> Located {
            let mut env = Environment::default();
            env.vars.insert("PATH".into(), self.path("bin").into_string().into());
            for (name, value) in variables {
                env.vars.insert((*name).into(), (*value).into());
            }
            locate(None, None, &env, Some(&self.path("home")), &self.path("")).expect("located")
        }
    }

    #[cfg(unix)]
    #[test]
    fn proxy_is_asked_once_for_its_toolchain() {
        let fixture = Fixture::new();
        let located = fixture.locate(&[]);
        assert_eq!(located.rustc, fixture.path("home/toolchains/two/bin/rustc"));
        assert_eq!(located.rustdoc, fixture.path("home/toolchains/two/bin/rustdoc"));
        assert_eq!(located.cargo, fixture.path("home/toolchains/two/bin/cargo"));
        assert_eq!(located.rustup_toolchain.as_deref(), Some("two"));
    }

    #[cfg(unix)]
    #[test]
    fn toolchain_of_the_environment_wins() {
        let fixture = Fixture::new();
        let located = fixture.locate(&[("RUSTUP_TOOLCHAIN", "one"), ("CARGO", "/own/cargo")]);
        assert_eq!(located.rustc, fixture.path("home/toolchains/one/bin/rustc"));
        assert_eq!(located.cargo, "/own/cargo");
        assert_eq!(located.rustup_toolchain.as_deref(), Some("one"));
    }

    #[cfg(unix)]
    #[test]
    fn short_names_of_toolchains_are_resolved_by_the_proxy() {
        let fixture = Fixture::new();
        let located = fixture.locate(&[("RUSTUP_TOOLCHAIN", "tw")]);
        assert_eq!(located.rustc, fixture.path("home/toolchains/two/bin/rustc"));
        assert_eq!(located.rustup_toolchain.as_deref(), Some("two"));
        let located = fixture.locate(&[("RUSTUP_TOOLCHAIN", "/some/where")]);
        assert_eq!(located.rustc, "rustc");
    }

    #[cfg(unix)]
    #[test]
    fn a_compiler_that_is_no_proxy_stays_a_name() {
        let fixture = Fixture::new();
        fixture.write("bin/rustc", "another program");
        let located = fixture.locate(&[]);
        assert_eq!(located.rustc, "rustc");
        assert_eq!(located.rustup_toolchain, None);
    }
}
