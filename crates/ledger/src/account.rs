//! The chart of accounts as structured keys.

use basics::{AccountId, CurrencyId, Date, InstrumentId};

/// The two classes of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// C: open obligations.
    Contract,
    /// S: what is settled.
    Settled,
}

impl Class {
    /// The letter that exports show.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Contract => "C",
            Self::Settled => "S",
        }
    }
}

/// What is counted: units of an instrument or minor units of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// An instrument, in its smallest units.
    Instrument(InstrumentId),
    /// A currency, in minor units.
    Currency(CurrencyId),
}

/// One account of the ledger. The house's own accounts stand last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerAccount {
    /// What a member's account is due on a settlement date, per instrument.
    Due {
        /// The member's account.
        account: AccountId,
        /// The instrument traded, for units and for money alike.
        instrument: InstrumentId,
        /// The settlement date.
        date: Date,
    },
    /// The open position of an account in continuous net settlement.
    Cns {
        /// The member's account.
        account: AccountId,
        /// The instrument.
        instrument: InstrumentId,
    },
    /// The money carried with an open position.
    CnsMoney {
        /// The member's account.
        account: AccountId,
        /// The instrument.
        instrument: InstrumentId,
    },
    /// Settled units of an account.
    Holding(AccountId),
    /// Settled cash of an account.
    Cash(AccountId),
    /// What an account owes the CCP for a payment it failed to make.
    Advance(AccountId),
    /// Units on their way through the CCP; zero after every run.
    CcpHolding,
    /// Cash on its way through the CCP; zero after every run.
    CcpCash,
    /// The two sides of every novation; always zero.
    CcpNovation,
    /// Deliveries against allocations; zero after every run.
    CcpDelivery,
    /// Money against payments; zero after every run.
    CcpMoney,
    /// What rounding left the CCP, as cash.
    RoundingCash,
    /// The same as a claim of the open positions.
    RoundingClaim,
    /// The other side of position adjustments.
    CcpAdjustment,
    /// What the depository holds for us.
    DepositoryMirror,
    /// What the banks hold for us.
    BankMirror,
}

impl LedgerAccount {
    /// The first word of the account's name in exports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Cns { .. } => "cns",
            Self::CnsMoney { .. } => "cns-money",
            Self::Holding(_) => "holding",
            Self::Cash(_) => "cash",
            Self::Advance(_) => "advance",
            Self::CcpHolding => "holding:ccp",
            Self::CcpCash => "ccp-cash",
            Self::CcpNovation => "ccp-novation",
            Self::CcpDelivery => "ccp-delivery",
            Self::CcpMoney => "ccp-money",
            Self::RoundingCash => "rounding-cash",
            Self::RoundingClaim => "rounding-claim",
            Self::CcpAdjustment => "ccp-adjustment",
            Self::DepositoryMirror => "depository-mirror",
            Self::BankMirror => "bank-mirror",
        }
    }

    /// The member's account it belongs to; `None` for the house's own.
    #[must_use]
    pub const fn owner(self) -> Option<AccountId> {
        match self {
            Self::Due { account, .. }
            | Self::Cns { account, .. }
            | Self::CnsMoney { account, .. }
            | Self::Holding(account)
            | Self::Cash(account)
            | Self::Advance(account) => Some(account),
            Self::CcpHolding
            | Self::CcpCash
            | Self::CcpNovation
            | Self::CcpDelivery
            | Self::CcpMoney
            | Self::RoundingCash
            | Self::RoundingClaim
            | Self::CcpAdjustment
            | Self::DepositoryMirror
            | Self::BankMirror => None,
        }
    }

    /// The instrument in the key; `None` where the asset says it.
    #[must_use]
    pub const fn instrument(self) -> Option<InstrumentId> {
        match self {
            Self::Due { instrument, .. }
            | Self::Cns { instrument, .. }
            | Self::CnsMoney { instrument, .. } => Some(instrument),
            Self::Holding(_)
            | Self::Cash(_)
            | Self::Advance(_)
            | Self::CcpHolding
            | Self::CcpCash
            | Self::CcpNovation
            | Self::CcpDelivery
            | Self::CcpMoney
            | Self::RoundingCash
            | Self::RoundingClaim
            | Self::CcpAdjustment
            | Self::DepositoryMirror
            | Self::BankMirror => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_accounts_have_an_owner_and_the_house_has_none() {
        let (account, instrument) = (AccountId(4), InstrumentId(5));
        for owned in [
            LedgerAccount::Due { account, instrument, date: Date(1) },
            LedgerAccount::Cns { account, instrument },
            LedgerAccount::CnsMoney { account, instrument },
        ] {
            assert_eq!((owned.owner(), owned.instrument()), (Some(account), Some(instrument)));
        }
        for owned in [
            LedgerAccount::Holding(account),
            LedgerAccount::Cash(account),
            LedgerAccount::Advance(account),
        ] {
            assert_eq!((owned.owner(), owned.instrument()), (Some(account), None));
        }
        let house = [LedgerAccount::CcpHolding, LedgerAccount::BankMirror];
        assert!(house.iter().all(|own| own.owner().is_none() && own.instrument().is_none()));
    }

    #[test]
    fn classes_have_the_letters_of_the_chart() {
        assert_eq!((Class::Contract.letter(), Class::Settled.letter()), ("C", "S"));
    }
}
