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
mod tests;
