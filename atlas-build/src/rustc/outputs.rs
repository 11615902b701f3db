//! Which files rustc writes for a unit, where other units find them and where the user does.
//! Knows no command line.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::packages::{CrateType, Package, Target};
use crate::toolchain::{FileName, PlatformFacts};
use crate::units::{CompileMode, Unit, UnitHash};

/// A file that rustc writes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Output {
    /// Where rustc writes it.
    pub path: Utf8PathBuf,
    /// Where other units find it (`…/deps/<file>`).
    pub published: Utf8PathBuf,
    /// Where the user finds it, if the unit was asked for.
    pub uplifted: Option<Utf8PathBuf>,
    /// What it is good for.
    pub flavor: OutputFlavor,
}

/// What an output is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum OutputFlavor {
    /// The thing asked for: an executable, a cdylib, a staticlib, an object.
    Normal,
    /// Something that other Rust crates link: rlib, dylib, proc macro.
    Linkable,
    /// Metadata.
    Metadata,
    /// Separate debug info; may not come to exist.
    DebugInfo,
    /// Import libraries and the like; may not come to exist.
    Auxiliary,
}

/// rustc cannot make anything that a target asks for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "cannot produce {crate_types} for `{package}` as the target `{triple}` does not support these \
     crate types"
)]
pub struct UnsupportedCrateTypes {
    /// The crate types.
    pub crate_types: String,
    /// The package, as cargo shows it.
    pub package: String,
    /// The target triple.
    pub triple: String,
}

/// What decides on the files of a unit.
#[derive(Clone, Copy)]
pub(crate) struct OutputSite<'a> {
    /// The unit.
    pub(crate) unit: &'a Unit,
    /// Its package.
    pub(crate) package: &'a Package,
    /// What rustc says about its kind.
    pub(crate) facts: &'a PlatformFacts,
    /// Where files go.
    pub(crate) layout: &'a Layout,
    /// The unit's directory.
    pub(crate) unit_dir: &'a Utf8Path,
    /// The unit's hash.
    pub(crate) unit_hash: UnitHash,
    /// Whether the user asked for the unit.
    pub(crate) is_root: bool,
    /// Whether this build puts anything where the user finds it (checks do not).
    pub(crate) installs: bool,
}

