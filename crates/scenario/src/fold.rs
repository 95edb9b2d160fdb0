//! One event at a time: what is kept of it, and what it says in words.

use basics::{Date, Decimal, EntryNo, Seq};
use ledger::Asset;
use ledger::postings::Cleared;
use model::Event;
use model::entries::entries;
use model::event::{
    AdvanceTried, ObligationFellDue, PaymentDecided, PaymentStatus, PositionSettled,
    SettlementDateMoved, TradeAmended, TradeCancelled, TradeCaptured, TradeNovated,
};

use crate::facts::{EntryFact, Facts, Note, PaymentFact, TradeFact};

impl Facts {
    /// Keeps an event. `today` is the day last opened when it was decided.
    pub fn learn(&mut self, seq: Seq, today: Option<Date>, event: &Event<'_>) {
        self.directory.learn(event);
        // Before the first day, opening balances count for no date of their own.
        let booked = entries(event, today.unwrap_or(Date::MIN));
        let first = booked.first().map_or(EntryNo(0), |entry| entry.number);
        let entries = (first, booked.len() as u64);
        for entry in booked {
            self.entries.push(EntryFact { seq, business_date: today, entry });
        }
        self.keep(seq, event);
        let said = self.said(event);
        self.notes.push(Note { seq, business_date: today, entries, ..said });
    }

    fn keep(&mut self, seq: Seq, event: &Event<'_>) {
        match event {
            Event::TradeCaptured(e) => self.captured(seq, e),
            Event::TradeAmended(e) => self.amended(seq, e),
            Event::TradeCancelled(e) => self.cancelled(seq, e),
            Event::SettlementDateMoved(e) => self.date_moved(e),
            Event::PositionSettled(e) => self.settlements.push(*e),
            Event::PaymentDecided(e) => self.payments.push(PaymentFact::Own(*e)),
            Event::AdvanceTried(e) => self.payments.push(PaymentFact::Advance(*e)),
            Event::BooksProved(e) => self.proofs.push(e.clone()),
            Event::CurrencyPublished { .. }
            | Event::CalendarClosed(_)
            | Event::MemberPublished { .. }
            | Event::AccountPublished { .. }
            | Event::InstrumentPublished { .. }
            | Event::PolicyPublished(_)
            | Event::PriorityPublished { .. }
            | Event::HoldingOpened(_)
            | Event::DayOpened(_)
            | Event::TradingClosed { .. }
            | Event::TradeNovated(_)
            | Event::PricePublished { .. }
            | Event::RunStarted(_)
            | Event::RunAdvanced(_)
            | Event::ObligationFellDue(_)
            | Event::PositionAdjusted(_)
            | Event::RunRounded(_)
            | Event::RunCompleted(_) => {}
        }
    }

    fn captured(&mut self, seq: Seq, e: &TradeCaptured<'_>) {
        let key = (e.key.source.into(), e.key.trade_date.to_string(), e.key.reference.into());
        let (cleared, price) = (e.terms.cleared, e.terms.price);
        let trade = TradeFact { key, version: 1, live: true, cleared, price, seq };
        self.trades.insert(e.trade, trade);
    }

    fn amended(&mut self, seq: Seq, e: &TradeAmended<'_>) {
        let trade = self.trades.get_mut(&e.trade).expect("an amended trade was captured");
        (trade.version, trade.seq) = (e.version, seq);
        (trade.cleared, trade.price) = (e.terms.cleared, e.terms.price);
    }

    fn cancelled(&mut self, seq: Seq, e: &TradeCancelled<'_>) {
        let trade = self.trades.get_mut(&e.trade).expect("a cancelled trade was captured");
        (trade.version, trade.live, trade.seq) = (e.version, false, seq);
    }

    fn date_moved(&mut self, e: &SettlementDateMoved) {
        for trade in self.trades.values_mut() {
            let cleared = &mut trade.cleared;
            if cleared.instrument == e.instrument && cleared.settlement_date == e.from {
                cleared.settlement_date = e.to;
            }
        }
    }

    /// An amount with its asset's decimals.
    pub fn amount(&self, asset: Asset, amount: i128) -> String {
        let scale = self.directory.asset(asset).decimals();
        Decimal { mantissa: amount, scale }.to_string()
    }

