//! Requests that are left to plain cargo, each with its reason.

use atlas_build::workspace::{Error, load};
use rstest::rstest;

use crate::fixture::Fixture;

const PACKAGE: &str = "//- Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\n//- src/lib.rs\n";

#[rstest]
#[case::paths("paths = ['x']", &[], &[], "the configuration has `paths` overrides")]
#[case::unstable("[unstable]\nbindeps = true", &[("RUSTC_BOOTSTRAP", "1")], &[], "the unstable setting `bindeps` is on")]
#[case::profile("[profile.dev.package.'*']\nrustflags = ['-g']", &[], &[], "the profile `dev` sets `rustflags`")]
#[case::json("", &[], &["spec.json"], "`spec.json` is a target specification file")]
fn reason_is_given(
    #[case] config: &str,
    #[case] env: &[(&str, &str)],
    #[case] platforms: &[&str],
    #[case] reason: &str,
) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- .cargo/config.toml\n{config}\n"));
    let fixture = env.iter().fold(fixture, |fixture, (name, value)| fixture.env(name, value));
    let mut request = fixture.request();
    request.platforms = platforms.iter().map(|name| (*name).to_owned()).collect();
    let Err(Error::Unsupported(unsupported)) = load(&request, &mut |_| ()) else {
        panic!("supported")
    };
    assert_eq!(unsupported.to_string(), reason);
}

#[rstest]
#[case::ignored_by_stable_cargo("[unstable]\nbindeps = true", &[])]
#[case::bootstrap_alone("", &[("RUSTC_BOOTSTRAP", "1")])]
fn harmless_settings_are_supported(#[case] config: &str, #[case] env: &[(&str, &str)]) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- .cargo/config.toml\n{config}\n"));
    let fixture = env.iter().fold(fixture, |fixture, (name, value)| fixture.env(name, value));
    load(&fixture.request(), &mut |_| ()).expect("supported");
}
