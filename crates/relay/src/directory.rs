//! Who is who: the codes and decimals behind ids, as reference events introduce them.
//!
//! An instrument's ISIN can change from a date on. Its new code waits until that day is opened,
//! so every record shows the codes of its own business day.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, InstrumentId};
use ledger::postings::Cleared;
use ledger::{Asset, LedgerAccount};
use model::Event;
use model::public::{
    AccountRef, AssetRef, ClearedRecord, CurrencyRef, InstrumentRef, LedgerAccountRef,
};

/// Codes and decimals by id. A fold of reference events; a reader that starts in the middle fills
/// it from what it kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    accounts: Vec<Box<str>>,
    instruments: Vec<Coded>,
    currencies: Vec<Coded>,
    /// ISINs that are in force from a day that is not open yet.
    coming: BTreeMap<(Date, InstrumentId), Box<str>>,
    /// The day last opened; `None` before the first.
    today: Option<Date>,
}

/// A code and the decimals of what it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Coded {
    code: Box<str>,
    decimals: u8,
    /// The code is in force from.
    from: Date,
}

/// An instrument's code from a date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentCode<'a> {
    /// The ISIN.
    pub isin: &'a str,
    /// Decimals of the instrument's quantity; they never change.
    pub decimals: u8,
    /// In force from.
    pub from: Date,
}

impl Directory {
    /// Folds one event; only reference data and the opening of days matter here.
    pub fn learn(&mut self, event: &Event<'_>) {
        match event {
            Event::CurrencyPublished { id, change, .. } => {
                self.learn_currency(*id, change.code, change.minor_decimals);
            }
            Event::AccountPublished { id, change } => self.learn_account(*id, change.account),
            Event::InstrumentPublished { id, change } => {
                let (isin, from) = (change.isin, change.from);
                let decimals = change.quantity_decimals;
                self.learn_instrument(*id, InstrumentCode { isin, decimals, from });
            }
            Event::DayOpened(opened) => self.open_day(opened.date),
            Event::CalendarClosed(_)
            | Event::MemberPublished { .. }
            | Event::PolicyPublished(_)
            | Event::PriorityPublished { .. }
            | Event::HoldingOpened(_)
            | Event::SettlementDateMoved(_)
            | Event::TradingClosed { .. }
            | Event::TradeCaptured(_)
            | Event::TradeNovated(_)
            | Event::TradeAmended(_)
            | Event::TradeCancelled(_)
            | Event::PricePublished { .. }
            | Event::RunStarted(_)
            | Event::RunAdvanced(_)
            | Event::ObligationFellDue(_)
            | Event::PositionSettled(_)
            | Event::PositionAdjusted(_)
            | Event::PaymentDecided(_)
            | Event::AdvanceTried(_)
            | Event::RunRounded(_)
            | Event::BooksProved(_)
            | Event::RunCompleted(_) => {}
        }
    }

    /// A currency has this code and these decimals of its minor unit.
    pub fn learn_currency(&mut self, id: CurrencyId, code: &str, decimals: u8) {
        *slot(&mut self.currencies, id.0) = Coded { code: code.into(), decimals, from: Date::MIN };
    }

    /// An account has this code.
    pub fn learn_account(&mut self, id: AccountId, code: &str) {
        *slot(&mut self.accounts, id.0) = code.into();
    }

    /// An instrument has this code from a date on.
    pub fn learn_instrument(&mut self, id: InstrumentId, code: InstrumentCode<'_>) {
        let InstrumentCode { isin, decimals, from } = code;
        let known = slot(&mut self.instruments, id.0);
        let is_new = known.code.is_empty();
        let is_due = from <= self.today.unwrap_or(Date::MIN);
        // A new instrument shows the code it will have rather than none.
        if is_new || (is_due && known.from <= from) {
            *known = Coded { code: isin.into(), decimals, from };
        } else if !is_due {
            self.coming.insert((from, id), isin.into());
        }
    }

    /// A business day began: codes that waited for it are in force.
    pub fn open_day(&mut self, date: Date) {
        self.today = Some(date);
        while let Some(first) = self.coming.first_entry() {
            let (from, id) = *first.key();
            if from > date {
                break;
            }
            let code = first.remove();
            let known = &mut self.instruments[id.0 as usize];
            (known.code, known.from) = (code, from);
        }
    }

    /// An account with its code.
    ///
    /// # Panics
    /// When no event introduced it: then the journal is not whole.
    #[inline]
    #[must_use]
    pub fn account(&self, id: AccountId) -> AccountRef<'_> {
        let code = self.accounts.get(id.0 as usize).expect("accounts are published before use");
        AccountRef { id, code }
    }

    /// An instrument with the ISIN that it has now.
    ///
    /// # Panics
    /// When no event introduced it: then the journal is not whole.
    #[inline]
    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> InstrumentRef<'_> {
        let known = self.instruments.get(id.0 as usize);
        let known = known.expect("instruments are published before use");
        InstrumentRef { id, isin: &known.code, decimals: known.decimals }
    }

    /// A currency with its code.
    ///
    /// # Panics
    /// When no event introduced it: then the journal is not whole.
    #[inline]
    #[must_use]
    pub fn currency(&self, id: CurrencyId) -> CurrencyRef<'_> {
        let known = self.currencies.get(id.0 as usize);
        let known = known.expect("currencies are published before use");
        CurrencyRef { id, code: &known.code, decimals: known.decimals }
    }

    /// An asset with its code.
    #[must_use]
    pub fn asset(&self, asset: Asset) -> AssetRef<'_> {
        match asset {
            Asset::Instrument(id) => AssetRef::Instrument(self.instrument(id)),
            Asset::Currency(id) => AssetRef::Currency(self.currency(id)),
        }
    }

    /// A trade's obligations with their codes.
    #[inline]
    #[must_use]
    pub fn cleared(&self, cleared: &Cleared) -> ClearedRecord<'_> {
        ClearedRecord {
            instrument: self.instrument(cleared.instrument),
            currency: self.currency(cleared.currency),
            buyer: self.account(cleared.buyer),
            seller: self.account(cleared.seller),
            quantity: cleared.quantity,
            consideration: cleared.consideration,
            settlement_date: cleared.settlement_date,
        }
    }

    /// A ledger account with its codes.
    #[must_use]
    pub fn ledger_account(&self, key: LedgerAccount) -> LedgerAccountRef<'_> {
        LedgerAccountRef {
            key,
            owner: key.owner().map(|id| self.account(id).code),
            isin: key.instrument().map(|id| self.instrument(id).isin),
        }
    }
}

/// The place of an id; ids are handed out in order, so nothing stays empty for long.
fn slot<T: Default>(table: &mut Vec<T>, id: u32) -> &mut T {
    let index = id as usize;
    if index >= table.len() {
        table.resize_with(index + 1, T::default);
    }
    &mut table[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text.as_bytes()).expect("a date")
    }

    #[test]
    fn a_new_isin_shows_from_its_day_on() {
        let mut directory = Directory::default();
        let id = InstrumentId(0);
        let code = |isin, from| InstrumentCode { isin, decimals: 0, from };
        directory.learn_instrument(id, code("US0268747849", Date::MIN));
        directory.open_day(date("2013-10-07"));
        directory.learn_instrument(id, code("US0605051046", date("2013-10-09")));
        assert_eq!(directory.instrument(id).isin, "US0268747849");
        directory.open_day(date("2013-10-08"));
        assert_eq!(directory.instrument(id).isin, "US0268747849");
        directory.open_day(date("2013-10-10"));
        assert_eq!(directory.instrument(id).isin, "US0605051046");
    }
}
