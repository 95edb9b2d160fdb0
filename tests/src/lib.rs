//! End-to-end tests of the built product live in `tests/`.
