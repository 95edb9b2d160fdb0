//! LEDGER-1 and LEDGER-2: every entry balances; balances are the fold of postings; the equations
//! of the books hold at every day's close. All of it is computed here from postings alone.

use std::collections::BTreeMap;

use basics::{AccountId, Date, InstrumentId, Price};
use engine::State;
use ledger::{Asset, Class, EntryKind, JournalEntry, LedgerAccount, Side};
use model::Event;
use model::event::{Equation, EquationKind, RunKind};
use proptest::prelude::*;
use testkit::histories;

use crate::drive::{Decided, play};

/// Debits and credits by class, account and asset.
#[derive(Default)]
struct Books {
    turnover: BTreeMap<(Class, LedgerAccount, Asset), [i128; 2]>,
    entries: BTreeMap<u64, JournalEntry>,
    /// What reversals turned over on `ccp-novation`, on the debit side.
    reversed: BTreeMap<Asset, i128>,
    /// Price at which an open position was last marked.
    marks: BTreeMap<(AccountId, InstrumentId), Price>,
}

impl Books {
    /// Books what a decision caused.
    fn take(&mut self, decided: &Decided<'_>) {
        let today = decided.before.business_date().unwrap_or_default();
        decided.events().iter().for_each(|event| self.book(event, today));
    }

    fn book(&mut self, event: &Event<'static>, today: Date) {
        if let Event::PositionSettled(event) = event {
            let key = (event.account, event.instrument);
            self.marks.extend(event.price.map(|price| (key, price)));
        }
        for entry in model::entries::entries(event, today) {
            assert_eq!(entry.number.0, self.entries.len() as u64 + 1, "numbers are gapless");
            let mut sums: BTreeMap<(Class, Asset), i128> = BTreeMap::new();
            for line in &entry.postings {
                assert!(line.amount > 0, "no line is zero");
                let signed = if line.side == Side::Credit { line.amount } else { -line.amount };
                *sums.entry((line.class, line.asset)).or_default() += signed;
                let key = (line.class, line.account, line.asset);
                let turnover = self.turnover.entry(key).or_default();
                turnover[usize::from(line.side == Side::Credit)] += line.amount;
                let undone = entry.kind == EntryKind::Reversal && line.side == Side::Debit;
                if undone && line.account == LedgerAccount::CcpNovation {
                    *self.reversed.entry(line.asset).or_default() += line.amount;
                }
            }
            assert!(sums.values().all(|sum| *sum == 0), "LEDGER-1: {entry:?}");
            assert!(entry.balances() && !entry.postings.is_empty());
            self.reverses(&entry);
            self.entries.insert(entry.number.0, entry);
        }
    }

    /// A reversal undoes, line by line, the entry that it names.
    fn reverses(&self, entry: &JournalEntry) {
        assert_eq!(entry.reverses.is_some(), entry.kind == EntryKind::Reversal);
        let Some(number) = entry.reverses else { return };
        let undone = &self.entries[&number.0];
        assert_eq!(undone.kind, EntryKind::Novation);
        for (line, before) in entry.postings.iter().zip(&undone.postings) {
            assert_eq!(line.side, before.side.opposite());
            assert_eq!((line.class, line.asset), (before.class, before.asset));
            assert_eq!(line.amount, before.amount);
        }
        assert_eq!(entry.postings.len(), undone.postings.len());
    }

    fn balance(&self, class: Class, account: LedgerAccount, asset: Asset) -> i128 {
        let [debit, credit] = self.turnover(class, account, asset);
        credit - debit
    }

    fn turnover(&self, class: Class, account: LedgerAccount, asset: Asset) -> [i128; 2] {
        self.turnover.get(&(class, account, asset)).copied().unwrap_or_default()
    }

    /// The sum of the balances of some accounts in an asset.
    fn sum(&self, asset: Asset, of: impl Fn(LedgerAccount) -> bool) -> i128 {
        let lines =
            self.turnover.iter().filter(|((_, account, held), _)| *held == asset && of(*account));
        lines.map(|(_, [debit, credit])| credit - debit).sum()
    }

    fn assets(&self) -> Vec<Asset> {
        let mut assets: Vec<_> = self.turnover.keys().map(|(_, _, asset)| *asset).collect();
        assets.sort_unstable();
        assets.dedup();
        assets
    }

