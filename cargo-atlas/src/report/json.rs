//! Cargo's JSON messages, one a line. The structures are twins of the engine's types: what is
//! written here is a format that other programs read.

use std::borrow::Cow;
use std::fmt;

use atlas_build::event::{Artifact, BuildScriptExecuted, Diagnostic, UnitDescription};
use atlas_build::units::{DebugJson, TargetJson};
use camino::{Utf8Path, Utf8PathBuf};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

#[derive(Serialize)]
#[serde(tag = "reason")]
enum Message<'a> {
    #[serde(rename = "compiler-message")]
    Diagnostic {
        #[serde(flatten)]
        origin: Origin<'a>,
        message: &'a RawValue,
    },
    #[serde(rename = "compiler-artifact")]
    Artifact {
        #[serde(flatten)]
        origin: Origin<'a>,
        profile: ProfileTwin<'a>,
        features: &'a [String],
        filenames: &'a [Utf8PathBuf],
        executable: Option<&'a Utf8Path>,
        fresh: bool,
    },
    #[serde(rename = "build-script-executed")]
    BuildScript {
        package_id: &'a str,
        linked_libs: &'a [String],
        linked_paths: &'a [String],
        cfgs: &'a [String],
        env: &'a [(String, String)],
        out_dir: &'a Utf8Path,
    },
    #[serde(rename = "build-finished")]
    End { success: bool },
}

#[derive(Serialize)]
struct Origin<'a> {
    package_id: &'a str,
    manifest_path: &'a Utf8Path,
    target: TargetJson<'a>,
}

#[derive(Serialize)]
struct ProfileTwin<'a> {
    opt_level: &'a str,
    debuginfo: DebugJson,
    debug_assertions: bool,
    overflow_checks: bool,
    test: bool,
}

/// Returns the `compiler-message` of a diagnostic; `ansi` keeps the colours of its rendered form.
pub(crate) fn compiler_message(
    unit: &UnitDescription,
    diagnostic: &Diagnostic,
    ansi: bool,
) -> serde_json::Result<String> {
    let json =
        if ansi { Cow::Borrowed(&*diagnostic.json) } else { without_colors(&diagnostic.json)? };
    let message = serde_json::from_str::<&RawValue>(&json)?;
    serde_json::to_string(&Message::Diagnostic { origin: origin(unit), message })
}

/// Returns the `compiler-artifact` of a unit.
pub(crate) fn compiler_artifact(
    unit: &UnitDescription,
    artifact: &Artifact,
) -> serde_json::Result<String> {
    serde_json::to_string(&Message::Artifact {
        origin: origin(unit),
        profile: ProfileTwin {
            opt_level: &artifact.opt_level,
            debuginfo: DebugJson::new(artifact.debuginfo),
            debug_assertions: artifact.debug_assertions,
            overflow_checks: artifact.overflow_checks,
            test: unit.mode.is_any_test(),
        },
        features: &artifact.features,
        filenames: &artifact.filenames,
        executable: artifact.executable.as_deref(),
        fresh: artifact.fresh,
    })
}

/// Returns the `build-script-executed` of a run.
pub(crate) fn build_script_executed(
    unit: &UnitDescription,
    executed: &BuildScriptExecuted,
) -> serde_json::Result<String> {
    serde_json::to_string(&Message::BuildScript {
        package_id: &unit.package_id,
        linked_libs: &executed.linked_libs,
        linked_paths: &executed.linked_paths,
        cfgs: &executed.cfgs,
        env: &executed.env,
        out_dir: &executed.out_dir,
    })
}

/// Returns the last message of a build.
pub(crate) fn build_finished(success: bool) -> serde_json::Result<String> {
    serde_json::to_string(&Message::End { success })
}

fn origin(unit: &UnitDescription) -> Origin<'_> {
    Origin {
        package_id: &unit.package_id,
        manifest_path: &unit.manifest_path,
        target: TargetJson::new(&unit.target),
    }
}

/// rustc is always asked for colours, so that a stored message can be shown with and without.
fn without_colors(json: &str) -> serde_json::Result<Cow<'_, str>> {
    if !json.contains("\\u001b") {
        return Ok(Cow::Borrowed(json));
    }
    let Fields(mut fields) = serde_json::from_str(json)?;
    let Some((_, rendered)) = fields.iter_mut().find(|(name, _)| name == "rendered") else {
        return Ok(Cow::Borrowed(json));
    };
    let text: Option<String> = serde_json::from_str(rendered.get())?;
    let plain = text.map(|text| anstream::adapter::strip_str(&text).to_string());
    *rendered = serde_json::value::to_raw_value(&plain)?;
    Ok(Cow::Owned(serde_json::to_string(&Fields(fields))?))
}

/// The fields of an object as they are written, in the order in which they are written.
struct Fields(Vec<(String, Box<RawValue>)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::without_colors;

    #[test]
    fn fields_stay_as_rustc_has_them() {
        let json =
            r#"{"message":"m","code":null,"rendered":"\u001b[1mm\u001b[0m","children":[ 1 ]}"#;
        let plain = r#"{"message":"m","code":null,"rendered":"m","children":[ 1 ]}"#;
        assert_eq!(without_colors(json).unwrap(), plain);
    }
}
