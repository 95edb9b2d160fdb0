//! Builders and generators for tests.
//!
//! All texts are constants, so that every command lives as long as the test and is copied freely.

pub mod history;
pub mod market;
pub mod report;

pub use history::{History, histories};
