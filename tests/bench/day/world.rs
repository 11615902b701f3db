//! Two copies of a workspace and what runs in them.

use std::time::Instant;

use atlas_tests::build::Build;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::release;
use atlas_tests::spoken;
use camino::{Utf8Path, Utf8PathBuf};

/// Two copies of a workspace.
#[derive(Debug)]
pub(crate) struct World {
    cargo: Utf8PathBuf,
    atlas: Utf8PathBuf,
    /// Directory of the program under test.
    programs: Utf8PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit code, if no signal ended it.
    pub(crate) outcome: Outcome,
    /// Standard output and standard error, without what differs from copy to copy.
    pub(crate) said: [String; 2],
    /// How long it took.
    pub(crate) seconds: f64,
}

impl Ran {
    /// Returns the exit code as it is shown.
    pub(crate) fn code(&self) -> String {
        self.outcome.code.map_or_else(|| "signal".to_owned(), |code| code.to_string())
    }
}

impl World {
    /// Clones a repository twice.
    pub(crate) fn new(
        repository: &Utf8Path,
        directory: &Utf8Path,
        atlas: &Utf8Path,
        commit: &str,
    ) -> Self {
        fs_err::create_dir_all(directory).expect("the directory is writable");
        let directory = directory.canonicalize_utf8().expect("the directory is there");
        let repository = repository.canonicalize_utf8();
        let repository = repository.unwrap_or_else(|error| panic!("{error}"));
        let world = World {
            cargo: directory.join("cargo/ws"),
            atlas: directory.join("atlas/ws"),
            programs: parent_of(atlas),
        };
        for copy in [&world.cargo, &world.atlas] {
            let parent = copy.parent().expect("it has two names");
            fs_err::create_dir_all(parent).expect("the directory is writable");
            let clone =
                format!("git clone -q '{repository}' ws && cd ws && git checkout -q {commit}");
            let outcome = shell(parent, &clone).run();
            assert!(outcome.success(), "{}", outcome.stderr);
        }
        release::fetch(&world.cargo);
        world
    }

    /// Changes both copies. Panics if that fails.
    pub(crate) fn change(&self, line: &str) {
        for copy in [&self.cargo, &self.atlas] {
            let outcome = shell(copy, line).run();
            assert!(outcome.success(), "`{line}` in {copy}: {}", outcome.stderr);
        }
    }

    /// Runs a command by cargo in one copy and by the program under test in the other.
    pub(crate) fn run(&self, line: &str) -> [Ran; 2] {
        let atlas = line.replace("cargo ", "cargo atlas ");
        [self.run_in(&self.cargo, line), self.run_in(&self.atlas, &atlas)]
    }

    fn run_in(&self, copy: &Utf8Path, line: &str) -> Ran {
        let command = shell(copy, line)
            .first_on_path(&self.programs)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_INSTALL_ROOT", copy.with_file_name("root").as_str())
            .env("ATLAS_STORE", copy.with_file_name("store").as_str());
        let since = Instant::now();
        let outcome = command.run();
        let seconds = since.elapsed().as_secs_f64();
        let base = copy.parent().expect("it has two names").as_str();
        let build = Build { outcome: outcome.clone(), target: copy.join("target") };
        let said = [spoken::stdout(&build), spoken::stderr(&build)];
        Ran { outcome, said: said.map(|text| text.replace(base, "<base>")), seconds }
    }
}

fn shell(directory: &Utf8Path, line: &str) -> Command {
    Command::new("/bin/sh".into()).cwd(directory).args(&["-c", line])
}

fn parent_of(program: &Utf8Path) -> Utf8PathBuf {
    let program = program.canonicalize_utf8().unwrap_or_else(|error| panic!("{program}: {error}"));
    program.parent().expect("a program is in a directory").to_owned()
}
