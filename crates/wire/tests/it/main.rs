//! What must hold of every message: see the modules.

mod decisions;
mod golden;
mod hostile;
mod inputs;
mod public;
mod random;
mod random_public;
mod readme;
