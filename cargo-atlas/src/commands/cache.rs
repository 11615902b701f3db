//! `cargo atlas cache`: how much is in the store, whether it is whole, and where it is.

use atlas_build::cas::{self, Cas, Limits, Progress, Stats, Verification};
use camino::{Utf8Path, Utf8PathBuf};

use super::place::{self, Place};
use crate::cache::{self, CacheArgs, CacheQuestion, Kept};
use crate::config::{store_limits, store_root};
use crate::error::ErrorChain;
use crate::exit;
use crate::terminal::Shell;

/// Answers a question about the store and returns the exit code.
pub(crate) fn cache(place: Place<'_>, args: &CacheArgs, shell: &mut Shell) -> i32 {
    match located(place, args, shell) {
        Ok((root, limits)) => {
            let kept = Kept { root: &root, limits: &limits };
            let json = args.question.words().json;
            match &args.question {
                CacheQuestion::Stats(_) => stats(kept, json, shell),
                CacheQuestion::Verify { repair, .. } => verify(&root, *repair, json, shell),
                CacheQuestion::Path(_) => path(&root, json, shell),
            }
        }
        Err(error) => place::answered(Err(error), shell),
    }
}

/// Returns where the store is, and what it may hold.
fn located(
    place: Place<'_>,
    args: &CacheArgs,
    shell: &mut Shell,
) -> Result<(Utf8PathBuf, Limits), ErrorChain> {
    let manifest_path = args.question.words().manifest_path.as_deref();
    let directory = place.manifest_directory(manifest_path)?;
    let configuration = place.configuration(&directory, shell)?;
    let Some(root) = store_root(&configuration, place.cwd, place.environment) else {
        return Err(ErrorChain::new("there is no store: it is turned off").hint(
            "`store = \"on\"` in `.config/atlas.toml`, or the variable `ATLAS_STORE=on`, turns it \
             on; `cargo atlas config store` shows the present value",
        ));
    };
    let limits = store_limits(&configuration).of_collection(&root, place.invocation.today);
    Ok((root, limits))
}

fn path(root: &Utf8Path, json: bool, shell: &mut Shell) -> i32 {
    let answer = if json { cache::path_json(root) } else { Ok(root.to_string()) };
    wrote(answer, exit::SUCCESS, shell)
}

fn stats(kept: Kept<'_>, json: bool, shell: &mut Shell) -> i32 {
    let stats = match opened(kept.root) {
        Ok(store) => store.map(|store| cas::stats(&store, kept.limits.now)),
        Err(error) => return place::answered(Err(error), shell),
    };
    let stats: Stats = stats.unwrap_or_default();
    let answer = match json {
        true => cache::stats_json(kept, &stats),
        false => Ok(cache::stats_text(kept, &stats)),
    };
    wrote(answer, exit::SUCCESS, shell)
}

fn verify(root: &Utf8Path, repair: bool, json: bool, shell: &mut Shell) -> i32 {
    let mut show = |Progress { done, total, .. }: Progress| {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        shell.show_progress_of("Verifying", number(done), number(total));
    };
    let verification = match opened(root) {
        Ok(store) => store.map(|store| cas::verify(&store, repair, &mut show)),
        Err(error) => return place::answered(Err(error), shell),
    };
    shell.clear_progress();
    let verification: Verification = verification.unwrap_or_default();
    let is_good = verification.is_whole() || verification.repaired;
    let code = if is_good { exit::SUCCESS } else { exit::DAMAGED };
    if json {
        return wrote(cache::verification_json(root, &verification), code, shell);
    }
    if is_good {
        return wrote(Ok(cache::whole(root, &verification)), code, shell);
    }
    shell.error_chain(&cache::damage(root, &verification, repair));
    code
}

/// Opens a store. One that is not there yet is not made for a question.
fn opened(root: &Utf8Path) -> Result<Option<Cas>, ErrorChain> {
    if !root.exists() {
        return Ok(None);
    }
    Cas::open(root).map(Some).map_err(|error| ErrorChain::of(&error))
}

fn wrote(answer: serde_json::Result<String>, code: i32, shell: &mut Shell) -> i32 {
    match answer {
        Ok(text) => {
            shell.write_stdout(&text);
            place::written(code, shell)
        }
        Err(error) => place::answered(Err(ErrorChain::of(&error)), shell),
    }
}
