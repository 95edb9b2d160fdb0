//! Public topics in memory: what a relay wrote, in Kafka records of a few kilobytes, and what a
//! second relay that knew nothing of the first wrote again.

use basics::Seq;
use model::Decision;
use model::public::{PublicRecord, Topic};
use relay::Relay;
use wire::{DecisionRef, public};

/// The Kafka records of each topic: the offset is the place.
#[derive(Clone, Debug, Default)]
pub struct Topics(pub [Vec<Vec<u8>>; 5]);

impl Topics {
    /// Kafka records of a topic.
    pub fn of(&self, topic: Topic) -> &[Vec<u8>] {
        &self.0[usize::from(topic.number())]
    }

    /// Kafka records of a topic, to be spoilt.
    pub fn of_mut(&mut self, topic: Topic) -> &mut Vec<Vec<u8>> {
        &mut self.0[usize::from(topic.number())]
    }

    /// The records of a topic from `back` before `at` on up to `at` once more, as a relay sends
    /// them that was taken over from and does not know it yet.
    pub fn repeat(&mut self, topic: Topic, at: usize, back: usize) {
        let log = self.of_mut(topic);
        let at = at % log.len();
        let again = log[at.saturating_sub(back)..=at].to_vec();
        log.splice(at + 1..at + 1, again);
    }
}

/// A relay with an outlet that packs records frame by frame.
pub struct Outlet {
    relay: Relay,
    /// A Kafka record with more bytes than this is cut.
    bytes_max: usize,
    open: [Vec<u8>; 5],
    topics: Topics,
}

impl Outlet {
    /// An outlet that cuts Kafka records behind so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        let (relay, open, topics) = (Relay::default(), Default::default(), Topics::default());
        Self { relay, bytes_max, open, topics }
    }

    /// Sends a decision.
    pub fn send(&mut self, decision: &DecisionRef<'_>) {
        self.with_relay(|relay, emit| match decision {
            DecisionRef::Trade(trade) => relay.records_of_trade(trade, &mut |record| emit(record)),
            DecisionRef::Other(other) => relay.records(other, &mut |record| emit(record)),
        });
    }

    /// Ends a frame.
    pub fn end_frame(&mut self, seq: Seq) {
        self.with_relay(|relay, emit| relay.watermarks(seq, None, &mut |record| emit(record)));
        for (open, log) in self.open.iter_mut().zip(&mut self.topics.0) {
            log.push(std::mem::take(open));
        }
    }

    /// All topics.
    pub fn close(self) -> Topics {
        self.topics
    }

    fn with_relay(&mut self, send: impl FnOnce(&mut Relay, &mut dyn FnMut(&PublicRecord<'_>))) {
        let Self { relay, bytes_max, open, topics } = self;
        send(relay, &mut |record| {
            let index = usize::from(record.body.topic().number());
            if open[index].len() >= *bytes_max {
                topics.0[index].push(std::mem::take(&mut open[index]));
            }
            public::push(record, &mut open[index]);
        });
    }
}

/// The topics of a few decisions, `per_frame` in a frame.
pub fn topics(decisions: &[Decision<'static>], per_frame: usize, bytes_max: usize) -> Topics {
    let mut outlet = Outlet::new(bytes_max);
    for frame in decisions.chunks(per_frame) {
        for decision in frame {
            outlet.send(&DecisionRef::Other(decision.clone()));
        }
        outlet.end_frame(frame.last().expect("no frame is empty").seq);
    }
    outlet.close()
}
