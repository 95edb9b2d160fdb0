//! Sums, added up in memory: what a batch of records adds to each, written once.
//!
//! All sums have 128 bits; a sum of that many 64-bit parts cannot overflow in practice, and would
//! stop the process if it did. Look-ups hash with a fixed seed; whatever leaves the tally leaves
//! it sorted.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, InstrumentId};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use ledger::postings::Cleared;
use ledger::{Asset, Class, EntryKind, LedgerAccount, Posting, Side, Turnover};

/// A part of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delta {
    /// One more trade report had this outcome.
    Outcome {
        /// The day last opened; `None` before the first.
        business_date: Option<Date>,
        /// The outcome's name.
        outcome: &'static str,
    },
    /// A trade was booked, or a booking undone: what it adds to the obligations of both sides.
    Obligations(Booking, Cleared),
    /// The same for the balance of the account through which novations go.
    Novations(Cleared),
    /// A posting to a `due` account, by an entry of this kind.
    Due(EntryKind, Posting),
    /// A posting to any other account.
    Posted(Posting),
    /// Money was paid.
    Paid {
        /// The business date.
        date: Date,
        /// The account.
        account: AccountId,
        /// The currency.
        currency: CurrencyId,
        /// Minor units, + the account receives.
        amount: i128,
    },
}

/// Whether a trade is booked or its booking undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booking {
    /// Booked.
    Made,
    /// Undone.
    Undone,
}

/// Which obligations: an account's, in an instrument, on a settlement date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueKey {
    /// The settlement date.
    pub date: Date,
    /// The instrument.
    pub instrument: InstrumentId,
    /// The account.
    pub account: AccountId,
}

/// Obligations of one key: what trades incurred, and what of it fell due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DueSum {
    /// The currency of the money; `None` before any money is known.
    pub currency: Option<CurrencyId>,
    /// Units: + to receive.
    pub units: i128,
    /// Minor units: + to be paid.
    pub money: i128,
    /// Units of them that are open position now.
    pub fallen_units: i128,
    /// Minor units of them that are carried with the position now.
    pub fallen_money: i128,
}

/// Which balance: an account of the ledger, in an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BalanceKey {
    /// Contracts or settled.
    pub class: Class,
    /// The account; never a `due` account.
    pub account: LedgerAccount,
    /// The asset.
    pub asset: Asset,
}

/// Which payments: `account` is `None` for the CCP's own side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaidKey {
    /// The business date.
    pub date: Date,
    /// The account; `None` for the CCP.
    pub account: Option<AccountId>,
    /// The currency.
    pub currency: CurrencyId,
}

/// Which outcomes: of a day (`None` before the first) and of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutcomeKey {
    /// The day last opened; `None` before the first.
    pub business_date: Option<Date>,
    /// The outcome's name.
    pub outcome: &'static str,
}

/// Deltas added up.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    outcomes: BTreeMap<OutcomeKey, u64>,
    dues: HashMap<DueKey, DueSum, FixedState>,
    balances: HashMap<BalanceKey, Turnover, FixedState>,
    paid: BTreeMap<PaidKey, i128>,
}

impl Tally {
    /// Adds a part to its sum.
    #[inline]
    pub fn add(&mut self, delta: Delta) {
        match delta {
            Delta::Outcome { business_date, outcome } => {
                *self.outcomes.entry(OutcomeKey { business_date, outcome }).or_default() += 1;
            }
            Delta::Obligations(booking, cleared) => self.obligations(booking, &cleared),
            Delta::Novations(cleared) => self.novations(&cleared),
            Delta::Due(kind, posting) => self.due(kind, &posting),
            Delta::Posted(posting) => {
                let Posting { class, account, asset, side, amount } = posting;
                let key = BalanceKey { class, account, asset };
                self.balances.entry(key).or_default().post(side, amount);
            }
            Delta::Paid { date, account, currency, amount } => {
                let key = PaidKey { date, account: Some(account), currency };
                *self.paid.entry(key).or_default() += amount;
                *self.paid.entry(PaidKey { account: None, ..key }).or_default() -= amount;
            }
        }
    }

