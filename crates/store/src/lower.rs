//! Changes as rows: which statement, with which fields in which order.

use views::Change;
use views::basics::{AccountId, CurrencyId, Date, InstrumentId};
use views::change::{AdvanceRow, DayStage, EntryRow, Settles, TradeEntryRow, TradeRow};
use views::export::AssetKind;
use views::ledger::{Asset, LedgerAccount, Posting, Side};

use crate::batch::{Batch, Row};
use crate::statement::Statement;

/// What stands for a day before the first, where a key may not be empty.
pub(crate) const BEFORE_THE_FIRST_DAY: i32 = i32::MIN;

/// What stands for the CCP among accounts, and for no account and no instrument.
pub(crate) const NONE: i64 = -1;

/// Adds the rows of a change to a batch.
#[inline]
pub(crate) fn lower(change: &Change<'_>, batch: &mut Batch) {
    match change {
        Change::TradeCaptured(row) => {
            trade(batch.row(Statement::TradeCaptured), row);
        }
        Change::TradeEntry(row) => {
            trade_entry(batch.row(Statement::TradeEntry), row);
        }
        Change::TradeAmended(row) => {
            trade(batch.row(Statement::TradeAmended), row);
        }
        Change::TradeCancelled { trade, version, seq } => {
            let row = batch.row(Statement::TradeCancelled);
            row.count(trade.0).int(*version).count(seq.0);
        }
        Change::TradesMoved { instrument, from, to } => {
            batch.join_moves(instrument.0.into(), from.0.into(), to.0.into());
            let row = batch.row(Statement::TradesMoved);
            row.int(instrument.0).int(from.0).int(to.0);
        }
        Change::ReportRefused(refused) => {
            let row = batch.row(Statement::Rejection).count(refused.seq.0);
            let row = row.maybe(refused.business_date.map(|date| date.0));
            let row = match &refused.report {
                Some((key, version)) => {
                    row.text(key.source).int(key.trade_date.0).text(key.reference).int(*version)
                }
                None => row.null().null().null().null(),
            };
            row.text(refused.outcome);
        }
        Change::Entry(row) => entry(batch, row),
        Change::Posting { entry, line, posting: it } => {
            let id = entry.0 * 256 + u64::from(*line);
            posting(batch.row(Statement::Posting).count(id), it);
        }
        Change::Add(_) => unreachable!("sums go to the tally"),
        Change::InputRefused(_) | Change::DeadLetter(_) => inputs(change, batch),
        Change::Currency(..)
        | Change::Closure(_)
        | Change::Member(..)
        | Change::Account(..)
        | Change::Instrument(..)
        | Change::Policy(_)
        | Change::Priority(_)
        | Change::InForce(_) => reference(change, batch),
        Change::DayOpened { .. } | Change::DayReached { .. } => days(change, batch),
        Change::Settled(_)
        | Change::Carried(_)
        | Change::Flat(..)
        | Change::Adjusted(_)
        | Change::Price(_) => positions(change, batch),
        Change::Payment(_)
        | Change::AdvanceOpened(_)
        | Change::AdvanceStands(_)
        | Change::AdvanceRepaid(_) => payments(change, batch),
    }
}

#[inline]
fn trade(row: Row<'_>, trade: &TradeRow<'_>) {
    let cleared = &trade.cleared;
    row.count(trade.trade.0)
        .text(trade.key.source)
        .int(trade.key.trade_date.0)
        .text(trade.key.reference)
        .int(trade.version)
        .int(0)
        .int(cleared.instrument.0)
        .int(cleared.currency.0)
        .int(cleared.buyer.0)
        .int(cleared.seller.0)
        .int(cleared.quantity.0)
        .big(trade.price.0)
        .int(cleared.consideration.0)
        .int(cleared.settlement_date.0)
        .count(trade.seq.0);
}

#[inline]
fn trade_entry(row: Row<'_>, entry: &TradeEntryRow) {
    let cleared = &entry.cleared;
    let row = row.count(entry.entry.0).count(entry.seq.0);
    let row = row.maybe(entry.business_date.map(|date| date.0)).count(entry.trade.0);
    let row = match entry.reverses {
        Some(reverses) => row.count(reverses.0),
        None => row.null(),
    };
    row.int(cleared.instrument.0)
        .int(cleared.currency.0)
        .int(cleared.buyer.0)
        .int(cleared.seller.0)
        .int(cleared.quantity.0)
        .int(cleared.consideration.0)
        .int(cleared.settlement_date.0);
}