impl OutputSite<'_> {
    /// Returns the files that rustc writes for the unit, dep-info not among them; none for runs of
    /// build scripts.
    ///
    /// # Errors
    ///
    /// If the platform supports none of the target's crate types.
    pub(crate) fn outputs(&self) -> Result<Vec<Output>, UnsupportedCrateTypes> {
        let out_dir = self.unit_dir.join("out");
        let hash = self.extra_filename().map(|hash| format!("-{hash}")).unwrap_or_default();
        let outputs = self.file_types()?.into_iter().map(|file| {
            let crate_name = self.unit.target.crate_name();
            let name = format!("{}{crate_name}{hash}{}", file.prefix, file.suffix);
            Output {
                published: self.published(&file, &name),
                path: out_dir.join(&name),
                uplifted: self.uplifted(&file, &name),
                flavor: file.flavor,
            }
        });
        Ok(outputs.collect())
    }

    /// Returns the hash in the names of files, if the unit has one: names that others rely on
    /// (local shared libraries, executables whose debug info is found by name) go without.
    pub(crate) fn extra_filename(&self) -> Option<UnitHash> {
        let target = &self.unit.target;
        let triple = self.facts.triple.as_str();
        let is_executable = target.is_bin() || target.is_exe_example();
        let is_shared = target.is_lib()
            && target
                .rustc_crate_types()
                .iter()
                .any(|kind| matches!(kind, CrateType::Dylib | CrateType::Cdylib));
        let is_named_by_others = is_shared
            || (is_executable
                && (triple == "wasm32-unknown-emscripten" || triple.contains("msvc")));
        let goes_without =
            self.unit.mode == CompileMode::Build && is_named_by_others && self.package.is_local();
        (!goes_without).then_some(self.unit_hash)
    }

    /// Returns where other units find a file. The executable of a build script has its own
    /// directory, as deep as cargo's; the others share one, so that one `-L` reaches them.
    fn published(&self, file: &FileType, name: &str) -> Utf8PathBuf {
        let unit = self.unit;
        if unit.target.is_custom_build() {
            self.unit_dir.join(file.uplifted_name(&unit.target))
        } else if unit.target.is_example() {
            self.layout.examples(&unit.kind).join(name)
        } else {
            self.layout.deps(&unit.kind).join(name)
        }
    }

    /// Returns where the user finds a file. Binaries and dylibs are there even if only something
    /// else needed them; libraries only if they were asked for.
    fn uplifted(&self, file: &FileType, name: &str) -> Option<Utf8PathBuf> {
        let unit = self.unit;
        let target = &unit.target;
        if unit.mode == CompileMode::Test && self.installs {
            return Some(self.test_directory().join(name));
        }
        let never = unit.mode != CompileMode::Build
            || file.flavor == OutputFlavor::Metadata
            || target.is_custom_build();
        let always = target.is_bin() || file.crate_type == Some(CrateType::Dylib);
        if !self.installs || never || !(always || self.is_root) {
            return None;
        }
        let directory = if target.is_example() {
            self.layout.result_examples(&unit.kind)
        } else {
            self.layout.results(&unit.kind)
        };
        Some(directory.join(file.uplifted_name(target)))
    }

    /// Returns where cargo has tests: many look for the programs of their package from there.
    fn test_directory(&self) -> Utf8PathBuf {
        let kind = &self.unit.kind;
        match self.unit.target.is_example() {
            true => self.layout.result_examples(kind),
            false => self.layout.result_deps(kind),
        }
    }

    fn file_types(&self) -> Result<Vec<FileType>, UnsupportedCrateTypes> {
        let crate_types = match self.unit.mode {
            CompileMode::Doc | CompileMode::Doctest | CompileMode::RunCustomBuild => {
                return Ok(Vec::new());
            }
            CompileMode::Check { .. } => return Ok(vec![FileType::metadata()]),
            CompileMode::Test => vec![CrateType::Bin],
            CompileMode::Build => self.unit.target.rustc_crate_types(),
        };
        let mut files = Vec::new();
        let mut unsupported = Vec::new();
        for crate_type in &crate_types {
            match file_types(crate_type, self.facts, self.unit.mode) {
                Some(found) => files.extend(found),
                None => unsupported.push(crate_type.as_str()),
            }
        }
        if files.is_empty() {
            return Err(UnsupportedCrateTypes {
                crate_types: unsupported.join(", "),
                package: self.package.description(),
                triple: self.facts.triple.to_string(),
            });
        }
        if !self.unit.requires_upstream_objects() {
            files.push(FileType::metadata());
        }
        Ok(files)
    }
}

/// Returns the name under which the user finds an executable of a package; `None` if the platform
/// has no executables.
pub(crate) fn executable_name(target: &Target, facts: &PlatformFacts) -> Option<String> {
    let files = file_types(&CrateType::Bin, facts, CompileMode::Build)?;
    files.first().map(|file| file.uplifted_name(target))
}

/// A file that comes of one crate type.
struct FileType {
    prefix: String,
    suffix: String,
    flavor: OutputFlavor,
    /// `None` for metadata, which belongs to none in particular.
    crate_type: Option<CrateType>,
    /// Whether the user, too, finds it under a name without hyphens.
    is_crate_named: bool,
}

impl FileType {
    fn metadata() -> Self {
        FileType {
            prefix: "lib".to_owned(),
            suffix: ".rmeta".to_owned(),
            flavor: OutputFlavor::Metadata,
            crate_type: None,
            is_crate_named: true,
        }
    }

    fn uplifted_name(&self, target: &Target) -> String {
        let name = if self.is_crate_named { target.crate_name() } else { target.name.clone() };
        format!("{}{name}{}", self.prefix, self.suffix)
    }
}

