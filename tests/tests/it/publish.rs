//! `publish` against a real broker: what goes into the topics, in which order, and how often.
//!
//! A small responder stands in for the node: it answers each operation in `settlement.events`, and
//! checks that nothing was sent that had to wait for the answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use basics::{Date, EntryNo, Seq};
use kafka::{Begin, Connection, Names, Reader, Record, Sender, Topic};
use model::event::RunKind;
use model::public::{
    Body, DayOpenedRecord, Envelope, InputRefused, PublicRecord, RunCompletedRecord,
    RunStartedRecord,
};
use model::{Command as Input, Operation, Place, Rejection};
use services::{Kafka, KafkaOptions};
use wire::inputs::{Barrier, InputTopic, Item, items};

use crate::distributed::topics::{each_record, end};
use crate::market::Market;
use crate::product::{Ran, clearfold, command};

/// A broker with topics.
struct Broker {
    kafka: Kafka,
}

impl Broker {
    fn start() -> Self {
        Self { kafka: Kafka::start(KafkaOptions::default()).expect("a broker") }
    }

    /// An installation with topics of its own.
    fn installation(&self, prefix: &str) -> Connection {
        let (bootstrap, partitions) = (self.kafka.bootstrap(), "1");
        let line = ["topics", "apply", "--kafka", &bootstrap, "--prefix", prefix];
        let sizes = ["--partitions", partitions, "--replication", "1"];
        clearfold([&line[..], &sizes].concat()).done();
        Connection {
            bootstrap,
            names: Names { prefix: prefix.to_owned() },
            security: kafka::Security::Plaintext,
            client: "test".to_owned(),
        }
    }
}

/// The arguments of a publisher that reports as JSON.
fn line(market: &Path, to: &Connection, more: &[&str]) -> Vec<String> {
    let market = market.to_str().expect("a path of text");
    let line = ["publish", market, "-q", "--output", "json"];
    let to = ["--kafka", &to.bootstrap, "--prefix", &to.names.prefix];
    [&line[..], &to, more].concat().into_iter().map(str::to_owned).collect()
}

fn publish(market: &Path, to: &Connection, more: &[&str]) -> Ran {
    clearfold(line(market, to, more))
}

/// Everything in a topic: offset, rows header and bytes.
fn read(connection: &Connection, topic: Topic) -> Vec<(u64, String, Vec<u8>)> {
    let mut records = Vec::new();
    each_record(connection, topic, |record| {
        assert_eq!(record.header("publisher"), Some(&b"publish"[..]));
        let rows = record.header("clearfold-rows").expect("rows");
        let rows = String::from_utf8(rows.to_vec()).expect("text");
        records.push((record.offset, rows, record.bytes.to_vec()));
    });
    records
}

