//! A run of decisions on trade reports while it is written.

use basics::{Date, Instant};
use model::decision::{Form, Place};
use model::{Action, Attributes, ReportedTerms, TradeDecision, TradeReport, TradeVerdict};

use super::dictionary::{Accounts, Instruments, Origins};
use super::layout::{self, COUNT, Column, FIRST, is_tagged, place, verdict};
use super::number::{Clock, digits, reference_number};
use super::shape::{Revised, Shape};
use crate::field::{Field, Message};
use crate::text::same;
use crate::words::action_number;
use crate::writer::{
    WireType, number_len, put_bytes, put_key, put_message, put_number, put_uint, zigzag,
};

/// What all rows of a run have in common, and where counting begins.
#[derive(Debug, Default)]
struct Head {
    channel: String,
    publisher: String,
    form: Option<Form>,
    pass: u32,
    business_date: Option<Date>,
    first_position: u64,
    first_item: u32,
    first_trade: u64,
    first_entry: u64,
    contract_offset: u64,
    first_second: i64,
}

/// What the next row is expected to say; `None` before the first that says anything.
#[derive(Debug, Default)]
struct Next {
    trade: Option<u64>,
    entry: Option<u64>,
}

/// What the row before said.
#[derive(Debug, Default)]
struct Last {
    position: u64,
    item: u32,
    /// `None` before the first moment that fits its column.
    clock: Option<Clock>,
}

/// The columns, each the bytes of its values.
#[derive(Debug)]
struct Columns([Vec<u8>; COUNT]);

impl Columns {
    #[inline]
    fn put(&mut self, column: Column, number: u64) {
        put_number(&mut self.0[column.index()], number);
    }

    fn put_i64(&mut self, column: Column, number: i64) {
        self.put(column, number.cast_unsigned());
    }

    fn put_bytes(&mut self, column: Column, bytes: &[u8]) {
        put_bytes(&mut self.0[column.index()], column as u32, bytes);
    }

    fn put_message<'a>(&mut self, column: Column, message: &impl Message<'a>) {
        let out = &mut self.0[column.index()];
        put_message(out, column as u32, |out| message.write_fields(out));
    }
}

/// A run under construction. Its memory is kept from one run to the next.
#[derive(Debug)]
pub(super) struct TradeRun {
    rows: usize,
    head: Head,
    next: Next,
    last: Last,
    origins: Origins,
    instruments: Instruments,
    accounts: Accounts,
    columns: Columns,
}

impl Default for TradeRun {
    fn default() -> Self {
        Self {
            rows: 0,
            head: Head::default(),
            next: Next::default(),
            last: Last::default(),
            origins: Origins::default(),
            instruments: Instruments::default(),
            accounts: Accounts::default(),
            columns: Columns(std::array::from_fn(|_| Vec::new())),
        }
    }
}

impl TradeRun {
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// About how many bytes the run takes when written; never fewer.
    pub fn estimated_len(&self) -> usize {
        if self.is_empty() {
            return 0;
        }
        let head = 128 + self.head.channel.len() + self.head.publisher.len();
        let columns = self.columns.0.iter().map(|column| column.len() + 8).sum::<usize>();
        head + columns
            + self.origins.estimated_len()
            + self.instruments.estimated_len()
            + self.accounts.estimated_len()
    }

    /// Appends a decision; false if it cannot follow the ones before it, or follows no rule.
    pub fn push(&mut self, decision: &TradeDecision<'_>) -> bool {
        let Some(shape) = Shape::of(decision) else { return false };
        if self.is_empty() {
            self.open(decision);
        } else if !self.continues(decision, &shape) {
            return false;
        }
        let terms = shape.report.and_then(|report| report.terms.as_ref());
        let mut instrument = None;
        if let Some(terms) = terms {
            instrument = self.instruments.index(terms, shape.made);
            if instrument.is_none() {
                return false;
            }
        }
        let mut mark = shape.verdict | self.place(&decision.place);
        if let Some(report) = shape.report {
            mark |= self.report(report);
        }
        if let (Some(terms), Some(instrument)) = (terms, instrument) {
            mark |= self.terms(terms, instrument, &shape);
        }
        self.verdict(decision, &shape);
        if let Some(bytes) = decision.verbatim {
            mark |= layout::VERBATIM;
            self.columns.put_bytes(Column::Verbatim, bytes);
        }
        self.columns.put(Column::Mark, u64::from(mark));
        self.rows += 1;
        true
    }

