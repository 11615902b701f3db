//! Errors of the engine, told to the user.

use atlas_build::units::UnitsError;

use crate::engine::EngineError;
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::{exit, hint};

/// Says why the engine could not go on, unless `cargo metadata` has said it already.
pub(super) fn tell(error: &atlas_build::Error, shell: &mut Shell) {
    match error {
        atlas_build::Error::Workspace(error) if error.is_told() => return,
        atlas_build::Error::Units(error) => {
            if let UnitsError::MissingSources(sources) = &**error {
                for source in sources {
                    shell.error_chain(&ErrorChain::new(source.clone()));
                }
            }
        }
        _ => {}
    }
    let mut chain = ErrorChain::of(error);
    chain.hints = hint::of(error).into_iter().collect();
    shell.error_chain(&chain);
}

/// Says why a question cannot be answered, and returns the exit code.
pub(super) fn unanswered(error: &EngineError, shell: &mut Shell) -> i32 {
    match error {
        EngineError::Interrupted => return exit::INTERRUPTED,
        EngineError::Unsupported(reason) => {
            let chain = ErrorChain::new("builds here are left to plain cargo");
            shell.error_chain(&chain.caused_by(reason.to_string()));
        }
        EngineError::Failed(error) => tell(error, shell),
    }
    exit::FAILURE
}
