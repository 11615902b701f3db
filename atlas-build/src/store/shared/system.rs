//! What of the system goes into results without being named on a command line: the compiler's own
//! files, linkers, and the tools that build scripts call. Knows no unit.
//!
//! The compiler is told by the names and sizes of its libraries, whose names have hashes: the same
//! toolchain is the same wherever it is. With the sources of the standard library beside it, it
//! writes other paths into what it makes, so that this counts, too. Programs of the system are told
//! by place, size and time. Variables that programs read which no command names count with them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::sync::OnceLock;

use atlas_fingerprint::{Digest, Files, Hasher, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use crate::process::{CommandLine, Environment};
use crate::toolchain::Toolchain;

/// What is linked with, unless a command names something else.
const LINKERS: [&str; 5] = ["cc", "ld", "ld.lld", "ld.mold", "mold"];
/// What build scripts like to call.
const TOOLS: [&str; 20] = [
    "ar",
    "as",
    "c++",
    "cc",
    "clang",
    "clang++",
    "cmake",
    "g++",
    "gcc",
    "git",
    "ld",
    "make",
    "nasm",
    "ninja",
    "perl",
    "pkg-config",
    "protoc",
    "python3",
    "ranlib",
    "sh",
];
/// Variables that rustc reads.
const OF_COMPILERS: [&str; 7] = [
    "IPHONEOS_DEPLOYMENT_TARGET",
    "MACOSX_DEPLOYMENT_TARGET",
    "RUSTC_BOOTSTRAP",
    "RUSTC_FORCE_RUSTC_VERSION",
    "RUST_TARGET_PATH",
    "SDKROOT",
    "SOURCE_DATE_EPOCH",
];
/// Variables that linkers read.
const OF_LINKERS: [&str; 4] = ["COMPILER_PATH", "GCC_EXEC_PREFIX", "LD_RUN_PATH", "LIBRARY_PATH"];
/// Variables that tools read without being told to.
const OF_TOOLS: [&str; 37] = [
    "AR",
    "ARFLAGS",
    "AS",
    "ASFLAGS",
    "CC",
    "CFLAGS",
    "CLASSPATH",
    "CMAKE_GENERATOR",
    "CMAKE_PREFIX_PATH",
    "CMAKE_TOOLCHAIN_FILE",
    "CPATH",
    "CPLUS_INCLUDE_PATH",
    "CPP",
    "CPPFLAGS",
    "CXX",
    "CXXFLAGS",
    "C_INCLUDE_PATH",
    "GIT_DIR",
    "JAVA_HOME",
    "LD",
    "LDFLAGS",
    "LIBCLANG_PATH",
    "LIBS",
    "LLVM_CONFIG_PATH",
    "NM",
    "OBJC_INCLUDE_PATH",
    "PERL5LIB",
    "PKG_CONFIG",
    "PKG_CONFIG_LIBDIR",
    "PKG_CONFIG_PATH",
    "PKG_CONFIG_SYSROOT_DIR",
    "PROTOC",
    "PROTOC_INCLUDE",
    "PYTHONHOME",
    "PYTHONPATH",
    "RANLIB",
    "STRIP",
];
/// The C library, which is part of each program that is linked, and its headers' version.
const C_LIBRARIES: [&str; 5] = [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/usr/lib/libSystem.B.dylib",
];

/// The system during one build: looked at when somebody asks, and once.
#[derive(Debug)]
pub(super) struct System<'a> {
    files: &'a dyn Files,
    toolchain: &'a Toolchain,
    environment: &'a Environment,
    compiler: OnceLock<Digest>,
    linkers: OnceLock<Digest>,
    tools: OnceLock<Digest>,
}

impl<'a> System<'a> {
    /// Creates it; nothing is looked at yet.
    pub(super) fn new(
        files: &'a dyn Files,
        toolchain: &'a Toolchain,
        environment: &'a Environment,
    ) -> Self {
        let (compiler, linkers, tools) = Default::default();
        System { files, toolchain, environment, compiler, linkers, tools }
    }

    /// Returns the digest of what makes the compiler what it is.
    pub(super) fn compiler(&self) -> Digest {
        *self.compiler.get_or_init(|| {
            let libraries = self.toolchain.sysroot.join("lib");
            let rustlib = libraries.join("rustlib");
            let mut hasher = Hasher::new("compiler");
            self.add_names(&mut hasher, &libraries);
            for directory in self.files.list(&rustlib).unwrap_or_default() {
                hasher.text(&directory.name);
                self.add_names(&mut hasher, &rustlib.join(&directory.name).join("lib"));
            }
            let sources = rustlib.join("src/rust/library/std/src/lib.rs");
            hasher.number(u64::from(matches!(self.files.stat(&sources), Ok(Stat::File(_)))));
            self.add_variables(&mut hasher, &OF_COMPILERS);
            hasher.finish()
        })
    }

