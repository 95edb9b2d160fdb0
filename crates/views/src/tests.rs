//! Examples: what each view makes of a record.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, EntryNo, InstrumentId, Minor, Seq, TradeId, Units};
use ledger::postings::{self, NetObligation};
use ledger::{EntryKind, LedgerAccount, MoneyComponents, Posting};
use model::event::PaymentStatus;
use model::public::{
    AccountRef, AssetRef, Body, ClearedRecord, CurrencyRef, DeadLetterRecord, EntryRecord,
    Envelope, InstrumentRef, LedgerAccountRef, PaymentRecord, PositionSettledRecord, PostingRecord,
    PublicRecord, ReportRef, TradeEntryRecord, TradeOutcome, TradeStatus,
};
use model::{DeadLetterReason, Place, Rejection, TradeKey};

use crate::tally::{BalanceKey, Booking, DueKey, PaidKey};
use crate::{Change, Delta, Tally, detail, project};

const DAY: Date = Date(15_985);
const A: AccountRef<'static> = AccountRef { id: AccountId(0), code: "A" };
const B: AccountRef<'static> = AccountRef { id: AccountId(1), code: "B" };
const AIG: InstrumentRef<'static> =
    InstrumentRef { id: InstrumentId(0), isin: "US0268747849", decimals: 0 };
const USD: CurrencyRef<'static> = CurrencyRef { id: CurrencyId(0), code: "USD", decimals: 2 };

fn record(body: Body<'_>) -> PublicRecord<'_> {
    let channel = "days/2013-10-07/trades.csv";
    let envelope = Envelope {
        segment: 0,
        seq: Seq(5),
        topic_seq: 1,
        place: Some(Place { channel, position: 17, item: 0, pass: 0 }),
        business_date: Some(DAY),
        rules_version: 1,
        actor: "market",
    };
    PublicRecord { envelope, body }
}

/// The names of the changes, and the sums of the others.
fn changes(body: Body<'_>) -> (Vec<String>, Tally) {
    let (mut names, mut tally) = (Vec::new(), Tally::default());
    project(&record(body), &mut |change| {
        if let Change::Add(delta) = change {
            tally.add(delta);
        } else {
            let text = format!("{change:?}");
            names.push(text.split(['(', ' ']).next().unwrap_or_default().into());
        }
    });
    (names, tally)
}

fn cleared() -> ClearedRecord<'static> {
    ClearedRecord {
        instrument: AIG,
        currency: USD,
        buyer: A,
        seller: B,
        quantity: Units(100),
        consideration: Minor(485_000),
        settlement_date: Date(DAY.0 + 3),
    }
}

fn entry(kind: EntryKind, postings: &[Posting]) -> Body<'static> {
    let asset = |asset| match asset {
        ledger::Asset::Instrument(_) => AssetRef::Instrument(AIG),
        ledger::Asset::Currency(_) => AssetRef::Currency(USD),
    };
    let posting = |posting: &Posting| PostingRecord {
        class: posting.class,
        account: LedgerAccountRef { key: posting.account, owner: None, isin: None },
        asset: asset(posting.asset),
        side: posting.side,
        amount: posting.amount,
    };
    Body::EntryPosted(EntryRecord {
        entry: EntryNo(9),
        kind,
        value_date: DAY,
        reverses: None,
        components: None,
        postings: postings.iter().map(posting).collect(),
    })
}

fn booked(reverses: Option<EntryNo>) -> Body<'static> {
    let (entry, trade) = (EntryNo(7), TradeId(3));
    Body::TradeBooked(TradeEntryRecord { entry, trade, reverses, cleared: cleared() })
}

#[test]
fn a_refused_report_is_a_row_and_counts() {
    let key = TradeKey { source: "XNYS", trade_date: DAY, reference: "1" };
    let report = Some(ReportRef { key, version: 2 });
    let outcome = TradeOutcome::Rejected(Rejection::VersionGap);
    let (rows, tally) = changes(Body::TradeStatus(TradeStatus { report, outcome }));
    assert_eq!(rows, ["ReportRefused"]);
    let counts: Vec<_> = tally.outcomes().map(|(key, count)| (key.outcome, *count)).collect();
    assert_eq!(counts, [("version_gap", 1)]);
}

#[test]
fn a_dead_letter_keeps_its_bytes_and_says_where_it_stands() {
    let reason = DeadLetterReason::BadDate;
    let (rows, _) = changes(Body::DeadLetter(DeadLetterRecord { reason, bytes: b"x" }));
    assert_eq!(rows, ["DeadLetter"]);
    let place = Place { channel: "days/2013-10-07/trades.csv", position: 17, item: 0, pass: 0 };
    let sentence = detail::of_dead_letter_at(reason.name(), place);
    assert_eq!(sentence, "there is no such date (days/2013-10-07/trades.csv, row 17)");
}

#[test]
fn every_refusal_has_a_sentence() {
    for rejection in Rejection::ALL {
        assert!(!detail::of_rejection(*rejection).is_empty());
        assert_eq!(detail::of_outcome(rejection.name()), detail::of_rejection(*rejection));
    }
    assert_eq!(detail::of_outcome("no such outcome"), "");
}

