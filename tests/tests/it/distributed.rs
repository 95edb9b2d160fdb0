//! Through Kafka: real brokers, nodes, projectors and databases, and whatever may happen to them.
//!
//! What is compared is always the same market, imported into a data directory without any of it.
//! The columns `seq` and `entry_id` are left out where an input may come twice: a repeat takes a
//! sequence of its own, and changes nothing else.

mod installation;
mod processes;
pub mod topics;
mod undisturbed;

mod clients;
mod faults;
mod kills;
mod same;
