//! Reading `ar` archives: their members as they are, and where their symbol tables hold offsets of
//! members. Knows nothing of what members contain.
//!
//! An archive is a magic number and records: a header of 60 bytes of text, a body, and a byte that
//! makes the length even. The first records may be special: tables of symbols, and of names that
//! are too long for a header.
//!
//! | kind | symbol tables | numbers | long names |
//! | --- | --- | --- | --- |
//! | GNU | `/` | 4 bytes, big-endian | `/<offset>` into `//` |
//! | GNU, over 4 GiB | `/SYM64/` | 8 bytes, big-endian | likewise |
//! | COFF | `/`, then another `/` | 4 bytes, big-endian in the first, little-endian in the second | likewise |
//! | BSD | `__.SYMDEF` | 4 bytes, little-endian, pairs | `#1/<length>`, before the body |
//! | Darwin | `__.SYMDEF`, `__.SYMDEF_64` | 4 or 8 bytes, little-endian, pairs | likewise |
//!
//! A table of the GNU kind is a count and as many offsets; of the BSD kinds, a length in bytes and
//! pairs of a name's place and an offset.

use std::ops::Range;

use super::SpliceError;

/// What every archive but thin ones starts with.
const MAGIC: &[u8] = b"!<arch>\n";

/// Length of a record's header.
const HEADER: usize = 60;

/// The member that holds the metadata of a crate.
const METADATA: &[u8] = b"lib.rmeta";

/// An archive whose parts are where its headers say.
#[derive(Debug)]
pub(super) struct Archive<'a> {
    pub(super) bytes: &'a [u8],
    /// In order, without special records.
    pub(super) members: Vec<Member<'a>>,
    /// Where an offset of a member is kept.
    pub(super) places: Vec<Place>,
}

/// One member.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a [u8],
    /// From its header to the next one.
    pub(super) record: Range<usize>,
    pub(super) content: &'a [u8],
}

/// Where in an archive an offset is written, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: usize,
    width: Width,
    order: Order,
}

#[derive(Clone, Copy, Debug)]
enum Width {
    Four,
    Eight,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Big,
    Little,
}

impl Width {
    fn n_bytes(self) -> usize {
        match self {
            Width::Four => 4,
            Width::Eight => 8,
        }
    }
}

impl Place {
    /// Reads the offset.
    pub(super) fn get(self, bytes: &[u8]) -> Option<u64> {
        let bytes = bytes.get(self.at..self.at.checked_add(self.width.n_bytes())?)?;
        Some(match (self.width, self.order) {
            (Width::Four, Order::Big) => u32::from_be_bytes(bytes.try_into().ok()?).into(),
            (Width::Four, Order::Little) => u32::from_le_bytes(bytes.try_into().ok()?).into(),
            (Width::Eight, Order::Big) => u64::from_be_bytes(bytes.try_into().ok()?),
            (Width::Eight, Order::Little) => u64::from_le_bytes(bytes.try_into().ok()?),
        })
    }

    /// Writes an offset; `None` if it is too large, or there is no such place.
    pub(super) fn set(self, bytes: &mut [u8], offset: u64) -> Option<()> {
        let place = bytes.get_mut(self.at..self.at.checked_add(self.width.n_bytes())?)?;
        match (self.width, self.order) {
            (Width::Four, Order::Big) => {
                place.copy_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
            }
            (Width::Four, Order::Little) => {
                place.copy_from_slice(&u32::try_from(offset).ok()?.to_le_bytes());
            }
            (Width::Eight, Order::Big) => place.copy_from_slice(&offset.to_be_bytes()),
            (Width::Eight, Order::Little) => place.copy_from_slice(&offset.to_le_bytes()),
        }
        Some(())
    }
}

