//! What link-time optimization asks of each unit.

/// Which flags a unit gets for link-time optimization.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lto {
    /// LTO runs here: `-C lto[=name]`.
    Run(Option<String>),
    /// `-C lto=off` and `-C embed-bitcode=no`.
    Off,
    /// `-C linker-plugin-lto`: bitcode only.
    OnlyBitcode,
    /// Object code and bitcode: rustc's default, no flag.
    ObjectAndBitcode,
    /// `-C embed-bitcode=no`.
    OnlyObject,
}
