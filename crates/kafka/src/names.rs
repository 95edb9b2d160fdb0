//! The topics there are. Partition i of each is segment i.

/// A topic of a Clearfold installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Trade reports.
    TradesIn,
    /// Changes of reference data.
    ReferenceIn,
    /// Prices.
    PricesIn,
    /// Operations: days, settlements.
    OperationsIn,
    /// Statements of custodians and banks.
    StatementsIn,
    /// The record of truth.
    Journal,
    /// The outcome of every trade report.
    TradesStatus,
    /// Days, obligations, settlements, payments, reference data.
    SettlementEvents,
    /// Journal entries.
    LedgerEvents,
    /// Prices and exposures.
    RiskEvents,
    /// Inputs that could not be read.
    DeadLetters,
}

impl Topic {
    /// All of them: inputs, journal, public topics.
    pub const ALL: [Self; 11] = [
        Self::TradesIn,
        Self::ReferenceIn,
        Self::PricesIn,
        Self::OperationsIn,
        Self::StatementsIn,
        Self::Journal,
        Self::TradesStatus,
        Self::SettlementEvents,
        Self::LedgerEvents,
        Self::RiskEvents,
        Self::DeadLetters,
    ];

    /// What publishers write and a node reads.
    pub const INPUTS: [Self; 5] =
        [Self::TradesIn, Self::ReferenceIn, Self::PricesIn, Self::OperationsIn, Self::StatementsIn];

    /// What a node's relay writes and everyone may read.
    pub const PUBLIC: [Self; 5] = [
        Self::TradesStatus,
        Self::SettlementEvents,
        Self::LedgerEvents,
        Self::RiskEvents,
        Self::DeadLetters,
    ];

    /// Its name without the prefix of the installation: the name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TradesIn => "trades.in",
            Self::ReferenceIn => "reference.in",
            Self::PricesIn => "prices.in",
            Self::OperationsIn => "operations.in",
            Self::StatementsIn => "statements.in",
            Self::Journal => "journal",
            Self::TradesStatus => "trades.status",
            Self::SettlementEvents => "settlement.events",
            Self::LedgerEvents => "ledger.events",
            Self::RiskEvents => "risk.events",
            Self::DeadLetters => "deadletters",
        }
    }

    /// The message that its records hold; empty for the journal.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::TradesIn => "clearfold.v1.TradeReports",
            Self::ReferenceIn => "clearfold.v1.ReferenceChanges",
            Self::PricesIn => "clearfold.v1.Prices",
            Self::OperationsIn => "clearfold.v1.Operations",
            Self::StatementsIn => "clearfold.v1.Statements",
            Self::Journal => "",
            Self::TradesStatus
            | Self::SettlementEvents
            | Self::LedgerEvents
            | Self::RiskEvents
            | Self::DeadLetters => "clearfold.v1.PublicRecords",
        }
    }
}

/// Names of topics on the broker: several installations can share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// What stands before each name; may be empty.
    pub prefix: String,
}

impl Names {
    /// The topic's name on the broker.
    #[must_use]
    pub fn of(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }
}
