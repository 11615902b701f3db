//! What others see of a unit that was built, as JSON.

use atlas_build::account::{Bar, Change, Cutoff, ItemChange, ItemKind, Obstacle, UnitAccount};
use serde::Serialize;

use super::{ReasonTwin, reason};

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum CutoffTwin<'a> {
    Spared { changes: Vec<ChangeTwin<'a>> },
    Changed { changes: Vec<ChangeTwin<'a>> },
    Barred { bar: BarTwin<'a> },
    Undone { changes: Vec<ChangeTwin<'a>>, obstacle: ObstacleTwin<'a> },
}

#[derive(Serialize)]
pub(super) struct ChangeTwin<'a> {
    path: &'a str,
    item: &'static str,
    change: HowTwin<'a>,
    codegen: bool,
    signature: bool,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum HowTwin<'a> {
    Added,
    Removed,
    Body,
    Signature,
    Moved,
    FieldAdded { name: &'a str },
    FieldRemoved { name: &'a str },
    FieldChanged { name: &'a str },
    VariantAdded { name: &'a str },
    VariantRemoved { name: &'a str },
    VariantChanged { name: &'a str },
    Attributes,
    Order,
    Reach,
    Definition,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum BarTwin<'a> {
    Off,
    NothingKnown,
    OptimizedWithoutIncremental,
    LinkTimeOptimization,
    Coverage,
    Profiling,
    PreferDynamic,
    CrateTypes,
    UnstableFlag { flag: &'a str },
    Wrapper { name: &'a str },
    OtherChange { reason: ReasonTwin<'a> },
    Shown,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum ObstacleTwin<'a> {
    SymbolGone { symbol: &'a str, unit: usize },
    OtherCrates { name: &'a str },
    LinkFailed { unit: usize },
    FileChanged { path: &'a str },
    Unusable { error: &'a str },
}

/// Returns what others see of a unit.
pub(super) fn cutoff<'a>(cutoff: &'a Cutoff, unit: &'a UnitAccount) -> CutoffTwin<'a> {
    match cutoff {
        Cutoff::Spared { changes } => CutoffTwin::Spared { changes: twins(changes) },
        Cutoff::Changed { changes } => CutoffTwin::Changed { changes: twins(changes) },
        Cutoff::Barred(bar) => CutoffTwin::Barred { bar: self::bar(bar, unit) },
        Cutoff::Undone { changes, obstacle } => {
            CutoffTwin::Undone { changes: twins(changes), obstacle: self::obstacle(obstacle) }
        }
    }
}

fn twins(changes: &[ItemChange]) -> Vec<ChangeTwin<'_>> {
    changes.iter().map(change).collect()
}

fn change(change: &ItemChange) -> ChangeTwin<'_> {
    let ItemChange { path, kind, how, codegen, signature } = change;
    let (codegen, signature) = (*codegen, *signature);
    ChangeTwin { path, item: item(*kind), change: self::how(how), codegen, signature }
}

fn item(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Const => "const",
        ItemKind::Enum => "enum",
        ItemKind::ExternCrate => "extern-crate",
        ItemKind::ForeignBlock => "foreign-block",
        ItemKind::Fn => "fn",
        ItemKind::Impl => "impl",
        ItemKind::MacroDefinition => "macro-definition",
        ItemKind::MacroCall => "macro-call",
        ItemKind::Mod => "mod",
        ItemKind::Static => "static",
        ItemKind::Struct => "struct",
        ItemKind::Trait => "trait",
        ItemKind::Type => "type",
        ItemKind::Union => "union",
        ItemKind::Use => "use",
        ItemKind::File => "file",
        ItemKind::Other => "other",
    }
}

fn how(how: &Change) -> HowTwin<'_> {
    match how {
        Change::Added => HowTwin::Added,
        Change::Removed => HowTwin::Removed,
        Change::Body => HowTwin::Body,
        Change::Signature => HowTwin::Signature,
        Change::Moved => HowTwin::Moved,
        Change::FieldAdded { name } => HowTwin::FieldAdded { name },
        Change::FieldRemoved { name } => HowTwin::FieldRemoved { name },
        Change::FieldChanged { name } => HowTwin::FieldChanged { name },
        Change::VariantAdded { name } => HowTwin::VariantAdded { name },
        Change::VariantRemoved { name } => HowTwin::VariantRemoved { name },
        Change::VariantChanged { name } => HowTwin::VariantChanged { name },
        Change::Attributes => HowTwin::Attributes,
        Change::Order => HowTwin::Order,
        Change::Reach => HowTwin::Reach,
        Change::Definition => HowTwin::Definition,
    }
}

fn bar<'a>(bar: &'a Bar, unit: &'a UnitAccount) -> BarTwin<'a> {
    match bar {
        Bar::Off => BarTwin::Off,
        Bar::NothingKnown => BarTwin::NothingKnown,
        Bar::Shown => BarTwin::Shown,
        Bar::OptimizedWithoutIncremental => BarTwin::OptimizedWithoutIncremental,
        Bar::LinkTimeOptimization => BarTwin::LinkTimeOptimization,
        Bar::Coverage => BarTwin::Coverage,
        Bar::Profiling => BarTwin::Profiling,
        Bar::PreferDynamic => BarTwin::PreferDynamic,
        Bar::CrateTypes => BarTwin::CrateTypes,
        Bar::UnstableFlag(flag) => BarTwin::UnstableFlag { flag },
        Bar::Wrapper(name) => BarTwin::Wrapper { name },
        Bar::OtherChange(other) => BarTwin::OtherChange { reason: reason(other, unit) },
    }
}

fn obstacle(obstacle: &Obstacle) -> ObstacleTwin<'_> {
    match obstacle {
        Obstacle::SymbolGone { symbol, unit } => ObstacleTwin::SymbolGone { symbol, unit: *unit },
        Obstacle::OtherCrates { name } => ObstacleTwin::OtherCrates { name },
        Obstacle::LinkFailed { unit } => ObstacleTwin::LinkFailed { unit: *unit },
        Obstacle::FileChanged { path } => ObstacleTwin::FileChanged { path: path.as_str() },
        Obstacle::Unusable { error } => ObstacleTwin::Unusable { error },
    }
}
