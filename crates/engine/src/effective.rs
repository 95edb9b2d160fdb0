//! Values that are in force from a date, so that a change never rewrites what was before it.

use alloc::vec::Vec;

use basics::Date;

/// A value through time: each version is in force from its date until the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effective<T> {
    /// In order of date; one version for each date.
    versions: Vec<(Date, T)>,
}

impl<T> Default for Effective<T> {
    fn default() -> Self {
        Self { versions: Vec::new() }
    }
}

impl<T> Effective<T> {
    /// Sets the value from `from` on; replaces a version of the same date.
    pub(crate) fn set(&mut self, from: Date, value: T) {
        match self.versions.binary_search_by_key(&from, |(date, _)| *date) {
            Ok(at) => self.versions[at].1 = value,
            Err(at) => self.versions.insert(at, (from, value)),
        }
    }

    /// The value in force on a date; `None` before the first version.
    pub(crate) fn at(&self, date: Date) -> Option<&T> {
        self.versions.iter().rev().find(|(from, _)| *from <= date).map(|(_, value)| value)
    }

    /// The version that begins exactly on a date.
    pub(crate) fn beginning_on(&self, date: Date) -> Option<&T> {
        self.versions.iter().find(|(from, _)| *from == date).map(|(_, value)| value)
    }

    /// Every version, in order of date.
    pub(crate) fn versions(&self) -> &[(Date, T)] {
        &self.versions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_in_force_until_the_next() {
        let mut value = Effective::default();
        value.set(Date(10), "b");
        value.set(Date::MIN, "a");
        assert_eq!(value.at(Date(9)), Some(&"a"));
        assert_eq!(value.at(Date(10)), Some(&"b"));
        value.set(Date(10), "c");
        assert_eq!(value.at(Date(11)), Some(&"c"));
        assert_eq!(value.beginning_on(Date(10)), Some(&"c"));
        assert_eq!(Effective::<u8>::default().at(Date(1)), None);
    }
}
