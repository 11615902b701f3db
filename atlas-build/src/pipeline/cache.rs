//! Plans of earlier builds. A plan is found by what was asked for, and used if nothing that it was
//! derived from has changed; then nothing has to be asked of cargo and rustc.

use atlas_fingerprint::{Digest, Files, Hasher, KnownPlan, Moment};
use camino::{Utf8Path, Utf8PathBuf};

use crate::derivation::{Checked, Derivation, honoured_environment};
use crate::pipeline::prepare::Prepared;
use crate::request::{
    BuildRequest, CacheMode, DiagnosticColor, Environment, FreshnessLevel, MessageFormat,
};
use crate::store::Kept;
use crate::workspace::{Config, Configured, configure};

/// What a request and the configuration come to, as far as plans depend on it.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    configured: Configured<'a>,
    key: Digest,
}

/// A plan that can be used again.
#[derive(Debug)]
pub(super) struct Cached {
    /// The plan.
    pub(super) prepared: Prepared,
    /// What tells it from others.
    pub(super) digest: Digest,
    /// What it was derived from.
    pub(super) derivation: Vec<u8>,
    /// Whether that has other stamps than it had.
    pub(super) is_restamped: bool,
    /// Ids of the results that the last build with this plan has checked.
    pub(super) settled: Vec<u64>,
}

impl<'a> Wanted<'a> {
    /// Looks at what is asked for; `None` if that is in error, which planning will tell.
    pub(super) fn new(request: &'a BuildRequest) -> Option<Self> {
        let configured = configure(request).ok()?;
        let key = key(request, &configured);
        Some(Wanted { configured, key })
    }

    /// Returns the configuration.
    pub(super) fn config(&self) -> &Config {
        &self.configured.config
    }

    /// Returns the key of the plan.
    pub(super) fn key(&self) -> Digest {
        self.key
    }

    /// Lists the target directories that the request may lead to, the likeliest first.
    pub(super) fn target_directories(&self, request: &BuildRequest) -> Vec<Utf8PathBuf> {
        if let Some(directory) = &request.target_dir {
            return vec![directory.clone()];
        }
        if let Some(directory) = &self.configured.target_directory {
            return vec![directory.clone()];
        }
        let manifest = &self.configured.current_manifest;
        let above = manifest.ancestors().skip(1);
        above.map(|directory| directory.join("target")).collect()
    }

    /// Returns the plan that was made for this, if it can be used. `moment` writes a probe to learn
    /// the present moment, if that may be.
    pub(super) fn find(
        &self,
        files: &dyn Files,
        kept: &Kept,
        request: &BuildRequest,
        moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
    ) -> Option<Cached> {
        let (state, _) = kept.state();
        let plan = state.plans().find(|plan| plan.key() == self.key)?;
        usable(files, &plan, (request, self.config()), moment)
    }
}

fn usable(
    files: &dyn Files,
    plan: &KnownPlan<'_>,
    (request, config): (&BuildRequest, &Config),
    moment: &dyn Fn(&Utf8Path) -> Option<Moment>,
) -> Option<Cached> {
    let bytes = plan.derivation()?;
    let derivation: Derivation = postcard::from_bytes(&bytes).ok()?;
    let mut prepared: Option<Prepared> = None;
    let mut decode = || {
        prepared = plan.plan().and_then(|bytes| Prepared::decode(&bytes, config));
        prepared.as_ref().map(|prepared| prepared.layout.probe())
    };
    let probe = decode()?;
    let (derivation, is_restamped) = match derivation.check(files, &|| moment(&probe)) {
        Checked::Same => (bytes, false),
        Checked::Restamped(derivation) => (postcard::to_stdvec(&derivation).ok()?, true),
        Checked::Changed(_) => return None,
    };
    let mut prepared = prepared?;
    prepared.render_for(request);
    let (digest, settled) = (plan.digest(), plan.settled().collect());
    Some(Cached { prepared, digest, derivation, is_restamped, settled })
}

/// Returns what tells requests apart that may lead to different plans.
fn key(request: &BuildRequest, configured: &Configured<'_>) -> Digest {
    let cache = match request.cache {
        CacheMode::Whole => CacheMode::Whole,
        CacheMode::None | CacheMode::Incremental => CacheMode::Incremental,
    };
    let counted = BuildRequest {
        env: Environment::default(),
        message_format: MessageFormat::Human,
        color: DiagnosticColor { ansi: false, width: None },
        keep_going: false,
        quiet: false,
        cache,
        freshness: FreshnessLevel::default(),
        keep_results: 0,
        ..request.clone()
    };
    let mut hasher = Hasher::new("plan");
    hasher.text(&format!("{counted:?}"));
    hasher.text(&format!("{:?}", configured.configuration.root));
    hasher.number(configured.config.jobs as u64);
    // Whether `[env]` sets a variable depends on whether the environment has it.
    hasher.text(&format!("{:?}", configured.config.env));
    let variables = honoured_environment(&request.env);
    hasher.number(variables.len() as u64);
    for (name, value) in variables {
        hasher.bytes(name.as_encoded_bytes()).bytes(value.as_encoded_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use atlas_fingerprint::Digest;
    use camino::Utf8Path;

    use super::Wanted;
    use crate::request::{BuildRequest, Environment};

    /// Returns the key of a plan for which `[env]` has `NAME`, with a variable in the environment.
    fn key(directory: &Utf8Path, config: &str, variable: Option<(&str, &str)>) -> Digest {
        let mut env = Environment::default();
        env.vars.extend(variable.map(|(name, value)| (name.into(), value.into())));
        let mut request = BuildRequest::new(directory.to_owned(), env);
        request.config_args = vec![config.to_owned()];
        Wanted::new(&request).expect("the request is right").key()
    }

    #[test]
    fn variable_that_wins_over_the_configuration_leads_to_another_plan() {
        let directory = tempfile::tempdir().unwrap();
        let directory = Utf8Path::from_path(directory.path()).unwrap();
        fs_err::write(directory.join("Cargo.toml"), "").unwrap();
        let key = |config, variable| key(directory, config, variable);
        let set = "env.NAME = 'x'";
        assert_ne!(key(set, None), key(set, Some(("NAME", "y"))));
        assert_eq!(key(set, None), key(set, Some(("OTHER", "y"))));
        let forced = "env.NAME = { value = 'x', force = true }";
        assert_eq!(key(forced, None), key(forced, Some(("NAME", "y"))));
    }
}
