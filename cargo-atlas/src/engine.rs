//! The seam to the engine in `atlas-build`: the only file that calls it.

use std::sync::atomic::Ordering;

use atlas_build::event::{Event, Summary};
use atlas_build::request::BuildRequest;
use atlas_build::workspace::Unsupported;

use crate::interrupt::Interrupt;

/// Why the engine did nothing, or could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// Plain cargo can do it; nothing was built yet.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// It cannot be done at all.
    #[error(transparent)]
    Failed(atlas_build::Error),
}

impl From<atlas_build::Error> for EngineError {
    fn from(error: atlas_build::Error) -> Self {
        match error {
            atlas_build::Error::Unsupported(unsupported) => EngineError::Unsupported(unsupported),
            error => EngineError::Failed(error),
        }
    }
}

/// Builds what was asked for and tells `sink`, on this thread, what happens meanwhile.
///
/// # Errors
///
/// [`EngineError`]; a compile that fails is no error but part of the summary.
pub(crate) fn build(
    _request: &BuildRequest,
    _sink: &dyn Fn(Event),
    interrupt: &Interrupt,
) -> Result<Summary, EngineError> {
    if interrupt.requested.load(Ordering::SeqCst) {
        return Ok(Summary { interrupted: true, ..Summary::default() });
    }
    Err(not_linked())
}

/// Returns the units that would be built, as cargo's unit-graph JSON.
///
/// # Errors
///
/// [`EngineError`] if the units cannot be told.
pub(crate) fn unit_graph(request: &BuildRequest) -> Result<String, EngineError> {
    Ok(atlas_build::unit_graph(request)?)
}

fn not_linked() -> EngineError {
    Unsupported("the engine is not linked in yet".to_owned()).into()
}
