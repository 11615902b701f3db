//! Other programs that keep what compilers made: installed from the registry, each with a cache and a
//! server of its own. Knows nothing of atlas.

use atlas_tests::environment;
use atlas_tests::measure::Measured;
use atlas_tests::process::Command;
use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use crate::site::{Site, Who, remove};

/// What distinguishes a peer.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    requirement: &'static str,
    /// Further arguments of its installation.
    install: &'static [&'static str],
    start: &'static [&'static str],
    stop: &'static [&'static str],
    /// What its documentation has users set, and where it keeps its files.
    environment: fn(&Places) -> Vec<(&'static str, String)>,
}

/// Where a peer keeps its files.
#[derive(Debug)]
struct Places {
    cache: Utf8PathBuf,
    /// Short, as names of sockets have to be.
    sockets: Utf8PathBuf,
}

/// A peer whose server runs, until it is dropped.
#[derive(Debug)]
pub(crate) struct Peer {
    kind: &'static Kind,
    program: Utf8PathBuf,
    places: Places,
    _sockets: TempDir,
}

// Its clients for stores on other machines are left out.
const SCCACHE: Kind = Kind {
    name: "sccache",
    requirement: "^0.19",
    install: &["--no-default-features"],
    start: &["--start-server"],
    stop: &["--stop-server"],
    environment: |places| {
        vec![
            ("SCCACHE_DIR", places.cache.to_string()),
            ("SCCACHE_CACHE_SIZE", "40G".to_owned()),
            ("SCCACHE_SERVER_UDS", places.sockets.join("socket").to_string()),
            ("CARGO_INCREMENTAL", "0".to_owned()),
        ]
    },
};

const KACHE: Kind = Kind {
    name: "kache",
    requirement: "^2.0",
    install: &[],
    start: &["daemon", "start"],
    stop: &["daemon", "stop"],
    environment: |places| {
        vec![
            ("KACHE_CACHE_DIR", places.cache.to_string()),
            ("KACHE_MAX_SIZE", "40GiB".to_owned()),
            ("KACHE_RUNTIME_DIR", places.sockets.to_string()),
            ("KACHE_CONFIG", places.sockets.join("config.toml").to_string()),
        ]
    },
};

/// Installs the peers below a directory, unless they are there, and starts their servers with empty
/// caches. Those that cannot be installed are left out, and it is said why.
pub(crate) fn start(directory: &Utf8Path) -> Vec<Peer> {
    [&SCCACHE, &KACHE].into_iter().filter_map(|kind| Peer::start(kind, directory)).collect()
}

impl Peer {
    fn start(kind: &'static Kind, directory: &Utf8Path) -> Option<Self> {
        let program = installed(kind, directory)?;
        let sockets = tempfile::tempdir().expect("the temporary directory is writable");
        let path = Utf8Path::from_path(sockets.path()).expect("its name is UTF-8").to_owned();
        let cache = directory.join(format!("{}-cache", kind.name));
        remove(&cache);
        fs_err::write(path.join("config.toml"), "").expect("the directory is writable");
        let places = Places { cache, sockets: path };
        let peer = Peer { kind, program, places, _sockets: sockets };
        let _said = peer.command(peer.kind.start).run().expect_success(kind.name);
        Some(peer)
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &'static str {
        self.kind.name
    }

    /// Builds from scratch with what it keeps.
    pub(crate) fn build(&self, site: &Site) -> Measured {
        let build = site.command(Who::Cargo, 0).env("RUSTC_WRAPPER", self.program.as_str());
        site.measure(self.with_environment(build), self.name())
    }

    fn command(&self, args: &[&str]) -> Command {
        self.with_environment(Command::new(&self.program)).args(args)
    }

    fn with_environment(&self, command: Command) -> Command {
        let vars = (self.kind.environment)(&self.places);
        vars.iter().fold(command, |command, (name, value)| command.env(name, value))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _said = self.command(self.kind.stop).run();
    }
}

/// Returns the program; installs it unless it is there. A lock file may name what the registry does not
/// have (any longer), so that a second attempt goes without. What an interrupted installation has
/// built is used by the next one.
fn installed(kind: &Kind, directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let root = directory.join("peers");
    let program = root.join("bin").join(format!("{}{}", kind.name, std::env::consts::EXE_SUFFIX));
    let target = root.join(format!("{}-target", kind.name));
    let attempts: [&[&str]; 2] = [&["--locked"], &[]];
    for lock in attempts {
        if program.exists() {
            return Some(program);
        }
        println!("installs {} {} {}", kind.name, kind.requirement, lock.join(" "));
        let install =
            ["install", kind.name, "--version", kind.requirement, "--root", root.as_str()];
        let cargo = Command::new(&environment::cargo()).envs(environment::network());
        let cargo = cargo.env("CARGO_TARGET_DIR", target.as_str());
        let outcome = cargo.args(&install).args(kind.install).args(lock).run();
        if !outcome.success() {
            println!("{} cannot be installed: {}", kind.name, outcome.first_error());
        }
    }
    program.exists().then_some(program)
}
