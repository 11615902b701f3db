//! Asking rustc about a platform, with the same question that cargo asks: what files are called,
//! where the sysroot is, what may be split off, which `cfg`s hold. Knows no configuration.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::str::{FromStr, Lines};

use camino::Utf8PathBuf;
use cargo_platform::Cfg;

use crate::platform::CompileKind;
use crate::process::CommandLine;
use crate::request::Environment;
use crate::toolchain::ask::{answer, describe};
use crate::toolchain::facts::FileName;

/// Crate types in the order in which rustc is asked about them.
const CRATE_TYPES: &[&str] = &["bin", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"];

/// How to call the compiler: through wrappers, with the variables of `[env]`.
#[derive(Clone, Debug)]
pub struct Compiler<'a> {
    /// Programs from the outermost wrapper to rustc itself.
    pub programs: Vec<Utf8PathBuf>,
    /// Directory of the request.
    pub cwd: Utf8PathBuf,
    /// `[env]` and `RUSTUP_TOOLCHAIN`.
    pub variables: BTreeMap<String, String>,
    /// The environment of the request.
    pub env: &'a Environment,
}

impl Compiler<'_> {
    /// Starts a command line with the wrappers and the compiler.
    pub fn command_line(&self) -> CommandLine {
        let mut programs = self.programs.iter();
        let program = programs.next().map_or("rustc", |program| program.as_str());
        let mut line = CommandLine::new(program, self.cwd.clone());
        line.args(programs.map(|program| program.as_str()));
        for (name, value) in &self.variables {
            line.env(name, value);
        }
        line
    }

    /// Runs the compiler and returns what it prints on standard output and standard error.
    ///
    /// # Errors
    ///
    /// It could not be started, failed, or printed something that is not UTF-8.
    pub fn ask(&self, line: &CommandLine) -> Result<(String, String), ProbeError> {
        let command = describe(line);
        let output = match answer(line, self.env, Stdio::piped()) {
            Ok(output) => output,
            Err(error) => return Err(ProbeError::Spawn { command, source: error.source }),
        };
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return Err(ProbeError::Failed { command, status: output.status, stderr });
        }
        match String::from_utf8(output.stdout) {
            Ok(stdout) => Ok((stdout, stderr)),
            Err(_) => Err(ProbeError::Malformed { command, missing: "UTF-8", stderr }),
        }
    }
}

/// What rustc says about a platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// File names by crate type; `lib` is named like `rlib`. Unsupported types are absent.
    pub file_names: BTreeMap<String, FileName>,
    /// `--print sysroot`.
    pub sysroot: Utf8PathBuf,
    /// `--print split-debuginfo`.
    pub split_debuginfo: Vec<String>,
    /// `--print cfg`.
    pub cfgs: Vec<Cfg>,
}

/// rustc could not be asked, or its answer made no sense.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It could not be started.
    #[error("could not execute process `{command}` (never executed)")]
    Spawn {
        /// The command line.
        command: String,
        /// The reason.
        source: std::io::Error,
    },
    /// It failed.
    #[error(
        "process didn't exit successfully: `{command}` ({status})\n--- stderr\n{}",
        stderr.trim_end()
    )]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it printed.
        stderr: String,
    },
    /// A part of the answer is missing.
    #[error(
        "output of {missing} missing when learning about target-specific information from rustc\n\
         command was: `{command}`\n--- stderr\n{}",
        stderr.trim_end()
    )]
    Malformed {
        /// The command line.
        command: String,
        /// The part.
        missing: &'static str,
        /// What it printed.
        stderr: String,
    },
}

/// Asks the compiler about the platform of a compile kind, as it is with the given flags.
///
/// # Errors
///
/// It could not be asked, or its answer made no sense.
pub fn probe(
    compiler: &Compiler<'_>,
    kind: &CompileKind,
    rustflags: &[String],
) -> Result<Probe, ProbeError> {
    let mut line = compiler.command_line();
    line.args(["-", "--crate-name", "___", "--print=file-names"]);
    line.args(rustflags).env_remove("RUSTC_LOG");
    if let Some(triple) = kind.triple() {
        line.args(["--target", triple.as_str()]);
    }
    for crate_type in CRATE_TYPES {
        line.args(["--crate-type", crate_type]);
    }
    // The crate's name is printed to mark the end of a list of unknown length.
    line.args(["--print=sysroot", "--print=split-debuginfo", "--print=crate-name", "--print=cfg"]);
    // Unsupported crate types are told by warnings, which flags may have silenced.
    line.arg("-Wwarnings");
    let (stdout, stderr) = compiler.ask(&line)?;
    parse(&stdout, &stderr).map_err(|missing| ProbeError::Malformed {
        command: describe(&line),
        missing,
        stderr,
    })
}

