//! Trades in a snapshot: for each trade date its references as one text, then a row of numbers
//! for each trade. The index is built again.

use model::trade::{Attributes, Capacity, CumEx, ShortSale, TradeType};

use basics::{
    AccountId, Date, EntryNo, Instant, InstrumentId, Minor, Price, PriceUnit, TradeId, Units,
};

use super::codec::{
    Reader, Writer, below, date_column, date_of, in_order, known, narrow, signed, signed_short,
    unsigned, unsigned_short,
};
use super::reference::{read_texts, texts};
use super::{SnapshotError, flag};
use crate::State;
use crate::state::StoredAttributes;
use crate::trades::{Content, NewTrade, Trade, TradeDay};

type Read<T> = Result<T, SnapshotError>;

/// Columns of a content.
const CONTENT: usize = 11;

/// Columns of a trade.
const TRADE: usize = CONTENT + 7;

/// More trades than there can be; ids up to here leave room for the arithmetic on them.
const TRADES_MAX: u64 = 1 << 60;

pub(super) fn write(state: &State, out: &mut Writer<'_>) {
    out.count(state.attributes.len());
    for stored in &state.attributes {
        let plain = &stored.plain;
        out.byte(plain.trade_type.number());
        out.byte(plain.cum_ex.number());
        out.byte(plain.short_sale.number());
        out.byte(plain.capacity.number());
        out.byte(match plain.price_unit {
            PriceUnit::PerUnit => 0,
            PriceUnit::PerCent => 1,
        });
        out.text(&stored.original_reference);
    }
    let trades = &state.trades;
    texts(&trades.sources, out);
    texts(&trades.venues, out);
    out.u64(trades.captured);
    out.count(trades.days.len());
    for day in &trades.days {
        out.date(day.date);
        out.u64(day.first.0);
        out.bytes(day.references());
        let lengths = (0..day.trades.len()).map(|slot| day.reference_bytes(slot).len() as u64);
        out.count(day.trades.len());
        out.table(day.trades.iter().zip(lengths).map(|(trade, length)| row(trade, length)));
    }
    out.table(trades.history.iter().map(|((id, version), content)| {
        let mut row = [0; CONTENT + 2];
        row[..CONTENT].copy_from_slice(&content_columns(content));
        row[CONTENT..].copy_from_slice(&[id.0, u64::from(*version)]);
        row
    }));
}

pub(super) fn read(state: &mut State, bytes: &mut Reader<'_>) -> Read<()> {
    state.attributes.clear();
    for _ in 0..bytes.count(8)? {
        state.attributes.push(read_attributes(bytes)?);
    }
    let says_nothing = |first: &StoredAttributes| {
        first.plain.says_nothing() && first.original_reference.is_empty()
    };
    if !state.attributes.first().is_some_and(says_nothing) {
        return Err(SnapshotError::Malformed("a list of attributes"));
    }
    state.trades.sources = read_texts(bytes)?;
    state.trades.venues = read_texts(bytes)?;
    state.trades.captured = bytes.u64()?;
    if state.trades.captured > TRADES_MAX {
        return Err(SnapshotError::Malformed("a number of trades"));
    }
    let (mut dates, mut next_id) = (None, 1);
    for _ in 0..bytes.count(8)? {
        let (date, first) = (bytes.date()?, bytes.u64()?);
        in_order(&mut dates, date)?;
        if first < next_id {
            return Err(SnapshotError::Malformed("an order"));
        }
        let day = read_day(state, bytes, date, TradeId(first))?;
        next_id = first + day.trades.len() as u64;
        if next_id > state.trades.captured + 1 {
            return Err(SnapshotError::Malformed("a number of trades"));
        }
        state.trades.days.push(day);
    }
    state.trades.newest_day = state.trades.days.len().saturating_sub(1);
    read_history(state, bytes)
}

