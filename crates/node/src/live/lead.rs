//! The owner's loop: inputs are decided, frames are cut and handed over, and come back.
//!
//! A frame is cut when it is large, or as soon as nothing more is ready and few frames are on their
//! way: a slow broker makes frames larger, not latency longer. What is on its way is bounded; at
//! the bound no input is read, so a slow broker slows publishers down and fills no memory.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use journal::{BODY_BYTES_MAX, Owner};
use kafka::{Topic, TopicAppender};
use model::decision::Form;
use model::{DeadLetterReason, Place};
use wire::inputs::{InputTopic, items};

use super::inputs::{Inputs, Turn};
use super::publisher::Publisher;
use super::queue::Waiting;
use super::standby::Standby;
use super::status::{Role, Status};
use super::tracked::Tracked;
use super::{Settings, Stop};
use crate::NodeError;
use crate::core::{Core, Received, TakenOutcome};

/// A frame is cut when it has grown to this many bytes.
const FRAME_BYTES: usize = 256 << 10;
/// Frames on their way before small ones wait for company.
const FRAMES_AHEAD: usize = 2;
/// Frames on their way before no input is read.
const FRAMES_IN_FLIGHT_MAX: usize = 32;
/// Steps of a run between two looks at the inputs.
const STEPS: usize = 64;
/// How long an idle node waits for an input.
const IDLE: Duration = Duration::from_millis(10);
/// How long it waits for an input while frames are on their way.
const BUSY: Duration = Duration::from_micros(500);
/// Between two looks at what metrics show.
const FIGURES_EVERY: Duration = Duration::from_millis(500);

/// A frame on its way.
#[derive(Debug)]
struct InFlight {
    last_seq: u64,
    since: Instant,
}

/// The owner of a segment's journal.
pub struct Lead<'s> {
    settings: &'s Settings,
    status: &'s Status,
    core: Core,
    owner: Owner<TopicAppender>,
    inputs: Inputs,
    tracked: Tracked,
    publisher: Publisher,
    in_flight: VecDeque<InFlight>,
    last_append: Instant,
    last_figures: Instant,
    counted: Counted,
    scratch: Vec<u8>,
}

/// What became of inputs since metrics showed it last.
#[derive(Debug, Default)]
struct Counted {
    accepted: u64,
    rejected: u64,
    dead_lettered: u64,
    /// When the first dead letter of this ownership was decided; `None` while there is none.
    first_dead_letter: Option<Instant>,
}

impl<'s> Lead<'s> {
    /// Takes over where a standby stands whose fence was accepted.
    ///
    /// # Errors
    /// The input topics or the public topics cannot be read.
    pub fn begin(
        settings: &'s Settings,
        status: &'s Status,
        standby: Standby<'s>,
        owner: Owner<TopicAppender>,
    ) -> Result<Self, NodeError> {
        let Settings { connection, segment, .. } = settings;
        let (core, cursors, tail) = standby.into_parts();
        let tracked = Tracked::spawn(tail);
        let inputs = Inputs::open(connection, *segment, cursors)?;
        let publisher = Publisher::spawn(connection.clone(), *segment);
        status.role(Role::Active);
        status.beat(owner.head());
        let epoch = owner.head().epoch;
        tracing::info!(segment, epoch, seq = owner.head().last_seq, "owns the journal");
        let now = Instant::now();
        Ok(Self {
            settings,
            status,
            core,
            owner,
            inputs,
            tracked,
            publisher,
            in_flight: VecDeque::new(),
            last_append: now,
            last_figures: now,
            counted: Counted::default(),
            scratch: Vec::new(),
        })
    }

    /// Works until it is asked to stop, or ownership ends.
    ///
    /// # Errors
    /// Why ownership ended.
    pub fn run(mut self, stop: &Stop) -> Result<(), NodeError> {
        while !stop.load(Ordering::Relaxed) {
            self.observe()?;
            let worked = if self.in_flight.len() < FRAMES_IN_FLIGHT_MAX {
                self.work()?
            } else {
                std::thread::sleep(BUSY);
                true
            };
            let full = self.core.frame_bytes() >= FRAME_BYTES;
            if full || self.in_flight.len() < FRAMES_AHEAD || !worked {
                self.flush()?;
            }
            self.beat()?;
        }
        self.hand_over()
    }

    /// What was taken comes back before the node ends, if it can.
    fn hand_over(mut self) -> Result<(), NodeError> {
        self.flush()?;
        while !self.in_flight.is_empty() {
            self.observe()?;
            std::thread::sleep(BUSY);
        }
        let last = self.owner.head().last_seq;
        tracing::info!(segment = self.settings.segment, seq = last, "hands over");
        self.publisher.finish(last, self.settings.patience)
    }

