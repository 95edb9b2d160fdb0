//! Against real brokers: what this crate says about them is true of them.

mod topics;
