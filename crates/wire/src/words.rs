//! The model's words as messages: for each struct, its field numbers.

mod choices;
mod event;
mod public;
mod public_books;
mod public_reference;
mod reference;
mod run;
mod trade;

pub(crate) use choices::{action, action_number};
pub(crate) use reference::read_operation;
pub(crate) use trade::MAX_SCALE;
