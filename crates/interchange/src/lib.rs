//! Foreign formats: the market directory in CSV, tables as files.
//!
//! Bytes from outside become commands of the model here, and tables become bytes for others. No
//! rule of clearing is known: a row that can be read is a command, however wrong it may be.

pub mod market;
pub mod tables;

mod quote;