    /// The buyer is to receive units and to pay, the seller the other way round.
    #[inline]
    fn obligations(&mut self, booking: Booking, cleared: &Cleared) {
        let sign = match booking {
            Booking::Made => 1,
            Booking::Undone => -1,
        };
        let units = sign * i128::from(cleared.quantity.0);
        let money = sign * i128::from(cleared.consideration.0);
        let (date, instrument) = (cleared.settlement_date, cleared.instrument);
        for (account, sign) in [(cleared.buyer, 1), (cleared.seller, -1)] {
            let sum = self.dues.entry(DueKey { date, instrument, account }).or_default();
            sum.currency = Some(cleared.currency);
            sum.units += sign * units;
            sum.money -= sign * money;
        }
    }

    /// Each asset goes through the CCP's account once in and once out.
    fn novations(&mut self, cleared: &Cleared) {
        let units = (Asset::Instrument(cleared.instrument), cleared.quantity.0);
        let money = (Asset::Currency(cleared.currency), cleared.consideration.0);
        let (class, account) = (Class::Contract, LedgerAccount::CcpNovation);
        for (asset, amount) in [units, money] {
            let sum = self.balances.entry(BalanceKey { class, account, asset }).or_default();
            sum.debit += i128::from(amount);
            sum.credit += i128::from(amount);
        }
    }

    fn due(&mut self, kind: EntryKind, posting: &Posting) {
        let LedgerAccount::Due { account, instrument, date } = posting.account else {
            unreachable!("only postings to due accounts are added here")
        };
        let amount = match posting.side {
            Side::Credit => posting.amount,
            Side::Debit => -posting.amount,
        };
        let sum = self.dues.entry(DueKey { date, instrument, account }).or_default();
        // What falls due leaves the due account, but stays an obligation that trades incurred.
        let fallen = kind == EntryKind::Due;
        match posting.asset {
            Asset::Instrument(_) if fallen => sum.fallen_units -= amount,
            Asset::Instrument(_) => sum.units += amount,
            Asset::Currency(currency) => {
                sum.currency = Some(currency);
                *(if fallen { &mut sum.fallen_money } else { &mut sum.money }) +=
                    if fallen { -amount } else { amount };
            }
        }
    }

    /// True when there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
            && self.dues.is_empty()
            && self.balances.is_empty()
            && self.paid.is_empty()
    }

    /// Forgets all sums and keeps the memory.
    pub fn clear(&mut self) {
        self.outcomes.clear();
        self.dues.clear();
        self.balances.clear();
        self.paid.clear();
    }

    /// Counts by outcome.
    pub fn outcomes(&self) -> impl Iterator<Item = (&OutcomeKey, &u64)> {
        self.outcomes.iter()
    }

    /// Payments, in minor units.
    pub fn paid(&self) -> impl Iterator<Item = (&PaidKey, &i128)> {
        self.paid.iter()
    }

    /// How many sums of obligations there are: with many accounts and instruments, nearly two for
    /// each trade.
    #[must_use]
    pub fn dues_len(&self) -> usize {
        self.dues.len()
    }

    /// Obligations, in order of their keys.
    #[must_use]
    pub fn dues(&self) -> Vec<(DueKey, DueSum)> {
        sorted(&self.dues)
    }

    /// Turnover by balance, in order of their keys.
    #[must_use]
    pub fn balances(&self) -> Vec<(BalanceKey, Turnover)> {
        sorted(&self.balances)
    }
}

fn sorted<K: Ord + Copy, V: Copy>(sums: &HashMap<K, V, FixedState>) -> Vec<(K, V)> {
    let mut out: Vec<(K, V)> = sums.iter().map(|(key, sum)| (*key, *sum)).collect();
    out.sort_unstable_by_key(|(key, _)| *key);
    out
}
