//! A run of decisions on trade reports while it is read: columns and dictionaries.

use basics::Date;
use model::decision::Form;

use super::entry::{AccountEntry, InstrumentEntry, Origin, OriginEntry};
use super::layout::{COUNT, Column, FIRST, is_column, is_tagged};
use crate::cursor::{Cursor, Value};
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message};
use crate::writer::unzigzag;

/// What all rows have in common, and where counting begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub channel: &'a str,
    pub publisher: &'a str,
    pub form: Form,
    pub pass: u32,
    pub business_date: Option<Date>,
    pub first_position: u64,
    pub first_item: u32,
    pub first_trade: u64,
    pub first_entry: u64,
    pub contract_offset: i64,
    pub first_second: i64,
}

/// The values of a column that are fields of their own.
#[derive(Clone, Debug, Default)]
struct Items<'a> {
    items: Vec<&'a [u8]>,
    taken: usize,
}

/// Columns, each read from its beginning.
#[derive(Clone, Debug)]
pub(super) struct Columns<'a> {
    packed: [Cursor<'a>; COUNT],
    tagged: [Items<'a>; TAGGED],
    /// Where the run ends, to say where a column is too short.
    end: Cursor<'a>,
}

/// Columns whose values are fields of their own.
const TAGGED: usize = 6;

/// The place of such a column among its like.
const fn tagged_index(field: usize) -> usize {
    if field == Column::Verbatim as usize {
        TAGGED - 1
    } else {
        field - Column::ReferenceText as usize
    }
}

/// A dictionary entry while rows are read, with what the row before said of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<E> {
    pub entry: E,
    pub before: i64,
}

/// The dictionaries.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionaries<'a> {
    pub origins: Vec<Counted<Origin<'a>>>,
    pub instruments: Vec<Counted<InstrumentEntry<'a>>>,
    pub accounts: Vec<AccountEntry<'a>>,
}

/// A run taken apart.
#[derive(Clone, Debug)]
pub(super) struct Parts<'a> {
    pub head: Head<'a>,
    pub dictionaries: Dictionaries<'a>,
    pub columns: Columns<'a>,
}

impl<'a> Parts<'a> {
    /// Takes the message `TradeColumns` apart.
    pub fn read(mut cursor: Cursor<'a>) -> Result<Self, Fault> {
        let mut slots = Slots::default();
        let mut dictionaries = Dictionaries::default();
        let end = Cursor::new(&cursor.rest()[cursor.rest().len()..]);
        let mut columns = Columns {
            packed: [end; COUNT],
            tagged: std::array::from_fn(|_| Items::default()),
            end,
        };
        while let Some((number, value)) = cursor.field()? {
            match number {
                1..=11 => slots.merge(number, value).map_err(|fault| fault.of_field(number))?,
                16 => {
                    let entry = OriginEntry::read_fields(Cursor::new(value.bytes()?))?.into();
                    dictionaries.origins.push(Counted { entry, before: 0 });
                }
                17 => {
                    let entry = InstrumentEntry::read_fields(Cursor::new(value.bytes()?))?;
                    dictionaries.instruments.push(Counted { entry, before: 0 });
                }
                18 => {
                    let entry = AccountEntry::read_fields(Cursor::new(value.bytes()?))?;
                    dictionaries.accounts.push(entry);
                }
                _ if is_column(number as usize) => columns.merge(number, value)?,
                other => return Err(value.fault(Flaw::UnknownField(other))),
            }
        }
        let head = slots.finish().ok_or_else(|| cursor.fault(Flaw::MissingField))?;
        Ok(Self { head, dictionaries, columns })
    }
}

impl<'a> Columns<'a> {
    fn merge(&mut self, number: u32, value: Value<'a>) -> Result<(), Fault> {
        let (field, bytes) = (number as usize, value.bytes()?);
        if is_tagged(field) {
            self.tagged[tagged_index(field)].items.push(bytes);
            return Ok(());
        }
        let column = &mut self.packed[field - FIRST];
        if !column.is_empty() {
            return Err(value.fault(Flaw::RepeatedField(number)));
        }
        *column = Cursor::new(bytes);
        Ok(())
    }

    pub fn is_empty(&self, column: Column) -> bool {
        self.packed[column.index()].is_empty()
    }

