//! The layout under a snapshot: little-endian integers, texts behind their length, and tables of
//! numbers written column by column.
//!
//! Reading trusts nothing: a length is checked against what is left before anything is allocated,
//! and memory stays within a small multiple of the bytes that were given.

use alloc::boxed::Box;
use alloc::vec::Vec;

use basics::Date;

use super::SnapshotError;

/// Rows of a table that share one base and one width for each column.
const BLOCK_ROWS: usize = 1_024;

/// Bytes that are gathered before they are handed on.
const CHUNK_BYTES: usize = 1 << 16;

/// Dates that reference data, trades and their settlement can reach.
const DATES: core::ops::RangeInclusive<i32> = -1_000_000..=4_000_000;

/// Takes values in the layout of a snapshot and hands on its bytes in chunks.
pub(super) struct Writer<'w> {
    buffer: Vec<u8>,
    sink: &'w mut dyn FnMut(&[u8]),
}

impl<'w> Writer<'w> {
    pub(super) fn new(sink: &'w mut dyn FnMut(&[u8])) -> Self {
        Self { buffer: Vec::with_capacity(2 * CHUNK_BYTES), sink }
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self) {
        self.flush(1);
    }

    fn flush(&mut self, at_least: usize) {
        if self.buffer.len() >= at_least {
            (self.sink)(&self.buffer);
            self.buffer.clear();
        }
    }

    pub(super) fn byte(&mut self, value: u8) {
        self.buffer.push(value);
    }

    pub(super) fn digest(&mut self, digest: &[u8; 32]) {
        self.buffer.extend_from_slice(digest);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.buffer.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.buffer.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn date(&mut self, date: Date) {
        self.u32(date.0.cast_unsigned());
    }

    /// How many items follow.
    pub(super) fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).expect("fewer than 2^32 items"));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes behind their length.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.u64(bytes.len() as u64);
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.buffer.extend_from_slice(chunk);
            self.flush(CHUNK_BYTES);
        }
    }

    /// A table: how many rows, then blocks of rows, each column by column.
    pub(super) fn table<const N: usize>(&mut self, mut rows: impl Iterator<Item = [u64; N]>) {
        let mut block = Vec::with_capacity(BLOCK_ROWS);
        loop {
            block.clear();
            block.extend(rows.by_ref().take(BLOCK_ROWS));
            self.count(block.len());
            for column in 0..N {
                self.column(&block, column);
            }
            self.flush(CHUNK_BYTES);
            if block.len() < BLOCK_ROWS {
                return;
            }
        }
    }

    /// One column of a block: width, base, and each value as its distance from the base.
    fn column<const N: usize>(&mut self, block: &[[u64; N]], column: usize) {
        let values = || block.iter().map(|row| row[column]);
        let Some(base) = values().min() else { return };
        let distance = values().max().unwrap_or(base) - base;
        let width = distance.checked_ilog2().map_or(1, |bits| bits / 8 + 1);
        self.byte(u8::try_from(width).expect("at most eight bytes"));
        self.u64(base);
        match width {
            1 => self.values::<1, N>(block, column, base),
            2 => self.values::<2, N>(block, column, base),
            3 => self.values::<3, N>(block, column, base),
            4 => self.values::<4, N>(block, column, base),
            5 => self.values::<5, N>(block, column, base),
            6 => self.values::<6, N>(block, column, base),
            7 => self.values::<7, N>(block, column, base),
            _ => self.values::<8, N>(block, column, base),
        }
    }

    fn values<const W: usize, const N: usize>(
        &mut self,
        block: &[[u64; N]],
        column: usize,
        base: u64,
    ) {
        let begin = self.buffer.len();
        self.buffer.resize(begin + block.len() * W, 0);
        let out = self.buffer[begin..].as_chunks_mut::<W>().0;
        for (out, row) in out.iter_mut().zip(block) {
            out.copy_from_slice(&(row[column] - base).to_le_bytes()[..W]);
        }
    }
}

/// Reads what a [`Writer`] wrote, from bytes that may be anything.
pub(super) struct Reader<'b> {
    rest: &'b [u8],
}

type Read<T> = Result<T, SnapshotError>;

