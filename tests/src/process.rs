//! Starts programs with a clean environment and captures what they print. Knows nothing of cargo.
#![expect(clippy::disallowed_methods, reason = "this is the place that starts processes")]

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use camino::Utf8Path;

use crate::environment;

/// A program to start.
#[derive(Debug)]
pub struct Command {
    command: process::Command,
    stdout: Option<process::Stdio>,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Command {
    /// A program that inherits only what [`environment::inherited`] lists.
    pub fn new(program: &Utf8Path) -> Self {
        let mut command = process::Command::new(program);
        command.env_clear().envs(environment::inherited());
        Command { command, stdout: None }
    }

    /// Sets the working directory.
    #[must_use]
    pub fn cwd(mut self, dir: &Utf8Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<str>>(mut self, args: &[S]) -> Self {
        self.command.args(args.iter().map(AsRef::as_ref));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(mut self, vars: Vec<(OsString, OsString)>) -> Self {
        self.command.envs(vars);
        self
    }

    /// Writes standard output to a file instead of capturing it.
    #[must_use]
    pub fn stdout_to(mut self, path: &Utf8Path) -> Self {
        let file = fs_err::OpenOptions::new().write(true).open(path);
        let file = file.unwrap_or_else(|error| panic!("{error}"));
        self.stdout = Some(file.into_file().into());
        self
    }

    /// Writes standard output to a pipe that nobody reads any more.
    #[must_use]
    pub fn stdout_unread(mut self) -> Self {
        let (reader, writer) = std::io::pipe().expect("pipes can be made");
        drop(reader);
        self.stdout = Some(writer.into());
        self
    }

    /// Puts a directory before all others on the `PATH`.
    #[must_use]
    pub fn first_on_path(mut self, directory: &Utf8Path) -> Self {
        let set = self.command.get_envs().find(|(name, _)| *name == "PATH");
        let path = set.and_then(|(_, path)| path).unwrap_or_default().to_owned();
        self.command.env("PATH", environment::prepend(Some(directory), path));
        self
    }

    /// Lets rustup's proxies decide on the toolchain: the kit's own is not on the `PATH`.
    #[must_use]
    pub fn through_rustup(mut self) -> Self {
        self.command.env("PATH", environment::outer_path()).env_remove("RUSTUP_TOOLCHAIN");
        self
    }

    /// Runs it to the end.
    pub fn run(self) -> Outcome {
        self.start().wait()
    }

    /// Returns what the standard library starts, for who has to start it in another way.
    pub(crate) fn into_std(self) -> process::Command {
        self.command
    }

    /// Starts it to talk with it; what it writes to standard error is lost.
    pub fn converse(mut self) -> (Conversation, process::ChildStdin, process::ChildStdout) {
        self.command.stdin(process::Stdio::piped()).stdout(process::Stdio::piped());
        let child = self.command.stderr(process::Stdio::null()).spawn();
        let mut child =
            child.unwrap_or_else(|error| panic!("cannot start {:?}: {error}", self.command));
        let stdin = child.stdin.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        (Conversation(child), stdin, stdout)
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        self.command.stdin(process::Stdio::null()).stderr(process::Stdio::piped());
        self.command.stdout(self.stdout.take().unwrap_or_else(process::Stdio::piped));
        let child = self.command.spawn();
        let child =
            child.unwrap_or_else(|error| panic!("cannot start {:?}: {error}", self.command));
        Running(child)
    }
}

/// A program that is talked with.
#[derive(Debug)]
pub struct Conversation(process::Child);

impl Conversation {
    /// Ends it at once.
    pub fn end(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Running(process::Child);

impl Running {
    /// Returns the number of the process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it at once, without a chance to clean up, and waits until it is gone.
    pub fn kill(mut self) {
        self.0.kill().expect("a child that was not waited for can be killed");
        self.0.wait().expect("a child can be waited for");
    }

    /// Kills it as soon as it has written more than `n` lines with some text to standard error; it
    /// may end before that. What it started is not killed.
    pub fn kill_after(mut self, text: &str, n: usize) {
        let stderr = self.0.stderr.take().expect("standard error is captured");
        let lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let _last = lines.filter(|line| line.contains(text)).nth(n);
        self.kill();
    }

    /// Waits until it has written a line with some text to standard error. Returns what it has
    /// written until then, which is not among what [`Running::wait`] returns.
    #[track_caller]
    pub fn hear(&mut self, text: &str) -> String {
        let stderr = self.0.stderr.as_mut().expect("standard error is captured");
        let mut said = Vec::new();
        loop {
            // Byte by byte, so that nothing is lost that comes after it.
            let mut byte = [0];
            match stderr.read(&mut byte) {
                Ok(1) => said.push(byte[0]),
                _ => panic!("never said `{text}`: {}", String::from_utf8_lossy(&said)),
            }
            if byte[0] == b'\n' && String::from_utf8_lossy(&said).contains(text) {
                return String::from_utf8_lossy(&said).into_owned();
            }
        }
    }

    /// Waits for its end.
    pub fn wait(self) -> Outcome {
        self.0.wait_with_output().expect("a child can be waited for").into()
    }

    /// Waits for its end; until then, `watch` is called with its process id at every interval.
    pub fn wait_watched(self, interval: Duration, mut watch: impl FnMut(u32)) -> Outcome {
        let pid = self.id();
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(self.0.wait_with_output()));
        loop {
            match end.recv_timeout(interval) {
                Ok(output) => return output.expect("a child can be waited for").into(),
                Err(mpsc::RecvTimeoutError::Timeout) => watch(pid),
                Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the waiting thread is gone"),
            }
        }
    }
}

impl From<process::Output> for Outcome {
    fn from(output: process::Output) -> Self {
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Outcome {
    /// Returns whether the program succeeded.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Returns the first line that reports an error.
    pub fn first_error(&self) -> &str {
        self.stderr.lines().find(|line| line.starts_with("error")).unwrap_or("")
    }

    /// Panics with everything the program said unless it succeeded.
    #[must_use]
    pub fn expect_success(self, what: &str) -> Self {
        assert!(
            self.success(),
            "{what} failed with {:?}:\n{}{}",
            self.code,
            self.stdout,
            self.stderr
        );
        self
    }
}

/// Runs a program with this process's environment, input and output; returns its exit code.
pub fn run_inherited(argv: &[String]) -> process::ExitCode {
    let (program, args) = argv.split_first().expect("a program to run");
    let status = process::Command::new(program).args(args).status();
    let status = status.unwrap_or_else(|error| panic!("cannot start {program}: {error}"));
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    process::ExitCode::from(code.unwrap_or(u8::MAX))
}
