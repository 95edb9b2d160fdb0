//! How far each input topic is decided. A fold of the causes of decisions, and of nothing else.

use kafka::Topic;
use kafka::reader::Begin;
use model::{Cause, Place};
use wire::DecisionRef;

/// The last input decided of each input topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursors {
    /// Offset and item, in the order of [`Topic::INPUTS`]; `None` while none was decided.
    last: [Option<(u64, u32)>; Topic::INPUTS.len()],
}

impl Cursors {
    /// Notes a decision of the journal.
    pub fn see(&mut self, decision: &DecisionRef<'_>) {
        let place = match decision {
            DecisionRef::Trade(decision) => decision.place,
            DecisionRef::Other(decision) => match decision.cause {
                Cause::Input { place, .. } => place,
                Cause::Run => return,
            },
        };
        self.note(&place);
    }

    /// Notes an input that is decided. One that came from elsewhere than a topic is not counted.
    pub fn note(&mut self, place: &Place<'_>) {
        let at = Topic::INPUTS.iter().position(|topic| topic.name() == place.channel);
        if let Some(at) = at {
            self.last[at] = Some((place.position, place.item));
        }
    }

    /// True if an item was decided before.
    #[must_use]
    pub fn is_in(&self, topic: Topic, offset: u64, item: u32) -> bool {
        self.of(topic).is_some_and(|last| (offset, item) <= last)
    }

    /// The first offset of which nothing was decided.
    #[must_use]
    pub fn next_offset(&self, topic: Topic) -> u64 {
        self.of(topic).map_or(0, |(offset, _)| offset + 1)
    }

    /// Where a reader begins: at the last record once more, of which some items may be left.
    #[must_use]
    pub fn begin(&self, topic: Topic) -> Begin {
        self.of(topic).map_or(Begin::At(0), |(offset, _)| Begin::Again(offset))
    }

    fn of(&self, topic: Topic) -> Option<(u64, u32)> {
        let at = Topic::INPUTS.iter().position(|input| *input == topic);
        self.last[at.expect("only inputs are asked for")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_is_in_and_the_rest_of_its_record_is_not() {
        let mut cursors = Cursors::default();
        assert_eq!(cursors.begin(Topic::TradesIn), Begin::At(0));
        cursors.note(&Place { channel: "trades.in", position: 7, item: 3, pass: 0 });
        assert!(cursors.is_in(Topic::TradesIn, 6, 900));
        assert!(cursors.is_in(Topic::TradesIn, 7, 3));
        assert!(!cursors.is_in(Topic::TradesIn, 7, 4));
        assert!(!cursors.is_in(Topic::PricesIn, 0, 0));
        assert_eq!(cursors.begin(Topic::TradesIn), Begin::Again(7));
        assert_eq!(cursors.next_offset(Topic::TradesIn), 8);
    }

    #[test]
    fn rows_of_files_are_no_offsets() {
        let mut cursors = Cursors::default();
        let channel = "days/2013-10-07/trades.csv";
        cursors.note(&Place { channel, position: 7, item: 0, pass: 0 });
        assert_eq!(cursors, Cursors::default());
    }
}
