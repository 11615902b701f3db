//! What a user finds in a directory of the target directory, such as `debug`, made comparable:
//! names of files, and what dep-info files say. The directories in which cargo and the program
//! under test do their work, and hidden files, are left out.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::build::Build;

const WORK: &[&str] = &["deps", "build", "incremental"];

/// Returns the paths of the files below a directory of the target directory, sorted.
pub fn files(build: &Build, dir: &str) -> Vec<String> {
    let dir = build.target.join(dir);
    let mut files = Vec::new();
    collect(&dir, &dir, &mut files);
    files.sort();
    files
}

/// Returns what each dep-info file says: by its path, the output it is about and the inputs,
/// sorted. Inputs made by the build have their directories left out, and outputs their extension:
/// a library of two types has one dep-info file, and which of the two cargo names in it depends on
/// the order of a hash map.
pub fn dep_info(build: &Build, dir: &str) -> BTreeMap<String, Vec<String>> {
    let paths = files(build, dir).into_iter().filter(|path| path.ends_with(".d"));
    let read = |path: String| {
        let text = fs_err::read_to_string(build.target.join(dir).join(&path));
        (path, inputs(&text.expect("the build wrote it"), &build.target))
    };
    paths.map(read).collect()
}

fn collect(top: &Utf8Path, dir: &Utf8Path, files: &mut Vec<String>) {
    for entry in dir.read_dir_utf8().unwrap_or_else(|error| panic!("{dir}: {error}")) {
        let entry = entry.unwrap_or_else(|error| panic!("{dir}: {error}"));
        let is_work = dir == top && WORK.contains(&entry.file_name());
        if is_work || entry.file_name().starts_with('.') {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(top, entry.path(), files);
        } else {
            let path = entry.path().strip_prefix(top).expect("it is below");
            files.push(path.as_str().to_owned());
        }
    }
}

fn inputs(text: &str, target: &Utf8Path) -> Vec<String> {
    let (output, inputs) = text.trim_end().split_once(':').unwrap_or((text, ""));
    let without_target = |path: &str| match Utf8Path::new(path).strip_prefix(target) {
        Ok(made) => format!("<target>/../{}", made.file_name().unwrap_or_default()),
        Err(_) => path.to_owned(),
    };
    let mut lines: Vec<String> = inputs.split_whitespace().map(without_target).collect();
    lines.sort();
    let output = Utf8Path::new(output).with_extension("");
    lines.insert(0, output.as_str().replace(target.as_str(), "<target>"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_made_by_the_build_lose_their_directory() {
        let text = "/t/debug/app: /w/src/main.rs /t/debug/build/app-1/out/a.rs\n";
        let expected = ["<target>/debug/app", "/w/src/main.rs", "<target>/../a.rs"];
        assert_eq!(inputs(text, Utf8Path::new("/t")), expected);
    }
}
