//! `[package.metadata.atlas]`: what a package tells atlas of itself. Knows no file and not what is
//! made of it.

use camino::Utf8Path;
use toml::Value;

use crate::workspace::manifest::ManifestFile;
use crate::workspace::manifests::ManifestError;

/// Where the table is.
const TABLE: &str = "package.metadata.atlas";

/// What a package tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Declared {
    /// `inputs`: patterns of files.
    pub(super) inputs: Vec<String>,
    /// What of the table cannot be understood.
    pub(super) warnings: Vec<String>,
}

/// Reads the table of a manifest, if it has one.
///
/// # Errors
///
/// [`ManifestError::Pattern`] if a pattern is none: without it files would be missed.
pub(super) fn table(path: &Utf8Path, manifest: &ManifestFile) -> Result<Declared, ManifestError> {
    let mut declared = Declared::default();
    let package = manifest.package();
    let Some(table) = package.and_then(|package| package.metadata.as_ref()?.get("atlas")) else {
        return Ok(declared);
    };
    let Value::Table(table) = table else {
        declared.warnings.push(format!("{path}: `{TABLE}` expected a table, but found `{table}`"));
        return Ok(declared);
    };
    for (key, value) in table {
        match (key.as_str(), texts(value)) {
            ("inputs", Some(patterns)) => declared.inputs = patterns,
            ("inputs", None) => declared.warnings.push(format!(
                "{path}: `{TABLE}.inputs` expected a list of patterns, but found `{value}`"
            )),
            _ => declared.warnings.push(format!("{path}: unused manifest key: {TABLE}.{key}")),
        }
    }
    for pattern in &declared.inputs {
        glob::Pattern::new(pattern).map_err(|source| ManifestError::Pattern {
            path: path.to_owned(),
            pattern: pattern.clone(),
            source,
        })?;
    }
    Ok(declared)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<Declared, ManifestError> {
        let text = format!("[package]\nname = 'a'\n{text}");
        table("/a/Cargo.toml".into(), &toml::from_str(&text).expect("it is TOML"))
    }

    #[rstest]
    #[case::nothing("", &[], &[])]
    #[case::other_tool("[package.metadata.other]\ninputs = 1", &[], &[])]
    #[case::other_metadata("metadata = 3", &[], &[])]
    #[case::patterns("metadata.atlas.inputs = ['t/**/*.html', '../a']", &["t/**/*.html", "../a"], &[])]
    #[case::key(
        "metadata.atlas.input = ['a']",
        &[],
        &["/a/Cargo.toml: unused manifest key: package.metadata.atlas.input"]
    )]
    #[case::value(
        "metadata.atlas.inputs = ['a', 1]",
        &[],
        &["/a/Cargo.toml: `package.metadata.atlas.inputs` expected a list of patterns, but found \
           `[\"a\", 1]`"]
    )]
    #[case::table(
        "metadata.atlas = true",
        &[],
        &["/a/Cargo.toml: `package.metadata.atlas` expected a table, but found `true`"]
    )]
    fn what_is_not_understood_is_said(
        #[case] text: &str,
        #[case] inputs: &[&str],
        #[case] warnings: &[&str],
    ) {
        let declared = read(text).expect("all patterns are right");
        assert_eq!((&*declared.inputs, &*declared.warnings), (&*owned(inputs), &*owned(warnings)));
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[rstest]
    #[case::star("a/b**")]
    #[case::bracket("a/[b")]
    fn wrong_pattern_is_an_error(#[case] pattern: &str) {
        let error = read(&format!("metadata.atlas.inputs = ['{pattern}']")).unwrap_err();
        let expected = format!(
            "invalid pattern `{pattern}` in `package.metadata.atlas.inputs` of `/a/Cargo.toml`"
        );
        assert_eq!(error.to_string(), expected);
    }
}
