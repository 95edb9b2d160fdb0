//! Input records: canonical or verbatim, and an answer to any bytes.

use basics::Date;
use model::{Command, DeadLetterReason, Operation};
use proptest::prelude::*;
use prost::Message;
use wire::inputs::{Barrier, InputTopic, items, write_item, write_record};
use wire::proto::v1;

use crate::random::Random;

/// A command that a publisher may send, and the topic it goes to.
fn command(random: &mut Random) -> (InputTopic, Command<'static>) {
    let number = random.below(4);
    let command = random.command_number(number);
    let topic = match command {
        Command::Trade(_) => InputTopic::Trades,
        Command::Reference(_) => InputTopic::Reference,
        Command::Price(_) => InputTopic::Prices,
        Command::Operation(_) | Command::Step(_) => InputTopic::Operations,
    };
    (topic, command)
}

/// The same record by `prost`.
fn by_prost(topic: InputTopic, bytes: &[u8]) -> Vec<u8> {
    match topic {
        InputTopic::Trades => v1::TradeReports::decode(bytes).expect("reads").encode_to_vec(),
        InputTopic::Reference => {
            v1::ReferenceChanges::decode(bytes).expect("reads").encode_to_vec()
        }
        InputTopic::Prices => v1::Prices::decode(bytes).expect("reads").encode_to_vec(),
        InputTopic::Operations => v1::Operations::decode(bytes).expect("reads").encode_to_vec(),
    }
}

proptest! {
    /// WIRE-4: canonical or verbatim. What is read gives the item's bytes again, or says that they
    /// must be kept.
    #[test]
    fn items_are_canonical_or_kept(seed: u64, wounds in 0..3_usize) {
        let random = &mut Random::new(seed);
        let (topic, command) = command(random);
        let mut record = Vec::new();
        write_record([command, command], &mut record);
        prop_assert_eq!(by_prost(topic, &record), record.clone());
        for _ in 0..wounds {
            let at = random.below(record.len() as u64) as usize;
            record[at] = random.next() as u8;
        }
        for (index, item) in items(topic, &record, &mut Vec::new()).iter().enumerate() {
            prop_assert_eq!(item.index as usize, index);
            match &item.command {
                Ok(read) if wounds == 0 => prop_assert_eq!(read, &strict(command)),
                Ok(_) | Err(_) => {}
            }
            if item.canonical {
                let mut again = Vec::new();
                write_item(&item.command.expect("readable"), &mut again);
                prop_assert_eq!(&again, item.bytes);
                prop_assert_eq!(item.verbatim(), None);
            } else {
                prop_assert_eq!(item.verbatim(), Some(item.bytes));
            }
        }
    }
}

/// The command as it is read: a cancellation has no content.
fn strict(mut command: Command<'static>) -> Command<'static> {
    if let Command::Trade(report) = &mut command
        && report.action == model::Action::Cancel
    {
        report.terms = None;
    }
    command
}

#[test]
fn a_record_without_items_is_one_dead_letter() {
    for record in [&b""[..], &[0x0a], &[0x12, 0x00], b"XNAS,0000020,1,new"] {
        let items = items(InputTopic::Trades, record, &mut Vec::new());
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].command, Err(DeadLetterReason::NotDecodable));
        assert_eq!(items[0].verbatim(), Some(record));
    }
}

#[test]
fn one_unreadable_item_leaves_the_others() {
    let good = v1::TradeReport {
        source: "XNAS".to_owned(),
        trade_date: 15_985,
        reference: "0000020".to_owned(),
        version: 2,
        action: v1::Action::Cancel as i32,
        terms: None,
    };
    let reports = vec![
        good.clone(),
        v1::TradeReport { source: String::new(), ..good.clone() },
        v1::TradeReport { version: 0, ..good.clone() },
        v1::TradeReport { action: 9, ..good.clone() },
        v1::TradeReport { trade_date: i32::MAX, ..good.clone() },
        v1::TradeReport { action: v1::Action::New as i32, ..good },
    ];
    let record = v1::TradeReports { reports }.encode_to_vec();
    let read = items(InputTopic::Trades, &record, &mut Vec::new());
    let reasons: Vec<_> = read.iter().map(|item| item.command.err()).collect();
    let expected = [
        None,
        Some(DeadLetterReason::EmptyField),
        Some(DeadLetterReason::BadVersion),
        Some(DeadLetterReason::UnknownWord),
        Some(DeadLetterReason::BadDate),
        Some(DeadLetterReason::EmptyField),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn an_operation_carries_its_barriers_and_is_kept_with_them() {
    let settle = v1::Settle { date: 15_985, draw: "5eed".to_owned() };
    let operation = v1::Operation {
        operation: Some(v1::operation::Operation::Settle(settle)),
        after: vec![v1::Barrier { topic: "trades.in".to_owned(), before_offset: 7 }],
    };
    let record = v1::Operations { operations: vec![operation] }.encode_to_vec();
    let read = items(InputTopic::Operations, &record, &mut Vec::new());
    let settle = Operation::Settle { date: Date(15_985), draw: "5eed" };
    assert_eq!(read[0].command, Ok(Command::Operation(settle)));
    assert_eq!(read[0].after, [Barrier { topic: "trades.in", before_offset: 7 }]);
    assert!(!read[0].canonical);
}
