//! Fields in PostgreSQL's binary form, as COPY and arrays of parameters take them.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::numeric;
use crate::batch::Field;

type Refused = Box<dyn Error + Sync + Send>;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Int2,
    Int4,
    Int8,
    Numeric,
    Text,
    Bytes,
}

impl Holds {
    /// What a column of this type holds; `None` for types that no table of ours has.
    pub fn of(kind: &Type) -> Option<Self> {
        match *kind {
            Type::INT2 => Some(Self::Int2),
            Type::INT4 => Some(Self::Int4),
            Type::INT8 => Some(Self::Int8),
            Type::NUMERIC => Some(Self::Numeric),
            Type::TEXT => Some(Self::Text),
            Type::BYTEA => Some(Self::Bytes),
            _ => None,
        }
    }

    /// Appends a field: its length and its bytes.
    #[inline]
    pub fn put(self, field: Field, arena: &[u8], out: &mut BytesMut) -> Result<(), Refused> {
        let bytes = |start: u32, length: u32| &arena[start as usize..][..length as usize];
        match (field, self) {
            (Field::Null, _) => out.put_i32(-1),
            (Field::Int(value), Self::Int8) => {
                out.put_i32(8);
                out.put_i64(value);
            }
            (Field::Int(value), Self::Int4) => {
                out.put_i32(4);
                out.put_i32(i32::try_from(value)?);
            }
            (Field::Int(value), Self::Int2) => {
                out.put_i32(2);
                out.put_i16(i16::try_from(value)?);
            }
            (Field::Int(value), Self::Numeric) => {
                measured(out, |out| numeric::put(value.into(), out))
            }
            (Field::Text(start, length), Self::Numeric) => {
                let number: i128 = std::str::from_utf8(bytes(start, length))?.parse()?;
                measured(out, |out| numeric::put(number, out));
            }
            (Field::Text(start, length), Self::Text) => put_text(bytes(start, length), out),
            (Field::Bytes(start, length), Self::Bytes) => {
                let bytes = bytes(start, length);
                out.put_i32(i32::try_from(bytes.len())?);
                out.put_slice(bytes);
            }
            (Field::Int(_) | Field::Text(..) | Field::Bytes(..), _) => {
                return Err(format!("a column of {self:?} cannot hold {field:?}").into());
            }
        }
        Ok(())
    }
}

/// Shown in place of the one character that no text of PostgreSQL can hold.
const NUL: &str = "\u{2400}";

fn put_text(text: &[u8], out: &mut BytesMut) {
    measured(out, |out| {
        let mut parts = text.split(|byte| *byte == 0);
        out.put_slice(parts.next().unwrap_or_default());
        for part in parts {
            out.put_slice(NUL.as_bytes());
            out.put_slice(part);
        }
    });
}

/// Appends what `put` appends, with its length in front.
fn measured(out: &mut BytesMut, put: impl FnOnce(&mut BytesMut)) {
    let start = out.len();
    out.put_i32(0);
    put(out);
    let length = i32::try_from(out.len() - start - 4).expect("a batch is written before 2 GiB");
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// Rows that one statement takes at once: where the fields of each begin.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'b> {
    /// The fields of many rows, one after the other.
    pub fields: &'b [Field],
    /// Where each of these rows begins in them.
    pub starts: &'b [usize],
    /// The texts.
    pub arena: &'b [u8],
}

/// One column of rows, as a parameter of a statement: an array.
#[derive(Debug)]
pub struct Column<'b> {
    /// The rows.
    pub rows: Rows<'b>,
    /// Which of their fields, from 0.
    pub at: usize,
}

impl ToSql for Column<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        let Kind::Array(element) = kind.kind() else { return Err("no array is asked for".into()) };
        let holds = Holds::of(element).ok_or("no such element is known")?;
        // One dimension, that may hold nulls, counted from 1.
        out.put_i32(1);
        out.put_i32(1);
        out.put_u32(element.oid());
        out.put_i32(i32::try_from(self.rows.starts.len())?);
        out.put_i32(1);
        for start in self.rows.starts {
            holds.put(self.rows.fields[start + self.at], self.rows.arena, out)?;
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(kind.kind(), Kind::Array(element) if Holds::of(element).is_some())
    }

    to_sql_checked!();
}

/// A whole number that was read from a column of any type for them.
#[derive(Debug)]
pub struct Number(pub i128);

impl<'a> FromSql<'a> for Number {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Refused> {
        let number: i128 = match Holds::of(kind) {
            Some(Holds::Int2) => i16::from_sql(kind, raw)?.into(),
            Some(Holds::Int4) => i32::from_sql(kind, raw)?.into(),
            Some(Holds::Int8) => i64::from_sql(kind, raw)?.into(),
            Some(Holds::Numeric) => numeric::get(raw).ok_or("no whole number of 128 bits")?,
            Some(Holds::Text | Holds::Bytes) | None => return Err("no number".into()),
        };
        Ok(Self(number))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8, Type::NUMERIC].contains(kind)
    }
}
