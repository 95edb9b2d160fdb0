//! End-to-end tests of the built product live in `tests/it`; nothing is here to be used.
