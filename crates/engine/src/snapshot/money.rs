//! Cash, advances, opening holdings and the run under way in a snapshot.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, InstrumentId, Seq};
use ledger::{Asset, MoneyComponents};
use model::event::{RunKind, RunStage};

use super::codec::{
    Reader, Writer, below, date_column, date_of, in_order, known, signed, unsigned,
};
use super::{SnapshotError, flag};
use crate::State;
use crate::run::Run;

type Read<T> = Result<T, SnapshotError>;

pub(super) fn write(state: &State, out: &mut Writer<'_>) {
    out.table(state.cash.iter().map(|((account, currency), amount)| {
        let [low, high] = signed(*amount);
        [account.0.into(), currency.0.into(), low, high]
    }));
    out.table(state.advances.iter().map(|((account, due, currency), amount)| {
        let [low, high] = signed(*amount);
        [account.0.into(), date_column(*due), currency.0.into(), low, high]
    }));
    out.table(state.openings.iter().map(|((account, asset), quantity)| {
        let (kind, id) = match asset {
            Asset::Instrument(id) => (0, id.0),
            Asset::Currency(id) => (1, id.0),
        };
        let [low, high] = signed(*quantity);
        [account.0.into(), kind, id.into(), low, high]
    }));
    out.byte(u8::from(state.run.is_some()));
    if let Some(run) = &state.run {
        write_run(run, out);
    }
}

pub(super) fn read(state: &mut State, bytes: &mut Reader<'_>) -> Read<()> {
    let ids = Ids::of(state);
    let mut previous = None;
    bytes.table(|[account, currency, low, high]| {
        let key = (ids.account(*account)?, ids.currency(*currency)?);
        in_order(&mut previous, key)?;
        state.cash.insert(key, unsigned([*low, *high]));
        Ok(())
    })?;
    let mut previous = None;
    bytes.table(|[account, due, currency, low, high]| {
        let key = (ids.account(*account)?, date_of(*due)?, ids.currency(*currency)?);
        in_order(&mut previous, key)?;
        state.advances.insert(key, unsigned([*low, *high]));
        Ok(())
    })?;
    let mut previous = None;
    bytes.table(|[account, kind, id, low, high]| {
        let asset = match flag(*kind)? {
            false => Asset::Instrument(ids.instrument(*id)?),
            true => Asset::Currency(ids.currency(*id)?),
        };
        let key = (ids.account(*account)?, asset);
        in_order(&mut previous, key)?;
        state.openings.insert(key, unsigned([*low, *high]));
        Ok(())
    })?;
    if flag(bytes.byte()?)? {
        let run = read_run(&ids, bytes)?;
        check(&run, state)?;
        state.run = Some(run);
    }
    Ok(())
}

/// How many of each there are: ids lie below.
struct Ids {
    accounts: usize,
    instruments: usize,
    currencies: usize,
}

impl Ids {
    fn of(state: &State) -> Self {
        let registry = &state.registry;
        Self {
            accounts: registry.accounts.len(),
            instruments: registry.instruments.len(),
            currencies: registry.currencies.len(),
        }
    }

    fn account(&self, column: u64) -> Read<AccountId> {
        below(column, self.accounts).map(AccountId)
    }

    fn instrument(&self, column: u64) -> Read<InstrumentId> {
        below(column, self.instruments).map(InstrumentId)
    }

    fn currency(&self, column: u64) -> Read<CurrencyId> {
        below(column, self.currencies).map(CurrencyId)
    }
}

fn write_run(run: &Run, out: &mut Writer<'_>) {
    out.u64(run.id.0);
    out.byte(run.kind.number());
    out.date(run.date);
    out.text(&run.draw);
    out.u32(run.steps);
    out.byte(run.stage.number());
    out.u32(run.next);
    out.table(run.instruments.iter().map(|id| [id.0.into()]));
    out.table(
        run.advances.iter().map(|(account, due, currency)| {
            [account.0.into(), date_column(*due), currency.0.into()]
        }),
    );
    out.table(
        run.payments.iter().map(|(account, currency, money)| payment(*account, *currency, money)),
    );
    out.table(
        run.due.iter().map(|((account, currency), money)| payment(*account, *currency, money)),
    );
}

fn payment(account: AccountId, currency: CurrencyId, money: &MoneyComponents) -> [u64; 6] {
    let ([mark, mark_high], [rest, rest_high]) = (signed(money.mark), signed(money.delivery));
    [account.0.into(), currency.0.into(), mark, mark_high, rest, rest_high]
}

type Payment = (AccountId, CurrencyId, MoneyComponents);

fn read_payment(ids: &Ids, row: &[u64; 6]) -> Read<Payment> {
    let [account, currency, mark, mark_high, rest, rest_high] = *row;
    let money = MoneyComponents {
        mark: unsigned([mark, mark_high]),
        delivery: unsigned([rest, rest_high]),
    };
    Ok((ids.account(account)?, ids.currency(currency)?, money))
}

fn read_run(ids: &Ids, bytes: &mut Reader<'_>) -> Read<Run> {
    let id = Seq(bytes.u64()?);
    let kind = known(RunKind::from_number(bytes.byte()?.into()))?;
    let date: Date = bytes.date()?;
    let draw = bytes.boxed()?;
    let steps = bytes.u32()?;
    let stage = known(RunStage::from_number(bytes.byte()?.into()))?;
    let next = bytes.u32()?;
    let mut instruments = Vec::new();
    bytes.table(|[id]| {
        instruments.push(ids.instrument(*id)?);
        Ok(())
    })?;
    let mut advances = Vec::new();
    bytes.table(|[account, due, currency]| {
        advances.push((ids.account(*account)?, date_of(*due)?, ids.currency(*currency)?));
        Ok(())
    })?;
    let mut payments = Vec::new();
    bytes.table(|row| {
        payments.push(read_payment(ids, row)?);
        Ok(())
    })?;
    let (mut due, mut previous) = (BTreeMap::new(), None);
    bytes.table(|row| {
        let (account, currency, money) = read_payment(ids, row)?;
        in_order(&mut previous, (account, currency))?;
        due.insert((account, currency), money);
        Ok(())
    })?;
    Ok(Run { id, kind, date, draw, steps, stage, next, instruments, advances, payments, due })
}

/// What a run still has to do must be there.
fn check(run: &Run, state: &State) -> Read<()> {
    let next = run.next as usize;
    let (items, tried) = match run.stage {
        RunStage::Positions => (run.instruments.len(), 0),
        RunStage::Advances => (run.advances.len(), next),
        RunStage::Payments => (run.payments.len(), run.advances.len()),
        RunStage::InstrumentBooks => (state.registry.instruments.len(), run.advances.len()),
        RunStage::Rounding | RunStage::CurrencyBooks => (next, run.advances.len()),
    };
    let mut to_try = run.advances.iter().skip(tried);
    if next > items || run.steps == u32::MAX || to_try.any(|key| !state.advances.contains_key(key))
    {
        return Err(SnapshotError::Malformed("a run"));
    }
    Ok(())
}
