//! `cargo atlas install --path`: builds programs and copies them to where the user has them found.
//! What is not in a directory, plain cargo installs.

use std::collections::{BTreeMap, BTreeSet};

use atlas_build::event::Planned;
use atlas_build::packages::Target;
use atlas_build::process::CommandLine;
use atlas_build::request::{BuildRequest, FilterRule, PackageSelection, TargetSelection};
use atlas_build::{Built, Executable};
use camino::Utf8Path;

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::error::ErrorChain;
use crate::install::{InstallArgs, Installation, PackageId, Tracking, root};
use crate::request::Verb;
use crate::terminal::Shell;
use crate::{exit, fallback, manifest_path};

/// Installs a package, or has plain cargo do so, and returns the exit code.
pub(crate) fn install(
    place: Place<'_>,
    args: &InstallArgs,
    words: &Words,
    mut shell: Shell,
) -> i32 {
    if args.list {
        return fallback::become_cargo(words, place.environment, &mut shell);
    }
    let directory =
        args.path.as_deref().map(|path| manifest_path::absolute(place.cwd, path.into()));
    let reason = args.needs_cargo().map(str::to_owned);
    let reason = reason.or_else(|| lock_file_matters(directory.as_deref()?, place, words));
    let (Some(directory), None) = (&directory, &reason) else {
        let reason = reason.unwrap_or_default();
        return fallback::hand_over(&reason, words, place.environment, &mut shell);
    };
    let mut build_args = args.build_args();
    let target_dir = build_args.compilation.target_dir.as_deref();
    build_args.compilation.target_dir = target_dir.map(|path| place.cwd.join(path).into_string());
    build_args.manifest_path = Some(directory.join("Cargo.toml").into_string());
    let command = BuildCommand {
        // Its configuration is that of the directory.
        place: Place { cwd: directory, ..place },
        verb: Verb::Build,
        args: &build_args,
        needs_cargo: None,
        words,
        n_last: 0,
    };
    build(command, &Installing { args, directory, place }, shell)
}

/// Returns why cargo has to do it: without `--locked` it takes the newest versions of all dependencies,
/// whatever the lock file says, and changes no lock file.
fn lock_file_matters(directory: &Utf8Path, place: Place<'_>, words: &Words) -> Option<String> {
    if !directory.join("Cargo.toml").is_file() {
        return Some("there is no package".to_owned());
    }
    if place.globals.locked || place.globals.frozen {
        return None;
    }
    let mut rest = vec!["update", "--dry-run", "--color=never", "--manifest-path"];
    let manifest = directory.join("Cargo.toml");
    rest.push(manifest.as_str());
    rest.extend(place.globals.offline.then_some("--offline"));
    let rest = rest.into_iter().map(Into::into).collect();
    let update = fallback::command_line(&Words { rest, ..words.clone() }, place.environment);
    let update = CommandLine { cwd: directory.to_owned(), ..update };
    let output = update.command_within(place.environment).output().ok()?;
    let has_lock = directory.ancestors().any(|above| above.join("Cargo.lock").is_file());
    let said = String::from_utf8_lossy(&output.stderr);
    let is_newest = said.lines().any(|line| line.trim_start().starts_with("Locking 0 packages"));
    (!has_lock || !is_newest).then(|| {
        "without `--locked`, other versions of dependencies are installed than the lock file has"
            .to_owned()
    })
}

/// Programs are to be installed.
struct Installing<'a> {
    args: &'a InstallArgs,
    directory: &'a Utf8Path,
    place: Place<'a>,
}

impl Purpose for Installing<'_> {
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        // Other members of a workspace may be its usual selection.
        let name = package_name(&request, self.directory)?;
        let packages = PackageSelection::Packages(vec![name]);
        Ok(BuildRequest { packages, manifest_warnings: false, ..request })
    }

    fn heading(&self, planned: &Planned) -> Option<(&'static str, String)> {
        let manifest = self.directory.join("Cargo.toml");
        let unit = planned.units.values().find(|unit| unit.manifest_path == manifest)?;
        let package = format!("{} v{} ({})", unit.package, unit.version, self.directory);
        Some(("Installing", package))
    }

    fn on_built(&self, aftermath: Aftermath<'_>, built: Built, shell: &mut Shell) -> i32 {
        match self.install(aftermath.request, &built, shell) {
            Ok(()) => exit::SUCCESS,
            Err(error) => {
                shell.error_chain(&error);
                exit::FAILURE
            }
        }
    }
}

