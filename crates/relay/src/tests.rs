//! Examples: what records follow from a decision.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use basics::{
    AccountId, ContractId, CurrencyId, Date, EntryNo, Instant, InstrumentId, Minor, Price, Seq,
    TradeId, Units,
};
use ledger::postings::Cleared;
use model::decision::{Form, Input};
use model::event::{TradeAmended, TradeCancelled, TradeCaptured, TradeNovated};
use model::public::{Body, PublicRecord};
use model::reference::{AccountChange, CurrencyChange, InstrumentChange};
use model::trade::Terms;
use model::{
    Attributes, Cause, DeadLetterReason, Decision, Event, Operation, Place, Rejection, Status,
    TradeDecision, TradeKey, TradeVerdict, Verdict,
};

use crate::{Command, Relay};

const DATE: Date = Date(15_985);

fn place(channel: &str) -> Place<'_> {
    Place { channel, position: 7, item: 0, pass: 0 }
}

fn accepted<'a>(seq: u64, events: Vec<Event<'a>>) -> Decision<'a> {
    Decision {
        seq: Seq(seq),
        cause: Cause::Input { place: place("reference/accounts.csv"), publisher: "market" },
        business_date: None,
        input: Input { command: None, form: Form::MarketCsv, verbatim: None },
        verdict: Verdict::Accepted(events),
    }
}

fn reference() -> Vec<Event<'static>> {
    let account = |id, account| Event::AccountPublished {
        id: AccountId(id),
        change: AccountChange {
            account,
            member: "M001",
            kind: model::AccountKind::House,
            status: Status::Active,
            from: Date::MIN,
        },
    };
    let currency = CurrencyChange { code: "USD", minor_decimals: 2, calendar: "", from: Date::MIN };
    let instrument = InstrumentChange {
        isin: "US0268747849",
        replaces: "",
        symbol: "AIG",
        name: "American International Group",
        kind: "equity",
        currency: "USD",
        quantity_decimals: 0,
        listed_on: "XNYS",
        trading_calendar: "",
        settlement_calendar: "",
        cycle: 3,
        status: Status::Active,
        from: Date::MIN,
    };
    vec![
        Event::CurrencyPublished { id: CurrencyId(0), change: currency, assumed: false },
        Event::InstrumentPublished { id: InstrumentId(0), change: instrument },
        account(0, "M001-H"),
        account(1, "M002-H"),
    ]
}

fn cleared() -> Cleared {
    Cleared {
        instrument: InstrumentId(0),
        currency: CurrencyId(0),
        buyer: AccountId(0),
        seller: AccountId(1),
        quantity: Units(100),
        consideration: Minor(485_000),
        settlement_date: Date(DATE.0 + 3),
    }
}

fn terms() -> Terms<'static> {
    Terms {
        cleared: cleared(),
        price: Price(48_500_000_000),
        contractual_date: Date(DATE.0 + 3),
        executed_at: Instant::default(),
        venue: "XNYS",
        attributes: Attributes::default(),
    }
}

const KEY: TradeKey<'static> = TradeKey { source: "XNYS", trade_date: DATE, reference: "1" };

fn report() -> model::TradeReport<'static> {
    model::TradeReport { key: KEY, version: 3, action: model::Action::Cancel, terms: None }
}

fn decided(seq: u64, verdict: TradeVerdict<'static>) -> TradeDecision<'static> {
    let unreadable = matches!(verdict, TradeVerdict::DeadLettered(_));
    TradeDecision {
        seq: Seq(seq),
        place: place("days/2013-10-07/trades.csv"),
        publisher: "market",
        business_date: Some(DATE),
        report: (!unreadable).then(report),
        form: Form::MarketCsv,
        verbatim: unreadable.then_some(b"gibberish"),
        verdict,
    }
}

/// A trade captured, amended, cancelled; a report refused; one not readable.
fn life() -> Vec<TradeDecision<'static>> {
    let trade = TradeId(1);
    let captured = TradeCaptured { trade, key: KEY, terms: terms() };
    let novated = TradeNovated {
        trade,
        buyer_contract: ContractId(1),
        seller_contract: ContractId(2),
        guaranteed_from: Seq(2),
        cleared: cleared(),
        entry: EntryNo(1),
    };
    let amended = TradeAmended {
        trade,
        key: KEY,
        version: 2,
        terms: terms(),
        previous: cleared(),
        reverses: EntryNo(1),
        entry: EntryNo(2),
    };
    let cancelled = TradeCancelled {
        trade,
        key: KEY,
        version: 3,
        previous: cleared(),
        reverses: EntryNo(3),
        entry: EntryNo(4),
    };
    vec![
        decided(2, TradeVerdict::Captured(captured, novated)),
        decided(3, TradeVerdict::Amended(amended)),
        decided(4, TradeVerdict::Cancelled(cancelled)),
        decided(5, TradeVerdict::Rejected(Rejection::Duplicate)),
        decided(6, TradeVerdict::DeadLettered(DeadLetterReason::ColumnCount)),
    ]
}

/// One line for each record: sequence, topic, number in the topic, what it says.
fn lines(out: &mut Vec<String>) -> impl FnMut(&PublicRecord<'_>) {
    |record| out.push(format!("{record:?}"))
}

#[test]
fn both_ways_through_the_relay_give_the_same_records() {
    let (mut general, mut fast) = (Relay::default(), Relay::default());
    let (mut a, mut b) = (Vec::new(), Vec::new());
    general.records(&accepted(1, reference()), &mut lines(&mut a));
    fast.records(&accepted(1, reference()), &mut lines(&mut b));
    for decision in life() {
        general.records(&decision.general(), &mut lines(&mut a));
        fast.records_of_trade(&decision, &mut lines(&mut b));
    }
    assert_eq!(a, b);
    assert_eq!(general, fast);
}

#[test]
fn each_topic_is_gapless_and_every_report_has_one_status() {
    let mut relay = Relay::default();
    let mut seen = [0_u64; 5];
    let mut statuses = Vec::new();
    let mut check = |record: &PublicRecord<'_>| {
        let count = &mut seen[usize::from(record.body.topic().number())];
        *count += 1;
        assert_eq!(record.envelope.topic_seq, *count);
        if let Body::TradeStatus(status) = &record.body {
            statuses.push((record.envelope.seq.0, status.outcome.name()));
        }
    };
    relay.records(&accepted(1, reference()), &mut check);
    for decision in life() {
        relay.records_of_trade(&decision, &mut check);
    }
    relay.watermarks(Seq(6), Some(DATE), &mut check);
    assert_eq!(
        statuses,
        [(2, "captured"), (3, "amended"), (4, "cancelled"), (5, "duplicate"), (6, "dead_letter")]
    );
    // Five statuses; four of reference data, three of the trade; four entries; one dead letter;
    // a watermark each.
    assert_eq!(seen, [6, 8, 5, 1, 2]);
}

#[test]
fn a_refused_operation_is_told_to_its_publisher() {
    let mut relay = Relay::default();
    let command = Command::Operation(Operation::CloseTrading { date: DATE });
    let decision = Decision {
        input: Input { command: Some(command), form: Form::MarketCsv, verbatim: None },
        verdict: Verdict::Rejected(Rejection::DayNotOpen),
        ..accepted(1, Vec::new())
    };
    let mut told = Vec::new();
    relay.records(&decision, &mut |record: &PublicRecord<'_>| {
        let Body::InputRefused(refused) = &record.body else { panic!("{record:?}") };
        told.push((refused.what, refused.date, refused.reason));
    });
    assert_eq!(told, [("close_trading", Some(DATE), Rejection::DayNotOpen)]);
}
