//! Profiles of the configuration and of `CARGO_PROFILE_*`.

use atlas_build::workspace::config;
use cargo_util_schemas::manifest::{StringOrBool, TomlOptLevel, TomlProfile};
use std::collections::BTreeMap;

use crate::fixture::Fixture;

fn profiles(fixture: &Fixture) -> BTreeMap<String, TomlProfile> {
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    config::profiles(&configuration, ["dev"]).expect("profiles")
}

const FILES: &str = "//- .cargo/config.toml\n[profile.dev]\nopt-level = 1\nlto = 'thin'\n\
    [profile.dev.package.a_b]\nopt-level = 2\n[profile.dev.package.'*']\ndebug = false\n\
    [profile.custom]\ninherits = 'base'\n";

#[test]
fn variables_rank_above_files() {
    let fixture = Fixture::new(FILES)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "s")
        .env("CARGO_PROFILE_DEV_STRIP", "true")
        .env("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", "3")
        .env("CARGO_PROFILE_DEV_PACKAGE_a_b_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_BASE_CODEGEN_UNITS", "4")
        .env("CARGO_PROFILE_RELEASE_INCREMENTAL", "true");
    let profiles = profiles(&fixture);
    let level = |level: &str| Some(TomlOptLevel(level.to_owned()));
    let dev = &profiles["dev"];
    assert_eq!(dev.opt_level, level("s"));
    assert_eq!(dev.lto, Some(StringOrBool::String("thin".to_owned())));
    assert_eq!(dev.strip, Some(StringOrBool::Bool(true)));
    assert_eq!(dev.build_override.as_ref().and_then(|it| it.opt_level.clone()), level("3"));
    let packages: Vec<_> = dev.package.iter().flatten().map(|(_, it)| &it.opt_level).collect();
    assert!(packages.contains(&&level("0")), "{packages:?}");
    assert_eq!(profiles["base"].codegen_units, Some(4));
    assert_eq!(profiles["release"].incremental, Some(true));
    assert!(!profiles.contains_key("test"));
}

#[test]
fn arguments_rank_above_variables() {
    let mut fixture = Fixture::new(FILES).env("CARGO_PROFILE_DEV_OPT_LEVEL", "s");
    fixture.config_args = vec!["profile.dev.opt-level=3".to_owned()];
    assert_eq!(profiles(&fixture)["dev"].opt_level, Some(TomlOptLevel("3".to_owned())));
}

#[test]
fn unused_keys_are_told_with_their_file() {
    let fixture = Fixture::new(
        "//- .cargo/config.toml\n[profile.dev]\nzork = 1\n[profile.dev.build-override]\nx = 1\n",
    );
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    let warnings = config::profile_warnings(&configuration, [&"dev".to_owned()]).expect("tables");
    let file = fixture.root().join(".cargo/config.toml");
    assert_eq!(
        warnings,
        [
            format!("unused config key `profile.dev.zork` in `{file}`"),
            format!("unused config key `profile.dev.build-override.x` in `{file}`"),
        ]
    );
}
