//! What cargo atlas says otherwise on purpose, turned back into what cargo says, so that a test can
//! judge the rest. Each rule stands for a row of `docs/differences.md`; nothing else is touched.
//!
//! | what | becomes | why |
//! | --- | --- | --- |
//! | `note: handing over to cargo: …` | nothing, but it is noted | cargo prints the rest by itself |
//! | `Finished … in 0.10s: 3 compiled` | `Finished … in 0.10s` | the closing line tells more |
//! | `Spared foo v0.1.0: …` | `Fresh foo v0.1.0` | a line of its own for what cargo would have built |
//! | `Dirty foo v0.1.0: the last build of it did not finish` | nothing | cargo gives no reason for what was never built to its end |
//! | `Dirty foo v0.1.0: the file … has changed` | the same with two times | cargo goes by times |
//! | `Dirty …: the path `a` does not exist (rerun-if-changed)` | `…: the file `a` is missing` | what the script watches is named as such |
//! | `Dirty …: the environment variable A changed (rerun-if-env-changed)` | `…: the env variable A changed` | the same |
//! | `Usage: cargo atlas …` | `Usage: cargo …` | the name of the program |
//! | `<target>/atlas/<profile>/deps` | `<target>/<profile>/deps` | where intermediate files are |
//! | `--out-dir <target>/atlas/<profile>/unit/<name>/out` | `--out-dir <target>/<profile>/deps`, `…/examples` or `…/build/<name>` | the same |
//! | `<target>/atlas/<profile>/unit/<name>/incremental` | `<target>/<profile>/incremental` | the same |
//! | `<target>/atlas/<profile>/unit/<name>/…` | `<target>/<profile>/build/<name>/…` | the same |

/// How the reason ends that cargo does not have.
const NOT_FINISHED: &str = "the last build of it did not finish\n";

/// How a time stamp looks in a reason of cargo's.
const TIMES: &str = " (1.000000000s, 1s after last build at 0.000000000s)";

/// What becomes of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Line {
    /// It is as cargo has it.
    Same,
    /// It becomes another one.
    Other(String),
    /// It says why cargo does the rest.
    HandedOver(String),
    /// Cargo has no such line.
    Dropped,
}

/// Returns what becomes of a line.
pub(crate) fn line(bytes: &[u8]) -> Line {
    let Ok(text) = std::str::from_utf8(bytes) else { return Line::Same };
    if let Some((_, reason)) = text.split_once("handing over to cargo: ") {
        return Line::HandedOver(reason.trim_end().to_owned());
    }
    if text.trim_start().starts_with("Dirty ") && text.ends_with(NOT_FINISHED) {
        return Line::Dropped;
    }
    let told = without_counts(text)
        .or_else(|| as_fresh(text))
        .or_else(|| in_cargos_reasons(text))
        .or_else(|| with_cargos_usage(text));
    let text = told.as_deref().unwrap_or(text);
    let placed = with_cargos_places(text);
    if placed.as_bytes() == bytes { Line::Same } else { Line::Other(placed) }
}

/// Adds to a reason what cargo has seen of it, and leaves out who asked for the file to be watched.
fn in_cargos_reasons(line: &str) -> Option<String> {
    line.trim_start().strip_prefix("Dirty ")?;
    let asked = |line: &str| line.strip_suffix(" (rerun-if-changed)").map(str::to_owned);
    let line = line.trim_end();
    if let Some((package, path)) = line.split_once(": the path `") {
        let path = path.strip_suffix("` does not exist (rerun-if-changed)")?;
        return Some(format!("{package}: the file `{path}` is missing\n"));
    }
    if let Some(line) = line.strip_suffix(" changed (rerun-if-env-changed)") {
        return Some(
            line.replace(": the environment variable ", ": the env variable ") + " changed\n",
        );
    }
    let reason = asked(line).unwrap_or_else(|| line.to_owned());
    let is_changed = reason.contains(": the file `") && reason.ends_with(" has changed");
    is_changed.then(|| format!("{reason}{TIMES}\n"))
}

fn with_cargos_usage(line: &str) -> Option<String> {
    const OWN: &str = "cargo atlas";
    let at = line.find(OWN)?;
    line[..at]
        .contains("Usage:")
        .then(|| format!("{}cargo{}", &line[..at], &line[at + OWN.len()..]))
}

/// Cuts off what was done with units from a closing line.
fn without_counts(line: &str) -> Option<String> {
    const TIME: &str = "target(s) in ";
    let at = line.find(TIME)? + TIME.len();
    let end = at + line[at..].find(": ")?;
    let is_time = line[at..end].chars().all(|c| c.is_ascii_digit() || ". ms".contains(c));
    is_time.then(|| format!("{}\n", &line[..end]))
}

/// Turns a package that was spared into one that is fresh.
fn as_fresh(line: &str) -> Option<String> {
    let at = line.find("Spared")?;
    let (before, rest) = (&line[..at], &line[at + "Spared".len()..]);
    let package = match rest.find(" (") {
        Some(open) if rest.find(": ").is_none_or(|colon| open < colon) => {
            &rest[..rest[open..].find("): ").map_or(rest.len(), |n| open + n + 1)]
        }
        _ => rest.split(": ").next().unwrap_or(rest),
    };
    Some(format!("{before} Fresh{}\n", package.trim_end()))
}

