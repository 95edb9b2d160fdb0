//! Events: one message with one choice.

use basics::{
    AccountId, ContractId, CurrencyId, Date, EntryNo, InstrumentId, MemberId, Price, Seq, TradeId,
};
use ledger::postings::Cleared;
use model::event::{
    AdvanceTried, BooksProved, DayOpened, HoldingOpened, ObligationFellDue, PaymentDecided,
    PositionAdjusted, PositionSettled, RunAdvanced, RunCompleted, RunRounded, RunStarted,
    SettlementDateMoved, TradeAmended, TradeCancelled, TradeCaptured, TradeNovated,
};
use model::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};
use model::trade::Terms;
use model::{Event, TradeKey};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, message};
use crate::writer::put_message;

message!(TradeCaptured<'a> { 1 trade: TradeId, 2 key: TradeKey<'a>, 3 terms: Terms<'a> });

message!(TradeNovated {
    1 trade: TradeId,
    2 buyer_contract: ContractId,
    3 seller_contract: ContractId,
    4 guaranteed_from: Seq,
    5 cleared: Cleared,
    6 entry: EntryNo,
});

message!(TradeAmended<'a> {
    1 trade: TradeId,
    2 key: TradeKey<'a>,
    3 version: u32,
    4 terms: Terms<'a>,
    5 previous: Cleared,
    6 reverses: EntryNo,
    7 entry: EntryNo,
});

message!(TradeCancelled<'a> {
    1 trade: TradeId,
    2 key: TradeKey<'a>,
    3 version: u32,
    4 previous: Cleared,
    5 reverses: EntryNo,
    6 entry: EntryNo,
});

/// Writes what was published and the id it got.
fn published<'a>(out: &mut Vec<u8>, field: u32, id: &impl Field<'a>, change: &impl Field<'a>) {
    put_message(out, field, |out| {
        id.write(1, out);
        change.write(2, out);
    });
}

impl<'a> Message<'a> for Event<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::CurrencyPublished { id, change, assumed } => put_message(out, 1, |out| {
                id.write(1, out);
                change.write(2, out);
                assumed.write(3, out);
            }),
            Self::CalendarClosed(fact) => fact.write(2, out),
            Self::MemberPublished { id, change } => published(out, 3, id, change),
            Self::AccountPublished { id, change } => published(out, 4, id, change),
            Self::InstrumentPublished { id, change } => published(out, 5, id, change),
            Self::PolicyPublished(fact) => fact.write(6, out),
            Self::PriorityPublished { account, instrument, change } => put_message(out, 7, |out| {
                account.write(1, out);
                instrument.write(2, out);
                change.write(3, out);
            }),
            Self::HoldingOpened(fact) => fact.write(8, out),
            Self::SettlementDateMoved(fact) => fact.write(9, out),
            Self::DayOpened(fact) => fact.write(10, out),
            Self::TradingClosed { date } => put_message(out, 11, |out| date.write(1, out)),
            Self::TradeCaptured(fact) => fact.write(12, out),
            Self::TradeNovated(fact) => fact.write(13, out),
            Self::TradeAmended(fact) => fact.write(14, out),
            Self::TradeCancelled(fact) => fact.write(15, out),
            Self::PricePublished { instrument, price_date, price } => put_message(out, 16, |out| {
                instrument.write(1, out);
                price_date.write(2, out);
                price.write(3, out);
            }),
            Self::RunStarted(fact) => fact.write(17, out),
            Self::RunAdvanced(fact) => fact.write(18, out),
            Self::ObligationFellDue(fact) => fact.write(19, out),
            Self::PositionSettled(fact) => fact.write(20, out),
            Self::PositionAdjusted(fact) => fact.write(21, out),
            Self::PaymentDecided(fact) => fact.write(22, out),
            Self::AdvanceTried(fact) => fact.write(23, out),
            Self::RunRounded(fact) => fact.write(24, out),
            Self::BooksProved(fact) => fact.write(25, out),
            Self::RunCompleted(fact) => fact.write(26, out),
        }
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let (number, body) = fields.only_message()?;
        if number <= 7 {
            return published_event(number, body);
        }
        Ok(match number {
            8 => Self::HoldingOpened(HoldingOpened::read_fields(body)?),
            9 => Self::SettlementDateMoved(SettlementDateMoved::read_fields(body)?),
            10 => Self::DayOpened(DayOpened::read_fields(body)?),
            11 => Self::TradingClosed { date: fields!(body; 1 date: Date).0 },
            12 => Self::TradeCaptured(TradeCaptured::read_fields(body)?),
            13 => Self::TradeNovated(TradeNovated::read_fields(body)?),
            14 => Self::TradeAmended(TradeAmended::read_fields(body)?),
            15 => Self::TradeCancelled(TradeCancelled::read_fields(body)?),
            16 => {
                let (instrument, price_date, price) =
                    fields!(body; 1 instrument: InstrumentId, 2 date: Date, 3 price: Price);
                Self::PricePublished { instrument, price_date, price }
            }
            17 => Self::RunStarted(RunStarted::read_fields(body)?),
            18 => Self::RunAdvanced(RunAdvanced::read_fields(body)?),
            19 => Self::ObligationFellDue(ObligationFellDue::read_fields(body)?),
            20 => Self::PositionSettled(PositionSettled::read_fields(body)?),
            21 => Self::PositionAdjusted(PositionAdjusted::read_fields(body)?),
            22 => Self::PaymentDecided(PaymentDecided::read_fields(body)?),
            23 => Self::AdvanceTried(AdvanceTried::read_fields(body)?),
            24 => Self::RunRounded(RunRounded::read_fields(body)?),
            25 => Self::BooksProved(BooksProved::read_fields(body)?),
            26 => Self::RunCompleted(RunCompleted::read_fields(body)?),
            other => return Err(body.fault(Flaw::UnknownField(other))),
        })
    }
}

/// Events of reference data.
fn published_event<'a>(number: u32, body: Cursor<'a>) -> Result<Event<'a>, Fault> {
    Ok(match number {
        1 => {
            let (id, change, assumed) =
                fields!(body; 1 id: CurrencyId, 2 change: CurrencyChange<'a>, 3 assumed: bool);
            Event::CurrencyPublished { id, change, assumed }
        }
        2 => Event::CalendarClosed(Closure::read_fields(body)?),
        3 => {
            let (id, change) = fields!(body; 1 id: MemberId, 2 change: MemberChange<'a>);
            Event::MemberPublished { id, change }
        }
        4 => {
            let (id, change) = fields!(body; 1 id: AccountId, 2 change: AccountChange<'a>);
            Event::AccountPublished { id, change }
        }
        5 => {
            let (id, change) = fields!(body; 1 id: InstrumentId, 2 change: InstrumentChange<'a>);
            Event::InstrumentPublished { id, change }
        }
        6 => Event::PolicyPublished(PolicyChange::read_fields(body)?),
        7 => {
            let (account, instrument, change) = fields!(
                body;
                1 account: AccountId,
                2 instrument: Option<InstrumentId>,
                3 change: PriorityChange<'a>,
            );
            Event::PriorityPublished { account, instrument, change }
        }
        other => return Err(body.fault(Flaw::UnknownField(other))),
    })
}
