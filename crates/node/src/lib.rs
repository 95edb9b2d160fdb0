//! The clearing node of one segment: inputs become decisions, decisions become frames.
//!
//! ```text
//! input ─► decide ─► evolve ─► encode ─► frame ─► journal (fsync) ─► visible
//! ```
//!
//! Nothing leaves the node before it is durable: what reads the journal reads it only up to
//! [`Node::durable`]. A restart folds events and never decides again; only [`verify()`] does that,
//! to compare.

pub mod core;
pub mod history;
pub mod live;
pub mod node;
pub mod recovery;
pub mod verify;

mod snapshots;

mod error;

pub use core::{Core, Received, Taken};
pub use engine::{Figures, State, day::Phase};
pub use error::NodeError;
pub use history::{History, Read};
pub use node::Node;
pub use verify::{Verified, verify, verify_frames};
pub use wire::DecisionRef;
