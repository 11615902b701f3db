//! How processes run: started, heard line by line, killed. Knows neither units nor what the lines
//! mean.
//!
//! Each process has two threads, one for each of its streams; the second to end waits for the
//! process. They call the listener and nothing else.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use shared_child::SharedChild;
use tempfile::NamedTempFile;

use crate::event::OutputStream;
use crate::execute::jobserver::Jobserver;
use crate::process::CommandLine;
use crate::request::Environment;

/// How often a program is tried that somebody has open for writing.
const MAX_BUSY: usize = 100;
/// How long is waited in between.
const BUSY: Duration = Duration::from_millis(5);

/// Starts processes: the system, or a fake in tests.
pub trait Runner {
    /// Starts a process whose standard input is empty. The listener hears every line and then,
    /// once, of the end; it may be called from other threads before this returns.
    ///
    /// # Errors
    ///
    /// If the process could not be started; the listener then hears nothing.
    fn start(&self, command: &CommandLine, listener: Listener) -> io::Result<Box<dyn Running>>;

    /// As [`Runner::start`]; the process, and whatever it starts, has a file open as well, which must
    /// be empty.
    ///
    /// # Errors
    ///
    /// As [`Runner::start`].
    fn start_holding(
        &self,
        command: &CommandLine,
        held: Option<File>,
        listener: Listener,
    ) -> io::Result<Box<dyn Running>> {
        drop(held);
        self.start(command, listener)
    }
}

/// A process that was started.
pub trait Running {
    /// Kills the process and returns when it is gone; does nothing if it is gone already.
    fn kill(&self);
}

/// What hears of a process.
pub type Listener = Arc<dyn Fn(Heard) -> Hearing + Send + Sync>;

/// Something heard of a process.
#[derive(Debug)]
pub enum Heard {
    /// A line, with its line break unless it is the last and has none.
    Line(OutputStream, Vec<u8>),
    /// The process is gone and all that it wrote was heard.
    Ended(io::Result<Exit>),
}

/// Whether a listener wants to hear more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hearing {
    /// It does.
    More,
    /// Nobody listens any longer.
    Enough,
}

/// How a process ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// Whether its status says success.
    pub success: bool,
    /// Its exit code, unless it was killed by a signal.
    pub code: Option<i32>,
    /// How the system describes it: `exit status: 101`, `signal: 9 (SIGKILL)`.
    pub description: String,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        Exit { success: status.success(), code: status.code(), description: status.to_string() }
    }
}

/// Starts real processes, each with access to the job server, and with the environment of the
/// request: this process's own may be another one (`+toolchain`).
#[derive(Clone, Debug)]
pub struct System {
    jobserver: Jobserver,
    environment: Environment,
}

impl System {
    /// Creates a runner whose processes share a job server.
    pub fn new(jobserver: Jobserver, environment: Environment) -> Self {
        System { jobserver, environment }
    }

    fn spawn(
        &self,
        command: &CommandLine,
        held: Option<&File>,
    ) -> io::Result<(SharedChild, Option<NamedTempFile>)> {
        let error = match self.spawn_when_free(command, held) {
            Ok(child) => return Ok((child, None)),
            Err(error) if is_too_long(&error) => error,
            Err(error) => return Err(error),
        };
        let (shorter, file) = with_argument_file(command).unwrap_or(Err(error))?;
        Ok((SharedChild::spawn(&mut self.prepare(&shorter, held))?, Some(file)))
    }

