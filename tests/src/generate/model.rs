//! What is generated: packages, their dependencies and features. Knows no TOML.
//!
//! Packages depend only on earlier ones, so that there are no cycles; dev-dependencies of path
//! packages may point anywhere.

use super::random::Random;

/// A workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Packages, dependencies first.
    pub packages: Vec<Package>,
    /// `resolver`.
    pub resolver: &'static str,
    /// Index of the package in the root directory; `None` makes the root virtual.
    pub root: Option<usize>,
    /// Lines of `[profile]` tables in the root manifest.
    pub profiles: String,
    /// Lines of `[profile]` tables in `.cargo/config.toml`.
    pub config: String,
    /// Members that are `default-members`; none leaves the key out.
    pub default_members: Vec<usize>,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A workspace member.
    Member,
    /// A path dependency outside the workspace.
    Path,
    /// The vendored directory source.
    Vendored,
}

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// Name; two packages may share one, with different versions.
    pub name: String,
    /// Version.
    pub version: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Edition.
    pub edition: &'static str,
    /// Whether the library is a proc macro.
    pub proc_macro: bool,
    /// `crate-type` of the library, if not the default.
    pub crate_types: Option<&'static str>,
    /// Whether it has a build script.
    pub build_script: bool,
    /// Whether it has `links`.
    pub links: bool,
    /// Dependencies.
    pub dependencies: Vec<Dependency>,
    /// Features and what they switch on.
    pub features: Vec<(String, Vec<String>)>,
    /// Names of targets besides the library.
    pub targets: Vec<Target>,
}

/// A dependency.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Index of the package.
    pub to: usize,
    /// Name in the manifest: the package's, or a new one.
    pub key: String,
    /// `""`, `"dev-"` or `"build-"`.
    pub kind: &'static str,
    /// `cfg(…)` or triple.
    pub platform: Option<&'static str>,
    /// Whether it is optional.
    pub optional: bool,
    /// Whether some feature mentions `dep:key`, so that no implicit feature exists.
    pub hidden: bool,
    /// Whether its default features are on.
    pub default_features: bool,
    /// Features asked for.
    pub features: Vec<String>,
}

/// A target besides the library and the build script.
#[derive(Clone, Debug)]
pub struct Target {
    /// `bin`, `example`, `test` or `bench`.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// `required-features`.
    pub required: Vec<String>,
    /// Further lines of its table.
    pub lines: String,
}

const PLATFORMS: &[&str] = &[
    "cfg(unix)",
    "cfg(windows)",
    "cfg(not(windows))",
    "cfg(target_arch = \"aarch64\")",
    "cfg(any(foo, target_os = \"linux\"))",
    "cfg(all(foo, unix))",
    "cfg(debug_assertions)",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
];

impl Workspace {
    /// Makes up a workspace.
    pub fn generate(random: &mut Random) -> Self {
        let (n_vendored, n_path, n_members) =
            (random.below(6), random.below(3), 1 + random.below(4));
        let mut packages: Vec<Package> = Vec::new();
        for index in 0..n_vendored + n_path + n_members {
            let origin = match index {
                i if i < n_vendored => Origin::Vendored,
                i if i < n_vendored + n_path => Origin::Path,
                _ => Origin::Member,
            };
            let package = Package::generate(random, &packages, origin);
            packages.push(package);
        }
        let members = n_vendored + n_path..packages.len();
        for index in members.clone() {
            add_later_dev_dependency(random, &mut packages, index, members.clone());
        }
        let root = random.chance(40).then(|| members.start + random.below(members.len()));
        let names: Vec<String> = packages.iter().map(Package::spec).collect();
        let default_members: Vec<usize> = members.collect();
        Workspace {
            resolver: random.pick(&["1", "2", "2", "3"]),
            root,
            profiles: if random.chance(60) { profiles(random, &names) } else { String::new() },
            config: if random.chance(20) { profiles(random, &names) } else { String::new() },
            default_members: if root.is_none() && random.chance(30) {
                vec![default_members[random.below(default_members.len())]]
            } else {
                Vec::new()
            },
            packages,
        }
    }

