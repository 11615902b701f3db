//! For which machines a request builds.

use std::collections::BTreeSet;

use crate::platform::{CompileKind, Triple};
use crate::request::BuildRequest;
use crate::workspace::Error;
use crate::workspace::config::{self, Configuration};
use crate::workspace::unsupported::Unsupported;

/// Returns the compile kinds of `--target`, else of `build.target`, else the host; sorted, each
/// once.
///
/// # Errors
///
/// A target is empty, or is a specification file, which stable cargo refuses.
pub(super) fn requested_kinds(
    request: &BuildRequest,
    configuration: &Configuration<'_>,
    host: &Triple,
) -> Result<Vec<CompileKind>, Error> {
    let configured;
    let names = if request.platforms.is_empty() {
        configured = config::build_targets(configuration)?;
        &configured
    } else {
        &request.platforms
    };
    if names.is_empty() {
        return Ok(vec![CompileKind::Host]);
    }
    let kinds: Result<BTreeSet<_>, _> = names.iter().map(|name| kind(name, host)).collect();
    Ok(kinds?.into_iter().collect())
}

fn kind(name: &str, host: &Triple) -> Result<CompileKind, Error> {
    match name.trim() {
        "" => Err(config::Error::Invalid("target was empty".to_owned()).into()),
        "host-tuple" => Ok(CompileKind::Target(host.clone())),
        name if name.ends_with(".json") => {
            Err(Unsupported(format!("`{name}` is a target specification file")).into())
        }
        name => Ok(CompileKind::Target(Triple::new(name))),
    }
}
