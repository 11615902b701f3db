//! The store in words. Knows no file.

use std::time::Duration;

use atlas_build::cas::{AgeClass, Amount, ResultKind, Stats, Verification};
use camino::Utf8Path;

use super::Kept;
use super::columns::{Column, columns};
use crate::config::quantity::{shown_age, shown_size};
use crate::error::ErrorChain;

/// How many damaged files are listed.
const MAX_LISTED: usize = 10;

/// Says how much is in a store.
pub(crate) fn stats_text(kept: Kept<'_>, stats: &Stats) -> String {
    let mut text = vec![format!("Store at `{}`: {}{}", kept.root, size(stats), limits(kept))];
    if stats.total.count > 0 {
        text.push(String::new());
        text.push(amounts("kind", stats.kinds.iter().map(|(kind, it)| (kind_name(*kind), *it))));
        text.push(String::new());
        text.push(amounts("last used", stats.ages.iter().map(|(age, it)| (age_name(*age), *it))));
        text.push(String::new());
        text.extend(remarks(stats));
    }
    text.extend(builds(stats));
    while text.last().is_some_and(String::is_empty) {
        text.pop();
    }
    text.join("\n")
}

fn size(stats: &Stats) -> String {
    match stats.total.count {
        0 => "empty".to_owned(),
        count => format!("{} in {}", shown_size(stats.total.bytes), n_of(count, "file")),
    }
}

fn limits(kept: Kept<'_>) -> String {
    let size = kept.limits.max_size.map(|size| format!("{} at most", shown_size(size)));
    let age = kept.limits.max_age.map(|age| format!("{} after the last use", shown_age(age)));
    let limits: Vec<String> = size.into_iter().chain(age).collect();
    if limits.is_empty() { String::new() } else { format!(" (kept: {})", limits.join(", ")) }
}

fn amounts<'a>(heading: &str, amounts: impl Iterator<Item = (&'a str, Amount)>) -> String {
    let mut rows = vec![[heading.to_owned(), "results".to_owned(), "size".to_owned()]];
    rows.extend(amounts.map(|(name, amount)| {
        [name.to_owned(), amount.count.to_string(), shown_size(amount.bytes)]
    }));
    columns([Column::Left, Column::Right, Column::Right], &rows)
}

fn remarks(stats: &Stats) -> impl Iterator<Item = String> {
    let shared = (stats.shared.count > 0).then(|| {
        let files = n_of(stats.shared.count, "file");
        format!("{files} in several results: {} saved", shown_size(stats.saved_by_sharing))
    });
    let unreferenced = (stats.unreferenced.count > 0).then(|| {
        let files = n_of(stats.unreferenced.count, "file");
        format!("{files} in no result: {} to be collected", shown_size(stats.unreferenced.bytes))
    });
    let damaged = (stats.n_damaged > 0).then(|| {
        format!("{} damaged: see `cargo atlas cache verify`", n_of(stats.n_damaged, "result"))
    });
    let checkouts = (stats.n_checkouts > 0)
        .then(|| format!("Needed by {}", n_of(stats.n_checkouts, "target directory")));
    checkouts.into_iter().chain(shared).chain(unreferenced).chain(damaged)
}

fn builds(stats: &Stats) -> Option<String> {
    let sum = stats.builds_in_all();
    let n_looked_for = sum.hits + sum.misses;
    let builds = match stats.builds.len() as u64 {
        0 => return None,
        1 => "Last build".to_owned(),
        n => format!("Last {n} builds"),
    };
    let percent = (sum.hits * 100).checked_div(n_looked_for).unwrap_or_default();
    Some(format!(
        "{builds}: {} of {} found ({percent}%), {} restored, {} stored, {} of compiling saved",
        sum.hits,
        n_of(n_looked_for, "result"),
        shown_size(sum.restored),
        shown_size(sum.stored),
        shown_age(Duration::from_secs(sum.saved.as_secs())),
    ))
}

/// Says that nothing is wrong with a store, or that nothing is any longer.
pub(crate) fn whole(root: &Utf8Path, verification: &Verification) -> String {
    let read = format!(
        "{} and {} ({})",
        n_of(verification.results.count, "result"),
        n_of(verification.blobs.count, "file"),
        shown_size(verification.results.bytes + verification.blobs.bytes)
    );
    match verification.n_damaged() as u64 {
        0 => format!("Store at `{root}` is whole: {read}"),
        n => format!("Store at `{root}` is whole again: {read}; {} removed", n_of(n, "file")),
    }
}

/// Says what is wrong with a store, and what to do about it.
pub(crate) fn damage(root: &Utf8Path, verification: &Verification, repair: bool) -> ErrorChain {
    let lists = [
        ("damaged result", &verification.damaged_results),
        ("damaged file", &verification.damaged_blobs),
        ("damaged hint", &verification.damaged_hints),
        ("damaged note", &verification.damaged_notes),
    ];
    let lists = lists.into_iter().flat_map(|(what, paths)| {
        paths.iter().map(move |path| format!("{what} `{}`", below(root, path)))
    });
    let incomplete = verification.incomplete.iter().map(|incomplete| {
        format!("incomplete result `{}` of {}", below(root, &incomplete.path), incomplete.label)
    });
    let all: Vec<String> = lists.chain(incomplete).collect();
    let n_more = all.len().saturating_sub(MAX_LISTED);
    let mut listed = all[..all.len() - n_more].to_vec();
    listed.extend((n_more > 0).then(|| format!("and {n_more} more")));
    let damaged = n_of(all.len() as u64, "file");
    let chain = match repair {
        false => ErrorChain::new(format!("{damaged} in the store at `{root}` cannot be used"))
            .hint(
                "`cargo atlas cache verify --repair` removes them; what is needed is built again",
            ),
        true => ErrorChain::new(format!("{damaged} in the store at `{root}` cannot be removed"))
            .hint("see who owns the directory, or delete it: what is needed is built again"),
    };
    chain.caused_by(listed.join("\n"))
}

