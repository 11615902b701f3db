//! What a linked program is: the bytes that are loaded, and which line of the source each address
//! comes from. Knows ELF and DWARF; knows no build.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use gimli::{Dwarf, EndianSlice, LittleEndian};
use object::{Object as _, ObjectSection as _};

/// A linked program.
#[derive(PartialEq, Eq)]
pub(crate) struct Program {
    /// Contents of all sections that are loaded, but for the digest of the whole file.
    pub(crate) sections: BTreeMap<String, Vec<u8>>,
    /// Addresses with file, line and column.
    pub(crate) lines: BTreeSet<(u64, String, u64, u64)>,
}

impl Program {
    /// Reads a program.
    pub(crate) fn read(path: &Utf8Path) -> Self {
        let bytes = fs_err::read(path).expect("the program is there");
        let file = object::File::parse(&*bytes).expect("it is a program");
        let mut sections = BTreeMap::new();
        for section in file.sections() {
            let name = section.name().expect("sections have names");
            // What is not loaded has no address.
            if section.address() == 0 || name == ".note.gnu.build-id" {
                continue;
            }
            let mut content = section.data().expect("sections can be read").to_owned();
            content.extend(section.address().to_le_bytes());
            content.extend(section.size().to_le_bytes());
            sections.insert(name.to_owned(), content);
        }
        let lines = lines(&file).expect("debug information can be read");
        Program { sections, lines }
    }

    /// Returns places in sources of the workspace that only one of two programs has code of. What is
    /// inlined of the standard library is not the same in copies.
    pub(crate) fn other_places(&self, other: &Program) -> Vec<String> {
        let (here, there) = (self.places(), other.places());
        here.symmetric_difference(&there).map(|place| format!("{place:?}")).collect()
    }

    fn places(&self) -> BTreeSet<(&str, u64, u64)> {
        let own = self.lines.iter().filter(|(_, file, ..)| !file.starts_with("/rustc/"));
        own.map(|(_, file, line, column)| (&**file, *line, *column)).collect()
    }

    /// Returns how another program differs, shortly.
    pub(crate) fn differences(&self, other: &Program) -> Vec<String> {
        let names: BTreeSet<&String> = self.sections.keys().chain(other.sections.keys()).collect();
        let differing =
            names.into_iter().filter(|name| self.sections.get(*name) != other.sections.get(*name));
        let mut differences: Vec<String> = differing.cloned().collect();
        let lines = self.lines.symmetric_difference(&other.lines);
        differences.extend(lines.take(5).map(|line| format!("{line:?}")));
        differences
    }
}

type Slice<'a> = EndianSlice<'a, LittleEndian>;

fn lines(file: &object::File<'_>) -> gimli::Result<BTreeSet<(u64, String, u64, u64)>> {
    let load = |id: gimli::SectionId| -> Result<Cow<'_, [u8]>, gimli::Error> {
        let section = file.section_by_name(id.name());
        let data = section.map(|section| section.data().expect("sections can be read"));
        Ok(Cow::Borrowed(data.unwrap_or_default()))
    };
    let sections = gimli::DwarfSections::load(load)?;
    let dwarf = sections.borrow(|section| EndianSlice::new(section, LittleEndian));
    let mut lines = BTreeSet::new();
    let mut headers = dwarf.units();
    while let Some(header) = headers.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else { continue };
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            let Some(file) = row.file(header) else { continue };
            let name = name(&dwarf, &unit, header, file)?;
            let line = row.line().map_or(0, |line| line.get());
            let column = match row.column() {
                gimli::ColumnType::LeftEdge => 0,
                gimli::ColumnType::Column(column) => column.get(),
            };
            // What was left out of the program has the address zero.
            if !row.end_sequence() && row.address() != 0 {
                lines.insert((row.address(), name, line, column));
            }
        }
    }
    Ok(lines)
}

fn name<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &gimli::Unit<Slice<'a>>,
    header: &gimli::LineProgramHeader<Slice<'a>>,
    file: &gimli::FileEntry<Slice<'a>>,
) -> gimli::Result<String> {
    let mut name = String::new();
    if let Some(directory) = file.directory(header) {
        name.push_str(&dwarf.attr_string(unit, directory)?.to_string_lossy());
        name.push('/');
    }
    name.push_str(&dwarf.attr_string(unit, file.path_name())?.to_string_lossy());
    Ok(name)
}
