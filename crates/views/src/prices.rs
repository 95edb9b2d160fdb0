//! Prices: the last one accepted for each instrument and day.

use model::public::{Envelope, PriceRecord};

use crate::change::PriceRow;
use crate::{Change, View};

/// One row for each instrument and price date.
pub const VIEW: View = View { name: "prices", version: 1 };

/// A price is known.
pub fn published(
    envelope: &Envelope<'_>,
    record: &PriceRecord<'_>,
    emit: &mut impl FnMut(Change<'_>),
) {
    let (price_date, price, seq) = (record.price_date, record.price, envelope.seq);
    emit(Change::Price(PriceRow { instrument: record.instrument.id, price_date, price, seq }));
}