fn below<'a>(root: &Utf8Path, path: &'a Utf8Path) -> &'a Utf8Path {
    path.strip_prefix(root).unwrap_or(path)
}

fn n_of(n: u64, what: &str) -> String {
    match (n, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        (_, None) => format!("{n} {what}s"),
    }
}

fn kind_name(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Library => "libraries",
        ResultKind::Metadata => "metadata",
        ResultKind::ProcMacro => "procedural macros",
        ResultKind::BuildScript => "build scripts",
        ResultKind::BuildScriptRun => "runs of build scripts",
        ResultKind::Program => "programs",
        ResultKind::TestHarness => "tests",
        ResultKind::DynamicLibrary => "dynamic libraries",
        ResultKind::Other => "other",
    }
}

fn age_name(age: AgeClass) -> &'static str {
    match age {
        AgeClass::Day => "within a day",
        AgeClass::Week => "within a week",
        AgeClass::Month => "within 30 days",
        AgeClass::Older => "earlier",
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use atlas_build::cas::{BuildCounts, IncompleteResult, Limits};

    use super::*;

    const MIB: u64 = 1 << 20;

    #[track_caller]
    fn check(stats: &Stats, expected: &str) {
        let day = Duration::from_secs(24 * 60 * 60);
        let limits = Limits {
            max_size: Some(MIB << 10),
            max_age: Some(day * 30),
            ..Limits::none(SystemTime::UNIX_EPOCH)
        };
        let kept = Kept { root: "/store".into(), limits: &limits };
        let text = anstream::adapter::strip_str(&stats_text(kept, stats)).to_string();
        assert_eq!(text, expected);
    }

    #[test]
    fn empty_store_is_said_to_be() {
        let expected =
            "Store at `/store`: empty (kept: 1.0 GiB at most, 30days after the last use)";
        check(&Stats::default(), expected);
    }

    #[test]
    fn everything_is_counted() {
        let amount = |count, mib| Amount { count, bytes: mib * MIB };
        let build = BuildCounts {
            hits: 30,
            misses: 10,
            restored: 12 * MIB,
            stored: 4 * MIB,
            saved: Duration::from_millis(65_200),
        };
        let stats = Stats {
            total: amount(100, 50),
            kinds: [(ResultKind::Library, amount(40, 30)), (ResultKind::Program, amount(1, 9))]
                .into(),
            ages: [(AgeClass::Day, amount(41, 39))].into(),
            shared: amount(2, 1),
            saved_by_sharing: 3 * MIB,
            unreferenced: amount(1, 1),
            n_checkouts: 3,
            n_damaged: 1,
            builds: vec![build, build],
            ..Stats::default()
        };
        let expected = "\
Store at `/store`: 50.0 MiB in 100 files (kept: 1.0 GiB at most, 30days after the last use)

kind       results      size
libraries       40  30.0 MiB
programs         1   9.0 MiB

last used     results      size
within a day       41  39.0 MiB

Needed by 3 target directories
2 files in several results: 3.0 MiB saved
1 file in no result: 1.0 MiB to be collected
1 result damaged: see `cargo atlas cache verify`
Last 2 builds: 60 of 80 results found (75%), 24.0 MiB restored, 8.0 MiB stored, 2m 10s of compiling saved";
        check(&stats, expected);
    }

    #[test]
    fn damage_is_listed_with_the_way_out() {
        let path = |n: usize| Utf8Path::new("/store/v1/blobs").join(n.to_string());
        let verification = Verification {
            damaged_blobs: (0..10).map(path).collect(),
            incomplete: vec![IncompleteResult { label: "a".to_owned(), path: path(10) }],
            ..Verification::default()
        };
        let chain = damage("/store".into(), &verification, false);
        assert_eq!(chain.message, "11 files in the store at `/store` cannot be used");
        assert!(chain.causes_text().contains("damaged file `v1/blobs/0`"));
        assert!(chain.causes[0].ends_with("\nand 1 more"));
        assert!(chain.hints[0].contains("--repair"));
    }

    #[test]
    fn whole_store_is_said_to_be() {
        let amount = |count, bytes| Amount { count, bytes };
        let mut verification = Verification {
            results: amount(1, 24),
            blobs: amount(2, 1000),
            ..Verification::default()
        };
        let text = whole("/store".into(), &verification);
        assert_eq!(text, "Store at `/store` is whole: 1 result and 2 files (1.0 KiB)");
        verification.damaged_blobs.push("/store/v1/blobs/x".into());
        let text = whole("/store".into(), &verification);
        assert!(text.ends_with("is whole again: 1 result and 2 files (1.0 KiB); 1 file removed"));
    }
}
