//! `--message-format`: several values in several flags, joined into one format as cargo joins them.

use atlas_build::request::MessageFormat;

/// Values that do not go together, in cargo's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum MessageFormatError {
    /// Such as `human` and `json`.
    #[error("cannot specify two kinds of `message-format` arguments")]
    TwoKinds,
    /// Not one of the known values.
    #[error("invalid message format specifier: `{0}`")]
    Unknown(String),
}

/// Joins the values, which may each be a list; nothing stands for `human`.
///
/// # Errors
///
/// [`MessageFormatError`] if the values do not go together.
pub(crate) fn join(values: &[String]) -> Result<MessageFormat, MessageFormatError> {
    let mut format = None;
    for value in values.iter().flat_map(|values| values.split(',')) {
        format = Some(add(format, &value.to_ascii_lowercase())?);
    }
    Ok(format.unwrap_or(MessageFormat::Human))
}

fn add(format: Option<MessageFormat>, value: &str) -> Result<MessageFormat, MessageFormatError> {
    let json = MessageFormat::Json { render_diagnostics: false, short: false, ansi: false };
    let kind = match value {
        "human" => MessageFormat::Human,
        "short" => MessageFormat::Short,
        "json" => json,
        option => return add_json_option(format.unwrap_or(json), option),
    };
    if format.is_some() { Err(MessageFormatError::TwoKinds) } else { Ok(kind) }
}

fn add_json_option(
    mut format: MessageFormat,
    option: &str,
) -> Result<MessageFormat, MessageFormatError> {
    let MessageFormat::Json { render_diagnostics, short, ansi } = &mut format else {
        return Err(MessageFormatError::TwoKinds);
    };
    match option {
        "json-render-diagnostics" => *render_diagnostics = true,
        "json-diagnostic-short" => *short = true,
        "json-diagnostic-rendered-ansi" => *ansi = true,
        other => return Err(MessageFormatError::Unknown(other.to_owned())),
    }
    Ok(format)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const fn json(render_diagnostics: bool, short: bool, ansi: bool) -> MessageFormat {
        MessageFormat::Json { render_diagnostics, short, ansi }
    }

    #[rstest]
    #[case::nothing(&[], MessageFormat::Human)]
    #[case::human(&["human"], MessageFormat::Human)]
    #[case::short(&["short"], MessageFormat::Short)]
    #[case::json(&["json"], json(false, false, false))]
    #[case::option_alone(&["json-render-diagnostics"], json(true, false, false))]
    #[case::list(&["json,json-diagnostic-short"], json(false, true, false))]
    #[case::several_flags(
        &["json-diagnostic-short", "json-diagnostic-rendered-ansi"], json(false, true, true)
    )]
    #[case::any_case(&["JSON"], json(false, false, false))]
    fn values_are_joined(#[case] values: &[&str], #[case] expected: MessageFormat) {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        assert_eq!(join(&values), Ok(expected));
    }

    #[rstest]
    #[case::kinds(&["human", "json"])]
    #[case::same_kind(&["json,json"])]
    #[case::kind_after_option(&["json-diagnostic-short", "json"])]
    #[case::option_after_kind(&["short", "json-diagnostic-short"])]
    fn two_kinds_are_refused(#[case] values: &[&str]) {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        assert_eq!(join(&values), Err(MessageFormatError::TwoKinds));
    }
}
