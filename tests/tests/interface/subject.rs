//! A published crate: its sources in a directory where they can be edited, and how it is compiled.

use std::collections::BTreeSet;
use std::ffi::OsString;

use atlas_fingerprint::parse_dep_info;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::recording::Record;
use camino::{Utf8Path, Utf8PathBuf};
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// The end of each file, for edits that change nothing but a checksum and the hash of the crate: a
/// comment, and a function that nobody calls.
const COMMENT: &str = "\n// Number 1\n";
const FUNCTION: &str = "\nfn number_that_nobody_needs() -> u8 { 1 }\n";

/// What the compiler is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Emit {
    /// Metadata alone.
    Signature,
    /// Also what of it is made when there is code, at an opt-level.
    Code(u8),
    /// The same, without the list of generic functions that are instantiated: at low opt-levels,
    /// others may use these. Which ones there are is no matter of digests, but looked at after each
    /// compile.
    Unshared(u8),
}

/// A crate.
#[derive(Debug)]
pub(crate) struct Subject {
    record: Record,
    /// Where its sources were.
    from: Utf8PathBuf,
    /// Where they are.
    root: Utf8PathBuf,
    out: Utf8PathBuf,
    /// Its files as they are at first.
    pub(crate) files: Vec<SourceFile>,
}

/// A file of a crate.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Subject {
    /// Copies the sources of a library from a registry; `None` if the record is of something else.
    pub(crate) fn new(record: &Record, work: &Utf8Path) -> Option<Self> {
        let from = Utf8PathBuf::from(record.var("CARGO_MANIFEST_DIR"));
        let is_library = record.value("--crate-type") == Some("lib");
        let is_published = record.argv.windows(2).any(|pair| pair == ["--cap-lints", "allow"]);
        if !is_library || !is_published || !record.var("CARGO_PRIMARY_PACKAGE").is_empty() {
            return None;
        }
        let name = from.file_name()?.to_owned();
        let root = work.join(&name);
        copy(&from, &root);
        let out = work.join(format!("{name}.out"));
        let mut subject = Subject { record: record.clone(), from, root, out, files: Vec::new() };
        subject.take_files();
        Some(subject)
    }

    /// Writes a crate of one file.
    pub(crate) fn of_text(text: &str, directory: &Utf8Path) -> Self {
        let root = directory.join("text");
        fs_err::create_dir_all(root.join("src")).expect("the directory is ours");
        fs_err::write(root.join("src/lib.rs"), text).expect("the directory is ours");
        let path = root.join("src/lib.rs");
        let argv = ["rustc", "--crate-name", "text", "--crate-type", "lib", "--edition", "2024"];
        let argv = argv.into_iter().chain(["--cap-lints", "allow", path.as_str()]);
        let record = Record { argv: argv.map(str::to_owned).collect(), ..Record::default() };
        let out = directory.join("text.out");
        let mut subject = Subject { record, from: root.clone(), root, out, files: Vec::new() };
        subject.take_files();
        subject
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        self.record.value("--crate-name").unwrap_or_default()
    }

    /// Compiles it once, to learn its files.
    fn paths(&self) -> Vec<String> {
        let outcome = self.command("dep-info,metadata", &[]).run();
        let outcome = outcome.expect_success(self.name());
        let dep_info = self.output("d").unwrap_or_else(|| panic!("{}", outcome.stderr));
        let text = fs_err::read_to_string(dep_info).expect("rustc wrote it");
        let files = parse_dep_info(&text, &self.root).expect("rustc wrote it").files;
        let files: BTreeSet<Utf8PathBuf> = files.into_iter().collect();
        let own = files.iter().filter_map(|file| {
            let path = file.strip_prefix(&self.root).ok()?;
            (path.extension() == Some("rs")).then(|| path.to_string())
        });
        own.collect()
    }

    /// Takes its files without documentation; macros can ask for theirs.
    fn take_files(&mut self) {
        let paths = self.paths();
        let read = |extent| -> Vec<SourceFile> {
            paths.iter().map(|path| self.read(path.clone(), extent)).collect()
        };
        let (all, some) = (read(Documentation::All), read(Documentation::OutsideOfMacros));
        let texts: Vec<String> = all.iter().map(|file| file.text.clone()).collect();
        self.files = all;
        if self.compile(&texts, Emit::Signature).is_err() {
            self.files = some;
        }
    }

    fn read(&self, path: String, extent: Documentation) -> SourceFile {
        let text = fs_err::read_to_string(self.root.join(&path)).expect("the sources are there");
        let text = without_documentation(&text.replace('\r', ""), extent) + COMMENT;
        let is_root = self.record.argv.iter().any(|arg| arg.ends_with(&format!("/{path}")));
        let text = if is_root { text + FUNCTION } else { text };
        SourceFile { path, text }
    }

    /// Returns the texts with another number at their ends.
    pub(crate) fn numbered(&self, number: &str) -> Vec<String> {
        let [comment, function] = [COMMENT, FUNCTION].map(|text| text.replace('1', number));
        let numbered =
            |file: &SourceFile| file.text.replace(COMMENT, &comment).replace(FUNCTION, &function);
        self.files.iter().map(numbered).collect()
    }

    /// Compiles texts in the place of its files. Returns metadata, or what the compiler says.
    pub(crate) fn compile(&self, texts: &[String], emit: Emit) -> Result<Vec<u8>, String> {
        for (file, text) in self.files.iter().zip(texts) {
            fs_err::write(self.root.join(&file.path), text).expect("the copy is writable");
        }
        let outcome = self.emit(emit);
        if !outcome.success() {
            return Err(outcome.stderr);
        }
        let metadata = self.output("rmeta").expect("rustc wrote it");
        Ok(fs_err::read(metadata).expect("rustc wrote it"))
    }

    fn emit(&self, emit: Emit) -> Outcome {
        let level = match emit {
            Emit::Signature => return self.command("metadata", &[]).run(),
            Emit::Code(level) | Emit::Unshared(level) => format!("opt-level={level}"),
        };
        let incremental = format!("incremental={}", self.out.join("inc"));
        // What is encoded depends on whether there is code, not on what becomes of it.
        let command = self.command("metadata,mir", &["-C", &level, "-C", &incremental]);
        match emit {
            Emit::Unshared(_) => {
                command.env("RUSTC_BOOTSTRAP", "1").arg("-Zshare-generics=no").run()
            }
            _ => command.run(),
        }
    }

    /// Returns the compiler with the arguments that cargo gave it, but for what it is to write.
    fn command(&self, emit: &str, more: &[&str]) -> Command {
        if self.out.exists() {
            fs_err::remove_dir_all(&self.out).expect("the directory is ours");
        }
        fs_err::create_dir_all(&self.out).expect("the directory is ours");
        let (program, args) = self.record.argv.split_first().expect("a program was run");
        let mut kept: Vec<String> = Vec::new();
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            let is_replaced = ["--emit", "--error-format", "--json", "--diagnostic-width"]
                .iter()
                .any(|flag| arg.starts_with(flag));
            let next = args.peek().map_or("", |next| next.as_str());
            let is_pair = arg == "--out-dir"
                || arg == "-C"
                    && (next.starts_with("incremental") || next.starts_with("opt-level"));
            if is_pair {
                args.next();
            } else if !is_replaced {
                kept.push(arg.replace(self.from.as_str(), self.root.as_str()));
            }
        }
        let vars = self.record.env.iter().filter(|(name, _)| {
            let is_cargos = name.starts_with("CARGO_") && *name != "CARGO_MAKEFLAGS";
            is_cargos || *name == "OUT_DIR" || *name == "LD_LIBRARY_PATH"
        });
        let vars = vars.map(|(name, value)| {
            let value = value.replace(self.from.as_str(), self.root.as_str());
            (OsString::from(name), OsString::from(value))
        });
        Command::new(Utf8Path::new(program))
            .cwd(&self.root)
            .envs(vars.collect())
            .args(&kept)
            .args(&["--out-dir", self.out.as_str(), "--emit", emit, "--error-format=short"])
            .args(more)
    }

    fn output(&self, extension: &str) -> Option<Utf8PathBuf> {
        let entries = self.out.read_dir_utf8().ok()?;
        let mut paths = entries.filter_map(Result::ok).map(|entry| entry.path().to_owned());
        paths.find(|path| path.extension() == Some(extension))
    }
}

