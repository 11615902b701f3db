//! The compiler and what it says about itself and about the machines it compiles for.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use cargo_platform::Cfg;
use serde::{Deserialize, Serialize};

use crate::platform::{CompileKind, Triple};
use crate::script::BuildScriptOutput;

/// The compiler, cargo, and one [`PlatformFacts`] for each compile kind of the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Toolchain {
    /// rustc as cargo would call it: `RUSTC`, `build.rustc`, or `rustc` resolved so that every
    /// unit gets the same one, whatever `rust-toolchain` file its directory has.
    pub rustc: Utf8PathBuf,
    /// `RUSTC_WRAPPER` or `build.rustc-wrapper`; an empty setting is none.
    pub rustc_wrapper: Option<Utf8PathBuf>,
    /// `RUSTC_WORKSPACE_WRAPPER` or `build.rustc-workspace-wrapper`: for workspace members only.
    pub rustc_workspace_wrapper: Option<Utf8PathBuf>,
    /// rustdoc: `RUSTDOC`, `build.rustdoc`, or the one beside rustc.
    pub rustdoc: Utf8PathBuf,
    /// The cargo executable that children see as `CARGO`.
    pub cargo: Utf8PathBuf,
    /// `RUSTUP_TOOLCHAIN` for children, when rustup proxies are in use.
    pub rustup_toolchain: Option<String>,
    /// Output of `rustc -vV`.
    pub verbose_version: String,
    /// The `release:` line of it.
    pub version: semver::Version,
    /// The `host:` line of it.
    pub host: Triple,
    /// `rustc --print sysroot`.
    pub sysroot: Utf8PathBuf,
    /// Facts about the host and about each requested target; not kept from build to build, since only
    /// planning asks for them.
    #[serde(skip)]
    pub platforms: BTreeMap<CompileKind, PlatformFacts>,
}

/// What rustc and the configuration say about one compile kind.
#[derive(Clone, Debug)]
pub struct PlatformFacts {
    /// The triple.
    pub triple: Triple,
    /// `--print cfg`, with the user's flags.
    pub cfgs: Vec<Cfg>,
    /// Flags from `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, `target.*.rustflags` or
    /// `build.rustflags`: the first that is set, as cargo has it.
    pub rustflags: Vec<String>,
    /// The same for rustdoc: `RUSTDOCFLAGS`, `target.*.rustdocflags` or `build.rustdocflags`.
    pub rustdocflags: Vec<String>,
    /// `target.<triple>.linker`, or the one of a matching `target.'cfg(…)'`.
    pub linker: Option<Utf8PathBuf>,
    /// `target.<triple>.runner`, or the one of a matching `target.'cfg(…)'`: what runs binaries.
    pub runner: Option<Runner>,
    /// `target.<triple>.<links>`: build scripts that must not run, with what they would say.
    pub links_overrides: BTreeMap<String, BuildScriptOutput>,
    /// File name prefix and suffix for each crate type (`--print file-names`); types that the
    /// target does not support are absent. Keys are crate type names.
    pub file_names: BTreeMap<String, FileName>,
    /// Values of `-C split-debuginfo` that the target supports.
    pub split_debuginfo: Vec<String>,
    /// `lib/rustlib/<triple>/lib` of the sysroot.
    pub sysroot_libdir: Utf8PathBuf,
}

/// What stands around the crate name in a file name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    /// Such as `lib`.
    pub prefix: String,
    /// Such as `.rlib`.
    pub suffix: String,
}

/// A program that runs the binaries of a platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Runner {
    /// A path, or a name to look up on `PATH`.
    pub program: Utf8PathBuf,
    /// Arguments before the binary.
    pub args: Vec<String>,
}

impl Toolchain {
    /// Returns the facts about a compile kind of the request.
    ///
    /// Without `--target` the plan is first made as if the host's triple had been asked for; that
    /// kind has the facts of [`CompileKind::Host`].
    ///
    /// # Panics
    ///
    /// If the kind is none of the request's.
    pub fn platform(&self, kind: &CompileKind) -> &PlatformFacts {
        self.platforms
            .get(kind)
            .or_else(|| self.platforms.get(&CompileKind::Host))
            .expect("the host is always probed")
    }
}
