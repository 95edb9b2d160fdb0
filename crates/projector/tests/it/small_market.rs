//! A market by hand: two accounts, one fund with three decimals, three settlement days.
//!
//! B buys 4 units of A. A holds 3, so one stays open on both sides; B cannot pay on the first day
//! and repays two days later.

use basics::{
    AccountId, ContractId, CurrencyId, Date, EntryNo, Instant, InstrumentId, MemberId, Minor,
    Price, Seq, TradeId, Units,
};
use ledger::postings::{Cleared, NetObligation};
use ledger::{Asset, MoneyComponents};
use model::decision::{Form, Input};
use model::event::{
    AdvanceTried, DayOpened, HoldingOpened, ObligationFellDue, PaymentDecided, PaymentStatus,
    PositionSettled, RunCompleted, RunKind, RunStarted, SettlementDateMoved, TradeAmended,
    TradeCancelled, TradeCaptured, TradeNovated,
};
use model::reference::{
    AccountChange, AccountKind, CurrencyChange, InstrumentChange, MemberChange, Status,
};
use model::trade::Terms;
use model::{
    Action, Attributes, Cause, Command, DeadLetterReason, Decision, Event, Operation, Place,
    Rejection, TradeKey, TradeReport, Verdict,
};

pub const A: AccountId = AccountId(0);
pub const B: AccountId = AccountId(1);
pub const FUND: InstrumentId = InstrumentId(0);
pub const USD: CurrencyId = CurrencyId(0);
/// Monday, 7 October 2013.
pub const MONDAY: Date = Date(15_985);

const TRADES: &str = "days/2013-10-07/trades.csv";
const OPERATIONS: &str = "days/2013-10-07/operations.csv";

const fn day(after: i32) -> Date {
    Date(MONDAY.0 + after)
}

/// Decisions under construction, numbered in order.
#[derive(Default)]
pub struct Journal {
    pub decisions: Vec<Decision<'static>>,
    today: Option<Date>,
    entry: u64,
}

impl Journal {
    /// Adds a decision.
    pub fn push(
        &mut self,
        channel: &'static str,
        command: Option<Command<'static>>,
        verdict: Verdict<'static>,
    ) {
        let seq = Seq(self.decisions.len() as u64 + 1);
        let place = Place { channel, position: seq.0, item: 0, pass: 0 };
        self.decisions.push(Decision {
            seq,
            cause: Cause::Input { place, publisher: "market" },
            business_date: self.today,
            input: Input { command, form: Form::MarketCsv, verbatim: None },
            verdict,
        });
    }

    /// Adds an operation that was accepted.
    pub fn accept(&mut self, events: Vec<Event<'static>>) {
        let date = self.today.unwrap_or(MONDAY);
        let command = Command::Operation(Operation::CloseTrading { date });
        self.push(OPERATIONS, Some(command), Verdict::Accepted(events));
    }

    /// A day begins.
    pub fn open(&mut self, date: Date) {
        self.today = Some(date);
        let opened =
            DayOpened { date, commitment: Some([7; 32]), purged_before: Date(date.0 - 10) };
        self.accept(vec![Event::DayOpened(opened)]);
    }

    fn report(&mut self, reference: &'static str, version: u32, verdict: Verdict<'static>) {
        let action = if version == 1 { Action::New } else { Action::Cancel };
        let report = TradeReport { key: key(reference), version, action, terms: None };
        self.push(TRADES, Some(Command::Trade(report)), verdict);
    }

    /// The next journal entry.
    fn entry(&mut self) -> EntryNo {
        self.entry += 1;
        EntryNo(self.entry)
    }

    fn capture(&mut self, reference: &'static str, trade: TradeId, terms: Terms<'static>) {
        let seq = Seq(self.decisions.len() as u64 + 1);
        let novated = TradeNovated {
            trade,
            buyer_contract: ContractId(trade.0 * 2 - 1),
            seller_contract: ContractId(trade.0 * 2),
            guaranteed_from: seq,
            cleared: terms.cleared,
            entry: self.entry(),
        };
        let captured = TradeCaptured { trade, key: key(reference), terms };
        let events = vec![Event::TradeCaptured(captured), Event::TradeNovated(novated)];
        self.report(reference, 1, Verdict::Accepted(events));
    }
}

const fn key(reference: &'static str) -> TradeKey<'static> {
    TradeKey { source: "XNYS", trade_date: MONDAY, reference }
}

/// B buys of A, to settle on Tuesday.
fn terms(quantity: i64, price: i128, consideration: i64) -> Terms<'static> {
    let cleared = Cleared {
        instrument: FUND,
        currency: USD,
        buyer: B,
        seller: A,
        quantity: Units(quantity),
        consideration: Minor(consideration),
        settlement_date: day(1),
    };
    Terms {
        cleared,
        price: Price(price * 1_000_000_000),
        contractual_date: day(1),
        executed_at: Instant::default(),
        venue: "XNYS",
        attributes: Attributes::default(),
    }
}

