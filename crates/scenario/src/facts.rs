//! What was decided so far, kept as it came: every table is worked out from this when it is asked
//! for, by adding up from the beginning. It shares no code with the read models.

use std::collections::BTreeMap;

use basics::{AccountId, Date, EntryNo, InstrumentId, Price, Seq, TradeId};
use ledger::postings::Cleared;
use ledger::{Asset, Class, JournalEntry, LedgerAccount, Side, Turnover};
use model::event::{AdvanceTried, BooksProved, PaymentDecided, PositionSettled};
use model::outcome::DEAD_LETTER;
use model::{Command, DeadLetterReason};
use relay::Directory;

/// A trade as it stands.
#[derive(Clone, Debug)]
pub(crate) struct TradeFact {
    /// Source, trade date and reference.
    pub key: (String, String, String),
    pub version: u32,
    pub live: bool,
    pub cleared: Cleared,
    pub price: Price,
    /// The decision that gave it its present terms.
    pub seq: Seq,
}

/// A report that was refused or could not be read.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub seq: Seq,
    /// Source, trade date and reference; empty for a dead letter.
    pub key: (String, String, String),
    /// The version it stated; `None` for a dead letter.
    pub version: Option<u32>,
    pub outcome: &'static str,
    pub detail: &'static str,
}

/// A payment that was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PaymentFact {
    /// The day's own.
    Own(PaymentDecided),
    /// An advance, tried again.
    Advance(AdvanceTried),
}

/// A journal entry and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct EntryFact {
    pub seq: Seq,
    pub business_date: Option<Date>,
    pub entry: JournalEntry,
}

/// One fact in the words of the event tables and of the story of a trade.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub seq: Seq,
    pub business_date: Option<Date>,
    /// What happened: `trade_captured`.
    pub event: &'static str,
    /// The trade it is about; `None` if about no single one.
    pub trade: Option<TradeId>,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The instrument it is about.
    pub instrument: Option<InstrumentId>,
    /// The settlement date it is about.
    pub settlement_date: Option<Date>,
    /// The numbers, in words.
    pub detail: String,
    /// Its journal entries: the first and how many.
    pub entries: (EntryNo, u64),
}

/// What was decided so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub directory: Directory,
    pub notes: Vec<Note>,
    pub trades: BTreeMap<TradeId, TradeFact>,
    /// Trade reports by business date and outcome.
    pub outcomes: BTreeMap<(String, &'static str), u64>,
    pub refusals: Vec<Refusal>,
    pub settlements: Vec<PositionSettled>,
    pub payments: Vec<PaymentFact>,
    pub entries: Vec<EntryFact>,
    pub proofs: Vec<BooksProved>,
}

impl Facts {
    /// The trade that a source calls by this reference; the latest, if there are several.
    pub fn find(&self, source: &str, date: &str, reference: &str) -> Option<&TradeFact> {
        let is = |trade: &&TradeFact| {
            let (s, d, r) = &trade.key;
            s == source && d == date && r == reference
        };
        self.trades.values().rev().find(is)
    }

    /// A trade report was readable: the story of its trade begins with it.
    pub fn reported(&mut self, seq: Seq, line: usize, command: &Command<'_>) {
        if let Command::Trade(report) = command {
            let detail = format!(
                "{} {} version {} at line {line}",
                report.action.name(),
                report.key.reference,
                report.version,
            );
            self.notes.push(Note { seq, event: "trade_reported", detail, ..Note::default() });
        }
    }

    /// An input has its outcome.
    pub fn decided(
        &mut self,
        seq: Seq,
        today: Option<Date>,
        command: &Command<'_>,
        outcome: &'static str,
    ) {
        let Command::Trade(report) = command else { return };
        self.count(today, outcome);
        if crate::world::is_accepted(outcome) {
            return;
        }
        let key = &report.key;
        self.refusals.push(Refusal {
            seq,
            key: (key.source.into(), key.trade_date.to_string(), key.reference.into()),
            version: Some(report.version),
            outcome,
            detail: "",
        });
    }

    /// A row of the trades could not be read.
    pub fn dead_lettered(&mut self, seq: Seq, today: Option<Date>, reason: DeadLetterReason) {
        self.count(today, DEAD_LETTER);
        let (key, detail) = (Default::default(), reason.name());
        self.refusals.push(Refusal { seq, key, version: None, outcome: DEAD_LETTER, detail });
    }

    fn count(&mut self, today: Option<Date>, outcome: &'static str) {
        let today = today.map(|date| date.to_string()).unwrap_or_default();
        *self.outcomes.entry((today, outcome)).or_default() += 1;
    }

    /// Debit and credit turnover of every ledger account, added up from all journal entries.
    pub fn balances(&self) -> BTreeMap<(Class, LedgerAccount, Asset), Turnover> {
        let mut balances: BTreeMap<_, Turnover> = BTreeMap::new();
        for posting in self.entries.iter().flat_map(|fact| &fact.entry.postings) {
            let key = (posting.class, posting.account, posting.asset);
            balances.entry(key).or_default().post(posting.side, posting.amount);
        }
        balances
    }

    /// Net units and money of the live trades, by settlement date, account and instrument.
    pub fn obligations(&self) -> BTreeMap<(Date, AccountId, InstrumentId), (i128, i128)> {
        let mut net: BTreeMap<_, (i128, i128)> = BTreeMap::new();
        for trade in self.trades.values().filter(|trade| trade.live) {
            let Cleared { instrument, quantity, consideration, settlement_date, .. } =
                trade.cleared;
            let (units, money) = (i128::from(quantity.0), i128::from(consideration.0));
            for (account, sign) in [(trade.cleared.buyer, 1), (trade.cleared.seller, -1)] {
                let sum = net.entry((settlement_date, account, instrument)).or_default();
                sum.0 += sign * units;
                sum.1 -= sign * money;
            }
        }
        net
    }

    /// Each position after its last settlement.
    pub fn positions(&self) -> BTreeMap<(AccountId, InstrumentId), &PositionSettled> {
        self.settlements.iter().map(|e| ((e.account, e.instrument), e)).collect()
    }

    /// Balance of one column of all accounts of a class in an asset.
    pub fn totals(&self) -> BTreeMap<(Class, Asset), Turnover> {
        let mut totals: BTreeMap<_, Turnover> = BTreeMap::new();
        for ((class, _, asset), turnover) in self.balances() {
            let balance = turnover.balance();
            let side = if balance < 0 { Side::Debit } else { Side::Credit };
            totals.entry((class, asset)).or_default().post(side, balance.abs());
        }
        totals
    }
}
