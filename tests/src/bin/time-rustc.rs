//! A `RUSTC_WRAPPER` that runs rustc and appends how long it took to the file named by
//! `ATLAS_TEST_TIMES`.

fn main() -> std::process::ExitCode {
    atlas_tests::timing::time_and_run()
}
