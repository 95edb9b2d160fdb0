//! Numbers of up to 128 bits as NUMERIC, in PostgreSQL's binary form: groups of four decimal
//! digits, the highest first.

use bytes::{BufMut, BytesMut};

/// Values of a group.
const BASE: u128 = 10_000;

/// Groups of the largest number.
const GROUPS: usize = 10;

const NEGATIVE: u16 = 0x4000;

/// Appends a number.
pub fn put(number: i128, out: &mut BytesMut) {
    let mut groups = [0_u16; GROUPS];
    let mut left = number.unsigned_abs();
    let mut used = 0;
    while left > 0 {
        groups[used] = u16::try_from(left % BASE).expect("a group is below its base");
        left /= BASE;
        used += 1;
    }
    let count = u16::try_from(used).expect("at most ten groups");
    out.put_u16(count);
    // The weight of the first group, which none has when there is none.
    out.put_u16(count.saturating_sub(1));
    out.put_u16(if number < 0 { NEGATIVE } else { 0 });
    // Digits behind the point.
    out.put_u16(0);
    for group in groups[..used].iter().rev() {
        out.put_u16(*group);
    }
}

/// The whole number in these bytes; `None` when it is none, or needs more than 128 bits.
pub fn get(bytes: &[u8]) -> Option<i128> {
    let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(2 * at)?, *bytes.get(2 * at + 1)?]));
    let (count, weight, sign) = (word(0)?, word(1)?.cast_signed(), word(2)?);
    if ![0, NEGATIVE].contains(&sign) {
        // Not a number, or without end.
        return None;
    }
    let mut number = 0_i128;
    for at in 0..count {
        let group = i128::from(word(4 + usize::from(at))?);
        let power = i32::from(weight) - i32::from(at);
        if power < 0 {
            // Behind the point.
            if group != 0 {
                return None;
            }
            continue;
        }
        let worth = i128::try_from(BASE).ok()?.checked_pow(power.cast_unsigned())?;
        let part = group.checked_mul(worth)?;
        number = match sign {
            NEGATIVE => number.checked_sub(part)?,
            _ => number.checked_add(part)?,
        };
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        let powers = (0..38).map(|power| 10_i128.pow(power));
        let near = powers.flat_map(|power| [power - 1, power, power + 1, -power]);
        for number in near.chain([i128::MAX, i128::MIN, i128::from(i64::MIN)]) {
            let mut bytes = BytesMut::new();
            put(number, &mut bytes);
            assert_eq!(get(&bytes), Some(number));
        }
    }

    #[test]
    fn what_is_no_whole_number_of_128_bits_is_not_read() {
        // 1.5; not a number; 10^40; a group too few.
        for words in
            [&[2_u16, 0, 0, 1, 1, 5_000][..], &[0, 0, 0xC000, 0], &[1, 10, 0, 0, 1], &[1, 0]]
        {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            assert_eq!(get(&bytes), None, "{words:?}");
        }
    }
}