    fn open(&mut self, decision: &TradeDecision<'_>) {
        let Place { channel, position, item, pass } = decision.place;
        let Self { head, .. } = self;
        head.channel.clear();
        head.channel.push_str(channel);
        head.publisher.clear();
        head.publisher.push_str(decision.publisher);
        head.form = Some(decision.form);
        (head.pass, head.business_date) = (pass, decision.business_date);
        (head.first_position, head.first_item) = (position, item);
        (head.first_trade, head.first_entry, head.contract_offset) = (0, 0, 0);
        head.first_second = 0;
        self.next = Next::default();
        self.last = Last { position, item, clock: None };
    }

    fn continues(&self, decision: &TradeDecision<'_>, shape: &Shape<'_>) -> bool {
        let head = &self.head;
        let follows = |expected: Option<u64>, stated| expected.is_none_or(|next| next == stated);
        head.business_date == decision.business_date
            && head.pass == decision.place.pass
            && head.form == Some(decision.form)
            && same(&head.channel, decision.place.channel)
            && same(&head.publisher, decision.publisher)
            && shape.entries.is_none_or(|(entry, _)| follows(self.next.entry, entry))
            && shape.captured.is_none_or(|(trade, offset)| {
                self.next.trade.is_none_or(|next| next == trade && head.contract_offset == offset)
            })
    }

    fn place(&mut self, stated: &Place<'_>) -> u32 {
        let Self { head, last, columns, .. } = self;
        let first = self.rows == 0;
        let next = if first { head.first_position } else { last.position.wrapping_add(1) };
        let item = if first { head.first_item } else { 0 };
        let mark = if (stated.position, stated.item) == (next, item) {
            place::NEXT_POSITION
        } else if (stated.position, stated.item) == (last.position, last.item.wrapping_add(1)) {
            place::NEXT_ITEM
        } else {
            columns.put(Column::Position, stated.position);
            columns.put(Column::Item, u64::from(stated.item));
            place::STATED
        };
        (last.position, last.item) = (stated.position, stated.item);
        mark
    }

    fn report(&mut self, report: &TradeReport<'_>) -> u32 {
        let Self { columns, origins, .. } = self;
        let nothing = Attributes::default();
        let (venue, attributes) =
            report.terms.as_ref().map_or(("", &nothing), |terms| (terms.venue, &terms.attributes));
        let number = reference_number(report.key.reference);
        let width = number.map_or(0, |(_, width)| width);
        let texts = (report.key.source, venue);
        let index = origins.index(texts, report.key.trade_date, width, attributes);
        columns.put(Column::Origin, u64::from(index));
        match number {
            Some((number, _)) => {
                let before = &mut origins.entry(index).reference;
                columns.put(Column::Reference, zigzag(number - *before));
                *before = number;
            }
            None => columns.put_bytes(Column::ReferenceText, report.key.reference.as_bytes()),
        }
        let mut mark = 0;
        if (report.action, report.version) != (Action::New, 1) {
            mark |= layout::REVISION;
            columns.put(Column::Action, action_number(report.action));
            columns.put(Column::Version, u64::from(report.version));
        }
        if !attributes.original_reference.is_empty() {
            mark |= layout::ORIGINAL_REFERENCE;
            let reference = attributes.original_reference.as_bytes();
            columns.put_bytes(Column::OriginalReference, reference);
        }
        mark
    }

    fn terms(&mut self, terms: &ReportedTerms<'_>, instrument: u32, shape: &Shape<'_>) -> u32 {
        let Self { columns, accounts, .. } = self;
        let cleared = shape.made.map(|made| made.cleared);
        columns.put(Column::Instrument, u64::from(instrument));
        let buyer = accounts.index(terms.buyer, cleared.map(|cleared| cleared.buyer));
        columns.put(Column::Buyer, u64::from(buyer));
        let seller = accounts.index(terms.seller, cleared.map(|cleared| cleared.seller));
        columns.put(Column::Seller, u64::from(seller));
        if let Some(cleared) = cleared {
            columns.put_i64(Column::Consideration, cleared.consideration.0);
        }

        let mut mark = 0;
        let entry = self.instruments.entry(instrument);
        match digits(terms.quantity, entry.quantity_scale) {
            Some(digits) => columns.put_i64(Column::Quantity, digits),
            None => {
                mark |= layout::ODD_QUANTITY;
                columns.put_message(Column::OddQuantity, &terms.quantity);
            }
        }
        match digits(terms.price, entry.price_scale) {
            Some(digits) => {
                columns.put(Column::Price, zigzag(digits.wrapping_sub(entry.price)));
                entry.price = digits;
            }
            None => {
                mark |= layout::ODD_PRICE;
                columns.put_message(Column::OddPrice, &terms.price);
            }
        }
        mark | self.executed(terms.executed_at)
    }