impl<'a> Archive<'a> {
    /// Reads headers and symbol tables.
    ///
    /// # Errors
    ///
    /// If it is no archive, is cut off, or has symbols of members that are not there.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SpliceError> {
        if !bytes.starts_with(MAGIC) {
            return Err(SpliceError::Unknown);
        }
        let mut archive = Archive { bytes, members: Vec::new(), places: Vec::new() };
        let mut long_names: &[u8] = &[];
        let mut n_linker_members = 0;
        let mut at = MAGIC.len();
        while at < bytes.len() {
            let record = Record::parse(bytes, at)?;
            at = record.range.end;
            match record.name {
                b"/" => {
                    n_linker_members += 1;
                    let order = if n_linker_members == 1 { Order::Big } else { Order::Little };
                    archive.add_offsets(&record.body, Width::Four, order)?;
                }
                b"/SYM64/" => archive.add_offsets(&record.body, Width::Eight, Order::Big)?,
                b"//" => long_names = &bytes[record.body],
                // Of ARM64EC: it points into the other tables.
                b"/<ECSYMBOLS>/" => {}
                _ => archive.add(record, long_names)?,
            }
        }
        archive.verify()?;
        Ok(archive)
    }

    /// Adds the record of a member, or the symbol table of a BSD archive, which is named like one.
    fn add(&mut self, record: Record<'a>, long_names: &'a [u8]) -> Result<(), SpliceError> {
        let mut body = record.body;
        let name = match record.name {
            [b'#', b'1', b'/', length @ ..] => {
                let length = number(length).filter(|length| *length <= body.len());
                let length = length.ok_or(SpliceError::Damaged("the length of a name"))?;
                let name = &self.bytes[body.start..body.start + length];
                body.start += length;
                until(name, &[0])
            }
            [b'/', place @ ..] => {
                let names = number(place).and_then(|place| long_names.get(place..));
                let name = names.ok_or(SpliceError::Damaged("the place of a name"))?;
                let name = until(name, b"\n\0");
                name.strip_suffix(b"/").unwrap_or(name)
            }
            name => name.strip_suffix(b"/").unwrap_or(name),
        };
        match name {
            b"__.SYMDEF" | b"__.SYMDEF SORTED" => self.add_pairs(&body, Width::Four),
            b"__.SYMDEF_64" | b"__.SYMDEF_64 SORTED" => self.add_pairs(&body, Width::Eight),
            _ => {
                let content = &self.bytes[body];
                self.members.push(Member { name, record: record.range, content });
                Ok(())
            }
        }
    }

    /// Adds the offsets of a table of the GNU kind.
    fn add_offsets(
        &mut self,
        body: &Range<usize>,
        width: Width,
        order: Order,
    ) -> Result<(), SpliceError> {
        let count = self.number(body, width, order)?;
        self.add_places(body, count, width.n_bytes(), 0, Place { at: 0, width, order })
    }

    /// Adds the offsets of a table of a BSD kind.
    fn add_pairs(&mut self, body: &Range<usize>, width: Width) -> Result<(), SpliceError> {
        let pair = 2 * width.n_bytes();
        let count = self.number(body, width, Order::Little)? / pair;
        let place = Place { at: 0, width, order: Order::Little };
        self.add_places(body, count, pair, width.n_bytes(), place)
    }

    /// Reads the number that a table starts with.
    fn number(
        &self,
        body: &Range<usize>,
        width: Width,
        order: Order,
    ) -> Result<usize, SpliceError> {
        let place = Place { at: 0, width, order };
        let number = place.get(&self.bytes[body.clone()]);
        number
            .and_then(|number| usize::try_from(number).ok())
            .ok_or(SpliceError::Damaged("the length of a symbol table"))
    }

    /// Adds one place every `stride` bytes, `skip` bytes into each.
    fn add_places(
        &mut self,
        body: &Range<usize>,
        count: usize,
        stride: usize,
        skip: usize,
        place: Place,
    ) -> Result<(), SpliceError> {
        let width = place.width.n_bytes();
        if count > (body.len() - width) / stride {
            return Err(SpliceError::Damaged("the length of a symbol table"));
        }
        let first = body.start + width + skip;
        self.places.extend((0..count).map(|index| Place { at: first + index * stride, ..place }));
        Ok(())
    }

    /// Checks that symbols are those of members.
    fn verify(&self) -> Result<(), SpliceError> {
        let is_start = |offset: u64| {
            let offset = usize::try_from(offset).ok();
            let start = |member: &Member<'_>| Some(member.record.start);
            self.members.binary_search_by_key(&offset, start).is_ok()
        };
        match self.places.iter().all(|place| place.get(self.bytes).is_some_and(is_start)) {
            true => Ok(()),
            false => Err(SpliceError::Damaged("a symbol of a member that is not there")),
        }
    }

    /// Finds the member with the metadata.
    pub(super) fn metadata(&self) -> Result<&Member<'a>, SpliceError> {
        self.members.iter().find(|member| member.is_metadata()).ok_or(SpliceError::NoMetadata)
    }
}

impl Member<'_> {
    /// Whether it is the metadata of a crate.
    pub(super) fn is_metadata(&self) -> bool {
        self.name == METADATA
    }
}

/// A header and what it heads, special or not.
struct Record<'a> {
    /// As in the header, without the spaces that fill it.
    name: &'a [u8],
    range: Range<usize>,
    body: Range<usize>,
}

impl<'a> Record<'a> {
    fn parse(bytes: &'a [u8], at: usize) -> Result<Self, SpliceError> {
        let header = bytes.get(at..at + HEADER).ok_or(SpliceError::Damaged("a header"))?;
        if !header.ends_with(b"`\n") {
            return Err(SpliceError::Damaged("a header"));
        }
        let start = at + HEADER;
        let size = number(&header[48..58]).ok_or(SpliceError::Damaged("a size"))?;
        let end = start.checked_add(size).and_then(|end| end.checked_next_multiple_of(2));
        let end = end.filter(|end| *end <= bytes.len()).ok_or(SpliceError::Damaged("a size"))?;
        let name = header[..16].trim_ascii_end();
        Ok(Record { name, range: at..end, body: start..start + size })
    }
}

/// Reads a decimal number that spaces may follow.
fn number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text.trim_ascii_end()).ok()?.parse().ok()
}

/// Returns what is before the first of these bytes.
fn until<'a>(bytes: &'a [u8], ends: &[u8]) -> &'a [u8] {
    bytes.split(|byte| ends.contains(byte)).next().unwrap_or_default()
}
