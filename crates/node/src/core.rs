//! The single-threaded core of a node: decides, evolves, encodes. It touches no file.

use basics::{Date, Seq};
use engine::State;
use model::decision::Form;
use model::event::PaymentStatus;
use model::{
    Cause, Command, DeadLetterReason, Decision, Event, Input, Operation, Place, Rejection,
    TradeDecision, TradeReport, TradeVerdict, Verdict,
};
use wire::Encoder;

/// An input as a transport hands it over.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Where it stands.
    pub place: Place<'a>,
    /// Who published it.
    pub publisher: &'a str,
    /// The form it came in.
    pub form: Form,
    /// What it asks for, or why it cannot be read.
    pub command: Result<Command<'a>, DeadLetterReason>,
    /// Its bytes; `None` when the form's writer gives the same bytes from the command.
    pub verbatim: Option<&'a [u8]>,
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The decision's sequence.
    pub seq: Seq,
    /// The day last opened when it was decided.
    pub business_date: Option<Date>,
    /// Its outcome.
    pub outcome: TakenOutcome,
    /// Events recorded for it, the steps of the run that it began included.
    pub events: u64,
}

/// An outcome without its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenOutcome {
    /// Accepted, with the outcome's name.
    Accepted(&'static str),
    /// Refused.
    Rejected(Rejection),
    /// Not readable.
    DeadLettered(DeadLetterReason),
}

impl TakenOutcome {
    /// The outcome's name in reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted(name) => name,
            Self::Rejected(rejection) => rejection.name(),
            Self::DeadLettered(_) => model::outcome::DEAD_LETTER,
        }
    }
}

/// What settlement did on the day last opened, for people who watch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunFigures {
    /// Positions that had a turn.
    pub positions: u64,
    /// Those that stayed open: fails.
    pub failed: u64,
    /// Units received from the pool, in smallest units.
    pub received: i128,
    /// Payments made.
    pub payments: u64,
    /// What accounts were paid, in minor units of all currencies together.
    pub paid: i128,
    /// Payments that failed.
    pub failed_payments: u64,
}

impl RunFigures {
    #[expect(clippy::wildcard_enum_match_arm, reason = "it counts; most events do not count")]
    fn see(&mut self, event: &Event<'_>) {
        match event {
            Event::DayOpened(_) => *self = Self::default(),
            Event::PositionSettled(position) => {
                self.positions += 1;
                self.failed += u64::from(position.open_after != 0);
                self.received += position.moved.max(0);
            }
            Event::PaymentDecided(payment) if payment.status == PaymentStatus::Paid => {
                self.payments += 1;
                self.paid += payment.amount.max(0);
            }
            Event::PaymentDecided(_) => self.failed_payments += 1,
            _ => {}
        }
    }
}

/// State, sequence and the frame being filled.
pub struct Core {
    state: State,
    next: Seq,
    frame: Encoder,
    last_run: RunFigures,
}

impl Core {
    /// A core that goes on after the decision with sequence `last`.
    #[must_use]
    pub fn new(state: State, last: Seq) -> Self {
        let next = Seq(last.0 + 1);
        Self { state, next, frame: Encoder::default(), last_run: RunFigures::default() }
    }

    /// The state after all that was decided.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What settlement did on the day last opened.
    #[must_use]
    pub const fn last_run(&self) -> &RunFigures {
        &self.last_run
    }

