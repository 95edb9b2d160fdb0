//! Public records of reference data, and of inputs that were refused.

use basics::{AccountId, CurrencyId, Date, InstrumentId, MemberId};
use model::Rejection;
use model::public::{AccountRef, InputRefused, InstrumentRef, ReferenceRecord};
use model::reference::{
    AccountChange, Closure, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, message_field};
use crate::writer::put_message;

/// The message `ReferencePublished`.
impl<'a> Message<'a> for ReferenceRecord<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        match self {
            Self::Currency { id, change } => published(out, 1, id, change),
            Self::Closure(closure) => closure.write(2, out),
            Self::Member { id, change } => published(out, 3, id, change),
            Self::Account { id, change } => published(out, 4, id, change),
            Self::Instrument { id, change } => published(out, 5, id, change),
            Self::Policy(policy) => policy.write(6, out),
            Self::Priority { account, instrument, change } => put_message(out, 7, |out| {
                account.write(1, out);
                instrument.write(2, out);
                change.write(3, out);
            }),
        }
    }

    fn read_fields(mut fields: Cursor<'a>) -> Result<Self, Fault> {
        let (number, body) = fields.only_message()?;
        Ok(match number {
            1 => {
                let (id, change) = fields!(body; 1 id: CurrencyId, 2 change: CurrencyChange<'a>);
                Self::Currency { id, change }
            }
            2 => Self::Closure(Closure::read_fields(body)?),
            3 => {
                let (id, change) = fields!(body; 1 id: MemberId, 2 change: MemberChange<'a>);
                Self::Member { id, change }
            }
            4 => {
                let (id, change) = fields!(body; 1 id: AccountId, 2 change: AccountChange<'a>);
                Self::Account { id, change }
            }
            5 => {
                let (id, change) =
                    fields!(body; 1 id: InstrumentId, 2 change: InstrumentChange<'a>);
                Self::Instrument { id, change }
            }
            6 => Self::Policy(PolicyChange::read_fields(body)?),
            7 => {
                let (account, instrument, change) = fields!(
                    body;
                    1 account: AccountRef<'a>,
                    2 instrument: Option<InstrumentRef<'a>>,
                    3 change: PriorityChange<'a>,
                );
                Self::Priority { account, instrument, change }
            }
            other => return Err(body.fault(Flaw::UnknownField(other))),
        })
    }
}
message_field!(ReferenceRecord<'a>);

/// Writes what was published and the id it got.
fn published<'a>(out: &mut Vec<u8>, field: u32, id: &impl Field<'a>, change: &impl Field<'a>) {
    put_message(out, field, |out| {
        id.write(1, out);
        change.write(2, out);
    });
}

/// Everything that a refused input can have asked for.
const ASKED_FOR: [&str; 15] = [
    "trade",
    "price",
    "open_day",
    "close_trading",
    "settle",
    "close_day",
    "step",
    "currency",
    "closure",
    "member",
    "account",
    "instrument",
    "holding",
    "policy",
    "priority",
];

/// The message `InputRefused`.
impl<'a> Message<'a> for InputRefused<'a> {
    fn write_fields(&self, out: &mut Vec<u8>) {
        self.what.write(1, out);
        self.subject.write(2, out);
        self.date.write(3, out);
        self.reason.write(4, out);
    }

    fn read_fields(fields: Cursor<'a>) -> Result<Self, Fault> {
        let (what, subject, date, reason) = fields!(
            fields;
            1 what: &'a str,
            2 subject: &'a str,
            3 date: Option<Date>,
            4 reason: Rejection,
        );
        let what = ASKED_FOR.into_iter().find(|known| *known == what);
        let what = what.ok_or_else(|| fields.fault(Flaw::UnknownNumber))?;
        Ok(Self { what, subject, date, reason })
    }
}
message_field!(InputRefused<'a>);
