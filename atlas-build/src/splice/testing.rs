//! A directory in which tests run the real rustc, and the writer of archives that rustc uses.

use std::io::Cursor;
use std::process::Output;

use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember};
use camino::Utf8Path;

use super::archive::Archive;
use crate::process::CommandLine;

/// A crate that needs no standard library, so that it can be compiled for any target: it defines
/// `inside` and needs `outside`.
pub(super) const ALONE: &str = r#"
#![feature(no_core, lang_items)]
#![no_core]
#![allow(internal_features)]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
unsafe extern "C" { fn outside(); }
#[unsafe(no_mangle)] pub extern "C" fn inside() { unsafe { outside() } }
"#;

/// Sources and what rustc made of them.
pub(super) struct Directory(tempfile::TempDir);

impl Directory {
    pub(super) fn new() -> Self {
        let directory = Directory(tempfile::tempdir().unwrap());
        for name in ["deps", "out"] {
            fs_err::create_dir(directory.root().join(name)).unwrap();
        }
        directory
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs_err::write(self.root().join(name), content).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.root().join(name)).unwrap()
    }

    /// Runs rustc with arguments that spaces separate; dependencies are found in `deps`.
    fn run_rustc(&self, args: &str) -> Output {
        let mut command = CommandLine::new("rustc", self.root());
        command.args(["--edition=2024", "-Ldependency=deps", "-L."]).args(args.split_whitespace());
        command.env("RUSTC_BOOTSTRAP", "1").output().unwrap()
    }

    /// Compiles a source.
    #[track_caller]
    pub(super) fn rustc(&self, source: &str, args: &str) {
        self.write("main.rs", source);
        let output = self.run_rustc(&format!("main.rs {args}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Compiles a source that cannot be compiled, and returns what rustc says.
    #[track_caller]
    pub(super) fn rustc_fails(&self, source: &str, args: &str) -> String {
        self.write("main.rs", source);
        let output = self.run_rustc(&format!("main.rs {args}"));
        assert!(!output.status.success(), "rustc {args}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Compiles a library into `out`, and returns its rlib.
    #[track_caller]
    pub(super) fn library(&self, name: &str, source: &str, args: &str) -> Vec<u8> {
        let args = format!("--crate-name={name} --crate-type=lib --out-dir=out {args}");
        self.rustc(source, &args);
        self.read(&format!("out/lib{name}.rlib"))
    }

    /// Compiles a library into `out` and puts it where dependents find it.
    #[track_caller]
    pub(super) fn publish(&self, name: &str, source: &str, args: &str) -> Vec<u8> {
        let library = self.library(name, source, args);
        self.write(&format!("deps/lib{name}.rlib"), &library);
        library
    }

    /// Runs the program `main` and returns what it prints.
    #[track_caller]
    pub(super) fn run(&self) -> String {
        let output = CommandLine::new(self.root().join("main"), self.root()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Compiles [`ALONE`] and more for a target.
#[track_caller]
pub(super) fn alone(target: &str, more: &str, args: &str) -> Vec<u8> {
    let directory = Directory::new();
    let args = format!("--target={target} -Cpanic=abort {args}");
    directory.library("alone", &format!("{ALONE}{more}"), &args)
}

/// Writes an archive with these members, as rustc does.
pub(super) fn written(kind: ArchiveKind, members: &[(&str, &[u8])]) -> Vec<u8> {
    let members: Vec<NewArchiveMember<'_>> = members
        .iter()
        .map(|(name, content)| NewArchiveMember {
            buf: Box::new(content),
            object_reader: &DEFAULT_OBJECT_READER,
            member_name: (*name).to_owned(),
            mtime: 0,
            uid: 0,
            gid: 0,
            perms: 0o644,
        })
        .collect();
    let mut archive = Cursor::new(Vec::new());
    ar_archive_writer::write_archive_to_stream(&mut archive, &members, kind, false, Some(false))
        .unwrap();
    archive.into_inner()
}

/// Returns the members of an archive, which must have one.
pub(super) fn members(archive: &[u8]) -> Vec<(&str, &[u8])> {
    let archive = Archive::parse(archive).unwrap();
    assert!(!archive.members.is_empty());
    let text = |name| std::str::from_utf8(name).unwrap();
    archive.members.iter().map(|member| (text(member.name), member.content)).collect()
}
