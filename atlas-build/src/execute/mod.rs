//! Running what was planned: processes, their output, the files that come of them.

mod interrupt;
mod jobserver;
pub mod publish;
mod runner;
#[cfg(test)]
mod testing;

pub use interrupt::Interrupt;
pub use jobserver::Jobserver;
pub use runner::{Exit, Heard, Hearing, Listener, Runner, Running, System};
