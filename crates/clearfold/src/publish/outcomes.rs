//! The outcomes of operations, heard on `settlement.events`.

use std::collections::BTreeMap;
use std::time::Duration;

use kafka::{Begin, Connection, Heard, KafkaError, Reader, Topic};
use model::public::{Body, PublicRecord};

use super::known::Sight;

/// How long a poll may wait.
const STEP: Duration = Duration::from_millis(100);

/// Records read at first when an outcome is looked for in the past; then twice as many each time.
const FIRST_LOOK: u64 = 256;

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was carried out, to its end.
    Accepted,
    /// It was refused, for this reason.
    Refused(&'static str),
}

/// Listens for outcomes, from time to time.
pub struct Outcomes {
    reader: Reader,
    heard: Ledger,
    is_listening: bool,
}

/// What was heard so far.
#[derive(Default)]
struct Ledger {
    /// By offset in `operations.in`; `None` while the operation's run is under way.
    verdicts: BTreeMap<u64, Option<Verdict>>,
    /// The offset of the operation that began each run.
    runs: BTreeMap<u64, u64>,
}

impl Outcomes {
    /// Gets ready to listen.
    pub fn open(connection: &Connection, segment: u32) -> Result<Self, KafkaError> {
        let reader = Reader::open(connection, segment, &[])?;
        Ok(Self { reader, heard: Ledger::default(), is_listening: false })
    }

    /// Whether it listens.
    pub fn is_listening(&self) -> bool {
        self.is_listening
    }

    /// Listens from now on, and for the outcome of an operation that was sent `before`, which may
    /// be there already: it is looked for backwards from the end.
    pub fn listen(&mut self, before: Option<Sight>) -> Result<(), KafkaError> {
        let topic = Topic::SettlementEvents;
        let (begins, ends) = self.reader.bounds(topic)?;
        let mut look = if before.is_some() { FIRST_LOOK } else { 0 };
        self.is_listening = true;
        loop {
            let from = ends.saturating_sub(look).max(begins);
            self.reader.restart(&[(topic, Begin::At(from))])?;
            self.heard = Ledger::default();
            let Some(sight) = before else { return Ok(()) };
            let first_ms = self.read_to_end()?;
            if self.heard.verdicts.contains_key(&sight.offset) {
                return Ok(());
            }
            if from == begins {
                // What was judged before the first event that retention left is decided.
                if begins > 0 && first_ms.is_some() && sight.timestamp_ms < first_ms {
                    let decided = Some(Verdict::Accepted);
                    self.heard.verdicts.insert(sight.offset, decided);
                }
                return Ok(());
            }
            look *= 2;
        }
    }

    /// Listens no more: nothing is read while nobody waits.
    pub fn rest(&mut self) -> Result<(), KafkaError> {
        self.is_listening = false;
        self.reader.restart(&[])
    }

    /// Reads all that is there, and gives when the first record was written.
    fn read_to_end(&mut self) -> Result<Option<i64>, KafkaError> {
        let mut first = None;
        loop {
            let heard = &mut self.heard;
            let poll = self.reader.poll(STEP, |record| {
                heard.note(record.bytes);
                record.timestamp_ms
            })?;
            match poll {
                Heard::Record(timestamp_ms) => first = first.or(timestamp_ms),
                Heard::Quiet => {}
                Heard::End(_) => return Ok(first),
            }
        }
    }

    /// Listens for a moment. `true`: something was heard.
    pub fn poll(&mut self) -> Result<bool, KafkaError> {
        let heard = &mut self.heard;
        let poll = self.reader.poll(STEP, |record| heard.note(record.bytes))?;
        Ok(matches!(poll, Heard::Record(())))
    }

    /// What became of the operation at this offset. `None`: it is not decided, or still under way.
    pub fn verdict(&self, offset: u64) -> Option<Verdict> {
        self.heard.verdicts.get(&offset).copied().flatten()
    }
}

impl Ledger {
    /// Notes what a Kafka record says. What cannot be read is newer than we are, and not for us.
    fn note(&mut self, bytes: &[u8]) {
        for record in wire::public::split(bytes).unwrap_or_default() {
            if let Ok(record) = wire::public::read(record) {
                self.note_record(&record);
            }
        }
    }

    fn note_record(&mut self, record: &PublicRecord<'_>) {
        let place = record.envelope.place;
        let place = place.filter(|place| place.channel == Topic::OperationsIn.name());
        let offset = place.map(|place| place.position);
        match (&record.body, offset) {
            (Body::DayOpened(_) | Body::TradingClosed { .. }, Some(offset)) => {
                self.verdicts.insert(offset, Some(Verdict::Accepted));
            }
            (Body::InputRefused(refused), Some(offset)) => {
                let verdict = Verdict::Refused(refused.reason.name());
                self.verdicts.insert(offset, Some(verdict));
            }
            (Body::RunStarted(run), Some(offset)) => {
                self.verdicts.insert(offset, None);
                self.runs.insert(run.run.0, offset);
            }
            (Body::RunCompleted(run), _) => {
                if let Some(offset) = self.runs.remove(&run.run.0) {
                    self.verdicts.insert(offset, Some(Verdict::Accepted));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use basics::{Date, EntryNo, Seq};
    use model::event::RunKind;
    use model::public::{Envelope, InputRefused, RunCompletedRecord, RunStartedRecord};
    use model::{Place, Rejection};

    use super::*;

    fn record<'a>(position: Option<u64>, body: Body<'a>) -> PublicRecord<'a> {
        let place =
            position.map(|position| Place { channel: "operations.in", position, item: 0, pass: 0 });
        let envelope = Envelope {
            segment: 0,
            seq: Seq(1),
            topic_seq: 1,
            place,
            business_date: None,
            rules_version: 1,
            actor: "",
        };
        PublicRecord { envelope, body }
    }

    #[test]
    fn an_operation_that_begins_a_run_is_done_when_the_run_is() {
        let mut heard = Ledger::default();
        let date = Date(1);
        let started = RunStartedRecord { run: Seq(7), kind: RunKind::Settlement, date, draw: "" };
        heard.note_record(&record(Some(3), Body::RunStarted(started)));
        assert_eq!(heard.verdicts[&3], None);
        let done = |run| {
            let (kind, last_entry) = (RunKind::Settlement, EntryNo(0));
            let run = RunCompletedRecord { run: Seq(run), kind, date, steps: 1, last_entry };
            record(None, Body::RunCompleted(run))
        };
        heard.note_record(&done(6));
        assert_eq!(heard.verdicts[&3], None);
        heard.note_record(&done(7));
        assert_eq!(heard.verdicts[&3], Some(Verdict::Accepted));
    }

    #[test]
    fn a_refusal_has_its_reason_and_other_topics_do_not_count() {
        let mut heard = Ledger::default();
        let reason = Rejection::DayNotOpen;
        let refused = InputRefused { what: "settle", subject: "", date: None, reason };
        let mut other = record(Some(4), Body::InputRefused(refused));
        heard.note_record(&other);
        assert_eq!(heard.verdicts[&4], Some(Verdict::Refused("day_not_open")));
        other.envelope.place = Some(Place { channel: "prices.in", position: 5, item: 0, pass: 0 });
        heard.note_record(&other);
        assert!(!heard.verdicts.contains_key(&5));
    }
}