#[test]
fn a_booking_in_short_adds_what_its_eight_postings_add() {
    for (reverses, booking) in [(None, Booking::Made), (Some(EntryNo(1)), Booking::Undone)] {
        let (rows, short) = changes(booked(reverses));
        assert_eq!(rows, ["TradeEntry"]);
        let mut long = Tally::default();
        let mut lines = postings::novation(&cleared().cleared());
        if booking == Booking::Undone {
            lines = postings::reversal(lines);
        }
        for posting in lines {
            let through_the_ccp = posting.account == LedgerAccount::CcpNovation;
            long.add(if through_the_ccp {
                Delta::Posted(posting)
            } else {
                Delta::Due(EntryKind::Novation, posting)
            });
        }
        assert_eq!(short.dues(), long.dues());
        assert_eq!(short.balances(), long.balances());
    }
}

#[test]
fn a_booking_and_its_reversal_leave_turnover_alone() {
    let mut tally = Tally::default();
    for reverses in [None, Some(EntryNo(7))] {
        project(&record(booked(reverses)), &mut |change| {
            if let Change::Add(delta) = change {
                tally.add(delta);
            }
        });
    }
    for (_, sum) in tally.dues() {
        assert_eq!((sum.units, sum.money), (0, 0));
    }
    let key = |key: &BalanceKey| key.account == LedgerAccount::CcpNovation;
    let turned: Vec<i128> =
        tally.balances().iter().filter(|(k, _)| key(k)).map(|(_, sum)| sum.debit).collect();
    assert_eq!(turned, [200, 970_000]);
}

#[test]
fn what_falls_due_stays_an_obligation_of_its_date() {
    let (account, instrument, currency) = (A.id, AIG.id, USD.id);
    let net = NetObligation { account, instrument, currency, units: 100, money: -485_000 };
    let (rows, tally) = changes(entry(EntryKind::Due, &net.fell_due(DAY)));
    assert_eq!(rows, ["Entry", "Posting", "Posting", "Posting", "Posting"]);
    let [(key, sum)] = tally.dues()[..] else { panic!("one key: {:?}", tally.dues()) };
    assert_eq!(key, DueKey { date: DAY, instrument, account });
    assert_eq!((sum.units, sum.money), (0, 0));
    assert_eq!((sum.fallen_units, sum.fallen_money), (100, -485_000));
    assert_eq!(tally.balances().len(), 2);
}

#[test]
fn a_moved_date_takes_the_obligations_along() {
    let (account, instrument, currency) = (A.id, AIG.id, USD.id);
    let net = NetObligation { account, instrument, currency, units: -100, money: 485_000 };
    let (_, tally) = changes(entry(EntryKind::DateMove, &net.date_moved(DAY, Date(DAY.0 + 1))));
    let moved: Vec<_> =
        tally.dues().iter().map(|(key, sum)| (key.date.0 - DAY.0, sum.units, sum.money)).collect();
    assert_eq!(moved, [(0, 100, -485_000), (1, -100, 485_000)]);
}

fn settled(open_after: i128) -> Body<'static> {
    Body::PositionSettled(PositionSettledRecord {
        run: Seq(1),
        date: DAY,
        account: A,
        sub_account: 0,
        instrument: AIG,
        currency: USD,
        location: 0,
        open_before: 100,
        moved: 100 - open_after,
        open_after,
        age: 1,
        price: None,
        money: MoneyComponents::default(),
        money_after: 0,
    })
}

#[test]
fn a_position_is_carried_until_it_is_flat() {
    assert_eq!(changes(settled(40)).0, ["Settled", "Carried"]);
    assert_eq!(changes(settled(0)).0, ["Settled", "Flat"]);
}

#[test]
fn money_counts_when_it_is_paid_and_fails_until_it_is_repaid() {
    let payment = |amount, components, status| {
        Body::PaymentTried(PaymentRecord {
            run: Seq(1),
            date: DAY,
            due: DAY,
            account: A,
            currency: USD,
            amount,
            components,
            status,
        })
    };
    let parts = Some(MoneyComponents { mark: -500, delivery: 0 });
    let (rows, tally) = changes(payment(-500, parts, PaymentStatus::Failed));
    assert_eq!(rows, ["Payment", "AdvanceOpened"]);
    assert!(tally.is_empty());
    let (rows, tally) = changes(payment(-500, None, PaymentStatus::Failed));
    assert_eq!(rows, ["Payment", "AdvanceStands"]);
    assert!(tally.is_empty());
    let (rows, tally) = changes(payment(-500, None, PaymentStatus::Paid));
    assert_eq!(rows, ["Payment", "AdvanceRepaid"]);
    let paid: Vec<_> = tally.paid().map(|(key, amount)| (*key, *amount)).collect();
    let key = |account| PaidKey { date: DAY, account, currency: USD.id };
    assert_eq!(paid, vec![(key(None), 500), (key(Some(A.id)), -500)]);
}
