//! The relay at work: a reader of the journal that writes the public topics.
//!
//! It derives every record anew from the journal's beginning, and sends those that a topic does not
//! have yet: each topic's own tail says how far it is. So whoever relayed before, and wherever it
//! died, each topic gets every record, in order. A relay of an older owner may still send what it
//! has: the same records, which consumers skip.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use basics::Seq;
use journal::{Frame, Head, Seen, Tail};
use kafka::reader::{Begin, Reader};
use kafka::{Connection, Heard, Record, Sender, Topic, TopicLog};
use model::public::PublicRecord;
use relay::{Origin, Relay};
use wire::DecisionRef;

use crate::NodeError;
use crate::history::{Read, decisions};

/// A record of a topic is sent when it has grown to this many bytes.
const RECORD_BYTES: usize = 128 << 10;
/// How long records may wait for others that are sent with them.
const LINGER: Duration = Duration::from_millis(1);
/// How long the reader waits for a frame before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(50);

/// The relay's thread.
#[derive(Debug)]
pub struct Publisher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    is_over: AtomicBool,
    /// The last decision whose records are delivered.
    relayed: AtomicU64,
    failure: Mutex<Option<NodeError>>,
}

impl Publisher {
    /// Begins to relay the journal of a segment.
    pub fn spawn(connection: Connection, segment: u32) -> Self {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || {
            let ended = Work::open(&connection, segment).and_then(|work| work.run(&told));
            if let Err(error) = ended {
                *told.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        }));
        Self { shared, thread }
    }

    /// Fails if it cannot go on.
    ///
    /// # Errors
    /// Why.
    pub fn check(&self) -> Result<(), NodeError> {
        let failure = self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }

    /// Waits until all records up to a decision are delivered, and ends. What is not delivered in
    /// time is relayed by the next owner.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn finish(self, last_seq: u64, patience: Duration) -> Result<(), NodeError> {
        let begun = Instant::now();
        while self.shared.relayed.load(Ordering::Acquire) < last_seq {
            self.check()?;
            if begun.elapsed() > patience {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It ends within its patience; a panic there has been reported already.
            let _ = thread.join();
        }
    }
}

/// One public topic: how far it is, and the record being filled.
#[derive(Debug)]
struct Outlet {
    topic: Topic,
    /// The last `topic_seq` that it has.
    tail: u64,
    bytes: Vec<u8>,
    records: u64,
}

struct Work {
    segment: u32,
    tail: Tail<TopicLog>,
    relay: Relay,
    sender: Sender,
    outlets: [Outlet; Topic::PUBLIC.len()],
    /// Records handed over when a decision's were complete, and that decision.
    complete: std::collections::VecDeque<(u64, u64)>,
}

impl Work {
    fn open(connection: &Connection, segment: u32) -> Result<Self, NodeError> {
        let mut outlets = Vec::with_capacity(Topic::PUBLIC.len());
        let mut reader = Reader::open(connection, segment, &[])?;
        for topic in Topic::PUBLIC {
            let tail = tail_of(&mut reader, connection, topic)?;
            outlets.push(Outlet { topic, tail, bytes: Vec::new(), records: 0 });
        }
        let log = TopicLog::open(connection, segment, 0)?;
        let origin = Origin { segment, rules_version: engine::RULES_VERSION };
        Ok(Self {
            segment,
            tail: Tail::new(log, Head::start(segment)),
            relay: Relay::new(origin),
            sender: Sender::open(connection, segment, LINGER)?,
            outlets: outlets.try_into().expect("one for each public topic"),
            complete: std::collections::VecDeque::new(),
        })
    }

    fn run(mut self, told: &Shared) -> Result<(), NodeError> {
        while !told.is_over.load(Ordering::Acquire) {
            if let Seen::Frame(frame) = self.tail.poll(PATIENCE)? {
                relay_frame(&mut self.relay, &mut self.outlets, &mut self.sender, &frame)?;
                let last_seq = frame.header.last_seq();
                self.complete.push_back((self.sender.sent().handed_over, last_seq));
            }
            self.sender.check()?;
            self.note_delivered(told);
        }
        Ok(())
    }

