//! The job server: one token a process, shared with whoever started this process and with every
//! process started by it. Knows nothing of units.
//!
//! A process that takes part owns one token without asking, so one child may always run: with an
//! empty job server the build is slow, but never stands still.

use std::io;
use std::process::Command;

use jobserver::{Acquired, Client, HelperThread};

/// A connection to a job server.
#[derive(Clone, Debug)]
pub struct Jobserver {
    client: Client,
    inherited: bool,
}

impl Jobserver {
    /// Connects to the job server that the environment names (`CARGO_MAKEFLAGS`, `MAKEFLAGS`,
    /// `MFLAGS`; pipes and named pipes). Has to be called before this process opens any file: the
    /// variables name file descriptors that are taken over as they are.
    pub fn inherit() -> Option<Self> {
        #[expect(
            unsafe_code,
            reason = "called before any file is opened, so the descriptors can only be inherited"
        )]
        let client = unsafe { Client::from_env() }?;
        Some(Jobserver { client, inherited: true })
    }

    /// Creates a job server on which `jobs` processes can run.
    ///
    /// # Errors
    ///
    /// If the system has no pipe to give.
    pub fn own(jobs: usize) -> io::Result<Self> {
        let client = Client::new(jobs.max(1))?;
        // This process is one of those that run.
        client.acquire_raw()?;
        Ok(Jobserver { client, inherited: false })
    }

    /// Returns whether somebody else decides how many jobs run, so that `-j` means nothing.
    pub fn is_inherited(&self) -> bool {
        self.inherited
    }

    /// Gives a command access to the job server.
    pub fn configure(&self, command: &mut Command) {
        self.client.configure(command);
    }
}

/// Where acquired tokens are announced; called from another thread.
pub(crate) type Announce = Box<dyn FnMut(io::Result<Acquired>) + Send>;

/// The tokens of one build.
pub(crate) struct Tokens {
    source: Source,
    held: Vec<Acquired>,
    requested: usize,
}

enum Source {
    /// Nothing was asked for yet; most builds that find everything fresh never do.
    Untouched(Client, Announce),
    Asking(HelperThread),
    /// The thread that asks could not be started.
    Broken,
    #[cfg(test)]
    Fixed(usize),
}

impl Tokens {
    /// Creates the tokens of a build that has asked for none. `announce` hears of each that was
    /// asked for, and must not block after the build is over.
    pub(crate) fn new(jobserver: &Jobserver, announce: Announce) -> Self {
        let source = Source::Untouched(jobserver.client.clone(), announce);
        Tokens { source, held: Vec::new(), requested: 0 }
    }

    /// Creates tokens that are simply there.
    #[cfg(test)]
    pub(crate) fn fixed(processes: usize) -> Self {
        Tokens { source: Source::Fixed(processes), held: Vec::new(), requested: 0 }
    }

    /// Returns how many processes may run now.
    pub(crate) fn capacity(&self) -> usize {
        match &self.source {
            #[cfg(test)]
            Source::Fixed(processes) => *processes,
            _ => self.held.len() + 1,
        }
    }

    /// Asks for as many tokens as it takes to run a number of processes.
    pub(crate) fn ask_for(&mut self, processes: usize) -> io::Result<()> {
        let missing = processes.saturating_sub(self.capacity() + self.requested);
        if missing == 0 {
            return Ok(());
        }
        self.source = match std::mem::replace(&mut self.source, Source::Broken) {
            Source::Untouched(client, announce) => {
                Source::Asking(client.into_helper_thread(announce)?)
            }
            source => source,
        };
        if let Source::Asking(helper) = &self.source {
            (0..missing).for_each(|_| helper.request_token());
            self.requested += missing;
        }
        Ok(())
    }

    /// Takes a token that was announced.
    pub(crate) fn take(&mut self, token: Acquired) {
        self.requested = self.requested.saturating_sub(1);
        self.held.push(token);
    }

