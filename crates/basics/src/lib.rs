//! Values: dates, instants, decimals, quantities, prices, amounts, calendars, identifiers.
//!
//! Everything here is an integer underneath, is `Copy` where it can be, and knows how it is
//! written. Nothing here knows a trade, an account or a rule of clearing.
#![no_std]

extern crate alloc;

pub mod calendar;
pub mod currency;
pub mod date;
pub mod decimal;
pub mod ids;
pub mod instant;
pub mod isin;
pub mod lei;
pub mod money;
pub mod price;
pub mod rounding;
pub mod table;

pub use calendar::Calendar;
pub use currency::Currency;
pub use date::Date;
pub use decimal::{Decimal, Numeral};
pub use ids::{AccountId, ContractId, CurrencyId, EntryNo, InstrumentId, MemberId, Seq, TradeId};
pub use instant::Instant;
pub use isin::Isin;
pub use lei::Lei;
pub use money::{Minor, Units, consideration, value};
pub use price::{Price, PriceUnit};
