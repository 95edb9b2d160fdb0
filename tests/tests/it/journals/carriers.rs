//! The three carriers, each behind what the suite asks.

use std::cell::Cell;
use std::time::Duration;

use journal::simulated::SimulatedLog;
use journal::{
    Appender, Claim, Contender, FileJournal, Frames, Head, Header, Intent, JournalError, Kind, Log,
    Options, Owner, Reader, Seen, Tail, ToEnd, WriterId,
};
use kafka::topics::{Admin, Plan, Settings};
use kafka::{Connection, Names, Record, Security, Sender, Topic, TopicAppender, TopicLog};

use crate::distributed::topics;

/// A frame as the suite sees it: first sequence, number of decisions, body.
pub type Body = (u64, u32, Vec<u8>);

/// What the suite does with a journal.
pub trait Carrier {
    fn try_append(&mut self, count: u32, body: &[u8]) -> Result<(), JournalError>;
    fn fence(&mut self, writer: u8);
    /// Ends, and begins again on the same journal.
    fn open_again(&mut self);
    fn read(&self, from: u64) -> Vec<Body>;
    /// Epochs that `fence` has opened.
    fn epochs(&self) -> u64;

    /// Appends and waits until it is durable.
    fn append(&mut self, count: u32, body: &[u8]) {
        self.try_append(count, body).expect("it is appended");
    }
}

/// The frames of decisions from a sequence on.
fn bodies(frames: &mut dyn Frames, from: u64) -> Vec<Body> {
    let mut seen = Vec::new();
    while let Some(frame) = frames.next_frame(u64::MAX).expect("it can be read") {
        if frame.header.kind == Kind::Decisions && frame.header.first_seq >= from {
            seen.push((frame.header.first_seq, frame.header.count, frame.body.to_vec()));
        }
    }
    seen
}

/// A journal in local files.
pub struct Files {
    folder: tempfile::TempDir,
    journal: Option<FileJournal>,
}

impl Files {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = FileJournal::open(folder.path(), Options::default()).expect("it opens");
        Self { folder, journal: Some(journal) }
    }

    fn journal(&mut self) -> &mut FileJournal {
        self.journal.as_mut().expect("it is open")
    }
}

impl Carrier for Files {
    fn try_append(&mut self, count: u32, body: &[u8]) -> Result<(), JournalError> {
        self.journal().append(count, body)?;
        self.journal().sync()
    }

    fn fence(&mut self, writer: u8) {
        self.journal().fence(WriterId([writer; 16])).expect("it is appended");
    }

    fn open_again(&mut self) {
        self.journal = None;
        let journal = FileJournal::open(self.folder.path(), Options::default());
        self.journal = Some(journal.expect("it opens"));
    }

    fn read(&self, from: u64) -> Vec<Body> {
        bodies(&mut Reader::open(self.folder.path(), from).expect("it opens"), from)
    }

    fn epochs(&self) -> u64 {
        self.journal.as_ref().expect("it is open").head().epoch
    }
}

/// A log that can be shared.
pub trait Medium: Clone {
    type Log: Log;
    type Appender: Appender;
    fn log(&self, position: u64) -> Result<Self::Log, JournalError>;
    fn appender(&self) -> Self::Appender;
    /// Deletes the records before a position, as retention does.
    fn delete_before(&self, position: u64);

    /// Puts any bytes at the end.
    fn inject(&self, bytes: &[u8]) {
        self.appender().append(bytes).expect("it is taken");
    }
}

/// A journal in a shared log, owned.
pub struct Shared<M: Medium> {
    pub medium: M,
    owner: Option<Owner<M::Appender>>,
    first_epoch: u64,
    writer: u8,
}

impl<M: Medium> Shared<M> {
    /// Owns a log that is new.
    pub fn new(medium: M) -> Self {
        Self::take_over(medium, 1)
    }

    /// Fences, reads to the end, and owns.
    pub fn take_over(medium: M, writer: u8) -> Self {
        let mut tail = tail(&medium);
        to_end(&mut tail);
        let mut contender =
            Contender::fence(medium.appender(), tail.head(), WriterId([writer; 16]))
                .expect("it is taken");
        let owner = loop {
            to_end(&mut tail);
            contender = match contender.claim(tail.head()).expect("nobody else contends") {
                Claim::Waiting(contender) => contender,
                Claim::Won(owner) => break owner,
            };
        };
        let first_epoch = owner.head().epoch;
        Self { medium, owner: Some(owner), first_epoch, writer }
    }

    fn owner(&mut self) -> &mut Owner<M::Appender> {
        self.owner.as_mut().expect("it is owned")
    }

    pub fn heartbeat(&mut self) {
        self.owner().heartbeat().expect("it is taken");
    }

    /// Appends without waiting for the frame to come back.
    pub fn append_unread(&mut self, count: u32, body: &[u8]) {
        self.owner().append(count, body).expect("it is taken");
    }

    /// Waits until all that was appended has come back.
    pub fn await_return(&mut self) -> Result<(), JournalError> {
        let (wanted, epoch) = (self.owner().head().last_seq, self.owner().head().epoch);
        let mut tail = tail(&self.medium);
        loop {
            if tail.head().epoch > epoch {
                return Err(JournalError::Fenced { epoch: tail.head().epoch });
            }
            if tail.head().epoch == epoch && tail.head().last_seq >= wanted {
                return Ok(());
            }
            tail.poll(Duration::from_secs(30))?;
        }
    }

