//! The reading rule: which frames count. In this one place, for every carrier and every reader.
//!
//! A frame of decisions is accepted if it is of the current epoch and its owner and continues the
//! chain: its first sequence is the next, its previous hash is the chain's. A fence is accepted if
//! its epoch is the current one plus one, wherever it stands, whatever its author believed to
//! stand before it; it continues the chain at what was accepted before, and its author owns the
//! new epoch. Anything else is ignored, so that all who read the same frames in the same order
//! accept the same ones.
//!
//! The one exception is a *fork*: another content under a sequence already taken in the same epoch
//! by the same owner. Then one writer told two stories, and nobody can say which: stop, alarm.
//!
//! A *heartbeat* of the current owner is not on the chain: it only says that the owner lives.
//!
//! A chain begins in epoch 0, owned by [`WriterId::LOCK`]: whoever holds the lock of the files.
//!
//! Laws: READ-1 accepted sequences are gapless and never repeat. READ-2 an older epoch's frame
//! after a fence changes nothing. READ-3 repeating any accepted frame changes nothing.
//!
//! Not decided here: what to do about ignored frames. A file has none, so there each is damage;
//! in a shared log they are everyday. A gap there means frames were lost on their way, and nothing
//! more of this epoch will be accepted: its owner has to fence again.

use std::collections::VecDeque;

use thiserror::Error;

use crate::frame::{Hash, Header, Kind, WriterId};

/// How many accepted frames are remembered to tell a repetition from a fork. An older repetition
/// is ignored without that check.
const REMEMBERED_FRAMES: usize = 1024;

/// Where a chain stands: after its last accepted frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The segment whose journal this is.
    pub segment: u32,
    /// The current epoch.
    pub epoch: u64,
    /// The owner of the current epoch.
    pub writer: WriterId,
    /// Sequence of the last decision; zero before the first.
    pub last_seq: u64,
    /// The chain hash.
    pub hash: Hash,
}

impl Head {
    /// Before the first frame of a segment.
    #[must_use]
    pub const fn start(segment: u32) -> Head {
        Head { segment, epoch: 0, writer: WriterId::LOCK, last_seq: 0, hash: Hash::START }
    }

    /// Sequence of the next decision.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// The head after an accepted frame with this header and frame hash.
    #[must_use]
    pub fn after(&self, header: &Header, frame_hash: Hash) -> Head {
        match header.kind {
            Kind::Decisions => Head { last_seq: header.last_seq(), hash: frame_hash, ..*self },
            Kind::Heartbeat => *self,
            Kind::Fence => Head {
                epoch: header.epoch,
                writer: header.writer,
                hash: self.hash.after_fence(frame_hash),
                ..*self
            },
        }
    }
}

/// What the rule says about a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts: the follower's head is now after it.
    Accept,
    /// It was accepted before. Ignore it.
    Duplicate,
    /// An older epoch's, or one who lost the contention for this one. Ignore it.
    Zombie,
    /// Something before it is missing. Ignore it; see the module.
    Gap,
    /// The owner of the current epoch lives. Nothing else follows from it.
    Heartbeat,
}

/// Why a reader must stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Alarm {
    /// One owner wrote two different frames for one sequence in one epoch.
    #[error(
        "the journal forks at sequence {seq} in epoch {epoch} (hash {accepted} was accepted, \
         {found} was found): stop all nodes of the segment and compare them"
    )]
    Fork {
        /// The first sequence told twice.
        seq: u64,
        /// The epoch.
        epoch: u64,
        /// The hash accepted.
        accepted: Hash,
        /// The other hash.
        found: Hash,
    },
    /// A frame of another segment: the reader looks at the wrong journal.
    #[error("a frame of segment {found} in the journal of segment {expected}: check what is read")]
    Segment {
        /// The segment found.
        found: u32,
        /// The segment followed.
        expected: u32,
    },
}

/// An accepted frame of decisions, as remembered.
#[derive(Clone, Copy, Debug)]
struct Accepted {
    first_seq: u64,
    last_seq: u64,
    hash: Hash,
}