/// Returns what names the package of a directory and no other one.
fn package_name(request: &BuildRequest, directory: &Utf8Path) -> Result<String, ErrorChain> {
    let manifest = request.manifest_path.clone().unwrap_or_else(|| directory.join("Cargo.toml"));
    let text = fs_err::read_to_string(&manifest).map_err(|error| ErrorChain::of(&error))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        ErrorChain::new(format!("failed to parse manifest at `{manifest}`"))
            .caused_by(error.to_string())
    })?;
    let name = table.get("package").and_then(|package| package.get("name")?.as_str());
    let Some(name) = name else {
        // As cargo has it.
        return Err(ErrorChain::new(format!(
            "found a virtual manifest at `{manifest}` instead of a package manifest"
        )));
    };
    Ok(match url::Url::from_file_path(directory) {
        Ok(url) => format!("path+{url}#{name}"),
        Err(()) => name.to_owned(),
    })
}

/// Programs to be installed, by name, and where they are.
type Programs<'a> = BTreeMap<&'a str, &'a Utf8Path>;

impl Installing<'_> {
    fn install(
        &self,
        request: &BuildRequest,
        built: &Built,
        shell: &mut Shell,
    ) -> Result<(), ErrorChain> {
        let failed = |error: &dyn std::error::Error| ErrorChain::of(error);
        let of_package: Vec<&Executable> = built.products.executables.iter().collect();
        let (Some(first), programs) = (of_package.first(), programs(&of_package)) else {
            return nothing(request, self.directory, shell);
        };
        let version = first.version.to_string();
        let id = PackageId::of_directory(&first.package, &version, self.directory);
        let id = id.ok_or_else(|| ErrorChain::new("the path of the package has no address"))?;
        let root = root(self.args.root.as_deref(), self.place.environment, self.place.cwd, request);
        let root = root.map_err(|error| failed(&error))?;
        let root = root.ok_or_else(|| ErrorChain::new("could not find a home directory"))?;
        let destination = root.join("bin");
        let tracking = match self.args.no_track {
            true => None,
            false => Some(Tracking::load(&root).map_err(|error| failed(&error))?),
        };
        let there =
            self.already_there(&wanted(request, first), &destination, tracking.as_ref(), &id)?;
        let copied = copy(&programs, &there, &destination, shell);
        if let Some(mut tracking) = tracking {
            let done = copied.as_ref().map_or_else(|(done, _)| done.clone(), Clone::clone);
            tracking.installed(&id, &done, &how(request, built));
            remove_orphans(&mut tracking, &there, (&id, first), &destination, shell);
            tracking.save().map_err(|error| failed(&error))?;
        }
        let done = copied.map_err(|(_, error)| failed(&error))?;
        tell(&id, &done, &there, shell);
        let path = self.place.environment.get_os("PATH").unwrap_or_default();
        if !std::env::split_paths(path).any(|path| path == destination) {
            shell.warn(format_args!(
                "be sure to add `{destination}` to your PATH to be able to run the installed binaries"
            ));
        }
        Ok(())
    }

    /// Returns which of the programs are there already, and of which package; refuses to replace those
    /// of another one.
    fn already_there(
        &self,
        names: &BTreeSet<String>,
        destination: &Utf8Path,
        tracking: Option<&Tracking>,
        id: &PackageId,
    ) -> Result<BTreeMap<String, Option<PackageId>>, ErrorChain> {
        let there = names.iter().filter(|name| destination.join(name).exists());
        let package_of = |name: &str| tracking.and_then(|tracking| tracking.package_of(name));
        let there: BTreeMap<String, Option<PackageId>> =
            there.map(|name| (name.clone(), package_of(name))).collect();
        let is_own = |package: &Option<PackageId>| {
            package.as_ref().is_some_and(|package| package.name() == id.name())
        };
        if self.args.force || there.values().all(is_own) {
            return Ok(there);
        }
        let mut lines: Vec<String> = Vec::new();
        for (name, package) in &there {
            lines.push(match (tracking, package) {
                (None, _) => format!(
                    "binary `{name}` already exists in destination `{}`",
                    destination.join(name)
                ),
                (Some(_), None) => format!("binary `{name}` already exists in destination"),
                (Some(_), Some(package)) => {
                    format!("binary `{name}` already exists in destination as part of `{package}`")
                }
            });
        }
        lines.push("Add --force to overwrite".to_owned());
        Err(ErrorChain::new(lines.join("\n")))
    }
}

fn programs<'a>(executables: &[&'a Executable]) -> Programs<'a> {
    let named =
        |executable: &&'a Executable| Some((executable.path.file_name()?, &*executable.path));
    executables.iter().filter_map(named).collect()
}

/// Returns the names of the programs that are asked for, whether or not their features are on (`exe_names`
/// of cargo).
fn wanted(request: &BuildRequest, executable: &Executable) -> BTreeSet<String> {
    let asked = |target: &&Target| match &request.targets {
        TargetSelection::Default => target.is_bin(),
        TargetSelection::Only(filter) => {
            match if target.is_bin() { &filter.bins } else { &filter.examples } {
                FilterRule::All => true,
                FilterRule::Just(names) => names.contains(&target.name),
            }
        }
    };
    let suffix = std::env::consts::EXE_SUFFIX;
    let targets = executable.programs_of_package.iter().filter(asked);
    targets.map(|target| format!("{}{suffix}", target.name)).collect()
}