    /// Looks how far frames have come back.
    fn observe(&mut self) -> Result<(), NodeError> {
        self.owner.appender().check()?;
        self.publisher.check()?;
        let durable = self.tracked.durable()?;
        while self.in_flight.front().is_some_and(|frame| frame.last_seq <= durable) {
            let frame = self.in_flight.pop_front().expect("it was there");
            metrics::histogram!("clearfold_journal_commit_seconds", "segment" => self.status.label())
                .record(frame.since.elapsed());
        }
        let patience = self.settings.patience;
        if self.in_flight.front().is_some_and(|frame| frame.since.elapsed() > patience) {
            return Err(NodeError::Silent { seconds: patience.as_secs() });
        }
        self.status.alive();
        if self.last_figures.elapsed() >= FIGURES_EVERY {
            self.last_figures = Instant::now();
            self.figures(durable);
        }
        Ok(())
    }

    /// Decides what is ready. False if nothing was.
    fn work(&mut self) -> Result<bool, NodeError> {
        let begun = Instant::now();
        let mut stepped = 0;
        while stepped < STEPS && self.core.frame_bytes() < FRAME_BYTES && self.core.step().is_some()
        {
            stepped += 1;
        }
        let running = self.core.state().next_step().is_some();
        let patience = match (running, self.in_flight.is_empty()) {
            (true, _) => Duration::ZERO,
            (false, false) => BUSY,
            (false, true) if self.core.frame_bytes() > 0 => Duration::ZERO,
            (false, true) => IDLE,
        };
        let came = self.inputs.fill(patience)?;
        let mut decided = stepped > 0;
        while self.core.frame_bytes() < FRAME_BYTES {
            let turn = match self.core.state().next_step() {
                Some(_) => Turn::DuringRun,
                None => Turn::Any,
            };
            let Some((topic, record)) = self.inputs.next(turn) else { break };
            decided |= self.decide(topic, record);
        }
        if decided {
            metrics::histogram!("clearfold_core_apply_seconds", "segment" => self.status.label())
                .record(begun.elapsed());
        }
        Ok(came || decided)
    }

    /// Decides the items of a record that can have their turn. True if there was one.
    fn decide(&mut self, topic: Topic, mut record: Waiting) -> bool {
        let before = record.next_item;
        let is_held = match (record.refused, input_topic(topic)) {
            (None, Some(input)) => self.decide_items(topic, input, &mut record),
            (Some(reason), _) => {
                self.dead_letter(topic, &record, reason);
                None
            }
            (None, None) => unreachable!("a topic that no release reads is refused"),
        };
        let decided = record.next_item > before || is_held.is_none();
        if decided {
            self.inputs.look_again();
        }
        match is_held {
            None => {}
            Some(Held::ByBarrier) => self.inputs.hold(topic, record),
            Some(Held::ByRun) => self.inputs.put_back(topic, record),
        }
        decided
    }

