//! The stages in order: what the engine does with a request, to be read from top to bottom.

use crate::packages::{self, PackageGraph, SelectError};
use crate::request::BuildRequest;
use crate::units::{self, UnitPlan, UnitsError};
use crate::workspace::{self, Unsupported, Workspace};

/// The tool could not go on. A failed compile is no error: see [`Summary`](crate::event::Summary).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Plain cargo has to take the request; nothing was built.
    #[error(transparent)]
    Unsupported(Unsupported),
    /// The workspace cannot be read.
    #[error(transparent)]
    Workspace(Box<workspace::Error>),
    /// What is asked for does not exist.
    #[error(transparent)]
    Units(Box<UnitsError>),
}

/// What a request comes to, before anything is run.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Configuration, toolchain, manifests.
    pub workspace: Workspace,
    /// Packages.
    pub packages: PackageGraph,
    /// Units.
    pub units: UnitPlan,
}

/// Plans a request.
///
/// # Errors
///
/// [`Error`] if the workspace cannot be read, if something asked for does not exist, or if the
/// request is for plain cargo.
pub fn plan(request: &BuildRequest) -> Result<Planned, Error> {
    let workspace = workspace::load(request)?;
    let packages = packages::build(&workspace).map_err(Error::Unsupported)?;
    let selection = packages::select(request, &workspace, &packages)?;
    let units = units::build(request, &workspace, &packages, &selection)?;
    Ok(Planned { workspace, packages, units })
}

/// Returns the units of a request in cargo's own unit-graph JSON.
///
/// # Errors
///
/// As [`plan`].
pub fn unit_graph(request: &BuildRequest) -> Result<String, Error> {
    let planned = plan(request)?;
    Ok(units::to_json(&planned.units.graph, &planned.packages))
}

impl From<workspace::Error> for Error {
    fn from(error: workspace::Error) -> Self {
        match error {
            workspace::Error::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Workspace(Box::new(error)),
        }
    }
}

impl From<UnitsError> for Error {
    fn from(error: UnitsError) -> Self {
        match error {
            UnitsError::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Units(Box::new(error)),
        }
    }
}

impl From<SelectError> for Error {
    fn from(error: SelectError) -> Self {
        Error::Units(Box::new(error.into()))
    }
}
