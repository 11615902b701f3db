//! Running what was planned: processes, their output, the files that come of them.

mod artifact;
pub mod build_script;
mod compile;
mod cutoff;
mod freshness;
mod inbox;
mod jobserver;
mod message;
mod others;
mod parked;
mod pool;
pub mod publish;
mod reading;
#[cfg(test)]
mod real;
mod restoring;
mod rounds;
mod runner;
#[cfg(test)]
mod scenarios;
mod script_outputs;
mod settle;
#[cfg(test)]
mod testing;

pub use freshness::Freshness;
pub use jobserver::Jobserver;
pub use pool::{
    Complete, ExecuteError, Executed, FileNames, OnFailure, ScriptOutput, Settings, Work, World,
    execute,
};
pub use runner::{Exit, Heard, Hearing, Listener, Runner, Running, System};
pub use script_outputs::ScriptOutputs;
