//! Process role: public records to views to store.
