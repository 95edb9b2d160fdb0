//! One decision of any kind as the message `Decision`.

use basics::{Date, Seq};
use model::decision::{Cause, Decision, Form, Input, Place, Verdict};
use model::{
    Command, DeadLetterReason, Event, Operation, PriceReport, ReferenceChange, Rejection, RunStep,
    TradeDecision, TradeReport, TradeVerdict,
};

use crate::cursor::Cursor;
use crate::error::{Fault, Flaw};
use crate::field::{Field, Message, fields, once};
use crate::writer::{put_message, put_uint};

/// Appends the fields of a decision.
pub(super) fn write(decision: &Decision<'_>, out: &mut Vec<u8>) {
    if let Cause::Input { place, publisher } = &decision.cause {
        put_message(out, 1, |out| write_place(place, publisher, out));
    }
    decision.business_date.write(2, out);
    decision.input.form.write(3, out);
    match &decision.input.command {
        None => {}
        Some(Command::Trade(report)) => report.write(4, out),
        Some(Command::Reference(change)) => change.write(5, out),
        Some(Command::Price(price)) => price.write(6, out),
        Some(Command::Operation(operation)) => operation.write(7, out),
        Some(Command::Step(step)) => step.write(8, out),
    }
    decision.input.verbatim.write(9, out);
    match &decision.verdict {
        Verdict::Accepted(events) => put_message(out, 10, |out| events.write(1, out)),
        Verdict::Rejected(rejection) => put_uint(out, 11, u64::from(rejection.number())),
        Verdict::DeadLettered(reason) => put_uint(out, 12, u64::from(reason.number())),
    }
}

fn write_place(place: &Place<'_>, publisher: &str, out: &mut Vec<u8>) {
    place.channel.write(1, out);
    place.position.write(2, out);
    place.item.write(3, out);
    place.pass.write(4, out);
    publisher.write(5, out);
}

fn read_place<'a>(fields: Cursor<'a>) -> Result<Cause<'a>, Fault> {
    let (channel, position, item, pass, publisher) = fields!(
        fields;
        1 channel: &'a str,
        2 position: u64,
        3 item: u32,
        4 pass: u32,
        5 publisher: &'a str,
    );
    Ok(Cause::Input { place: Place { channel, position, item, pass }, publisher })
}

/// What has been read of a decision so far.
#[derive(Default)]
struct Parts<'a> {
    cause: Option<Cause<'a>>,
    business_date: Option<Date>,
    form: Option<Form>,
    command: Option<Command<'a>>,
    verbatim: Option<&'a [u8]>,
    verdict: Option<Verdict<'a>>,
}

/// Reads a decision with this sequence.
pub(super) fn read<'a>(seq: Seq, mut cursor: Cursor<'a>) -> Result<Decision<'a>, Fault> {
    let mut parts = Parts::default();
    while let Some((number, value)) = cursor.field()? {
        let message = || value.bytes().map(Cursor::new);
        match number {
            1 => once(&mut parts.cause, read_place(message()?)?, value)?,
            2 => <Option<Date>>::merge(&mut parts.business_date, value)?,
            3 => Form::merge(&mut parts.form, value)?,
            4..=8 => once(&mut parts.command, read_command(number, message()?)?, value)?,
            9 => <Option<&[u8]>>::merge(&mut parts.verbatim, value)?,
            10 => {
                let (events,) = fields!(message()?; 1 events: Vec<Event<'a>>);
                once(&mut parts.verdict, Verdict::Accepted(events), value)?;
            }
            11 => {
                let rejection = Rejection::from_number(value.number()?);
                let rejection = rejection.ok_or_else(|| value.fault(Flaw::UnknownNumber))?;
                once(&mut parts.verdict, Verdict::Rejected(rejection), value)?;
            }
            12 => {
                let reason = DeadLetterReason::from_number(value.number()?);
                let reason = reason.ok_or_else(|| value.fault(Flaw::UnknownNumber))?;
                once(&mut parts.verdict, Verdict::DeadLettered(reason), value)?;
            }
            other => return Err(value.fault(Flaw::UnknownField(other))),
        }
    }
    let (Some(form), Some(verdict)) = (parts.form, parts.verdict) else {
        return Err(cursor.fault(Flaw::MissingField));
    };
    Ok(Decision {
        seq,
        cause: parts.cause.unwrap_or(Cause::Run),
        business_date: parts.business_date,
        input: Input { command: parts.command, form, verbatim: parts.verbatim },
        verdict,
    })
}

fn read_command<'a>(number: u32, body: Cursor<'a>) -> Result<Command<'a>, Fault> {
    Ok(match number {
        4 => Command::Trade(TradeReport::read_fields(body)?),
        5 => Command::Reference(ReferenceChange::read_fields(body)?),
        6 => Command::Price(PriceReport::read_fields(body)?),
        7 => Command::Operation(Operation::read_fields(body)?),
        _ => Command::Step(RunStep::read_fields(body)?),
    })
}

/// The decision as one on a trade report, if it is one.
pub(super) fn trade_decision<'a>(decision: &Decision<'a>) -> Option<TradeDecision<'a>> {
    let (Cause::Input { place, publisher }, Some(Command::Trade(report))) =
        (decision.cause, decision.input.command)
    else {
        return None;
    };
    let verdict = match &decision.verdict {
        Verdict::Accepted(events) => match events.as_slice() {
            [Event::TradeCaptured(captured), Event::TradeNovated(novated)] => {
                TradeVerdict::Captured(*captured, *novated)
            }
            [Event::TradeAmended(amended)] => TradeVerdict::Amended(*amended),
            [Event::TradeCancelled(cancelled)] => TradeVerdict::Cancelled(*cancelled),
            _ => return None,
        },
        Verdict::Rejected(rejection) => TradeVerdict::Rejected(*rejection),
        Verdict::DeadLettered(reason) => TradeVerdict::DeadLettered(*reason),
    };
    Some(TradeDecision {
        seq: decision.seq,
        place,
        publisher,
        business_date: decision.business_date,
        report: Some(report),
        form: decision.input.form,
        verbatim: decision.input.verbatim,
        verdict,
    })
}
