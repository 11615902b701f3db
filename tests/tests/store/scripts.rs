//! Build scripts that do what they like: they run when they have to, and what others made of them is
//! used only where it is right.

use atlas_tests::process::Command;
use atlas_tests::stored::{HERE, Place, Stored};

use crate::{NONE, expect, expect_anew, rest};

const MANIFEST: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[workspace]
"#;

const ALL: &[&str] = &["app/bin", "app/build-script", "app/run-build-script"];
const RUN_ON: &[&str] = &["app/bin", "app/run-build-script"];
const RUN: &[&str] = &["app/run-build-script"];
const THERE: Place<'static> = Place { target: "there", ..HERE };

/// Writes a package with a build script, and a program around `body`.
fn package(script: &str, body: &str) -> Stored {
    let script = format!(
        "//- /build.rs\n#[allow(unused)]\nuse std::{{env, fs, path::PathBuf, process::Command}};\n\
         fn main() {{\n#[allow(unused)]\nlet out = PathBuf::from(env::var_os(\"OUT_DIR\").unwrap());\n{script}\n}}\n"
    );
    Stored::new(&format!("{MANIFEST}{script}//- /src/main.rs\n{body}\n"))
}

const INCLUDED: &str =
    "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\nfn main() { println!(\"{MADE}\"); }";

/// What names `OUT_DIR` in a file is used with the same target directory only.
#[test]
fn a_file_that_names_out_dir() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        fs::write(out.join(\"made.rs\"), format!(\"const MADE: &str = {out:?};\")).unwrap();";
    let stored = package(script, INCLUDED);
    expect(&stored, (HERE, ""), ALL, NONE);
    let printed = stored.prints(HERE, "debug/app");
    assert!(printed.starts_with(stored.beside("target").as_str()), "{printed}");
    expect(&stored, (THERE, ""), RUN_ON, &["app/build-script"]);
    assert!(stored.prints(THERE, "debug/app").starts_with(stored.beside("there").as_str()));
    expect_anew(&stored, "", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), printed);
}

