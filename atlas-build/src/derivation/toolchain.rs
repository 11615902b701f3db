//! What the toolchain of a plan depends on: the executables, what rustup is told, the libraries of
//! the compiler and of its targets. More than cargo asks before it uses again what rustc has told
//! it (`util/rustc.rs`: path, length and times of rustc and of its wrappers).

use std::collections::BTreeSet;
use std::io::Read;

use atlas_fingerprint::{Files, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use crate::derivation::question::{Question, candidates};
use crate::request::BuildRequest;
use crate::toolchain::Toolchain;
use crate::workspace::{Workspace, rustup_home};

/// Where rustup looks for settings that hold for the whole machine.
const FALLBACK_SETTINGS: &str = "/etc/rustup/settings.toml";

/// Files in which a directory says which toolchain it wants.
const TOOLCHAIN_FILES: &[&str] = &["rust-toolchain", "rust-toolchain.toml"];

/// Returns the questions about the toolchain; `None` if its answers may change without a trace.
pub(super) fn questions(
    request: &BuildRequest,
    workspace: &Workspace,
    files: &dyn Files,
) -> Option<BTreeSet<Question>> {
    let toolchain = &workspace.toolchain;
    let programs = Programs::new(request, files)?;
    // Then the compiler is searched for elsewhere than everything else.
    if workspace.config.env.contains_key("PATH") {
        return None;
    }
    if reads_other_files(request, toolchain) || !is_known(&programs, toolchain) {
        return None;
    }
    let mut questions = BTreeSet::new();
    for name in ["rustc", "rustup", "cargo"] {
        questions.insert(programs.question(name.into()));
    }
    let wrappers = [&toolchain.rustc_wrapper, &toolchain.rustc_workspace_wrapper];
    for program in
        [&toolchain.rustc, &toolchain.cargo].into_iter().chain(wrappers.into_iter().flatten())
    {
        questions.insert(programs.question(program));
    }
    questions.extend(choices(request).map(Question::ToolchainChoice));
    if programs.path("rustup".into()).is_some() {
        let home = rustup_home(&request.env, &request.cwd)?;
        questions.insert(Question::ToolchainChoice(home.join("settings.toml")));
        let name = request.env.get("RUSTUP_TOOLCHAIN");
        let directory = name.map(|name| home.join("toolchains").join(name).join("bin"));
        questions.extend(directory.map(Question::Tool));
    }
    questions.extend(parts(toolchain, files).map(Question::Tool));
    Some(questions)
}

/// Returns whether the compiler is told to read files that nobody here knows of.
fn reads_other_files(request: &BuildRequest, toolchain: &Toolchain) -> bool {
    let flags = toolchain
        .platforms
        .values()
        .flat_map(|platform| platform.rustflags.iter().chain(&platform.rustdocflags));
    request.env.get_os("RUST_TARGET_PATH").is_some()
        || flags.into_iter().any(|flag| flag.starts_with('@'))
}

/// Lists the files outside rustup's home in which it is told which toolchain to use.
fn choices(request: &BuildRequest) -> impl Iterator<Item = Utf8PathBuf> {
    let fallback = cfg!(unix).then(|| FALLBACK_SETTINGS.into());
    let files = request
        .cwd
        .ancestors()
        .flat_map(|directory| TOOLCHAIN_FILES.iter().map(move |name| directory.join(name)));
    fallback.into_iter().chain(files)
}

/// Lists the parts of the toolchain of which each update or rebuild replaces some: executables, the
/// compiler's libraries, and the directories of libraries.
fn parts(toolchain: &Toolchain, files: &dyn Files) -> impl Iterator<Item = Utf8PathBuf> {
    let bin = toolchain.sysroot.join("bin");
    let executables = ["rustc", "rustdoc", "cargo"].map(|name| executable(&bin, name));
    let lib = toolchain.sysroot.join(if cfg!(windows) { "bin" } else { "lib" });
    let entries = files.list(&lib).unwrap_or_default();
    let drivers: Vec<_> = entries
        .into_iter()
        .filter(|entry| entry.name.contains("rustc_driver"))
        .map(|entry| lib.join(entry.name))
        .collect();
    let targets: Vec<_> =
        toolchain.platforms.values().map(|platform| platform.sysroot_libdir.clone()).collect();
    executables.into_iter().chain([lib]).chain(drivers).chain(targets)
}

fn executable(directory: &Utf8Path, name: &str) -> Utf8PathBuf {
    directory.join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// Returns whether the compiler and cargo are programs of which the files tell everything. A script
/// or a proxy of another kind than rustup may choose by files and variables of its own.
fn is_known(programs: &Programs<'_>, toolchain: &Toolchain) -> bool {
    let own = executable(&toolchain.sysroot.join("bin"), "rustc");
    let rustc = programs.path(&toolchain.rustc);
    let is_own = rustc.as_deref().is_some_and(|rustc| programs.are_one(rustc, &own));
    let is_compiler = |path: &Utf8Path| is_own || programs.is_rustup(path);
    let cargo = programs.path(&toolchain.cargo);
    let is_cargo = |path: &Utf8Path| {
        let real = programs.files.resolve(path).ok();
        real.is_some_and(|real| real.file_stem() == Some("cargo")) || programs.is_rustup(path)
    };
    rustc.is_some_and(|path| is_compiler(&path) && !is_script(&path))
        && cargo.is_some_and(|path| is_cargo(&path) && !is_script(&path))
}

fn is_script(path: &Utf8Path) -> bool {
    let mut start = [0; 2];
    let read = fs_err::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_err() || start == *b"#!"
}

/// The programs on `PATH`.
struct Programs<'a> {
    request: &'a BuildRequest,
    files: &'a dyn Files,
    directories: Vec<Utf8PathBuf>,
}

impl<'a> Programs<'a> {
    /// `None` if `PATH` is not text.
    fn new(request: &'a BuildRequest, files: &'a dyn Files) -> Option<Self> {
        let path = request.env.get_os("PATH").unwrap_or_default();
        let directories = std::env::split_paths(path)
            .map(|path| Some(request.cwd.join(Utf8PathBuf::from_path_buf(path).ok()?)));
        Some(Programs { request, files, directories: directories.collect::<Option<_>>()? })
    }

    /// Asks for a program: a path, or a name to be searched for.
    fn question(&self, program: &Utf8Path) -> Question {
        if is_name(program) {
            let directories = self.directories.clone();
            Question::Program { name: program.to_string(), directories }
        } else {
            Question::Tool(self.request.cwd.join(program))
        }
    }

    /// Returns the path of a program; `None` if it is not found, or if what is found first is not
    /// what would be started.
    fn path(&self, program: &Utf8Path) -> Option<Utf8PathBuf> {
        if !is_name(program) {
            return Some(self.request.cwd.join(program));
        }
        let path = self.request.env.get_os("PATH");
        let found = which::which_in(program, path, &self.request.cwd).ok()?;
        let is_file = |path: &Utf8PathBuf| matches!(self.files.stat(path), Ok(Stat::File(_)));
        let first = candidates(program.as_str(), &self.directories).find(is_file)?;
        (first.as_std_path() == found).then_some(first)
    }

    /// Returns whether two paths lead to one file.
    fn are_one(&self, one: &Utf8Path, other: &Utf8Path) -> bool {
        match (self.files.resolve(one), self.files.resolve(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
    }

    /// Returns whether a program is rustup under another name, which has its size.
    fn is_rustup(&self, program: &Utf8Path) -> bool {
        let size = |path: &Utf8Path| match self.files.stat(path) {
            Ok(Stat::File(stamp)) => Some(stamp.size),
            _ => None,
        };
        let rustup = self.path("rustup".into());
        rustup.is_some_and(|rustup| size(&rustup).is_some() && size(&rustup) == size(program))
    }
}

fn is_name(program: &Utf8Path) -> bool {
    !program.as_str().contains(['/', '\\'])
}