/// Follows a chain: is fed every frame in the order of the carrier, and says which count.
#[derive(Clone, Debug)]
pub struct Follower {
    head: Head,
    /// The newest accepted frames of the current epoch, oldest first, without gap.
    remembered: VecDeque<Accepted>,
    /// The fence that opened the current epoch, if this follower has seen it.
    fence: Option<Hash>,
}

impl Follower {
    /// Follows from `head` on.
    #[must_use]
    pub fn new(head: Head) -> Follower {
        Follower { head, remembered: VecDeque::new(), fence: None }
    }

    /// Where the chain stands.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Judges the next frame; if accepted, the head moves behind it.
    ///
    /// # Errors
    ///
    /// An alarm changes nothing, and the same frame would raise it again.
    pub fn follow(&mut self, header: &Header, frame_hash: Hash) -> Result<Verdict, Alarm> {
        if header.segment != self.head.segment {
            return Err(Alarm::Segment { found: header.segment, expected: self.head.segment });
        }
        let verdict = match header.kind {
            Kind::Fence => self.judge_fence(header, frame_hash),
            Kind::Heartbeat => self.judge_heartbeat(header),
            Kind::Decisions => self.judge_decisions(header, frame_hash)?,
        };
        if verdict == Verdict::Accept {
            self.accept(header, frame_hash);
        }
        Ok(verdict)
    }

    fn judge_fence(&self, header: &Header, frame_hash: Hash) -> Verdict {
        // An epoch is opened once. `None`: the last epoch there can be was reached.
        let next_epoch = self.head.epoch.checked_add(1);
        if Some(header.epoch) == next_epoch {
            Verdict::Accept
        } else if next_epoch.is_some_and(|next| header.epoch > next) {
            Verdict::Gap
        } else if self.fence == Some(frame_hash) {
            Verdict::Duplicate
        } else {
            Verdict::Zombie
        }
    }

    fn judge_heartbeat(&self, header: &Header) -> Verdict {
        if header.epoch > self.head.epoch {
            Verdict::Gap
        } else if header.epoch == self.head.epoch && header.writer == self.head.writer {
            Verdict::Heartbeat
        } else {
            Verdict::Zombie
        }
    }

    fn judge_decisions(&self, header: &Header, frame_hash: Hash) -> Result<Verdict, Alarm> {
        if header.epoch > self.head.epoch {
            return Ok(Verdict::Gap); // Its fence has not been seen.
        }
        if header.epoch < self.head.epoch || header.writer != self.head.writer {
            return Ok(Verdict::Zombie);
        }
        if header.first_seq > self.head.next_seq() {
            return Ok(Verdict::Gap);
        }
        if header.first_seq < self.head.next_seq() {
            return self.judge_repetition(header, frame_hash);
        }
        if header.prev_hash != self.head.hash {
            // The owner goes on from a last frame that is not the one accepted.
            return Err(self.fork(self.head.last_seq, self.head.hash, header.prev_hash));
        }
        Ok(Verdict::Accept)
    }

    /// Judges the current owner's frame for sequences already taken.
    fn judge_repetition(&self, header: &Header, frame_hash: Hash) -> Result<Verdict, Alarm> {
        let index = self.remembered.partition_point(|known| known.last_seq < header.first_seq);
        let Some(known) = self.remembered.get(index) else {
            return Ok(Verdict::Duplicate); // Nothing of this epoch is remembered.
        };
        if known.hash == frame_hash || header.last_seq() < known.first_seq {
            return Ok(Verdict::Duplicate); // The same, or older than what is remembered.
        }
        Err(self.fork(header.first_seq.max(known.first_seq), known.hash, frame_hash))
    }

    fn fork(&self, seq: u64, accepted: Hash, found: Hash) -> Alarm {
        Alarm::Fork { seq, epoch: self.head.epoch, accepted, found }
    }