/// The same with a hash of `OUT_DIR` only, which no search finds: what was told is the same, and the
/// name of the file says nothing. The script runs where it says that it reads the variable.
#[test]
fn a_file_named_by_a_hash_of_out_dir() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        let hash: u64 = out.as_os_str().as_encoded_bytes().iter().map(|it| u64::from(*it)).sum();
        println!(\"cargo::rustc-env=HASH={hash}\");
        fs::write(out.join(format!(\"{hash}.txt\")), hash.to_string()).unwrap();";
    let body = "fn main() { println!(\"{} {}\", env!(\"HASH\"), include_str!(concat!(env!(\"OUT_DIR\"), \"/\", env!(\"HASH\"), \".txt\"))); }";
    let stored = package(script, body);
    expect(&stored, (HERE, ""), ALL, NONE);
    let printed = stored.prints(HERE, "debug/app");
    // The hash is of another directory, and goes with the file that it names.
    let did = stored.build(THERE, "");
    assert!(did.restored.contains("app/build-script"));
    assert_eq!(
        stored
            .prints(THERE, "debug/app")
            .split_whitespace()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        1
    );
    expect_anew(&stored, "", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), printed);
}

/// A script that watches what a file names: each run has a list of its own.
#[test]
fn another_list_of_what_is_watched_each_run() {
    let script = "let which = fs::read_to_string(\"which.txt\").unwrap();
        println!(\"cargo::rerun-if-changed=which.txt\");
        println!(\"cargo::rerun-if-changed={}\", which.trim());
        println!(\"cargo::rustc-env=MADE={}\", fs::read_to_string(which.trim()).unwrap().trim());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    stored.write("which.txt", "a.txt");
    stored.write("a.txt", "a1");
    stored.write("b.txt", "b1");
    let prints = |text: &str| assert_eq!(stored.prints(HERE, "debug/app").trim(), text);
    expect(&stored, (HERE, ""), ALL, NONE);
    prints("a1");
    stored.write("which.txt", "b.txt");
    expect_anew(&stored, "", RUN_ON, &["app/build-script"]);
    prints("b1");
    stored.write("b.txt", "b2");
    expect_anew(&stored, "", RUN_ON, &["app/build-script"]);
    prints("b2");
    // The other list does not have it.
    stored.write("which.txt", "a.txt");
    expect_anew(&stored, "", NONE, ALL);
    prints("a1");
    stored.write("a.txt", "a2");
    expect_anew(&stored, "", RUN_ON, &["app/build-script"]);
    prints("a2");
    stored.write("a.txt", "a1");
    stored.write("which.txt", "b.txt");
    stored.write("b.txt", "b1");
    expect_anew(&stored, "", NONE, ALL);
    prints("b1");
}

/// More lists than are kept.
#[test]
fn a_new_list_of_what_is_watched_each_run() {
    let script = "let n = fs::read_to_string(\"n.txt\").unwrap();
        println!(\"cargo::rerun-if-changed=n.txt\");
        println!(\"cargo::rerun-if-changed=watched/{}\", n.trim());
        println!(\"cargo::rustc-env=MADE={}\", n.trim());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    for n in 0..10 {
        stored.write(&format!("watched/{n}"), "");
        stored.write("n.txt", &n.to_string());
        if n > 0 {
            stored.remove_directory(HERE.target);
        }
        stored.build(HERE, "");
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{n}\n"));
    }
    for n in 0..10 {
        stored.write("n.txt", &n.to_string());
        stored.remove_directory(HERE.target);
        stored.build(HERE, "");
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{n}\n"));
    }
}

/// A script that is to run each time is never restored; those above are.
#[test]
fn a_watched_path_where_there_is_nothing() {
    let script = "println!(\"cargo::rerun-if-changed=nowhere\");
        println!(\"cargo::rustc-env=MADE=same\");";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    expect(&stored, (HERE, ""), ALL, NONE);
    for _ in 0..2 {
        expect_anew(&stored, "", RUN, &["app/bin", "app/build-script"]);
    }
    expect(&stored, (HERE, ""), RUN, NONE);
}

/// A script without a word about what it reads: every file of the package counts.
#[test]
fn a_script_that_says_nothing() {
    let stored = package(
        "println!(\"cargo::rustc-env=MADE=same\");",
        "fn main() { println!(env!(\"MADE\")); }",
    );
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    stored.write("any.txt", "text");
    // What is linked counts what the script watches, too.
    expect_anew(&stored, "", RUN_ON, &["app/build-script"]);
    expect_anew(&stored, "", NONE, ALL);
}

/// A script that writes a source into its package: where it is not there, the script has to run.
#[test]
fn a_script_that_writes_into_its_package() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        fs::write(\"src/made.rs\", \"pub const MADE: u32 = 1;\").unwrap();";
    let stored = package(script, "mod made;\nfn main() { println!(\"{}\", made::MADE); }");
    expect(&stored, (HERE, ""), ALL, NONE);
    stored.remove("src/made.rs");
    stored.remove_directory(HERE.target);
    let did = stored.build(HERE, "");
    assert!(did.compiled.contains("app/run-build-script"), "{did:?}");
    assert_eq!(stored.prints(HERE, "debug/app"), "1\n");
}

/// A script that writes beside its package, and says nothing of it.
#[test]
fn a_script_that_says_where_it_writes() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        let beside = env::current_dir().unwrap().join(\"../beside.txt\");
        fs::write(&beside, \"beside\").unwrap();
        println!(\"cargo::rustc-env=BESIDE={}\", beside.display());";
    let stored = package(
        script,
        "fn main() { print!(\"{}\", std::fs::read_to_string(env!(\"BESIDE\")).unwrap()); }",
    );
    expect(&stored, (HERE, ""), ALL, NONE);
    stored.remove("../beside.txt");
    stored.remove_directory(HERE.target);
    let did = stored.build(HERE, "");
    assert!(did.compiled.contains("app/run-build-script"), "{did:?}");
    assert_eq!(stored.prints(HERE, "debug/app"), "beside");
}

/// Variables that a script reads without a word, by itself and through what it calls.
#[test]
fn variables_that_a_script_reads_without_a_word() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rustc-env=MADE={}\", env::var(\"SILENT\").unwrap_or_default());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    expect(&stored, (HERE, "SILENT=1"), ALL, NONE);
    expect_anew(&stored, "SILENT=2", RUN_ON, &["app/build-script"]);
    assert_eq!(stored.prints(HERE, "debug/app"), "2\n");
    expect_anew(&stored, "", RUN_ON, &["app/build-script"]);
    assert_eq!(stored.prints(HERE, "debug/app"), "\n");
    expect_anew(&stored, "SILENT=1", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), "1\n");
}

/// Compilers and `make` read variables that no script has to name.
#[test]
fn variables_that_tools_read() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rerun-if-changed=tool.sh\");
        let said = Command::new(\"sh\").arg(\"tool.sh\").output().unwrap().stdout;
        println!(\"cargo::rustc-env=MADE={}\", String::from_utf8(said).unwrap().trim());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    stored.write("tool.sh", "echo $CFLAGS");
    expect(&stored, (HERE, "CFLAGS=-O1"), ALL, NONE);
    expect_anew(&stored, "CFLAGS=-O2", RUN_ON, &["app/build-script"]);
    assert_eq!(stored.prints(HERE, "debug/app"), "-O2\n");
    expect_anew(&stored, "CFLAGS=-O1", NONE, ALL);
}

/// A name that is put together is in no program. A clean build would print 2.
#[test]
fn a_variable_whose_name_is_put_together_is_not_noticed() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        let name: String = [\"PUT\", \"TOGETHER\"].join(\"_\");
        println!(\"cargo::rustc-env=MADE={}\", env::var(name).unwrap_or_default());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    expect(&stored, (HERE, "PUT_TOGETHER=1"), ALL, NONE);
    expect_anew(&stored, "PUT_TOGETHER=2", NONE, ALL);
    assert_eq!(stored.prints(HERE, "debug/app"), "1\n");
}

/// The commit changes, and no file of the package does.
#[test]
fn a_script_that_asks_git() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        let said = Command::new(\"git\").args([\"rev-parse\", \"HEAD\"]).output().unwrap().stdout;
        println!(\"cargo::rustc-env=MADE={}\", String::from_utf8(said).unwrap().trim());";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    stored.write(".gitignore", "Cargo.lock\n");
    stored.build(HERE, "");
    for line in ["init -q", "add .", "commit -qm one"] {
        git(&stored, line);
    }
    stored.build_anew("");
    let one = stored.prints(HERE, "debug/app");
    assert_eq!(one.trim(), git(&stored, "rev-parse HEAD").trim());
    git(&stored, "commit -qm two --allow-empty");
    stored.build_anew("");
    assert_eq!(stored.prints(HERE, "debug/app").trim(), git(&stored, "rev-parse HEAD").trim());
    expect_anew(&stored, "", RUN, &["app/bin", "app/build-script"]);
}

/// Runs git in the workspace and returns what it prints.
#[track_caller]
fn git(stored: &Stored, line: &str) -> String {
    let git = Command::new("git".into()).cwd(stored.root());
    let git = git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let args: Vec<&str> = line.split(' ').collect();
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
    git.args(&identity).args(&args).run().expect_success(line).stdout
}

/// A file for the linker that a script names, and that nobody says to read.
#[test]
fn a_file_for_the_linker() {
    let stored = package(
        "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rustc-link-arg-bins=-Wl,--dynamic-list=symbols.txt\");",
        "fn main() {}",
    );
    stored.write("symbols.txt", "{ main; };\n");
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    stored.write("symbols.txt", "{ other; };\n");
    expect_anew(&stored, "", &["app/bin"], &["app/build-script", "app/run-build-script"]);
}

/// Libraries in a directory of the package, named by a path from there.
#[test]
fn a_native_library_in_the_package() {
    let stored = package(
        "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rustc-link-search=native=native\");
        println!(\"cargo::rustc-link-lib=static=thing\");",
        "extern \"C\" { fn thing() -> i32; }\nfn main() { println!(\"{}\", unsafe { thing() }); }",
    );
    fs_err::create_dir(stored.beside("native")).expect("ours");
    std::os::unix::fs::symlink(stored.beside("native"), stored.path("native")).expect("ours");
    for n in [1, 2, 1] {
        archive(&stored, n);
        drop(fs_err::remove_dir_all(stored.beside(HERE.target)));
        stored.build(HERE, "");
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{n}\n"));
    }
}

/// A script that changes what it watches while it runs.
#[test]
fn a_watched_file_that_changes_while_the_script_runs() {
    let script = "println!(\"cargo::rerun-if-changed=data.txt\");
        println!(\"cargo::rustc-env=MADE={}\", fs::read_to_string(\"data.txt\").unwrap().trim());
        if fs::exists(\"../edit\").unwrap() { fs::remove_file(\"../edit\").unwrap(); fs::write(\"data.txt\", \"2\").unwrap(); }";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    stored.write("data.txt", "1");
    stored.write("../edit", "");
    stored.build(HERE, "");
    for data in ["2", "1", "2"] {
        stored.write("data.txt", data);
        stored.build_anew("");
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{data}\n"));
    }
}

/// A library of C that a script says to link, at a place of its own.
#[test]
fn a_native_library_outside() {
    let stored = package(
        "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rustc-link-search=native={}/../native\", env::current_dir().unwrap().display());
        println!(\"cargo::rustc-link-lib=static=thing\");",
        "extern \"C\" { fn thing() -> i32; }\nfn main() { println!(\"{}\", unsafe { thing() }); }",
    );
    archive(&stored, 1);
    stored.build(HERE, "");
    for n in [2, 1] {
        archive(&stored, n);
        stored.build_anew("");
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{n}\n"));
    }
}

/// The same, named by flags.
#[test]
fn a_native_library_named_by_flags() {
    let stored = package(
        "println!(\"cargo::rerun-if-changed=build.rs\");",
        "#[link(name = \"thing\", kind = \"static\")]\nextern \"C\" { fn thing() -> i32; }\n\
         fn main() { println!(\"{}\", unsafe { thing() }); }",
    );
    let selection = format!("RUSTFLAGS='-L native={}'", stored.beside("native"));
    archive(&stored, 1);
    expect(&stored, (HERE, &selection), ALL, NONE);
    expect_anew(&stored, &selection, NONE, ALL);
    for n in [2, 1] {
        archive(&stored, n);
        stored.build_anew(&selection);
        assert_eq!(stored.prints(HERE, "debug/app"), format!("{n}\n"));
    }
}

/// Makes a library of C whose function returns a number.
fn archive(stored: &Stored, n: u32) {
    stored.write("../native/thing.c", &format!("int thing(void) {{ return {n}; }}\n"));
    let directory = stored.beside("native");
    for line in ["cc -c thing.c", "ar rcs libthing.a thing.o"] {
        let (program, args) = line.split_once(' ').expect("a program and arguments");
        let args: Vec<&str> = args.split(' ').collect();
        drop(Command::new(program.into()).cwd(&directory).args(&args).run().expect_success(line));
    }
}

/// Which of `ALL` are restored is said by a rule of the test, not by chance.
#[test]
fn a_script_of_another_target_directory() {
    let script = "println!(\"cargo::rerun-if-changed=build.rs\");
        println!(\"cargo::rustc-env=MADE=same\");";
    let stored = package(script, "fn main() { println!(env!(\"MADE\")); }");
    expect(&stored, (HERE, ""), ALL, NONE);
    expect(&stored, (THERE, ""), NONE, &rest(ALL, NONE));
}
