//! The facts about each machine of a request, which flags and `cfg`s decide together.

use std::collections::BTreeMap;
use std::thread;

use cargo_platform::Cfg;

use crate::platform::{CompileKind, Triple};
use crate::toolchain::{Compiler, PlatformFacts, Probe, ProbeError, probe};
use crate::workspace::config::{self, Configuration, Flags};

/// A platform could not be learnt about.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// rustc could not say what is needed.
    #[error("failed to run `rustc` to learn about target-specific information")]
    Probe {
        /// What is being built for.
        triple: Triple,
        /// The reason.
        source: ProbeError,
    },
    /// The configuration of the platform is wrong.
    #[error(transparent)]
    Config(#[from] config::Error),
}

/// Asks rustc about the host and every requested target, each in a thread of its own.
///
/// # Errors
///
/// The first platform, in order of kinds, that could not be learnt about.
pub(super) fn platforms(
    compiler: &Compiler<'_>,
    configuration: &Configuration<'_>,
    requested: &[CompileKind],
    host: &Triple,
) -> Result<(BTreeMap<CompileKind, PlatformFacts>, Probe), PlatformError> {
    let mut kinds = vec![CompileKind::Host];
    kinds.extend(requested.iter().filter(|kind| !kind.is_host()).cloned());
    let learn =
        |kind: &CompileKind| Learner { compiler, configuration, requested, host }.learn(kind);
    let facts = thread::scope(|scope| {
        let threads: Vec<_> = kinds.iter().map(|kind| scope.spawn(move || learn(kind))).collect();
        let results = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        results.collect::<Result<Vec<_>, _>>()
    })?;
    let (platforms, mut probes): (Vec<_>, Vec<_>) = facts.into_iter().unzip();
    let host_probe = probes.swap_remove(0);
    Ok((kinds.into_iter().zip(platforms).collect(), host_probe))
}

#[derive(Clone, Copy)]
struct Learner<'a> {
    compiler: &'a Compiler<'a>,
    configuration: &'a Configuration<'a>,
    requested: &'a [CompileKind],
    host: &'a Triple,
}

impl Learner<'_> {
    /// Flags decide which `cfg`s hold, `cfg`s decide which tables of the configuration apply, and
    /// those hold flags. Two rounds are all that cargo grants before it takes what it has.
    fn learn(self, kind: &CompileKind) -> Result<(PlatformFacts, Probe), PlatformError> {
        let triple = kind.triple().unwrap_or(self.host).clone();
        let ask = |flags: &[String]| {
            probe(self.compiler, kind, flags)
                .map_err(|source| PlatformError::Probe { triple: triple.clone(), source })
        };
        let mut rustflags = self.flags(Flags::Rust, kind, None)?;
        let mut answer = ask(&rustflags)?;
        let with_cfgs = self.flags(Flags::Rust, kind, Some(&answer.cfgs))?;
        if with_cfgs != rustflags {
            rustflags = with_cfgs;
            answer = ask(&rustflags)?;
        }
        let rustdocflags = self.flags(Flags::Rustdoc, kind, Some(&answer.cfgs))?;
        let settings = config::target_settings(self.configuration, triple.as_str(), &answer.cfgs)?;
        let facts = PlatformFacts {
            sysroot_libdir: answer.sysroot.join("lib/rustlib").join(triple.as_str()).join("lib"),
            triple,
            cfgs: answer.cfgs.clone(),
            rustflags,
            rustdocflags,
            linker: settings.linker,
            runner: settings.runner,
            links_overrides: settings.links_overrides,
            file_names: answer.file_names.clone(),
            split_debuginfo: answer.split_debuginfo.clone(),
        };
        Ok((facts, answer))
    }

    fn flags(
        self,
        flags: Flags,
        kind: &CompileKind,
        cfgs: Option<&[Cfg]>,
    ) -> Result<Vec<String>, config::Error> {
        let host = self.host.as_str();
        config::user_flags(self.configuration, flags, kind, self.requested, host, cfgs)
    }
}
