//! The state hash: equal for the same business state, on any machine and over any transport.
//!
//! It covers what the business would ask about, and nothing of how it came here: no sequence,
//! entry number, epoch or count of duplicates, and no order in which independent trades came.
//! Trades enter as a sum of their own hashes, so that nothing has to be sorted.

use alloc::vec::Vec;

use basics::{Date, Price};
use blake3::Hasher;
use model::TradeKey;

use crate::State;
use crate::effective::Effective;
use crate::trades::{Content, Trade};

impl State {
    /// The state hash, 32 bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut out = Sink(Hasher::new());
        reference_data(self, &mut out);
        days(self, &mut out);
        out.bytes(&trades(self));
        positions(self, &mut out);
        money(self, &mut out);
        books(self, &mut out);
        run(self, &mut out);
        out.0.finalize().into()
    }
}

/// Takes values in a fixed form: integers little-endian, texts behind their length.
struct Sink(Hasher);

impl Sink {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn int(&mut self, value: impl Into<i128>) {
        self.bytes(&value.into().to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.int(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    fn date(&mut self, date: Date) {
        self.int(date.0);
    }

    fn price(&mut self, price: Option<Price>) {
        self.int(price.map_or(-1, |price| price.0));
    }

    fn versions<T>(&mut self, versions: &Effective<T>, each: impl Fn(&mut Self, &T)) {
        self.int(versions.versions().len() as u64);
        for (from, value) in versions.versions() {
            self.date(*from);
            each(self, value);
        }
    }
}

fn reference_data(state: &State, out: &mut Sink) {
    let registry = &state.registry;
    for currency in &registry.currencies {
        out.text(&currency.code);
        out.int(currency.minor_decimals);
        out.versions(&currency.calendar, |out, name| out.text(name));
    }
    for (name, calendar) in &registry.calendars {
        out.text(name);
        calendar.closed_days().for_each(|day| out.date(day));
    }
    for member in &registry.members {
        out.text(&member.code);
        out.versions(&member.versions, |out, version| {
            out.text(&version.lei);
            out.text(&version.name);
            out.int(version.status.number());
        });
    }
    for account in &registry.accounts {
        out.text(&account.code);
        out.int(account.member.0);
        out.int(account.kind.number());
        out.versions(&account.status, |out, status| out.int(status.number()));
    }
    for instrument in &registry.instruments {
        out.int(instrument.currency.0);
        out.int(instrument.quantity_decimals);
        out.versions(&instrument.versions, |out, version| {
            for text in [&version.isin, &version.symbol, &version.name, &version.kind] {
                out.text(text);
            }
            out.text(&version.listed_on);
            out.text(&version.trading_calendar);
            out.text(&version.settlement_calendar);
            out.int(version.cycle);
            out.int(version.status.number());
        });
    }
    out.versions(&registry.policy, |out, model| out.int(model.number()));
    for ((account, instrument), groups) in &registry.priorities {
        out.int(account.0);
        out.int(instrument.map_or(-1, |id| i64::from(id.0)));
        out.versions(groups, |out, group| out.int(*group));
    }
}

fn days(state: &State, out: &mut Sink) {
    let days = &state.days;
    out.date(days.last_opened.unwrap_or(Date::MIN));
    out.int(days.phase as u8);
    out.bytes(&days.commitment.unwrap_or_default());
    out.date(days.purged_before);
}

/// The sum of the trades' own hashes, in four lanes that wrap.
fn trades(state: &State) -> [u8; 32] {
    let mut lanes = [0_u64; 4];
    let mut add = |hash: blake3::Hash| {
        for (lane, bytes) in lanes.iter_mut().zip(hash.as_bytes().as_chunks::<8>().0) {
            *lane = lane.wrapping_add(u64::from_le_bytes(*bytes));
        }
    };
    let mut buffer = Vec::with_capacity(256);
    for day in &state.trades.days {
        for (slot, trade) in day.trades.iter().enumerate() {
            let source = state.trades.sources.text(trade.source);
            let key = TradeKey { source, trade_date: day.date, reference: day.reference(slot) };
            trade_bytes(state, &key, trade, &mut buffer);
            add(blake3::hash(&buffer));
        }
    }
    for ((id, version), content) in &state.trades.history {
        let (key, _) = state.trades.by_id(*id).expect("history belongs to a trade that is in");
        key_bytes(&key, &mut buffer);
        buffer.extend_from_slice(&version.to_le_bytes());
        content_bytes(state, content, &mut buffer);
        add(blake3::hash(&buffer));
    }
    let mut sum = [0; 32];
    for (bytes, lane) in sum.as_chunks_mut::<8>().0.iter_mut().zip(lanes) {
        *bytes = lane.to_le_bytes();
    }
    sum
}

fn key_bytes(key: &TradeKey<'_>, out: &mut Vec<u8>) {
    out.clear();
    for text in [key.source, key.reference] {
        out.extend_from_slice(&(text.len() as u64).to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(&key.trade_date.0.to_le_bytes());
}

fn trade_bytes(state: &State, key: &TradeKey<'_>, trade: &Trade, out: &mut Vec<u8>) {
    key_bytes(key, out);
    out.extend_from_slice(&trade.version.to_le_bytes());
    out.push(u8::from(trade.live));
    out.extend_from_slice(&trade.contractual_date.0.to_le_bytes());
    out.extend_from_slice(&trade.settlement_date.0.to_le_bytes());
    content_bytes(state, &trade.content, out);
}

fn content_bytes(state: &State, content: &Content, out: &mut Vec<u8>) {
    out.extend_from_slice(&content.price.0.to_le_bytes());
    out.extend_from_slice(&content.executed_at.seconds.to_le_bytes());
    out.extend_from_slice(&content.executed_at.attos.to_le_bytes());
    out.extend_from_slice(&content.quantity.0.to_le_bytes());
    out.extend_from_slice(&content.consideration.0.to_le_bytes());
    for id in [content.instrument.0, content.buyer.0, content.seller.0] {
        out.extend_from_slice(&id.to_le_bytes());
    }
    let venue = state.trades.venues.text(content.venue);
    out.extend_from_slice(&(venue.len() as u64).to_le_bytes());
    out.extend_from_slice(venue.as_bytes());
    let attributes = state.attributes(content.attributes);
    out.push(attributes.trade_type.number());
    out.push(attributes.cum_ex.number());
    out.push(attributes.short_sale.number());
    out.push(attributes.capacity.number());
    out.push(attributes.price_unit as u8);
    out.extend_from_slice(attributes.original_reference.as_bytes());
}

/// Cells in order of account and instrument; one that says nothing is as good as none.
fn positions(state: &State, out: &mut Sink) {
    let netting = &state.netting;
    let mut order: Vec<usize> = (0..netting.cells.len()).collect();
    order.sort_unstable_by_key(|at| (netting.cells[*at].account, netting.cells[*at].instrument));
    for at in &order {
        let cell = &netting.cells[*at];
        if cell.carried == 0 && cell.money == 0 && cell.holding == 0 {
            continue;
        }
        out.int(cell.account.0);
        out.int(cell.instrument.0);
        out.int(cell.carried);
        out.int(cell.money);
        out.int(cell.age);
        out.price(cell.mark.filter(|_| cell.carried != 0));
        out.int(cell.holding);
    }
    for (date, column) in &netting.dues {
        for at in &order {
            let due = column.get(*at).copied().unwrap_or_default();
            if due != crate::netting::Due::default() {
                out.date(*date);
                out.int(netting.cells[*at].account.0);
                out.int(netting.cells[*at].instrument.0);
                out.int(due.units);
                out.int(due.money);
            }
        }
    }
}

fn money(state: &State, out: &mut Sink) {
    for ((account, currency), amount) in &state.cash {
        out.int(account.0);
        out.int(currency.0);
        out.int(*amount);
    }
    for ((account, due, currency), amount) in &state.advances {
        out.int(account.0);
        out.date(*due);
        out.int(currency.0);
        out.int(*amount);
    }
    for (instrument, date, price) in state.prices.iter() {
        out.int(instrument.0);
        out.date(date);
        out.price(Some(price));
    }
}

fn books(state: &State, out: &mut Sink) {
    for books in state.books.instruments.iter().chain(&state.books.currencies) {
        for turnover in [
            books.novation,
            books.delivery,
            books.money,
            books.holding,
            books.cash,
            books.rounding_cash,
            books.rounding_claim,
            books.adjustment,
            books.mirror,
        ] {
            out.int(turnover.debit);
            out.int(turnover.credit);
        }
        out.int(books.reversed);
        out.int(books.gross);
    }
}

fn run(state: &State, out: &mut Sink) {
    let Some(run) = &state.run else { return };
    out.int(run.kind.number());
    out.date(run.date);
    out.text(&run.draw);
    out.int(run.stage.number());
    out.int(run.next);
    for ((account, currency), money) in &run.due {
        out.int(account.0);
        out.int(currency.0);
        out.int(money.mark);
        out.int(money.delivery);
    }
}