fn entry(batch: &mut Batch, entry: &EntryRow) {
    let row = batch.row(Statement::Entry).count(entry.entry.0).count(entry.seq.0);
    let row = row.maybe(entry.business_date.map(|date| date.0)).text(entry.kind.name());
    let row = row.int(entry.value_date.0);
    let row = match entry.reverses {
        Some(reverses) => row.count(reverses.0),
        None => row.null(),
    };
    row.maybe_big(entry.components.map(|money| money.mark))
        .maybe_big(entry.components.map(|money| money.delivery));
}

fn posting(row: Row<'_>, posting: &Posting) {
    let date = match posting.account {
        LedgerAccount::Due { date, .. } => Some(date.0),
        LedgerAccount::Cns { .. }
        | LedgerAccount::CnsMoney { .. }
        | LedgerAccount::Holding(_)
        | LedgerAccount::Cash(_)
        | LedgerAccount::Advance(_)
        | LedgerAccount::CcpHolding
        | LedgerAccount::CcpCash
        | LedgerAccount::CcpNovation
        | LedgerAccount::CcpDelivery
        | LedgerAccount::CcpMoney
        | LedgerAccount::RoundingCash
        | LedgerAccount::RoundingClaim
        | LedgerAccount::CcpAdjustment
        | LedgerAccount::DepositoryMirror
        | LedgerAccount::BankMirror => None,
    };
    let row = row.text(posting.class.letter());
    let row = ledger_account(row, posting.account).maybe(date);
    let side = match posting.side {
        Side::Debit => 0,
        Side::Credit => 1,
    };
    asset(row, posting.asset).int(side).big(posting.amount);
}

