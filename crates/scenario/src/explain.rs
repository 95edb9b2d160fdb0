//! The story of a trade: its reports, what the CCP guaranteed, how it was booked, what fell due,
//! moved and was paid, from the first report to flat positions.

use basics::{Date, TradeId};
use ledger::Side;

use crate::facts::{Facts, Note, TradeFact};

/// One line of a story: a word and what it says.
pub(crate) type StoryLine = (String, String);

impl Facts {
    /// The trade with a reference; each text of `only` must be its source or trade date.
    pub fn trade(&self, reference: &str, only: &[String]) -> Option<TradeId> {
        let is = |trade: &TradeFact| {
            let (source, date, named) = &trade.key;
            named == reference && only.iter().all(|text| text == source || text == date)
        };
        self.trades.iter().rev().find(|(_, trade)| is(trade)).map(|(id, _)| *id)
    }

    /// The story of a trade.
    pub fn story(&self, id: TradeId) -> Vec<StoryLine> {
        let trade = &self.trades[&id];
        let mut lines = Vec::new();
        for note in &self.notes {
            if self.tells_of(note, id, trade) {
                lines.push((note.event.replace('_', " "), note.detail.clone()));
                self.tell_entries(note, &mut lines);
            }
        }
        lines
    }

    /// Whether a note belongs to the story of a trade.
    fn tells_of(&self, note: &Note, id: TradeId, trade: &TradeFact) -> bool {
        if let Some(about) = note.trade {
            return about == id;
        }
        if note.event == "trade_reported" {
            let own = |other: &Note| other.seq == note.seq && other.trade == Some(id);
            return self.notes.iter().any(own);
        }
        let cleared = &trade.cleared;
        let side = [cleared.buyer, cleared.seller].into_iter().find(|a| note.account == Some(*a));
        let instrument = note.instrument == Some(cleared.instrument);
        match note.event {
            "settlement_date_moved" => instrument,
            "obligation_fell_due" => {
                trade.live
                    && side.is_some()
                    && instrument
                    && note.settlement_date == Some(cleared.settlement_date)
            }
            "position_settled" => {
                let during = |account| self.is_during(note.business_date, trade, account);
                instrument && side.is_some_and(during)
            }
            "payment_made" | "payment_failed" => {
                side.is_some_and(|account| self.is_during(note.business_date, trade, account))
            }
            _ => false,
        }
    }

    /// Whether a day lies between the trade's falling due and the end of its account's position.
    fn is_during(&self, day: Option<Date>, trade: &TradeFact, account: basics::AccountId) -> bool {
        let cleared = &trade.cleared;
        let Some(day) = day.filter(|day| trade.live && *day >= cleared.settlement_date) else {
            return false;
        };
        let own = |e: &&model::event::PositionSettled| {
            let since = e.date >= cleared.settlement_date;
            since && e.account == account && e.instrument == cleared.instrument
        };
        let flat = self.settlements.iter().filter(own).find(|e| e.open_after == 0);
        flat.is_none_or(|flat| day <= flat.date)
    }

    /// The journal entries of a note, line by line.
    fn tell_entries(&self, note: &Note, lines: &mut Vec<StoryLine>) {
        let (first, count) = note.entries;
        let numbers = first.0..first.0 + count;
        for fact in self.entries.iter().filter(|fact| numbers.contains(&fact.entry.number.0)) {
            let entry = &fact.entry;
            let reverses = entry.reverses.map(|of| format!(" of {of}")).unwrap_or_default();
            let value = format!("{} {}{reverses}", entry.number, entry.kind.name());
            lines.push(("journal entry".to_owned(), value));
            for posting in &entry.postings {
                let side = match posting.side {
                    Side::Debit => "debit",
                    Side::Credit => "credit",
                };
                let value = format!(
                    "{} {} {side} {} {}",
                    posting.class.letter(),
                    self.directory.ledger_account(posting.account),
                    self.amount(posting.asset, posting.amount),
                    self.directory.asset(posting.asset).code(),
                );
                lines.push(("posting".to_owned(), value));
            }
        }
    }
}