    fn accept(&mut self, header: &Header, frame_hash: Hash) {
        match header.kind {
            Kind::Heartbeat => unreachable!("a heartbeat is never accepted"),
            Kind::Fence => {
                self.remembered.clear();
                self.fence = Some(frame_hash);
            }
            Kind::Decisions => {
                if self.remembered.len() == REMEMBERED_FRAMES {
                    self.remembered.pop_front();
                }
                let (first_seq, last_seq) = (header.first_seq, header.last_seq());
                self.remembered.push_back(Accepted { first_seq, last_seq, hash: frame_hash });
            }
        }
        self.head = self.head.after(header, frame_hash);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::frame_hash;

    const OWNER: WriterId = WriterId([1; 16]);
    const RIVAL: WriterId = WriterId([2; 16]);

    /// The header that continues `head` with `count` decisions.
    fn next(head: &Head, count: u32) -> Header {
        Header {
            kind: Kind::Decisions,
            segment: head.segment,
            epoch: head.epoch,
            writer: head.writer,
            first_seq: head.next_seq(),
            count,
            prev_hash: head.hash,
            body_bytes: 0,
            body_crc: 0,
        }
    }

    fn fence(head: &Head, writer: WriterId) -> Header {
        Header { kind: Kind::Fence, epoch: head.epoch + 1, writer, count: 0, ..next(head, 1) }
    }

    /// As `header`, with another body.
    fn other_body(header: &Header) -> Header {
        Header { body_crc: 99, ..header.clone() }
    }

    fn follow(follower: &mut Follower, header: &Header) -> Result<Verdict, Alarm> {
        follower.follow(header, frame_hash(&header.encode(), &[]))
    }

    #[track_caller]
    fn check(follower: &mut Follower, header: &Header, expected: Verdict) {
        assert_eq!(follow(follower, header), Ok(expected), "{header:?}");
    }

    /// A follower in epoch 1 of `OWNER`, with the frames it accepted there: 1..=2 and 3.
    fn in_epoch_one() -> (Follower, [Header; 3]) {
        let mut follower = Follower::new(Head::start(0));
        let opening = fence(follower.head(), OWNER);
        check(&mut follower, &opening, Verdict::Accept);
        let first = next(follower.head(), 2);
        check(&mut follower, &first, Verdict::Accept);
        let second = next(follower.head(), 1);
        check(&mut follower, &second, Verdict::Accept);
        (follower, [opening, first, second])
    }

    #[test]
    fn a_chain_without_fences_belongs_to_the_lock() {
        let mut follower = Follower::new(Head::start(0));
        let strange = Header { writer: RIVAL, ..next(follower.head(), 1) };
        check(&mut follower, &strange, Verdict::Zombie);
        let own = next(follower.head(), 3);
        check(&mut follower, &own, Verdict::Accept);
        assert_eq!((follower.head().last_seq, follower.head().epoch), (3, 0));
    }

    #[test]
    fn a_heartbeat_of_the_owner_alone_says_that_it_lives() {
        let (mut follower, _) = in_epoch_one();
        let head = *follower.head();
        let own = Header { kind: Kind::Heartbeat, count: 0, ..next(&head, 1) };
        check(&mut follower, &own, Verdict::Heartbeat);
        check(&mut follower, &Header { writer: RIVAL, ..own.clone() }, Verdict::Zombie);
        check(&mut follower, &Header { epoch: 0, ..own.clone() }, Verdict::Zombie);
        check(&mut follower, &Header { epoch: 2, ..own }, Verdict::Gap);
        assert_eq!(*follower.head(), head);
    }

    #[test]
    fn repetitions_are_duplicates() {
        let (mut follower, accepted) = in_epoch_one();
        let head = *follower.head();
        for header in &accepted {
            check(&mut follower, header, Verdict::Duplicate);
        }
        assert_eq!(*follower.head(), head);
    }

    #[test]
    fn the_first_fence_of_the_next_epoch_wins_and_the_old_owner_is_a_zombie() {
        let (mut follower, _) = in_epoch_one();
        let late = next(follower.head(), 1);
        // The rival believes to stand before frames that were accepted meanwhile.
        let believed = Head { last_seq: 1, hash: Hash([3; 32]), ..*follower.head() };
        let (won, lost) = (fence(&believed, RIVAL), fence(follower.head(), OWNER));
        check(&mut follower, &won, Verdict::Accept);
        check(&mut follower, &lost, Verdict::Zombie);
        check(&mut follower, &late, Verdict::Zombie);
        let loser = Header { writer: OWNER, ..next(follower.head(), 1) };
        check(&mut follower, &loser, Verdict::Zombie);
        assert_eq!((follower.head().writer, follower.head().last_seq), (RIVAL, 3));
        let continued = next(follower.head(), 1);
        check(&mut follower, &continued, Verdict::Accept);
    }

    #[test]
    fn the_chain_hash_after_a_fence_covers_what_was_accepted_before_it() {
        let follower = in_epoch_one().0;
        let header = fence(&Head::start(0), RIVAL);
        let other_history = Head { hash: Hash([4; 32]), ..*follower.head() };
        let hash = frame_hash(&header.encode(), &[]);
        let after = follower.head().after(&header, hash);
        assert_ne!(after.hash, other_history.after(&header, hash).hash);
    }

    #[test]
    fn other_content_under_a_taken_sequence_is_a_fork() {
        let (follower, [_, first, second]) = in_epoch_one();
        let wider = Header { count: 5, ..first.clone() };
        let inside = Header { first_seq: 2, count: 1, ..first.clone() };
        let told = [(other_body(&first), 1), (other_body(&second), 3), (wider, 1), (inside, 2)];
        for (header, at) in told {
            let alarm = follow(&mut follower.clone(), &header).unwrap_err();
            assert!(matches!(alarm, Alarm::Fork { seq, epoch: 1, .. } if seq == at), "{alarm}");
        }
        let strange_past = Header { prev_hash: Hash([8; 32]), ..next(follower.head(), 1) };
        let alarm = follow(&mut follower.clone(), &strange_past).unwrap_err();
        assert!(matches!(alarm, Alarm::Fork { seq: 3, .. }), "{alarm}");
    }

    #[test]
    fn what_lacks_its_predecessor_is_a_gap() {
        let (mut follower, _) = in_epoch_one();
        let head = *follower.head();
        check(&mut follower, &Header { first_seq: 5, ..next(&head, 1) }, Verdict::Gap);
        check(&mut follower, &Header { epoch: 2, ..next(&head, 1) }, Verdict::Gap);
        check(&mut follower, &Header { epoch: 3, ..fence(&head, RIVAL) }, Verdict::Gap);
        assert_eq!(*follower.head(), head);
    }

    #[test]
    fn sequences_of_an_older_epoch_are_not_forks_of_this_one() {
        let (mut follower, [_, first, _]) = in_epoch_one();
        let again = fence(follower.head(), OWNER);
        check(&mut follower, &again, Verdict::Accept);
        check(&mut follower, &Header { epoch: 2, ..other_body(&first) }, Verdict::Duplicate);
        check(&mut follower, &other_body(&first), Verdict::Zombie);
    }

    #[test]
    fn another_segment_raises_an_alarm() {
        let (mut follower, _) = in_epoch_one();
        let strange = Header { segment: 1, ..next(follower.head(), 1) };
        let alarm = Alarm::Segment { found: 1, expected: 0 };
        assert_eq!(follow(&mut follower, &strange), Err(alarm));
    }

    #[test]
    fn repetitions_older_than_the_memory_are_ignored_too() {
        let mut follower = Follower::new(Head::start(0));
        let first = next(follower.head(), 1);
        for _ in 0..=REMEMBERED_FRAMES {
            let header = next(follower.head(), 1);
            check(&mut follower, &header, Verdict::Accept);
        }
        assert_eq!(follower.remembered.len(), REMEMBERED_FRAMES);
        check(&mut follower, &first, Verdict::Duplicate);
        check(&mut follower, &other_body(&first), Verdict::Duplicate);
    }

    /// What contending writers may put into a shared log.
    #[derive(Clone, Debug)]
    enum Act {
        /// A writer that read everything goes on, if it owns the epoch.
        GoOn { count: u32 },
        /// A contender that has read up to some earlier head fences.
        Fence { read: usize, writer: u8 },
        /// Any frame so far arrives once more.
        Repeat { frame: usize },
        /// The owner at an earlier head goes on from there: stale, and maybe fenced.
        Zombie { read: usize },
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            4 => (1..5_u32).prop_map(|count| Act::GoOn { count }),
            1 => (any::<usize>(), any::<u8>()).prop_map(|(read, writer)| Act::Fence { read, writer }),
            1 => any::<usize>().prop_map(|frame| Act::Repeat { frame }),
            1 => any::<usize>().prop_map(|read| Act::Zombie { read }),
        ];
        prop::collection::vec(act, 0..60)
    }