/// Which documentation is taken away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Documentation {
    All,
    OutsideOfMacros,
}

/// Makes plain comments of documentation. The order in which metadata has what its links resolve to
/// is that of the words of the crate, and changes with every literal.
fn without_documentation(text: &str, extent: Documentation) -> String {
    let mut plain = String::with_capacity(text.len());
    // Brackets that are open inside of a macro call or definition.
    let mut n_open = 0;
    let mut is_after_mark = false;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let piece = &text[plain.len()..plain.len() + token.len as usize];
        match token.kind {
            TokenKind::LineComment { doc_style: Some(_) }
            | TokenKind::BlockComment { doc_style: Some(_), .. }
                if n_open == 0 || extent == Documentation::All =>
            {
                plain.push_str(&piece[..2]);
                plain.push(' ');
                plain.push_str(&piece[3..]);
            }
            _ => plain.push_str(piece),
        }
        match token.kind {
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => {
                n_open += usize::from(n_open > 0 || is_after_mark);
                is_after_mark = false;
            }
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                n_open = n_open.saturating_sub(1);
            }
            TokenKind::Bang => is_after_mark = true,
            TokenKind::Whitespace | TokenKind::Ident => {}
            _ => is_after_mark = false,
        }
    }
    plain.replace("\n#![doc = ", "\n// [doc = ")
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    fs_err::create_dir_all(to).expect("the directory is ours");
    for entry in from.read_dir_utf8().expect("cargo unpacked it") {
        let entry = entry.expect("cargo unpacked it");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).expect("the directory is ours");
        }
    }
}
