//! Frames, chain, epochs, snapshots: the record of truth in local files.
