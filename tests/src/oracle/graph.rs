//! Cargo's unit-graph JSON, read into a form in which two graphs can be compared.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::{Map, Value};

/// A unit graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// The units.
    pub units: Vec<Unit>,
    /// Indices of the units asked for, in the order given.
    pub roots: Vec<usize>,
}

/// One unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Every field except the edges, flattened: `profile.lto` to `false` and so on. Absent, null
    /// and empty are the same.
    pub fields: BTreeMap<String, String>,
    /// Edges: name of the extern crate, index of the unit; sorted by nothing but the file.
    pub edges: Vec<(String, usize)>,
}

#[derive(Deserialize)]
struct File {
    version: u32,
    units: Vec<Map<String, Value>>,
    roots: Vec<usize>,
}

/// The fields of an edge that stable cargo prints; nightly adds `public` and `noprelude`.
#[derive(Deserialize)]
struct Edge {
    index: usize,
    extern_crate_name: String,
}

impl Graph {
    /// Reads the JSON.
    pub fn parse(json: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if file.version != 1 {
            return Err(format!("unit-graph version {}", file.version));
        }
        let units: Vec<Unit> = file.units.into_iter().map(unit).collect::<Result<_, _>>()?;
        let ends = units.iter().flat_map(|unit| unit.edges.iter().map(|(_, to)| *to));
        if let Some(index) = ends.chain(file.roots.iter().copied()).find(|i| *i >= units.len()) {
            return Err(format!("unit {index} does not exist"));
        }
        Ok(Graph { units, roots: file.roots })
    }

    /// Returns a digest of each unit and everything below it: equal digests, equal subgraphs.
    pub fn digests(&self) -> Vec<u64> {
        let mut digests = vec![None; self.units.len()];
        (0..self.units.len()).map(|index| self.digest(index, &mut digests)).collect()
    }

    fn digest(&self, index: usize, digests: &mut Vec<Option<u64>>) -> u64 {
        if let Some(digest) = digests[index] {
            return digest;
        }
        // Stands for the unit if the graph has a cycle, which cargo's never has.
        digests[index] = Some(0);
        let unit = &self.units[index];
        let mut edges: Vec<(&str, u64)> =
            unit.edges.iter().map(|(name, to)| (&**name, self.digest(*to, digests))).collect();
        edges.sort_unstable();
        let mut hasher = DefaultHasher::new();
        (&unit.fields, edges).hash(&mut hasher);
        let digest = hasher.finish();
        digests[index] = Some(digest);
        digest
    }
}

impl Unit {
    /// Returns a field, empty if absent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Returns what a person would call the unit.
    pub fn name(&self) -> String {
        let package = self.field("pkg_id");
        let package = package.rsplit('/').next().unwrap_or(package);
        let platform = match self.field("platform") {
            "" => "host",
            triple => triple,
        };
        format!(
            "{package} {} {} {} ({platform}) [{}]",
            self.field("target.kind"),
            self.field("target.name"),
            self.field("mode"),
            self.field("features"),
        )
    }

    /// Returns the fields that say which unit this is, as opposed to how it is built.
    pub fn identity(&self) -> [&str; 5] {
        ["pkg_id", "target.kind", "target.name", "mode", "platform"].map(|name| self.field(name))
    }
}

fn unit(mut object: Map<String, Value>) -> Result<Unit, String> {
    let edges = object.remove("dependencies").unwrap_or_default();
    let edges: Vec<Edge> = serde_json::from_value(edges).map_err(|error| error.to_string())?;
    if let Some(strip) = object.get_mut("profile").and_then(|profile| profile.get_mut("strip")) {
        *strip = strip_value(strip);
    }
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        flatten(&name, &value, &mut fields);
    }
    let edges = edges.into_iter().map(|edge| (edge.extern_crate_name, edge.index)).collect();
    Ok(Unit { fields, edges })
}

/// Whether the setting was `deferred` or `resolved` leaves no trace in a build; its value does.
fn strip_value(strip: &Value) -> Value {
    let value = strip.get("resolved").or_else(|| strip.get("deferred")).unwrap_or(strip);
    match value.get("Named").unwrap_or(value) {
        Value::String(none) if none == "None" => Value::Null,
        value => value.clone(),
    }
}

fn flatten(name: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    let text = match value {
        Value::Null => return,
        Value::Object(object) => {
            for (key, value) in object {
                flatten(&format!("{name}.{key}"), value, fields);
            }
            return;
        }
        Value::Array(items) if items.is_empty() => return,
        Value::Array(items) => {
            let texts =
                items.iter().map(|item| item.as_str().map_or(item.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join(",")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    fields.insert(name.to_owned(), text);
}