    /// What is left of a packed column.
    pub const fn column(&self, column: Column) -> Cursor<'a> {
        self.packed[column.index()]
    }

    /// Takes all that is left of a packed column.
    pub fn take(&mut self, column: Column) -> Cursor<'a> {
        std::mem::replace(&mut self.packed[column.index()], self.end)
    }

    /// The next number of a column.
    #[inline]
    pub fn number(&mut self, column: Column) -> Result<u64, Fault> {
        let cursor = &mut self.packed[column.index()];
        if cursor.is_empty() {
            return Err(self.end.fault(Flaw::ShortColumn));
        }
        cursor.number()
    }

    #[inline]
    pub fn u32(&mut self, column: Column) -> Result<u32, Fault> {
        let start = self.packed[column.index()];
        u32::try_from(self.number(column)?).map_err(|_| start.fault(Flaw::OutOfRange))
    }

    #[inline]
    pub fn i64(&mut self, column: Column) -> Result<i64, Fault> {
        self.number(column).map(u64::cast_signed)
    }

    #[inline]
    pub fn zigzag(&mut self, column: Column) -> Result<i64, Fault> {
        self.number(column).map(unzigzag)
    }

    /// The next number of a column as what it stands for.
    #[inline]
    pub fn read<T>(
        &mut self,
        column: Column,
        meaning: impl FnOnce(u64) -> Option<T>,
    ) -> Result<T, Fault> {
        let start = self.packed[column.index()];
        meaning(self.number(column)?).ok_or_else(|| start.fault(Flaw::UnknownNumber))
    }

    /// The next value of a column whose values are fields of their own.
    pub fn item(&mut self, column: Column) -> Result<&'a [u8], Fault> {
        let Items { items, taken } = &mut self.tagged[tagged_index(column as usize)];
        let item = items.get(*taken).ok_or_else(|| self.end.fault(Flaw::ShortColumn))?;
        *taken += 1;
        Ok(item)
    }

    pub fn text(&mut self, column: Column) -> Result<&'a str, Fault> {
        let bytes = self.item(column)?;
        std::str::from_utf8(bytes).map_err(|_| Fault::at(Flaw::NotUtf8, bytes))
    }

    pub fn message<T: Message<'a>>(&mut self, column: Column) -> Result<T, Fault> {
        T::read_fields(Cursor::new(self.item(column)?))
    }

    /// A flaw where the run ends.
    pub fn fault(&self, flaw: Flaw) -> Fault {
        self.end.fault(flaw)
    }

    /// An error if a column has values that no row took.
    pub fn finish(&self) -> Result<(), Fault> {
        if let Some(column) = self.packed.iter().find(|column| !column.is_empty()) {
            return Err(column.fault(Flaw::LongColumn));
        }
        let rest = self.tagged.iter().find_map(|column| column.items.get(column.taken));
        rest.map_or(Ok(()), |item| Err(Fault::at(Flaw::LongColumn, item)))
    }
}

/// The head while it is read.
#[derive(Default)]
struct Slots<'a> {
    channel: Option<&'a str>,
    publisher: Option<&'a str>,
    form: Option<Form>,
    pass: Option<u32>,
    business_date: Option<Date>,
    first_position: Option<u64>,
    first_item: Option<u32>,
    first_trade: Option<u64>,
    first_entry: Option<u64>,
    contract_offset: Option<i64>,
    first_second: Option<i64>,
}

impl<'a> Slots<'a> {
    fn merge(&mut self, number: u32, value: Value<'a>) -> Result<(), Fault> {
        match number {
            1 => <&str>::merge(&mut self.channel, value),
            2 => <&str>::merge(&mut self.publisher, value),
            3 => Form::merge(&mut self.form, value),
            4 => u32::merge(&mut self.pass, value),
            5 => Date::merge(&mut self.business_date, value),
            6 => u64::merge(&mut self.first_position, value),
            7 => u32::merge(&mut self.first_item, value),
            8 => u64::merge(&mut self.first_trade, value),
            9 => u64::merge(&mut self.first_entry, value),
            10 => i64::merge(&mut self.contract_offset, value),
            _ => i64::merge(&mut self.first_second, value),
        }
    }

    /// The head; `None` without a form.
    fn finish(self) -> Option<Head<'a>> {
        Some(Head {
            channel: self.channel.unwrap_or_default(),
            publisher: self.publisher.unwrap_or_default(),
            form: self.form?,
            pass: self.pass.unwrap_or_default(),
            business_date: self.business_date,
            first_position: self.first_position.unwrap_or_default(),
            first_item: self.first_item.unwrap_or_default(),
            first_trade: self.first_trade.unwrap_or_default(),
            first_entry: self.first_entry.unwrap_or_default(),
            contract_offset: self.contract_offset.unwrap_or_default(),
            first_second: self.first_second.unwrap_or_default(),
        })
    }
}
