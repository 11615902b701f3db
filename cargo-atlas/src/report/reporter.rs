//! Takes what the engine tells and shows it.

use std::time::Duration;

use atlas_build::event::{Event, Summary};
use atlas_build::request::{BuildRequest, Environment};
use atlas_build::workspace::Config;

use super::counts::FixCommand;
use super::json;
use super::live::{LiveBuild, Wishes};
use super::{plain, wording};
use crate::terminal::{DisplayFlags, Settings, SettingsError, Shell, TermConfig};

/// Shows the events of one build.
pub(crate) struct Reporter<'a> {
    shell: Shell,
    flags: DisplayFlags,
    environment: &'a Environment,
    wishes: Wishes,
    live: Option<LiveBuild>,
    reports_future: bool,
}

impl<'a> Reporter<'a> {
    /// Creates a reporter that writes to `shell` what `request` asks to see.
    pub(crate) fn new(shell: Shell, flags: DisplayFlags, request: &'a BuildRequest) -> Self {
        let wishes = Wishes {
            format: request.message_format,
            extra_verbose: request.extra_verbose,
            backtraces: request.env.get("RUST_BACKTRACE").is_some_and(|value| value != "0"),
        };
        Reporter {
            shell,
            flags,
            environment: &request.env,
            wishes,
            live: None,
            reports_future: true,
        }
    }

    /// Shows an event.
    pub(crate) fn on_event(&mut self, event: Event) {
        match event {
            Event::Configured(config) => {
                self.reports_future = config.future_incompat_report;
                if let Err(error) = self.apply_config(&config) {
                    self.shell.error(error);
                }
            }
            Event::Warning(text) => self.shell.warn(text),
            Event::StateUnusable(path, fault) => {
                self.shell.warn(wording::state_unusable(&path, &fault));
            }
            Event::StateNotSaved(path, error) => {
                self.shell.warn(wording::state_not_saved(&path, &error));
            }
            Event::Planned(planned) => {
                let args = self.environment.get("CLIPPY_ARGS");
                let fix = FixCommand::new(planned.workspace_wrapper.as_deref(), args);
                self.live = Some(LiveBuild::new(planned, self.wishes, fix));
            }
            event => {
                let live = self.live.as_mut().expect("units are told of after the plan");
                live.on_event(event, &mut self.shell);
            }
        }
    }

    /// Shows how the build ended.
    pub(crate) fn finish(&mut self, summary: &Summary, elapsed: Duration) {
        self.shell.clear_progress();
        let Some(live) = &self.live else { return };
        if summary.interrupted {
            return;
        }
        let success = summary.failed.is_empty();
        if self.wishes.is_json()
            && let Ok(message) = json::build_finished(success)
        {
            self.shell.write_stdout(&message);
        }
        if success {
            self.shell.status("Finished", plain::finished(live.planned(), summary, elapsed));
            if self.reports_future {
                live.show_rejected_in_future(&mut self.shell);
            }
        }
    }

    /// Writes a status line.
    pub(crate) fn status(&mut self, word: &str, text: String) {
        self.shell.status(word, text);
    }

    /// Returns the shell for what comes after the build.
    pub(crate) fn into_shell(mut self) -> Shell {
        self.shell.clear_progress();
        self.shell
    }

    /// Takes over what the configuration files say about output; flags still go first.
    fn apply_config(&mut self, config: &Config) -> Result<(), SettingsError> {
        let settings = Settings::resolve(&self.flags, &TermConfig::from_config(config))?;
        if settings != *self.shell.settings() {
            self.shell.apply(settings, self.environment);
        }
        Ok(())
    }
}