    fn executed(&mut self, moment: Instant) -> u32 {
        let clock = self.last.clock.unwrap_or(Clock::at_second(moment.seconds));
        match clock.difference(moment) {
            Some((code, after)) => {
                if self.last.clock.is_none() {
                    self.head.first_second = moment.seconds;
                }
                self.last.clock = Some(after);
                self.columns.put(Column::Executed, code);
                0
            }
            None => {
                self.columns.put_message(Column::OddExecuted, &moment);
                layout::ODD_EXECUTED
            }
        }
    }

    fn verdict(&mut self, decision: &TradeDecision<'_>, shape: &Shape<'_>) {
        let Self { head, next, columns, .. } = self;
        if let Some((entry, count)) = shape.entries {
            if next.entry.is_none() {
                head.first_entry = entry;
            }
            next.entry = Some(entry.wrapping_add(count));
        }
        if let Some((trade, offset)) = shape.captured {
            if next.trade.is_none() {
                (head.first_trade, head.contract_offset) = (trade, offset);
            }
            next.trade = Some(trade.wrapping_add(1));
        }
        if let Some(Revised { trade, reverses, previous }) = shape.revised {
            columns.put(Column::Trade, trade);
            columns.put(Column::Reverses, reverses);
            if shape.verdict == verdict::CANCELLED {
                columns.put(Column::PreviousInstrument, u64::from(previous.instrument.0));
                columns.put(Column::PreviousCurrency, u64::from(previous.currency.0));
            }
            columns.put(Column::PreviousBuyer, u64::from(previous.buyer.0));
            columns.put(Column::PreviousSeller, u64::from(previous.seller.0));
            columns.put_i64(Column::PreviousQuantity, previous.quantity.0);
            columns.put_i64(Column::PreviousConsideration, previous.consideration.0);
            let date = zigzag(i64::from(previous.settlement_date.0));
            columns.put(Column::PreviousSettlementDate, date);
        }
        match decision.verdict {
            TradeVerdict::Rejected(rejection) => {
                columns.put(Column::Rejection, u64::from(rejection.number()));
            }
            TradeVerdict::DeadLettered(reason) => {
                columns.put(Column::DeadLetter, u64::from(reason.number()));
            }
            TradeVerdict::Captured(..) | TradeVerdict::Amended(_) | TradeVerdict::Cancelled(_) => {}
        }
    }

    /// Appends the run as a field and begins the next one. `scratch` is memory to reuse.
    pub fn write(&mut self, field: u32, out: &mut Vec<u8>, scratch: &mut Vec<u8>) {
        scratch.clear();
        self.head.write(scratch);
        self.origins.write(16, scratch);
        self.instruments.write(17, scratch);
        self.accounts.write(18, scratch);
        let columns = &mut self.columns.0;
        let len = scratch.len() + columns.iter().enumerate().map(column_len).sum::<usize>();

        put_key(out, field, WireType::Bytes);
        put_number(out, len as u64);
        out.extend_from_slice(scratch);
        for (index, column) in columns.iter_mut().enumerate().filter(|(_, c)| !c.is_empty()) {
            if !is_tagged(index + FIRST) {
                put_key(out, (index + FIRST) as u32, WireType::Bytes);
                put_number(out, column.len() as u64);
            }
            out.extend_from_slice(column);
            column.clear();
        }
        self.rows = 0;
        self.origins.clear();
        self.instruments.clear();
        self.accounts.clear();
    }
}

/// Length of a column with its key and length, if it has any.
fn column_len((index, column): (usize, &Vec<u8>)) -> usize {
    match column.len() {
        0 => 0,
        len if is_tagged(index + FIRST) => len,
        // Column numbers have keys of two bytes.
        len => 2 + number_len(len as u64) + len,
    }
}

impl Head {
    fn write(&self, out: &mut Vec<u8>) {
        self.channel.as_str().write(1, out);
        self.publisher.as_str().write(2, out);
        put_uint(out, 3, self.form.map_or(0, |form| form as u64));
        put_uint(out, 4, u64::from(self.pass));
        self.business_date.write(5, out);
        put_uint(out, 6, self.first_position);
        put_uint(out, 7, u64::from(self.first_item));
        put_uint(out, 8, self.first_trade);
        put_uint(out, 9, self.first_entry);
        put_uint(out, 10, zigzag(self.contract_offset.cast_signed()));
        put_uint(out, 11, zigzag(self.first_second));
    }
}