    /// Gives back what is not needed to run a number of processes.
    pub(crate) fn release_beyond(&mut self, processes: usize) {
        self.held.truncate(processes.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn tokens(jobserver: &Jobserver) -> (Tokens, mpsc::Receiver<io::Result<Acquired>>) {
        let (sender, receiver) = mpsc::channel();
        let announce = Box::new(move |token| {
            let _ = sender.send(token);
        });
        (Tokens::new(jobserver, announce), receiver)
    }

    #[test]
    fn one_process_needs_no_token() {
        let jobserver = Jobserver::own(1).unwrap();
        let (mut tokens, receiver) = tokens(&jobserver);
        tokens.ask_for(1).unwrap();
        assert_eq!(tokens.capacity(), 1);
        drop(tokens);
        assert!(receiver.recv().is_err());
    }

    #[test]
    fn tokens_are_asked_for_once_and_given_back() {
        let jobserver = Jobserver::own(3).unwrap();
        let (mut tokens, receiver) = tokens(&jobserver);
        tokens.ask_for(3).unwrap();
        tokens.ask_for(3).unwrap();
        for _ in 0..2 {
            tokens.take(receiver.recv().unwrap().unwrap());
        }
        assert_eq!(tokens.capacity(), 3);
        assert_eq!(jobserver.client.available().unwrap(), 0);
        tokens.release_beyond(2);
        assert_eq!(tokens.capacity(), 2);
        assert_eq!(jobserver.client.available().unwrap(), 1);
        drop(tokens);
        assert!(receiver.recv().is_err(), "no token was announced that nobody asked for");
    }

    #[test]
    fn unanswered_request_does_not_hold_up_the_end() {
        let jobserver = Jobserver::own(1).unwrap();
        let (mut tokens, _receiver) = tokens(&jobserver);
        tokens.ask_for(4).unwrap();
        drop(tokens);
    }

    #[test]
    fn zero_jobs_are_one() {
        assert!(!Jobserver::own(0).unwrap().is_inherited());
    }

    const MARK: &str = "ATLAS_TEST_OF_AN_INHERITED_JOB_SERVER";

    /// The other half of the test below, which runs it in a process of its own.
    #[test]
    fn inherits() {
        #[expect(clippy::disallowed_methods, reason = "how the other half reaches this process")]
        let Some(expected) = std::env::var_os(MARK) else { return };
        let Some(jobserver) = Jobserver::inherit() else {
            assert_eq!(expected, "nothing");
            return;
        };
        assert_eq!(expected, "two tokens");
        assert!(jobserver.is_inherited());
        let (mut tokens, receiver) = tokens(&jobserver);
        tokens.ask_for(3).unwrap();
        for _ in 0..2 {
            tokens.take(receiver.recv().unwrap().unwrap());
        }
        assert_eq!(tokens.capacity(), 3);
    }

    #[cfg(unix)]
    #[rstest::rstest]
    #[case::named_pipe(&[("CARGO_MAKEFLAGS", "-j --jobserver-auth=fifo:$FIFO")], "two tokens")]
    #[case::of_make(&[("MAKEFLAGS", " -j3 --jobserver-auth=fifo:$FIFO")], "two tokens")]
    #[case::of_older_make(&[("MFLAGS", "- --jobserver-fds=8,9 -j")], "two tokens")]
    #[case::pipe(&[("MAKEFLAGS", "-j --jobserver-fds=8,9 --jobserver-auth=8,9")], "two tokens")]
    #[case::closed_pipe(&[("MAKEFLAGS", " -j --jobserver-auth=208,209")], "nothing")]
    #[case::make_without_jobs(&[("MAKEFLAGS", " -k")], "nothing")]
    #[case::no_variable(&[], "nothing")]
    fn job_server_is_inherited(#[case] variables: &[(&str, &str)], #[case] expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        let fifo = directory.path().join("fifo");
        let mut command = crate::process::CommandLine::new("/bin/sh", "/");
        // The shell holds both ends of a pipe with two tokens in it, as make does.
        let script = "mkfifo \"$1\" && exec 8<>\"$1\" 9<>\"$1\" && printf xx >&9 && exec \"$2\" --exact \
            execute::jobserver::tests::inherits";
        command.args(["-c", script, "sh"]).arg(&fifo).arg(std::env::current_exe().unwrap());
        for name in ["CARGO_MAKEFLAGS", "MAKEFLAGS", "MFLAGS"] {
            command.env_remove(name);
        }
        for (name, value) in variables {
            command.env(*name, value.replace("$FIFO", fifo.to_str().unwrap()));
        }
        let output = command.env(MARK, expected).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.starts_with(b"\nrunning 1 test\n"));
    }
}
