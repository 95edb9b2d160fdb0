//! The plain-text scenario language and its runner.