/// Returns the files of one crate type, the main one first; `None` if the platform cannot make it.
fn file_types(
    crate_type: &CrateType,
    facts: &PlatformFacts,
    mode: CompileMode,
) -> Option<Vec<FileType>> {
    let crate_type = if *crate_type == CrateType::Lib { &CrateType::Rlib } else { crate_type };
    let name = facts.file_names.get(crate_type.as_str())?;
    let flavor = if mode == CompileMode::Build && crate_type.is_linkable() {
        OutputFlavor::Linkable
    } else {
        OutputFlavor::Normal
    };
    let is_bin = *crate_type == CrateType::Bin;
    let file = |prefix: &str, suffix: &str, flavor, is_crate_named| FileType {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        flavor,
        crate_type: Some(crate_type.clone()),
        is_crate_named,
    };
    let mut files = vec![file(&name.prefix, &name.suffix, flavor, !is_bin)];
    let triple = facts.triple.as_str();
    for (prefix, suffix) in import_libraries(crate_type, name, triple) {
        files.push(file(prefix, suffix, OutputFlavor::Auxiliary, true));
    }
    if is_bin && triple.starts_with("wasm32-") && name.suffix == ".js" {
        // The script names the module, so that its name cannot change.
        files.push(file(&name.prefix, ".wasm", OutputFlavor::Auxiliary, true));
        files.push(file(&name.prefix, ".wasm.map", OutputFlavor::DebugInfo, true));
    }
    if let Some((suffix, is_crate_named)) = debug_file(crate_type, name, triple) {
        files.push(file(&name.prefix, &suffix, OutputFlavor::DebugInfo, is_crate_named));
    }
    Some(files)
}

/// Returns prefix and suffix of what Windows linkers write beside a shared library.
fn import_libraries<'a>(
    crate_type: &CrateType,
    name: &'a FileName,
    triple: &str,
) -> Vec<(&'a str, &'a str)> {
    let is_gnu =
        ["windows-gnu", "windows-gnullvm", "cygwin"].iter().any(|end| triple.ends_with(end));
    if !crate_type.is_dynamic() || name.suffix != ".dll" {
        Vec::new()
    } else if triple.ends_with("-windows-msvc") {
        vec![(name.prefix.as_str(), ".dll.lib"), (name.prefix.as_str(), ".dll.exp")]
    } else if is_gnu {
        vec![("lib", ".dll.a")]
    } else {
        Vec::new()
    }
}

