//! Process role: inputs to engine to journal.
