//! How far a read model is behind its topics.

use basics::Seq;
use model::public::Topic;

const TOPICS: usize = Topic::ALL.len();

/// What was read of each topic since the read model was opened.
#[derive(Clone, Debug)]
pub(super) struct Lag {
    /// The decision behind which reading began.
    begun: Seq,
    /// The offset behind the last Kafka record taken.
    next: [u64; TOPICS],
    /// Kafka records taken.
    taken: [u64; TOPICS],
}

impl Lag {
    /// Reading begins behind a decision, at these offsets.
    pub const fn new(begun: Seq, offsets: [u64; TOPICS]) -> Self {
        Self { begun, next: offsets, taken: [0; TOPICS] }
    }

    /// A Kafka record is taken.
    pub fn take(&mut self, topic: Topic, offset: u64) {
        let index = usize::from(topic.number());
        self.next[index] = offset + 1;
        self.taken[index] += 1;
    }

    /// Kafka records that are in the topics and not taken. `None`: the client does not know yet.
    pub fn records(&self, end: impl Fn(Topic) -> Option<u64>) -> Option<[u64; TOPICS]> {
        let mut left = [0; TOPICS];
        for (topic, (left, next)) in Topic::ALL.iter().zip(left.iter_mut().zip(self.next)) {
            *left = end(*topic)?.saturating_sub(next);
        }
        Some(left)
    }

    /// About how many decisions the read model is behind: those between what it shows and the
    /// newest that a topic spoke of, and as many for each Kafka record that is left as there were
    /// for those that came.
    pub fn decisions(&self, shown: Seq, newest: Seq, left: &[u64; TOPICS]) -> u64 {
        let came = newest.0.saturating_sub(self.begun.0);
        let to_come = left.iter().zip(&self.taken).map(|(left, taken)| match taken {
            0 => u128::from(*left),
            taken => u128::from(*left) * u128::from(came) / u128::from(*taken),
        });
        let to_come = u64::try_from(to_come.max().unwrap_or_default()).unwrap_or(u64::MAX);
        newest.0.saturating_sub(shown.0).saturating_add(to_come)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_estimated_by_what_came() {
        let mut lag = Lag::new(Seq(100), [10; TOPICS]);
        assert_eq!(lag.records(|_| None), None);
        for offset in 10..14 {
            lag.take(Topic::TradesStatus, offset);
        }
        let left = lag.records(|topic| (topic == Topic::TradesStatus).then_some(20).or(Some(10)));
        assert_eq!(left, Some([6, 0, 0, 0, 0]));
        // 40 decisions in four Kafka records, so 60 in six; 5 are not written.
        assert_eq!(lag.decisions(Seq(135), Seq(140), &[6, 0, 0, 0, 0]), 65);
        assert_eq!(lag.decisions(Seq(140), Seq(140), &[0; TOPICS]), 0);
    }
}