    /// The log these acts leave, and the heads a reader of it has had. Ends before a fork.
    fn play(acts: Vec<Act>) -> (Vec<Header>, Vec<Head>) {
        let mut follower = Follower::new(Head::start(0));
        let (mut log, mut heads) = (Vec::<Header>::new(), vec![*follower.head()]);
        for (index, act) in acts.into_iter().enumerate() {
            let header = match act {
                Act::GoOn { count } => next(follower.head(), count),
                Act::Fence { read, writer } => {
                    fence(&heads[read % heads.len()], WriterId([writer; 16]))
                }
                Act::Repeat { .. } if log.is_empty() => continue,
                Act::Repeat { frame } => log[frame % log.len()].clone(),
                Act::Zombie { read } => next(&heads[read % heads.len()], 7),
            };
            // Contenders differ in time too, not in name alone.
            let header = match header.kind {
                Kind::Fence => Header { body_crc: index as u32, ..header },
                Kind::Decisions | Kind::Heartbeat => header,
            };
            match follow(&mut follower, &header) {
                Ok(Verdict::Accept) => heads.push(*follower.head()),
                Ok(Verdict::Duplicate | Verdict::Zombie | Verdict::Gap | Verdict::Heartbeat) => {}
                Err(_) => break,
            }
            log.push(header);
        }
        (log, heads)
    }

