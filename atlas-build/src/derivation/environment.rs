//! Which variables planning may look at. Knows names, and no value.

use std::ffi::OsStr;

use crate::request::Environment;

/// Prefixes of the variables that cargo, rustup, rustc and the loader of programs obey.
///
/// In cargo's source they are read by `GlobalContext::get_env`: every `CARGO_…` key of the
/// configuration, `CARGO_HOME`, `CARGO_INCREMENTAL` (`core/profiles.rs`), `RUSTC…`, `RUSTDOC…` and
/// `RUSTUP_…` (`util/context/mod.rs`, `util/rustc.rs`), `RUSTFLAGS`
/// (`core/compiler/build_context/target_info.rs`), `RUSTC_BOOTSTRAP` (`core/features.rs`), and
/// `__CARGO_…` for its own tests.
const PREFIXES: &[&str] = &["CARGO", "RUST", "__CARGO", "LD_", "DYLD_"];

/// Variables with other names: where programs and homes are.
const NAMES: &[&str] = &["PATH", "PATHEXT", "HOME", "USERPROFILE", "SDKROOT"];

/// Suffix of the variables in which Apple's tools are told for which system to compile.
const SUFFIX: &str = "_DEPLOYMENT_TARGET";

/// Variables with such a prefix that cannot change a plan: they differ from process to process, or
/// say what is told of a crash or traced.
const NOISE: &[&str] = &[
    "CARGO_MAKEFLAGS",
    "CARGO_LOG",
    "CARGO_LOG_PROFILE",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_LOG",
    "RUST_RECURSION_COUNT",
    "RUSTC_LOG",
];

/// Returns the variables that planning may look at, sorted by name: those of `env` that cargo,
/// rustup or rustc obey.
pub fn honoured_environment(env: &Environment) -> Vec<(&OsStr, &OsStr)> {
    let counts = |name: &OsStr| name.to_str().is_some_and(is_honoured);
    let pairs = env.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()));
    let mut pairs: Vec<_> = pairs.filter(|(name, _)| counts(name)).collect();
    pairs.sort();
    pairs
}

fn is_honoured(name: &str) -> bool {
    // On Windows names mean the same in either case.
    let upper;
    let name = if cfg!(windows) {
        upper = name.to_uppercase();
        upper.as_str()
    } else {
        name
    };
    let has_prefix = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (has_prefix && !NOISE.contains(&name)) || NAMES.contains(&name) || name.ends_with(SUFFIX)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::honoured_environment;
    use crate::request::Environment;

    #[rstest]
    #[case("CARGO_BUILD_TARGET", true)]
    #[case("CARGO", true)]
    #[case("RUSTFLAGS", true)]
    #[case("RUSTUP_TOOLCHAIN", true)]
    #[case("LD_LIBRARY_PATH", true)]
    #[case("PATH", true)]
    #[case("MACOSX_DEPLOYMENT_TARGET", true)]
    #[case("CARGO_MAKEFLAGS", false)]
    #[case("RUST_BACKTRACE", false)]
    #[case("RUST_RECURSION_COUNT", false)]
    #[case("MAKEFLAGS", false)]
    #[case("HTTPS_PROXY", false)]
    #[case("SSH_AUTH_SOCK", false)]
    #[case("TERM", false)]
    #[case("PATHS", false)]
    fn variables_that_count(#[case] name: &str, #[case] counts: bool) {
        let mut env = Environment::default();
        env.vars.insert(name.into(), "x".into());
        let honoured = honoured_environment(&env);
        assert_eq!(honoured.len(), usize::from(counts));
    }

    #[test]
    fn pairs_are_sorted() {
        let mut env = Environment::default();
        for name in ["RUSTC", "CARGO", "PATH"] {
            env.vars.insert(name.into(), name.into());
        }
        let names: Vec<_> = honoured_environment(&env).into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["CARGO", "PATH", "RUSTC"]);
    }
}
