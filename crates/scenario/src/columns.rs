//! Which inputs a table can state, with which columns, and what a column says if the row does
//! not.

use interchange::market::FileKind;

/// What a table states or reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    /// Currencies.
    Currencies,
    /// Days on which calendars are closed.
    Calendars,
    /// Clearing members.
    Members,
    /// Their accounts.
    Accounts,
    /// Instruments.
    Instruments,
    /// What accounts hold at the start.
    Holdings,
    /// How the segment clears.
    Policy,
    /// Priority groups.
    Priorities,
    /// Trade reports.
    Trades,
    /// Prices.
    Prices,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 10] = [
        Self::Currencies,
        Self::Calendars,
        Self::Members,
        Self::Accounts,
        Self::Instruments,
        Self::Holdings,
        Self::Policy,
        Self::Priorities,
        Self::Trades,
        Self::Prices,
    ];

    /// The word in a step.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Currencies => "currencies",
            Self::Calendars => "calendars",
            Self::Members => "members",
            Self::Accounts => "accounts",
            Self::Instruments => "instruments",
            Self::Holdings => "holdings",
            Self::Policy => "policy",
            Self::Priorities => "priorities",
            Self::Trades => "trades",
            Self::Prices => "prices",
        }
    }

    /// The file of a market directory whose rows these are; `None` if there is none.
    pub const fn file(self) -> Option<FileKind> {
        match self {
            Self::Currencies => Some(FileKind::Currencies),
            Self::Calendars => Some(FileKind::Calendars),
            Self::Members => Some(FileKind::Members),
            Self::Accounts => Some(FileKind::Accounts),
            Self::Instruments => Some(FileKind::Instruments),
            Self::Holdings => Some(FileKind::Holdings),
            Self::Trades => Some(FileKind::Trades),
            Self::Prices => Some(FileKind::Prices),
            Self::Policy | Self::Priorities => None,
        }
    }

    /// Columns that no file has: a command says them.
    pub const fn extra_columns(self) -> &'static [&'static str] {
        match self {
            Self::Currencies => &["from"],
            Self::Members | Self::Accounts => &["status", "from"],
            Self::Instruments => &["replaces", "status", "from"],
            Self::Policy => &["model", "trading_cut_off", "settlement_cut_off", "from"],
            Self::Priorities => &["account", "isin", "group", "from"],
            Self::Calendars | Self::Holdings | Self::Trades | Self::Prices => &[],
        }
    }

    /// All columns.
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        let file = self.file().map_or(&[][..], FileKind::columns);
        file.iter().chain(self.extra_columns()).copied()
    }

    /// The column that a header means: its name, or a shorter one.
    pub fn column(self, name: &str) -> Option<&'static str> {
        let long = match (self, name) {
            (Self::Currencies, "decimals") => "minor_units",
            (Self::Instruments, "decimals") => "quantity_decimals",
            (Self::Instruments, "cycle") => "settlement_cycle",
            (Self::Instruments, "settles") => "settlement_calendar",
            (Self::Instruments, "trades") => "trading_calendar",
            (Self::Trades, "ref") => "trade_ref",
            (Self::Trades, "buyer") => "buyer_account",
            (Self::Trades, "seller") => "seller_account",
            (Self::Trades, "date") => "trade_date",
            (Self::Prices, "date") => "price_date",
            (_, name) => name,
        };
        self.columns().find(|column| *column == long)
    }

    /// The columns that say what a row is about. A later row about the same takes from it what
    /// it does not say itself.
    pub const fn key(self) -> &'static [&'static str] {
        match self {
            Self::Members => &["member"],
            Self::Accounts => &["account"],
            Self::Instruments => &["isin"],
            Self::Currencies => &["currency"],
            Self::Trades => &["source", "trade_date", "trade_ref"],
            Self::Calendars | Self::Holdings | Self::Policy | Self::Priorities | Self::Prices => {
                &[]
            }
        }
    }

    /// What a column says if nothing else does; `None` if the row must say it.
    pub const fn usual(self, column: &str) -> Option<&'static str> {
        Some(match (self, column.as_bytes()) {
            (Self::Currencies, b"minor_units") => "2",
            (Self::Accounts, b"kind") => "house",
            (Self::Instruments, b"kind") => "equity",
            (Self::Instruments, b"currency") => "USD",
            (Self::Instruments, b"quantity_decimals") => "0",
            (Self::Instruments, b"listed_on") | (Self::Trades, b"source" | b"venue") => "XNYS",
            (Self::Instruments, b"settlement_cycle") => "T+2",
            (Self::Instruments | Self::Members | Self::Accounts, b"status") => "active",
            (Self::Policy, b"model") => "continuous_net_settlement",
            (Self::Prices, b"kind") => "mark",
            (Self::Trades, b"action") => "new",
            (Self::Trades, b"quantity") => "100",
            (Self::Trades, b"price") => "10",
            (Self::Currencies, b"currency")
            | (Self::Calendars, b"calendar" | b"closed_on")
            | (Self::Members, b"member" | b"lei")
            | (Self::Accounts, b"account" | b"member")
            | (Self::Instruments, b"isin")
            | (Self::Holdings, _)
            | (Self::Priorities, b"account" | b"group")
            | (Self::Trades, _)
            | (Self::Prices, _) => return None,
            _ => "",
        })
    }
}
