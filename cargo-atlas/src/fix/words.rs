//! What is said of suggestions that led to nothing, in cargo's words (`util/diagnostic_server`).

use std::collections::BTreeSet;

use rustfix::diagnostics::Diagnostic;

/// Returns the warning for a suggestion that could not be followed, and what follows it.
pub(crate) fn failed_replacement(file: &str, error: &str, is_clippy: bool) -> (String, String) {
    let warning = format!("error applying suggestions to `{file}`\n");
    (warning, format!("The full error message was:\n\n> {error}\n\n{}", report(is_clippy)))
}

/// Returns the warning for a crate that did not compile any longer, and what follows it.
pub(crate) fn failed_fix<'a>(
    krate: Option<&str>,
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
    is_clippy: bool,
) -> (String, String) {
    let mut warning = "failed to automatically apply fixes suggested by rustc".to_owned();
    if let Some(krate) = krate {
        warning = format!("{warning} to crate `{krate}`");
    }
    let (mut files, mut errors) = (BTreeSet::new(), String::new());
    for diagnostic in diagnostics {
        files.extend(diagnostic.spans.iter().map(|span| span.file_name.clone()));
        let text = diagnostic.rendered.as_ref().unwrap_or(&diagnostic.message);
        errors.push_str(text.trim_end_matches('\n'));
        errors.push('\n');
    }
    let mut text = String::new();
    if !files.is_empty() {
        text.push_str(
            "\nafter fixes were automatically applied the compiler reported errors within these \
             files:\n\n",
        );
        text.extend(files.iter().map(|file| format!("  * {file}\n")));
        text.push('\n');
    }
    text.push_str(&report(is_clippy));
    if !errors.is_empty() {
        text.push_str("The following errors were reported:\n");
        text.push_str(&errors);
    }
    text.push_str("Original diagnostics will follow.\n");
    (warning, text)
}

fn report(is_clippy: bool) -> String {
    let project = if is_clippy { "rust-clippy" } else { "rust" };
    format!(
        "This likely indicates a bug in either rustc or cargo itself,\n\
         and we would appreciate a bug report! You're likely to see\n\
         a number of compiler warnings after this message which cargo\n\
         attempted to fix but failed. If you could open an issue at\n\
         https://github.com/rust-lang/{project}/issues\n\
         quoting the full output of this command we'd be very appreciative!\n\
         Note that you may be able to make some more progress in the near-term\n\
         fixing code with the `--broken-code` flag\n\n"
    )
}