    /// The fence that this owner's rival would write now.
    pub fn fence_of(&mut self, writer: u8) -> Vec<u8> {
        let head = *self.owner().head();
        let (epoch, writer) = (head.epoch + 1, WriterId([writer; 16]));
        let intent = Intent { kind: Kind::Fence, epoch, writer, count: 0 };
        Header::next(&head, intent, &[]).encode().to_vec()
    }

    /// A frame that this owner could write now.
    pub fn frame_of(&mut self, body: &[u8]) -> Vec<u8> {
        let head: Head = *self.owner().head();
        let Head { epoch, writer, .. } = head;
        let intent = Intent { kind: Kind::Decisions, epoch, writer, count: 1 };
        [&Header::next(&head, intent, body).encode(), body].concat()
    }

    pub fn tail(&self) -> Tail<M::Log> {
        tail(&self.medium)
    }

    pub fn tail_to_end(&self) -> Tail<M::Log> {
        let mut tail = self.tail();
        to_end(&mut tail);
        tail
    }
}

fn tail<M: Medium>(medium: &M) -> Tail<M::Log> {
    Tail::new(medium.log(0).expect("it can be read"), Head::start(0))
}

fn to_end(tail: &mut Tail<impl Log>) {
    loop {
        match tail.poll(Duration::from_secs(30)).expect("it can be read") {
            Seen::End | Seen::Quiet => return,
            Seen::Frame(_)
            | Seen::Fence
            | Seen::Heartbeat
            | Seen::Ignored(_)
            | Seen::NoFrame(_) => {}
        }
    }
}

impl<M: Medium> Carrier for Shared<M> {
    fn try_append(&mut self, count: u32, body: &[u8]) -> Result<(), JournalError> {
        self.owner().append(count, body)?;
        self.await_return()
    }

    fn fence(&mut self, writer: u8) {
        let first_epoch = self.first_epoch;
        *self = Self { first_epoch, ..Self::take_over(self.medium.clone(), writer) };
    }

    fn open_again(&mut self) {
        let (first_epoch, writer) = (self.first_epoch, self.writer + 1);
        self.owner = None;
        *self = Self { first_epoch, ..Self::take_over(self.medium.clone(), writer) };
    }

    fn read(&self, from: u64) -> Vec<Body> {
        bodies(&mut ToEnd::new(tail(&self.medium), "the journal".to_owned()), from)
    }

    fn epochs(&self) -> u64 {
        self.owner.as_ref().expect("it is owned").head().epoch - self.first_epoch
    }
}

/// A simulated log.
#[derive(Clone, Default)]
pub struct Simulated(SimulatedLog);

impl Medium for Simulated {
    type Log = journal::simulated::SimulatedReader;
    type Appender = journal::simulated::SimulatedAppender;

    fn log(&self, position: u64) -> Result<Self::Log, JournalError> {
        Ok(self.0.reader(position))
    }

    fn appender(&self) -> Self::Appender {
        self.0.appender()
    }

    fn delete_before(&self, position: u64) {
        self.0.retain_from(position);
    }
}

/// A real broker; each log is a topic of its own.
pub struct Broker {
    kafka: services::Kafka,
    logs: Cell<u32>,
}

impl Broker {
    pub fn start() -> Self {
        let kafka =
            services::Kafka::start(services::KafkaOptions::default()).expect("a broker starts");
        Self { kafka, logs: Cell::new(0) }
    }

    /// A journal's topic that nobody has used.
    pub fn topic(&self) -> Partition {
        self.logs.set(self.logs.get() + 1);
        let connection = Connection {
            bootstrap: self.kafka.bootstrap(),
            names: Names { prefix: format!("log{}.", self.logs.get()) },
            security: Security::Plaintext,
            client: "suite".to_owned(),
        };
        let settings = Settings { partitions: 1, replication: 1, min_insync: 1, retention_days: 1 };
        let mut plan = Plan::new(&connection.names, &settings);
        plan.topics.retain(|wanted| wanted.topic == Topic::Journal);
        let admin = Admin::open(&connection).expect("a client");
        admin.apply(&plan).expect("it is made");
        Partition { connection }
    }
}

/// A journal's topic of one segment.
#[derive(Clone)]
pub struct Partition {
    connection: Connection,
}

impl Medium for Partition {
    type Log = TopicLog;
    type Appender = TopicAppender;

    fn log(&self, position: u64) -> Result<TopicLog, JournalError> {
        TopicLog::open(&self.connection, 0, position)
    }

    fn appender(&self) -> TopicAppender {
        TopicAppender::open(&self.connection, 0).expect("the client is set up")
    }

    fn inject(&self, bytes: &[u8]) {
        let mut sender = Sender::open(&self.connection, 0, Duration::ZERO).expect("a sender");
        let record = Record { topic: Topic::Journal, bytes, headers: &[] };
        sender.send(&record).expect("it is taken");
        assert!(sender.drain(Duration::from_secs(30)).expect("it is delivered"));
    }

    fn delete_before(&self, position: u64) {
        topics::delete_before(&self.connection, &[(Topic::Journal, position)]);
    }
}