    /// Returns the digest of what a command links with.
    pub(super) fn linker(&self, command: &CommandLine) -> Digest {
        let common = *self.linkers.get_or_init(|| {
            let mut hasher = Hasher::new("linkers");
            self.add_programs(&mut hasher, &LINKERS);
            self.add_variables(&mut hasher, &OF_LINKERS);
            for path in C_LIBRARIES {
                add_stamp(self.files, &mut hasher, path.into());
            }
            hasher.finish()
        });
        let mut hasher = Hasher::new("linker");
        hasher.digest(&common);
        for arg in command.args.iter().filter_map(|arg| arg.to_str()) {
            if let Some(linker) = arg.strip_prefix("-Clinker=").or(arg.strip_prefix("linker=")) {
                self.add_programs(&mut hasher, &[linker]);
            }
        }
        hasher.finish()
    }

    /// Returns the digest of what build scripts may call.
    pub(super) fn tools(&self) -> Digest {
        *self.tools.get_or_init(|| {
            let mut hasher = Hasher::new("tools");
            self.add_programs(&mut hasher, &TOOLS);
            self.add_variables(&mut hasher, &OF_LINKERS);
            self.add_variables(&mut hasher, &OF_TOOLS);
            for path in C_LIBRARIES {
                add_stamp(self.files, &mut hasher, path.into());
            }
            hasher.finish()
        })
    }

    /// Adds the names and sizes of the files in a directory.
    fn add_names(&self, hasher: &mut Hasher, directory: &Utf8Path) {
        for entry in self.files.list(directory).unwrap_or_default() {
            if let Ok(Stat::File(stamp)) = self.files.stat(&directory.join(&entry.name)) {
                hasher.text(&entry.name).number(stamp.size);
            }
        }
        hasher.number(u64::MAX);
    }

    /// Adds the first program of each name that is found.
    fn add_programs(&self, hasher: &mut Hasher, names: &[&str]) {
        let path = self.environment.get_os("PATH").unwrap_or_default();
        let directories: BTreeSet<(usize, Utf8PathBuf)> = std::env::split_paths(path)
            .enumerate()
            .filter_map(|(n, path)| Some((n, Utf8PathBuf::from_path_buf(path).ok()?)))
            .collect();
        for name in names {
            hasher.text(name);
            let places = directories.iter().map(|(_, directory)| directory.join(name));
            let is_file = |path: &Utf8PathBuf| matches!(self.files.stat(path), Ok(Stat::File(_)));
            if let Some(path) = places.into_iter().find(is_file) {
                add_stamp(self.files, hasher, &path);
            }
        }
    }

    fn add_variables(&self, hasher: &mut Hasher, names: &[&str]) {
        for name in names {
            hasher.text(name).digest(&Digest::of_variable(self.environment.get_os(name)));
        }
    }
}

/// Adds what tells a file of the system from one that would take its place; nothing if it is no file.
pub(super) fn add_stamp(files: &dyn Files, hasher: &mut Hasher, path: &Utf8Path) {
    if let Ok(Stat::File(stamp)) = files.stat(path) {
        hasher.text(path.as_str()).number(stamp.size).number(stamp.mtime.cast_unsigned());
    }
}

/// Returns whether a variable says nothing about what is built, although it may be named by every
/// program: the standard library reads some of them.
pub(super) fn is_about_the_session(name: &OsStr) -> bool {
    const NAMES: [&str; 22] = [
        "_",
        "CARGO_ALIAS",
        "COLORTERM",
        "COLUMNS",
        "HOSTNAME",
        "LINES",
        "LOGNAME",
        "LS_COLORS",
        "MAKELEVEL",
        "MAIL",
        "OLDPWD",
        "PATH",
        "PS1",
        "PWD",
        "RUST_BACKTRACE",
        "RUST_LIB_BACKTRACE",
        "RUST_MIN_STACK",
        "SHLVL",
        "TERM",
        "TMPDIR",
        "USER",
        "WINDOWID",
    ];
    const PREFIXES: [&str; 7] =
        ["ATLAS_", "BASH_", "DBUS_", "SSH_", "TERM_", "VSCODE_", "XDG_SESSION"];
    let Some(name) = name.to_str() else { return false };
    NAMES.contains(&name)
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || crate::fingerprints::is_volatile(name)
}
