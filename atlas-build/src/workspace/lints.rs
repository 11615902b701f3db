//! `[lints]` as flags of rustc. Knows no file.

use std::cmp::Reverse;

use cargo_util_schemas::manifest::{TomlLint, TomlLintLevel, TomlLints};

/// Returns the flags of a `[lints]` table in cargo's order: by priority, then by name backwards
/// (so that the group `all` comes late), and after them what `unexpected_cfgs` is to expect.
pub(super) fn flags(lints: &TomlLints) -> Vec<String> {
    let mut sorted: Vec<_> = lints
        .iter()
        // Lints of cargo itself are none of rustc's business.
        .filter(|(tool, _)| *tool != "cargo")
        .flat_map(|(tool, lints)| {
            lints
                .iter()
                .map(move |(name, lint)| (lint.priority(), Reverse(name), flag(tool, name, lint)))
        })
        .collect();
    sorted.sort();
    let mut flags: Vec<String> = sorted.into_iter().map(|(_, _, flag)| flag).collect();
    for cfg in expected_cfgs(lints) {
        flags.extend(["--check-cfg".to_owned(), cfg]);
    }
    flags
}

fn flag(tool: &str, name: &str, lint: &TomlLint) -> String {
    let level = match lint.level() {
        TomlLintLevel::Forbid => "forbid",
        TomlLintLevel::Deny => "deny",
        TomlLintLevel::Warn => "warn",
        TomlLintLevel::Allow => "allow",
    };
    if tool == "rust" { format!("--{level}={name}") } else { format!("--{level}={tool}::{name}") }
}

fn expected_cfgs(lints: &TomlLints) -> Vec<String> {
    let list = lints
        .get("rust")
        .and_then(|lints| lints.get("unexpected_cfgs")?.config()?.get("check-cfg")?.as_array());
    list.into_iter().flatten().filter_map(|cfg| cfg.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::flags;

    #[test]
    fn flags_come_by_priority_and_then_by_name_backwards() {
        let lints = "[rust]\nunsafe_code = 'forbid'\n\
                     unused = { level = 'warn', priority = -1 }\n\
                     unexpected_cfgs = { level = 'warn', check-cfg = ['cfg(a)', 'cfg(b)'] }\n\
                     [clippy]\nall = { level = 'deny', priority = -1 }\ntodo = 'allow'\n\
                     [cargo]\nanything = 'warn'\n";
        assert_eq!(
            flags(&toml::from_str(lints).expect("parsed")),
            [
                "--warn=unused",
                "--deny=clippy::all",
                "--forbid=unsafe_code",
                "--warn=unexpected_cfgs",
                "--allow=clippy::todo",
                "--check-cfg",
                "cfg(a)",
                "--check-cfg",
                "cfg(b)",
            ]
        );
    }
}
