//! The user's flags and the flags of `[lints]`; command lines of `cargo check -v` are the oracle.

use atlas_build::platform::{CompileKind, Triple};
use atlas_build::workspace::{Workspace, load};
use rstest::rstest;

use crate::fixture::Fixture;

const PACKAGE: &str = "//- Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\nedition = '2024'\n\
                       //- src/lib.rs\n//- build.rs\nfn main() {}\n";

fn read(fixture: &Fixture, platforms: &[&str]) -> Workspace {
    let mut request = fixture.request();
    request.platforms = platforms.iter().map(|name| (*name).to_owned()).collect();
    load(&request, &mut |_| ()).expect("loaded")
}

fn host() -> String {
    read(&Fixture::new(PACKAGE), &[]).toolchain.host.as_str().to_owned()
}

/// Arguments of the only compiler run of the crate `name`.
fn oracle(fixture: &Fixture, name: &str, args: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "-v", "--offline"];
    all.extend(args);
    let output = fixture.cargo(&all, &[]);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let marker = format!("--crate-name {name} ");
    let line = stderr.lines().find(|line| line.contains(&marker)).expect("it was compiled");
    let line = line.trim().trim_start_matches("Running `").trim_end_matches('`');
    line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
}

#[rstest]
#[case::encoded("", &[("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}encoded"), ("RUSTFLAGS", "--cfg env")], "encoded")]
#[case::rustflags("[build]\nrustflags = ['--cfg', 'build']", &[("RUSTFLAGS", " --cfg  env ")], "env")]
#[case::target("[build]\nrustflags = ['--cfg', 'build']\n[target.HOST]\nrustflags = '--cfg target'", &[], "target")]
#[case::target_cfg("[target.'cfg(unix)']\nrustflags = ['--cfg', 'unixes']", &[], "unixes")]
#[case::build("[build]\nrustflags = ['--cfg', 'build']\n[target.'cfg(windows)']\nrustflags = ['--cfg', 'w']", &[], "build")]
#[case::build_env("", &[("CARGO_BUILD_RUSTFLAGS", "--cfg buildenv")], "buildenv")]
#[case::empty("[build]\nrustflags = ['--cfg', 'build']", &[("RUSTFLAGS", "")], "")]
#[case::second_round("[build]\nrustflags = ['--cfg', 'first']\n[target.'cfg(first)']\nrustflags = ['--cfg', 'second']", &[], "second")]
fn first_source_with_flags_wins(
    #[case] config: &str,
    #[case] env: &[(&str, &str)],
    #[case] expected: &str,
) {
    let host = host();
    let config = config.replace("HOST", &host);
    let fixture = Fixture::new(&format!("{PACKAGE}//- .cargo/config.toml\n{config}\n"));
    let fixture = env.iter().fold(fixture, |fixture, (name, value)| fixture.env(name, value));
    let native = &read(&fixture, &[]).toolchain.platforms[&CompileKind::Host];
    let expected: Vec<&str> = if expected.is_empty() { vec![] } else { vec!["--cfg", expected] };
    assert_eq!(native.rustflags, expected);
    assert!(oracle(&fixture, "a", &[]).ends_with(&native.rustflags), "cargo has others");

    let crossed = read(&fixture, &[&host]).toolchain.platforms;
    assert!(crossed[&CompileKind::Host].rustflags.is_empty());
    assert_eq!(crossed[&CompileKind::Target(Triple::new(&host))].rustflags, expected);
}

#[test]
fn flags_of_several_cfg_tables_are_joined() {
    let host = host();
    let fixture = Fixture::new(&format!(
        "{PACKAGE}//- .cargo/config.toml\n[target.'cfg(unix)']\nrustflags = ['--cfg', 'b']\n\
         [target.'cfg(not(windows))']\nrustflags = ['--cfg', 'a']\n\
         [target.{host}]\nrustflags = ['--cfg', 'c']\n"
    ));
    let flags = &read(&fixture, &[]).toolchain.platforms[&CompileKind::Host].rustflags;
    assert_eq!(flags, &["--cfg", "c", "--cfg", "a", "--cfg", "b"]);
    assert!(oracle(&fixture, "a", &[]).ends_with(flags), "cargo has others");
}

#[rstest]
#[case::own(
    "a",
    "[lints.rust]\nunused = { level = 'warn', priority = -1 }\nunsafe_code = 'forbid'\n\
    unexpected_cfgs = { level = 'warn', check-cfg = ['cfg(x)'] }\n[lints.clippy]\nall = 'deny'\n",
    ""
)]
#[case::inherited(
    "a",
    "[lints]\nworkspace = true\n",
    "[workspace.lints.rust]\nunused = 'deny'\n\
    [workspace.lints.rustdoc]\nall = 'allow'\n"
)]
fn lints_are_the_flags_of_cargo(#[case] name: &str, #[case] lints: &str, #[case] root: &str) {
    let fixture = Fixture::new(&format!(
        "//- Cargo.toml\n[workspace]\nmembers = ['{name}']\nresolver = '2'\n{root}\n\
         //- {name}/src/lib.rs\n//- {name}/Cargo.toml\n[package]\nname = '{name}'\n\
         version = '0.1.0'\nedition = '2021'\n{lints}\n"
    ));
    let workspace = read(&fixture, &[]);
    let manifest = workspace.root.join(name).join("Cargo.toml");
    let flags = &workspace.manifests[&manifest].lint_flags;
    let arguments = oracle(&fixture, name, &[]);
    assert!(!flags.is_empty());
    assert!(arguments.windows(flags.len()).any(|window| window == flags), "{arguments:?}");
    let is_lint = |arg: &&String| {
        ["--warn=", "--deny=", "--allow=", "--forbid="].iter().any(|it| arg.starts_with(it))
    };
    assert_eq!(arguments.iter().filter(is_lint).count(), flags.iter().filter(is_lint).count());
}

#[test]
fn lints_of_another_workspace_are_inherited_from_there() {
    let mut fixture = Fixture::new(
        "//- main/Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\nedition = '2021'\n\
         [dependencies]\nb = { path = '../other/b' }\n[workspace]\n//- main/src/lib.rs\n\
         //- other/Cargo.toml\n[workspace]\nmembers = ['b']\nresolver = '2'\n\
         [workspace.lints.rust]\ndead_code = 'deny'\n//- other/b/src/lib.rs\n\
         //- other/b/Cargo.toml\n[package]\nname = 'b'\nversion = '0.1.0'\nedition = '2021'\n\
         [lints]\nworkspace = true\n",
    );
    fixture.cwd = "main";
    let manifests = read(&fixture, &[]).manifests;
    let flags = &manifests[&fixture.root().join("other/b/Cargo.toml")].lint_flags;
    assert_eq!(flags, &["--deny=dead_code"]);
    assert!(oracle(&fixture, "b", &[]).contains(&flags[0]));
}
