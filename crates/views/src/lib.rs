//! Read models as pure folds: public record to row changes.