    /// The sequence of the last decision; 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> Seq {
        Seq(self.next.0 - 1)
    }

    /// Bytes of the frame being filled, more or less; 0 while it is empty.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        if self.frame.count() == 0 { 0 } else { self.frame.estimated_len() }
    }

    /// Ends the frame: the number of its decisions and its body. The next one begins empty.
    pub fn end_frame(&mut self) -> wire::Body<'_> {
        self.frame.finish()
    }

    /// Decides an input and records the decision in the frame.
    #[inline]
    pub fn take(&mut self, input: &Received<'_>) -> Taken {
        match &input.command {
            Ok(Command::Trade(report)) => self.take_trade(input, report),
            Ok(command) => self.take_command(input, *command),
            Err(reason) if is_trades(input.place.channel) => {
                self.record_trade(input, None, TradeVerdict::DeadLettered(*reason))
            }
            Err(reason) => self.record(input, None, Verdict::DeadLettered(*reason), "dead_letter"),
        }
    }

    #[inline]
    fn take_trade(&mut self, input: &Received<'_>, report: &TradeReport<'_>) -> Taken {
        let verdict = engine::decide_trade(&self.state, report, self.next);
        self.record_trade(input, Some(report), verdict)
    }

    /// What comes back is put together where it is read: a copy of what was just written would
    /// wait until all that was written before, the new trade with it, has reached the cache.
    #[inline]
    fn record_trade<'a>(
        &mut self,
        input: &Received<'a>,
        report: Option<&TradeReport<'a>>,
        verdict: TradeVerdict<'a>,
    ) -> Taken {
        let business_date = self.state.business_date();
        let seq = self.next;
        let decision = TradeDecision {
            seq,
            place: input.place,
            publisher: input.publisher,
            business_date,
            report: report.copied(),
            form: input.form,
            verbatim: input.verbatim,
            verdict,
        };
        self.frame.push_trade(&decision);
        let verdict = &decision.verdict;
        engine::evolve_trade(&mut self.state, verdict);
        self.next.0 += 1;
        let (outcome, events) = match verdict {
            TradeVerdict::Captured(..) => (TakenOutcome::Accepted(verdict.outcome()), 2),
            TradeVerdict::Amended(_) | TradeVerdict::Cancelled(_) => {
                (TakenOutcome::Accepted(verdict.outcome()), 1)
            }
            TradeVerdict::Rejected(rejection) => (TakenOutcome::Rejected(*rejection), 0),
            TradeVerdict::DeadLettered(reason) => (TakenOutcome::DeadLettered(*reason), 0),
        };
        Taken { seq, business_date, outcome, events }
    }

    fn take_command(&mut self, input: &Received<'_>, command: Command<'_>) -> Taken {
        let verdict = match engine::decide(&self.state, &command, self.next) {
            Ok(events) => Verdict::Accepted(events),
            Err(rejection) => Verdict::Rejected(rejection),
        };
        self.record(input, Some(command), verdict, accepted_name(&command))
    }

    fn record<'a>(
        &mut self,
        input: &Received<'a>,
        command: Option<Command<'a>>,
        verdict: Verdict<'a>,
        accepted: &'static str,
    ) -> Taken {
        let cause = Cause::Input { place: input.place, publisher: input.publisher };
        let input = Input { command, form: input.form, verbatim: input.verbatim };
        let business_date = self.state.business_date();
        let outcome = match &verdict {
            Verdict::Accepted(_) => TakenOutcome::Accepted(accepted),
            Verdict::Rejected(rejection) => TakenOutcome::Rejected(*rejection),
            Verdict::DeadLettered(reason) => TakenOutcome::DeadLettered(*reason),
        };
        let seq = self.next;
        let events = self.append(Decision { seq, cause, business_date, input, verdict });
        Taken { seq, business_date, outcome, events }
    }

    /// Takes the next step of the run under way; the number of its events, `None` without a run.
    pub fn step(&mut self) -> Option<u64> {
        let command = Command::Step(self.state.next_step()?);
        let events = engine::decide(&self.state, &command, self.next)
            .expect("a step of the run under way is never refused");
        let input = Input { command: Some(command), form: Form::Internal, verbatim: None };
        let business_date = self.state.business_date();
        let verdict = Verdict::Accepted(events);
        let seq = self.next;
        Some(self.append(Decision { seq, cause: Cause::Run, business_date, input, verdict }))
    }

    /// Records a decision and applies its events; how many there are.
    fn append(&mut self, decision: Decision<'_>) -> u64 {
        self.frame.push(&decision);
        self.next.0 += 1;
        let events = accepted_events(&decision.verdict);
        for event in events {
            self.last_run.see(event);
            engine::evolve(&mut self.state, event);
        }
        events.len() as u64
    }
}

/// Trade reports come through channels of their own: what cannot be read there counts as one.
fn is_trades(channel: &str) -> bool {
    channel.ends_with("trades.csv") || channel == "trades.in"
}

/// The events of a verdict; none unless it accepts.
fn accepted_events<'v, 'a>(verdict: &'v Verdict<'a>) -> &'v [Event<'a>] {
    match verdict {
        Verdict::Accepted(events) => events,
        Verdict::Rejected(_) | Verdict::DeadLettered(_) => &[],
    }
}

/// What an accepted command did, in one word.
fn accepted_name(command: &Command<'_>) -> &'static str {
    match command {
        Command::Trade(_) => "accepted",
        Command::Reference(_) => "published",
        Command::Price(_) => "priced",
        Command::Operation(Operation::OpenDay { .. }) => "day_opened",
        Command::Operation(Operation::CloseTrading { .. }) => "trading_closed",
        Command::Operation(Operation::Settle { .. }) => "settled",
        Command::Operation(Operation::CloseDay { .. }) => "day_closed",
        Command::Step(_) => "stepped",
    }
}

impl Core {
    /// The state, when the core is done.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }
}
