//! Frame to frame: decode, decide, evolve, encode; and decoding and encoding by themselves.
//!
//! Time on the processor, one thread. The frames that come out must be those that went in, byte for byte: that is checked in every
//! run.

use std::hint::black_box;
use std::path::Path;

use basics::Seq;
use engine::State;
use model::decision::Form;
use model::{Cause, Command, DeadLetterReason, Decision, Place, TradeDecision, TradeVerdict};
use node::{Core, Received};
use wire::{DecisionRef, Decoder, Encoder};

use crate::Outcome;
use crate::cli::Setting;
use crate::clock::Clock;
use crate::figure::{Figure, Unit};
use crate::frames::{Frame, Frames, Section};

/// Measures the wire.
pub fn run(market: &Path, setting: &Setting) -> Outcome<Vec<Figure>> {
    let frames = Frames::of(market)?;
    let per_report = |clock: Clock| clock.nanos_per(frames.reports);
    let (mut whole, mut decoded, mut encoded) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..setting.runs {
        whole.push(per_report(frame_to_frame(&frames)?));
        decoded.push(per_report(decode(&frames)?));
        encoded.push(per_report(encode(&frames)?));
    }
    let rates: Vec<f64> = whole.iter().map(|nanos| 1e9 / nanos).collect();
    let bytes = frames.bytes() as f64 / frames.reports as f64;
    Ok(vec![
        Figure::new("wire", "decode, decide, evolve, encode", Unit::ReportsPerSecond, rates),
        Figure::new("wire", "decode, decide, evolve, encode", Unit::NanosPerReport, whole),
        Figure::new("wire", "decode", Unit::NanosPerReport, decoded),
        Figure::new("wire", "encode", Unit::NanosPerReport, encoded),
        Figure::new("wire", "frame bodies", Unit::BytesPerReport, [bytes]),
    ])
}

/// Decides every input of the frames again; operations and runs are counted with the reports.
fn frame_to_frame(frames: &Frames) -> Outcome<Clock> {
    let mut core = Core::new(State::default(), Seq(0));
    let mut clock = Clock::default();
    for frame in &frames.frames {
        clock.count(|| redecide(&mut core, frame))?;
        if core.end_frame().bytes != frame.body {
            return Err("the same inputs gave other bytes".into());
        }
    }
    Ok(clock)
}

fn redecide(core: &mut Core, frame: &Frame) -> Outcome<()> {
    let mut decoder = Decoder::new(frame.first, &frame.body)?;
    while let Some(decision) = decoder.next() {
        take(core, &decision?);
    }
    core.end_frame();
    Ok(())
}

fn take(core: &mut Core, decision: &DecisionRef<'_>) {
    match decision {
        DecisionRef::Trade(decision) => {
            core.take(&received_trade(decision));
        }
        DecisionRef::Other(decision) => match received(decision) {
            Some(input) => {
                core.take(&input);
            }
            None => {
                core.step();
            }
        },
    }
}

#[inline]
fn received_trade<'a>(decision: &TradeDecision<'a>) -> Received<'a> {
    let command = match (decision.report, decision.verdict) {
        (Some(report), _) => Ok(Command::Trade(report)),
        (None, TradeVerdict::DeadLettered(reason)) => Err(reason),
        (None, _) => Err(DeadLetterReason::NotDecodable),
    };
    let TradeDecision { place, publisher, form, verbatim, .. } = *decision;
    Received { place, publisher, form, command, verbatim }
}

/// The input of another decision; `None` of a run's step.
fn received<'a>(decision: &Decision<'a>) -> Option<Received<'a>> {
    let Cause::Input { place, publisher } = decision.cause else { return None };
    let command = decision.input.command.ok_or(DeadLetterReason::NotDecodable);
    let (form, verbatim): (Form, Option<&[u8]>) = (decision.input.form, decision.input.verbatim);
    let place: Place<'_> = place;
    Some(Received { place, publisher, form, command, verbatim })
}

/// Decodes every frame and drops what it says.
fn decode(frames: &Frames) -> Outcome<Clock> {
    let mut clock = Clock::default();
    for frame in &frames.frames {
        clock.count(|| -> Outcome<()> {
            let mut decoder = Decoder::new(frame.first, &frame.body)?;
            while let Some(decision) = decoder.next() {
                black_box(&decision?);
            }
            Ok(())
        })?;
    }
    Ok(clock)
}

/// Encodes all decisions on trade reports; that they are decoded first is not counted.
fn encode(frames: &Frames) -> Outcome<Clock> {
    let mut encoder = Encoder::default();
    let mut clock = Clock::default();
    for frame in &frames.frames {
        frame.sections(|section| {
            if let Section::Trades(decisions) = section {
                clock.count(|| {
                    for decision in &decisions {
                        encoder.push_trade(decision);
                    }
                    black_box(encoder.finish().bytes);
                });
            }
        })?;
    }
    Ok(clock)
}
