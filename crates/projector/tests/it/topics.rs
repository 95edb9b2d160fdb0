//! A read model that topics feed has the same rows as the embedded one, however they come.

use std::path::Path;
use std::sync::OnceLock;

use basics::Seq;
use model::public::Topic;
use projector::TopicProjector;
use proptest::prelude::*;
use store::{Location, Store};

use crate::broker::{Topics, topics};
use crate::everything;
use crate::golden::Golden;
use crate::small_market::week;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// A topic brings its next Kafka records.
    Read(Topic, usize),
    /// There is nothing more to take for now.
    Flush,
    /// The process dies and starts again.
    Crash,
    /// A topic is read again from so many Kafka records back.
    Rewind(Topic, usize),
}

fn topic() -> impl Strategy<Value = Topic> {
    proptest::sample::select(Topic::ALL)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (topic(), 1..12_usize).prop_map(|(topic, count)| Step::Read(topic, count)),
        2 => Just(Step::Flush),
        1 => Just(Step::Crash),
        1 => (topic(), 0..20_usize).prop_map(|(topic, back)| Step::Rewind(topic, back)),
    ]
}

/// A projector and how far it read each topic.
struct Reading<'t> {
    topics: &'t Topics,
    projector: TopicProjector,
    path: &'t Path,
    next: [usize; 5],
}

impl<'t> Reading<'t> {
    fn start(topics: &'t Topics, path: &'t Path) -> Self {
        let store = Store::open(&Location::file(path)).expect("a store");
        let projector = TopicProjector::open(store, 0).expect("open");
        let next = projector.written().offsets.map(|offset| offset as usize);
        Self { topics, projector, path, next }
    }

    fn go(mut self, step: &Step) -> Self {
        match step {
            Step::Read(topic, count) => self.read(*topic, *count),
            Step::Flush => self.projector.flush().expect("flushed"),
            Step::Crash => {
                let (topics, path) = (self.topics, self.path);
                drop(self);
                return Self::start(topics, path);
            }
            Step::Rewind(topic, back) => {
                let next = &mut self.next[usize::from(topic.number())];
                *next = next.saturating_sub(*back);
            }
        }
        self
    }

    fn read(&mut self, topic: Topic, count: usize) {
        let next = &mut self.next[usize::from(topic.number())];
        for _ in 0..count {
            let Some(bytes) = self.topics.of(topic).get(*next) else { return };
            self.projector.take(topic, *next as u64, bytes).expect("taken");
            *next += 1;
        }
    }

    /// Reads all that is left, and writes it.
    fn finish(mut self) -> Store {
        for topic in Topic::ALL {
            self.read(*topic, usize::MAX);
        }
        self.projector.close().expect("closed")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_happens_the_rows_are_those_of_the_embedded_read_model(
        frames in prop::collection::vec(1..300_usize, 1..6),
        bytes_max in prop_oneof![Just(64 << 10), 1..4_000_usize],
        zombies in prop::collection::vec((topic(), any::<u16>(), 0..30_usize), 0..8),
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let golden = Golden::read();
        let mut topics = golden.topics(&frames, bytes_max);
        for (topic, at, back) in zombies {
            topics.repeat(topic, usize::from(at), back);
        }
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("read.db");
        let mut reading = Reading::start(&topics, &path);
        for step in &steps {
            reading = reading.go(step);
        }
        let store = reading.finish();
        prop_assert!(everything(&store) == golden.exports, "the exports differ");
        prop_assert_eq!(store.progress().expect("progress").seq, golden.last);
    }

    #[test]
    fn it_shows_exactly_what_it_says_it_is_current_to(
        per_frame in 1..9_usize,
        bytes_max in 1..600_usize,
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let topics = topics(&week(), per_frame, bytes_max);
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("read.db");
        let mut reading = Reading::start(&topics, &path);
        let mut shown = Seq(0);
        for step in &steps {
            reading = reading.go(step);
            let written = *reading.projector.written();
            prop_assert!(written.seq >= shown, "it never goes back");
            shown = written.seq;
            let store = reading.projector.store();
            prop_assert_eq!(store.progress().expect("progress"), written);
            prop_assert!(everything(store) == embedded(shown), "as of {}", shown);
        }
        prop_assert!(everything(&reading.finish()) == embedded(Seq(week().len() as u64)));
    }
}

/// All exports of the embedded read model of the week as of a decision.
fn embedded(seq: Seq) -> String {
    static EXPORTS: OnceLock<Vec<String>> = OnceLock::new();
    let exports = EXPORTS.get_or_init(|| {
        let store = Store::temporary().expect("a store");
        let mut projector = projector::Projector::open(store).expect("open");
        let mut exports = vec![everything(projector.store())];
        for decision in week() {
            projector.apply(&decision).expect("applied");
            projector.flush().expect("flushed");
            exports.push(everything(projector.store()));
        }
        exports
    });
    exports[seq.0 as usize].clone()
}
