//! The words: commands, events, statuses, reasons. Data only.
