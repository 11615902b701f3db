//! Configuration files and variables that cannot be read or make no sense.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{PACKAGE, check_in, check_meaning};

#[rstest]
#[case::syntax("[build\n")]
#[case::duplicate_key("[build]\njobs = 1\njobs = 2\n")]
#[case::wrong_type_of_a_list("[build]\nrustflags = 3\n")]
#[case::wrong_type_of_a_path("[build]\ntarget-dir = 3\n")]
#[case::wrong_type_of_a_flag("[build]\nincremental = \"maybe\"\n")]
#[case::unknown_target("[build]\ntarget = \"no-such-triple\"\n")]
#[case::linker_type("[target.HOST]\nlinker = 3\n")]
#[case::panic_of_a_package("[profile.dev.package.app]\npanic = \"abort\"\n")]
#[case::lto_of_build_scripts("[profile.dev.build-override]\nlto = true\n")]
#[case::runner_type("[target.'cfg(unix)']\nrunner = 3\n")]
fn file(#[case] config: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    fixture.write(".cargo/config.toml", &config.replace("HOST", environment::host()));
    check_in(&fixture, "");
}

#[rstest]
#[case::jobs("CARGO_BUILD_JOBS=x")]
#[case::no_jobs("CARGO_BUILD_JOBS=0")]
#[case::incremental("CARGO_BUILD_INCREMENTAL=x")]
#[case::target("CARGO_BUILD_TARGET=no-such-triple")]
fn variable(#[case] selection: &str) {
    check_in(&Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n")), selection);
}

/// Where cargo shows how its own parser is built, atlas says the same in fewer words.
#[rstest]
#[case::wrong_type_of_a_table("build = 3\n", &["`build`", "table"])]
#[case::wrong_type_of_a_target("[build]\ntarget = 3\n", &["build.target", "string or array"])]
#[case::wrong_profile("[profile.dev]\nopt-level = \"x\"\n", &["profile.dev.opt-level", "x"])]
#[case::wrong_type_in_a_profile("[profile.dev]\ndebug = [1]\n", &["profile.dev.debug"])]
#[case::wrong_env("[env]\nA = { value = 3 }\n", &["env.A.value", "string"])]
#[case::include_missing("include = [\"no.toml\"]\n", &["no.toml", "No such file"])]
#[case::datetime("[build]\njobs = 1979-05-27\n", &["datetime"])]
#[case::rustflags_type("[target.HOST]\nrustflags = 3\n", &[".rustflags", "string or array"])]
fn file_in_other_words(#[case] config: &str, #[case] expected: &[&str]) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    fixture.write(".cargo/config.toml", &config.replace("HOST", environment::host()));
    let file = fixture.root().join(".cargo/config.toml");
    let file = if config.starts_with("include") { "config" } else { file.as_str() };
    check_meaning(&fixture, "", &[&[file], expected].concat());
}

#[rstest]
#[case::optimization("CARGO_PROFILE_DEV_OPT_LEVEL=x")]
#[case::debug_info("CARGO_PROFILE_DEV_DEBUG=x")]
fn variable_in_other_words(#[case] selection: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let (name, _) = selection.split_once('=').unwrap();
    check_meaning(&fixture, selection, &[name, "profile.dev."]);
}

#[test]
fn file_that_cannot_be_read() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n//- /.cargo/config.toml/x\n"));
    let file = fixture.root().join(".cargo/config.toml");
    check_meaning(&fixture, "", &[file.as_str(), "directory"]);
    fs_err::remove_dir_all(&file).unwrap();
    fs_err::write(&file, b"\xff\xfe").unwrap();
    check_meaning(&fixture, "", &[file.as_str(), "UTF-8"]);
}

#[rstest]
#[case::compiler("RUSTC=/no/such/rustc", "RUSTC or build.rustc")]
#[case::wrapper("RUSTC_WRAPPER=/no/such/wrapper", "RUSTC_WRAPPER or build.rustc-wrapper")]
#[case::inner_wrapper("RUSTC_WORKSPACE_WRAPPER=/no/such/wrapper", "RUSTC_WORKSPACE_WRAPPER or")]
#[case::setting("--config build.rustc=\"/no/such/rustc\"", "RUSTC or build.rustc")]
fn missing_program(#[case] selection: &str, #[case] setting: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let hint = format!("help: the program is named by {setting}");
    check_meaning(&fixture, selection, &["could not execute process `/no/such/", &hint]);
}
