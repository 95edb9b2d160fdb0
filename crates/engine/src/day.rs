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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use model::reference::CurrencyChange;
    use model::{Command, ReferenceChange};
    use testkit::{market, report};

    fn day() -> Date {
        market::date(market::FIRST_DAY)
    }

    fn open(date: &str, commitment: &'static str) -> Command<'static> {
        Command::Operation(Operation::OpenDay { date: market::date(date), commitment })
    }

    fn opened() -> State {
        let mut state = given::market();
        given::accepted(&mut state, [market::open_day(day())]);
        state
    }

    /// A command is refused for this reason.
    fn refused(state: &State, command: Command<'static>, name: &str) {
        let decided = crate::decide(state, &command, Seq(1));
        assert_eq!(decided.map_err(Rejection::name), Err(name), "{command:?}");
    }

    #[test]
    fn days_open_once_and_in_order_and_one_at_a_time() {
        let mut state = opened();
        let commitment = market::DRAWS[0].commitment;
        for (date, name) in [
            ("2013-10-07", "day_already_opened"),
            ("2013-10-04", "day_out_of_order"),
            ("2013-10-08", "previous_day_open"),
        ] {
            refused(&state, open(date, commitment), name);
        }
        given::end_day(&mut state);
        for (date, name) in [
            ("2013-10-07", "day_already_opened"),
            ("2013-10-06", "day_out_of_order"),
            ("2013-10-12", "not_a_business_day"),
        ] {
            refused(&state, open(date, commitment), name);
        }
        given::accepted(&mut state, [open("2013-10-10", commitment)]);
    }

    #[test]
    fn a_settlement_day_must_carry_its_commitment() {
        let state = given::market();
        let right = market::DRAWS[0].commitment;
        let not_hexadecimal = "x".repeat(64);
        for commitment in ["", &right[1..], &right[..62], not_hexadecimal.leak()] {
            refused(&state, open(market::FIRST_DAY, commitment), "commitment_missing");
        }
        assert_eq!(digest_from_hex("00ff").as_ref(), None);
        let digest = digest_from_hex(right).expect("a digest");
        assert_eq!((digest[0], digest[1], digest[31]), (0x2d, 0x71, 0x81));
        assert_eq!(digest_from_hex(&right.to_uppercase()), Some(digest));
    }

    #[test]
    fn a_day_without_settlement_closes_straight_from_trading() {
        let mut state = given::market();
        let closed = market::date("2013-10-09");
        let events = given::accepted(&mut state, [open("2013-10-09", "")]);
        let Event::DayOpened(opened) = events[0] else { panic!("{events:?}") };
        assert_eq!(opened.commitment, None);
        let mut trading = state.clone();
        given::accepted(&mut trading, [market::close_day(closed)]);
        assert_eq!(trading.days.open_day(), None);
        refused(&state, market::settle(closed), "trading_not_closed");
        given::accepted(&mut state, [market::close_trading(closed)]);
        refused(&state, market::settle(closed), "not_a_settlement_day");
        given::accepted(&mut state, [market::close_day(closed)]);
    }

    #[test]
    fn operations_of_a_day_come_in_their_order() {
        let mut state = opened();
        for other in ["2013-10-04", "2013-10-08"].map(market::date) {
            refused(&state, market::close_trading(other), "day_not_open");
            refused(&state, market::settle(other), "day_not_open");
            refused(&state, market::close_day(other), "day_not_open");
        }
        refused(&state, market::settle(day()), "trading_not_closed");
        refused(&state, market::close_day(day()), "not_settled");
        given::accepted(&mut state, [market::close_trading(day())]);
        refused(&state, market::close_trading(day()), "trading_already_closed");
        refused(&state, market::close_day(day()), "not_settled");
        let draw = Command::Operation(Operation::Settle { date: day(), draw: "X" });
        refused(&state, draw, "wrong_draw");
        given::accepted(&mut state, [market::settle(day())]);
        refused(&state, market::settle(day()), "already_settled");
        refused(&state, market::close_trading(day()), "trading_already_closed");
        given::accepted(&mut state, [market::close_day(day())]);
        refused(&state, market::close_trading(day()), "day_not_open");
        refused(&state, market::settle(day()), "day_not_open");
        refused(&state, market::close_day(day()), "day_not_open");
    }

    #[test]
    fn every_open_position_needs_a_price_up_to_the_day() {
        let mut state = opened();
        let terms = model::ReportedTerms { isin: market::FUND, currency: "BHD", ..report::TERMS };
        let trade = report::new(report::key("1", day()), terms);
        given::accepted(&mut state, [Command::Trade(trade), market::close_trading(day())]);
        refused(&state, market::settle(day()), "price_missing");
        let mark = |date| Command::Price(market::mark(market::FUND, market::numeral("10"), date));
        given::accepted(&mut state, [mark(day().next())]);
        refused(&state, market::settle(day()), "price_missing");
        given::accepted(&mut state, [mark(Date(day().0 - 30)), market::settle(day())]);
    }

    #[test]
    fn everything_but_trade_reports_waits_for_the_end_of_a_run() {
        let mut state = opened();
        given::accepted(&mut state, [market::close_trading(day())]);
        given::decided(&mut state, &market::settle(day())).expect("the run begins");
        let currency = ReferenceChange::Currency(market::currency("EUR", 2));
        let price = market::mark(market::AIG, market::numeral("10"), day());
        for command in [
            market::open_day(day()),
            market::close_trading(day()),
            market::settle(day()),
            market::close_day(day()),
            Command::Reference(currency),
            Command::Price(price),
        ] {
            refused(&state, command, "run_under_way");
        }
        let trade = report::new(report::key("1", day()), report::TERMS);
        refused(&state, Command::Trade(trade), "trading_closed");
    }

    /// One instrument whose three calendars are closed on a Tuesday, and one more that is not.
    fn closed_but_for(open: &str) -> State {
        let mut state = State::default();
        let tuesday = market::date("2013-10-08");
        let name = |which: &str| if which == open { "OPEN" } else { "CLOSED" };
        let currency = CurrencyChange { calendar: name("currency"), ..market::currency("USD", 2) };
        let instrument = model::reference::InstrumentChange {
            trading_calendar: name("trading"),
            settlement_calendar: name("settlement"),
            ..market::instrument(market::AIG)
        };
        let mut commands = alloc::vec![
            ReferenceChange::Currency(currency),
            ReferenceChange::Instrument(instrument),
            ReferenceChange::Closure(market::closure("CLOSED", tuesday)),
        ];
        if open == "calendar" {
            let wednesday = tuesday.next();
            commands.push(ReferenceChange::Closure(market::closure("OTHER", wednesday)));
        }
        given::accepted(&mut state, commands.into_iter().map(Command::Reference));
        state
    }

    #[test]
    fn a_business_day_is_open_in_some_calendar() {
        let commitment = market::DRAWS[0].commitment;
        refused(&closed_but_for("nothing"), open("2013-10-08", commitment), "not_a_business_day");
        for which in ["currency", "trading", "settlement", "calendar"] {
            given::accepted(&mut closed_but_for(which), [open("2013-10-08", commitment)]);
        }
    }

    /// A day is purged once every instrument has settled it two settlement days ago.
    #[test]
    fn the_first_day_purges_what_nobody_can_have_kept() {
        let mut state = given::market();
        let events = given::accepted(&mut state, [market::open_day(day())]);
        let Event::DayOpened(opened) = events[0] else { panic!("{events:?}") };
        // AIG of 30 September settled on 3 October; the 7th is two settlement days later.
        assert_eq!(opened.purged_before, market::date("2013-09-30"));
        assert_eq!(purged_before(&State::default(), day()), day());
    }
}