    /// Returns the members.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.origin == Origin::Member)
    }
}

impl Package {
    fn generate(random: &mut Random, earlier: &[Package], origin: Origin) -> Self {
        let index = earlier.len();
        let twin = earlier.iter().find(|package| {
            origin == Origin::Vendored && package.version == "1.0.0" && !package.links
        });
        let twin = twin.filter(|_| random.chance(25)).map(|package| package.name.clone());
        let taken = twin
            .as_ref()
            .is_some_and(|name| earlier.iter().filter(|package| package.name == *name).count() > 1);
        let twin = twin.filter(|_| !taken);
        let build_script = random.chance(35);
        let proc_macro = random.chance(15);
        let mut package = Package {
            version: if twin.is_some() { "2.1.0" } else { "1.0.0" }.to_owned(),
            name: twin.unwrap_or_else(|| format!("p{index}")),
            origin,
            edition: random.pick(&["2015", "2018", "2021", "2024"]),
            proc_macro,
            crate_types: (!proc_macro && random.chance(10)).then(|| {
                random.pick(&[
                    "\"lib\", \"cdylib\"",
                    "\"rlib\", \"dylib\"",
                    "\"dylib\"",
                    "\"rlib\", \"staticlib\"",
                ])
            }),
            links: build_script && random.chance(50),
            build_script,
            dependencies: Vec::new(),
            features: Vec::new(),
            targets: Vec::new(),
        };
        for to in 0..index {
            if random.chance(45) {
                package.depend(random, earlier, to, &["", "", "", "build-", "dev-"]);
            }
        }
        package.add_features(random, earlier);
        if origin != Origin::Vendored {
            package.add_targets(random, earlier);
        }
        package
    }

