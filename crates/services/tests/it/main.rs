//! Each service is started for real, talked to with a client that is not ours, killed and started
//! again.

mod kafka;
mod owner;
mod postgres;
mod prometheus;
