//! What only a shared log can do: rivals, repetitions, halves, deletions.

use std::time::Duration;

use journal::{JournalError, Log, Polled, Seen};

use super::carriers::{Body, Carrier, Medium, Shared};

/// Asks everything of fresh logs.
pub fn all<M: Medium>(fresh: impl Fn() -> M) {
    a_repeated_frame_changes_nothing(fresh());
    half_a_frame_and_noise_change_nothing(fresh());
    a_zombie_counts_for_nobody(fresh());
    of_two_contenders_the_first_in_the_log_owns(fresh());
    a_heartbeat_is_a_sign_and_nothing_else(fresh());
    another_frame_under_one_sequence_is_an_alarm(fresh());
    a_beginning_that_retention_deleted_is_missed(fresh());
}

fn body(seq: u64, text: &str) -> Body {
    (seq, 1, text.as_bytes().to_vec())
}

/// The records of a log, as they lie there.
fn records(medium: &impl Medium) -> Vec<Vec<u8>> {
    let mut log = medium.log(0).expect("it can be read");
    let mut records = Vec::new();
    loop {
        match log.poll(Duration::from_secs(30)).expect("it can be read") {
            Polled::Record { bytes, .. } => records.push(bytes.to_vec()),
            Polled::End => return records,
            Polled::Quiet => panic!("it keeps silent"),
        }
    }
}

fn a_repeated_frame_changes_nothing<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium);
    journal.append(1, b"one");
    journal.append(1, b"two");
    for record in records(&journal.medium) {
        journal.medium.inject(&record);
    }
    journal.append(1, b"three");
    assert_eq!(journal.read(1), [body(1, "one"), body(2, "two"), body(3, "three")]);
}

fn half_a_frame_and_noise_change_nothing<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium);
    journal.append(1, b"one");
    let whole = records(&journal.medium).pop().expect("it was appended");
    for torn in
        [&whole[..whole.len() - 1], &whole[..20], b"noise", &[whole.as_slice(), b"more"].concat()]
    {
        journal.medium.inject(torn);
    }
    journal.append(1, b"two");
    assert_eq!(journal.read(1), [body(1, "one"), body(2, "two")]);
}

fn a_zombie_counts_for_nobody<M: Medium>(medium: M) {
    let mut old = Shared::new(medium.clone());
    old.append(1, b"one");
    let mut new = Shared::take_over(medium, 2);
    new.append(1, b"two");
    // The old owner does not know yet, and the broker takes what it sends.
    old.append_unread(1, b"a zombie's");
    new.append(1, b"three");
    let expected = [body(1, "one"), body(2, "two"), body(3, "three")];
    assert_eq!(new.read(1), expected);
    assert_eq!(old.read(1), expected);
    assert!(matches!(old.await_return(), Err(JournalError::Fenced { .. })));
}

fn of_two_contenders_the_first_in_the_log_owns<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium.clone());
    journal.append(1, b"one");
    let first = journal.fence_of(3);
    let second = journal.fence_of(4);
    medium.inject(&first);
    medium.inject(&second);
    let tail = journal.tail_to_end();
    assert_eq!(tail.head().writer.0, [3; 16]);
    assert_eq!(tail.head().epoch, 2);
}

fn a_heartbeat_is_a_sign_and_nothing_else<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium);
    journal.append(1, b"one");
    let head = *journal.tail_to_end().head();
    journal.heartbeat();
    let mut tail = journal.tail();
    while tail.poll(Duration::from_secs(30)).expect("it can be read") != Seen::Heartbeat {}
    assert_eq!(*tail.head(), head);
    journal.append(1, b"two");
    assert_eq!(journal.read(1), [body(1, "one"), body(2, "two")]);
}

fn another_frame_under_one_sequence_is_an_alarm<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium);
    let fork = journal.frame_of(b"another story");
    journal.append(1, b"one");
    journal.medium.inject(&fork);
    let mut tail = journal.tail();
    let alarm = loop {
        match tail.poll(Duration::from_secs(30)) {
            Err(error) => break error,
            Ok(Seen::End) => panic!("no alarm was raised"),
            Ok(_) => {}
        }
    };
    assert!(matches!(alarm, JournalError::Alarm(journal::Alarm::Fork { seq: 1, .. })), "{alarm}");
}

fn a_beginning_that_retention_deleted_is_missed<M: Medium>(medium: M) {
    let mut journal = Shared::new(medium);
    for number in 0..5 {
        journal.append(1, &[number]);
    }
    journal.medium.delete_before(3);
    let log = journal.medium.log(0);
    let error = match log {
        Err(error) => error,
        Ok(mut log) => log.poll(Duration::from_secs(30)).expect_err("its beginning is gone"),
    };
    assert!(matches!(error, JournalError::Truncated { begins: 3, wanted: 0, .. }), "{error}");
    assert!(error.to_string().contains("retention"), "{error}");
}
