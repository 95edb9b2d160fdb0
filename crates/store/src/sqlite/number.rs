//! Numbers of up to 128 bits in columns that hold 64: an integer where it fits, else its digits.
//! SQLite's own addition would turn the larger ones into floats.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::StoreError;

/// Registers `exact_add(a, b)` on a connection.
pub fn register(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("exact_add", 2, flags, |context| {
        let (a, b) = (context.get_raw(0), context.get_raw(1));
        if let (ValueRef::Integer(a), ValueRef::Integer(b)) = (a, b)
            && let Some(sum) = a.checked_add(b)
        {
            return Ok(ToSqlOutput::from(sum));
        }
        let number = |value| read(value).map_err(|e| rusqlite::Error::UserFunctionError(e.into()));
        let sum = number(a)?.checked_add(number(b)?).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(ToSqlOutput::Owned(value(sum)))
    })?;
    Ok(())
}

/// The number in a column.
pub fn read(value: ValueRef<'_>) -> Result<i128, StoreError> {
    let damaged = || StoreError::Damaged { what: format!("{value:?}"), expected: "a whole number" };
    match value {
        ValueRef::Integer(value) => Ok(i128::from(value)),
        ValueRef::Text(digits) => {
            let digits = std::str::from_utf8(digits).map_err(|_| damaged())?;
            digits.parse().map_err(|_| damaged())
        }
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Err(damaged()),
    }
}

/// The number in a column that may hold none.
pub fn read_maybe(value: ValueRef<'_>) -> Result<Option<i128>, StoreError> {
    if value == ValueRef::Null { Ok(None) } else { read(value).map(Some) }
}

/// The column for a number.
pub fn value(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer)
}
