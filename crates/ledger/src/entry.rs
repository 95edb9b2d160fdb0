//! Journal entries: one balanced set of postings for one cause.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{Date, EntryNo};

use crate::{Asset, Class, LedgerAccount};

/// Which column of the ledger a posting stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Owed by the account's owner.
    Debit,
    /// Owed to the account's owner.
    Credit,
}

impl Side {
    /// The other column.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

/// One debit or credit line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Contracts or settled.
    pub class: Class,
    /// The account posted to.
    pub account: LedgerAccount,
    /// What is counted.
    pub asset: Asset,
    /// The column.
    pub side: Side,
    /// In the asset's smallest units; never negative, and never zero in an entry.
    pub amount: i128,
}

/// Why an entry was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// An opening balance or a deposit.
    Opening,
    /// A trade captured and novated.
    Novation,
    /// The undoing of an earlier entry, which it names.
    Reversal,
    /// A settlement date moved before its obligations fell due.
    DateMove,
    /// Net obligations of a settlement date became open position.
    Due,
    /// Units delivered to the CCP.
    Delivery,
    /// Units allocated by the CCP.
    Allocation,
    /// The money of an open position for the day.
    Money,
    /// A payment made.
    Payment,
    /// A payment not made, advanced by the CCP.
    Advance,
    /// An advance repaid.
    Repayment,
    /// What rounding left.
    Rounding,
    /// A position changed that no trade caused.
    Adjustment,
}

impl EntryKind {
    /// Every kind, in the order of the life of a trade.
    pub const ALL: [Self; 13] = [
        Self::Opening,
        Self::Novation,
        Self::Reversal,
        Self::DateMove,
        Self::Due,
        Self::Delivery,
        Self::Allocation,
        Self::Money,
        Self::Payment,
        Self::Advance,
        Self::Repayment,
        Self::Rounding,
        Self::Adjustment,
    ];

    /// The word that exports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Novation => "novation",
            Self::Reversal => "reversal",
            Self::DateMove => "date_move",
            Self::Due => "due",
            Self::Delivery => "delivery",
            Self::Allocation => "allocation",
            Self::Money => "money",
            Self::Payment => "payment",
            Self::Advance => "advance",
            Self::Repayment => "repayment",
            Self::Rounding => "rounding",
            Self::Adjustment => "adjustment",
        }
    }
}

/// The two parts of a day's money, signed as the payment: + the account receives. They add
/// exactly to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MoneyComponents {
    /// Money before + R(open before × price): the change of value.
    pub mark: i128,
    /// R(open after × price) − R(open before × price): what moved.
    pub delivery: i128,
}

/// One balanced set of postings for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its number; gapless over the segment.
    pub number: EntryNo,
    /// Why it was made.
    pub kind: EntryKind,
    /// The date it counts for: the settlement date of what it books.
    pub value_date: Date,
    /// The entry that this one undoes; `None` unless it is a reversal.
    pub reverses: Option<EntryNo>,
    /// The parts of the money; `None` unless it is a money entry.
    pub components: Option<MoneyComponents>,
    /// The lines. None is zero.
    pub postings: Vec<Posting>,
}

impl JournalEntry {
    /// LEDGER-1: debits equal credits per asset within each class.
    #[must_use]
    pub fn balances(&self) -> bool {
        let mut sums: BTreeMap<(Class, Asset), i128> = BTreeMap::new();
        for posting in &self.postings {
            let sum = sums.entry((posting.class, posting.asset)).or_default();
            match posting.side {
                Side::Debit => *sum -= posting.amount,
                Side::Credit => *sum += posting.amount,
            }
        }
        sums.values().all(|sum| *sum == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use basics::{CurrencyId, InstrumentId};

    fn posting(class: Class, asset: Asset, side: Side, amount: i128) -> Posting {
        Posting { class, account: LedgerAccount::CcpCash, asset, side, amount }
    }

    fn balances(postings: Vec<Posting>) -> bool {
        JournalEntry {
            number: EntryNo(1),
            kind: EntryKind::Opening,
            value_date: Date(0),
            reverses: None,
            components: None,
            postings,
        }
        .balances()
    }

    #[test]
    fn debits_equal_credits_within_class_and_asset() {
        use Class::{Contract, Settled};
        use Side::{Credit, Debit};
        let (units, cash) = (Asset::Instrument(InstrumentId(1)), Asset::Currency(CurrencyId(1)));
        let debit = posting(Contract, units, Debit, 5);
        assert!(balances(vec![]));
        assert!(!balances(vec![debit]));
        assert!(balances(vec![debit, posting(Contract, units, Credit, 5)]));
        assert!(!balances(vec![debit, posting(Contract, units, Credit, 4)]));
        assert!(!balances(vec![debit, posting(Contract, units, Debit, 5)]));
        assert!(!balances(vec![debit, posting(Settled, units, Credit, 5)]));
        assert!(!balances(vec![debit, posting(Contract, cash, Credit, 5)]));
        let parts = [2, 3].map(|amount| posting(Contract, units, Credit, amount));
        assert!(balances(vec![debit, parts[0], parts[1]]));
    }

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        let mut names: Vec<&str> = EntryKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names[2..5], ["reversal", "date_move", "due"]);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), EntryKind::ALL.len());
        assert!(names.iter().all(|name| !name.is_empty()));
    }
}