    /// Notes up to which decision all records are delivered.
    fn note_delivered(&mut self, told: &Shared) {
        // Deliveries of several topics may overtake each other: only what is complete counts.
        let delivered = self.sender.sent().delivered;
        let mut reached = None;
        while self.complete.front().is_some_and(|(records, _)| *records <= delivered) {
            reached = self.complete.pop_front().map(|(_, seq)| seq);
        }
        let Some(seq) = reached else { return };
        told.relayed.store(seq, Ordering::Release);
        let label = self.segment.to_string();
        metrics::gauge!("clearfold_relay_seq", "segment" => label.clone()).set(seq as f64);
        for outlet in &mut self.outlets {
            let labels = [("segment", label.clone()), ("topic", outlet.topic.name().to_owned())];
            metrics::counter!("clearfold_relay_records_total", &labels).increment(outlet.records);
            outlet.records = 0;
        }
    }
}

/// Sends the records of a frame that the topics do not have, and the watermarks at its end.
fn relay_frame(
    relay: &mut Relay,
    outlets: &mut [Outlet],
    sender: &mut Sender,
    frame: &Frame<'_>,
) -> Result<(), NodeError> {
    let mut business_date = None;
    decisions::<NodeError>(frame, |decision| {
        let mut sent = Ok(());
        let mut emit = |record: &PublicRecord<'_>| {
            if sent.is_ok() {
                sent = put(outlets, sender, record);
            }
        };
        match &decision {
            DecisionRef::Trade(trade) => {
                business_date = trade.business_date;
                relay.records_of_trade(trade, &mut emit);
            }
            DecisionRef::Other(other) => {
                business_date = other.business_date;
                relay.records(other, &mut emit);
            }
        }
        sent.map(|()| Read::More)
    })?;
    let mut sent = Ok(());
    relay.watermarks(Seq(frame.header.last_seq()), business_date, &mut |record| {
        if sent.is_ok() {
            sent = put(outlets, sender, record);
        }
    });
    sent?;
    for outlet in outlets {
        flush(outlet, sender)?;
    }
    Ok(())
}

fn put(
    outlets: &mut [Outlet],
    sender: &mut Sender,
    record: &PublicRecord<'_>,
) -> Result<(), NodeError> {
    let outlet = &mut outlets[usize::from(record.body.topic().number())];
    if record.envelope.topic_seq <= outlet.tail {
        return Ok(());
    }
    wire::public::push(record, &mut outlet.bytes);
    outlet.records += 1;
    if outlet.bytes.len() >= RECORD_BYTES {
        flush(outlet, sender)?;
    }
    Ok(())
}

fn flush(outlet: &mut Outlet, sender: &mut Sender) -> Result<(), NodeError> {
    if !outlet.bytes.is_empty() {
        sender.send(&Record { topic: outlet.topic, bytes: &outlet.bytes, headers: &[] })?;
        outlet.bytes.clear();
    }
    Ok(())
}

/// The last `topic_seq` of a public topic; 0 if it has no record.
fn tail_of(reader: &mut Reader, connection: &Connection, topic: Topic) -> Result<u64, NodeError> {
    let (begins, ends) = reader.bounds(topic)?;
    if begins == ends {
        return Ok(0);
    }
    reader.restart(&[(topic, Begin::At(ends - 1))])?;
    loop {
        let heard = reader.poll(PATIENCE, |received| last_topic_seq(received.bytes))?;
        if let Heard::Record(last) = heard {
            return last.map_err(|reason| {
                let topic = connection.names.of(topic);
                NodeError::ForeignTail { topic, offset: ends - 1, reason }
            });
        }
    }
}

fn last_topic_seq(bytes: &[u8]) -> Result<u64, String> {
    let records = wire::public::split(bytes).map_err(|error| error.to_string())?;
    let last = records.last().ok_or("it is empty")?;
    let record = wire::public::read(last).map_err(|error| error.to_string())?;
    Ok(record.envelope.topic_seq)
}
