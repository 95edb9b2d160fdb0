//! What each statement is in PostgreSQL: many rows at once, as columns in arrays, or as a COPY.

use crate::statement::Statement;

/// How rows of a statement get into their table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Copied into a table to which rows are only added.
    Copy(&'static str),
    /// Put in the place of rows with the same key, which are the table's first columns.
    Replace(&'static str, usize),
    /// Handed to this SQL, one array for each field.
    Arrays(&'static str),
}

/// When a statement may run, compared with its neighbours on the same table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Before all others of its stretch: it makes rows that nobody spoke of before.
    First,
    /// In order with those on the same row, whose key are the first fields.
    ByKey(usize),
    /// In order with all: it ends one stretch and begins another.
    Alone,
}

/// When a statement may run.
pub const fn order(statement: Statement) -> Order {
    match statement {
        Statement::TradeCaptured
        | Statement::Rejection
        | Statement::RefusedInput
        | Statement::DeadLetter
        | Statement::Settlement
        | Statement::Payment
        | Statement::TradeEntry
        | Statement::Entry
        | Statement::Posting => Order::First,
        Statement::InstrumentsInForce | Statement::TradesMoved => Order::Alone,
        Statement::Currency
        | Statement::CurrencyCode
        | Statement::Member
        | Statement::Account
        | Statement::AccountCode
        | Statement::Instrument
        | Statement::InstrumentCode
        | Statement::Policy
        | Statement::DayOpened
        | Statement::DayTradingClosed
        | Statement::DaySettlementStarted
        | Statement::DaySettled
        | Statement::DayCloseStarted
        | Statement::DayClosed
        | Statement::TradeAmended
        | Statement::TradeCancelled => Order::ByKey(1),
        Statement::Closure
        | Statement::PositionCarried
        | Statement::PositionFlat
        | Statement::PositionAdjusted
        | Statement::Price => Order::ByKey(2),
        Statement::Priority
        | Statement::AdvanceOpened
        | Statement::AdvanceStands
        | Statement::AdvanceRepaid => Order::ByKey(3),
    }
}

/// How rows of a statement get into their table.
pub const fn way(statement: Statement) -> Way {
    match statement {
        Statement::Currency => Way::Replace("currencies", 2),
        Statement::CurrencyCode => Way::Replace("currency_codes", 1),
        Statement::Closure => Way::Replace("closures", 2),
        Statement::Member => Way::Replace("members", 2),
        Statement::Account => Way::Replace("accounts", 2),
        Statement::AccountCode => Way::Replace("account_codes", 1),
        Statement::Instrument => Way::Replace("instruments", 2),
        Statement::InstrumentCode => Way::Arrays(INSTRUMENT_CODE),
        Statement::InstrumentsInForce => Way::Arrays(INSTRUMENTS_IN_FORCE),
        Statement::Policy => Way::Replace("policies", 1),
        Statement::Priority => Way::Replace("priorities", 3),
        Statement::DayOpened
        | Statement::DayTradingClosed
        | Statement::DaySettlementStarted
        | Statement::DaySettled
        | Statement::DayCloseStarted
        | Statement::DayClosed => Way::Arrays(day(statement)),
        Statement::TradeCaptured => Way::Copy("trades"),
        Statement::TradeAmended => Way::Replace("trades", 1),
        Statement::TradeCancelled => Way::Arrays(TRADE_CANCELLED),
        Statement::TradesMoved => Way::Arrays(TRADES_MOVED),
        Statement::Rejection => Way::Copy("rejections"),
        Statement::RefusedInput => Way::Copy("refused_inputs"),
        Statement::DeadLetter => Way::Copy("dead_letters"),
        Statement::Settlement => Way::Copy("settlements"),
        Statement::PositionCarried => Way::Replace("positions", 2),
        Statement::PositionFlat => Way::Arrays(POSITION_FLAT),
        Statement::PositionAdjusted => Way::Arrays(POSITION_ADJUSTED),
        Statement::Payment => Way::Copy("payments"),
        Statement::AdvanceOpened => Way::Arrays(ADVANCE_OPENED),
        Statement::AdvanceStands => Way::Arrays(ADVANCE_STANDS),
        Statement::AdvanceRepaid => Way::Arrays(ADVANCE_REPAID),
        Statement::TradeEntry => Way::Copy("trade_entries"),
        Statement::Entry => Way::Copy("entries"),
        Statement::Posting => Way::Copy("postings"),
        Statement::Price => Way::Replace("prices", 2),
    }
}

macro_rules! day_reached {
    ($column:literal) => {
        concat!(
            "UPDATE days d SET ",
            $column,
            " = u.seq FROM unnest($1::int4[], $2::int8[]) u (date, seq) WHERE d.date = u.date"
        )
    };
}

const fn day(statement: Statement) -> &'static str {
    #[expect(clippy::wildcard_enum_match_arm, reason = "way lists them all")]
    match statement {
        Statement::DayTradingClosed => day_reached!("trading_closed"),
        Statement::DaySettlementStarted => day_reached!("settlement_started"),
        Statement::DaySettled => day_reached!("settled"),
        Statement::DayCloseStarted => day_reached!("close_started"),
        Statement::DayClosed => day_reached!("closed"),
        _ => {
            "INSERT INTO days (date, settles, opened)
             SELECT * FROM unnest($1::int4[], $2::int2[], $3::int8[])"
        }
    }
}

