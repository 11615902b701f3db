//! Which system calls of Linux on x86-64 do what with which path. Knows nothing of stops and events.

use camino::Utf8PathBuf;
use nix::libc;
use nix::unistd::Pid;

use super::remote;

/// What a call does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Opens,
    Changes,
    Lists,
}

/// What a call would do to a file if it succeeded.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) path: Utf8PathBuf,
    pub(super) effect: Effect,
}

/// Where in the arguments of a call a file is named.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The argument with a path.
    Path(usize),
    /// The arguments with a directory's descriptor and a path.
    At(usize, usize),
    /// The argument with a descriptor.
    Descriptor(usize),
}

use Effect::{Changes, Lists, Opens};
use Place::{At, Descriptor, Path};

/// Returns what a call is about to do, with its arguments still unused.
pub(super) fn accesses(tid: Pid, number: u64, args: [u64; 6]) -> Vec<Access> {
    let Ok(number) = i64::try_from(number) else { return Vec::new() };
    let mut accesses: Vec<Access> = Vec::new();
    let mut add = |effect: Effect, place: Place| {
        let path = match place {
            Path(path) => remote::path(tid, None, args[path]),
            At(directory, path) => remote::path(tid, Some(args[directory]), args[path]),
            Descriptor(number) => remote::descriptor(tid, args[number]),
        };
        accesses.extend(path.map(|path| Access { path, effect }));
    };
    if let Some((place, flags)) = opening(tid, number, args) {
        add(Opens, place);
        if writes(flags) {
            add(Changes, place);
        }
    }
    for place in changing(number) {
        add(Changes, *place);
    }
    if matches!(number, libc::SYS_getdents | libc::SYS_getdents64) {
        add(Lists, Descriptor(0));
    }
    accesses
}

/// Returns the files that a call is about to change, their content included.
pub(super) fn changes(tid: Pid, number: u64, args: [u64; 6]) -> Vec<Utf8PathBuf> {
    let changed = accesses(tid, number, args).into_iter();
    let changed = changed.filter(|access| access.effect == Changes).map(|access| access.path);
    let writes = [libc::SYS_write, libc::SYS_writev, libc::SYS_pwrite64, libc::SYS_copy_file_range];
    let to = if number.cast_signed() == libc::SYS_copy_file_range { args[2] } else { args[0] };
    let written = writes.contains(&number.cast_signed()).then(|| remote::descriptor(tid, to));
    changed.chain(written.flatten()).collect()
}

/// Returns where a call names the file it opens, and the flags.
fn opening(tid: Pid, number: i64, args: [u64; 6]) -> Option<(Place, u64)> {
    match number {
        libc::SYS_open => Some((Path(0), args[1])),
        libc::SYS_creat => Some((Path(0), number_of(libc::O_CREAT))),
        libc::SYS_openat => Some((At(0, 1), args[2])),
        // The flags are the first member of a structure.
        libc::SYS_openat2 => Some((At(0, 1), remote::word(tid, args[2])?)),
        libc::SYS_io_uring_setup | libc::SYS_open_by_handle_at => {
            panic!("files opened by system call {number} cannot be seen")
        }
        _ => None,
    }
}

fn writes(flags: u64) -> bool {
    let writing = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
    flags & number_of(writing) != 0
}

fn number_of(flags: i32) -> u64 {
    u64::from(flags.cast_unsigned())
}

/// Returns where a call names what it makes, renames, removes, or gives other attributes.
fn changing(number: i64) -> &'static [Place] {
    match number {
        libc::SYS_mkdir
        | libc::SYS_rmdir
        | libc::SYS_unlink
        | libc::SYS_mknod
        | libc::SYS_truncate
        | libc::SYS_chmod
        | libc::SYS_chown
        | libc::SYS_lchown
        | libc::SYS_utime
        | libc::SYS_utimes
        | libc::SYS_setxattr
        | libc::SYS_lsetxattr => &[Path(0)],
        libc::SYS_mkdirat
        | libc::SYS_unlinkat
        | libc::SYS_mknodat
        | libc::SYS_fchmodat
        | libc::SYS_fchmodat2
        | libc::SYS_fchownat
        | libc::SYS_futimesat
        | libc::SYS_utimensat => &[At(0, 1)],
        libc::SYS_fchmod | libc::SYS_fchown | libc::SYS_ftruncate | libc::SYS_fsetxattr => {
            &[Descriptor(0)]
        }
        libc::SYS_rename => &[Path(0), Path(1)],
        libc::SYS_renameat | libc::SYS_renameat2 => &[At(0, 1), At(2, 3)],
        libc::SYS_link | libc::SYS_symlink => &[Path(1)],
        libc::SYS_linkat => &[At(2, 3)],
        libc::SYS_symlinkat => &[At(1, 2)],
        _ => &[],
    }
}
