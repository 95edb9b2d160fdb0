//! What must hold of every message: see the modules.

mod decisions;
mod hostile;
mod random;