/// Returns the suffix of separate debug info, and whether its name never has hyphens.
fn debug_file(crate_type: &CrateType, name: &FileName, triple: &str) -> Option<(String, bool)> {
    let is_bin = *crate_type == CrateType::Bin;
    if !is_bin && !crate_type.is_dynamic() {
        None
    } else if triple.contains("-apple-") {
        // Debuggers look beside the executable, under the executable's name.
        let suffix = if is_bin { ".dSYM" } else { ".dylib.dSYM" };
        Some((suffix.to_owned(), false))
    } else if triple.ends_with("-msvc") || triple.ends_with("-uefi") {
        // The executable names the file.
        Some((".pdb".to_owned(), true))
    } else {
        Some((format!("{}.dwp", name.suffix), !is_bin))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::ids::UnitId;
    use crate::packages::TargetKind;
    use crate::platform::CompileKind;
    use crate::rustc::fixture::{
        Fixture, HOST, LINUX_FILES, Sample, lib, platform, target, without_hashes,
    };

    const MSVC: [(&str, &str, &str); 6] = [
        ("bin", "", ".exe"),
        ("rlib", "lib", ".rlib"),
        ("dylib", "", ".dll"),
        ("cdylib", "", ".dll"),
        ("staticlib", "", ".lib"),
        ("proc-macro", "", ".dll"),
    ];
    const GNU: [(&str, &str, &str); 2] = [("bin", "", ".exe"), ("cdylib", "", ".dll")];
    const APPLE: [(&str, &str, &str); 2] = [("bin", "", ""), ("cdylib", "lib", ".dylib")];
    const EMSCRIPTEN: [(&str, &str, &str); 1] = [("bin", "", ".js")];

    /// Returns published files with where the user finds them.
    fn shown(fixture: &Fixture, id: UnitId) -> Vec<String> {
        let outputs = &fixture.blueprint().outputs[id];
        let lines = outputs.iter().map(|output| {
            assert_eq!(output.path.parent().unwrap().file_name(), Some("out"));
            let published = output.published.strip_prefix("/w/target/atlas/debug").unwrap();
            let uplifted = output.uplifted.as_ref().map_or(String::new(), |uplifted| {
                format!(" -> {}", uplifted.strip_prefix("/w/target/debug").unwrap())
            });
            without_hashes(&format!("{:?} {published}{uplifted}", output.flavor))
        });
        lines.collect()
    }

    #[track_caller]
    fn check(id: impl Fn(&Sample) -> UnitId, expected: &[&str]) {
        let sample = Sample::new();
        assert_eq!(shown(&sample.fixture, id(&sample)), expected);
    }

    /// Checks a bin and an example of a local package, and a cdylib, on another platform.
    #[track_caller]
    fn check_on(triple: &str, files: &[(&str, &str, &str)], kind: TargetKind, expected: &[&str]) {
        let mut fixture = Fixture::new();
        let facts = platform(triple, files);
        fixture.workspace.toolchain.platforms.insert(CompileKind::Host, facts);
        let package = fixture.member("a-b", vec![target(kind, "a-b", "src/x.rs")]);
        let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
        fixture.units.roots.push(unit);
        assert_eq!(shown(&fixture, unit), expected);
    }

    #[test]
    fn dependencies_are_not_uplifted() {
        check(
            |sample| sample.sys,
            &["Linkable deps/libsys-[H].rlib", "Metadata deps/libsys-[H].rmeta"],
        );
        check(
            |sample| sample.lib_a,
            &[
                "Linkable deps/liblib_a.rlib",
                "Normal deps/liblib_a.so",
                "DebugInfo deps/liblib_a.so.dwp",
                "Normal deps/liblib_a.a",
            ],
        );
        check(
            |sample| sample.mac,
            &["Linkable deps/libmac-[H].so", "DebugInfo deps/libmac-[H].so.dwp"],
        );
    }

    #[test]
    fn dylibs_are_uplifted_always() {
        check(
            |sample| sample.dy,
            &["Linkable deps/libdy.so -> libdy.so", "DebugInfo deps/libdy.so.dwp -> libdy.so.dwp"],
        );
    }

    #[test]
    fn roots_and_tests_are_uplifted_but_metadata_is_not() {
        check(
            |sample| sample.app,
            &[
                "Linkable deps/libmy_app-[H].rlib -> libmy_app.rlib",
                "Metadata deps/libmy_app-[H].rmeta",
            ],
        );
        check(
            |sample| sample.app_test,
            &[
                "Normal deps/my_app-[H] -> deps/my_app-[H]",
                "DebugInfo deps/my_app-[H].dwp -> deps/my_app-[H].dwp",
            ],
        );
    }

    #[test]
    fn executables_keep_their_hyphens() {
        check(
            |sample| sample.app_bin,
            &["Normal deps/my_app-[H] -> my-app", "DebugInfo deps/my_app-[H].dwp -> my-app.dwp"],
        );
        check(
            |sample| sample.example,
            &[
                "Normal examples/ex_one-[H] -> examples/ex-one",
                "DebugInfo examples/ex_one-[H].dwp -> examples/ex-one.dwp",
            ],
        );
    }

    #[test]
    fn build_scripts_stay_in_their_directory() {
        check(
            |sample| sample.sys_script,
            &[
                "Normal unit/sys-[H]/build-script-build",
                "DebugInfo unit/sys-[H]/build-script-build.dwp",
            ],
        );
        check(|sample| sample.sys_run, &[]);
    }

    #[test]
    fn checks_have_metadata_only_and_uplift_nothing() {
        let mut sample = Sample::new();
        for root in sample.fixture.units.roots.clone() {
            sample.fixture.units.units[root].mode = CompileMode::Check { test: false };
        }
        let metadata = ["Metadata deps/libmy_app-[H].rmeta"];
        assert_eq!(shown(&sample.fixture, sample.app_bin), metadata);
        let dylib = ["Linkable deps/libdy.so", "DebugInfo deps/libdy.so.dwp"];
        assert_eq!(shown(&sample.fixture, sample.dy), dylib);
    }

    #[rstest]
    #[case(TargetKind::Bin, &[
        "Normal deps/a_b.exe -> a-b.exe",
        "DebugInfo deps/a_b.pdb -> a_b.pdb",
    ])]
    #[case(TargetKind::ExampleBin, &[
        "Normal examples/a_b.exe -> examples/a-b.exe",
        "DebugInfo examples/a_b.pdb -> examples/a_b.pdb",
    ])]
    #[case(TargetKind::Lib(vec![CrateType::Cdylib]), &[
        "Normal deps/a_b.dll -> a_b.dll",
        "Auxiliary deps/a_b.dll.lib -> a_b.dll.lib",
        "Auxiliary deps/a_b.dll.exp -> a_b.dll.exp",
        "DebugInfo deps/a_b.pdb -> a_b.pdb",
    ])]
    fn msvc_has_debug_info_and_import_libraries(
        #[case] kind: TargetKind,
        #[case] expected: &[&str],
    ) {
        check_on("x86_64-pc-windows-msvc", &MSVC, kind, expected);
    }

    #[test]
    fn other_platforms_have_their_own_files() {
        let cdylib = || TargetKind::Lib(vec![CrateType::Cdylib]);
        check_on(
            "x86_64-pc-windows-gnu",
            &GNU,
            cdylib(),
            &[
                "Normal deps/a_b.dll -> a_b.dll",
                "Auxiliary deps/liba_b.dll.a -> liba_b.dll.a",
                "DebugInfo deps/a_b.dll.dwp -> a_b.dll.dwp",
            ],
        );
        check_on(
            "aarch64-apple-darwin",
            &APPLE,
            cdylib(),
            &[
                "Normal deps/liba_b.dylib -> liba_b.dylib",
                "DebugInfo deps/liba_b.dylib.dSYM -> liba-b.dylib.dSYM",
            ],
        );
        check_on(
            "aarch64-apple-darwin",
            &APPLE,
            TargetKind::Bin,
            &["Normal deps/a_b-[H] -> a-b", "DebugInfo deps/a_b-[H].dSYM -> a-b.dSYM"],
        );
        check_on(
            "wasm32-unknown-emscripten",
            &EMSCRIPTEN,
            TargetKind::Bin,
            &[
                "Normal deps/a_b.js -> a-b.js",
                "Auxiliary deps/a_b.wasm -> a_b.wasm",
                "DebugInfo deps/a_b.wasm.map -> a_b.wasm.map",
                "DebugInfo deps/a_b.js.dwp -> a-b.js.dwp",
            ],
        );
    }

    #[test]
    fn unsupported_types_are_left_out_unless_nothing_remains() {
        let mut fixture = Fixture::new();
        let facts = platform(HOST, &LINUX_FILES[..2]);
        fixture.workspace.toolchain.platforms.insert(CompileKind::Host, facts);
        let both = fixture.member("a", vec![lib(&[CrateType::Rlib, CrateType::Cdylib])]);
        let unit = fixture.unit(both, 0, CompileMode::Build, &[]);
        assert_eq!(shown(&fixture, unit), ["Linkable deps/liba.rlib"]);

        let types = [CrateType::Cdylib, CrateType::Dylib];
        let none = fixture.member("b", vec![lib(&types)]);
        fixture.unit(none, 0, CompileMode::Build, &[]);
        let error = fixture.try_blueprint().unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot produce cdylib, dylib for `b v0.1.0 (/w/b)` as the target \
             `x86_64-unknown-linux-gnu` does not support these crate types"
        );
    }
}
