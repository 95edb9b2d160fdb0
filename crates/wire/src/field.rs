//! How each type of the model lies in a field of a message.
//!
//! A [`Field`] is written and read by the same rule, so a message is a list of numbers and names:
//! see [`message!`]. The rules are proto3's: the default of a plain value is not written, a
//! message and an `Option` are written when they are there.

use basics::{
    AccountId, ContractId, CurrencyId, Date, EntryNo, InstrumentId, MemberId, Price, Seq, TradeId,
};

use crate::cursor::{Cursor, Value};
use crate::error::{Fault, Flaw};
use crate::writer::{WireType, put_bytes, put_key, put_message, put_number, unzigzag, zigzag};

/// A value that can be a field of a message.
pub(crate) trait Field<'a>: Sized {
    /// What has been read of it so far.
    type Slot: Default;

    /// Appends the field.
    fn write(&self, field: u32, out: &mut Vec<u8>);

    /// Takes one occurrence of the field.
    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault>;

    /// The value, once all fields of its message are read; `None` if it must be there and is not.
    fn finish(slot: Self::Slot) -> Option<Self>;
}

/// A plain value with a default: never missing, not written when it is the default.
macro_rules! plain {
    ($flaw:expr; $($type:ty: $value:ident => $wire:expr, $number:ident => $read:expr;)+) => { $(
        impl<'a> Field<'a> for $type {
            type Slot = Option<Self>;

            fn write(&self, field: u32, out: &mut Vec<u8>) {
                let $value = *self;
                let wire: u64 = $wire;
                if wire != 0 {
                    put_key(out, field, WireType::Number);
                    put_number(out, wire);
                }
            }

            fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
                let $number = value.number()?;
                let read: Option<Self> = $read;
                once(slot, read.ok_or_else(|| value.fault($flaw))?, value)
            }

            fn finish(slot: Self::Slot) -> Option<Self> {
                slot.or_else(|| { let $number = 0_u64; $read })
            }
        }

        impl<'a> Field<'a> for Option<$type> {
            type Slot = Option<$type>;

            fn write(&self, field: u32, out: &mut Vec<u8>) {
                if let Some($value) = *self {
                    put_key(out, field, WireType::Number);
                    put_number(out, $wire);
                }
            }

            fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
                <$type as Field<'a>>::merge(slot, value)
            }

            fn finish(slot: Self::Slot) -> Option<Self> {
                Some(slot)
            }
        }
    )+ };
}
pub(crate) use plain;

plain! {
    Flaw::OutOfRange;
    bool: v => u64::from(v), n => match n { 0 => Some(false), 1 => Some(true), _ => None };
    u8: v => u64::from(v), n => u8::try_from(n).ok();
    u16: v => u64::from(v), n => u16::try_from(n).ok();
    u32: v => u64::from(v), n => u32::try_from(n).ok();
    u64: v => v, n => Some(n);
    i64: v => zigzag(v), n => Some(unzigzag(n));
    Date: v => zigzag(i64::from(v.0)), n => i32::try_from(unzigzag(n)).ok().map(Date);
    MemberId: v => u64::from(v.0), n => u32::try_from(n).ok().map(MemberId);
    AccountId: v => u64::from(v.0), n => u32::try_from(n).ok().map(AccountId);
    InstrumentId: v => u64::from(v.0), n => u32::try_from(n).ok().map(InstrumentId);
    CurrencyId: v => u64::from(v.0), n => u32::try_from(n).ok().map(CurrencyId);
    TradeId: v => v.0, n => Some(TradeId(n));
    ContractId: v => v.0, n => Some(ContractId(n));
    EntryNo: v => v.0, n => Some(EntryNo(n));
    Seq: v => v.0, n => Some(Seq(n));
    basics::Units: v => zigzag(v.0), n => Some(basics::Units(unzigzag(n)));
    basics::Minor: v => zigzag(v.0), n => Some(basics::Minor(unzigzag(n)));
}

/// Fills a slot; a second occurrence is a flaw, because no writer makes one.
pub(crate) fn once<T>(slot: &mut Option<T>, read: T, value: Value<'_>) -> Result<(), Fault> {
    match slot.replace(read) {
        None => Ok(()),
        Some(_) => Err(value.fault(Flaw::RepeatedField(0))),
    }
}

impl<'a> Field<'a> for &'a str {
    type Slot = Option<Self>;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        if !self.is_empty() {
            put_bytes(out, field, self.as_bytes());
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        once(slot, value.text()?, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot.unwrap_or_default())
    }
}

impl<'a> Field<'a> for Option<&'a [u8]> {
    type Slot = Self;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        if let Some(bytes) = self {
            put_bytes(out, field, bytes);
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        once(slot, value.bytes()?, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot)
    }
}

impl<'a> Field<'a> for Option<[u8; 32]> {
    type Slot = Self;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        if let Some(bytes) = self {
            put_bytes(out, field, bytes);
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        let bytes = value.bytes()?;
        once(slot, bytes.try_into().map_err(|_| value.fault(Flaw::OutOfRange))?, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot)
    }
}

/// A message of its own: its fields stand between a length and the end.
pub(crate) trait Message<'a>: Sized {
    /// Appends the fields.
    fn write_fields(&self, out: &mut Vec<u8>);

    /// Reads all fields.
    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault>;
}