/// Answers operations as a node would.
struct Responder {
    connection: Connection,
    sender: Sender,
    seq: u64,
    /// Days that are refused.
    refuse: BTreeSet<Date>,
    /// Operations answered so far: a repeat of one is refused.
    done: BTreeSet<(&'static str, Date)>,
}

/// A responder on a thread of its own.
struct Running {
    stop: std::sync::Arc<AtomicBool>,
    thread: JoinHandle<Responder>,
}

impl Responder {
    fn start(connection: &Connection, refuse: &[Date]) -> Running {
        let sender = Sender::open(connection, 0, Duration::ZERO).expect("a sender");
        let (refuse, done) = (refuse.iter().copied().collect(), BTreeSet::new());
        let connection = connection.clone();
        let mut responder = Self { connection, sender, seq: 0, refuse, done };
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let flag = std::sync::Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let from = [(Topic::OperationsIn, Begin::At(0))];
            let mut reader = Reader::open(&responder.connection, 0, &from).expect("a reader");
            while !flag.load(Ordering::Relaxed) {
                let heard = reader.poll(Duration::from_millis(20), |record| {
                    let mut scratch = Vec::new();
                    for item in items(InputTopic::Operations, record.bytes, &mut scratch) {
                        responder.answer(record.offset, &item);
                    }
                });
                heard.expect("operations");
            }
            responder
        });
        Running { stop, thread }
    }

    fn answer(&mut self, offset: u64, item: &Item<'_>) {
        let Ok(Input::Operation(operation)) = item.command else { panic!("{item:?}") };
        self.nothing_runs_ahead(&item.after);
        let (date, what) = (operation.date(), operation.name());
        if self.refuse.contains(&date) || !self.done.insert((what, date)) {
            let reason = Rejection::DayAlreadyOpened;
            let refused = InputRefused { what, subject: "", date: Some(date), reason };
            return self.say(Some(offset), Body::InputRefused(refused));
        }
        match operation {
            Operation::OpenDay { .. } => {
                let opened = DayOpenedRecord { date, commitment: None, purged_before: date };
                self.say(Some(offset), Body::DayOpened(opened));
            }
            Operation::CloseTrading { .. } => {
                self.say(Some(offset), Body::TradingClosed { date });
            }
            Operation::Settle { draw, .. } => self.run(offset, RunKind::Settlement, date, draw),
            Operation::CloseDay { .. } => self.run(offset, RunKind::DayClose, date, ""),
        }
    }

    fn run(&mut self, offset: u64, kind: RunKind, date: Date, draw: &str) {
        let run = Seq(self.seq + 1);
        self.say(Some(offset), Body::RunStarted(RunStartedRecord { run, kind, date, draw }));
        let last_entry = EntryNo(0);
        let done = RunCompletedRecord { run, kind, date, steps: 1, last_entry };
        self.say(None, Body::RunCompleted(done));
    }

    fn say(&mut self, position: Option<u64>, body: Body<'_>) {
        self.seq += 1;
        let place = |position| Place { channel: "operations.in", position, item: 0, pass: 0 };
        let envelope = Envelope {
            segment: 0,
            seq: Seq(self.seq),
            topic_seq: self.seq,
            place: position.map(place),
            business_date: None,
            rules_version: 1,
            actor: "",
        };
        let mut bytes = Vec::new();
        wire::public::push(&PublicRecord { envelope, body }, &mut bytes);
        let record = Record { topic: Topic::SettlementEvents, bytes: &bytes, headers: &[] };
        self.sender.send(&record).expect("sent");
        assert!(self.sender.drain(Duration::from_secs(30)).expect("delivered"));
    }

    /// As long as an operation has no answer, the other topics end where it says.
    fn nothing_runs_ahead(&self, after: &[Barrier<'_>]) {
        for topic in [Topic::TradesIn, Topic::ReferenceIn, Topic::PricesIn] {
            let barrier = after.iter().find(|barrier| barrier.topic == topic.name());
            let before = barrier.map_or(0, |barrier| barrier.before_offset);
            assert_eq!(end(&self.connection, topic), before, "{}", topic.name());
        }
    }
}

impl Running {
    fn end(self) -> Responder {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("nothing ran ahead of an operation")
    }
}

/// Rows of all files, by what the records say they hold; each with how often.
fn rows(connection: &Connection) -> BTreeMap<(String, u64), u32> {
    let mut rows = BTreeMap::new();
    for topic in [Topic::TradesIn, Topic::ReferenceIn, Topic::PricesIn, Topic::OperationsIn] {
        for (_, header, _) in read(connection, topic) {
            let (file, range) = header.rsplit_once('#').expect("file and rows");
            let (first, last) = range.split_once('-').expect("first and last");
            for row in first.parse::<u64>().unwrap()..=last.parse().unwrap() {
                *rows.entry((file.to_owned(), row)).or_default() += 1;
            }
        }
    }
    rows
}

/// Every row of every file, once.
fn all_rows(market: &Market) -> BTreeMap<(String, u64), u32> {
    let reference = ["currencies", "calendars", "members", "accounts", "instruments", "holdings"];
    let reference = reference.map(|name| format!("reference/{name}.csv"));
    let days = market.days().into_iter().flat_map(|day| {
        ["operations", "trades", "prices"].map(|name| format!("days/{day}/{name}.csv"))
    });
    let count = |file: &String| market.read(file).lines().filter(|l| !l.is_empty()).count() - 1;
    let rows = reference.into_iter().chain(days).flat_map(|file| {
        let count = count(&file) as u64;
        (1..=count).map(move |row| ((file.clone(), row), 1))
    });
    rows.collect()
}

#[test]
fn a_market_goes_into_the_topics_once_and_in_order() {
    let broker = Broker::start();
    whole_market(&broker);
    killed_and_started_again(&broker);
    refused_operation(&broker);
}

