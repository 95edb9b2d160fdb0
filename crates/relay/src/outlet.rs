//! Numbers records and hands them on: each topic gapless by itself.

use model::public::{Body, Envelope, PublicRecord, Topic};

/// How many records each topic has so far, in the order of `Topic::ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TopicCounts(
    /// Records per topic.
    pub [u64; Topic::ALL.len()],
);

impl TopicCounts {
    /// The number of the topic's next record, from 1.
    fn next(&mut self, topic: Topic) -> u64 {
        let count = &mut self.0[usize::from(topic.number())];
        *count += 1;
        *count
    }
}

/// Where the records of one decision go.
pub(crate) struct Outlet<'r, F> {
    /// What all records of the decision share; `topic_seq` is set for each.
    pub envelope: Envelope<'r>,
    pub counts: &'r mut TopicCounts,
    pub emit: &'r mut F,
}

impl<F: FnMut(&PublicRecord<'_>)> Outlet<'_, F> {
    /// Numbers a record and hands it on.
    #[inline]
    pub fn send(&mut self, body: Body<'_>) {
        let topic_seq = self.counts.next(body.topic());
        let envelope = Envelope { topic_seq, ..self.envelope };
        (self.emit)(&PublicRecord { envelope, body });
    }
}
