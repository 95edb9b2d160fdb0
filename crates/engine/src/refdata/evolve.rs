//! Applies published reference data to the registry.

use model::Event;
use model::reference::InstrumentChange;

use basics::InstrumentId;

use super::{
    AccountRecord, CurrencyRecord, InstrumentRecord, InstrumentVersion, MemberRecord,
    MemberVersion, Registry, Today,
};
use crate::effective::Effective;

impl Registry {
    /// Applies a change that was published.
    pub(crate) fn evolve(&mut self, event: &Event<'_>) {
        match event {
            Event::CurrencyPublished { id, change, assumed } => {
                self.currencies_stated |= !assumed;
                if self.currency_codes.intern(change.code) as usize == self.currencies.len() {
                    self.currencies.push(CurrencyRecord {
                        code: change.code.into(),
                        minor_decimals: change.minor_decimals,
                        calendar: Effective::default(),
                    });
                }
                self.currencies[id.0 as usize].calendar.set(change.from, change.calendar.into());
            }
            Event::CalendarClosed(closure) => {
                let calendar = self.calendars.entry(closure.calendar.into()).or_default();
                calendar.close(closure.closed_on);
            }
            Event::MemberPublished { id, change } => {
                if self.member_codes.intern(change.member) as usize == self.members.len() {
                    let versions = Effective::default();
                    self.members.push(MemberRecord { code: change.member.into(), versions });
                }
                let version = MemberVersion {
                    lei: change.lei.into(),
                    name: change.name.into(),
                    status: change.status,
                };
                self.members[id.0 as usize].versions.set(change.from, version);
            }
            Event::AccountPublished { id, change } => {
                if self.account_codes.intern(change.account) as usize == self.accounts.len() {
                    let member = self.member(change.member).expect("decide checked the member");
                    self.accounts.push(AccountRecord {
                        code: change.account.into(),
                        member,
                        kind: change.kind,
                        status: Effective::default(),
                    });
                }
                self.accounts[id.0 as usize].status.set(change.from, change.status);
            }
            Event::InstrumentPublished { id, change } => self.evolve_instrument(*id, change),
            Event::PolicyPublished(change) => self.policy.set(change.from, change.model),
            Event::PriorityPublished { account, instrument, change } => self
                .priorities
                .entry((*account, *instrument))
                .or_default()
                .set(change.from, change.group),
            Event::HoldingOpened(_)
            | Event::SettlementDateMoved(_)
            | Event::DayOpened(_)
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
            | Event::RunCompleted(_) => unreachable!("only reference data reaches the registry"),
        }
    }

    fn evolve_instrument(&mut self, id: InstrumentId, change: &InstrumentChange) {
        if id.0 as usize == self.instruments.len() {
            self.instruments.push(InstrumentRecord {
                currency: self.currency(change.currency).expect("decide checked the currency"),
                quantity_decimals: change.quantity_decimals,
                versions: Effective::default(),
                today: Today::default(),
            });
        }
        if self.isins.intern(change.isin) as usize == self.isin_owner.len() {
            self.isin_owner.push(id);
        }
        let version = InstrumentVersion::of(change);
        self.instruments[id.0 as usize].versions.set(change.from, version);
    }
}

impl InstrumentVersion {
    /// The version that a change states.
    pub(crate) fn of(change: &InstrumentChange<'_>) -> Self {
        Self {
            isin: change.isin.into(),
            symbol: change.symbol.into(),
            name: change.name.into(),
            kind: change.kind.into(),
            listed_on: change.listed_on.into(),
            trading_calendar: change.trading_calendar.into(),
            settlement_calendar: change.settlement_calendar.into(),
            cycle: change.cycle,
            status: change.status,
        }
    }
}
