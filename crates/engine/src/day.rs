//! The business day: opened, trading closed, settled, closed. Time is an input; these are its
//! guards, each a coded rejection.

use alloc::vec;
use alloc::vec::Vec;

use basics::{Date, Seq};
use model::event::{DayOpened, RunKind, RunStarted};
use model::{Event, Operation, Rejection};
use sha2::{Digest, Sha256};

use crate::State;
use crate::settlement;

/// Where the segment stands in its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Days {
    /// The day last opened.
    pub last_opened: Option<Date>,
    /// What has happened on it.
    pub phase: Phase,
    /// SHA-256 of its draw; `None` on a day without settlement.
    pub commitment: Option<[u8; 32]>,
    /// Reports for trade dates before this one are refused: they are purged.
    pub purged_before: Date,
}

/// What has happened on the day last opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Phase {
    /// It is closed, or no day was opened yet.
    #[default]
    Closed,
    /// It is open for trades.
    Trading,
    /// Trading is closed.
    TradingClosed,
    /// Its settlement run has begun, or is done.
    Settled,
    /// Its close has begun.
    Closing,
}

impl Days {
    /// The open day; `None` between days.
    #[must_use]
    pub fn open_day(&self) -> Option<Date> {
        self.last_opened.filter(|_| self.phase != Phase::Closed)
    }

    /// Whether a date is the open day and trading is not closed.
    #[must_use]
    pub fn is_trading(&self, date: Date) -> bool {
        self.phase == Phase::Trading && self.last_opened == Some(date)
    }
}

/// Decides an operation. `seq` is the place that the decision will have in the journal: it
/// names the run that the operation begins.
///
/// # Errors
/// A [`Rejection`] with the reason; nothing changes then.
pub fn operation<'a>(
    state: &State,
    operation: &Operation<'a>,
    seq: Seq,
) -> Result<Vec<Event<'a>>, Rejection> {
    if state.run.is_some() {
        return Err(Rejection::RunUnderWay);
    }
    match *operation {
        Operation::OpenDay { date, commitment } => open_day(state, date, commitment),
        Operation::CloseTrading { date } => close_trading(state, date),
        Operation::Settle { date, draw } => settle(state, date, draw, seq),
        Operation::CloseDay { date } => close_day(state, date, seq),
    }
}

type Decided<'a> = Result<Vec<Event<'a>>, Rejection>;

fn open_day(state: &State, date: Date, commitment: &str) -> Decided<'static> {
    match state.days.last_opened {
        Some(last) if last == date => return Err(Rejection::DayAlreadyOpened),
        Some(last) if date < last => return Err(Rejection::DayOutOfOrder),
        Some(_) if state.days.phase != Phase::Closed => return Err(Rejection::PreviousDayOpen),
        _ => {}
    }
    if !state.registry.is_business_day(date) {
        return Err(Rejection::NotABusinessDay);
    }
    let commitment = match state.registry.is_settlement_day(date) {
        true => Some(digest_from_hex(commitment).ok_or(Rejection::CommitmentMissing)?),
        false => None,
    };
    let purged_before = purged_before(state, date);
    Ok(vec![Event::DayOpened(DayOpened { date, commitment, purged_before })])
}

/// The first trade date whose references are still kept on `date`. It never goes back.
fn purged_before(state: &State, date: Date) -> Date {
    // Before the first day nothing is kept; start where nothing can be kept any more.
    let mut trade_date = match state.days.last_opened {
        Some(_) => state.days.purged_before,
        None => Date(date.0 - 1_000),
    };
    while trade_date < date && state.registry.kept_until(trade_date) < date {
        trade_date = trade_date.next();
    }
    trade_date.max(state.days.purged_before)
}

/// The guard that all operations but `open_day` share.
fn on_open_day(state: &State, date: Date) -> Result<(), Rejection> {
    if state.days.open_day() == Some(date) { Ok(()) } else { Err(Rejection::DayNotOpen) }
}

fn close_trading(state: &State, date: Date) -> Decided<'static> {
    on_open_day(state, date)?;
    if state.days.phase != Phase::Trading {
        return Err(Rejection::TradingAlreadyClosed);
    }
    Ok(vec![Event::TradingClosed { date }])
}

fn settle<'a>(state: &State, date: Date, draw: &'a str, seq: Seq) -> Decided<'a> {
    on_open_day(state, date)?;
    if state.days.phase == Phase::Trading {
        return Err(Rejection::TradingNotClosed);
    }
    if state.days.phase != Phase::TradingClosed {
        return Err(Rejection::AlreadySettled);
    }
    let commitment = state.days.commitment.ok_or(Rejection::NotASettlementDay)?;
    if <[u8; 32]>::from(Sha256::digest(draw.as_bytes())) != commitment {
        return Err(Rejection::WrongDraw);
    }
    settlement::all_can_be_marked(state, date)?;
    Ok(vec![Event::RunStarted(RunStarted { run: seq, kind: RunKind::Settlement, date, draw })])
}

fn close_day(state: &State, date: Date, seq: Seq) -> Decided<'static> {
    on_open_day(state, date)?;
    // A day without settlement may close straight from trading; its close ends trading too.
    if state.days.commitment.is_some() && state.days.phase < Phase::Settled {
        return Err(Rejection::NotSettled);
    }
    Ok(vec![Event::RunStarted(RunStarted { run: seq, kind: RunKind::DayClose, date, draw: "" })])
}

/// The 32 bytes that 64 hexadecimal digits write.
fn digest_from_hex(text: &str) -> Option<[u8; 32]> {
    let text = text.as_bytes();
    let mut digest = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).expect("two hexadecimal digits");
    }
    Some(digest)
}
