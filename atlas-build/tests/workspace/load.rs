//! Reading whole workspaces.

use atlas_build::platform::{CompileKind, Triple};
use atlas_build::workspace::{DiscoverError, Error, Resolver, load};
use rstest::rstest;

use crate::fixture::Fixture;

const MEMBERS: &str = "//- Cargo.toml\n[workspace]\nmembers = ['a']\nresolver = '3'\n\
    [profile.release]\nlto = true\n//- a/Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\n\
    edition = '2024'\n[[bench]]\nname = 'own'\nharness = false\n//- a/src/lib.rs\n\
    //- a/benches/own.rs\nfn main() {}\n";

#[test]
fn workspace_is_found_from_a_member() {
    let mut fixture = Fixture::new(MEMBERS);
    fixture.cwd = "a/src";
    let workspace = load(&fixture.request(), &mut |_| ()).expect("loaded");
    assert_eq!(workspace.root, fixture.root());
    assert_eq!(workspace.current_manifest, fixture.root().join("a/Cargo.toml"));
    assert!(workspace.is_virtual);
    assert_eq!(workspace.resolver, Resolver::V2);
    assert_eq!(workspace.target_directory, fixture.root().join("target"));
    assert_eq!(workspace.requested_kinds, [CompileKind::Host]);
    assert!(workspace.manifest_profiles["release"].lto.is_some());
    let targets = &workspace.manifests[&fixture.root().join("a/Cargo.toml")].targets;
    assert_eq!((targets[0].kind.as_str(), targets[0].harness), ("bench", Some(false)));
    assert_eq!(workspace.metadata.packages.len(), 1);
}

#[test]
fn toolchain_knows_the_host_and_every_target() {
    let fixture = Fixture::new(MEMBERS);
    let mut request = fixture.request();
    let names = ["wasm32-unknown-unknown", "host-tuple", "wasm32-unknown-unknown"];
    request.platforms = names.map(str::to_owned).into();
    let workspace = load(&request, &mut |_| ()).expect("loaded");
    let toolchain = &workspace.toolchain;
    let mut kinds = vec![
        CompileKind::Target(Triple::new("wasm32-unknown-unknown")),
        CompileKind::Target(toolchain.host.clone()),
    ];
    kinds.sort();
    assert_eq!(workspace.requested_kinds, kinds);
    assert_eq!(toolchain.platforms.len(), 3);
    assert!(toolchain.sysroot.is_dir());
    assert!(toolchain.platforms[&CompileKind::Host].sysroot_libdir.is_dir());
    assert!(toolchain.verbose_version.contains(toolchain.host.as_str()));
    let wasm = &toolchain.platforms[&CompileKind::Target(Triple::new("wasm32-unknown-unknown"))];
    assert_eq!(wasm.file_names["bin"].suffix, ".wasm");
    assert!(!wasm.file_names.contains_key("dylib"));
    assert!(wasm.cfgs.iter().any(|cfg| cfg.to_string() == "target_arch = \"wasm32\""));
}

#[test]
fn settings_of_a_platform_are_read() {
    let fixture = Fixture::new(&format!(
        "{MEMBERS}//- .cargo/config.toml\n[target.wasm32-unknown-unknown]\nlinker = 'tools/ld'\n\
         [target.wasm32-unknown-unknown.foo]\nrustc-link-lib = ['foo']\nrustc-flags = '-L /x -l y'\n\
         version = '1'\n[target.'cfg(target_arch = \"wasm32\")']\nrunner = ['wasmtime', 'run']\n\
         linker = 'unused'\n"
    ));
    let mut request = fixture.request();
    request.platforms = vec!["wasm32-unknown-unknown".to_owned()];
    let workspace = load(&request, &mut |_| ()).expect("loaded");
    let facts = &workspace.toolchain.platforms[&workspace.requested_kinds[0]];
    assert_eq!(facts.linker, Some(fixture.root().join("tools/ld")));
    let runner = facts.runner.as_ref().expect("a runner");
    assert_eq!(
        (runner.program.as_str(), runner.args.as_slice()),
        ("wasmtime", &["run".to_owned()][..])
    );
    let foo = &facts.links_overrides["foo"];
    assert_eq!(foo.library_links, ["y", "foo"]);
    assert_eq!(foo.library_paths[0].value, "/x");
    assert_eq!(foo.metadata, [("version".to_owned(), "1".to_owned())]);
}