    /// LEDGER-2: what the state says is what the postings add up to.
    fn agree_with(&self, state: &State) {
        use Class::{Contract, Settled};
        for cell in state.netting.positions() {
            let (account, instrument) = (cell.account, cell.instrument);
            let currency = Asset::Currency(state.registry.instrument_record(instrument).currency);
            let units = Asset::Instrument(instrument);
            let cns = LedgerAccount::Cns { account, instrument };
            assert_eq!(self.balance(Contract, cns, units), cell.carried);
            let money = LedgerAccount::CnsMoney { account, instrument };
            assert_eq!(self.balance(Contract, money, currency), cell.money);
            let holding = LedgerAccount::Holding(account);
            assert_eq!(self.balance(Settled, holding, units), cell.holding);
            assert!(cell.holding >= 0);
        }
        let mut due = BTreeMap::new();
        for (date, cell, amount) in state.netting.obligations() {
            let (account, instrument) = (cell.account, cell.instrument);
            let key = LedgerAccount::Due { account, instrument, date };
            due.insert(key, [amount.units, amount.money]);
        }
        for ((_, account, asset), [debit, credit]) in &self.turnover {
            if let LedgerAccount::Due { .. } = account {
                let [units, money] = due.get(account).copied().unwrap_or_default();
                let known = if matches!(asset, Asset::Instrument(_)) { units } else { money };
                assert_eq!(credit - debit, known, "{account:?}");
            }
            if let (LedgerAccount::Cash(account), Asset::Currency(currency)) = (account, asset) {
                assert_eq!(credit - debit, state.cash_of(*account, *currency));
                assert!(credit >= debit, "an account never spends what it has not");
            }
            if let (LedgerAccount::Advance(account), Asset::Currency(currency)) = (account, asset) {
                let owed =
                    state.advances().filter(|(who, _, what, _)| who == account && what == currency);
                assert_eq!(debit - credit, owed.map(|(_, _, _, owed)| owed).sum::<i128>());
            }
        }
        for asset in self.assets() {
            self.house_agrees_with(state, asset);
        }
    }

    fn house_agrees_with(&self, state: &State, asset: Asset) {
        use Class::{Contract, Settled};
        let house = state.books.of(asset);
        let mirror = match asset {
            Asset::Instrument(_) => LedgerAccount::DepositoryMirror,
            Asset::Currency(_) => LedgerAccount::BankMirror,
        };
        for (class, account, kept) in [
            (Contract, LedgerAccount::CcpNovation, house.novation),
            (Contract, LedgerAccount::CcpDelivery, house.delivery),
            (Contract, LedgerAccount::CcpMoney, house.money),
            (Contract, LedgerAccount::RoundingClaim, house.rounding_claim),
            (Contract, LedgerAccount::CcpAdjustment, house.adjustment),
            (Settled, LedgerAccount::CcpHolding, house.holding),
            (Settled, LedgerAccount::CcpCash, house.cash),
            (Settled, LedgerAccount::RoundingCash, house.rounding_cash),
            (Settled, mirror, house.mirror),
        ] {
            assert_eq!(self.turnover(class, account, asset), [kept.debit, kept.credit]);
        }
        assert_eq!(self.reversed.get(&asset).copied().unwrap_or(0), house.reversed);
        assert_eq!(house.novation.debit - 2 * house.reversed, house.gross);
    }

    /// The equations of the books at the close of a day.
    fn prove(&self, state: &State, today: Date) {
        for asset in self.assets() {
            let zero = [
                LedgerAccount::CcpNovation,
                LedgerAccount::CcpDelivery,
                LedgerAccount::CcpMoney,
                LedgerAccount::CcpHolding,
                LedgerAccount::CcpCash,
            ];
            assert!(zero.iter().all(|flat| self.sum(asset, |account| account == *flat) == 0));
            let holdings = |account| matches!(account, LedgerAccount::Holding(_));
            let cash = |account| {
                matches!(
                    account,
                    LedgerAccount::Cash(_)
                        | LedgerAccount::RoundingCash
                        | LedgerAccount::Advance(_)
                )
            };
            let (mirror, members) = match asset {
                Asset::Instrument(_) => {
                    (LedgerAccount::DepositoryMirror, self.sum(asset, holdings))
                }
                Asset::Currency(_) => (LedgerAccount::BankMirror, self.sum(asset, cash)),
            };
            assert_eq!(-self.sum(asset, |account| account == mirror), members);
            let rounding = |account| {
                matches!(account, LedgerAccount::RoundingCash | LedgerAccount::RoundingClaim)
            };
            assert_eq!(self.sum(asset, rounding), 0);
        }
        let settled = |instrument| {
            state.days.commitment.is_some() && state.registry.settles_on(instrument, today)
        };
        for ((_, account, asset), [debit, credit]) in &self.turnover {
            match account {
                LedgerAccount::Due { instrument, date, .. }
                    if *date <= today && settled(*instrument) =>
                {
                    assert_eq!(debit, credit, "due up to today: {account:?}");
                }
                LedgerAccount::CnsMoney { account, instrument } if settled(*instrument) => {
                    let cns = LedgerAccount::Cns { account: *account, instrument: *instrument };
                    let units = self.sum(Asset::Instrument(*instrument), |found| found == cns);
                    let mark = self.marks.get(&(*account, *instrument)).copied();
                    let value = value(state, *instrument, units, mark.unwrap_or_default());
                    assert_eq!(credit - debit, -value, "{asset:?}");
                }
                _ => {}
            }
        }
    }
}

impl Books {
    /// The equations that a close must record, in order: instruments, then currencies.
    fn all_equations(&self, state: &State, today: Date) -> Vec<Equation> {
        let instruments = state.registry.instrument_ids().map(Asset::Instrument);
        let assets = instruments.chain(state.registry.currency_ids().map(Asset::Currency));
        assets.flat_map(|asset| self.equations(state, asset, today)).collect()
    }

