//! Protobuf's primitives, read: nothing is copied, nothing is trusted, nothing can panic.

use crate::error::{Fault, Flaw};
use crate::writer::WireType;

/// What is left to read of a message or a column.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// A number, and where it stands.
    Number(u64, &'a [u8]),
    /// Bytes: a text, a message or a packed column.
    Bytes(&'a [u8]),
}

impl<'a> Cursor<'a> {
    pub const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// A flaw here.
    #[cold]
    pub fn fault(&self, flaw: Flaw) -> Fault {
        Fault::at(flaw, self.rest)
    }

    /// The next variable-length number.
    #[inline]
    pub fn number(&mut self) -> Result<u64, Fault> {
        match *self.rest {
            [byte, ref rest @ ..] if byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(byte))
            }
            [low, high, ref rest @ ..] if high < 0x80 => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, Fault> {
        let mut number = 0;
        for (index, byte) in self.rest.iter().enumerate().take(10) {
            let bits = u64::from(byte & 0x7f);
            if index == 9 && *byte > 1 {
                return Err(self.fault(Flaw::LongNumber));
            }
            number |= bits << (7 * index);
            if *byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(number);
            }
        }
        Err(self.fault(if self.rest.len() < 10 { Flaw::Truncated } else { Flaw::LongNumber }))
    }

    /// The next field of a message; `None` at its end.
    pub fn field(&mut self) -> Result<Option<(u32, Value<'a>)>, Fault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let start = *self;
        let key = self.number()?;
        let number = u32::try_from(key >> 3).map_err(|_| start.fault(Flaw::WrongKind))?;
        let place = self.rest;
        let value = match key & 7 {
            wire if wire == WireType::Number as u64 => Value::Number(self.number()?, place),
            wire if wire == WireType::Bytes as u64 => Value::Bytes(self.bytes()?),
            _ => return Err(start.fault(Flaw::WrongKind)),
        };
        Ok(Some((number, value)))
    }

    /// The only field of a message that is a choice: its number and the message chosen.
    pub fn only_message(&mut self) -> Result<(u32, Cursor<'a>), Fault> {
        let Some((number, value)) = self.field()? else {
            return Err(self.fault(Flaw::MissingField));
        };
        let body = Cursor::new(value.bytes()?);
        if self.is_empty() {
            Ok((number, body))
        } else {
            Err(self.fault(Flaw::RepeatedField(number)))
        }
    }

    /// A length and that many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let start = *self;
        let len = usize::try_from(self.number()?).map_err(|_| start.fault(Flaw::Truncated))?;
        let (bytes, rest) =
            self.rest.split_at_checked(len).ok_or_else(|| start.fault(Flaw::Truncated))?;
        self.rest = rest;
        Ok(bytes)
    }
}

impl<'a> Value<'a> {
    /// A flaw in this value.
    #[cold]
    pub fn fault(&self, flaw: Flaw) -> Fault {
        match self {
            Self::Number(_, place) => Fault::at(flaw, place),
            Self::Bytes(bytes) => Fault::at(flaw, bytes),
        }
    }

    pub fn number(&self) -> Result<u64, Fault> {
        match self {
            Self::Number(number, _) => Ok(*number),
            Self::Bytes(_) => Err(self.fault(Flaw::WrongKind)),
        }
    }

    pub fn bytes(&self) -> Result<&'a [u8], Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(..) => Err(self.fault(Flaw::WrongKind)),
        }
    }

    pub fn text(&self) -> Result<&'a str, Fault> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.fault(Flaw::NotUtf8))
    }
}
