//! The house's own side of the books: what stands against the members' accounts.
//!
//! Members' balances are kept where they are used (obligations, positions, cash); the house's
//! are kept here, from the postings themselves. The day's close proves that the two agree.

use alloc::vec::Vec;

use ledger::postings::Cleared;
use ledger::{Asset, LedgerAccount, Posting, Side, Turnover};

/// The house's accounts in one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AssetBooks {
    /// `ccp-novation`.
    pub novation: Turnover,
    /// Turnover of novations that were reversed: what reversals turned over once.
    pub reversed: i128,
    /// Gross value cleared: novated less reversed.
    pub gross: i128,
    /// `ccp-delivery`.
    pub delivery: Turnover,
    /// `ccp-money`.
    pub money: Turnover,
    /// `holding:ccp`.
    pub holding: Turnover,
    /// `ccp-cash`.
    pub cash: Turnover,
    /// `rounding-cash`.
    pub rounding_cash: Turnover,
    /// `rounding-claim`.
    pub rounding_claim: Turnover,
    /// `ccp-adjustment`.
    pub adjustment: Turnover,
    /// `depository-mirror` or `bank-mirror`.
    pub mirror: Turnover,
}

impl AssetBooks {
    fn account(&mut self, account: LedgerAccount) -> Option<&mut Turnover> {
        match account {
            LedgerAccount::CcpNovation => Some(&mut self.novation),
            LedgerAccount::CcpDelivery => Some(&mut self.delivery),
            LedgerAccount::CcpMoney => Some(&mut self.money),
            LedgerAccount::CcpHolding => Some(&mut self.holding),
            LedgerAccount::CcpCash => Some(&mut self.cash),
            LedgerAccount::RoundingCash => Some(&mut self.rounding_cash),
            LedgerAccount::RoundingClaim => Some(&mut self.rounding_claim),
            LedgerAccount::CcpAdjustment => Some(&mut self.adjustment),
            LedgerAccount::DepositoryMirror | LedgerAccount::BankMirror => Some(&mut self.mirror),
            LedgerAccount::Due { .. }
            | LedgerAccount::Cns { .. }
            | LedgerAccount::CnsMoney { .. }
            | LedgerAccount::Holding(_)
            | LedgerAccount::Cash(_)
            | LedgerAccount::Advance(_) => None,
        }
    }
}

/// The house's accounts in every asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    pub(crate) instruments: Vec<AssetBooks>,
    pub(crate) currencies: Vec<AssetBooks>,
}

impl Books {
    /// The house's accounts in an asset.
    #[must_use]
    pub fn of(&self, asset: Asset) -> AssetBooks {
        let found = match asset {
            Asset::Instrument(id) => self.instruments.get(id.0 as usize),
            Asset::Currency(id) => self.currencies.get(id.0 as usize),
        };
        found.copied().unwrap_or_default()
    }

    fn of_mut(&mut self, asset: Asset) -> &mut AssetBooks {
        let (list, at) = match asset {
            Asset::Instrument(id) => (&mut self.instruments, id.0 as usize),
            Asset::Currency(id) => (&mut self.currencies, id.0 as usize),
        };
        if list.len() <= at {
            list.resize(at + 1, AssetBooks::default());
        }
        &mut list[at]
    }

    /// Adds a posting, if it is to one of the house's accounts.
    pub(crate) fn post(&mut self, posting: &Posting) {
        if let Some(account) = self.of_mut(posting.asset).account(posting.account) {
            account.post(posting.side, posting.amount);
        }
    }

    /// The novation of a trade: both its sides in both assets. The hot path's short form of
    /// posting `ledger::postings::novation`.
    pub(crate) fn novate(&mut self, trade: &Cleared) {
        self.turn_over(trade, 1);
    }

    /// The reversal of a novation.
    pub(crate) fn reverse(&mut self, trade: &Cleared) {
        self.turn_over(trade, -1);
    }

    fn turn_over(&mut self, trade: &Cleared, sign: i128) {
        let assets: [(Asset, i128); 2] = [
            (Asset::Instrument(trade.instrument), i128::from(trade.quantity.0)),
            (Asset::Currency(trade.currency), i128::from(trade.consideration.0)),
        ];
        for (asset, amount) in assets {
            let books = self.of_mut(asset);
            books.novation.post(Side::Debit, amount);
            books.novation.post(Side::Credit, amount);
            books.gross += sign * amount;
            if sign < 0 {
                books.reversed += amount;
            }
        }
    }
}
