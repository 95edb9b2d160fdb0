//! Tables as Parquet files.
//!
//! Each column can be empty. Text is a string, an integer has 64 bits, a date is a date, and a
//! decimal has 38 digits with nine behind the point, for every value of the column: a schema that
//! depended on the values would change from one day to the next. A number outside of these is
//! refused.

use std::io::Write;
use std::mem;
use std::sync::Arc;

use basics::table::{Cell, Column, Kind};
use basics::{Date, Decimal};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::TableError;

/// Rows that are kept in memory and then written together.
const GROUP_ROWS: usize = 100_000;
/// Digits of a decimal, and how many of them stand behind the point.
const PRECISION: i32 = 38;
const SCALE: u8 = 9;
/// Decimals are below it, in units of their last digit.
const DECIMAL_END: u128 = 10_u128.pow(38);
/// Bytes of a decimal.
const DECIMAL_BYTES: i32 = 16;

pub(super) struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Buffer>,
    rows: usize,
    group_rows: usize,
}

/// The cells of a column that are not written yet.
struct Buffer {
    name: &'static str,
    values: Values,
    /// For each row 1 if there is a value, and 0 if it is empty.
    levels: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Date(Vec<i32>),
    Decimal(Vec<FixedLenByteArray>),
}

impl<W: Write + Send> Writer<W> {
    pub fn create(columns: &[Column], out: W) -> Result<Self, TableError> {
        Self::with_groups_of(GROUP_ROWS, columns, out)
    }

    /// The same with another number of rows in a group.
    pub fn with_groups_of(
        group_rows: usize,
        columns: &[Column],
        out: W,
    ) -> Result<Self, TableError> {
        let fields = columns.iter().map(|column| Ok(Arc::new(field(column)?)));
        let fields = fields.collect::<Result<_, TableError>>()?;
        let schema = Type::group_type_builder("table").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("clearfold".to_owned())
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        let columns = columns.iter().map(Buffer::new).collect();
        Ok(Self { file, columns, rows: 0, group_rows })
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell)?;
        }
        self.rows += 1;
        if self.rows == self.group_rows { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), TableError> {
        self.rows = 0;
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, TableError> {
        if self.rows > 0 {
            self.write_group()?;
        }
        let mut out = self.file.into_inner()?;
        out.flush()?;
        Ok(out)
    }
}

/// A column of the schema.
fn field(column: &Column) -> Result<Type, TableError> {
    let field = match column.kind {
        Kind::Text => Type::primitive_type_builder(column.name, Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String)),
        Kind::Integer => Type::primitive_type_builder(column.name, Physical::INT64),
        Kind::Date => Type::primitive_type_builder(column.name, Physical::INT32)
            .with_logical_type(Some(LogicalType::Date)),
        Kind::Decimal => Type::primitive_type_builder(column.name, Physical::FIXED_LEN_BYTE_ARRAY)
            .with_length(DECIMAL_BYTES)
            .with_precision(PRECISION)
            .with_scale(i32::from(SCALE))
            .with_logical_type(Some(LogicalType::decimal(i32::from(SCALE), PRECISION))),
    };
    Ok(field.with_repetition(Repetition::OPTIONAL).build()?)
}

impl Buffer {
    fn new(column: &Column) -> Self {
        let values = match column.kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Date => Values::Date(Vec::new()),
            Kind::Decimal => Values::Decimal(Vec::new()),
        };
        Self { name: column.name, values, levels: Vec::new() }
    }

    fn push(&mut self, cell: &Cell<'_>) -> Result<(), TableError> {
        match (&mut self.values, *cell) {
            (_, Cell::Empty) => {
                self.levels.push(0);
                return Ok(());
            }
            (Values::Text(values), Cell::Text(text)) => {
                values.push(text.as_bytes().to_vec().into())
            }
            (Values::Integer(values), Cell::Integer(number)) => {
                values.push(i64::try_from(number).map_err(|_| out_of_range(self.name, number))?);
            }
            (Values::Date(values), Cell::Date(Date(days))) => values.push(days),
            (Values::Decimal(values), Cell::Decimal(decimal)) => {
                values.push(fixed(decimal).ok_or_else(|| out_of_range(self.name, decimal))?);
            }
            (
                Values::Text(_) | Values::Integer(_) | Values::Date(_) | Values::Decimal(_),
                Cell::Text(_) | Cell::Integer(_) | Cell::Date(_) | Cell::Decimal(_),
            ) => return Err(TableError::OtherKind { column: self.name }),
        }
        self.levels.push(1);
        Ok(())
    }

    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), TableError> {
        let levels = mem::take(&mut self.levels);
        match &mut self.values {
            Values::Text(values) => write::<ByteArrayType, W>(group, mem::take(values), &levels),
            Values::Integer(values) => write::<Int64Type, W>(group, mem::take(values), &levels),
            Values::Date(values) => write::<Int32Type, W>(group, mem::take(values), &levels),
            Values::Decimal(values) => {
                write::<FixedLenByteArrayType, W>(group, mem::take(values), &levels)
            }
        }
    }
}

fn write<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: Vec<T::T>,
    levels: &[i16],
) -> Result<(), TableError> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(&values, Some(levels), None)?;
        column.close()?;
    }
    Ok(())
}

/// The decimal with nine digits behind the point, big-endian; `None` if it has more or is too
/// large.
fn fixed(decimal: Decimal) -> Option<FixedLenByteArray> {
    let units = decimal.scaled_to(SCALE).ok()?;
    (units.unsigned_abs() < DECIMAL_END).then(|| units.to_be_bytes().to_vec().into())
}

fn out_of_range(column: &'static str, value: impl ToString) -> TableError {
    TableError::OutOfRange { column, value: value.to_string(), format: "parquet" }
}
