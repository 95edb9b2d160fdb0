//! From decisions to public records: a pure function.
