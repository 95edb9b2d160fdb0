//! Committed bytes: what a released build wrote is still written and read the same, and the
//! contract's fields keep their numbers.
//!
//! `WIRE_BLESS=1 cargo test -p wire` writes the files anew. A line that changes there, instead of
//! being added, breaks readers of old bytes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use model::decision::{Cause, Form, Input, Place, Verdict};
use model::{Command, Decision};
use prost::Message;
use protox::prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};
use wire::proto::v1;
use wire::{Decoder, Encoder, inputs, public};

use crate::random::{EVENTS, Random, Story};
use crate::random_public::BODIES;

/// One example: its name, the message it is of, and its bytes.
struct Example {
    name: String,
    message: &'static str,
    bytes: Vec<u8>,
}

const BODY: &str = "clearfold.journal.v1.Decisions";
const RECORD: &str = "clearfold.v1.PublicRecord";

/// One filled example of everything that is ever written.
fn examples() -> Vec<Example> {
    let mut examples = decisions();
    examples.extend((0..BODIES).map(|kind| record(kind, kind)));
    // Journal entries have the most kinds of accounts, and the last kind is two.
    examples.extend((BODIES..BODIES + 8).map(|seed| record(27, seed)));
    examples.extend((50..54).map(|seed| record(BODIES - 1, seed)));
    examples.extend(records());
    examples.push(packed());
    examples
}

/// Two public records in one Kafka record.
fn packed() -> Example {
    let mut bytes = Vec::new();
    for kind in [0, 15] {
        public::push(&Random::full(kind).record(kind), &mut bytes);
    }
    Example { name: "public-packed".to_owned(), message: "clearfold.v1.PublicRecords", bytes }
}

fn record(kind: u64, seed: u64) -> Example {
    let mut bytes = Vec::new();
    public::write(&Random::full(seed).record(kind), &mut bytes);
    Example { name: format!("public-{seed:02}"), message: RECORD, bytes }
}

fn decisions() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut add = |name: String, decisions: &[Decision<'_>]| {
        let mut encoder = Encoder::default();
        decisions.iter().for_each(|decision| encoder.push(decision));
        let bytes = encoder.finish().bytes.to_vec();
        examples.push(Example { name, message: BODY, bytes });
    };
    for number in 0..2 * EVENTS {
        let mut random = Random::full(number);
        let step = random.command_number(4);
        let decision = Decision {
            seq: basics::Seq(1),
            cause: Cause::Run,
            business_date: Some(basics::Date(15_985)),
            input: Input { command: Some(step), form: Form::Internal, verbatim: None },
            verdict: Verdict::Accepted(vec![random.event_number(number % EVENTS)]),
        };
        add(format!("event-{number:02}"), &[decision]);
    }
    let place = Place { channel: "operations.in", position: 7, item: 1, pass: 1 };
    let cause = Cause::Input { place, publisher: "operations" };
    for number in 0..24 {
        let mut random = Random::full(number);
        let command = match number {
            0..8 => Command::Reference(random.reference_number(number)),
            _ => random.command_number(number % 4),
        };
        let verdict = if number % 2 == 0 {
            Verdict::Rejected(model::Rejection::Conflict)
        } else {
            Verdict::DeadLettered(model::DeadLetterReason::BadNumeral)
        };
        let verbatim = Some(&b"bytes as received"[..]);
        let input = Input { command: Some(command), form: Form::Protobuf, verbatim };
        let decision = Decision { seq: basics::Seq(1), cause, business_date: None, input, verdict };
        add(format!("command-{number:02}"), &[decision]);
    }
    examples.extend((0..12).map(trades));
    examples
}

/// Decisions on trade reports, in columns where they follow the rules.
fn trades(seed: u64) -> Example {
    let mut story = Story::new(seed);
    let mut encoder = Encoder::default();
    for _ in 0..20 {
        encoder.push_trade(&story.trade());
    }
    let bytes = encoder.finish().bytes.to_vec();
    Example { name: format!("trades-{seed:02}"), message: BODY, bytes }
}

/// One record of each input topic.
fn records() -> Vec<Example> {
    let mut examples = Vec::new();
    let messages = ["TradeReports", "ReferenceChanges", "Prices", "Operations"];
    for (kind, message) in (0..).zip([
        "clearfold.v1.TradeReports",
        "clearfold.v1.ReferenceChanges",
        "clearfold.v1.Prices",
    ]) {
        let mut random = Random::full(kind + 1);
        let commands: Vec<_> = (0..2).map(|_| random.command_number(kind)).collect();
        let mut bytes = Vec::new();
        inputs::write_record(commands, &mut bytes);
        examples.push(Example {
            name: format!("input-{}", messages[kind as usize]),
            message,
            bytes,
        });
    }
    let barrier = v1::Barrier { topic: "trades.in".to_owned(), before_offset: 7 };
    let settle = v1::Settle { date: 15_985, draw: "5eed".to_owned() };
    let operation = v1::Operation {
        operation: Some(v1::operation::Operation::Settle(settle)),
        after: vec![barrier],
    };
    let bytes = v1::Operations { operations: vec![operation] }.encode_to_vec();
    let name = format!("input-{}", messages[3]);
    examples.push(Example { name, message: "clearfold.v1.Operations", bytes });

    let balance = v1::Decimal { mantissa: 4_850, scale: 2, ..v1::Decimal::default() };
    let line = v1::StatementLine { asset: "USD".to_owned(), balance: Some(balance) };
    let statement = v1::Statement {
        institution: "BANK".to_owned(),
        account: "001".to_owned(),
        as_of: 15_985,
        reference: "S-1".to_owned(),
        lines: vec![line],
    };
    let bytes = v1::Statements { statements: vec![statement] }.encode_to_vec();
    let name = "input-Statements".to_owned();
    examples.push(Example { name, message: "clearfold.v1.Statements", bytes });
    examples
}

