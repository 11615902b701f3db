//! What clippy's compiler is told, in the variables through which `cargo clippy` tells it (rust-clippy,
//! `src/main.rs`).

use atlas_build::request::BuildRequest;
use camino::Utf8PathBuf;

/// Stands after each argument.
pub(crate) const SEPARATOR: &str = "__CLIPPY_HACKERY__";

/// What clippy does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Lints {
    /// Clippy's compiler.
    pub(crate) driver: Utf8PathBuf,
    /// Arguments for it.
    pub(crate) args: Vec<String>,
    /// Width of the terminal in columns, if output goes to one.
    pub(crate) width: Option<u16>,
}

impl Lints {
    /// Has members of the workspace compiled by clippy.
    pub(crate) fn ask(&self, mut request: BuildRequest) -> BuildRequest {
        let args: String = self.args.iter().map(|arg| format!("{arg}{SEPARATOR}")).collect();
        let width = self.width.unwrap_or_default().to_string();
        let variables = [
            ("RUSTC_WORKSPACE_WRAPPER", self.driver.to_string()),
            ("CLIPPY_ARGS", args),
            ("CLIPPY_TERMINAL_WIDTH", width),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        request.env.vars.extend(variables);
        request
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::request::Environment;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[], "")]
    #[case::some(
        &["--no-deps", "-W", "clippy::all"],
        "--no-deps__CLIPPY_HACKERY__-W__CLIPPY_HACKERY__clippy::all__CLIPPY_HACKERY__"
    )]
    fn arguments_are_told_as_cargo_clippy_tells_them(
        #[case] args: &[&str],
        #[case] expected: &str,
    ) {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let lints = Lints { driver: "/bin/clippy-driver".into(), args, width: Some(80) };
        let request = lints.ask(BuildRequest::new("/".into(), Environment::default()));
        assert_eq!(request.env.get("CLIPPY_ARGS"), Some(expected));
        assert_eq!(request.env.get("RUSTC_WORKSPACE_WRAPPER"), Some("/bin/clippy-driver"));
        assert_eq!(request.env.get("CLIPPY_TERMINAL_WIDTH"), Some("80"));
    }
}