fn read_day(state: &State, bytes: &mut Reader<'_>, date: Date, first: TradeId) -> Read<TradeDay> {
    let references = bytes.text()?;
    let trades = bytes.count(TRADE)?;
    if first.0 > TRADES_MAX {
        return Err(SnapshotError::Malformed("a number of trades"));
    }
    let mut day = TradeDay::with_capacity(date, first, trades, references.len());
    let mut begin = 0_usize;
    bytes.table(|row| {
        let end = usize::try_from(row[TRADE - 1]).ok().and_then(|length| begin.checked_add(length));
        let reference = end.and_then(|end| references.get(begin..end));
        day.push(reference.ok_or(SnapshotError::Malformed("a reference"))?, trade(state, row)?);
        begin = end.unwrap_or(begin);
        Ok(())
    })?;
    if begin != references.len() || day.trades.len() != trades {
        return Err(SnapshotError::Malformed("a reference"));
    }
    Ok(day)
}

fn read_history(state: &mut State, bytes: &mut Reader<'_>) -> Read<()> {
    let mut history = core::mem::take(&mut state.trades.history);
    let mut previous = None;
    bytes.table(|row: &[u64; CONTENT + 2]| {
        let key = (TradeId(row[CONTENT]), narrow(row[CONTENT + 1])?);
        in_order(&mut previous, key)?;
        if state.trades.by_id(key.0).is_none() {
            return Err(SnapshotError::Malformed("a history"));
        }
        history.insert(key, content(state, row)?);
        Ok(())
    })?;
    state.trades.history = history;
    Ok(())
}

fn row(trade: &Trade, reference_length: u64) -> [u64; TRADE] {
    let mut row = [0; TRADE];
    row[..CONTENT].copy_from_slice(&content_columns(&trade.content));
    row[CONTENT..].copy_from_slice(&[
        trade.entry.0,
        trade.source.into(),
        trade.version.into(),
        date_column(trade.contractual_date),
        date_column(trade.settlement_date),
        trade.live.into(),
        reference_length,
    ]);
    row
}

fn trade(state: &State, row: &[u64; TRADE]) -> Read<NewTrade> {
    let [entry, source, version, contractual, settlement, live, _] = row[CONTENT..] else {
        unreachable!("a trade has so many columns")
    };
    Ok(NewTrade {
        content: content(state, row)?,
        entry: EntryNo(entry),
        source: below(source, state.trades.sources.len())?,
        version: narrow(version)?,
        contractual_date: date_of(contractual)?,
        settlement_date: date_of(settlement)?,
        live: flag(live)?,
    })
}

fn content_columns(content: &Content) -> [u64; CONTENT] {
    let [price, price_high] = signed(content.price.0);
    [
        price,
        price_high,
        signed_short(content.executed_at.seconds),
        content.executed_at.attos,
        signed_short(content.quantity.0),
        signed_short(content.consideration.0),
        content.instrument.0.into(),
        content.buyer.0.into(),
        content.seller.0.into(),
        content.venue.into(),
        content.attributes.into(),
    ]
}

/// The content in the first columns of a row.
fn content(state: &State, row: &[u64]) -> Read<Content> {
    let [price, price_high, seconds, attos, quantity, consideration, rest @ ..] = row else {
        unreachable!("a content has so many columns")
    };
    let [instrument, buyer, seller, venue, attributes, ..] = *rest else {
        unreachable!("a content has so many columns")
    };
    let registry = &state.registry;
    Ok(Content {
        price: Price(unsigned([*price, *price_high])),
        executed_at: Instant { seconds: unsigned_short(*seconds), attos: *attos },
        quantity: Units(unsigned_short(*quantity)),
        consideration: Minor(unsigned_short(*consideration)),
        instrument: InstrumentId(below(instrument, registry.instruments.len())?),
        buyer: AccountId(below(buyer, registry.accounts.len())?),
        seller: AccountId(below(seller, registry.accounts.len())?),
        venue: below(venue, state.trades.venues.len())?,
        attributes: below(attributes, state.attributes.len())?,
    })
}

fn read_attributes(bytes: &mut Reader<'_>) -> Read<StoredAttributes> {
    let mut number = || bytes.byte().map(u64::from);
    let plain = Attributes {
        trade_type: known(TradeType::from_number(number()?))?,
        cum_ex: known(CumEx::from_number(number()?))?,
        short_sale: known(ShortSale::from_number(number()?))?,
        capacity: known(Capacity::from_number(number()?))?,
        price_unit: known(match number()? {
            0 => Some(PriceUnit::PerUnit),
            1 => Some(PriceUnit::PerCent),
            _ => None,
        })?,
        original_reference: "",
    };
    Ok(StoredAttributes { plain, original_reference: bytes.boxed()? })
}
