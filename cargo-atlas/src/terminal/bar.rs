//! The progress bar on standard error: whether there is one, its line, and how it is drawn. Knows
//! nothing of what makes progress.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use atlas_build::request::Environment;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::settings::{ProgressWhen, Settings, Verbosity};
use super::style;

/// Columns of the status word and the space after it, with some to spare, as cargo counts them.
const STATUS_WIDTH: usize = 15;
/// Columns that the bar and the numbers take at most, so that there is room for names.
const BAR_WIDTH: usize = 50;
/// Drawn this often a second at most.
const REFRESH_RATE: u8 = 20;
/// Drawn this often at least.
const TICK: Duration = Duration::from_millis(200);

/// What decides how the line of the bar is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BarLayout {
    /// Columns of the line.
    pub(crate) width: usize,
    /// Whether the terminal can show an ellipsis.
    pub(crate) unicode: bool,
}

impl BarLayout {
    /// Returns the text after the status word: `[===>   ] 1/4: names`, cut to the width; `None` if
    /// there is no room for it.
    pub(crate) fn line(self, finished: usize, total: usize, names: &str) -> Option<String> {
        let numbers = format!(" {finished}/{total}");
        let taken = numbers.len() + "[]".len() + STATUS_WIDTH;
        let inside = self.width.min(BAR_WIDTH).checked_sub(taken)?;
        let filled = (inside * finished).checked_div(total).unwrap_or(0).min(inside);
        let mut line = String::from("[");
        if filled > 0 {
            line.extend(std::iter::repeat_n('=', filled - 1));
            line.push(if finished == total { '=' } else { '>' });
        }
        line.extend(std::iter::repeat_n(' ', inside - filled));
        line.push(']');
        line.push_str(&numbers);
        let room = self.width - STATUS_WIDTH - line.len();
        self.push_cut(&mut line, names, room);
        Some(line)
    }

    fn push_cut(self, line: &mut String, text: &str, room: usize) {
        let ellipsis = if self.unicode { "…" } else { "..." };
        let ellipsis_width = ellipsis.chars().count();
        if room <= ellipsis_width {
            return;
        }
        if text.chars().count() <= room {
            line.push_str(text);
        } else {
            line.extend(text.chars().take(room - ellipsis_width));
            line.push_str(ellipsis);
        }
    }
}

/// A bar that may be on the screen.
#[derive(Debug)]
pub(crate) struct Bar {
    drawn: ProgressBar,
    width: Width,
    unicode: bool,
}

#[derive(Clone, Copy, Debug)]
enum Width {
    OfTerminal,
    Fixed(u16),
}

impl Bar {
    /// Creates the bar that the settings ask for, if they do; nothing is drawn yet.
    pub(crate) fn new(settings: &Settings, environment: &Environment) -> Option<Self> {
        let is_terminal = io::stderr().is_terminal();
        let target = match settings.progress {
            ProgressWhen::Never => return None,
            ProgressWhen::Auto if !is_terminal || is_unwatched(settings, environment) => {
                return None;
            }
            ProgressWhen::Auto => ProgressDrawTarget::stderr_with_hz(REFRESH_RATE),
            ProgressWhen::Always if is_terminal => ProgressDrawTarget::stderr_with_hz(REFRESH_RATE),
            ProgressWhen::Always => {
                let width = settings.progress_width.unwrap_or(u16::MAX);
                ProgressDrawTarget::term_like_with_hz(Box::new(PlainLine { width }), REFRESH_RATE)
            }
        };
        let style = ProgressStyle::with_template("{msg}").expect("the template is valid");
        Some(Bar {
            drawn: ProgressBar::with_draw_target(None, target).with_style(style),
            width: settings.progress_width.map_or(Width::OfTerminal, Width::Fixed),
            unicode: !is_terminal || shows_unicode(environment),
        })
    }

