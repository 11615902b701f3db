//! The seam to the engine in `atlas-build`: the only file that calls it.

use atlas_build::account::Account;
use atlas_build::event::Event;
use atlas_build::request::BuildRequest;
use atlas_build::workspace::Unsupported;
use atlas_build::{Built, GraphExtent, Graphs, Surroundings};

/// Why the engine did nothing, or could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// Plain cargo can do it; nothing was built yet.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The user stopped it before anything was built.
    #[error("interrupted")]
    Interrupted,
    /// It cannot be done at all.
    #[error(transparent)]
    Failed(Box<atlas_build::Error>),
}

impl From<atlas_build::Error> for EngineError {
    fn from(error: atlas_build::Error) -> Self {
        match error {
            atlas_build::Error::Unsupported(unsupported) => EngineError::Unsupported(unsupported),
            error => EngineError::Failed(Box::new(error)),
        }
    }
}

/// Builds what was asked for and tells `sink`, on this thread, what happens meanwhile.
///
/// # Errors
///
/// [`EngineError`]; a compile that fails is no error but part of the summary.
pub(crate) fn build(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    sink: &dyn Fn(Event),
) -> Result<Built, EngineError> {
    let built = atlas_build::build(request, surroundings, &mut |event| sink(event));
    // Ctrl-C reaches `cargo metadata` and rustc too, and what they then say is no error of theirs.
    match built {
        Err(_) if surroundings.interrupt.is_raised() => Err(EngineError::Interrupted),
        built => Ok(built?),
    }
}

/// Returns the units that would be built, as cargo's unit-graph JSON, and what the user should know.
///
/// # Errors
///
/// [`EngineError`] if the units cannot be told.
pub(crate) fn unit_graph(request: &BuildRequest) -> Result<(String, Vec<String>), EngineError> {
    let mut warnings = Vec::new();
    let graph = atlas_build::unit_graph(request, &mut |event| {
        if let Event::Warning(warning) = event {
            warnings.push(warning);
        }
    })?;
    Ok((graph, warnings))
}

/// Returns the packages of a request with their modules, and what the user should know.
///
/// # Errors
///
/// [`EngineError`] if they cannot be told.
pub(crate) fn graph(
    request: &BuildRequest,
    extent: GraphExtent,
) -> Result<(Graphs, Vec<String>), EngineError> {
    let mut warnings = Vec::new();
    let graphs = atlas_build::graph(request, extent, &mut |event| {
        if let Event::Warning(warning) = event {
            warnings.push(warning);
        }
    })?;
    Ok((graphs, warnings))
}

/// Tells what a build would do now, and does nothing.
///
/// # Errors
///
/// [`EngineError`] if it cannot be told.
pub(crate) fn predict(
    request: &BuildRequest,
    surroundings: &Surroundings<'_>,
    sink: &dyn Fn(Event),
) -> Result<Account, EngineError> {
    match atlas_build::predict(request, &mut |event| sink(event)) {
        Err(_) if surroundings.interrupt.is_raised() => Err(EngineError::Interrupted),
        predicted => Ok(predicted?),
    }
}

/// Returns the account of the last build in the target directory that a request leads to.
///
/// # Errors
///
/// [`EngineError`] if there is no way to that directory, or if what is in it cannot be read.
pub(crate) fn last_account(request: &BuildRequest) -> Result<Option<Account>, EngineError> {
    Ok(atlas_build::last_account(request)?)
}