    /// Starts a process. A program that was written a moment ago cannot be run as long as a process
    /// that another thread is starting still has it open; that is over soon, since it is about to run
    /// something else. See <https://github.com/golang/go/issues/22315>.
    fn spawn_when_free(
        &self,
        command: &CommandLine,
        held: Option<&File>,
    ) -> io::Result<SharedChild> {
        for _ in 0..MAX_BUSY {
            match SharedChild::spawn(&mut self.prepare(command, held)) {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                    // Nobody tells when it is over.
                    thread::park_timeout(BUSY);
                }
                spawned => return spawned,
            }
        }
        SharedChild::spawn(&mut self.prepare(command, held))
    }

    fn prepare(&self, command: &CommandLine, held: Option<&File>) -> Command {
        let mut prepared = command.command_within(&self.environment);
        // An empty file is as good as none, and every process has one open here.
        let held = held.and_then(|held| held.try_clone().ok());
        prepared
            .stdin(held.map_or_else(Stdio::null, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.jobserver.configure(&mut prepared);
        prepared
    }
}

impl Runner for System {
    fn start(&self, command: &CommandLine, listener: Listener) -> io::Result<Box<dyn Running>> {
        self.start_holding(command, None, listener)
    }

    fn start_holding(
        &self,
        command: &CommandLine,
        held: Option<File>,
        listener: Listener,
    ) -> io::Result<Box<dyn Running>> {
        let (child, argument_file) = self.spawn(command, held.as_ref())?;
        let child = Arc::new(child);
        let running = Process(Arc::clone(&child));
        let stdout = child.take_stdout();
        let stderr = child.take_stderr();
        let hears_stdout = Arc::clone(&listener);
        let threads = thread::Builder::new()
            .spawn(move || hear(stdout, OutputStream::Stdout, &hears_stdout))
            .and_then(|hearing_stdout| {
                thread::Builder::new().spawn(move || {
                    hear(stderr, OutputStream::Stderr, &listener);
                    // A listener that panicked has told its thread's panic hook.
                    let _ = hearing_stdout.join();
                    let exit = child.wait().map(Exit::from);
                    drop(argument_file);
                    listener(Heard::Ended(exit));
                })
            });
        if let Err(error) = threads {
            running.kill();
            return Err(error);
        }
        Ok(Box::new(running))
    }
}

/// A process of the system.
struct Process(Arc<SharedChild>);

impl Running for Process {
    fn kill(&self) {
        // It can only fail if the process is gone, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.0.id())
    }
}

/// Reads lines until the stream ends or cannot be read.
fn hear(stream: Option<impl Read>, which: OutputStream, listener: &Listener) {
    let Some(stream) = stream else { return };
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                if listener(Heard::Line(which, line)) == Hearing::Enough {
                    return;
                }
            }
        }
    }
}

fn is_too_long(error: &io::Error) -> bool {
    const ERROR_FILENAME_EXCED_RANGE: i32 = 206;
    error.kind() == io::ErrorKind::ArgumentListTooLong
        || (cfg!(windows) && error.raw_os_error() == Some(ERROR_FILENAME_EXCED_RANGE))
}

/// Moves rustc's arguments into a file, one a line, that is named in their place; wrappers stay in
/// front. Returns `None` if the command is not one of rustc.
fn with_argument_file(command: &CommandLine) -> Option<io::Result<(CommandLine, NamedTempFile)>> {
    let first = command.args.iter().position(|arg| arg == "--crate-name")?;
    Some(write_arguments(command, first))
}

