//! What only the one target asked for is built with: crate types and arguments of `cargo rustc`.
//!
//! The rules are cargo's: `override_rustc_crate_types` and `create_bcx` in `ops/cargo_compile`.

use std::sync::Arc;

use crate::packages::{CrateType, Target, TargetKind};
use crate::request::ExtraArgs;
use crate::units::{Unit, UnitsError};

/// Gives the target asked for the crate types that were asked for.
///
/// # Errors
///
/// [`UnitsError`] in cargo's words if it is not one target, or none that has crate types.
pub(super) fn with_extra_args(roots: &mut [Unit], extra: &ExtraArgs) -> Result<(), UnitsError> {
    if !extra.crate_types.is_empty() {
        let [root] = &mut *roots else {
            return Err(UnitsError::Message(
                "crate types to rustc can only be passed to one target, consider filtering\n\
                 the package by passing, e.g., `--lib` or `--example` to specify a single target"
                    .to_owned(),
            ));
        };
        let types = extra.crate_types.iter().map(|name| CrateType::parse(name)).collect();
        root.target = Arc::new(with_crate_types(&root.target, types)?);
    }
    let args = [(&extra.rustc, "rustc"), (&extra.rustdoc, "rustdoc")];
    match args.into_iter().find(|(args, _)| !args.is_empty()) {
        Some((_, name)) if roots.len() != 1 => Err(UnitsError::Message(format!(
            "extra arguments to `{name}` can only be passed to one target, consider filtering\n\
             the package by passing, e.g., `--lib` or `--bin NAME` to specify a single target"
        ))),
        _ => Ok(()),
    }
}

fn with_crate_types(target: &Target, types: Vec<CrateType>) -> Result<Target, UnitsError> {
    let kind = match &target.kind {
        TargetKind::Lib(_) => TargetKind::Lib(types),
        TargetKind::ExampleLib(_) => TargetKind::ExampleLib(types),
        _ => {
            return Err(UnitsError::Message(
                "crate types can only be specified for libraries and example libraries.\n\
                 Binaries, tests, and benchmarks are always the `bin` crate type"
                    .to_owned(),
            ));
        }
    };
    let target = Target { kind, ..target.clone() };
    let doctested = target.doctested && target.is_doctestable();
    Ok(Target { doctested, ..target })
}
