//! What has changed in which items of a crate, in words. Whether anybody sees it, and what follows,
//! is up to others.

use atlas_build::account::{Change, ItemChange, ItemKind};
use camino::Utf8Path;

use super::headline::relative;

/// Returns a line for each item of a crate that has changed: `` stdx::Config: field `x` added ``.
/// Paths of files are relative to `root` if they are below it.
pub(crate) fn items<'a>(
    crate_name: &str,
    changes: impl IntoIterator<Item = &'a ItemChange>,
    root: &Utf8Path,
) -> Vec<String> {
    let mut lines: Vec<(&ItemChange, String)> = Vec::new();
    for change in changes {
        match lines.last_mut() {
            Some((last, line)) if last.path == change.path && last.kind == change.kind => {
                line.push_str(", ");
                line.push_str(&how(change));
            }
            _ => lines
                .push((change, format!("{}: {}", subject(crate_name, change, root), how(change)))),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Returns the name of a crate, as sources have it.
pub(crate) fn crate_name(target: &str) -> String {
    target.replace('-', "_")
}

fn subject(crate_name: &str, change: &ItemChange, root: &Utf8Path) -> String {
    match (&change.how, change.path.as_str()) {
        (Change::Order, path) => format!("`{}`", relative(path.into(), root)),
        (_, "") => crate_name.to_owned(),
        (_, path) => format!("{crate_name}::{path}"),
    }
}

fn how(change: &ItemChange) -> String {
    match &change.how {
        Change::Added => format!("{} added", kind(change.kind)),
        Change::Removed => format!("{} removed", kind(change.kind)),
        Change::Body => "body changed".to_owned(),
        Change::Signature => "signature changed".to_owned(),
        Change::Moved => "moved".to_owned(),
        Change::FieldAdded { name } => format!("field `{name}` added"),
        Change::FieldRemoved { name } => format!("field `{name}` removed"),
        Change::FieldChanged { name } => format!("field `{name}` changed"),
        Change::VariantAdded { name } => format!("variant `{name}` added"),
        Change::VariantRemoved { name } => format!("variant `{name}` removed"),
        Change::VariantChanged { name } => format!("variant `{name}` changed"),
        Change::Attributes => "attributes changed".to_owned(),
        Change::Order => "items in another order".to_owned(),
        Change::Reach => "seen by others now, or no longer".to_owned(),
        Change::Definition => format!("{} changed", kind(change.kind)),
    }
}

fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Const => "const",
        ItemKind::Enum => "enum",
        ItemKind::ExternCrate => "extern crate",
        ItemKind::ForeignBlock => "extern block",
        ItemKind::Fn => "fn",
        ItemKind::Impl => "impl",
        ItemKind::MacroDefinition => "macro",
        ItemKind::MacroCall => "macro call",
        ItemKind::Mod => "mod",
        ItemKind::Static => "static",
        ItemKind::Struct => "struct",
        ItemKind::Trait => "trait",
        ItemKind::Type => "type",
        ItemKind::Union => "union",
        ItemKind::Use => "use",
        ItemKind::File => "file",
        ItemKind::Other => "item",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn change(path: &str, kind: ItemKind, how: Change) -> ItemChange {
        ItemChange { path: path.to_owned(), kind, how, codegen: true, signature: true }
    }

    #[rstest]
    #[case::body("trim_indent", ItemKind::Fn, Change::Body, "stdx::trim_indent: body changed")]
    #[case::method(
        "config::Config::new",
        ItemKind::Fn,
        Change::Signature,
        "stdx::config::Config::new: signature changed"
    )]
    #[case::field(
        "Config",
        ItemKind::Struct,
        Change::FieldAdded { name: "x".to_owned() },
        "stdx::Config: field `x` added"
    )]
    #[case::tuple_field(
        "Id",
        ItemKind::Struct,
        Change::FieldChanged { name: "0".to_owned() },
        "stdx::Id: field `0` changed"
    )]
    #[case::variant(
        "E",
        ItemKind::Enum,
        Change::VariantRemoved { name: "A".to_owned() },
        "stdx::E: variant `A` removed"
    )]
    #[case::implementation(
        "<A as Clone>",
        ItemKind::Impl,
        Change::Added,
        "stdx::<A as Clone>: impl added"
    )]
    #[case::constant("N", ItemKind::Const, Change::Definition, "stdx::N: const changed")]
    #[case::root("", ItemKind::File, Change::Definition, "stdx: file changed")]
    #[case::order(
        "/ws/stdx/src/lib.rs",
        ItemKind::File,
        Change::Order,
        "`stdx/src/lib.rs`: items in another order"
    )]
    fn item_is_named_with_its_crate(
        #[case] path: &str,
        #[case] kind: ItemKind,
        #[case] how: Change,
        #[case] expected: &str,
    ) {
        assert_eq!(items("stdx", &[change(path, kind, how)], "/ws".into()), [expected]);
    }

    #[test]
    fn changes_of_one_item_are_one_line() {
        let field = |how: fn(String) -> Change, name: &str| {
            change("A", ItemKind::Struct, how(name.to_owned()))
        };
        let changes = [
            field(|name| Change::FieldAdded { name }, "x"),
            field(|name| Change::FieldRemoved { name }, "y"),
            change("A", ItemKind::Impl, Change::Removed),
        ];
        let expected = ["s::A: field `x` added, field `y` removed", "s::A: impl removed"];
        assert_eq!(items("s", &changes, "/ws".into()), expected);
    }

    #[test]
    fn crate_has_the_name_of_its_sources() {
        assert_eq!(crate_name("base-db"), "base_db");
    }
}
