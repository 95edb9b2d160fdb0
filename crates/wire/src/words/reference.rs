//! Reference data, prices and operations.

use basics::{Date, Numeral};
use model::reference::{
    AccountChange, ClearingModel, Closure, CurrencyChange, InstrumentChange, MemberChange,
    OpeningHolding, PolicyChange, PriorityChange,
};
use model::{AccountKind, Operation, PriceReport, ReferenceChange, RunStep, Status};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, message, message_field};
use crate::writer::put_message;

message!(CurrencyChange<'a> {
    1 code: &'a str,
    2 minor_decimals: u8,
    3 calendar: &'a str,
    4 from: Date,
});

message!(Closure<'a> { 1 calendar: &'a str, 2 closed_on: Date, 3 name: &'a str });

message!(MemberChange<'a> {
    1 member: &'a str,
    2 lei: &'a str,
    3 name: &'a str,
    4 status: Status,
    5 from: Date,
});

message!(AccountChange<'a> {
    1 account: &'a str,
    2 member: &'a str,
    3 kind: AccountKind,
    4 status: Status,
    5 from: Date,
});

message!(InstrumentChange<'a> {
    1 isin: &'a str,
    2 replaces: &'a str,
    3 symbol: &'a str,
    4 name: &'a str,
    5 kind: &'a str,
    6 currency: &'a str,
    7 quantity_decimals: u8,
    8 listed_on: &'a str,
    9 trading_calendar: &'a str,
    10 settlement_calendar: &'a str,
    11 cycle: u16,
    12 status: Status,
    13 from: Date,
});

message!(OpeningHolding<'a> { 1 account: &'a str, 2 asset: &'a str, 3 quantity: Numeral });

message!(PolicyChange<'a> {
    1 model: ClearingModel,
    2 trading_cut_off: &'a str,
    3 settlement_cut_off: &'a str,
    4 from: Date,
});

message!(PriorityChange<'a> {
    1 account: &'a str,
    2 isin: &'a str,
    3 group: u32,
    4 from: Date,
});

message!(PriceReport<'a> {
    1 isin: &'a str,
    2 price: Numeral,
    3 currency: &'a str,
    4 price_date: Date,
    5 kind: &'a str,
});

message!(RunStep { 1 run: basics::Seq, 2 step: u32 });

impl<'a> Message<'a> for ReferenceChange<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::Currency(change) => change.write(1, out),
            Self::Closure(change) => change.write(2, out),
            Self::Member(change) => change.write(3, out),
            Self::Account(change) => change.write(4, out),
            Self::Instrument(change) => change.write(5, out),
            Self::Holding(change) => change.write(6, out),
            Self::Policy(change) => change.write(7, out),
            Self::Priority(change) => change.write(8, out),
        }
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let (number, body) = fields.only_message()?;
        Ok(match number {
            1 => Self::Currency(CurrencyChange::read_fields(body)?),
            2 => Self::Closure(Closure::read_fields(body)?),
            3 => Self::Member(MemberChange::read_fields(body)?),
            4 => Self::Account(AccountChange::read_fields(body)?),
            5 => Self::Instrument(InstrumentChange::read_fields(body)?),
            6 => Self::Holding(OpeningHolding::read_fields(body)?),
            7 => Self::Policy(PolicyChange::read_fields(body)?),
            8 => Self::Priority(PriorityChange::read_fields(body)?),
            other => return Err(body.fault(Flaw::UnknownField(other))),
        })
    }
}
message_field!(ReferenceChange<'a>);

impl<'a> Message<'a> for Operation<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::OpenDay { date, commitment } => put_message(out, 1, |out| {
                date.write(1, out);
                commitment.write(2, out);
            }),
            Self::CloseTrading { date } => put_message(out, 2, |out| date.write(1, out)),
            Self::Settle { date, draw } => put_message(out, 3, |out| {
                date.write(1, out);
                draw.write(2, out);
            }),
            Self::CloseDay { date } => put_message(out, 4, |out| date.write(1, out)),
        }
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let (number, body) = fields.only_message()?;
        read_operation(number, body)
    }
}
message_field!(Operation<'a>);

/// The operation with this number.
pub(crate) fn read_operation<'a>(number: u32, body: Cursor<'a>) -> Result<Operation<'a>, Fault> {
    Ok(match number {
        1 => {
            let (date, commitment) = fields!(body; 1 date: Date, 2 commitment: &'a str);
            Operation::OpenDay { date, commitment }
        }
        2 => Operation::CloseTrading { date: fields!(body; 1 date: Date).0 },
        3 => {
            let (date, draw) = fields!(body; 1 date: Date, 2 draw: &'a str);
            Operation::Settle { date, draw }
        }
        4 => Operation::CloseDay { date: fields!(body; 1 date: Date).0 },
        other => return Err(body.fault(Flaw::UnknownField(other))),
    })
}
