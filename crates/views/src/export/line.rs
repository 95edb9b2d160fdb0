//! Lines of journal entries, as exports show them. The lines of a trade's entry are derived here,
//! each time someone looks.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ledger::{Asset, Posting, Side, postings};
use model::public::{AssetRef, ClearedRecord, LedgerAccountRef};

use super::AssetKind;
use crate::tally::Booking;

/// A line of a journal entry, as exports show it. Lines sort as exports sort them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// C or S.
    pub class: &'static str,
    /// The ledger account's text.
    pub account: String,
    /// ISIN or currency code.
    pub asset: String,
    /// Smallest units of the asset; zero on a credit line.
    pub debit: i128,
    /// Smallest units of the asset; zero on a debit line.
    pub credit: i128,
    /// What is counted.
    pub asset_kind: AssetKind,
    /// Decimals of the asset.
    pub decimals: u8,
}

/// The lines of a trade's entry, sorted: a booking, or its undoing.
#[must_use]
pub fn trade_lines(cleared: &ClearedRecord<'_>, booking: Booking) -> Vec<Line> {
    let booked = postings::novation(&cleared.cleared());
    let booked = match booking {
        Booking::Made => booked,
        Booking::Undone => postings::reversal(booked),
    };
    let mut lines: Vec<Line> = booked.iter().map(|posting| trade_line(cleared, posting)).collect();
    lines.sort_unstable();
    lines
}

fn trade_line(cleared: &ClearedRecord<'_>, posting: &Posting) -> Line {
    let owner = posting
        .account
        .owner()
        .map(|id| if id == cleared.buyer.id { cleared.buyer.code } else { cleared.seller.code });
    let isin = posting.account.instrument().map(|_| cleared.instrument.isin);
    let asset = match posting.asset {
        Asset::Instrument(_) => AssetRef::Instrument(cleared.instrument),
        Asset::Currency(_) => AssetRef::Currency(cleared.currency),
    };
    let (debit, credit) = match posting.side {
        Side::Debit => (posting.amount, 0),
        Side::Credit => (0, posting.amount),
    };
    Line {
        class: posting.class.letter(),
        account: LedgerAccountRef { key: posting.account, owner, isin }.to_string(),
        asset: asset.code().to_string(),
        debit,
        credit,
        asset_kind: AssetKind::of(posting.asset),
        decimals: asset.decimals(),
    }
}
