//! A workspace that is built once and had again as it was then, as often as a test likes. Copies
//! files; paths stay what they were, so that nothing has a reason to be built anew.

use std::ops::Deref;

use camino::Utf8Path;

use crate::process::Command;
use crate::repeated::Repeated;

/// A workspace, and a copy of it and of its target directory.
#[derive(Debug)]
pub struct Restored {
    workspace: Repeated,
}

impl Restored {
    /// Saves a workspace as it is now.
    #[must_use]
    pub fn new(workspace: Repeated) -> Self {
        let saved = workspace.fixture.beside("saved");
        fs_err::create_dir(&saved).expect("the temporary directory is writable");
        let restored = Restored { workspace };
        restored.each(|now, saved| copy(now, saved));
        restored
    }

    /// Makes everything what it was when it was saved.
    pub fn restore(&self) {
        self.each(|now, saved| {
            if now.exists() {
                fs_err::remove_dir_all(now).expect("the directory is ours");
            }
            copy(saved, now);
        });
    }

    fn each(&self, act: impl Fn(&Utf8Path, &Utf8Path)) {
        let saved = self.workspace.fixture.beside("saved");
        act(self.workspace.fixture.root(), &saved.join("ws"));
        act(&self.workspace.target, &saved.join("target"));
    }
}

impl Deref for Restored {
    type Target = Repeated;

    fn deref(&self) -> &Repeated {
        &self.workspace
    }
}

/// Copies a directory, with the times of its files and which of them are one.
fn copy(from: &Utf8Path, to: &Utf8Path) {
    let copied = Command::new("cp".into()).args(&["-a", from.as_str(), to.as_str()]).run();
    drop(copied.expect_success("cp"));
}