#[test]
fn missing_manifest_is_told_in_cargos_words() {
    let mut fixture = Fixture::new("//- empty/file\n");
    fixture.cwd = "empty";
    let error = load(&fixture.request(), &mut |_| ()).expect_err("nothing there");
    assert!(matches!(&error, Error::Discover(DiscoverError::NotFound(_))));
    let output = fixture.cargo(&["build"], &[]);
    let expected = format!("error: {error}\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}

#[test]
fn missing_compiler_is_named_with_its_setting() {
    let fixture = Fixture::new(MEMBERS).env("RUSTC", "/does/not/exist");
    let error = load(&fixture.request(), &mut |_| ()).expect_err("no compiler");
    let Error::CompilerMissing { setting, .. } = &error else { panic!("{error}") };
    assert_eq!(*setting, Some("RUSTC or build.rustc"));
    let expected = "could not execute process `/does/not/exist -vV` (never executed)";
    assert_eq!(error.to_string(), expected);
    let output = fixture.cargo(&["build"], &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn failure_of_cargo_is_an_error() {
    let fixture = Fixture::new("//- Cargo.toml\n[package]\nname = 'a'\n");
    assert!(matches!(load(&fixture.request(), &mut |_| ()), Err(Error::Metadata(_))));
}

#[test]
fn target_directory_follows_flag_environment_and_configuration() {
    let files = format!("{MEMBERS}//- .cargo/config.toml\n[build]\ntarget-dir = 'configured'\n");
    let fixture = Fixture::new(&files);
    let target = |fixture: &Fixture, flag: Option<&str>| {
        let mut request = fixture.request();
        request.target_dir = flag.map(|flag| fixture.root().join(flag));
        let directory = load(&request, &mut |_| ()).expect("loaded").target_directory;
        directory.file_name().expect("a name").to_owned()
    };
    assert_eq!(target(&fixture, None), "configured");
    let fixture = fixture.env("CARGO_TARGET_DIR", "ROOT/variable");
    assert_eq!(target(&fixture, None), "variable");
    assert_eq!(target(&fixture, Some("flag")), "flag");
}

#[test]
fn warnings_about_manifests_are_those_of_cargo() {
    let fixture = Fixture::new(
        "//- Cargo.toml\n[workspace]\nmembers = ['a', 'b']\n[profile.doc]\ndebug = 1\n\
         //- a/Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\nfoo = 1\n\
         //- a/src/lib.rs\n//- b/Cargo.toml\n[package]\nname = 'b'\nversion = '0.1.0'\n\
         edition = '2021'\n[dependencies]\na = { path = '../a', bar = 2 }\n\
         [lints.rust]\nunused = { level = 'warn', x = 1 }\n//- b/src/lib.rs\n",
    );
    let ours = load(&fixture.request(), &mut |_| ()).expect("loaded").manifest_warnings;
    let output = fixture.cargo(&["check", "--offline"], &[]);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let mut cargos: Vec<String> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("warning: "))
        .filter(|line| line.starts_with('/'))
        .map(str::to_owned)
        .collect();
    // Cargo has the manifests in no order, but the warnings of each are in order.
    cargos.sort_by(|a, b| a.split(": ").next().cmp(&b.split(": ").next()));
    assert_eq!(ours.len(), 5);
    assert_eq!(ours, cargos);
}

/// Cargo finds these when it reads the targets of a package, and tells when it compiles.
#[rstest]
#[case::twice("[[bin]]\nname = 'a'\npath = 'src/lib.rs'\n", false)]
#[case::old_spelling("[lib]\ncrate_type = ['lib']\n", false)]
#[case::not_there("[[test]]\nname = 'missing'\n", true)]
#[case::impossible("[[bin]]\nname = 'a'\npath = 'src/lib.rs'\nproc-macro = true\n", true)]
fn targets_are_judged_as_by_cargo(#[case] targets: &str, #[case] is_refused: bool) {
    let fixture = Fixture::new(&format!(
        "//- Cargo.toml\n[package]\nname = 'a'\nversion = '0.1.0'\nedition = '2021'\n{targets}\
         //- src/lib.rs\nfn main() {{}}\n",
    ));
    let output = fixture.cargo(&["check", "--offline"], &[]);
    let cargos = String::from_utf8(output.stderr).expect("UTF-8");
    let ours = match load(&fixture.request(), &mut |_| ()) {
        Ok(workspace) if !is_refused => {
            format!("warning: {}\n", workspace.manifest_warnings.join("\nwarning: "))
        }
        Err(Error::Refused(error)) if is_refused => format!("error: {error}\n"),
        other => panic!("{other:?}"),
    };
    assert!(cargos.contains(&ours), "{ours}{cargos}");
}