fn parse(stdout: &str, stderr: &str) -> Result<Probe, &'static str> {
    let mut lines = stdout.lines();
    let file_names = file_names(&mut lines, stderr)?;
    let sysroot = lines.next().ok_or("--print=sysroot")?.into();
    let mut split_debuginfo = Vec::new();
    loop {
        match lines.next().ok_or("--print=split-debuginfo")? {
            "___" => break,
            value => split_debuginfo.push(value.to_owned()),
        }
    }
    let cfgs: Result<Vec<Cfg>, _> = lines.map(Cfg::from_str).collect();
    let mut cfgs = cfgs.map_err(|_| "--print=cfg")?;
    // Says that the `proc-macro` crate type was on the command line, nothing about the platform.
    cfgs.retain(|cfg| !matches!(cfg, Cfg::Name(name) if *name == "proc_macro"));
    Ok(Probe { file_names, sysroot, split_debuginfo, cfgs })
}

fn file_names(
    lines: &mut Lines<'_>,
    stderr: &str,
) -> Result<BTreeMap<String, FileName>, &'static str> {
    let mut names = BTreeMap::new();
    for crate_type in CRATE_TYPES {
        if is_unsupported(crate_type, stderr) {
            continue;
        }
        let line = lines.next().ok_or("--print=file-names")?;
        let (prefix, suffix) = line.trim().split_once("___").ok_or("--print=file-names")?;
        let name = FileName { prefix: prefix.to_owned(), suffix: suffix.to_owned() };
        names.insert((*crate_type).to_owned(), name);
    }
    if let Some(name) = names.get("rlib").cloned() {
        names.insert("lib".to_owned(), name);
    }
    Ok(names)
}

fn is_unsupported(crate_type: &str, stderr: &str) -> bool {
    let quoted = format!("crate type `{crate_type}`");
    stderr.lines().any(|line| {
        (line.contains("unsupported crate type") || line.contains("unknown crate type"))
            && line.contains(&quoted)
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    const LINUX: &str = "___\nlib___.rlib\nlib___.so\nlib___.so\nlib___.a\nlib___.so\n/sysroot\n\
                         off\npacked\n___\ndebug_assertions\nproc_macro\nunix\ntarget_os=\"linux\"\n";

    #[test]
    fn answer_is_taken_apart() {
        let probe = parse(LINUX, "").expect("parsed");
        assert_eq!(probe.sysroot, "/sysroot");
        assert_eq!(probe.split_debuginfo, ["off", "packed"]);
        assert_eq!(probe.file_names["lib"].suffix, ".rlib");
        assert_eq!(probe.file_names["bin"].suffix, "");
        let cfgs: Vec<String> = probe.cfgs.iter().map(ToString::to_string).collect();
        assert_eq!(cfgs, ["debug_assertions", "unix", "target_os = \"linux\""]);
    }

    #[test]
    fn unsupported_crate_types_are_absent() {
        let stdout = "___.wasm\nlib___.rlib\n___.wasm\nlib___.a\n/sysroot\noff\n___\n";
        let stderr = "warning: dropping unsupported crate type `dylib` for target `wasm32`\n\n\
                      warning: dropping unsupported crate type `proc-macro` for target `wasm32`\n";
        let probe = parse(stdout, stderr).expect("parsed");
        let types: Vec<&str> = probe.file_names.keys().map(String::as_str).collect();
        assert_eq!(types, ["bin", "cdylib", "lib", "rlib", "staticlib"]);
    }

    #[test]
    fn missing_part_is_named() {
        assert_eq!(parse("", ""), Err("--print=file-names"));
        assert_eq!(parse("___\na___\nb___\nc___\nd___\ne___\n", ""), Err("--print=sysroot"));
    }
}
