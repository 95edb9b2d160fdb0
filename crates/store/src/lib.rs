//! The only crate that links SQL.