/// The fund under an ISIN from a date on.
pub fn fund(isin: &'static str, replaces: &'static str, from: Date) -> Event<'static> {
    let change = InstrumentChange {
        isin,
        replaces,
        symbol: "FND",
        name: "A fund",
        kind: "etf",
        currency: "USD",
        quantity_decimals: 3,
        listed_on: "XNYS",
        trading_calendar: "",
        settlement_calendar: "",
        cycle: 1,
        status: Status::Active,
        from,
    };
    Event::InstrumentPublished { id: FUND, change }
}

/// Reference data and opening holdings.
pub fn published() -> Journal {
    let mut journal = Journal::default();
    let change = CurrencyChange { code: "USD", minor_decimals: 2, calendar: "", from: Date::MIN };
    journal.accept(vec![Event::CurrencyPublished { id: USD, change, assumed: false }]);
    let (member, lei, name, status) = ("M1", "549300000000000000001", "One", Status::Active);
    let change = MemberChange { member, lei, name, status, from: Date::MIN };
    journal.accept(vec![Event::MemberPublished { id: MemberId(0), change }]);
    for (id, account) in [(A, "A"), (B, "B")] {
        let (kind, status) = (AccountKind::House, Status::Active);
        let change = AccountChange { account, member: "M1", kind, status, from: Date::MIN };
        journal.accept(vec![Event::AccountPublished { id, change }]);
    }
    journal.accept(vec![fund("US0268747849", "", Date::MIN)]);
    for (account, asset, quantity) in
        [(A, Asset::Instrument(FUND), 3_000), (B, Asset::Currency(USD), 3_000)]
    {
        let entry = journal.entry();
        let opened = HoldingOpened { account, asset, quantity, entry };
        journal.accept(vec![Event::HoldingOpened(opened)]);
    }
    journal
}

/// Monday's trades: one regular, one amended, one cancelled, one refused, one not readable.
fn trade(journal: &mut Journal) {
    journal.open(MONDAY);
    journal.capture("1", TradeId(1), terms(2_500, 10, 2_500));
    let booked = journal.entry + 1;
    journal.capture("2", TradeId(2), terms(1_000, 20, 2_000));
    let entry = journal.entry();
    journal.entry();
    let amended = TradeAmended {
        trade: TradeId(2),
        key: key("2"),
        version: 2,
        terms: terms(1_500, 20, 3_000),
        previous: terms(1_000, 20, 2_000).cleared,
        reverses: EntryNo(booked),
        entry,
    };
    journal.report("2", 2, Verdict::Accepted(vec![Event::TradeAmended(amended)]));
    let booked = journal.entry + 1;
    journal.capture("3", TradeId(3), terms(7_000, 1, 700));
    let cancelled = TradeCancelled {
        trade: TradeId(3),
        key: key("3"),
        version: 2,
        previous: terms(7_000, 1, 700).cleared,
        reverses: EntryNo(booked),
        entry: journal.entry(),
    };
    journal.report("3", 2, Verdict::Accepted(vec![Event::TradeCancelled(cancelled)]));
    journal.report("3", 2, Verdict::Rejected(Rejection::Duplicate));
    journal.push(TRADES, None, Verdict::DeadLettered(DeadLetterReason::BadNumeral));
    journal.decisions.last_mut().expect("it").input.verbatim = Some(b"XNYS,9,1,new,12x");
    let early = Command::Operation(Operation::CloseDay { date: MONDAY });
    journal.push(OPERATIONS, Some(early), Verdict::Rejected(Rejection::NotSettled));
    journal.accept(vec![Event::TradingClosed { date: MONDAY }]);
}

fn net(account: AccountId, sign: i128) -> NetObligation {
    let (units, money) = (4_000 * sign, -5_500 * sign);
    NetObligation { account, instrument: FUND, currency: USD, units, money }
}

/// Tuesday is no settlement day any more: all moves to Wednesday.
fn move_date(journal: &mut Journal) {
    move_by_a_day(journal, day(1));
}

/// A date is no settlement day any more: all moves to the next one.
fn move_by_a_day(journal: &mut Journal, from: Date) {
    let entry = journal.entry();
    journal.entry();
    let moved = vec![net(A, -1), net(B, 1)];
    let to = Date(from.0 + 1);
    let moved = SettlementDateMoved { instrument: FUND, from, to, moved, entry };
    journal.accept(vec![Event::SettlementDateMoved(moved)]);
}

/// Monday's trades, and Tuesday and Wednesday closed one after the other.
pub fn two_closed_days() -> Vec<Decision<'static>> {
    let mut journal = published();
    trade(&mut journal);
    move_by_a_day(&mut journal, day(1));
    move_by_a_day(&mut journal, day(2));
    journal.decisions
}

