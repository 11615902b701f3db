//! What may go: a pure decision on what was found. Knows no file.
//!
//! What the last build of a living workspace needs stays, whatever else holds of it. Of the others go
//! those that nobody can use, then those not used for too long, then, until the rest fits, those used
//! least recently.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::limits::Limits;
use super::report::Reason;
use crate::cas::results::USE_GRAIN;
use crate::cas::survey::{FoundResult, Survey};
use crate::cas::{Amount, Blob};

/// What may go of a [`Survey`], by indices into it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Results, and why.
    pub(super) results: Vec<(usize, Reason)>,
    /// Blobs, and why: that of the last result that had them.
    pub(super) blobs: HashMap<Digest, Reason>,
    /// Directories of hints.
    pub(super) hints: Vec<usize>,
    /// What dead checkouts need.
    pub(super) bindings: Vec<usize>,
    /// Results that stay.
    pub(super) kept: HashSet<usize>,
    /// What of them is needed.
    pub(super) bound: Amount,
    /// Bytes over the limit that are needed.
    pub(super) over: u64,
}

/// Tells whether paths exist, asking for each once.
struct Ground<'a> {
    exists: &'a dyn Fn(&Utf8Path) -> bool,
    known: HashMap<Utf8PathBuf, bool>,
}

impl Ground<'_> {
    fn exists(&mut self, path: &Utf8Path) -> bool {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let exists = (self.exists)(path);
        self.known.insert(path.to_owned(), exists);
        exists
    }
}

/// Who has which blob, while results go one by one.
struct Ledger<'a> {
    survey: &'a Survey,
    n_owners: HashMap<Digest, u32>,
    bytes: u64,
    plan: Plan,
}

/// Decides what may go. `exists` tells whether there is something at a path.
pub(super) fn plan(survey: &Survey, limits: &Limits, exists: &dyn Fn(&Utf8Path) -> bool) -> Plan {
    let mut ground = Ground { exists, known: HashMap::new() };
    let mut ledger = Ledger::new(survey);
    let bound = ledger.bind(&mut ground);
    let is_bound = |found: &FoundResult| bound.contains(&found.key);
    for (index, found) in survey.results.iter().enumerate() {
        if !is_bound(found)
            && let Some(reason) = unusable(survey, found, limits, &mut ground)
        {
            ledger.remove(index, reason);
        }
    }
    let max_size = limits.max_size.unwrap_or(u64::MAX);
    for (index, found) in survey.results.iter().enumerate() {
        if ledger.bytes <= max_size {
            break;
        }
        if !is_bound(found) && ledger.plan.kept.contains(&index) {
            ledger.remove(index, Reason::Size);
        }
    }
    ledger.finish(max_size, limits.now, &bound)
}

/// Returns why a result goes even if there is room for it.
fn unusable(
    survey: &Survey,
    found: &FoundResult,
    limits: &Limits,
    ground: &mut Ground<'_>,
) -> Option<Reason> {
    let result = &found.result;
    if result.blobs.iter().any(|blob| !survey.blobs.contains_key(&blob.digest)) {
        return Some(Reason::Damaged);
    }
    let sysroot_exists = ground.exists(&result.toolchain.sysroot);
    if !limits.toolchains.keeps(&result.toolchain, || sysroot_exists) {
        return Some(Reason::Toolchain);
    }
    if result.checkout.as_ref().is_some_and(|checkout| !ground.exists(checkout)) {
        return Some(Reason::Checkout);
    }
    let age = limits.now.duration_since(found.file.modified).unwrap_or_default();
    limits.max_age.is_some_and(|max_age| age > max_age).then_some(Reason::Age)
}

impl<'a> Ledger<'a> {
    fn new(survey: &'a Survey) -> Self {
        let mut n_owners = HashMap::new();
        let mut plan = Plan::default();
        let mut bytes = 0;
        for (index, found) in survey.results.iter().enumerate() {
            plan.kept.insert(index);
            bytes += found.file.size;
            for digest in digests(&found.result.blobs) {
                *n_owners.entry(digest).or_insert(0) += 1;
            }
        }
        for (digest, file) in &survey.blobs {
            if n_owners.contains_key(digest) {
                bytes += file.size;
            } else {
                plan.blobs.insert(*digest, Reason::Unreferenced);
            }
        }
        Ledger { survey, n_owners, bytes, plan }
    }

    /// Returns the keys that the last builds of living workspaces need.
    fn bind(&mut self, ground: &mut Ground<'_>) -> HashSet<Digest> {
        let mut keys = HashSet::new();
        for (index, (_, binding)) in self.survey.bindings.iter().enumerate() {
            let root = binding.as_ref().map(|binding| &binding.checkout.workspace_root);
            match binding {
                Some(binding) if root.is_some_and(|it| ground.exists(&it.join("Cargo.toml"))) => {
                    keys.extend(&binding.keys);
                }
                _ => self.plan.bindings.push(index),
            }
        }
        keys
    }