    /// The equations of an asset that a close must record, computed from postings.
    fn equations(&self, state: &State, asset: Asset, today: Date) -> Vec<Equation> {
        use EquationKind as Kind;
        let one = |account| self.sum(asset, |found| found == account);
        let contracts = self.sum(asset, |account| {
            matches!(
                account,
                LedgerAccount::Due { .. }
                    | LedgerAccount::Cns { .. }
                    | LedgerAccount::CnsMoney { .. }
                    | LedgerAccount::RoundingClaim
            )
        });
        let members = self.sum(asset, |account| {
            matches!(
                account,
                LedgerAccount::Holding(_)
                    | LedgerAccount::Cash(_)
                    | LedgerAccount::Advance(_)
                    | LedgerAccount::RoundingCash
            )
        });
        let [novated, _] = self.turnover(Class::Contract, LedgerAccount::CcpNovation, asset);
        let gross = novated - 2 * self.reversed.get(&asset).copied().unwrap_or(0);
        let settled = |instrument| {
            state.days.commitment.is_some() && state.registry.settles_on(instrument, today)
        };
        let (zero, balance) = (Class::Contract, Class::Settled);
        let equations = match asset {
            Asset::Instrument(instrument) => {
                let adjusted = one(LedgerAccount::CcpAdjustment);
                let mut equations = vec![
                    (Kind::NovationIsFlat, zero, 0),
                    (Kind::DeliveryIsFlat, zero, 0),
                    (Kind::CcpHoldsNothing, balance, 0),
                    (Kind::MirrorsAgree, balance, members),
                    (Kind::ContractsBalance, zero, contracts + adjusted),
                    (Kind::SettledBalance, balance, 0),
                    (Kind::GrossCleared, zero, gross),
                ];
                if settled(instrument) {
                    equations.insert(0, (Kind::DueIsEmpty, zero, 0));
                }
                equations
            }
            Asset::Currency(_) => {
                let marked = self.sum(asset, |account| match account {
                    LedgerAccount::CnsMoney { instrument, .. } => settled(instrument),
                    _ => false,
                });
                vec![
                    (Kind::DueIsEmpty, zero, 0),
                    (Kind::NovationIsFlat, zero, 0),
                    (Kind::MoneyIsFlat, zero, 0),
                    (Kind::CcpCashIsFlat, balance, 0),
                    (Kind::MoneyIsMarked, zero, marked),
                    (Kind::RoundingIsOwned, zero, 0),
                    (Kind::MirrorsAgree, balance, members),
                    (Kind::ContractsBalance, zero, contracts),
                    (Kind::SettledBalance, balance, 0),
                    (Kind::GrossCleared, zero, gross),
                ]
            }
        };
        let both = |(kind, class, side)| Equation { kind, class, asset, left: side, right: side };
        equations.into_iter().map(both).collect()
    }
}

/// The value of a position, rounded half away from zero, by long division.
fn value(state: &State, instrument: InstrumentId, units: i128, price: Price) -> i128 {
    let record = state.registry.instrument_record(instrument);
    let minor = state.registry.currency_record(record.currency).minor_decimals;
    let exponent = u32::from(record.quantity_decimals) + 9 - u32::from(minor);
    let (product, unit) = ((units * price.0).abs(), 10_i128.pow(exponent));
    (product * 2 + unit) / (2 * unit) * units.signum()
}

proptest! {
    /// LEDGER-1: every entry balances per asset within each class, no line is zero, numbers are
    /// gapless, and a reversal undoes the entry that it names.
    #[test]
    fn ledger_1_every_entry_balances(history in histories()) {
        let mut books = Books::default();
        play(&history, |decided| {
            books.take(decided);
            assert_eq!(decided.after.next_entry.0, books.entries.len() as u64 + 1);
        });
    }

    /// LEDGER-2: every balance of the state is the fold of the postings, after every decision.
    #[test]
    fn ledger_2_balances_are_the_fold_of_postings(history in histories()) {
        let mut books = Books::default();
        play(&history, |decided| {
            books.take(decided);
            books.agree_with(decided.after);
        });
    }

    /// LEDGER-3: at every close the equations of the books hold, and the close records them with
    /// both their sides.
    #[test]
    fn ledger_3_the_equations_hold_at_every_close(history in histories()) {
        let mut books = Books::default();
        let mut proved = Vec::new();
        play(&history, |decided| {
            books.take(decided);
            for event in decided.events() {
                match event {
                    Event::BooksProved(event) => proved.extend_from_slice(&event.equations),
                    Event::RunCompleted(event) => {
                        assert_eq!(event.last_entry.0, books.entries.len() as u64);
                        if event.kind == RunKind::DayClose {
                            books.prove(decided.after, event.date);
                            let expected = books.all_equations(decided.after, event.date);
                            assert_eq!(std::mem::take(&mut proved), expected);
                        }
                    }
                    _ => {}
                }
            }
        });
    }
}
