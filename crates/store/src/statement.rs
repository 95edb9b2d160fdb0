//! What can be done to the tables, as SQL of SQLite with numbered parameters. What it is in
//! PostgreSQL stands in `postgres/statement.rs`.

/// A table, or tables that belong together: statements on one keep their order. They are written
/// in the order of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    // First, because codes are in force by day.
    Days,
    Currencies,
    Closures,
    Members,
    Accounts,
    Instruments,
    Policies,
    Priorities,
    Trades,
    Rejections,
    RefusedInputs,
    DeadLetters,
    Settlements,
    Positions,
    Payments,
    Advances,
    TradeEntries,
    Entries,
    Postings,
    Prices,
}

impl Table {
    /// How many there are.
    pub const COUNT: usize = Self::Prices as usize + 1;
}

impl Statement {
    /// How many fields a row of it has.
    pub fn fields(self) -> usize {
        let sql = self.sql().as_bytes();
        let marks = sql.iter().enumerate().filter(|(_, byte)| **byte == b'?');
        let numbered = |at: usize| match sql.get(at + 1) {
            Some(digit @ b'1'..=b'9') => usize::from(digit - b'0'),
            _ => 0,
        };
        let (count, highest) =
            marks.fold((0, 0), |(count, highest), (at, _)| (count + 1, numbered(at).max(highest)));
        if highest > 0 { highest } else { count }
    }
}

macro_rules! statements {
    ($($name:ident on $table:ident = $sql:literal;)+) => {
        /// One statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Statement { $($name),+ }

        impl Statement {
            /// Its SQL.
            pub const fn sql(self) -> &'static str {
                match self { $(Self::$name => $sql),+ }
            }

            /// The table it works on.
            pub const fn table(self) -> Table {
                match self { $(Self::$name => Table::$table),+ }
            }
        }
    };
}

statements! {
    Currency on Currencies = "INSERT OR REPLACE INTO currencies VALUES (?, ?, ?, ?, ?)";
    CurrencyCode on Currencies = "INSERT OR REPLACE INTO currency_codes VALUES (?, ?, ?)";
    Closure on Closures = "INSERT OR REPLACE INTO closures VALUES (?, ?, ?)";
    Member on Members = "INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?, ?)";
    Account on Accounts = "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?)";
    AccountCode on Accounts = "INSERT OR REPLACE INTO account_codes VALUES (?, ?)";
    Instrument on Instruments =
        "INSERT OR REPLACE INTO instruments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    // The code in force now; a new instrument shows the code it will have rather than none.
    InstrumentCode on Instruments =
        "INSERT OR REPLACE INTO instrument_codes VALUES (?1, coalesce(
             (SELECT isin FROM instruments WHERE id = ?1 AND valid_from <=
                 coalesce((SELECT max(date) FROM days), -719528)
              ORDER BY valid_from DESC LIMIT 1),
             (SELECT isin FROM instruments WHERE id = ?1 ORDER BY valid_from LIMIT 1)), ?2)";
    InstrumentsInForce on Instruments =
        "UPDATE instrument_codes SET code = (
             SELECT isin FROM instruments i WHERE i.id = instrument_codes.id AND valid_from <= ?1
             ORDER BY valid_from DESC LIMIT 1)
         WHERE id IN (SELECT id FROM instruments i WHERE valid_from <= ?1)";
    Policy on Policies = "INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?)";
    Priority on Priorities = "INSERT OR REPLACE INTO priorities VALUES (?, ?, ?, ?)";
    DayOpened on Days = "INSERT INTO days (date, settles, opened) VALUES (?, ?, ?)";
    DayTradingClosed on Days = "UPDATE days SET trading_closed = ?2 WHERE date = ?1";
    DaySettlementStarted on Days = "UPDATE days SET settlement_started = ?2 WHERE date = ?1";
    DaySettled on Days = "UPDATE days SET settled = ?2 WHERE date = ?1";
    DayCloseStarted on Days = "UPDATE days SET close_started = ?2 WHERE date = ?1";
    DayClosed on Days = "UPDATE days SET closed = ?2 WHERE date = ?1";
    TradeCaptured on Trades =
        "INSERT INTO trades VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    TradeAmended on Trades =
        "INSERT OR REPLACE INTO trades VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    TradeCancelled on Trades =
        "UPDATE trades SET version = ?2, status = 1, seq = ?3 WHERE trade = ?1";
    // Collected first: however many instruments move, the trades are read once.
    TradesMoved on Trades = "INSERT INTO temp.moves VALUES (?, ?, ?)";
    Rejection on Rejections = "INSERT INTO rejections VALUES (?, ?, ?, ?, ?, ?, ?)";
    RefusedInput on RefusedInputs = "INSERT INTO refused_inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    DeadLetter on DeadLetters = "INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    Settlement on Settlements =
        "INSERT INTO settlements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    PositionCarried on Positions = "INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?, ?)";
    PositionFlat on Positions = "DELETE FROM positions WHERE instrument = ? AND account = ?";
    PositionAdjusted on Positions =
        "INSERT INTO positions VALUES (?, ?, ?, ?, 0, ?, NULL) ON CONFLICT DO UPDATE SET
         quantity = exact_add(quantity, excluded.quantity),
         money = exact_add(money, excluded.money)";
    Payment on Payments =
        "INSERT INTO payments VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    AdvanceOpened on Advances = "INSERT INTO advances VALUES (?, ?, ?, ?, 1, ?)";
    AdvanceStands on Advances =
        "UPDATE advances SET tries = tries + 1, tried_on = ?4
         WHERE account = ?1 AND currency = ?2 AND due_date = ?3";
    AdvanceRepaid on Advances =
        "DELETE FROM advances WHERE account = ? AND currency = ? AND due_date = ?";
    TradeEntry on TradeEntries =
        "INSERT INTO trade_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    Entry on Entries = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    Posting on Postings = "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    Price on Prices = "INSERT OR REPLACE INTO prices VALUES (?, ?, ?, ?)";
}