// The code in force now; a new instrument shows the code it will have rather than none.
const INSTRUMENT_CODE: &str = "
    INSERT INTO instrument_codes SELECT u.id, coalesce(
        (SELECT isin FROM instruments i WHERE i.id = u.id AND valid_from <=
            coalesce((SELECT max(date) FROM days), -719528) ORDER BY valid_from DESC LIMIT 1),
        (SELECT isin FROM instruments i WHERE i.id = u.id ORDER BY valid_from LIMIT 1)), u.decimals
    FROM unnest($1::int4[], $2::int2[]) u (id, decimals)
    ON CONFLICT (id) DO UPDATE SET code = excluded.code, decimals = excluded.decimals";

const INSTRUMENTS_IN_FORCE: &str = "
    UPDATE instrument_codes c SET code = f.isin FROM (
        SELECT DISTINCT ON (id) id, isin FROM instruments
        WHERE valid_from <= (SELECT max(day) FROM unnest($1::int4[]) u (day))
        ORDER BY id, valid_from DESC) f
    WHERE c.id = f.id AND c.code <> f.isin";

const TRADE_CANCELLED: &str = "
    UPDATE trades t SET version = u.version, status = 1, seq = u.seq
    FROM unnest($1::int8[], $2::int4[], $3::int8[]) u (trade, version, seq)
    WHERE t.trade = u.trade";

const TRADES_MOVED: &str = "
    UPDATE trades t SET settlement_date = u.to_date
    FROM unnest($1::int4[], $2::int4[], $3::int4[]) u (instrument, from_date, to_date)
    WHERE t.status = 0 AND t.instrument = u.instrument AND t.settlement_date = u.from_date";

const POSITION_FLAT: &str = "
    DELETE FROM positions p USING unnest($1::int4[], $2::int4[]) u (instrument, account)
    WHERE p.instrument = u.instrument AND p.account = u.account";

const POSITION_ADJUSTED: &str = "
    INSERT INTO positions SELECT u.instrument, u.account, u.currency, u.units, 0, u.money, NULL
    FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::numeric[], $5::numeric[])
        u (instrument, account, currency, units, money)
    ON CONFLICT (instrument, account) DO UPDATE SET
        quantity = positions.quantity + excluded.quantity,
        money = positions.money + excluded.money";

const ADVANCE_OPENED: &str = "
    INSERT INTO advances SELECT u.account, u.currency, u.due, u.amount, 1, u.tried
    FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::numeric[], $5::int4[])
        u (account, currency, due, amount, tried)";

const ADVANCE_STANDS: &str = "
    UPDATE advances a SET tries = tries + 1, tried_on = u.tried
    FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) u (account, currency, due, tried)
    WHERE a.account = u.account AND a.currency = u.currency AND a.due_date = u.due";

const ADVANCE_REPAID: &str = "
    DELETE FROM advances a
    USING unnest($1::int4[], $2::int4[], $3::int4[]) u (account, currency, due)
    WHERE a.account = u.account AND a.currency = u.currency AND a.due_date = u.due";
