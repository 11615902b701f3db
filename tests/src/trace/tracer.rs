//! Follows a program through the stops of ptrace. Knows how threads and processes come and go, not
//! what a system call means.
//!
//! A thread stops before and after each system call. What a call is about to do is noted at the
//! first of the two, while its arguments are in memory, and counts at the second if it succeeded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::panic;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Trace;
use super::calls::{self, Access, Effect};
use super::remote;
use crate::process::{Command, Outcome};

/// Runs a program to its end, and what it started to their ends.
///
/// # Panics
///
/// If it cannot be started or followed.
#[track_caller]
pub fn trace(command: Command) -> Trace {
    // The kernel ties a traced program to the thread that started it, and other threads of this
    // process may have children of their own to wait for.
    let tracer = thread::spawn(move || Tracer::start(command).run());
    tracer.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// Runs a program and kills it, and all that it started, just before its `n`th change of a file below
/// a directory. Returns the file, or `None` if the program came to its end before.
///
/// # Panics
///
/// If it cannot be started or followed.
#[track_caller]
pub fn kill_at(command: Command, below: &Utf8Path, n: usize) -> Option<Utf8PathBuf> {
    let below = below.to_owned();
    let tracer = thread::spawn(move || {
        let mut tracer = Tracer::start(command);
        tracer.end = Some(End { below, left: n, at: None });
        tracer.follow();
        tracer.end.and_then(|end| end.at)
    });
    tracer.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// Before which change of a file a program is killed.
#[derive(Debug)]
struct End {
    below: Utf8PathBuf,
    left: usize,
    at: Option<Utf8PathBuf>,
}

#[derive(Debug)]
struct Tracer {
    main: Pid,
    /// What is done if the program is not to come to its end; processes that it starts run on their
    /// own then.
    end: Option<End>,
    code: Option<i32>,
    stdout: File,
    stderr: File,
    /// Threads whose first stop, which the kernel makes, was seen.
    attached: BTreeSet<Pid>,
    /// What the call that a thread is in would do.
    pending: BTreeMap<Pid, Vec<Access>>,
    /// Processes that were started, and the place of each in the trace.
    started: BTreeMap<Pid, usize>,
    trace: Trace,
}

impl Tracer {
    #[expect(unsafe_code, reason = "only the child itself can ask to be traced before it begins")]
    #[expect(clippy::zombie_processes, reason = "`run` waits for it and for all that it starts")]
    fn start(command: Command) -> Self {
        let captured = || tempfile::tempfile().expect("the temporary directory is writable");
        let (stdout, stderr) = (captured(), captured());
        let shared = |file: &File| file.try_clone().expect("a descriptor can be duplicated");
        let mut command = command.into_std();
        command.stdin(std::process::Stdio::null());
        command.stdout(shared(&stdout)).stderr(shared(&stderr)).process_group(0);
        // SAFETY: between fork and exec, the closure makes one system call and allocates nothing.
        unsafe { command.pre_exec(|| ptrace::traceme().map_err(io::Error::from)) };
        let child = command.spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let main = Pid::from_raw(child.id().cast_signed());
        let outcome = Outcome { code: None, stdout: String::new(), stderr: String::new() };
        let trace = Trace {
            outcome,
            opened: BTreeSet::new(),
            changed: BTreeSet::new(),
            listed: BTreeSet::new(),
            processes: Vec::new(),
            peak_kb: None,
        };
        let (attached, pending, started) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Tracer { main, end: None, code: None, stdout, stderr, attached, pending, started, trace }
    }

    fn run(mut self) -> Trace {
        self.follow();
        let (stdout, stderr) = (text(self.stdout), text(self.stderr));
        self.trace.outcome = Outcome { code: self.code, stdout, stderr };
        self.trace
    }

    fn follow(&mut self) {
        loop {
            // Children of other threads belong to others.
            match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
                Ok(status) => self.on(status),
                Err(Errno::EINTR) => {}
                Err(Errno::ECHILD) => break,
                Err(error) => panic!("cannot wait for a traced program: {error}"),
            }
        }
    }

    fn on(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::Exited(tid, code) => {
                self.forget(tid);
                if tid == self.main {
                    self.code = Some(code);
                }
            }
            WaitStatus::Signaled(tid, ..) => self.forget(tid),
            WaitStatus::PtraceSyscall(tid) => {
                self.on_call(tid);
                resume(tid, None);
            }
            WaitStatus::PtraceEvent(tid, _, event) => {
                self.on_event(tid, event);
                resume(tid, None);
            }
            WaitStatus::Stopped(tid, signal) => {
                let first = self.attached.insert(tid);
                if first && tid == self.main {
                    let options = options(self.end.is_none());
                    ptrace::setoptions(tid, options).expect("the child waits after its start");
                }
                resume(tid, (!first).then_some(signal));
            }
            WaitStatus::Continued(_) | WaitStatus::StillAlive => {}
        }
    }

    fn forget(&mut self, tid: Pid) {
        self.attached.remove(&tid);
        self.pending.remove(&tid);
    }

    fn on_call(&mut self, tid: Pid) {
        // A thread may be killed at any moment, even while it is stopped.
        let Ok(call) = ptrace::syscall_info(tid) else { return };
        let Ok(registers) = ptrace::getregs(tid) else { return };
        if call.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
            let r = &registers;
            let args = [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9];
            if let Some(end) = &mut self.end {
                end.count(self.main, tid, r.orig_rax, args);
            } else {
                self.pending.insert(tid, calls::accesses(tid, r.orig_rax, args));
            }
        } else if call.op == libc::PTRACE_SYSCALL_INFO_EXIT {
            let accesses = self.pending.remove(&tid).unwrap_or_default();
            if registers.rax.cast_signed() >= 0 {
                accesses.into_iter().for_each(|access| self.record(access));
            }
        }
    }

    fn record(&mut self, access: Access) {
        let set = match access.effect {
            Effect::Opens => &mut self.trace.opened,
            Effect::Changes => &mut self.trace.changed,
            Effect::Lists => &mut self.trace.listed,
        };
        set.insert(access.path);
    }

    fn on_event(&mut self, tid: Pid, event: i32) {
        if [Event::PTRACE_EVENT_FORK, Event::PTRACE_EVENT_VFORK, Event::PTRACE_EVENT_CLONE]
            .iter()
            .any(|begin| *begin as i32 == event)
        {
            let new = ptrace::getevent(tid).expect("a thread at an event has one");
            let new = Pid::from_raw(i32::try_from(new).expect("it is the number of a thread"));
            // The new thread cannot have ended: it waits for its first stop to be over.
            if remote::status(new, "Tgid") == u64::try_from(new.as_raw()).ok() {
                self.started.insert(new, self.trace.processes.len());
                self.trace.processes.push(format!("a fork of {}", remote::command_line(tid)));
            }
        } else if event == Event::PTRACE_EVENT_EXEC as i32 {
            let command = remote::command_line(tid);
            match self.started.get(&tid) {
                Some(place) => self.trace.processes[*place] = command,
                None => self.trace.processes.push(command),
            }
        } else if event == Event::PTRACE_EVENT_EXIT as i32 && tid == self.main {
            self.trace.peak_kb = remote::status(tid, "VmHWM");
        }
    }
}

impl End {
    /// Counts a call that is about to be made, and kills the program if it is the one.
    fn count(&mut self, main: Pid, tid: Pid, number: u64, args: [u64; 6]) {
        let mut changed = calls::changes(tid, number, args).into_iter();
        let Some(path) = changed.find(|path| path.starts_with(&self.below)) else { return };
        if self.at.is_none() && self.left == 0 {
            self.at = Some(path);
            killpg(main, Signal::SIGKILL).expect("the program is there, in a group of its own");
        }
        self.left = self.left.saturating_sub(1);
    }
}

fn options(follows_processes: bool) -> Options {
    let threads = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEEXIT
        | Options::PTRACE_O_EXITKILL;
    let processes = Options::PTRACE_O_TRACEFORK | Options::PTRACE_O_TRACEVFORK;
    if follows_processes { threads | processes } else { threads }
}

/// Lets a thread go on to its next stop, with the signal that it stopped for.
fn resume(tid: Pid, signal: Option<Signal>) {
    match ptrace::syscall(tid, signal) {
        // It was killed meanwhile; its end is reported like any other.
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => panic!("cannot resume the traced thread {tid}: {error}"),
    }
}

fn text(mut file: File) -> String {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    read.expect("a temporary file can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}