    /// Decides items until one has to wait. `None`: none has to.
    fn decide_items(
        &mut self,
        topic: Topic,
        input: InputTopic,
        record: &mut Waiting,
    ) -> Option<Held> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut held = None;
        let mut next = record.next_item;
        for item in items(input, &record.bytes, &mut scratch) {
            if item.index < next || self.inputs.cursors.is_in(topic, record.offset, item.index) {
                continue;
            }
            if topic != Topic::TradesIn && self.core.state().next_step().is_some() {
                held = Some(Held::ByRun);
            } else if !self.inputs.reached(&item.after) {
                held = Some(Held::ByBarrier);
            }
            if held.is_some() {
                break;
            }
            let (position, publisher) = (record.offset, record.publisher.as_str());
            let place = Place { channel: topic.name(), position, item: item.index, pass: 0 };
            let (verbatim, command) = (item.verbatim(), item.command);
            let form = Form::Protobuf;
            let received = Received { place, publisher, form, command, verbatim };
            take(&mut self.core, &mut self.counted, &received);
            self.inputs.cursors.note(&place);
            next = item.index + 1;
        }
        record.next_item = next;
        self.scratch = scratch;
        held
    }

    fn dead_letter(&mut self, topic: Topic, record: &Waiting, reason: DeadLetterReason) {
        let place = Place { channel: topic.name(), position: record.offset, item: 0, pass: 0 };
        if self.inputs.cursors.is_in(topic, record.offset, 0) {
            return;
        }
        let received = Received {
            place,
            publisher: &record.publisher,
            form: Form::Protobuf,
            command: Err(reason),
            verbatim: Some(&record.bytes),
        };
        take(&mut self.core, &mut self.counted, &received);
        self.inputs.cursors.note(&place);
    }

    /// Hands the frame being filled over.
    fn flush(&mut self) -> Result<(), NodeError> {
        if self.core.frame_bytes() == 0 {
            return Ok(());
        }
        let body = self.core.end_frame();
        if body.bytes.len() > BODY_BYTES_MAX {
            let seq = basics::Seq(body.first_seq.0 + u64::from(body.count) - 1);
            return Err(NodeError::TooLarge { seq, bytes: body.bytes.len() });
        }
        let bytes = body.bytes.len() as u64;
        let last_seq = self.owner.append(body.count, body.bytes)?.last_seq;
        let now = Instant::now();
        self.in_flight.push_back(InFlight { last_seq, since: now });
        self.last_append = now;
        let label = || self.status.label();
        metrics::counter!("clearfold_journal_frames_total", "segment" => label()).increment(1);
        metrics::counter!("clearfold_journal_bytes_total", "segment" => label()).increment(bytes);
        Ok(())
    }

    /// Says that it lives when it has said nothing for a while.
    fn beat(&mut self) -> Result<(), NodeError> {
        if self.last_append.elapsed() > self.settings.lease / 5 {
            self.owner.heartbeat()?;
            self.last_append = Instant::now();
        }
        Ok(())
    }

    /// Shows where it stands.
    fn figures(&mut self, durable: u64) {
        let label = self.status.label();
        let gauge = |name: &'static str, value: f64| {
            metrics::gauge!(name, "segment" => label.clone()).set(value);
        };
        gauge("clearfold_last_seq", self.core.last_seq().0 as f64);
        gauge("clearfold_frames_in_flight", self.in_flight.len() as f64);
        gauge("clearfold_input_waits", f64::from(u8::from(self.inputs.waits())));
        let date = self.core.state().business_date().map_or(0, |date| date.0);
        gauge("clearfold_business_date_days", f64::from(date));
        let figures = self.core.state().figures();
        gauge("clearfold_trades_open", figures.kept as f64);
        gauge("clearfold_positions_open", figures.open_positions as f64);
        self.status.beat(&journal::Head { last_seq: durable, ..*self.owner.head() });
        let since = self.counted.first_dead_letter.map_or(0.0, |at| at.elapsed().as_secs_f64());
        gauge("clearfold_dead_letter_oldest_seconds", since);
        self.count();
        for (topic, records) in self.inputs.lag() {
            let labels = [("segment", label.clone()), ("topic", topic.name().to_owned())];
            metrics::gauge!("clearfold_input_lag_records", &labels).set(records as f64);
        }
    }
}

impl Lead<'_> {
    /// Shows what became of inputs since it was shown last.
    fn count(&mut self) {
        let Counted { accepted, rejected, dead_lettered, .. } = &mut self.counted;
        let label = self.status.label();
        metrics::counter!("clearfold_dead_letters_total", "segment" => label.clone())
            .increment(*dead_lettered);
        let outcomes =
            [("accepted", accepted), ("rejected", rejected), ("dead_lettered", dead_lettered)];
        for (outcome, count) in outcomes {
            let labels = [("segment", label.clone()), ("outcome", outcome.to_owned())];
            let counter = metrics::counter!("clearfold_core_decisions_total", &labels);
            counter.increment(std::mem::take(count));
        }
    }
}

/// Why an item has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Something that must come before it is not decided.
    ByBarrier,
    /// A run is under way.
    ByRun,
}

fn input_topic(topic: Topic) -> Option<InputTopic> {
    match topic {
        Topic::TradesIn => Some(InputTopic::Trades),
        Topic::ReferenceIn => Some(InputTopic::Reference),
        Topic::PricesIn => Some(InputTopic::Prices),
        Topic::OperationsIn => Some(InputTopic::Operations),
        Topic::StatementsIn
        | Topic::Journal
        | Topic::TradesStatus
        | Topic::SettlementEvents
        | Topic::LedgerEvents
        | Topic::RiskEvents
        | Topic::DeadLetters => None,
    }
}

/// Decides an input, and counts what became of it.
fn take(core: &mut Core, counted: &mut Counted, received: &Received<'_>) {
    let taken = core.take(received);
    match taken.outcome {
        TakenOutcome::Accepted(_) => counted.accepted += 1,
        TakenOutcome::Rejected(_) => counted.rejected += 1,
        TakenOutcome::DeadLettered(reason) => {
            counted.dead_lettered += 1;
            counted.first_dead_letter.get_or_insert_with(Instant::now);
            tracing::warn!(
                seq = taken.seq.0,
                topic = received.place.channel,
                offset = received.place.position,
                item = received.place.item,
                reason = reason.name(),
                "dead letter"
            );
        }
    }
}