    proptest! {
        /// READ-1: sequences are gapless; epochs never go back.
        #[test]
        fn accepted_sequences_are_gapless_and_never_repeat(acts in acts()) {
            let mut follower = Follower::new(Head::start(0));
            for header in play(acts).0 {
                let before = *follower.head();
                if follow(&mut follower, &header) == Ok(Verdict::Accept) {
                    let after = follower.head();
                    prop_assert_eq!(after.last_seq, before.last_seq + u64::from(header.count));
                    prop_assert!(after.epoch == before.epoch + u64::from(header.kind == Kind::Fence));
                    prop_assert!(after.hash != before.hash);
                } else {
                    prop_assert_eq!(*follower.head(), before);
                }
            }
        }

        /// READ-2: the old owner's frames after a fence change nothing, whatever they are.
        #[test]
        fn an_older_epoch_changes_nothing(acts in acts(), first_seq in 1..99_u64, count in 1..9_u32) {
            let (_, heads) = play(acts);
            let mut follower = Follower::new(*heads.last().unwrap());
            let opening = fence(follower.head(), RIVAL);
            check(&mut follower, &opening, Verdict::Accept);
            let head = *follower.head();
            for old in heads {
                check(&mut follower, &Header { first_seq, ..next(&old, count) }, Verdict::Zombie);
            }
            prop_assert_eq!(*follower.head(), head);
        }

        /// READ-3: a log in which every frame comes twice, or in which all of it comes again at
        /// the end, is accepted as the log itself.
        #[test]
        fn repetition_changes_nothing(acts in acts()) {
            let (log, heads) = play(acts);
            let mut follower = Follower::new(Head::start(0));
            for header in &log {
                let first = follow(&mut follower, header);
                let second = follow(&mut follower, header);
                prop_assert!(first.is_ok() && second.is_ok() && second != Ok(Verdict::Accept));
            }
            for header in &log {
                prop_assert!(follow(&mut follower, header) != Ok(Verdict::Accept));
            }
            prop_assert_eq!(Some(follower.head()), heads.last());
        }

        /// A reader that starts at any head on the way reaches the same end.
        #[test]
        fn every_starting_point_leads_to_the_same_end(acts in acts()) {
            let (log, heads) = play(acts);
            for head in &heads {
                let mut follower = Follower::new(*head);
                for header in &log {
                    let _ = follow(&mut follower, header);
                }
                prop_assert_eq!(Some(follower.head()), heads.last());
            }
        }
    }
}
