//! `cargo atlas why`, where nothing was built.

use atlas_tests::fixture::Fixture;

use crate::{WORKSPACE, refusal};

#[test]
fn nothing_is_on_record() {
    let expected = "error: no build is on record here\n\n\
         help: `cargo atlas build` builds and keeps a record\n";
    for line in ["why", "why app", "why --json", "in:app why --target-dir x"] {
        assert_eq!(refusal(&Fixture::new(WORKSPACE), line), expected, "{line}");
    }
}