/// Name, member's account and instrument of a ledger account.
pub(crate) fn ledger_account(row: Row<'_>, account: LedgerAccount) -> Row<'_> {
    let owner = account.owner().map_or(NONE, |AccountId(id)| i64::from(id));
    let instrument = account.instrument().map_or(NONE, |InstrumentId(id)| i64::from(id));
    row.text(account.name()).int(owner).int(instrument)
}

/// Kind and id of an asset.
pub(crate) fn asset(row: Row<'_>, asset: Asset) -> Row<'_> {
    let (Asset::Instrument(InstrumentId(id)) | Asset::Currency(CurrencyId(id))) = asset;
    row.int(AssetKind::of(asset) as i32).int(id)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "lower lists them all")]
fn inputs(change: &Change<'_>, batch: &mut Batch) {
    match change {
        Change::InputRefused(refused) => {
            let row = batch.row(Statement::RefusedInput).count(refused.seq.0);
            let row = row.maybe(refused.business_date.map(|date| date.0)).text(refused.what);
            let row = row.text(refused.subject).maybe(refused.date.map(|date| date.0));
            let row = row.text(refused.reason.name());
            match refused.place {
                Some(place) => row.text(place.channel).count(place.position),
                None => row.null().null(),
            };
        }
        Change::DeadLetter(letter) => {
            let row = batch.row(Statement::DeadLetter).count(letter.seq.0);
            let row = row.maybe(letter.business_date.map(|date| date.0));
            let row = row.text(letter.reason.name());
            let row = match letter.place {
                Some(place) => {
                    row.text(place.channel).count(place.position).int(place.item).int(place.pass)
                }
                None => row.null().null().null().null(),
            };
            row.bytes(letter.bytes);
        }
        other => unreachable!("{other:?} is no input"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "lower lists them all")]
fn reference(change: &Change<'_>, batch: &mut Batch) {
    match change {
        Change::Currency(id, c) => {
            let row = batch.row(Statement::Currency).int(id.0).int(c.from.0).text(c.code);
            row.int(c.minor_decimals).text(c.calendar);
            let row = batch.row(Statement::CurrencyCode);
            row.int(id.0).text(c.code).int(c.minor_decimals);
        }
        Change::Closure(c) => {
            batch.row(Statement::Closure).text(c.calendar).int(c.closed_on.0).text(c.name);
        }
        Change::Member(id, c) => {
            let row = batch.row(Statement::Member).int(id.0).int(c.from.0).text(c.member);
            row.text(c.lei).text(c.name).text(c.status.name());
        }
        Change::Account(id, c) => {
            let row = batch.row(Statement::Account).int(id.0).int(c.from.0).text(c.account);
            row.text(c.member).text(c.kind.name()).text(c.status.name());
            batch.row(Statement::AccountCode).int(id.0).text(c.account);
        }
        Change::Instrument(id, c) => {
            let row = batch.row(Statement::Instrument).int(id.0).int(c.from.0).text(c.isin);
            let row = row.int(c.quantity_decimals).text(c.symbol).text(c.name).text(c.kind);
            let row = row.text(c.currency).text(c.listed_on).text(c.trading_calendar);
            row.text(c.settlement_calendar).int(c.cycle).text(c.status.name());
            let row = batch.row(Statement::InstrumentCode);
            row.int(id.0).int(c.quantity_decimals);
        }
        Change::InForce(Date(day)) => {
            batch.row(Statement::InstrumentsInForce).int(*day);
        }
        Change::Policy(c) => {
            let row = batch.row(Statement::Policy).int(c.from.0).text(c.model.name());
            row.text(c.trading_cut_off).text(c.settlement_cut_off);
        }
        Change::Priority(c) => {
            let instrument = c.instrument.map_or(NONE, |InstrumentId(id)| i64::from(id));
            let row = batch.row(Statement::Priority).int(c.account.0).int(instrument);
            row.int(c.from.0).int(c.group);
        }
        other => unreachable!("{other:?} is no reference data"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "lower lists them all")]
fn days(change: &Change<'_>, batch: &mut Batch) {
    match change {
        Change::DayOpened { date, seq, settles } => {
            let settles = match settles {
                Settles::Yes => 1,
                Settles::No => 0,
            };
            batch.row(Statement::DayOpened).int(date.0).int(settles).count(seq.0);
        }
        Change::DayReached { date, stage, seq } => {
            let statement = match stage {
                DayStage::TradingClosed => Statement::DayTradingClosed,
                DayStage::SettlementStarted => Statement::DaySettlementStarted,
                DayStage::Settled => Statement::DaySettled,
                DayStage::CloseStarted => Statement::DayCloseStarted,
                DayStage::Closed => Statement::DayClosed,
            };
            batch.row(statement).int(date.0).count(seq.0);
        }
        other => unreachable!("{other:?} is no day"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "lower lists them all")]
fn positions(change: &Change<'_>, batch: &mut Batch) {
    match change {
        Change::Settled(it) => {
            let row = batch.row(Statement::Settlement).int(it.date.0).int(it.instrument.0);
            let row = row.int(it.account.0).int(it.currency.0).big(it.open_before);
            let row = row.big(it.moved).big(it.open_after).int(it.age);
            let row = row.maybe_big(it.price.map(|price| price.0));
            row.big(it.money.mark).big(it.money.delivery).big(it.money_after);
        }
        Change::Carried(it) => {
            let row = batch.row(Statement::PositionCarried).int(it.instrument.0);
            let row = row.int(it.account.0).int(it.currency.0).big(it.quantity).int(it.age);
            row.big(it.money).maybe_big(it.mark.map(|price| price.0));
        }
        Change::Flat(account, instrument) => {
            batch.row(Statement::PositionFlat).int(instrument.0).int(account.0);
        }
        Change::Adjusted(it) => {
            let row = batch.row(Statement::PositionAdjusted).int(it.instrument.0);
            row.int(it.account.0).int(it.currency.0).big(it.units).big(it.money);
        }
        Change::Price(it) => {
            let row = batch.row(Statement::Price).int(it.instrument.0).int(it.price_date.0);
            row.big(it.price.0).count(it.seq.0);
        }
        other => unreachable!("{other:?} is no position"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "lower lists them all")]
fn payments(change: &Change<'_>, batch: &mut Batch) {
    let key = |row: Row<'_>, it: &AdvanceRow| {
        row.int(it.account.0).int(it.currency.0).int(it.due.0);
    };
    match change {
        Change::Payment(it) => {
            let row = batch.row(Statement::Payment).count(it.seq.0).int(it.date.0);
            let row = row.int(it.due.0).int(it.account.0).int(it.currency.0).big(it.amount);
            let row = row.maybe_big(it.components.map(|money| money.mark));
            let row = row.maybe_big(it.components.map(|money| money.delivery));
            row.text(it.status.name());
        }
        Change::AdvanceOpened(it) => {
            let row = batch.row(Statement::AdvanceOpened).int(it.account.0).int(it.currency.0);
            row.int(it.due.0).big(it.amount).int(it.tried_on.0);
        }
        Change::AdvanceStands(it) => {
            let row = batch.row(Statement::AdvanceStands).int(it.account.0).int(it.currency.0);
            row.int(it.due.0).int(it.tried_on.0);
        }
        Change::AdvanceRepaid(it) => key(batch.row(Statement::AdvanceRepaid), it),
        other => unreachable!("{other:?} is no payment"),
    }
}
