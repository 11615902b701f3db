//! Reading a workspace, compared with what the installed cargo says about the same files.

mod config;
mod fixture;
mod flags;
mod load;
mod profiles;
mod unsupported;