impl<'b> Reader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Nothing may follow.
    pub(super) fn finish(self) -> Read<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(SnapshotError::TooLong) }
    }

    /// How many items of at least `bytes_min` bytes can follow at most.
    pub(super) const fn room(&self, bytes_min: usize) -> usize {
        self.rest.len() / bytes_min
    }

    fn take(&mut self, length: usize) -> Read<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(SnapshotError::TooShort)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(SnapshotError::TooShort)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn digest(&mut self) -> Read<[u8; 32]> {
        self.array()
    }

    pub(super) fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Read<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn date(&mut self) -> Read<Date> {
        checked_date(self.u32()?.cast_signed())
    }

    /// How many items follow, each of at least `bytes_min` bytes.
    pub(super) fn count(&mut self, bytes_min: usize) -> Read<usize> {
        let count = self.u32()? as usize;
        if count > self.room(bytes_min) { Err(SnapshotError::TooShort) } else { Ok(count) }
    }

    pub(super) fn text(&mut self) -> Read<&'b str> {
        core::str::from_utf8(self.bytes()?).map_err(|_| SnapshotError::Malformed("a text"))
    }

    pub(super) fn boxed(&mut self) -> Read<Box<str>> {
        Ok(self.text()?.into())
    }

    /// Bytes behind their length.
    pub(super) fn bytes(&mut self) -> Read<&'b [u8]> {
        let length = usize::try_from(self.u64()?).map_err(|_| SnapshotError::TooShort)?;
        self.take(length)
    }

    /// Reads a table and hands on its rows, one after the other.
    pub(super) fn table<const N: usize>(
        &mut self,
        mut each: impl FnMut(&[u64; N]) -> Read<()>,
    ) -> Read<()> {
        let mut block = Vec::new();
        loop {
            // A value takes at least one byte, and a block has at most so many rows.
            let rows = self.count(N)?;
            if rows > BLOCK_ROWS {
                return Err(SnapshotError::Malformed("a table"));
            }
            block.clear();
            block.resize(rows, [0; N]);
            if rows > 0 {
                for column in 0..N {
                    self.column(&mut block, column)?;
                }
            }
            block.iter().try_for_each(&mut each)?;
            if rows < BLOCK_ROWS {
                return Ok(());
            }
        }
    }

    fn column<const N: usize>(&mut self, block: &mut [[u64; N]], column: usize) -> Read<()> {
        let width = self.byte()?;
        let base = self.u64()?;
        match width {
            1 => self.values::<1, N>(block, column, base),
            2 => self.values::<2, N>(block, column, base),
            3 => self.values::<3, N>(block, column, base),
            4 => self.values::<4, N>(block, column, base),
            5 => self.values::<5, N>(block, column, base),
            6 => self.values::<6, N>(block, column, base),
            7 => self.values::<7, N>(block, column, base),
            8 => self.values::<8, N>(block, column, base),
            _ => Err(SnapshotError::Malformed("a column")),
        }
    }

    fn values<const W: usize, const N: usize>(
        &mut self,
        block: &mut [[u64; N]],
        column: usize,
        base: u64,
    ) -> Read<()> {
        let values = self.take(block.len() * W)?.as_chunks::<W>().0;
        for (row, value) in block.iter_mut().zip(values) {
            let mut bytes = [0; 8];
            bytes[..W].copy_from_slice(value);
            row[column] = base.wrapping_add(u64::from_le_bytes(bytes));
        }
        Ok(())
    }
}

/// A date within the range that can occur, so that no calendar is asked for the impossible.
fn checked_date(days: i32) -> Read<Date> {
    if DATES.contains(&days) { Ok(Date(days)) } else { Err(SnapshotError::Malformed("a date")) }
}

/// A signed number as two columns: small numbers of either sign stay small.
pub(super) const fn signed(value: i128) -> [u64; 2] {
    let zigzag = ((value << 1) ^ (value >> 127)).cast_unsigned();
    [zigzag as u64, (zigzag >> 64) as u64]
}

