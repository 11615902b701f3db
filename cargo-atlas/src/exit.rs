//! The exit codes, all in one place; `docs/exit-codes.md` is the same table for users. What plain
//! cargo returns after a hand-over is passed on as it is.

use atlas_build::event::Summary;

/// Everything that was asked for is there.
pub(crate) const SUCCESS: i32 = 0;
/// The command line could not be parsed.
pub(crate) const USAGE: i32 = 1;
/// The store is damaged.
pub(crate) const DAMAGED: i32 = 1;
/// The build failed, or could not be started; a question cannot be answered.
pub(crate) const FAILURE: i32 = 101;
/// The user interrupted the build.
pub(crate) const INTERRUPTED: i32 = 130;

/// Returns the exit code of a build that ran.
pub(crate) fn of_summary(summary: &Summary) -> i32 {
    if summary.interrupted {
        INTERRUPTED
    } else if summary.failed.is_empty() {
        SUCCESS
    } else {
        FAILURE
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::ids::{DenseId, UnitId};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::built(false, 0, SUCCESS)]
    #[case::failed(false, 2, FAILURE)]
    #[case::interrupted(true, 0, INTERRUPTED)]
    #[case::interrupted_after_a_failure(true, 1, INTERRUPTED)]
    fn summary_decides(#[case] interrupted: bool, #[case] n_failed: usize, #[case] code: i32) {
        let failed = (0..n_failed).map(UnitId::from_index).collect();
        assert_eq!(of_summary(&Summary { interrupted, failed, ..Summary::default() }), code);
    }
}