    /// Returns a specification that means this package only.
    pub fn spec(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Adds a dependency once or, for other kinds or platforms, several times under one name.
    fn depend(
        &mut self,
        random: &mut Random,
        packages: &[Package],
        to: usize,
        kinds: &[&'static str],
    ) {
        let target = &packages[to];
        let twins = packages.iter().filter(|package| package.name == target.name).count() > 1;
        let renamed = twins || random.chance(20);
        let key = if renamed { format!("r_{}_{to}", target.name) } else { target.name.clone() };
        let optional = random.chance(35);
        let hidden = optional && random.chance(50);
        for _ in 0..1 + random.below(2) {
            let kind = random.pick(kinds);
            let platform = random.chance(30).then(|| random.pick(PLATFORMS));
            let twice = self
                .dependencies
                .iter()
                .any(|d| d.key == key && d.kind == kind && d.platform == platform);
            // A build-dependency needs a build script to matter; a vendored dev-dependency never does.
            if twice || (self.origin == Origin::Vendored && kind == "dev-") {
                continue;
            }
            let features: Vec<String> =
                target.features.iter().map(|(name, _)| name.clone()).collect();
            self.dependencies.push(Dependency {
                to,
                key: key.clone(),
                kind,
                platform,
                optional: optional && kind != "dev-",
                hidden: hidden && kind != "dev-",
                default_features: random.chance(60),
                features: random.some(&features, 30),
            });
        }
    }

    fn add_features(&mut self, random: &mut Random, packages: &[Package]) {
        let mut optional: Vec<(String, bool)> = self
            .dependencies
            .iter()
            .filter(|dependency| dependency.optional)
            .map(|dependency| (dependency.key.clone(), dependency.hidden))
            .collect();
        optional.sort();
        optional.dedup();
        let mut choices: Vec<String> = Vec::new();
        for (key, hidden) in &optional {
            choices.push(if *hidden { format!("dep:{key}") } else { key.clone() });
        }
        for dependency in self.dependencies.iter().filter(|dependency| dependency.kind != "dev-") {
            for (feature, _) in &packages[dependency.to].features {
                choices.push(format!("{}/{feature}", dependency.key));
                if dependency.optional {
                    choices.push(format!("{}?/{feature}", dependency.key));
                }
            }
        }
        for index in 0..random.below(4) {
            let mut values = random.some(&choices, 25);
            if index > 0 {
                values.push(format!("f{}", random.below(index)));
            }
            self.features.push((format!("f{index}"), values));
        }
        // `dep:` must appear somewhere, or the dependency would have its implicit feature after all.
        let hidden: Vec<String> = optional
            .iter()
            .filter(|(_, hidden)| *hidden)
            .map(|(key, _)| format!("dep:{key}"))
            .collect();
        if !hidden.is_empty() {
            self.features.push(("hidden".to_owned(), hidden));
        }
        if random.chance(50) {
            let names: Vec<String> = self.features.iter().map(|(name, _)| name.clone()).collect();
            let values = random.some(&names, 50);
            self.features.push(("default".to_owned(), values));
        }
    }

    fn add_targets(&mut self, random: &mut Random, packages: &[Package]) {
        let mut features: Vec<String> =
            self.features.iter().map(|(name, _)| name.clone()).collect();
        for dependency in self.dependencies.iter().filter(|dependency| dependency.kind.is_empty()) {
            let of_target = packages[dependency.to].features.iter();
            features.extend(of_target.map(|(feature, _)| format!("{}/{feature}", dependency.key)));
        }
        for kind in ["bin", "bin", "example", "test", "bench"] {
            if !random.chance(40) {
                continue;
            }
            let mut lines = String::new();
            for line in ["test = false\n", "bench = false\n", "test = true\n", "harness = false\n"]
            {
                if random.chance(10) && !(line == "test = true\n" && lines.contains("test")) {
                    lines.push_str(line);
                }
            }
            let name = format!("{}_{kind}{}", self.name, self.targets.len());
            let required = if random.chance(25) { random.some(&features, 30) } else { Vec::new() };
            self.targets.push(Target { kind, name, required, lines });
        }
    }
}

/// Members may use each other in tests, in both directions.
fn add_later_dev_dependency(
    random: &mut Random,
    packages: &mut [Package],
    index: usize,
    members: std::ops::Range<usize>,
) {
    if !random.chance(40) {
        return;
    }
    let to = members.start + random.below(members.len());
    let known = packages[index].dependencies.iter().any(|dependency| dependency.to == to);
    if to == index || known {
        return;
    }
    let mut package = packages[index].clone();
    package.depend(random, packages, to, &["dev-"]);
    packages[index] = package;
}

/// Settings for one profile table, as lines.
fn settings(random: &mut Random, overridable_only: bool) -> String {
    let everywhere = [
        "opt-level = 1\n",
        "debug = 1\n",
        "debug-assertions = false\n",
        "overflow-checks = true\n",
        "codegen-units = 5\n",
        "incremental = false\n",
        "strip = \"debuginfo\"\n",
    ];
    let profile_only = ["panic = \"abort\"\n", "lto = \"thin\"\n", "rpath = true\n", "debug = 0\n"];
    let mut lines = random.some(&everywhere, 30);
    if !overridable_only {
        let more = random.some(&profile_only, 15);
        lines.retain(|line| !(line.starts_with("debug =") && more.contains(&"debug = 0\n")));
        lines.extend(more);
    }
    lines.concat()
}

fn profiles(random: &mut Random, specs: &[String]) -> String {
    let mut text = String::new();
    for profile in ["dev", "release", "test", "custom"] {
        let inherits = match profile {
            "custom" => format!("inherits = \"{}\"\n", random.pick(&["dev", "release", "bench"])),
            _ => String::new(),
        };
        if profile == "custom" || random.chance(50) {
            text.extend([format!("[profile.{profile}]\n{inherits}{}", settings(random, false))]);
        }
        if random.chance(30) {
            text.extend([format!(
                "[profile.{profile}.build-override]\n{}",
                settings(random, true)
            )]);
        }
        if random.chance(30) {
            text.extend([format!("[profile.{profile}.package.\"*\"]\n{}", settings(random, true))]);
        }
        if random.chance(40) {
            let spec = &specs[random.below(specs.len())];
            text.extend([format!(
                "[profile.{profile}.package.\"{spec}\"]\n{}",
                settings(random, true)
            )]);
        }
    }
    text
}