/// A run begins, does what is in `events`, and ends.
fn run(journal: &mut Journal, kind: RunKind, date: Date, events: Vec<Event<'static>>) {
    let run = Seq(journal.decisions.len() as u64 + 1);
    journal.accept(vec![Event::RunStarted(RunStarted { run, kind, date, draw: "" })]);
    let place = journal.decisions.len();
    journal.accept(events);
    journal.decisions[place].cause = Cause::Run;
    let completed = RunCompleted { run, kind, date, steps: 1, last_entry: EntryNo(journal.entry) };
    journal.accept(vec![Event::RunCompleted(completed)]);
}

/// A position's turn: what it was, what moved, its price, and the money before.
fn settled(
    journal: &mut Journal,
    (date, account): (Date, AccountId),
    (open_before, moved, age): (i128, i128, u32),
    (price, money_before): (i128, i128),
) -> Event<'static> {
    let open_after = open_before - moved;
    // Thousandths at a price in units: cents are a tenth of the product.
    let value = |units: i128| units * price / 10;
    let mark = money_before + value(open_before);
    let delivery = value(open_after) - value(open_before);
    let entry = journal.entry();
    if moved != 0 && mark + delivery != 0 {
        journal.entry();
    }
    Event::PositionSettled(PositionSettled {
        run: Seq(1),
        date,
        account,
        sub_account: 0,
        instrument: FUND,
        currency: USD,
        location: 0,
        open_before,
        moved,
        open_after,
        age,
        price: Some(Price(price * 1_000_000_000)),
        money: MoneyComponents { mark, delivery },
        money_after: -value(open_after),
        entry,
    })
}

fn paid(
    journal: &mut Journal,
    date: Date,
    (account, amount): (AccountId, i128),
    status: PaymentStatus,
) -> Event<'static> {
    let components = MoneyComponents { mark: amount, delivery: 0 };
    let (run, currency, entry) = (Seq(1), USD, journal.entry());
    Event::PaymentDecided(PaymentDecided {
        run,
        date,
        account,
        currency,
        amount,
        components,
        status,
        entry,
    })
}

fn tried(journal: &mut Journal, date: Date, status: PaymentStatus) -> Event<'static> {
    let entry = match status {
        PaymentStatus::Paid => journal.entry(),
        PaymentStatus::Failed => EntryNo(0),
    };
    let (run, account, currency, due, amount) = (Seq(1), B, USD, day(2), 4_000);
    Event::AdvanceTried(AdvanceTried { run, date, account, currency, due, amount, status, entry })
}

/// Wednesday: 3 of 4 move; B's payment fails.
fn wednesday(journal: &mut Journal) {
    let date = day(2);
    journal.open(date);
    let price = Price(15_000_000_000);
    journal.accept(vec![Event::PricePublished { instrument: FUND, price_date: date, price }]);
    let mut events = Vec::new();
    for net in [net(A, -1), net(B, 1)] {
        let entry = journal.entry();
        let due = ObligationFellDue { net, settlement_date: date, entry };
        events.push(Event::ObligationFellDue(due));
    }
    events.push(settled(journal, (date, A), (-4_000, -3_000, 1), (15, 5_500)));
    events.push(settled(journal, (date, B), (4_000, 3_000, 1), (15, -5_500)));
    events.push(paid(journal, date, (A, 4_000), PaymentStatus::Paid));
    events.push(paid(journal, date, (B, -4_000), PaymentStatus::Failed));
    run(journal, RunKind::Settlement, date, events);
    run(journal, RunKind::DayClose, date, Vec::new());
}

/// Thursday: nothing moves, the price rises, A pays B. Friday: B repays.
fn thursday_and_friday(journal: &mut Journal) {
    let date = day(3);
    journal.open(date);
    let mut events = vec![tried(journal, date, PaymentStatus::Failed)];
    events.push(settled(journal, (date, A), (-1_000, 0, 2), (35, 1_500)));
    events.push(settled(journal, (date, B), (1_000, 0, 2), (35, -1_500)));
    events.push(paid(journal, date, (A, -2_000), PaymentStatus::Paid));
    events.push(paid(journal, date, (B, 2_000), PaymentStatus::Paid));
    run(journal, RunKind::Settlement, date, events);
    journal.open(day(4));
    let events = vec![tried(journal, day(4), PaymentStatus::Paid)];
    run(journal, RunKind::Settlement, day(4), events);
}

/// The whole week.
pub fn week() -> Vec<Decision<'static>> {
    let mut journal = published();
    trade(&mut journal);
    move_date(&mut journal);
    wednesday(&mut journal);
    thursday_and_friday(&mut journal);
    journal.decisions
}