/// Gives intermediate files the places that cargo has for them.
fn with_cargos_places(line: &str) -> String {
    const OWN: &str = "/atlas/";
    let mut placed = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(OWN) {
        let (before, after) = (&rest[..at], &rest[at + OWN.len()..]);
        placed.push_str(before);
        let Some((profile, below)) = profile(after) else {
            placed.push_str(OWN);
            rest = after;
            continue;
        };
        placed.push('/');
        placed.push_str(profile);
        rest = match below.strip_prefix("/unit/").and_then(|unit| unit.split_once('/')) {
            Some((name, inside)) => {
                let is_out_dir = placed.rsplit([' ', '\'', '`', '"']).nth(1) == Some("--out-dir");
                let out_dir = is_out_dir.then(|| out_dir(line, name));
                let (place, inside) = place(name, inside, out_dir);
                placed.push_str(&place);
                inside
            }
            None => below,
        };
    }
    placed + rest
}

/// Splits `debug/deps/…` or `x86_64-unknown-linux-gnu/debug/unit/…` behind the profile.
fn profile(path: &str) -> Option<(&str, &str)> {
    let end = path.find([' ', '"', '`', '\'', '\n', ':']).unwrap_or(path.len());
    let at =
        ["/deps", "/examples", "/unit/"].iter().filter_map(|name| path[..end].find(name)).min()?;
    (path[..at].split('/').count() <= 2).then(|| path.split_at(at))
}

/// Returns where cargo has the outputs of a compile.
fn out_dir(line: &str, name: &str) -> String {
    if line.contains("--crate-name build_script_") {
        format!("/build/{name}")
    } else if line.contains(" examples/") {
        "/examples".to_owned()
    } else {
        "/deps".to_owned()
    }
}

fn place<'a>(name: &str, inside: &'a str, out_dir: Option<String>) -> (String, &'a str) {
    if let Some(rest) = inside.strip_prefix("incremental") {
        return ("/incremental".to_owned(), rest);
    }
    match (inside.strip_prefix("out"), out_dir) {
        (Some(rest), Some(out_dir)) => (out_dir, rest),
        _ => (format!("/build/{name}/"), inside),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "    Finished `dev` profile target(s) in 0.02s: 3 compiled, 1 fresh\n",
        "    Finished `dev` profile target(s) in 0.02s\n"
    )]
    #[case(
        "    Finished `dev` profile target(s) in 1m 02s: 3 compiled\n",
        "    Finished `dev` profile target(s) in 1m 02s\n"
    )]
    #[case(
        "      Spared foo v0.1.0 (/t/foo): `src/lib.rs` has another time stamp\n",
        "       Fresh foo v0.1.0 (/t/foo)\n"
    )]
    #[case("      Spared foo v0.1.0: nothing (at all)\n", "       Fresh foo v0.1.0\n")]
    #[case(
        "       Dirty foo v0.1.0 (/t/foo): the file `src/lib.rs` has changed\n",
        "       Dirty foo v0.1.0 (/t/foo): the file `src/lib.rs` has changed \
            (1.000000000s, 1s after last build at 0.000000000s)\n"
    )]
    #[case(
        "       Dirty foo v0.1.0 (/t/foo): the path `a` does not exist (rerun-if-changed)\n",
        "       Dirty foo v0.1.0 (/t/foo): the file `a` is missing\n"
    )]
    #[case(
        "  Dirty a v0.1.0: the environment variable A changed (rerun-if-env-changed)\n",
        "  Dirty a v0.1.0: the env variable A changed\n"
    )]
    #[case("Usage: cargo atlas build [OPTIONS]\n", "Usage: cargo build [OPTIONS]\n")]
    #[case("-L dependency=/t/target/atlas/debug/deps`\n", "-L dependency=/t/target/debug/deps`\n")]
    #[case(
        "--out-dir /t/target/atlas/x86/debug/unit/a-01/out -C\n",
        "--out-dir /t/target/x86/debug/deps -C\n"
    )]
    #[case(
        "-C incremental=/t/target/atlas/debug/unit/a-01/incremental -L\n",
        "-C incremental=/t/target/debug/incremental -L\n"
    )]
    #[case("/t/target/atlas/debug/unit/a-01/out/x\n", "/t/target/debug/build/a-01/out/x\n")]
    fn what_differs_on_purpose_is_undone(#[case] from: &str, #[case] to: &str) {
        assert_eq!(line(from.as_bytes()), Line::Other(to.to_owned()));
    }

    #[rstest]
    #[case("    Finished `dev` profile target(s) in 0.02s\n")]
    #[case("/home/atlas/src/lib.rs\n")]
    #[case("error: target(s) in a word: something\n")]
    fn anything_else_stays(#[case] text: &str) {
        assert_eq!(line(text.as_bytes()), Line::Same);
    }

    #[test]
    fn handing_over_is_told() {
        let text = b"note: handing over to cargo: `-Z` is unstable\n";
        assert_eq!(line(text), Line::HandedOver("`-Z` is unstable".to_owned()));
    }
}
