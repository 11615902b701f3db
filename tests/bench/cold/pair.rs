//! One pair: a cold build and some no-op builds by each of the two programs.

use std::time::Duration;

use atlas_tests::environment;
use atlas_tests::measure::{Measured, measure};
use atlas_tests::process::Command;
use atlas_tests::statistics::Summary;
use camino::{Utf8Path, Utf8PathBuf};

/// What is measured: programs, workspace and arguments.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) cargo: Utf8PathBuf,
    pub(crate) atlas: Utf8PathBuf,
    pub(crate) workspace: Utf8PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) n_no_ops: u32,
}

/// What one program cost in one pair.
#[derive(Debug)]
pub(crate) struct Cost {
    pub(crate) cold: Measured,
    /// Median of the no-op builds in seconds.
    pub(crate) no_op: Option<f64>,
}

/// One pair.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) cargo: Cost,
    pub(crate) atlas: Cost,
}

impl Subject {
    /// Measures a pair; `n` decides which program goes first.
    pub(crate) fn pair(&self, n: u32) -> Pair {
        if n.is_multiple_of(2) {
            let cargo = self.cost(&self.cargo);
            Pair { cargo, atlas: self.cost(&self.atlas) }
        } else {
            let atlas = self.cost(&self.atlas);
            Pair { cargo: self.cost(&self.cargo), atlas }
        }
    }

    /// Builds in a new target directory.
    fn cost(&self, program: &Utf8Path) -> Cost {
        let beside = environment::profile_dir().with_file_name("tmp");
        fs_err::create_dir_all(&beside).expect("the target directory is writable");
        let dir = tempfile::Builder::new().prefix("cold-").tempdir_in(beside);
        let dir = dir.expect("the target directory is writable");
        let target = Utf8Path::from_path(dir.path()).expect("the target directory is UTF-8");
        let cold = self.build(program, target);
        let no_ops = (0..self.n_no_ops).map(|_| self.build(program, target));
        let no_op = Summary::of(no_ops.map(|no_op| no_op.wall.as_secs_f64()));
        Cost { cold, no_op: no_op.map(|summary| summary.median) }
    }

    fn build(&self, program: &Utf8Path, target: &Utf8Path) -> Measured {
        let command = Command::new(program)
            .cwd(&self.workspace)
            .env("CARGO_TARGET_DIR", target.as_str())
            .args(&["build", "--offline"])
            .args(&self.args);
        let measured = measure(command);
        let outcome = measured.outcome.clone().expect_success(program.as_str());
        Measured { outcome, ..measured }
    }
}

impl Pair {
    /// Returns atlas's time over cargo's.
    pub(crate) fn cold(&self) -> f64 {
        seconds(self.atlas.cold.wall) / seconds(self.cargo.cold.wall)
    }

    /// Returns atlas's processor time over cargo's.
    #[expect(clippy::cast_precision_loss, reason = "a build takes fewer ticks than 2^52")]
    pub(crate) fn cpu(&self) -> Option<f64> {
        Some(self.atlas.cold.cpu_ticks? as f64 / self.cargo.cold.cpu_ticks? as f64)
    }

    /// Returns atlas's time over cargo's if there is nothing to do.
    pub(crate) fn no_op(&self) -> Option<f64> {
        Some(self.atlas.no_op? / self.cargo.no_op?)
    }
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
