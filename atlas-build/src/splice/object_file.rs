//! Names of symbols in what archives hold: objects of ELF, Mach-O and COFF, import members, and
//! native libraries that were put into an rlib as a whole. Reads symbol tables only.

use object::read::coff::{ImportFile, ImportType};
use object::{FileKind, NameOrOrdinal, Object, ObjectSection, ObjectSymbol, SymbolSection};

use super::SpliceError;
use super::archive::Archive;

/// Where rustc keeps a native library that the linker is to see as it is.
const BUNDLED: &str = ".bundled_lib";

/// A symbol that other objects can see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Symbol<'a> {
    /// The object has it: strong, weak or common, hidden or not.
    Defined(&'a [u8]),
    /// Another has to have it.
    Undefined(&'a [u8]),
}

/// Calls `see` with each symbol of an object that others can see.
pub(super) fn each_symbol(
    name: &[u8],
    bytes: &[u8],
    see: &mut dyn FnMut(Symbol<'_>),
) -> Result<(), SpliceError> {
    let failed =
        |source| SpliceError::Object { member: String::from_utf8_lossy(name).into_owned(), source };
    if FileKind::parse(bytes).map_err(failed)? == FileKind::CoffImport {
        return each_import(bytes, see).map_err(failed);
    }
    let file = object::File::parse(bytes).map_err(failed)?;
    if let Some(library) = file.section_by_name(BUNDLED) {
        let library = library.data().map_err(failed)?;
        for member in Archive::parse(library)?.members {
            each_symbol(member.name, member.content, see)?;
        }
    }
    each_of(file.symbols(), see).map_err(failed)
}

/// Calls `see` with what a shared object offers and needs.
pub(super) fn each_dynamic_symbol(
    bytes: &[u8],
    see: &mut dyn FnMut(Symbol<'_>),
) -> Result<(), object::Error> {
    let file = object::File::parse(bytes)?;
    if matches!(file, object::File::Elf32(_) | object::File::Elf64(_)) {
        return each_of(file.dynamic_symbols(), see);
    }
    // What has a number only cannot be a symbol of a crate.
    for export in file.exports()? {
        let export = export?;
        if let NameOrOrdinal::Name(name) = export.name() {
            see(Symbol::Defined(name));
        }
    }
    for import in file.imports()? {
        if let NameOrOrdinal::Name(name) = import?.name() {
            see(Symbol::Undefined(name));
        }
    }
    Ok(())
}

fn each_of<'a>(
    symbols: impl Iterator<Item = impl ObjectSymbol<'a>>,
    see: &mut dyn FnMut(Symbol<'_>),
) -> Result<(), object::Error> {
    for symbol in symbols.filter(|symbol| symbol.is_global()) {
        let name = symbol.name_bytes()?;
        match symbol.section() {
            // A weak external of COFF is in no section known: it stands for another symbol as long
            // as nobody defines it.
            SymbolSection::Undefined | SymbolSection::Unknown => see(Symbol::Undefined(name)),
            _ => see(Symbol::Defined(name)),
        }
    }
    Ok(())
}

/// An import member defines the pointer to what a DLL has, and for a function the function.
fn each_import(bytes: &[u8], see: &mut dyn FnMut(Symbol<'_>)) -> Result<(), object::Error> {
    let file = ImportFile::parse(bytes)?;
    if file.import_type() == ImportType::Code {
        see(Symbol::Defined(file.symbol()));
    }
    see(Symbol::Defined(&[b"__imp_", file.symbol()].concat()));
    Ok(())
}
