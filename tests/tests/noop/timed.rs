//! The wrapper that times compilers for the benchmark: what it counts, and that it is true.

use std::time::Duration;

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::timing::{compilations, time, timed_compilers};

#[test]
fn compilations_are_timed_and_questions_are_not() {
    let fixture = Fixture::new("//- /a.rs\n");
    let log = fixture.beside("times");
    let rustc = |args: &[&str]| {
        let wrapper = Command::new(&environment::sibling("time-rustc")).cwd(fixture.root());
        time(timed_compilers(wrapper, &log).arg("rustc").args(args))
    };
    assert!(rustc(&["-vV"]).1.stdout.contains("host: "));
    assert_eq!(compilations(&log), []);
    let args = ["--crate-name", "a", "--crate-type", "lib", "--emit", "metadata", "a.rs"];
    let (total, outcome) = rustc(&args);
    assert!(outcome.success(), "{outcome:?}");
    let times = compilations(&log);
    assert_eq!(times.len(), 1);
    assert!(
        times[0].took < total && times[0].took > Duration::from_millis(1),
        "{times:?} of {total:?}"
    );
}