    fn remove(&mut self, index: usize, reason: Reason) {
        let found = &self.survey.results[index];
        self.plan.kept.remove(&index);
        self.plan.results.push((index, reason));
        self.bytes -= found.file.size;
        for digest in digests(&found.result.blobs) {
            let Some(n_owners) = self.n_owners.get_mut(&digest) else { continue };
            *n_owners -= 1;
            if *n_owners == 0
                && let Some(file) = self.survey.blobs.get(&digest)
            {
                self.bytes -= file.size;
                self.plan.blobs.insert(digest, reason);
            }
        }
    }

    fn finish(mut self, max_size: u64, now: SystemTime, bound: &HashSet<Digest>) -> Plan {
        let results = &self.survey.results;
        let kept = || self.plan.kept.iter().map(|index| &results[*index]);
        // Whoever uses a result has looked at its hints just before; both are noted with a grain.
        let oldest = kept().map(|found| found.file.modified).min().unwrap_or(now).min(now);
        let hints = self.survey.hints.iter().enumerate();
        let hints = hints.filter(|(_, hints)| hints.directory.modified + USE_GRAIN * 2 < oldest);
        self.plan.hints = hints.map(|(index, _)| index).collect();
        let needed = || kept().filter(|found| bound.contains(&found.key));
        let blobs: HashSet<Digest> =
            needed().flat_map(|found| digests(&found.result.blobs)).collect();
        let blob_bytes = blobs.iter().filter_map(|digest| self.survey.blobs.get(digest));
        self.plan.bound = needed().map(|found| Amount::one(found.file.size)).sum();
        self.plan.bound.bytes += blob_bytes.map(|file| file.size).sum::<u64>();
        self.plan.over = self.bytes.saturating_sub(max_size);
        self.plan
    }
}

