//! Flags, variables and configuration files that decide on output, and which of them goes first.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{CHAIN, check};

#[rstest]
#[case::quiet("CARGO_TERM_QUIET=true")]
#[case::verbose("CARGO_TERM_VERBOSE=true")]
#[case::quiet_loses_to_a_flag("CARGO_TERM_QUIET=true -v")]
#[case::verbose_loses_to_a_flag("CARGO_TERM_VERBOSE=true -q")]
#[case::colors("CARGO_TERM_COLOR=always")]
#[case::colors_lose_to_a_flag("CARGO_TERM_COLOR=always --color never")]
#[case::no_color("NO_COLOR=1 CARGO_TERM_COLOR=auto")]
#[case::progress("CARGO_TERM_PROGRESS_WHEN=never")]
#[case::unicode("CARGO_TERM_UNICODE=false")]
#[case::bad_color("CARGO_TERM_COLOR=blue")]
#[case::bad_verbosity("CARGO_TERM_VERBOSE=maybe")]
#[case::bad_progress("CARGO_TERM_PROGRESS_WHEN=sometimes")]
#[case::progress_without_width("CARGO_TERM_PROGRESS_WHEN=always")]
#[case::both_in_the_configuration("--config term.quiet=true --config term.verbose=true")]
#[case::both_as_flags("-q -v")]
#[case::config_flag("--config term.verbose=true")]
#[case::bad_config_flag("--config term.verbose=1")]
fn term(#[case] selection: &str) {
    check(&Fixture::new(CHAIN), &format!("{selection} -j1"));
}

#[rstest]
#[case::quiet("[term]\nquiet = true\n", "")]
#[case::verbose("[term]\nverbose = true\n", "")]
#[case::color("[term]\ncolor = \"always\"\n", "CARGO_TERM_COLOR=never")]
#[case::wrong_type("[term]\nverbose = \"yes\"\n", "")]
#[case::unknown_color("[term]\ncolor = \"blue\"\n", "")]
fn term_in_a_file(#[case] config: &str, #[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    fixture.write(".cargo/config.toml", config);
    check(&fixture, &format!("{selection} -j1"));
}
