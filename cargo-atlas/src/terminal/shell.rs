//! Standard output and standard error: every line of the product goes through here, so that none
//! is written into a progress bar and all obey the same settings.

use std::fmt;
use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use atlas_build::request::Environment;

use super::bar::{Bar, stderr_width};
use super::settings::{Settings, Verbosity};
use super::style;
use crate::error::ErrorChain;

type Stream = AutoStream<Box<dyn Write + Send>>;

/// The output streams with the settings that hold for them.
pub(crate) struct Shell {
    stdout: Stream,
    stderr: Stream,
    settings: Settings,
    bar: Option<Bar>,
    stdout_error: Option<io::Error>,
    automatic: Automatic,
}

/// Whether the streams get colours if nobody says so.
#[derive(Clone, Copy, Debug)]
struct Automatic {
    stdout: ColorChoice,
    stderr: ColorChoice,
}

impl Shell {
    /// Opens the streams of the process.
    pub(crate) fn of_process(settings: Settings, environment: &Environment) -> Self {
        let automatic = Automatic {
            stdout: AutoStream::choice(&io::stdout()),
            stderr: AutoStream::choice(&io::stderr()),
        };
        // What is written at once goes out at once: colours are taken out piece by piece.
        let stdout = Box::new(BufWriter::new(io::stdout()));
        let stderr = Box::new(BufWriter::new(io::stderr()));
        let mut shell = Shell::of_streams(stdout, stderr, settings, automatic);
        shell.bar = Bar::new(&settings, environment);
        shell
    }

    fn of_streams(
        stdout: Box<dyn Write + Send>,
        stderr: Box<dyn Write + Send>,
        settings: Settings,
        automatic: Automatic,
    ) -> Self {
        Shell {
            stdout: AutoStream::new(stdout, chosen(&settings, automatic.stdout)),
            stderr: AutoStream::new(stderr, chosen(&settings, automatic.stderr)),
            settings,
            bar: None,
            stdout_error: None,
            automatic,
        }
    }

    /// Goes on with other settings.
    pub(crate) fn apply(&mut self, settings: Settings, environment: &Environment) {
        self.clear_progress();
        self.settings = settings;
        self.bar = Bar::new(&settings, environment);
        recolor(&mut self.stdout, chosen(&settings, self.automatic.stdout));
        recolor(&mut self.stderr, chosen(&settings, self.automatic.stderr));
    }

    /// Returns the settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns whether more than the usual is said.
    pub(crate) fn is_verbose(&self) -> bool {
        self.settings.verbosity == Verbosity::Verbose
    }

    /// Returns whether only errors are said.
    pub(crate) fn is_quiet(&self) -> bool {
        self.settings.verbosity == Verbosity::Quiet
    }

    /// Returns the value of `--color` that says what was asked for.
    pub(crate) fn color_word(&self) -> &'static str {
        match self.settings.color {
            ColorChoice::Auto => "auto",
            ColorChoice::Always | ColorChoice::AlwaysAnsi => "always",
            ColorChoice::Never => "never",
        }
    }

    /// Returns whether standard error shows colours.
    pub(crate) fn shows_colors(&self) -> bool {
        self.stderr.current_choice() != ColorChoice::Never
    }

    /// Returns the width of the terminal that standard error goes to, if it is one.
    pub(crate) fn width(&self) -> Option<u16> {
        stderr_width()
    }

    /// Writes a line that starts with a green status word.
    pub(crate) fn status(&mut self, word: &str, message: impl fmt::Display) {
        self.status_in(style::HEADER, word, message);
    }

    /// Writes a line that starts with a status word.
    pub(crate) fn status_in(&mut self, style: Style, word: &str, message: impl fmt::Display) {
        if self.settings.verbosity != Verbosity::Quiet {
            self.write_stderr(&format!("{style}{word:>12}{style:#} {message}"));
        }
    }

    /// Writes a warning.
    pub(crate) fn warn(&mut self, message: impl fmt::Display) {
        if self.settings.verbosity != Verbosity::Quiet {
            self.titled(style::WARNING, "warning", &message);
        }
    }

    /// Writes a note.
    pub(crate) fn note(&mut self, message: impl fmt::Display) {
        if self.settings.verbosity != Verbosity::Quiet {
            self.titled(style::NOTE, "note", &message);
        }
    }

    /// Writes an error, even if little is to be said.
    pub(crate) fn error(&mut self, message: impl fmt::Display) {
        self.titled(style::ERROR, "error", &message);
    }

    /// Writes an error with its causes and hints.
    pub(crate) fn error_chain(&mut self, chain: &ErrorChain) {
        self.error(&chain.message);
        let causes = chain.causes_text();
        if !causes.is_empty() {
            self.write_stderr(causes.trim_end_matches('\n'));
        }
        if !chain.hints.is_empty() {
            self.write_stderr("");
        }
        for hint in &chain.hints {
            self.titled(style::HELP, "help", hint);
        }
    }

    /// Writes text and the end of its line to standard error, whatever is to be said.
    pub(crate) fn write_stderr(&mut self, text: &str) {
        let Shell { stderr, bar, .. } = self;
        // Nobody is left to tell when standard error is gone.
        let _ =
            suspended(bar.as_ref(), || writeln!(stderr, "{text}").and_then(|()| stderr.flush()));
    }

    /// Writes text and the end of its line to standard output.
    pub(crate) fn write_stdout(&mut self, text: &str) {
        let Shell { stdout, bar, .. } = self;
        let write = || writeln!(stdout, "{text}").and_then(|()| stdout.flush());
        if let Err(error) = suspended(bar.as_ref(), write) {
            self.stdout_error.get_or_insert(error);
        }
    }

    /// Returns the first failure to write to standard output.
    pub(crate) fn stdout_error(&self) -> Option<&io::Error> {
        self.stdout_error.as_ref()
    }

    /// Shows how far the build is, if there is a bar.
    pub(crate) fn show_progress(&self, finished: usize, total: usize, names: &str) {
        if let Some(bar) = &self.bar {
            bar.show("Building", (finished, total), names, self.shows_colors());
        }
    }

    /// Shows how far something else is, if there is a bar.
    pub(crate) fn show_progress_of(&self, word: &str, finished: usize, total: usize) {
        if let Some(bar) = &self.bar {
            bar.show(word, (finished, total), "", self.shows_colors());
        }
    }

    /// Takes the bar off the screen for good.
    pub(crate) fn clear_progress(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.clear();
        }
    }

    fn titled(&mut self, style: Style, title: &str, message: &dyn fmt::Display) {
        self.write_stderr(&format!("{style}{title}{style:#}: {message}"));
    }
}