/// The number behind two columns.
pub(super) const fn unsigned([low, high]: [u64; 2]) -> i128 {
    let zigzag = low as u128 | (high as u128) << 64;
    (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
}

/// A signed number of 64 bits as one column.
pub(super) const fn signed_short(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The number behind one column.
pub(super) const fn unsigned_short(column: u64) -> i64 {
    (column >> 1).cast_signed() ^ -(column & 1).cast_signed()
}

/// A date as one column.
pub(super) fn date_column(date: Date) -> u64 {
    signed_short(i64::from(date.0))
}

/// The date behind one column.
pub(super) fn date_of(column: u64) -> Read<Date> {
    let days = i32::try_from(unsigned_short(column));
    checked_date(days.map_err(|_| SnapshotError::Malformed("a date"))?)
}

/// A number that must stay below a limit: an id within its list.
pub(super) fn below(column: u64, limit: usize) -> Read<u32> {
    match u32::try_from(column) {
        Ok(id) if (id as usize) < limit => Ok(id),
        _ => Err(SnapshotError::Malformed("an id")),
    }
}

/// A number of 32 bits.
pub(super) fn narrow(column: u64) -> Read<u32> {
    u32::try_from(column).map_err(|_| SnapshotError::Malformed("a number"))
}

/// What a stable number or another code stands for.
pub(super) fn known<T>(found: Option<T>) -> Read<T> {
    found.ok_or(SnapshotError::Malformed("a code"))
}

/// Keys come in order, each once.
pub(super) fn in_order<K: Ord>(previous: &mut Option<K>, key: K) -> Read<()> {
    if previous.as_ref().is_some_and(|previous| *previous >= key) {
        return Err(SnapshotError::Malformed("an order"));
    }
    *previous = Some(key);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_numbers_come_back_from_their_columns() {
        for value in [0, 1, -1, 63, -64, i128::from(i64::MIN), i128::MAX, i128::MIN] {
            assert_eq!(unsigned(signed(value)), value);
        }
        for value in [0, 1, -1, 63, -64, i64::MAX, i64::MIN] {
            assert_eq!(unsigned_short(signed_short(value)), value);
        }
        assert_eq!((signed(-1), signed(1)), ([1, 0], [2, 0]));
        assert_eq!((signed_short(-1), signed_short(1)), (1, 2));
    }

    #[test]
    fn a_table_of_every_width_comes_back() {
        for rows in [0, 1, 2, BLOCK_ROWS - 1, BLOCK_ROWS, 3 * BLOCK_ROWS, 3 * BLOCK_ROWS + 1] {
            let table: Vec<[u64; 9]> = (0..rows as u64)
                .map(|n| {
                    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    core::array::from_fn(|column| match column {
                        0 => 7,
                        8 => mixed,
                        column => u64::MAX / 3 + (mixed >> (64 - 8 * column)),
                    })
                })
                .collect();
            let mut bytes = Vec::new();
            let mut sink = |chunk: &[u8]| bytes.extend_from_slice(chunk);
            let mut writer = Writer::new(&mut sink);
            writer.table(table.iter().copied());
            writer.finish();
            let (mut reader, mut read) = (Reader::new(&bytes), Vec::new());
            reader
                .table(|row| {
                    read.push(*row);
                    Ok(())
                })
                .expect("a table");
            reader.finish().expect("nothing more");
            assert!(read == table, "{rows} rows");
        }
    }

    #[test]
    fn a_value_takes_no_more_bytes_than_its_distance_needs() {
        for (distance, width) in [(0, 1), (255, 1), (256, 2), (65_536, 3), (u64::MAX, 8)] {
            let mut bytes = Vec::new();
            let mut sink = |chunk: &[u8]| bytes.extend_from_slice(chunk);
            let mut writer = Writer::new(&mut sink);
            writer.table([[0], [distance]].into_iter());
            writer.finish();
            assert_eq!(bytes.len(), 4 + 1 + 8 + 2 * width, "distance {distance}");
        }
    }

    #[test]
    fn a_length_beyond_the_end_is_refused_before_anything_is_allocated() {
        let huge = [0xff; 8];
        assert_eq!(Reader::new(&huge).bytes(), Err(SnapshotError::TooShort));
        assert_eq!(Reader::new(&huge).count(1), Err(SnapshotError::TooShort));
        assert_eq!(Reader::new(&huge).table(|_: &[u64; 1]| Ok(())), Err(SnapshotError::TooShort));
        let two = [2, 0, 0, 0, 9, 9];
        assert_eq!(Reader::new(&two).count(1), Ok(2));
        assert_eq!(Reader::new(&two).count(2), Err(SnapshotError::TooShort));
    }

    #[test]
    fn a_block_of_too_many_rows_is_refused() {
        let mut bytes = alloc::vec![0; 5_000];
        bytes[..4].copy_from_slice(&1_025_u32.to_le_bytes());
        let read = Reader::new(&bytes).table(|_: &[u64; 1]| Ok(()));
        assert_eq!(read, Err(SnapshotError::Malformed("a table")));
    }
}