/// Makes a message a field: one that must be there, one that may, and one for each.
macro_rules! message_field {
    ($($type:ty),+ $(,)?) => { $(
        impl<'a> $crate::field::Field<'a> for $type {
            type Slot = Option<Self>;

            fn write(&self, field: u32, out: &mut Vec<u8>) {
                $crate::writer::put_message(out, field, |out| {
                    $crate::field::Message::write_fields(self, out);
                });
            }

            fn merge(
                slot: &mut Self::Slot,
                value: $crate::cursor::Value<'a>,
            ) -> Result<(), $crate::error::Fault> {
                let fields = $crate::cursor::Cursor::new(value.bytes()?);
                let read = <Self as $crate::field::Message<'a>>::read_fields(fields)?;
                $crate::field::once(slot, read, value)
            }

            fn finish(slot: Self::Slot) -> Option<Self> {
                slot
            }
        }
    )+ };
}
pub(crate) use message_field;

/// Makes a message a field that may be absent.
macro_rules! optional_field {
    ($($type:ty),+ $(,)?) => { $(
        impl<'a> $crate::field::Field<'a> for Option<$type> {
            type Slot = Self;

            fn write(&self, field: u32, out: &mut Vec<u8>) {
                if let Some(message) = self {
                    $crate::field::Field::write(message, field, out);
                }
            }

            fn merge(
                slot: &mut Self::Slot,
                value: $crate::cursor::Value<'a>,
            ) -> Result<(), $crate::error::Fault> {
                <$type as $crate::field::Field<'a>>::merge(slot, value)
            }

            fn finish(slot: Self::Slot) -> Option<Self> {
                Some(slot)
            }
        }
    )+ };
}
pub(crate) use optional_field;

impl<'a, T: Message<'a>> Field<'a> for Vec<T> {
    type Slot = Self;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        for item in self {
            put_message(out, field, |out| item.write_fields(out));
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        slot.push(T::read_fields(Cursor::new(value.bytes()?))?);
        Ok(())
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot)
    }
}

/// Reads the listed fields of a message into a tuple, in the order of the list.
macro_rules! fields {
    ($cursor:expr; $($number:literal $name:ident: $type:ty),+ $(,)?) => {{
        let mut cursor: $crate::cursor::Cursor<'_> = $cursor;
        $(let mut $name = <$type as $crate::field::Field<'_>>::Slot::default();)+
        while let Some((number, value)) = cursor.field()? {
            match number {
                $($number => {
                    <$type as $crate::field::Field<'_>>::merge(&mut $name, value)
                        .map_err(|fault| fault.of_field($number))?;
                })+
                other => return Err(value.fault($crate::error::Flaw::UnknownField(other))),
            }
        }
        ($(
            <$type as $crate::field::Field<'_>>::finish($name)
                .ok_or_else(|| cursor.fault($crate::error::Flaw::MissingField))?,
        )+)
    }};
}
pub(crate) use fields;

/// A struct of the model as a message: field number, name and type of each of its fields.
macro_rules! message {
    ($(#[$attribute:meta])* $type:ty { $($number:literal $name:ident: $field:ty),+ $(,)? }) => {
        impl<'a> $crate::field::Message<'a> for $type {
            fn write_fields(&self, out: &mut Vec<u8>) {
                $(<$field as $crate::field::Field<'a>>::write(&self.$name, $number, out);)+
            }

            fn read_fields(
                fields: $crate::cursor::Cursor<'a>,
            ) -> Result<Self, $crate::error::Fault> {
                let ($($name,)+) = $crate::field::fields!(fields; $($number $name: $field),+);
                Ok(Self { $($name),+ })
            }
        }

        $crate::field::message_field!($type);
    };
}
pub(crate) use message;

/// A signed integer of up to 128 bits: the message `Int128`.
impl<'a> Message<'a> for i128 {
    fn write_fields(&self, out: &mut Vec<u8>) {
        let (low, high) = split(*self);
        low.write(1, out);
        high.write(2, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (low, high) = fields!(fields; 1 low: i64, 2 high: Option<i64>);
        joined(low, high).ok_or_else(|| fields.fault(Flaw::OutOfRange))
    }
}
message_field!(i128);

/// The low half, and the high half if the number does not fit 64 bits.
pub(crate) fn split(number: i128) -> (i64, Option<i64>) {
    match i64::try_from(number) {
        Ok(low) => (low, None),
        Err(_) => (number as i64, Some((number >> 64) as i64)),
    }
}

/// The inverse of [`split`]; `None` if a high half is there that need not be.
pub(crate) fn joined(low: i64, high: Option<i64>) -> Option<i128> {
    let Some(high) = high else { return Some(i128::from(low)) };
    let number = i128::from(high) << 64 | i128::from(low.cast_unsigned());
    i64::try_from(number).is_err().then_some(number)
}

/// A price lies on the wire as its billionths.
impl<'a> Field<'a> for Price {
    type Slot = Option<i128>;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        self.0.write(field, out);
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        i128::merge(slot, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        slot.map(Self)
    }
}

impl<'a> Field<'a> for Option<Price> {
    type Slot = Option<i128>;

    fn write(&self, field: u32, out: &mut Vec<u8>) {
        if let Some(price) = self {
            price.write(field, out);
        }
    }

    fn merge(slot: &mut Self::Slot, value: Value<'a>) -> Result<(), Fault> {
        i128::merge(slot, value)
    }

    fn finish(slot: Self::Slot) -> Option<Self> {
        Some(slot.map(Price))
    }
}
