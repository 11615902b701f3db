//! A `RUSTC_WRAPPER` that appends what it was started with to the file named by
//! `ATLAS_TEST_RECORD`, then becomes rustc.

fn main() -> std::process::ExitCode {
    atlas_tests::recording::record_and_run()
}
