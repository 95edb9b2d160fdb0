//! What is drawn for a history: small plans of days, reports and changes.

use basics::{Decimal, Instant, Numeral};
use model::reference::Status;
use model::trade::TradeType;
use model::{Action, ReferenceChange, ReportedTerms};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{market, report};

/// One day as it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Day {
    /// Days until the next one.
    pub gap: i32,
    /// Which of [`SLIPS`] happen.
    pub slips: Vec<Slip>,
    pub while_trading: Vec<Input>,
    pub after_trading: Vec<Input>,
    pub between_runs: Vec<Input>,
    /// A price for each instrument of the market.
    pub marks: Vec<Decimal>,
}

/// Operations that come at the wrong time, or are wrong themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    OpenTwice,
    OpenWithoutCommitment,
    OpenYesterday,
    SettleWhileTrading,
    CloseTradingTwice,
    CloseDayBeforeSettlement,
    WrongDraw,
    MarksComeLate,
    WrongMarks,
    SettleTwice,
    NeverClosed,
}

const SLIPS: [Slip; 11] = [
    Slip::OpenTwice,
    Slip::OpenWithoutCommitment,
    Slip::OpenYesterday,
    Slip::SettleWhileTrading,
    Slip::CloseTradingTwice,
    Slip::CloseDayBeforeSettlement,
    Slip::WrongDraw,
    Slip::MarksComeLate,
    Slip::WrongMarks,
    Slip::SettleTwice,
    Slip::NeverClosed,
];

/// One input of a day as it is drawn.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Report(Box<Report>),
    /// A report of the past once more.
    Again(usize),
    Reference(Change),
}

#[derive(Clone, Debug)]
pub(super) struct Report {
    pub source: &'static str,
    pub reference: &'static str,
    pub day_shift: i32,
    pub action: Choice,
    pub version: Version,
    pub terms: ReportedTerms<'static>,
    pub fault: Option<Fault>,
}

/// What a report asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    /// A new trade if the reference is free, an amendment otherwise.
    Fitting,
    /// A cancellation if the reference is not free.
    Cancellation,
    Forced(Action),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Version {
    Next,
    Same,
    First,
    Skipped,
}

/// What is wrong with a report.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Isin(&'static str),
    Quantity(Decimal),
    Price(Decimal),
    TooLong,
    Currency,
    Buyer,
    Seller,
    SameAccount,
    Type(TradeType),
    PricedPerCent,
    /// The numbers of the report with more zeros behind the point: not a fault at all.
    MoreZeros,
}

