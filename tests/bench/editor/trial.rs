//! An editor with a file open: it is edited and saved, and the diagnostics of the check that follows
//! appear and vanish again.

use std::time::{Duration, Instant};

use atlas_tests::environment;
use atlas_tests::process::{Command, Running};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use crate::client::Client;
use crate::generated;
use crate::settings::Tool;

/// What else goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Company {
    /// Nothing.
    Alone,
    /// A build in a terminal, in the same target directory, is started with each save.
    Terminal,
}

impl Company {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Company::Alone => "alone",
            Company::Terminal => "beside a build",
        }
    }
}

/// How long it took from a save.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Until the diagnostic was there.
    pub(crate) there: Duration,
    /// After the next save, until it was gone.
    pub(crate) gone: Duration,
    /// Until both checks had ended, on average.
    pub(crate) ended: Duration,
}

/// An editor with a file open.
pub(crate) struct Trial {
    client: Client,
    tool: Tool,
    atlas: Utf8PathBuf,
    workspace: Utf8PathBuf,
    version: u32,
}

impl Trial {
    /// Starts a server in a workspace and waits until it has read everything.
    pub(crate) fn start(
        program: &Utf8Path,
        atlas: &Utf8Path,
        workspace: &Utf8Path,
        tool: Tool,
    ) -> Self {
        let settings = tool.settings(atlas);
        let server = Command::new(program).cwd(workspace).env("CARGO_NET_OFFLINE", "true");
        let mut client = Client::start(server, settings.clone());
        let params = json!({
            "processId": null,
            "rootUri": uri(workspace),
            "workspaceFolders": [{ "uri": uri(workspace), "name": "workspace" }],
            "initializationOptions": settings,
            "capabilities": {
                "workspace": { "configuration": true },
                "window": { "workDoneProgress": true },
                "textDocument": { "publishDiagnostics": {}, "synchronization": { "didSave": true } },
                "experimental": { "serverStatusNotification": true },
            },
        });
        client.request("initialize", &params);
        client.notify("initialized", &json!({}));
        let mut trial = Trial {
            client,
            tool,
            atlas: atlas.to_owned(),
            workspace: workspace.to_owned(),
            version: 0,
        };
        let text = generated::edited(None);
        let document =
            json!({ "uri": trial.uri(), "languageId": "rust", "version": 0, "text": text });
        trial.client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        trial.client.wait(|message| {
            let is_quiet = message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true;
            is_quiet.then_some(())
        });
        let built = trial.build().wait();
        assert!(built.success(), "the build in the terminal: {}", built.stderr);
        // The first check finds nothing checked.
        trial.round(u32::MAX, Company::Alone);
        trial
    }

    /// Edits twice: something is wrong, and right again.
    pub(crate) fn round(&mut self, number: u32, company: Company) -> Seen {
        let (there, one) = self.save(Some(number), company);
        let (gone, other) = self.save(None, company);
        Seen { there, gone, ended: (one + other) / 2 }
    }

    /// Saves the file with or without a variable that is not used; returns how long it took until the
    /// diagnostics said so, and until the check ended.
    fn save(&mut self, unused: Option<u32>, company: Company) -> (Duration, Duration) {
        let text = generated::edited(unused);
        self.version += 1;
        let document = json!({ "uri": self.uri(), "version": self.version });
        let change = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
        self.client.notify("textDocument/didChange", &change);
        fs_err::write(self.workspace.join(generated::EDITED), &text).expect("it is writable");
        let terminal = (company == Company::Terminal).then(|| self.build());
        let saved = Instant::now();
        let params = json!({ "textDocument": { "uri": self.uri() } });
        self.client.notify("textDocument/didSave", &params);
        let uri = self.uri();
        let name = unused.map(|number| format!("unused_{number}"));
        let (mut shown, mut begun, mut ended) = (None, false, None);
        self.client.wait(|message| {
            if shows(message, &uri, name.as_deref()) {
                shown.get_or_insert_with(|| saved.elapsed());
            }
            match stage_of_check(message) {
                Some("begin") => begun = true,
                // The check before may end after the save.
                Some("end") if begun => ended = Some(saved.elapsed()),
                _ => {}
            }
            // Diagnostics may be shown after the end.
            (shown.is_some() && ended.is_some()).then_some(())
        });
        let elapsed = (shown.unwrap_or_default(), ended.unwrap_or_default());
        if let Some(terminal) = terminal {
            let outcome = terminal.wait();
            assert!(outcome.success(), "the build in the terminal: {}", outcome.stderr);
        }
        elapsed
    }

    /// Starts a build in a terminal.
    fn build(&self) -> Running {
        let command = match self.tool {
            Tool::Cargo => Command::new(&environment::cargo()),
            Tool::Atlas => Command::new(&self.atlas),
        };
        let command = command.cwd(&self.workspace).env("CARGO_NET_OFFLINE", "true");
        command.args(&["build", "--workspace", "-q"]).start()
    }

    fn uri(&self) -> String {
        uri(&self.workspace.join(generated::EDITED))
    }
}

/// Returns whether a message gives a file the diagnostic of the compiler that it should have, or none.
fn shows(message: &Value, uri: &str, name: Option<&str>) -> bool {
    if message["method"] != "textDocument/publishDiagnostics" || message["params"]["uri"] != uri {
        return false;
    }
    let diagnostics = message["params"]["diagnostics"].as_array();
    let of_compiler = diagnostics.into_iter().flatten().filter(|it| it["source"] == "rustc");
    let texts: Vec<&str> = of_compiler.filter_map(|it| it["message"].as_str()).collect();
    match name {
        Some(name) => texts.iter().any(|text| text.contains(name)),
        None => texts.is_empty(),
    }
}

/// Returns whether a check begins, goes on or ends, if a message is about one.
fn stage_of_check(message: &Value) -> Option<&str> {
    let params = &message["params"];
    let is_check = params["token"].as_str().is_some_and(|token| token.contains("flycheck"));
    if message["method"] == "$/progress" && is_check {
        params["value"]["kind"].as_str()
    } else {
        None
    }
}

fn uri(path: &Utf8Path) -> String {
    format!("file://{path}")
}