pub fn pool() -> DescriptorPool {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
    DescriptorPool::decode(bytes.as_slice()).expect("the contract")
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The committed text; written first if asked for.
fn committed(name: &str, text: &str) -> String {
    if env::var_os("WIRE_BLESS").is_some() {
        fs::create_dir_all(path("")).expect("a folder");
        fs::write(path(name), text).expect("written");
    }
    fs::read_to_string(path(name)).expect("committed")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string can be written");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(byte).collect()
}

#[test]
fn every_message_is_written_as_committed() {
    let text = examples().iter().fold(String::new(), |text, example| {
        text + &format!("{} {} {}\n", example.name, example.message, hex(&example.bytes))
    });
    let committed = committed("messages.hex", &text);
    for (ours, theirs) in text.lines().zip(committed.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(text.lines().count(), committed.lines().count());
}

#[test]
fn committed_bytes_are_still_read() {
    let text = include_str!("../golden/messages.hex");
    let pool = pool();
    for line in text.lines() {
        let [name, message, hex] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line} is not `name message hex`");
        };
        let bytes = unhex(hex);
        let descriptor = pool.get_message_by_name(message).expect(message);
        let dynamic = DynamicMessage::decode(descriptor, bytes.as_slice()).expect(name);
        assert_eq!(dynamic.encode_to_vec(), bytes, "{name}");
        match message {
            BODY => {
                let mut decoder = Decoder::new(basics::Seq(1), &bytes).expect(name);
                while let Some(decision) = decoder.next() {
                    decision.expect(name);
                }
            }
            RECORD => {
                let mut again = Vec::new();
                public::write(&public::read(&bytes).expect(name), &mut again);
                assert_eq!(again, bytes, "{name}");
            }
            _ => {}
        }
    }
}

/// Without this, a field could change its meaning and no committed byte would show it.
#[test]
fn every_field_of_every_message_is_in_an_example() {
    let pool = pool();
    let mut seen = BTreeSet::new();
    for example in examples() {
        let descriptor = pool.get_message_by_name(example.message).expect(example.message);
        let bytes = example.bytes.as_slice();
        see(&DynamicMessage::decode(descriptor, bytes).expect("readable"), &mut seen);
    }
    let missing: Vec<_> = ours(&pool)
        .flat_map(|message| message.fields().collect::<Vec<_>>())
        // A list of one value is never written: it is the default.
        .filter(|field| field.kind().as_enum().is_none_or(|list| list.values().len() > 1))
        .map(|field| field.full_name().to_owned())
        .filter(|field| !seen.contains(field))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

fn ours(pool: &DescriptorPool) -> impl Iterator<Item = MessageDescriptor> + '_ {
    pool.all_messages().filter(|message| message.full_name().starts_with("clearfold."))
}

fn see(message: &DynamicMessage, seen: &mut BTreeSet<String>) {
    for (field, value) in message.fields() {
        seen.insert(field.full_name().to_owned());
        see_value(value, seen);
    }
}

fn see_value(value: &Value, seen: &mut BTreeSet<String>) {
    if let Value::Message(message) = value {
        see(message, seen);
    } else if let Value::List(items) = value {
        items.iter().for_each(|item| see_value(item, seen));
    }
}

/// The ledger of field numbers: a number keeps its name and its type for ever.
#[test]
fn fields_keep_their_numbers() {
    let pool = pool();
    let mut lines = BTreeSet::new();
    for message in ours(&pool) {
        for field in message.fields() {
            let (name, number, kind) = (message.full_name(), field.number(), field.kind());
            let rule = match (field.is_list(), field.supports_presence()) {
                (true, _) => "repeated",
                (false, true) => "optional",
                (false, false) => "plain",
            };
            lines.insert(format!("{name} {number:03} {} {rule} {kind:?}", field.name()));
        }
    }
    for list in pool.all_enums().filter(|list| list.full_name().starts_with("clearfold.")) {
        for value in list.values() {
            lines.insert(format!("{} {:04} {}", list.full_name(), value.number(), value.name()));
        }
    }
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    let committed = committed("fields.txt", &text);
    for line in committed.lines() {
        assert!(text.lines().any(|ours| ours == line), "gone or changed: {line}");
    }
    assert_eq!(text, committed, "new fields: commit them with WIRE_BLESS=1");
}
