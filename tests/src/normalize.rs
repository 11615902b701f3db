//! What may differ between cargo's commands and those of the program under test, all in one place.
//!
//! | what | becomes | why |
//! | --- | --- | --- |
//! | `--out-dir`, `-C incremental`, `-L dependency` | `<out-dir>`, `<incremental>`, `<deps>` | atlas has its own layout |
//! | `-C metadata`, `-C extra-filename`, `-<16 hex digits>` in `--extern` paths | `<hash>` | so are its hashes |
//! | directory of an `--extern` | `<deps>` | layout |
//! | `OUT_DIR` of a package, wherever it occurs | `<OUT_DIR of name version>` | layout |
//! | `--remap-path-prefix` to a name below `/atlas/` | left out | atlas leaves paths of the layout out of what others wrote |
//! | any other path below the target directory | `<target>/…` | final artifacts lie where cargo puts them |
//! | entries of `LD_LIBRARY_PATH` below the target directory | one `<target>` | layout |
//! | `CARGO` | `<cargo>` | may be found by another way |
//! | `CARGO_MAKEFLAGS`, `MAKEFLAGS`, `MFLAGS` | `<jobserver>` | file descriptors |
//! | program path of a build script | `<build-script>` | layout |
//! | `SSL_CERT_DIR`, `SSL_CERT_FILE` | left out | cargo sets them for its own TLS library, and children happen to inherit them |
//! | `CARGO_TARGET_DIR` and the kit's own variables | left out | differ by construction |
//!
//! Everything else is compared as it is, order of arguments included.

use crate::recording::{Record, Recording};

const LEFT_OUT: &[&str] = &[
    "CARGO_TARGET_DIR",
    "ATLAS_TEST_RECORD",
    "ATLAS_TEST_SCRIPTS",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];
const LIBRARY_PATHS: &[&str] = &["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// Returns the starts of rustc, made comparable and sorted.
pub fn rustc(recording: &Recording) -> Vec<Record> {
    let places = Places::new(recording);
    let mut records: Vec<Record> = recording.rustc.iter().map(|r| places.rustc(r)).collect();
    records.sort();
    records
}

/// Returns the starts of build scripts, made comparable and sorted.
pub fn scripts(recording: &Recording) -> Vec<Record> {
    let places = Places::new(recording);
    let mut records: Vec<Record> = recording.scripts.iter().map(|r| places.script(r)).collect();
    records.sort();
    records
}

/// Directories of one build and what they are called.
struct Places {
    target: String,
    out_dirs: Vec<(String, String)>,
}

impl Places {
    fn new(recording: &Recording) -> Self {
        let starts = recording.rustc.iter().chain(&recording.scripts);
        let with_out_dir = starts.filter(|record| !record.var("OUT_DIR").is_empty());
        let named = with_out_dir.map(|record| {
            let (name, version) = (record.var("CARGO_PKG_NAME"), record.var("CARGO_PKG_VERSION"));
            (record.var("OUT_DIR").to_owned(), format!("<OUT_DIR of {name} {version}>"))
        });
        let mut out_dirs: Vec<(String, String)> = named.collect();
        out_dirs.sort();
        out_dirs.dedup();
        Places { target: recording.target.to_string(), out_dirs }
    }

    fn rustc(&self, record: &Record) -> Record {
        let mut argv: Vec<String> = Vec::new();
        for arg in record.argv.iter().filter(|arg| !is_own_remap(arg)) {
            let flag = argv.last().map_or("", String::as_str);
            argv.push(self.argument(flag, arg));
        }
        Record { argv, ..self.rest(record) }
    }

    fn script(&self, record: &Record) -> Record {
        let mut argv: Vec<String> = record.argv.iter().map(|arg| self.text(arg)).collect();
        if let Some(program) = argv.first_mut() {
            "<build-script>".clone_into(program);
        }
        Record { argv, ..self.rest(record) }
    }

    fn rest(&self, record: &Record) -> Record {
        let vars = record.env.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
        let env = vars.map(|(name, value)| (name.clone(), self.variable(name, value)));
        Record { argv: Vec::new(), env: env.collect(), cwd: self.text(&record.cwd) }
    }

    fn argument(&self, flag: &str, arg: &str) -> String {
        let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
        match (flag, name) {
            ("--out-dir", _) => "<out-dir>".to_owned(),
            ("-C", "metadata") => "metadata=<hash>".to_owned(),
            ("-C", "extra-filename") => "extra-filename=-<hash>".to_owned(),
            ("-C", "incremental") => "incremental=<incremental>".to_owned(),
            ("-L", "dependency") if value.starts_with(&self.target) => {
                "dependency=<deps>".to_owned()
            }
            ("--extern", _) if value.starts_with(&self.target) => {
                let file = value.rsplit(['/', '\\']).next().unwrap_or(value);
                format!("{name}=<deps>/{}", without_hash(file))
            }
            _ => self.text(arg),
        }
    }

    fn variable(&self, name: &str, value: &str) -> String {
        match name {
            "CARGO" => "<cargo>".to_owned(),
            "CARGO_MAKEFLAGS" | "MAKEFLAGS" | "MFLAGS" => "<jobserver>".to_owned(),
            name if LIBRARY_PATHS.contains(&name) => self.library_path(value),
            _ => self.text(value),
        }
    }

    fn library_path(&self, value: &str) -> String {
        let entries = value.split(':').map(|entry| match entry.starts_with(&self.target) {
            true => "<target>",
            false => entry,
        });
        let mut entries: Vec<&str> = entries.collect();
        entries.dedup();
        entries.join(":")
    }

    fn text(&self, text: &str) -> String {
        let named = |text: String, (dir, name): &(String, String)| text.replace(dir, name);
        self.out_dirs.iter().fold(text.to_owned(), named).replace(&self.target, "<target>")
    }
}

/// Returns whether an argument gives a directory of atlas's layout another name.
fn is_own_remap(arg: &str) -> bool {
    let names = arg.strip_prefix("--remap-path-prefix=").and_then(|names| names.rsplit_once('='));
    names.is_some_and(|(_, to)| to.starts_with("/atlas/"))
}

/// Replaces the last `-<16 hex digits>` of a file name.
fn without_hash(file: &str) -> String {
    let (stem, extension) = file.split_once('.').map_or((file, ""), |(s, e)| (s, e));
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()) => {
            format!("{name}-<hash>.{extension}")
        }
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaps_of_the_user_stay() {
        assert!(is_own_remap("--remap-path-prefix=/t/a=b/out=/atlas/dep-1.0.0/out"));
        assert!(!is_own_remap("--remap-path-prefix=/atlas/x=/src"));
    }

    #[test]
    fn only_a_hash_is_hidden() {
        assert_eq!(without_hash("liba-0123456789abcdef.rmeta"), "liba-<hash>.rmeta");
        assert_eq!(without_hash("liba-b.so"), "liba-b.so");
        assert_eq!(without_hash("liba.so"), "liba.so");
    }
}
