//! Real services for tests and developers, started without containers.
//!
//! [`Kafka`] runs Apache Kafka from Maven's jars, [`Postgres`] and [`Prometheus`] run what the
//! system's packages installed. Each has a folder and ports of its own, listens on 127.0.0.1 alone
//! and ends with its owner: when it is dropped, and also when the owner's process ends in any other
//! way, be it SIGKILL. So a service can live in a `static` of a test binary.
//!
//! What is deliberately not here: clients. A test talks to a service with the client that the
//! product uses.

mod error;
mod folder;
mod kafka;
mod ports;
mod postgres;
mod process;
mod programs;
mod prometheus;

pub use error::Error;
pub use kafka::{Kafka, Options as KafkaOptions, Security};
pub use postgres::{Options as PostgresOptions, Postgres};
pub use process::Signal;
pub use prometheus::{Options as PrometheusOptions, Prometheus};