/// Returns the digests of blobs, each once.
fn digests(blobs: &[Blob]) -> HashSet<Digest> {
    blobs.iter().map(|blob| blob.digest).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::super::limits::ToolchainRule;
    use super::*;
    use crate::cas::checkouts::{Binding, Checkout};
    use crate::cas::survey::{Found, FoundHints};
    use crate::cas::testing::{blob, key, result};
    use crate::cas::{StoredResult, Toolchain};

    const HOUR: Duration = Duration::from_secs(60 * 60);
    const NOW: Duration = Duration::from_secs(1 << 30);

    fn found(name: &str, size: u64, hours_ago: u32) -> Found {
        let modified = SystemTime::UNIX_EPOCH + NOW - HOUR * hours_ago;
        Found { path: name.into(), size, modified }
    }

    fn limits() -> Limits {
        Limits::none(SystemTime::UNIX_EPOCH + NOW)
    }

    fn toolchain(name: &str, version: &str) -> Toolchain {
        Toolchain { sysroot: Utf8Path::new("/toolchains").join(name), version: version.to_owned() }
    }

    /// Four results of one byte each, the oldest first. Each has a blob of 10 bytes of its own, and
    /// `a` and `b` have one of 100 bytes in common. `c` was made by another toolchain, `d` in a
    /// checkout.
    fn survey() -> Survey {
        let mut survey = Survey::default();
        let results = [
            ("a", &["a", "ab"][..], 40),
            ("b", &["b", "ab"], 30),
            ("c", &["c"], 20),
            ("d", &["d"], 10),
        ];
        for (name, blobs, hours_ago) in results {
            let mut result = StoredResult {
                toolchain: toolchain("stable-x86_64-unknown-linux-gnu", "1.95.0"),
                ..result(name, blobs)
            };
            match name {
                "c" => result.toolchain = toolchain("nightly-2026-01-01-x86_64", "1.99.0-nightly"),
                "d" => result.checkout = Some("/checkout".into()),
                _ => {}
            }
            survey.results.push(FoundResult {
                file: found(name, 1, hours_ago),
                key: key(name),
                result,
            });
        }
        for (name, size) in [("a", 10), ("b", 10), ("ab", 100), ("c", 10), ("d", 10)] {
            survey.blobs.insert(blob(name.as_bytes()).digest, found(name, size, 99));
        }
        survey
    }

    fn bind(survey: &mut Survey, root: &str, names: &[&str]) {
        let checkout = Checkout { target_directory: "/t".into(), workspace_root: root.into() };
        let keys = names.iter().map(|name| key(name)).collect();
        survey.bindings.push((found("binding", 1, 0), Some(Binding { checkout, keys })));
    }

    /// Everything exists but what is said to be gone.
    fn decide(survey: &Survey, limits: &Limits, gone: &[&str]) -> Plan {
        plan(survey, limits, &|path| !gone.iter().any(|gone| path.starts_with(gone)))
    }

    /// Shows which results go, and why, with blobs that go after a plus.
    fn shown(survey: &Survey, plan: &Plan) -> String {
        let results = plan.results.iter().map(|(index, reason)| {
            let name = &survey.results[*index].result.label;
            format!("{name} {reason:?}")
        });
        let mut blobs: Vec<&str> =
            plan.blobs.keys().map(|digest| survey.blobs[digest].path.as_str()).collect();
        blobs.sort_unstable();
        format!("{} + {}", results.collect::<Vec<_>>().join(", "), blobs.join(" "))
    }

    #[rstest]
    #[case::no_limit(limits(), " + ")]
    #[case::age(Limits { max_age: Some(HOUR * 25), ..limits() }, "a Age, b Age + a ab b")]
    #[case::shared_blob_stays(Limits { max_age: Some(HOUR * 35), ..limits() }, "a Age + a")]
    #[case::age_is_met(Limits { max_age: Some(HOUR * 40), ..limits() }, " + ")]
    #[case::size_is_met(Limits { max_size: Some(144), ..limits() }, " + ")]
    #[case::one_too_much(Limits { max_size: Some(143), ..limits() }, "a Size + a")]
    #[case::two_share_the_bytes(Limits { max_size: Some(132), ..limits() }, "a Size, b Size + a ab b")]
    #[case::nothing_fits(
        Limits { max_size: Some(0), ..limits() }, "a Size, b Size, c Size, d Size + a ab b c d"
    )]
    #[case::age_before_size(
        Limits { max_age: Some(HOUR * 35), max_size: Some(133), ..limits() }, "a Age + a"
    )]
    #[case::named(only(&["stable"]), "c Toolchain + c")]
    #[case::named_by_version(only(&["1.95", "nightly"]), " + ")]
    #[case::date(only(&["nightly-2026-01-01"]), "a Toolchain, b Toolchain, d Toolchain + a ab b d")]
    #[case::half_a_number(only(&["1.9", "1.99.0"]), "a Toolchain, b Toolchain, d Toolchain + a ab b d")]
    #[case::installed(Limits { toolchains: ToolchainRule::Installed, ..limits() }, " + ")]
    fn what_goes_by_the_limits(#[case] limits: Limits, #[case] expected: &str) {
        let survey = survey();
        assert_eq!(shown(&survey, &decide(&survey, &limits, &[])), expected);
    }

    fn only(names: &[&str]) -> Limits {
        let names = names.iter().map(ToString::to_string).collect();
        Limits { toolchains: ToolchainRule::Only(names), ..limits() }
    }

    #[rstest]
    #[case::checkout("/checkout", ToolchainRule::Any, "d Checkout + d")]
    #[case::toolchain(
        "/toolchains/nightly-2026-01-01-x86_64",
        ToolchainRule::Installed,
        "c Toolchain + c"
    )]
    #[case::toolchain_nobody_asks_for(
        "/toolchains/nightly-2026-01-01-x86_64",
        ToolchainRule::Any,
        " + "
    )]
    fn what_cannot_be_used_goes(
        #[case] gone: &str,
        #[case] toolchains: ToolchainRule,
        #[case] expected: &str,
    ) {
        let survey = survey();
        let plan = decide(&survey, &Limits { toolchains, ..limits() }, &[gone]);
        assert_eq!(shown(&survey, &plan), expected);
    }

    #[test]
    fn what_a_living_workspace_needs_stays_and_is_said() {
        let mut survey = survey();
        bind(&mut survey, "/ws", &["a", "d", "unknown"]);
        let limits = Limits { max_size: Some(20), max_age: Some(HOUR), ..only(&["beta"]) };
        let plan = decide(&survey, &limits, &["/checkout"]);
        assert_eq!(shown(&survey, &plan), "b Toolchain, c Toolchain + b c");
        assert_eq!(plan.bound, Amount { count: 2, bytes: 122 });
        assert_eq!((plan.over, plan.bindings.len()), (102, 0));
    }

    #[test]
    fn dead_workspace_needs_nothing() {
        let mut survey = survey();
        bind(&mut survey, "/ws", &["a"]);
        survey.bindings.push((found("damaged", 1, 0), None));
        let limits = Limits { max_age: Some(HOUR * 35), ..limits() };
        let plan = decide(&survey, &limits, &["/ws/Cargo.toml"]);
        assert_eq!(shown(&survey, &plan), "a Age + a");
        assert_eq!((plan.bound, plan.bindings.as_slice()), (Amount::default(), &[0, 1][..]));
    }

    #[test]
    fn result_without_all_its_blobs_goes_and_so_do_blobs_without_result() {
        let mut survey = survey();
        survey.blobs.remove(&blob(b"c").digest);
        survey.blobs.insert(blob(b"x").digest, found("x", 5, 1));
        let plan = decide(&survey, &limits(), &[]);
        assert_eq!(shown(&survey, &plan), "c Damaged + x");
        assert_eq!(plan.blobs[&blob(b"x").digest], Reason::Unreferenced);
    }

    #[test]
    fn hints_older_than_all_results_go() {
        let mut survey = survey();
        for (name, hours_ago) in [("old", 43), ("near", 41), ("new", 1)] {
            survey.hints.push(FoundHints { directory: found(name, 1, hours_ago), files: vec![] });
        }
        assert_eq!(decide(&survey, &limits(), &[]).hints, [0]);
        let all = Limits { max_size: Some(0), ..limits() };
        assert_eq!(decide(&survey, &all, &[]).hints, [0, 1]);
    }
}
