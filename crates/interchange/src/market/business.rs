//! Rows of `prices.csv` and `operations.csv`: market data and business time.

use basics::Date;
use model::{Command, DeadLetterReason, Operation, PriceReport};

use super::fields::Fields;
use super::trade::numeral;

/// When in the day an operation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before the day's first trade.
    BeforeTrades,
    /// After the last trade, before the prices.
    AfterTrades,
    /// After the prices.
    AfterPrices,
    /// After everything else.
    End,
}

impl Phase {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeTrades => "before_trades",
            Self::AfterTrades => "after_trades",
            Self::AfterPrices => "after_prices",
            Self::End => "end",
        }
    }

    /// The phase in which an operation usually stands.
    pub(super) const fn of(operation: &Operation<'_>) -> Self {
        match operation {
            Operation::OpenDay { .. } => Self::BeforeTrades,
            Operation::CloseTrading { .. } => Self::AfterTrades,
            Operation::Settle { .. } => Self::AfterPrices,
            Operation::CloseDay { .. } => Self::End,
        }
    }
}

/// Reads a price.
pub(super) fn price<'a>(fields: &Fields<'a>) -> Result<Command<'a>, DeadLetterReason> {
    let [isin, price, currency, price_date, kind, ..] = *fields;
    let (price, price_date) = (numeral(price)?, date(price_date)?);
    Ok(Command::Price(PriceReport { isin, price, currency, price_date, kind }))
}

/// Reads an operation, and into `phase` the one in which it counts.
///
/// The draw says something only where one is committed to or revealed; elsewhere it is not read.
pub(super) fn operation<'a>(
    fields: &Fields<'a>,
    phase: &mut Option<Phase>,
) -> Result<Command<'a>, DeadLetterReason> {
    let [operation, business_date, phase_name, draw, ..] = *fields;
    let date = date(business_date)?;
    let operation = match operation {
        "open_day" => Operation::OpenDay { date, commitment: draw },
        "close_trading" => Operation::CloseTrading { date },
        "settle" => Operation::Settle { date, draw },
        "close_day" => Operation::CloseDay { date },
        _ => return Err(DeadLetterReason::UnknownWord),
    };
    *phase = Some(match phase_name {
        "before_trades" => Phase::BeforeTrades,
        "after_trades" => Phase::AfterTrades,
        "after_prices" => Phase::AfterPrices,
        "end" => Phase::End,
        _ => return Err(DeadLetterReason::UnknownWord),
    });
    Ok(Command::Operation(operation))
}

/// Reads a date.
pub(super) fn date(text: &str) -> Result<Date, DeadLetterReason> {
    Date::parse(text.as_bytes()).ok_or(DeadLetterReason::BadDate)
}