fn chosen(settings: &Settings, automatic: ColorChoice) -> ColorChoice {
    match settings.color {
        ColorChoice::Auto => automatic,
        choice => choice,
    }
}

fn recolor(stream: &mut Stream, choice: ColorChoice) {
    let nothing = AutoStream::never(Box::new(io::sink()) as Box<dyn Write + Send>);
    let raw = std::mem::replace(stream, nothing).into_inner();
    *stream = AutoStream::new(raw, choice);
}

fn suspended(bar: Option<&Bar>, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

#[cfg(test)]
pub(crate) use captured::Captured;

#[cfg(test)]
mod captured {
    //! Streams that end in memory.

    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use anstream::ColorChoice;

    use super::{Automatic, Settings, Shell};

    /// What was written to the streams of a [`Shell::captured`].
    #[derive(Clone, Default)]
    pub(crate) struct Captured {
        stdout: Buffer,
        stderr: Buffer,
    }

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        /// Returns what went to standard output.
        pub(crate) fn stdout(&self) -> String {
            self.stdout.text()
        }

        /// Returns what went to standard error.
        pub(crate) fn stderr(&self) -> String {
            self.stderr.text()
        }
    }

    impl Buffer {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Shell {
        /// Creates a shell without a bar, and a view of what it writes.
        pub(crate) fn captured(settings: Settings) -> (Self, Captured) {
            let captured = Captured::default();
            let automatic = Automatic { stdout: ColorChoice::Never, stderr: ColorChoice::Never };
            let stdout = Box::new(captured.stdout.clone());
            let stderr = Box::new(captured.stderr.clone());
            (Shell::of_streams(stdout, stderr, settings, automatic), captured)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(verbosity: Verbosity, write: impl FnOnce(&mut Shell)) -> String {
        let (mut shell, captured) = Shell::captured(Settings { verbosity, ..Settings::default() });
        write(&mut shell);
        captured.stderr()
    }

    #[test]
    fn status_words_are_right_aligned() {
        let text = written(Verbosity::Normal, |shell| shell.status("Fresh", "foo v0.1.0"));
        assert_eq!(text, "       Fresh foo v0.1.0\n");
    }

    #[test]
    fn only_errors_are_written_when_quiet() {
        let text = written(Verbosity::Quiet, |shell| {
            shell.status("Fresh", "foo");
            shell.warn("w");
            shell.note("n");
            shell.error("e");
        });
        assert_eq!(text, "error: e\n");
    }

    #[test]
    fn error_chain_ends_with_hints() {
        let chain = ErrorChain::new("e").caused_by("c").hint("h");
        let text = written(Verbosity::Normal, |shell| shell.error_chain(&chain));
        assert_eq!(text, "error: e\n\nCaused by:\n  c\n\nhelp: h\n");
    }
}