/// There is no program.
fn nothing(
    request: &BuildRequest,
    directory: &Utf8Path,
    shell: &mut Shell,
) -> Result<(), ErrorChain> {
    if let TargetSelection::Only(filter) = &request.targets {
        let named = [&filter.bins, &filter.examples];
        if named.into_iter().any(|rule| rule.is_specific()) {
            let message = "no binaries are available for install using the selected features";
            return Err(ErrorChain::new(message));
        }
    }
    shell.warn(format_args!(
        "there is nothing to install in `{directory}` with the selected features"
    ));
    Ok(())
}

/// Copies programs beside their places first, so that what is there is replaced at once or not at all.
/// Returns what was installed, in case of an error as well.
fn copy(
    programs: &Programs<'_>,
    there: &BTreeMap<String, Option<PackageId>>,
    destination: &Utf8Path,
    shell: &mut Shell,
) -> Result<BTreeSet<String>, (BTreeSet<String>, std::io::Error)> {
    let mut done = BTreeSet::new();
    let staged = stage(programs, destination).map_err(|error| (BTreeSet::new(), error))?;
    let is_new = |name: &str| !there.contains_key(name);
    let (new, old): (Vec<&str>, Vec<&str>) = programs.keys().partition(|name| is_new(name));
    for name in new.into_iter().chain(old) {
        let path = destination.join(name);
        shell.status(if is_new(name) { "Installing" } else { "Replacing" }, &path);
        match fs_err::rename(staged.path().join(name), &path) {
            Ok(()) => drop(done.insert(name.to_owned())),
            Err(error) => return Err((done, error)),
        }
    }
    Ok(done)
}

fn stage(programs: &Programs<'_>, destination: &Utf8Path) -> std::io::Result<tempfile::TempDir> {
    fs_err::create_dir_all(destination)?;
    let staged = tempfile::Builder::new().prefix("cargo-install").tempdir_in(destination)?;
    for (name, path) in programs {
        fs_err::copy(path, staged.path().join(name))?;
    }
    Ok(staged)
}

/// Removes programs of earlier versions that the package does not have any longer.
fn remove_orphans(
    tracking: &mut Tracking,
    there: &BTreeMap<String, Option<PackageId>>,
    (id, executable): (&PackageId, &Executable),
    destination: &Utf8Path,
    shell: &mut Shell,
) {
    let earlier: BTreeSet<&PackageId> =
        there.values().flatten().filter(|package| package.name() == id.name()).collect();
    for package in earlier {
        let mut gone = tracking.programs_of(package);
        let suffix = std::env::consts::EXE_SUFFIX;
        gone.retain(|name| {
            let mut own = executable.programs_of_package.iter();
            !own.any(|own| format!("{}{suffix}", own.name) == *name)
        });
        tracking.removed(package, &gone);
        for path in gone.iter().map(|name| destination.join(name)).filter(|path| path.exists()) {
            let message = format!("executable `{path}` from previous version {package}");
            shell.status("Removing", message);
            if let Err(error) = fs_err::remove_file(&path) {
                shell.warn(format_args!("failed to remove orphan: {error}"));
            }
        }
    }
}

fn how(request: &BuildRequest, built: &Built) -> Installation {
    let toolchain = &built.site.toolchain;
    let target = built.site.kinds.iter().find_map(|kind| kind.triple());
    let features = request.features.features.iter().flat_map(|list| list.split([',', ' ']));
    Installation {
        features: features.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        all_features: request.features.all_features,
        no_default_features: request.features.no_default_features,
        profile: request.profile.clone(),
        target: target.unwrap_or(&toolchain.host).as_str().to_owned(),
        rustc: toolchain.verbose_version.clone(),
    }
}

/// Says what was installed, and in whose place.
fn tell(
    id: &PackageId,
    done: &BTreeSet<String>,
    there: &BTreeMap<String, Option<PackageId>>,
    shell: &mut Shell,
) {
    let new: Vec<&str> =
        done.iter().map(String::as_str).filter(|name| !there.contains_key(*name)).collect();
    if !new.is_empty() {
        shell.status("Installed", format!("package `{id}` {}", executables(&new)));
    }
    let mut replaced: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, package) in there {
        let package = package.as_ref().map_or("unknown".to_owned(), ToString::to_string);
        replaced.entry(package).or_default().push(name);
    }
    for (package, names) in replaced {
        let message = format!("package `{package}` with `{id}` {}", executables(&names));
        shell.status("Replaced", message);
    }
}

fn executables(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("(executable{plural} {})", quoted.join(", "))
}