fn write_arguments(
    command: &CommandLine,
    first: usize,
) -> io::Result<(CommandLine, NamedTempFile)> {
    let mut file = tempfile::Builder::new().prefix("cargo-argfile.").tempfile()?;
    let mut lines = String::new();
    for arg in &command.args[first..] {
        let Some(text) = arg.to_str() else {
            let arg = arg.to_string_lossy();
            let message =
                format!("argument for argfile contains invalid UTF-8 characters: `{arg}`");
            return Err(io::Error::other(message));
        };
        if text.contains('\n') {
            let message = format!("argument for argfile contains newlines: `{text}`");
            return Err(io::Error::other(message));
        }
        lines.push_str(text);
        lines.push('\n');
    }
    file.write_all(lines.as_bytes())?;
    let mut shorter = command.clone();
    shorter.args.truncate(first);
    let mut reference = std::ffi::OsString::from("@");
    reference.push(file.path());
    shorter.args.push(reference);
    Ok((shorter, file))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use crate::execute::testing::environment;
    use std::sync::mpsc;

    use rstest::rstest;

    use super::*;

    fn shell(script: &str) -> CommandLine {
        let mut command = CommandLine::new("/bin/sh", "/");
        command.args(["-c", script]);
        command
    }

    fn start(command: &CommandLine) -> io::Result<(Box<dyn Running>, mpsc::Receiver<Heard>)> {
        let (sender, receiver) = mpsc::channel();
        let listener = Arc::new(move |heard| match sender.send(heard) {
            Ok(()) => Hearing::More,
            Err(_) => Hearing::Enough,
        });
        let system = System::new(Jobserver::own(2).unwrap(), environment());
        Ok((system.start(command, listener)?, receiver))
    }

    /// Runs to the end; returns standard output, standard error and the description of the status.
    fn run(command: &CommandLine) -> (Vec<u8>, Vec<u8>, String) {
        let (_running, receiver) = start(command).unwrap();
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        for heard in receiver {
            match heard {
                Heard::Line(OutputStream::Stdout, line) => stdout.extend(line),
                Heard::Line(OutputStream::Stderr, line) => stderr.extend(line),
                Heard::Ended(exit) => return (stdout, stderr, exit.unwrap().description),
            }
        }
        panic!("the end was not heard");
    }

    #[rstest]
    #[case::both_streams("echo a; echo b >&2", "a\n", "b\n", "exit status: 0")]
    #[case::no_line_break("printf 'a\\nb'", "a\nb", "", "exit status: 0")]
    #[case::empty_input("cat; exit 3", "", "", "exit status: 3")]
    #[case::killed("kill -9 $$", "", "", "signal: 9 (SIGKILL)")]
    #[case::closed_streams("exec >&- 2>&-; exit 1", "", "", "exit status: 1")]
    fn process_is_heard(
        #[case] script: &str,
        #[case] stdout: &str,
        #[case] stderr: &str,
        #[case] status: &str,
    ) {
        let expected = (stdout.into(), stderr.into(), status.into());
        assert_eq!(run(&shell(script)), expected);
    }

    #[test]
    fn invalid_utf8_is_heard_as_it_is() {
        assert_eq!(run(&shell("printf '\\377\\n'")).0, b"\xff\n");
    }

    #[test]
    fn much_output_on_both_streams_does_not_block() {
        let script =
            "i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo x >&2; i=$((i+1)); done";
        let (stdout, stderr, _) = run(&shell(script));
        assert_eq!((stdout.len(), stderr.len()), (220_000, 40_000));
    }

    #[test]
    fn job_server_is_handed_down() {
        let (stdout, ..) = run(&shell("echo $CARGO_MAKEFLAGS"));
        assert!(stdout.starts_with(b"-j --jobserver-fds="), "{}", stdout.escape_ascii());
    }

    #[test]
    fn missing_program_is_an_error() {
        let error = start(&CommandLine::new("/nowhere/rustc", "/")).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn killed_process_is_gone_even_if_its_child_holds_the_streams() {
        let directory = tempfile::tempdir().unwrap();
        let fifo = directory.path().join("fifo");
        let mut mkfifo = CommandLine::new("mkfifo", "/");
        assert!(mkfifo.arg(&fifo).output().unwrap().status.success());
        let mut command = shell("cat \"$1\"; exit 1");
        command.arg("sh").arg(&fifo);
        let (running, receiver) = start(&command).unwrap();
        // Opens when the child has opened the other end.
        let child_lives = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
        running.kill();
        running.kill();
        assert!(receiver.try_recv().is_err(), "the end is heard when the streams are closed");
        drop(child_lives);
        assert!(matches!(receiver.recv(), Ok(Heard::Ended(Ok(Exit { success: false, .. })))));
    }

    #[test]
    fn too_long_command_of_rustc_goes_through_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let rustc = directory.path().join("rustc");
        fs_err::write(&rustc, "#!/bin/sh\necho $#; for a; do :; done; wc -l <${a#@}\n").unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs_err::set_permissions(&rustc, executable).unwrap();
        let mut command = CommandLine::new("/bin/sh", "/");
        command.arg(rustc).arg("--crate-name").args(vec!["x".repeat(1000); 4999]);
        assert_eq!(run(&command).0, b"1\n5000\n");
    }

    #[rstest]
    #[case(&["--crate-name", "a\nb"], "argument for argfile contains newlines: `a\nb`")]
    #[case(&["--crate-name", "a", "b c"], "--crate-name\na\nb c\n")]
    fn argument_file(#[case] args: &[&str], #[case] expected: &str) {
        let mut command = CommandLine::new("rustc", "/");
        command.args(args.iter().copied());
        let found = match with_argument_file(&command).unwrap() {
            Ok((_, file)) => fs_err::read_to_string(file.path()).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn build_scripts_get_no_argument_file() {
        assert!(with_argument_file(&CommandLine::new("build-script-build", "/")).is_none());
    }
}
