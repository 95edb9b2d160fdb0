//! Protobuf's primitives, written: variable-length numbers, field keys, length-delimited fields.

/// How a field's value lies on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireType {
    /// A variable-length number.
    Number = 0,
    /// A length and that many bytes.
    Bytes = 2,
}

/// Maps signed numbers to unsigned ones so that small magnitudes stay small.
pub(crate) const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// The inverse of [`zigzag`].
pub(crate) const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

/// Appends a variable-length number.
#[inline]
pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Length in bytes of a variable-length number.
pub(crate) const fn number_len(number: u64) -> usize {
    ((63 - (number | 1).leading_zeros()) / 7 + 1) as usize
}

/// Appends a field's key.
pub(crate) fn put_key(out: &mut Vec<u8>, field: u32, wire_type: WireType) {
    put_number(out, u64::from(field) << 3 | wire_type as u64);
}

/// Appends a field of bytes.
pub(crate) fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_key(out, field, WireType::Bytes);
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a number unless it is zero, as proto3 does.
pub(crate) fn put_uint(out: &mut Vec<u8>, field: u32, number: u64) {
    if number != 0 {
        put_key(out, field, WireType::Number);
        put_number(out, number);
    }
}

/// Appends a field that is a message; `write` appends its fields.
pub(crate) fn put_message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    put_key(out, field, WireType::Bytes);
    // Nearly all messages are shorter than 128 bytes: one byte of length, no move.
    let at = out.len();
    out.push(0);
    write(out);
    let len = out.len() - at - 1;
    match u8::try_from(len) {
        Ok(short) if short < 0x80 => out[at] = short,
        Ok(_) | Err(_) => {
            let mut length = Vec::with_capacity(number_len(len as u64));
            put_number(&mut length, len as u64);
            out.splice(at..=at, length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zigzag_keeps_every_number() {
        for number in [0, 1, -1, 63, -64, i64::MAX, i64::MIN] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
        assert_eq!([zigzag(-1), zigzag(1), zigzag(-2)], [1, 2, 3]);
    }

    #[test]
    fn a_number_is_as_long_as_said() {
        for shift in 0..64 {
            for number in [1_u64 << shift, (1_u64 << shift) - 1] {
                let mut out = Vec::new();
                put_number(&mut out, number);
                assert_eq!(out.len(), number_len(number), "{number}");
            }
        }
    }

    #[test]
    fn a_long_message_keeps_its_bytes() {
        let body = vec![7; 300];
        let mut out = Vec::new();
        put_message(&mut out, 1, |out| out.extend_from_slice(&body));
        assert_eq!(out[..3], [0x0a, 0xac, 0x02]);
        assert_eq!(out[3..], body);
    }
}
