//! The decisions: state, decide, evolve; the life of a trade.
