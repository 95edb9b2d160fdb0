//! Numeric references as texts: all of a run at once, so that rows can borrow them.

use super::columns::Parts;
use super::layout::{Column, verdict};
use super::number::write_reference;
use crate::error::{Fault, Flaw};
use crate::writer::unzigzag;

/// Takes the column of numeric references and appends their texts, one after the other in the
/// order of the rows.
pub(super) fn take_references(parts: &mut Parts<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let Parts { dictionaries, columns, .. } = parts;
    // Marks and origins are only looked at: the rows read them again.
    let mut marks = columns.column(Column::Mark);
    let mut indexes = columns.column(Column::Origin);
    let mut differences = columns.take(Column::Reference);
    while !marks.is_empty() {
        if marks.number()? & u64::from(verdict::MASK) == u64::from(verdict::DEAD_LETTER) {
            continue;
        }
        let here = indexes;
        let index = usize::try_from(indexes.number()?).unwrap_or(usize::MAX);
        let Some(origin) = dictionaries.origins.get_mut(index) else {
            return Err(here.fault(Flaw::UnknownEntry));
        };
        let width = origin.entry.reference_width;
        if width > 0 {
            let here = differences;
            let number = origin.before.checked_add(unzigzag(differences.number()?));
            let number = number.filter(|number| write_reference(*number, width, out));
            origin.before = number.ok_or_else(|| here.fault(Flaw::OutOfRange))?;
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.fault(Flaw::LongColumn)) }
}
