//! The auditor against small markets whose results are worked out by hand.

mod days;
mod market;
mod reports;
mod settlement;
