//! Writes decisions as the body of a frame.

use basics::Seq;
use model::{Decision, TradeDecision};

use super::DecisionsVersion;
use super::row::{self, trade_decision};
use super::run::TradeRun;
use crate::field::Field;
use crate::writer::{WireType, put_key, put_message, put_number};

/// Writes one body after the other. Its memory is kept, so a body in full flow allocates nothing.
///
/// ```
/// # use basics::Seq;
/// # use model::{Decision, decision::{Cause, Form, Input, Verdict}, Command, RunStep};
/// let step = RunStep { run: Seq(7), step: 1 };
/// let decision = Decision {
///     seq: Seq(8),
///     cause: Cause::Run,
///     business_date: None,
///     input: Input { command: Some(Command::Step(step)), form: Form::Internal, verbatim: None },
///     verdict: Verdict::Accepted(vec![]),
/// };
/// let mut encoder = wire::Encoder::default();
/// encoder.push(&decision);
/// let body = encoder.finish();
/// assert_eq!((body.first_seq, body.count), (Seq(8), 1));
///
/// let mut decoder = wire::Decoder::new(body.first_seq, body.bytes)?;
/// assert_eq!(decoder.next().expect("one decision")?.to_decision(), decision);
/// # Ok::<(), wire::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Encoder {
    first_seq: Option<Seq>,
    count: u32,
    run: TradeRun,
    body: Vec<u8>,
    section: Vec<u8>,
    scratch: Vec<u8>,
    finished: bool,
}

/// A finished body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<'a> {
    /// Sequence of its first decision; 0 if it has none.
    pub first_seq: Seq,
    /// How many decisions it has.
    pub count: u32,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Encoder {
    /// Appends a decision. Its sequence must follow the one before it in the same body.
    ///
    /// A decision on a trade report is written as [`Encoder::push_trade`] does. A dead letter of
    /// which it is not known what it was to be is written by itself.
    pub fn push(&mut self, decision: &Decision<'_>) {
        match trade_decision(decision) {
            Some(trade) => self.push_trade(&trade),
            None => {
                self.follow(decision.seq);
                self.push_row(decision);
            }
        }
    }

    /// Appends a decision on a trade report, without allocating. Its sequence must follow the one
    /// before it in the same body.
    pub fn push_trade(&mut self, decision: &TradeDecision<'_>) {
        self.follow(decision.seq);
        if self.run.push(decision) {
            return;
        }
        // It does not go on with the run, or it follows no rule at all.
        self.end_run();
        if !self.run.push(decision) {
            self.push_row(&decision.general());
        }
    }

    /// How many decisions the body has so far.
    #[must_use]
    pub fn count(&self) -> u32 {
        if self.finished { 0 } else { self.count }
    }

    /// How long the body will be, in bytes: never shorter than it is, and little longer. Equal
    /// decisions give equal estimates, so a body cut by it is cut by content.
    #[must_use]
    pub fn estimated_len(&self) -> usize {
        let done = if self.finished { 0 } else { self.body.len() };
        done + self.run.estimated_len() + 16
    }

    /// Ends the body. The next decision begins another one.
    pub fn finish(&mut self) -> Body<'_> {
        if !self.finished {
            self.begin();
            self.end_run();
            self.finished = true;
        }
        let first_seq = self.first_seq.unwrap_or_default();
        Body { first_seq, count: self.count, bytes: &self.body }
    }

    /// Begins a body if none is under way.
    fn begin(&mut self) {
        if self.finished {
            self.body.clear();
            self.finished = false;
            self.first_seq = None;
            self.count = 0;
        }
        if self.body.is_empty() {
            DecisionsVersion::CURRENT.0.write(1, &mut self.body);
        }
    }

    fn follow(&mut self, seq: Seq) {
        self.begin();
        let first = *self.first_seq.get_or_insert(seq);
        assert_eq!(seq.0, first.0.wrapping_add(u64::from(self.count)), "decisions have no gap");
        self.count += 1;
    }

    fn push_row(&mut self, decision: &Decision<'_>) {
        self.end_run();
        put_message(&mut self.body, SECTIONS, |out| {
            put_message(out, DECISION, |out| row::write(decision, out));
        });
    }

    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let Self { run, body, scratch, section, .. } = self;
        section.clear();
        run.write(TRADES, section, scratch);
        put_key(body, SECTIONS, WireType::Bytes);
        put_number(body, section.len() as u64);
        body.extend_from_slice(section);
    }
}

/// Field of `Decisions`: its sections.
pub(super) const SECTIONS: u32 = 2;
/// Field of `Section`: a run of decisions on trade reports.
pub(super) const TRADES: u32 = 1;
/// Field of `Section`: one decision.
pub(super) const DECISION: u32 = 2;