fn whole_market(broker: &Broker) {
    let to = broker.installation("whole.");
    let market = Market::golden();
    // A row that cannot be read goes as it is.
    let file = format!("days/{}/trades.csv", market.days()[0]);
    market.write(&file, market.read(&file) + "not,a,trade\n");
    let responder = Responder::start(&to, &[]);
    let report = publish(market.path(), &to, &[]).done().json();
    let all = all_rows(&market);
    assert_eq!(rows(&to), all);
    assert_eq!(report["rows"].as_u64(), Some(all.len() as u64));
    assert_eq!(report["business_days"].as_array().map(Vec::len), Some(market.days().len()));
    assert_eq!(report["unreadable"][0]["file"], file.as_str());
    let trades = read(&to, Topic::TradesIn);
    assert!(trades.iter().any(|(.., bytes)| bytes == b"not,a,trade"));
    // Packed: 64 rows in a record.
    assert!(trades.iter().any(|(_, rows, _)| rows.ends_with("trades.csv#65-128")));

    // Again: nothing is sent, and everything is known.
    let before = Topic::INPUTS.map(|topic| end(&to, topic));
    let again = publish(market.path(), &to, &[]).done().json();
    assert_eq!(again["already_in"].as_u64(), Some(all.len() as u64));
    assert_eq!(again["rows"].as_u64(), Some(0));
    assert_eq!(Topic::INPUTS.map(|topic| end(&to, topic)), before);

    // A row that is in and was changed is refused; one that is added is sent.
    let text = market.read(&file);
    market.write(&file, text.replacen(",100,", ",101,", 1));
    publish(market.path(), &to, &[]).failed(4, &["has changed since it was published"]);
    market.write(&file, text.clone() + "XNAS,late,1,new\n");
    let late = publish(market.path(), &to, &[]).done().json();
    assert_eq!(late["rows"].as_u64(), Some(1));
    market.write(&file, &text[..text.len() / 2]);
    publish(market.path(), &to, &[]).ended(4);
    responder.end();
}

/// Publishers that are killed, one after the other, until one comes to the end.
fn killed_and_started_again(broker: &Broker) {
    let to = broker.installation("killed.");
    let market = Market::golden();
    let responder = Responder::start(&to, &[]);
    let asked = Reader::open(&to, 0, &[]).expect("a reader");
    let ends = |topic| asked.bounds(topic).expect("an answer").1;
    let sent = || Topic::INPUTS.map(ends).iter().sum::<u64>();
    let mut kills = 0;
    loop {
        let mut publisher = command(line(market.path(), &to, &[])).spawn().expect("it starts");
        // At some record or other, a little further each time.
        let enough = sent() + 12 + kills;
        let ended = loop {
            if let Some(status) = publisher.try_wait().expect("it can be asked") {
                break Some(status);
            }
            if kills < 6 && sent() > enough {
                break None;
            }
        };
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
        publisher.kill().expect("it runs");
        publisher.wait().expect("it ended");
        kills += 1;
    }
    assert!(kills > 0);
    let sent = rows(&to);
    let all = all_rows(&market);
    assert_eq!(sent.keys().collect::<Vec<_>>(), all.keys().collect::<Vec<_>>());
    // What was under way at a kill may be there twice: a few rows of the last records.
    let repeats: u64 = sent.values().map(|times| u64::from(times - 1)).sum();
    assert!(repeats <= kills * 64 * 8, "{repeats}");
    responder.end();
}

fn refused_operation(broker: &Broker) {
    let to = broker.installation("refused.");
    let market = Market::golden();
    let day = market.days()[1].clone();
    let date = Date::parse(day.as_bytes()).expect("a date");
    let responder = Responder::start(&to, &[date]);
    let begun = Instant::now();
    let report = publish(market.path(), &to, &["--rate", "4000"]).ended(6).json();
    let refused = report["refused_operations"].as_array().expect("a list");
    assert_eq!(refused.len(), 4);
    assert_eq!(refused[0]["file"], format!("days/{day}/operations.csv").as_str());
    assert_eq!(refused[0]["outcome"], "day_already_opened");
    let least = Duration::from_secs_f64(report["reports"].as_f64().expect("a count") / 4_000.0);
    assert!(begun.elapsed() > least / 2, "the pace is kept");
    responder.end();
}
