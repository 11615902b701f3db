//! Values of variables may be secret. What is kept has digests of them.

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use camino::Utf8Path;
use rstest::rstest;

const SECRET: &str = "correct-horse-battery-staple";

/// `app` reads variables when it is compiled, without a trace in the program, and its build script
/// does.
const READER: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rerun-if-env-changed=TOKEN");
    let length = std::env::var("TOKEN").unwrap_or_default().len();
    println!("cargo::rustc-env=LENGTH={length}");
}
//- /src/main.rs
const LENGTH: usize = match option_env!("TOKEN") {
    Some(token) => token.len(),
    None => 0,
};
fn main() {
    println!("{LENGTH} {}", env!("LENGTH"));
}
"#;

fn has_secret(path: &Utf8Path) -> bool {
    let bytes = fs_err::read(path).expect("it can be read");
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

/// Returns the files of atlas itself with the secret in them: what is made by compilers and build
/// scripts is theirs.
fn leaks(workspace: &Repeated) -> Vec<camino::Utf8PathBuf> {
    let is_made = |path: &Utf8Path| {
        let made = ["/deps/", "/unit/"];
        made.iter().any(|directory| path.as_str().contains(directory))
    };
    workspace.files(|path| path.as_str().contains("/atlas/") && !is_made(path) && has_secret(path))
}

#[rstest]
#[case::environment(&format!("TOKEN={SECRET}"))]
#[case::token_of_a_registry(&format!("TOKEN={SECRET} CARGO_REGISTRY_TOKEN={SECRET}"))]
#[case::token_of_another(&format!("TOKEN={SECRET} CARGO_REGISTRIES_MINE_TOKEN={SECRET}"))]
#[case::other_variable(&format!("TOKEN={SECRET} OTHER={SECRET}"))]
fn no_value_is_in_the_state(#[case] selection: &str) {
    let workspace = Repeated::new(READER);
    workspace.ran(selection);
    let length = SECRET.len();
    assert_eq!(workspace.prints("debug/app"), format!("{length} {length}\n"));
    assert_eq!(leaks(&workspace), [""; 0]);
    workspace.ran("TOKEN=x");
    workspace.ran(selection);
    assert_eq!(leaks(&workspace), [""; 0]);
}

/// The value of a variable may be in a configuration that is nobody else's.
#[test]
fn no_value_of_the_configuration_is_in_the_state() {
    let workspace = Repeated::new(READER);
    let config = format!("[env]\nTOKEN = \"{SECRET}\"\n[registry]\ntoken = \"{SECRET}\"\n");
    workspace.fixture.write(".cargo/config.toml", &config);
    for _ in 0..2 {
        workspace.ran("");
        assert_eq!(leaks(&workspace), [""; 0]);
    }
}

/// A build that is killed leaves a journal.
#[cfg(unix)]
#[test]
fn no_value_is_in_the_journal() {
    let workspace = Repeated::new(READER);
    let fixture = &workspace.fixture;
    let script = fixture.script(
        "rustc.sh",
        "case \"$*\" in *\"--crate-name app \"*) echo > reached; cat pipe; exit 1;; esac\nexec \"$@\"",
    );
    for pipe in ["pipe", "reached"] {
        let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
        assert!(made.success(), "{}", made.stderr);
    }
    let selection = format!("TOKEN={SECRET} RUSTC_WRAPPER={script}");
    let started = workspace.command(&environment::atlas_binary(), &selection).start();
    fs_err::read(fixture.path("reached")).expect("it is a pipe");
    started.kill();
    fs_err::write(fixture.path("pipe"), "").expect("somebody reads");
    let journals = workspace.target.join("atlas/debug/journals").read_dir_utf8();
    let journals = journals.expect("it is left").flatten();
    assert!(journals.map(|entry| entry.metadata().expect("it is left").len()).sum::<u64>() > 0);
    assert_eq!(leaks(&workspace), [""; 0]);
}
