//! What every journal keeps.

use super::carriers::{Body, Carrier};

/// Asks everything of fresh journals.
pub fn all<C: Carrier>(fresh: impl Fn() -> C) {
    what_is_appended_is_read_in_order(fresh());
    reading_begins_at_any_sequence(fresh());
    a_fence_takes_no_sequence_and_the_chain_goes_on(fresh());
    who_opens_again_goes_on_where_it_ended(fresh());
    a_frame_without_decisions_is_refused(fresh());
    the_longest_frame_is_kept(fresh());
}

fn bodies(first: u64, count: u64) -> Vec<Body> {
    (first..first + count).map(|seq| (seq, 1, format!("body {seq}").into_bytes())).collect()
}

fn what_is_appended_is_read_in_order(mut journal: impl Carrier) {
    journal.append(2, b"two");
    journal.append(1, b"");
    journal.append(3, b"three");
    let expected = vec![(1, 2, b"two".to_vec()), (3, 1, Vec::new()), (4, 3, b"three".to_vec())];
    assert_eq!(journal.read(1), expected);
}

fn reading_begins_at_any_sequence(mut journal: impl Carrier) {
    for (_, count, body) in bodies(1, 20) {
        journal.append(count, &body);
    }
    assert_eq!(journal.read(15), bodies(15, 6));
    assert_eq!(journal.read(21), Vec::new());
}

fn a_fence_takes_no_sequence_and_the_chain_goes_on(mut journal: impl Carrier) {
    journal.append(1, b"body 1");
    journal.fence(7);
    journal.append(1, b"body 2");
    assert_eq!(journal.read(1), bodies(1, 2));
    assert_eq!(journal.epochs(), 1);
}

fn who_opens_again_goes_on_where_it_ended(mut journal: impl Carrier) {
    for number in 1..5_u64 {
        journal.append(1, format!("body {number}").as_bytes());
        journal.open_again();
    }
    assert_eq!(journal.read(1), bodies(1, 4));
}

fn a_frame_without_decisions_is_refused(mut journal: impl Carrier) {
    assert!(journal.try_append(0, b"nothing").is_err());
    assert!(journal.try_append(1, &vec![0; journal::BODY_BYTES_MAX + 1]).is_err());
    journal.append(1, b"body 1");
    assert_eq!(journal.read(1), bodies(1, 1));
}

fn the_longest_frame_is_kept(mut journal: impl Carrier) {
    let body: Vec<u8> = (0..journal::BODY_BYTES_MAX).map(|at| (at % 251) as u8).collect();
    journal.append(9, &body);
    journal.append(1, b"after");
    assert_eq!(journal.read(1), [(1, 9, body), (10, 1, b"after".to_vec())]);
}
