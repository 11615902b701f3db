//! Reads memory and paths of a stopped thread of another process. Knows no system call.

use std::io::IoSliceMut;

use camino::{Utf8Path, Utf8PathBuf};
use nix::libc;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

/// Memory is mapped in pages; a read that crosses into a missing one reads less.
const PAGE: usize = 4096;

/// Returns the path that a call names: relative to a descriptor's directory if there is one, else
/// to the working directory. An empty or missing path stands for the descriptor itself.
pub(super) fn path(tid: Pid, directory: Option<u64>, address: u64) -> Option<Utf8PathBuf> {
    let text = text(tid, address)?;
    match directory {
        Some(directory) if text.is_empty() => descriptor(tid, directory),
        Some(directory) if !text.starts_with('/') => {
            Some(descriptor(tid, directory)?.join(trimmed(&text)))
        }
        _ => Some(link(tid, "cwd")?.join(trimmed(&text))),
    }
}

/// Returns what a descriptor refers to.
#[expect(clippy::cast_possible_truncation, reason = "the kernel looks at 32 bits of a descriptor")]
pub(super) fn descriptor(tid: Pid, number: u64) -> Option<Utf8PathBuf> {
    match number as i32 {
        libc::AT_FDCWD => link(tid, "cwd"),
        number => link(tid, &format!("fd/{number}")),
    }
}

/// Returns the arguments that a process was started with.
pub(super) fn command_line(tid: Pid) -> String {
    let bytes = fs_err::read(format!("/proc/{tid}/cmdline")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.trim_end_matches('\0').replace('\0', " ")
}

/// Returns a number from `/proc/<tid>/status`.
pub(super) fn status(tid: Pid, name: &str) -> Option<u64> {
    let text = fs_err::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Returns eight bytes as a number.
pub(super) fn word(tid: Pid, address: u64) -> Option<u64> {
    let bytes = bytes(tid, address, 8)?;
    Some(u64::from_ne_bytes(bytes.try_into().ok()?))
}

/// Returns a text that ends with a zero byte; a null pointer is an empty one.
fn text(tid: Pid, mut address: u64) -> Option<String> {
    let mut text = Vec::new();
    while address != 0 {
        let rest = PAGE - usize::try_from(address).ok()? % PAGE;
        let read = bytes(tid, address, rest)?;
        if let Some(end) = read.iter().position(|byte| *byte == 0) {
            text.extend_from_slice(&read[..end]);
            break;
        }
        address += read.len() as u64;
        text.extend(read);
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn bytes(tid: Pid, address: u64, len: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; len];
    let remote = RemoteIoVec { base: usize::try_from(address).ok()?, len };
    let read = process_vm_readv(tid, &mut [IoSliceMut::new(&mut bytes)], &[remote]).ok()?;
    bytes.truncate(read);
    (read > 0).then_some(bytes)
}

fn link(tid: Pid, name: &str) -> Option<Utf8PathBuf> {
    let target = fs_err::read_link(format!("/proc/{tid}/{name}")).ok()?;
    Some(Utf8PathBuf::from(target.to_string_lossy().into_owned()))
}

/// `.` as a directory leaves no trace in a path.
fn trimmed(path: &str) -> &Utf8Path {
    let path = Utf8Path::new(path);
    path.strip_prefix(".").unwrap_or(path)
}
