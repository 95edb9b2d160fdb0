//! What an outcome means and what to do about it, in one plain sentence each.

use model::Rejection;
use model::outcome::Acceptance;

/// Why a trade report was refused, and what its publisher can do.
const REFUSED_REPORT: &[(Rejection, &str)] = &[
    (
        Rejection::UnknownTrade,
        "No trade with this source, date and reference is in; send it as new, version 1, \
         before a correction or cancellation.",
    ),
    (
        Rejection::VersionGap,
        "The version is not the next one of this trade; send the missing version first (a new \
         trade begins with version 1).",
    ),
    (
        Rejection::Duplicate,
        "This version is in already with the same content; nothing needs to be done.",
    ),
    (
        Rejection::Conflict,
        "This version is in with other content, or the trade is in already; send the change \
         as an amendment with the next version.",
    ),
    (
        Rejection::TradeClosed,
        "The trade is cancelled or its day's trading is closed; book a correction as a new \
         trade under a new reference.",
    ),
    (
        Rejection::NotAmendable,
        "An amendment may not change ISIN or currency; cancel the trade and send a new one.",
    ),
    (
        Rejection::InvalidIsin,
        "The ISIN's form or check digit is wrong; correct it and send it again.",
    ),
    (
        Rejection::UnknownInstrument,
        "No instrument has this ISIN; correct it, or have the instrument published first.",
    ),
    (
        Rejection::InactiveInstrument,
        "The instrument is suspended or closed; ask the clearing house before sending it \
         again.",
    ),
    (
        Rejection::InvalidQuantity,
        "The quantity is not positive, finer than the instrument allows or too large; correct \
         it and send it again.",
    ),
    (
        Rejection::InvalidPrice,
        "The price is not positive, has more than nine decimals or makes the consideration \
         too large; correct it and send it again.",
    ),
    (
        Rejection::CurrencyMismatch,
        "The currency is not the instrument's own; correct it and send it again.",
    ),
    (
        Rejection::UnknownAccount,
        "Buyer or seller is no account known here; correct it, or have the account published \
         first.",
    ),
    (
        Rejection::InactiveAccount,
        "An account or its member is suspended or closed; name another account.",
    ),
    (Rejection::SameAccount, "Buyer and seller are one account; correct one of them."),
    (
        Rejection::UnsupportedTradeType,
        "This type of trade is not cleared here; settle it between the parties.",
    ),
    (
        Rejection::WrongTradeDate,
        "The trade date is not the open day, no trading day of the instrument, or long past; \
         correct it, or send the report on its own day.",
    ),
    (
        Rejection::TradingClosed,
        "Trading of the day was closed before the report came; agree on a new trade for the \
         next day.",
    ),
];

/// What an acceptance means.
pub fn accepted(outcome: Acceptance) -> &'static str {
    match outcome {
        Acceptance::Captured => "The trade is in, and the CCP guarantees it.",
        Acceptance::Amended => "The trade is corrected; its earlier booking is reversed.",
        Acceptance::Cancelled => {
            "The trade is cancelled and its booking reversed; its reference \
             is never used again."
        }
    }
}

/// Why an input was refused, and what its publisher can do.
pub fn rejected(rejection: Rejection) -> &'static str {
    let report = REFUSED_REPORT.iter().find(|(refused, _)| *refused == rejection);
    match (report, rejection.number()) {
        (Some((_, meaning)), _) => meaning,
        (None, 2000..3000) => {
            "The change of reference data was refused; correct it and send it again."
        }
        (None, 3000..4000) => "The price was refused; correct it and send it again.",
        (None, _) => "The operation was refused; keep to the order of the day.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_trade_report_has_a_sentence_of_its_own() {
        for rejection in Rejection::ALL {
            let listed = REFUSED_REPORT.iter().filter(|(listed, _)| listed == rejection).count();
            assert_eq!(listed == 1, rejection.number() < 2000, "{rejection:?}");
        }
    }

    #[test]
    fn every_refusal_has_one_sentence() {
        for rejection in Rejection::ALL {
            let text = rejected(*rejection);
            assert!(text.ends_with('.') && text.matches(". ").count() == 0, "{text}");
        }
    }
}
