//! Short texts compared without a call: codes are rarely longer than sixteen bytes, and most
//! comparisons are of a text with itself.

/// True if both texts are the same.
#[inline]
pub(crate) fn same(a: &str, b: &str) -> bool {
    same_bytes(a.as_bytes(), b.as_bytes())
}

/// True if both are the same bytes.
#[inline]
pub(crate) fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if std::ptr::eq(a, b) {
        return true;
    }
    // Two chunks that may overlap cover a text of one to two times their length.
    match a.len() {
        0 => true,
        len @ 1..=3 => a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1],
        4..=7 => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
        8..=16 => a.first_chunk::<8>() == b.first_chunk() && a.last_chunk::<8>() == b.last_chunk(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts() {
        for len in 0..40 {
            let text = vec![b'a'; len];
            assert!(same_bytes(&text, &text.clone()), "{len}");
            assert!(!same_bytes(&text, &[&text[..], b"a"].concat()));
            for at in 0..len {
                let mut other = text.clone();
                other[at] = b'b';
                assert!(!same_bytes(&text, &other), "{len} {at}");
            }
        }
    }
}