/// A change of reference data in the middle of a history.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Close { calendar: &'static str, days_ahead: i32 },
    Account(&'static str, Status),
    Member(&'static str, Status),
    Instrument(&'static str, Status),
    Cycle(&'static str, u16),
    Rename(&'static str),
    Priority { account: &'static str, isin: &'static str, group: u32 },
    Holding { account: &'static str, asset: &'static str, quantity: i128 },
}

pub(super) fn day() -> impl Strategy<Value = Day> {
    let gap = prop_oneof![8 => Just(1), 1 => Just(2), 1 => Just(3)];
    let slips = proptest::sample::subsequence(SLIPS.to_vec(), 0..=3);
    let slips = prop_oneof![1 => Just(Vec::new()), 1 => slips];
    let marks = vec(price(), market::ISINS.len());
    let parts = (gap, slips, vec(input(), 0..12), vec(input(), 0..3), vec(input(), 0..3), marks);
    parts.prop_map(|(gap, slips, while_trading, after_trading, between_runs, marks)| Day {
        gap,
        slips,
        while_trading,
        after_trading,
        between_runs,
        marks,
    })
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        10 => report().prop_map(|report| Input::Report(Box::new(report))),
        2 => any::<usize>().prop_map(Input::Again),
        1 => change().prop_map(Input::Reference),
    ]
}

fn report() -> impl Strategy<Value = Report> {
    let action = prop_oneof![
        8 => Just(Choice::Fitting),
        2 => Just(Choice::Cancellation),
        1 => select(&[Action::New, Action::Amend, Action::Cancel][..]).prop_map(Choice::Forced),
    ];
    let version = prop_oneof![
        12 => Just(Version::Next),
        1 => Just(Version::Same),
        1 => Just(Version::First),
        1 => Just(Version::Skipped),
    ];
    let shift = prop_oneof![14 => Just(0), 1 => Just(-1), 1 => Just(1), 1 => Just(-4)];
    let source = select(&["XNYS", "BATS"][..]);
    let reference = select(&["1", "2", "3", "4", "5", "a-reference-that-is-long"][..]);
    let fault = prop_oneof![5 => Just(None), 1 => fault().prop_map(Some)];
    (source, reference, shift, action, version, terms(), fault).prop_map(
        |(source, reference, day_shift, action, version, terms, fault)| Report {
            source,
            reference,
            day_shift,
            action,
            version,
            terms,
            fault,
        },
    )
}

fn terms() -> impl Strategy<Value = ReportedTerms<'static>> {
    let sides = proptest::sample::subsequence(market::ACCOUNTS.to_vec(), 2).prop_shuffle();
    let venue = select(&["XNYS", "XNAS", ""][..]);
    let original = prop_oneof![4 => Just(None), 1 => select(&["1", "2"][..]).prop_map(Some)];
    let parts = (select(&market::ISINS[..]), quantity(), price(), sides, venue, original);
    parts.prop_map(|(isin, quantity, price, sides, venue, original)| {
        let scale = quantity.scale.min(market::published(isin).quantity_decimals);
        let mut terms = ReportedTerms {
            isin,
            quantity: Numeral::Exact(Decimal { scale, ..quantity }),
            price: Numeral::Exact(price),
            currency: market::published(isin).currency,
            buyer: sides[0],
            seller: sides[1],
            venue,
            ..report::TERMS
        };
        terms.executed_at = Instant { attos: u64::from(price.scale), ..terms.executed_at };
        if let Some(original) = original {
            terms.attributes.trade_type = TradeType::AsOf;
            terms.attributes.original_reference = original;
        }
        terms
    })
}

fn quantity() -> impl Strategy<Value = Decimal> {
    (1..60_i128, 0..4_u8).prop_map(|(mantissa, scale)| Decimal { mantissa, scale })
}

fn price() -> impl Strategy<Value = Decimal> {
    (1..3_000_i128, 0..6_u8).prop_map(|(mantissa, scale)| Decimal { mantissa, scale })
}

fn fault() -> impl Strategy<Value = Fault> {
    let too_much = Decimal { mantissa: 1 << 63, scale: 0 };
    let too_fine = Decimal { mantissa: 1, scale: 10 };
    let negative = Decimal { mantissa: -5, scale: 0 };
    let numbers = vec![Decimal::default(), negative, too_fine, too_much];
    let prices = vec![Decimal::default(), negative, too_fine, Decimal { scale: 0, ..too_much }];
    let isins = &["", "US0268747840", "us0268747849", market::UNUSED_ISIN][..];
    let types = &[TradeType::BuyIn, TradeType::Repo, TradeType::Loan, TradeType::Transfer][..];
    prop_oneof![
        select(isins).prop_map(Fault::Isin),
        select(numbers).prop_map(Fault::Quantity),
        select(prices).prop_map(Fault::Price),
        Just(Fault::TooLong),
        Just(Fault::Currency),
        Just(Fault::Buyer),
        Just(Fault::Seller),
        Just(Fault::SameAccount),
        select(types).prop_map(Fault::Type),
        Just(Fault::PricedPerCent),
        Just(Fault::MoreZeros),
    ]
}

pub(super) fn holding() -> impl Strategy<Value = ReferenceChange<'static>> {
    stated().prop_map(|(account, asset, quantity)| {
        ReferenceChange::Holding(model::reference::OpeningHolding {
            account,
            asset,
            quantity: report::whole(quantity),
        })
    })
}

fn stated() -> impl Strategy<Value = (&'static str, &'static str, i128)> {
    let assets = vec![market::TOYOTA, market::AIG, market::FUND, market::APPLE, "USD", "JPY"];
    let quantity = prop_oneof![0..40_i128, Just(5_000)];
    (select(&market::ACCOUNTS[..]), select(assets), quantity)
}

fn change() -> impl Strategy<Value = Change> {
    let calendar = select(&["DTC", "JSD", "BHS", "FED", "XNYS"][..]);
    let status = || select(Status::ALL);
    let account = || select(&market::ACCOUNTS[..]);
    let isin = || select(&market::ISINS[..]);
    let ahead = prop_oneof![4 => 1..4_i32, 1 => Just(0)];
    prop_oneof![
        4 => (calendar, ahead)
            .prop_map(|(calendar, days_ahead)| Change::Close { calendar, days_ahead }),
        1 => (account(), status()).prop_map(|(code, status)| Change::Account(code, status)),
        1 => (select(&["M1", "M2", "M3"][..]), status())
            .prop_map(|(code, status)| Change::Member(code, status)),
        1 => (isin(), status()).prop_map(|(isin, status)| Change::Instrument(isin, status)),
        1 => (isin(), 0..4_u16).prop_map(|(isin, cycle)| Change::Cycle(isin, cycle)),
        1 => isin().prop_map(Change::Rename),
        2 => (account(), prop_oneof![Just(""), isin()], 0..3_u32)
            .prop_map(|(account, isin, group)| Change::Priority { account, isin, group }),
        1 => stated().prop_map(|(account, asset, quantity)| {
            Change::Holding { account, asset, quantity }
        }),
    ]
}
