//! Diagnostics in the JSON messages of a build, made comparable: target directories, and the names
//! that each program chooses for the directories of units, are left out.

use std::collections::BTreeSet;

use camino::Utf8Path;
use serde_json::Value;

/// Returns the messages on the standard output of a build.
pub fn messages(stdout: &str) -> Vec<Value> {
    stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Returns each diagnostic of a build in a target directory, with the target that it is about.
pub fn diagnostics(messages: &[Value], target: &Utf8Path) -> BTreeSet<String> {
    messages.iter().filter_map(|message| diagnostic(message, target)).collect()
}

fn diagnostic(message: &Value, target: &Utf8Path) -> Option<String> {
    let rendered = message.get("message")?.get("rendered")?.as_str()?;
    let rendered = rendered.replace(target.as_str(), "<target>");
    Some(format!("{}: {}", message["target"]["name"], without_hashes(&rendered)))
}

/// Leaves out the directory of a unit.
fn without_hashes(text: &str) -> String {
    let shorten = |word: &str| match (word.find("<target>"), word.rfind("/out/")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}<target>{}", &word[..start], &word[end..])
        }
        _ => word.to_owned(),
    };
    text.split(' ').map(shorten).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_generated_code_lies_does_not_count() {
        let message = |dir: &str| {
            let text = format!("warning: odd\n --> {dir}/a-12/out/x.rs:1:1\n");
            serde_json::json!({"target": {"name": "a"}, "message": {"rendered": text}})
        };
        let (one, other) = (message("/t/atlas/unit"), message("/t/debug/build"));
        let other = [serde_json::json!({"reason": "build-finished"}), other];
        assert_eq!(diagnostics(&[one], "/t".into()), diagnostics(&other, "/t".into()));
    }
}