    /// Draws the bar, unless it was drawn a moment ago.
    pub(crate) fn show(
        &self,
        word: &str,
        (finished, total): (usize, usize),
        names: &str,
        colored: bool,
    ) {
        let width = match self.width {
            Width::Fixed(width) => Some(width),
            Width::OfTerminal => stderr_width(),
        };
        let Some(width) = width else { return };
        let layout = BarLayout { width: usize::from(width), unicode: self.unicode };
        if let Some(line) = layout.line(finished, total, names) {
            let word = format_args!("{word:>12}");
            let style = style::HELP;
            let message = if colored {
                format!("{style}{word}{style:#} {line}")
            } else {
                format!("{word} {line}")
            };
            let is_first = self.drawn.message().is_empty();
            self.drawn.set_message(message);
            if is_first {
                // What changes right after a drawing is shown by the next tick.
                self.drawn.enable_steady_tick(TICK);
            }
        }
    }

    /// Takes the bar off the screen while something else is written.
    pub(crate) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        if self.drawn.message().is_empty() { write() } else { self.drawn.suspend(write) }
    }

    /// Takes the bar off the screen for good.
    pub(crate) fn clear(&self) {
        self.drawn.finish_and_clear();
    }
}

/// Returns the width of the terminal that standard error goes to, if it is one.
pub(crate) fn stderr_width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stderr()).map(|(terminal_size::Width(width), _)| width)
}

/// Returns whether nobody would see a bar, or a log would be littered by it.
fn is_unwatched(settings: &Settings, environment: &Environment) -> bool {
    settings.verbosity == Verbosity::Quiet
        || environment.get("TERM") == Some("dumb")
        || environment.get_os("CI").is_some()
        || environment.get_os("TF_BUILD").is_some()
}

fn shows_unicode(environment: &Environment) -> bool {
    if cfg!(windows) {
        return ["CI", "WT_SESSION"].iter().any(|name| environment.get(name).is_some())
            || environment.get("TERM_PROGRAM") == Some("vscode")
            || matches!(environment.get("TERM"), Some("xterm-256color" | "alacritty"));
    }
    if environment.get("TERM") == Some("linux") {
        return false;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| environment.get(name));
    let locale = locale.unwrap_or_default().to_uppercase();
    locale.ends_with("UTF8") || locale.ends_with("UTF-8")
}

/// Standard error as a file or pipe: the bar is a line that ends without a new one.
#[derive(Debug)]
struct PlainLine {
    width: u16,
}

impl TermLike for PlainLine {
    fn width(&self) -> u16 {
        self.width
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        io::stderr().write_all(text.as_bytes())
    }
    fn clear_line(&self) -> io::Result<()> {
        io::stderr().write_all(b"\r")
    }
    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty(60, 0, 4, "", "[                             ] 0/4")]
    #[case::started(60, 1, 4, "", "[======>                      ] 1/4")]
    #[case::full(60, 4, 4, "", "[=============================] 4/4")]
    #[case::nothing_to_do(60, 0, 0, "", "[                             ] 0/0")]
    #[case::names(60, 3, 4, ": serde", "[====================>        ] 3/4: serde")]
    #[case::names_fit(50, 3, 4, "", "[====================>        ] 3/4")]
    #[case::cut(60, 3, 4, ": serde, syn", "[====================>        ] 3/4: serde, …")]
    fn line_is_laid_out(
        #[case] width: usize,
        #[case] finished: usize,
        #[case] total: usize,
        #[case] names: &str,
        #[case] expected: &str,
    ) {
        let layout = BarLayout { width, unicode: true };
        assert_eq!(layout.line(finished, total, names).as_deref(), Some(expected));
    }

    #[test]
    fn narrow_terminal_has_no_bar() {
        assert_eq!(BarLayout { width: 20, unicode: true }.line(0, 4, ""), None);
    }

    #[test]
    fn ascii_terminal_gets_dots() {
        let line = BarLayout { width: 60, unicode: false }.line(3, 4, ": serde, syn");
        assert_eq!(line.as_deref(), Some("[====================>        ] 3/4: serde..."));
    }

    #[rstest]
    #[case::unset(&[], false)]
    #[case::utf8(&[("LANG", "en_US.UTF-8")], true)]
    #[case::ctype_goes_first(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], false)]
    #[case::console(&[("LANG", "en_US.UTF-8"), ("TERM", "linux")], false)]
    #[cfg(unix)]
    fn locale_decides_on_unicode(#[case] variables: &[(&str, &str)], #[case] expected: bool) {
        let vars = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        assert_eq!(shows_unicode(&Environment { vars }), expected);
    }
}
