//! `cargo atlas config`: each key of atlas, its value and where that came from.

use serde::Serialize;

use super::place::{self, Place};
use crate::args::ConfigArgs;
use crate::config::{ConfigError, Configuration, Origin, Setting, UnknownKey, Value};
use crate::error::ErrorChain;
use crate::terminal::{Shell, style};

/// Version of the JSON answer.
const VERSION: u32 = 1;

/// Shows the configuration and returns the exit code.
pub(crate) fn config(place: Place<'_>, args: &ConfigArgs, shell: &mut Shell) -> i32 {
    let result = answer(place, args, shell);
    place::answered(result, shell)
}

fn answer(place: Place<'_>, args: &ConfigArgs, shell: &mut Shell) -> Result<(), ErrorChain> {
    let directory = place.manifest_directory(args.manifest_path.as_deref())?;
    let configuration = place.configuration(&directory, shell)?;
    let settings = chosen(&configuration, args.key.as_deref())?;
    match (&args.key, args.json) {
        (_, true) => match json(settings) {
            Ok(json) => shell.write_stdout(&json),
            Err(error) => return Err(ErrorChain::of(&error)),
        },
        (Some(_), false) => {
            settings.iter().for_each(|setting| shell.write_stdout(&setting.value.to_string()));
        }
        (None, false) => shell.write_stdout(&table(settings)),
    }
    Ok(())
}

fn chosen<'a>(
    configuration: &'a Configuration,
    key: Option<&str>,
) -> Result<&'a [Setting], ErrorChain> {
    let Some(key) = key else { return Ok(configuration.settings()) };
    match configuration.get(key) {
        Some(setting) => Ok(std::slice::from_ref(setting)),
        None => Err(place::explained(&ConfigError::from(UnknownKey::new(key, None)))),
    }
}

/// Returns a line for each setting, in columns.
fn table(settings: &[Setting]) -> String {
    let heading = style::HEADER;
    let mut rows = vec![["key".to_owned(), "value".to_owned(), "from".to_owned()]];
    rows.extend(settings.iter().map(|Setting { key, value, origin }| {
        [key.name.to_owned(), value.to_string(), origin.to_string()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let [keys, values] = [0, 1].map(width);
    let lines = rows.iter().enumerate().map(|(index, [key, value, origin])| {
        let line = format!("{key:keys$}  {value:values$}  {origin}");
        if index == 0 { format!("{heading}{line}{heading:#}") } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    settings: Vec<SettingTwin<'a>>,
}

#[derive(Serialize)]
struct SettingTwin<'a> {
    key: &'a str,
    value: ValueTwin<'a>,
    origin: OriginTwin<'a>,
    variable: String,
    doc: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ValueTwin<'a> {
    Word(String),
    Words(&'a [String]),
    Count(u64),
    Switch(bool),
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum OriginTwin<'a> {
    Default,
    File { path: &'a str },
    Variable { name: &'a str },
}

fn json(settings: &[Setting]) -> serde_json::Result<String> {
    let settings = settings.iter().map(twin).collect();
    serde_json::to_string(&Answer { version: VERSION, settings })
}

fn twin(setting: &Setting) -> SettingTwin<'_> {
    SettingTwin {
        key: setting.key.name,
        value: match &setting.value {
            Value::Words(names) => ValueTwin::Words(names),
            Value::Count(count) | Value::Size(Some(count)) => ValueTwin::Count(*count),
            Value::Switch(switch) => ValueTwin::Switch(*switch),
            value => ValueTwin::Word(value.to_string()),
        },
        origin: match &setting.origin {
            Origin::Default => OriginTwin::Default,
            Origin::File(path) => OriginTwin::File { path: path.as_str() },
            Origin::Variable(name) => OriginTwin::Variable { name },
        },
        variable: setting.key.variable(),
        doc: setting.key.doc,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Settings;

    fn shown(key: Option<&str>) -> Result<&'static [Setting], ErrorChain> {
        let configuration = Box::leak(Box::new(Configuration::default()));
        chosen(configuration, key)
    }

    #[test]
    fn table_has_a_row_for_each_key() {
        let (mut shell, captured) = Shell::captured(Settings::default());
        shell.write_stdout(&table(shown(None).unwrap()));
        let expected = "\
key              value        from
cache            incremental  default
cutoff           on           default
freshness        tokens       default
harmless-macros               default
keep-results     2            default
portable         false        default
store            on           default
store-age        30days       default
store-size       auto         default
";
        assert_eq!(captured.stdout(), expected);
    }

    #[test]
    fn unknown_key_leads_on() {
        let error = shown(Some("keep-result")).unwrap_err();
        let message = "unknown configuration key `keep-result`; did you mean `keep-results`?";
        assert_eq!(error, ErrorChain::new(message));
        let hint = "`cargo atlas config` lists all keys";
        let expected = ErrorChain::new("unknown configuration key `x`").hint(hint);
        assert_eq!(shown(Some("x")).unwrap_err(), expected);
    }

    #[test]
    fn json_keeps_numbers_as_numbers() {
        let json = json(shown(Some("keep-results")).unwrap()).unwrap();
        assert_eq!(
            json,
            r#"{"version":1,"settings":[{"key":"keep-results","value":2,"origin":{"kind":"default"},"variable":"ATLAS_KEEP_RESULTS","doc":"how many earlier results of a unit of a local package are kept beside the last one"}]}"#
        );
    }
}