    /// What an event says in words.
    fn said(&self, event: &Event<'_>) -> Note {
        match event {
            Event::TradeCaptured(e) => self.said_captured(e),
            Event::TradeNovated(e) => self.said_novated(e),
            Event::TradeAmended(e) => self.said_amended(e),
            Event::TradeCancelled(e) => Note {
                trade: Some(e.trade),
                detail: format!("version {}", e.version),
                ..note("trade_cancelled")
            },
            Event::SettlementDateMoved(e) => Note {
                instrument: Some(e.instrument),
                settlement_date: Some(e.from),
                detail: format!("{} to {}", e.from, e.to),
                ..note("settlement_date_moved")
            },
            Event::ObligationFellDue(e) => self.said_fell_due(e),
            Event::PositionSettled(e) => self.said_settled(e),
            Event::PaymentDecided(e) => self.said_payment(e),
            Event::AdvanceTried(e) => self.said_advance(e),
            Event::PricePublished { instrument, price_date, price } => Note {
                instrument: Some(*instrument),
                detail: format!("{price} for {price_date}"),
                ..note("price_published")
            },
            Event::DayOpened(e) => {
                let settles = if e.commitment.is_some() { "" } else { " without settlement" };
                dated("day_opened", e.date, settles)
            }
            Event::TradingClosed { date } => dated("trading_closed", *date, ""),
            Event::RunStarted(e) => Note { detail: e.kind.name().into(), ..note("run_started") },
            Event::RunCompleted(e) => {
                Note { detail: e.kind.name().into(), ..note("run_completed") }
            }
            Event::RunRounded(e) => Note {
                detail: self.amount(Asset::Currency(e.currency), e.amount),
                ..note("run_rounded")
            },
            Event::HoldingOpened(e) => Note {
                account: Some(e.account),
                detail: self.amount(e.asset, e.quantity),
                ..note("holding_opened")
            },
            Event::PositionAdjusted(e) => Note {
                account: Some(e.change.account),
                instrument: Some(e.change.instrument),
                ..note("position_adjusted")
            },
            Event::CurrencyPublished { change, .. } => published("currency", change.code),
            Event::CalendarClosed(closure) => published("closure", closure.calendar),
            Event::MemberPublished { change, .. } => published("member", change.member),
            Event::AccountPublished { change, .. } => published("account", change.account),
            Event::InstrumentPublished { change, .. } => published("instrument", change.isin),
            Event::PolicyPublished(change) => published("policy", change.model.name()),
            Event::PriorityPublished { change, .. } => published("priority", change.account),
            Event::RunAdvanced(_) => note("run_advanced"),
            Event::BooksProved(_) => note("books_proved"),
        }
    }

    fn said_captured(&self, e: &TradeCaptured<'_>) -> Note {
        let detail = self.terms(&e.terms.cleared);
        Note { trade: Some(e.trade), detail, ..note("trade_captured") }
    }

    fn said_novated(&self, e: &TradeNovated) -> Note {
        let (buyer, seller) = (e.buyer_contract, e.seller_contract);
        let detail = format!("contracts {buyer} and {seller}");
        Note { trade: Some(e.trade), detail, ..note("trade_novated") }
    }

    fn said_amended(&self, e: &TradeAmended<'_>) -> Note {
        let detail = format!("version {}, {}", e.version, self.terms(&e.terms.cleared));
        Note { trade: Some(e.trade), detail, ..note("trade_amended") }
    }

    fn terms(&self, cleared: &Cleared) -> String {
        let named = self.directory.cleared(cleared);
        format!(
            "{} buys {} from {} for {}, settles {}",
            named.buyer.code,
            self.amount(Asset::Instrument(cleared.instrument), cleared.quantity.0.into()),
            named.seller.code,
            self.amount(Asset::Currency(cleared.currency), cleared.consideration.0.into()),
            cleared.settlement_date,
        )
    }

    fn said_fell_due(&self, e: &ObligationFellDue) -> Note {
        let net = &e.net;
        let detail = format!(
            "{} {} and {}",
            self.directory.account(net.account).code,
            self.amount(Asset::Instrument(net.instrument), net.units),
            self.amount(Asset::Currency(net.currency), net.money),
        );
        Note {
            account: Some(net.account),
            instrument: Some(net.instrument),
            settlement_date: Some(e.settlement_date),
            detail,
            ..note("obligation_fell_due")
        }
    }

    fn said_settled(&self, e: &PositionSettled) -> Note {
        let units = |amount| self.amount(Asset::Instrument(e.instrument), amount);
        let detail = format!(
            "{} had {}, moved {}, has {}, age {}",
            self.directory.account(e.account).code,
            units(e.open_before),
            units(e.moved),
            units(e.open_after),
            e.age,
        );
        let (account, instrument) = (Some(e.account), Some(e.instrument));
        Note { account, instrument, detail, ..note("position_settled") }
    }

    fn said_payment(&self, e: &PaymentDecided) -> Note {
        let amount = self.amount(Asset::Currency(e.currency), e.amount);
        let detail = format!("{} {amount}", self.directory.account(e.account).code);
        let event = match e.status {
            PaymentStatus::Paid => "payment_made",
            PaymentStatus::Failed => "payment_failed",
        };
        Note { account: Some(e.account), detail, ..note(event) }
    }

    fn said_advance(&self, e: &AdvanceTried) -> Note {
        let amount = self.amount(Asset::Currency(e.currency), e.amount);
        let code = self.directory.account(e.account).code;
        let event = match e.status {
            PaymentStatus::Paid => "advance_repaid",
            PaymentStatus::Failed => "advance_not_repaid",
        };
        let detail = format!("{code} {amount} of {}", e.due);
        Note { account: Some(e.account), detail, ..note(event) }
    }
}

fn note(event: &'static str) -> Note {
    Note { event, ..Note::default() }
}

fn dated(event: &'static str, date: Date, more: &str) -> Note {
    Note { detail: format!("{date}{more}"), ..note(event) }
}

fn published(what: &str, code: &str) -> Note {
    Note { detail: format!("{what} {code}"), ..note("reference_published") }
}
