//! What a live node says about itself, to be asked from any thread.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use journal::Head;

use crate::NodeError;

/// What a node does for its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It folds the journal and has not reached its end.
    Starting,
    /// It follows the journal.
    Standby,
    /// It has asked for the next epoch.
    Contending,
    /// It owns the journal.
    Active,
    /// It has ended.
    Stopped,
}

/// Where a node stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it does.
    pub role: Role,
    /// The epoch of the journal as it sees it.
    pub epoch: u64,
    /// The last decision it has read from the journal.
    pub durable_seq: u64,
    /// When its loop turned last.
    pub beat: Instant,
    /// What is wrong. `None`: nothing.
    pub trouble: Option<String>,
}

/// The standing of one segment's node.
#[derive(Debug)]
pub struct Status {
    label: String,
    standing: Mutex<Standing>,
}

impl Status {
    /// A node of a segment that is about to start.
    #[must_use]
    pub fn new(segment: u32) -> Self {
        let standing = Standing {
            role: Role::Starting,
            epoch: 0,
            durable_seq: 0,
            beat: Instant::now(),
            trouble: None,
        };
        Self { label: segment.to_string(), standing: Mutex::new(standing) }
    }

    /// Where it stands now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// The segment, as metrics name it.
    pub(super) fn label(&self) -> String {
        self.label.clone()
    }

    pub(super) fn role(&self, role: Role) {
        let mut standing = self.lock();
        if role == Role::Active {
            standing.trouble = None;
        }
        standing.role = role;
        let active = f64::from(u8::from(role == Role::Active));
        metrics::gauge!("clearfold_node_active", "segment" => self.label()).set(active);
    }

    /// The loop turned; the journal was read up to `head`.
    pub(super) fn beat(&self, head: &Head) {
        let mut standing = self.lock();
        standing.beat = Instant::now();
        let is_news = (standing.epoch, standing.durable_seq) != (head.epoch, head.last_seq);
        standing.epoch = head.epoch;
        standing.durable_seq = head.last_seq;
        drop(standing);
        if is_news {
            let gauge = |name: &'static str, value: u64| {
                metrics::gauge!(name, "segment" => self.label()).set(value as f64);
            };
            gauge("clearfold_epoch", head.epoch);
            gauge("clearfold_durable_seq", head.last_seq);
        }
    }

    /// The loop turned.
    pub(super) fn alive(&self) {
        self.lock().beat = Instant::now();
    }

    pub(super) fn trouble(&self, error: &NodeError) {
        self.role(Role::Starting);
        self.lock().trouble = Some(error.to_string());
    }

    pub(super) fn ended(&self, error: &NodeError) {
        self.role(Role::Stopped);
        self.lock().trouble = Some(error.to_string());
    }

    pub(super) fn stopped(&self) {
        self.role(Role::Stopped);
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
