//! A program after cut-off edits, byte by byte, with that of a clean build.

mod edits;
mod program;
