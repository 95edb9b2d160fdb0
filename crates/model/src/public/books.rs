//! Public records of the ledger: journal entries and their postings.

use alloc::vec::Vec;
use core::fmt;

use basics::{Date, EntryNo, TradeId};
use ledger::{Class, EntryKind, LedgerAccount, MoneyComponents, Side};

use super::{AssetRef, ClearedRecord};

/// A trade was booked, or a booking undone. The eight postings follow from it by
/// `ledger::postings::novation` (and its reversal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeEntryRecord<'a> {
    /// The journal entry's number.
    pub entry: EntryNo,
    /// The trade.
    pub trade: TradeId,
    /// The entry that this one undoes; `None` for a booking.
    pub reverses: Option<EntryNo>,
    /// What is booked or undone; the entry's value date is the settlement date.
    pub cleared: ClearedRecord<'a>,
}

impl TradeEntryRecord<'_> {
    /// Novation or reversal.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        if self.reverses.is_some() { EntryKind::Reversal } else { EntryKind::Novation }
    }
}

/// A journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRecord<'a> {
    /// Its number.
    pub entry: EntryNo,
    /// Why it was made.
    pub kind: EntryKind,
    /// The date it counts for.
    pub value_date: Date,
    /// The entry that this one undoes; `None` unless it is a reversal.
    pub reverses: Option<EntryNo>,
    /// The parts of the money; `None` unless it is a money entry.
    pub components: Option<MoneyComponents>,
    /// The lines.
    pub postings: Vec<PostingRecord<'a>>,
}

/// One debit or credit line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostingRecord<'a> {
    /// Contracts or settled.
    pub class: Class,
    /// The account posted to; it prints as exports show it.
    pub account: LedgerAccountRef<'a>,
    /// What is counted.
    pub asset: AssetRef<'a>,
    /// The column.
    pub side: Side,
    /// In the asset's smallest units; positive.
    pub amount: i128,
}

/// An account of the ledger with its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerAccountRef<'a> {
    /// The account.
    pub key: LedgerAccount,
    /// Code of the member's account; `None` for the house's own.
    pub owner: Option<&'a str>,
    /// The ISIN in the key; `None` where the asset says it.
    pub isin: Option<&'a str>,
}

impl fmt::Display for LedgerAccountRef<'_> {
    /// `due:M001-H:US0268747849:2013-10-10`, `cash:M001-H`, `ccp-cash`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key.name())?;
        for part in [self.owner, self.isin].into_iter().flatten() {
            write!(f, ":{part}")?;
        }
        if let LedgerAccount::Due { date, .. } = self.key {
            write!(f, ":{date}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use basics::{AccountId, InstrumentId};

    #[test]
    fn ledger_accounts_print_as_exports_show_them() {
        let (account, instrument) = (AccountId(1), InstrumentId(2));
        let date = Date::parse(b"2013-10-10").expect("a date");
        let (owner, isin) = (Some("M001-H"), Some("US0268747849"));
        let due = LedgerAccount::Due { account, instrument, date };
        let text = LedgerAccountRef { key: due, owner, isin }.to_string();
        assert_eq!(text, "due:M001-H:US0268747849:2013-10-10");
        let money = LedgerAccount::CnsMoney { account, instrument };
        let text = LedgerAccountRef { key: money, owner, isin }.to_string();
        assert_eq!(text, "cns-money:M001-H:US0268747849");
        let ccp = LedgerAccount::CcpHolding;
        let text = LedgerAccountRef { key: ccp, owner: None, isin: None }.to_string();
        assert_eq!(text, "holding:ccp");
    }
}
