//! What rust-analyzer is told: the settings of `docs/editor.md`.

use camino::Utf8Path;
use serde_json::{Value, json};

/// What checks the workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tool {
    Cargo,
    Atlas,
}

impl Tool {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tool::Cargo => "cargo",
            Tool::Atlas => "atlas",
        }
    }

    /// Returns settings under which it is used.
    pub(crate) fn settings(self, atlas: &Utf8Path) -> Value {
        // What is compared is what happens after a save: sources of the standard library do not count.
        let mut settings = json!({ "cargo": { "sysroot": null }, "checkOnSave": true });
        if self == Tool::Atlas {
            let check = [atlas.as_str(), "check", "--workspace", "--all-targets"];
            let check: Vec<&str> = check.into_iter().chain(["--message-format=json"]).collect();
            let quiet: Vec<&str> =
                check.iter().copied().chain(["--quiet", "--keep-going"]).collect();
            settings["check"] = json!({ "overrideCommand": check });
            settings["cargo"]["buildScripts"] = json!({ "overrideCommand": quiet });
        }
        settings
    }
}
