//! The examples in the integrator's contract are messages of the contract, and ours.

use prost::Message;
use protox::prost_reflect::DynamicMessage;
use wire::inputs::{InputTopic, items};
use wire::public;

use crate::golden::pool;

const README: &str = include_str!("../../../../proto/README.md");

/// Message name and text of each example.
fn examples() -> Vec<(&'static str, &'static str)> {
    let block = |rest: &'static str| {
        let text = rest.split("```").next().expect("split gives one part at least");
        text.strip_prefix("# ").and_then(|text| text.split_once('\n')).expect("`# Message` first")
    };
    README.split("```textproto\n").skip(1).map(block).collect()
}

#[test]
fn every_example_is_a_message_that_we_read() {
    let examples = examples();
    assert_eq!(examples.len(), 11);
    for (name, text) in examples {
        let descriptor = pool().get_message_by_name(&format!("clearfold.v1.{name}")).expect(name);
        let message = DynamicMessage::parse_text_format(descriptor, text);
        let bytes =
            message.unwrap_or_else(|error| panic!("{name}: {error}\n{text}")).encode_to_vec();
        let topic = match name {
            "TradeReports" => InputTopic::Trades,
            "ReferenceChanges" => InputTopic::Reference,
            "Prices" => InputTopic::Prices,
            "Operations" => InputTopic::Operations,
            "PublicRecords" => {
                let mut again = Vec::new();
                for record in public::split(&bytes).expect(text) {
                    public::push(&public::read(record).expect(text), &mut again);
                }
                assert_eq!(again, bytes, "{text}");
                continue;
            }
            // A contract only: nothing of ours reads it.
            _ => continue,
        };
        for item in items(topic, &bytes, &mut Vec::new()) {
            item.command.unwrap_or_else(|reason| panic!("{reason:?}: {text}"));
            assert_eq!(item.canonical, item.after.is_empty(), "{text}");
        }
    }
}
