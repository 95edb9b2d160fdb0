//! Texts as small integers. The numbers follow the order of first sight and never show outside.
//!
//! Codes are short: one of up to 16 bytes is compared as two integers, without going to the
//! text itself.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A table of texts without doubles.
#[derive(Clone, Default)]
pub(crate) struct Interner {
    index: HashTable<(Key, u32)>,
    texts: Vec<Box<str>>,
}

/// A fixed seed: the same texts hash alike on every machine.
const HASHER: FixedState = FixedState::with_seed(0x636c_6561_7266_6f6c);

/// First and last eight bytes and the length: the whole text if it has up to 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    first: u64,
    last: u64,
    length: usize,
}

impl Key {
    /// The key of a text.
    #[inline]
    pub(crate) fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => Self::short(text),
        };
        // What lies between the two ends of a longer text still spreads its hash.
        let last = if length > 16 { last ^ HASHER.hash_one(text) } else { last };
        Self { first, last, length }
    }

    #[inline]
    fn short(text: &[u8]) -> (u64, u64) {
        match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
            }
            _ => {
                let byte = |at: usize| text.get(at).copied().map_or(0, u64::from);
                (byte(0) | byte(1) << 8 | byte(2) << 16, 0)
            }
        }
    }

    /// Whether the key says the whole text.
    #[inline]
    const fn is_whole(&self) -> bool {
        self.length <= 16
    }

    /// The hash of the key, for look-ups only.
    #[inline]
    pub(crate) fn hash(self) -> u64 {
        HASHER.hash_one((self.first, self.last, self.length))
    }
}

impl Interner {
    /// The number of a text that is in.
    #[inline]
    pub(crate) fn get(&self, text: &str) -> Option<u32> {
        let key = Key::of(text.as_bytes());
        self.index
            .find(key.hash(), |(known, id)| {
                *known == key && (key.is_whole() || &*self.texts[*id as usize] == text)
            })
            .map(|(_, id)| *id)
    }

    /// The number of a text, new if need be.
    #[inline]
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        match self.get(text) {
            Some(id) => id,
            None => self.add(text),
        }
    }

    fn add(&mut self, text: &str) -> u32 {
        let id = u32::try_from(self.texts.len()).expect("fewer than 2^32 texts");
        self.texts.push(text.into());
        let key = Key::of(text.as_bytes());
        self.index.insert_unique(key.hash(), (key, id), |(key, _)| key.hash());
        id
    }

    /// The text behind a number.
    #[inline]
    pub(crate) fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// How many texts there are: all numbers lie below.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Every text, in order of its number.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn a_text_keeps_its_number() {
        let mut table = Interner::default();
        let (a, b) = (table.intern("XNYS"), table.intern("ARCX"));
        assert_eq!((table.intern("XNYS"), table.get("ARCX")), (a, Some(b)));
        assert_eq!(table.text(b), "ARCX");
        assert_eq!(table.get("XNAS"), None);
    }

    #[test]
    fn texts_that_share_their_ends_are_told_apart() {
        let mut table = Interner::default();
        let texts: Vec<String> =
            (0..40).flat_map(|n| ["A".repeat(n), format!("HEAD-HEAD{n:03}TAIL-TAIL")]).collect();
        let ids: Vec<u32> = texts.iter().map(|text| table.intern(text)).collect();
        for (text, id) in texts.iter().zip(&ids) {
            assert_eq!(table.get(text), Some(*id));
            assert_eq!(table.text(*id), text);
        }
    }
}
