//! Texts as small integers. The numbers follow the order of first sight and never show outside.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A table of texts without doubles.
#[derive(Clone, Default)]
pub(crate) struct Interner {
    index: HashTable<u32>,
    texts: Vec<Box<str>>,
}

/// A fixed seed: the same texts hash alike on every machine.
const HASHER: FixedState = FixedState::with_seed(0x636c_6561_7266_6f6c);

/// The hash of some bytes, for look-ups only.
#[inline]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    HASHER.hash_one(bytes)
}

impl Interner {
    /// The number of a text that is in.
    #[inline]
    pub(crate) fn get(&self, text: &str) -> Option<u32> {
        self.index.find(hash(text.as_bytes()), |id| &*self.texts[*id as usize] == text).copied()
    }

    /// The number of a text, new if need be.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.get(text) {
            return id;
        }
        let id = u32::try_from(self.texts.len()).expect("fewer than 2^32 texts");
        self.texts.push(text.into());
        let texts = &self.texts;
        let rehash = |id: &u32| hash(texts[*id as usize].as_bytes());
        self.index.insert_unique(hash(text.as_bytes()), id, rehash);
        id
    }

    /// The text behind a number.
    #[inline]
    pub(crate) fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// Every text, in order of its number.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut table = Interner::default();
        let (a, b) = (table.intern("XNYS"), table.intern("ARCX"));
        assert_eq!((table.intern("XNYS"), table.get("ARCX")), (a, Some(b)));
        assert_eq!(table.text(b), "ARCX");
        assert_eq!(table.get("XNAS"), None);
    }
}
