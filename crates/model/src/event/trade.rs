//! Facts about a trade.

use basics::{ContractId, EntryNo, Seq, TradeId};
use ledger::postings::Cleared;

use crate::TradeKey;
use crate::trade::Terms;

/// A new trade is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeCaptured<'a> {
    /// Its id.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// Its terms.
    pub terms: Terms<'a>,
}

/// The CCP became buyer to the seller and seller to the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeNovated {
    /// The trade.
    pub trade: TradeId,
    /// The contract of the buyer with the CCP.
    pub buyer_contract: ContractId,
    /// The contract of the seller with the CCP.
    pub seller_contract: ContractId,
    /// From this sequence on the CCP guarantees it.
    pub guaranteed_from: Seq,
    /// What the contracts oblige to.
    pub cleared: Cleared,
    /// The journal entry.
    pub entry: EntryNo,
}

/// A trade is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeAmended<'a> {
    /// The trade.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// The version it has now.
    pub version: u32,
    /// Its terms now.
    pub terms: Terms<'a>,
    /// What it obliged to before.
    pub previous: Cleared,
    /// The journal entry that booked it before.
    pub reverses: EntryNo,
    /// The reversal's journal entry; the new booking is the one after it.
    pub entry: EntryNo,
}

/// A trade is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeCancelled<'a> {
    /// The trade.
    pub trade: TradeId,
    /// Who calls it what.
    pub key: TradeKey<'a>,
    /// The version it has now.
    pub version: u32,
    /// What it obliged to before.
    pub previous: Cleared,
    /// The journal entry that booked it before.
    pub reverses: EntryNo,
    /// The reversal's journal entry.
    pub entry: EntryNo,
}
