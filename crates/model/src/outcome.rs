//! Outcomes: what became of an input, as stable numbers and names. None is ever reused.
//!
//! The first digit is the stage: 1 capture, 2 reference data, 3 prices, 4 operations. Within
//! capture, codes below 1100 are acceptances.

macro_rules! outcomes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!(stringify!($code), ":")] $(#[$vdoc])* $variant = $code),+
        }

        impl $name {
            /// Every value, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in files, tables and messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The stable number.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// The value with this number.
            #[must_use]
            pub const fn from_number(number: u64) -> Option<Self> {
                match number { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

outcomes!(
    /// What became of a trade report that was accepted.
    Acceptance {
        /// a new trade is in, novated and guaranteed.
        Captured = 1000 "captured",
        /// a trade is corrected.
        Amended = 1001 "amended",
        /// a trade is cancelled.
        Cancelled = 1002 "cancelled",
    }
);

outcomes!(
    /// Why an input was refused. A refusal leaves no trace in the state.
    Rejection {
        /// amend or cancel of a reference that is not in.
        UnknownTrade = 1101 "unknown_trade",
        /// a version is missing.
        VersionGap = 1102 "version_gap",
        /// this version is in, with the same content.
        Duplicate = 1103 "duplicate",
        /// this version is in with other content, or a `new` for a live trade.
        Conflict = 1104 "conflict",
        /// the trade is cancelled, or trading of its date is closed.
        TradeClosed = 1105 "trade_closed",
        /// an amendment may not change ISIN or currency.
        NotAmendable = 1106 "not_amendable",
        /// the ISIN's form or check digit is wrong.
        InvalidIsin = 1107 "invalid_isin",
        /// no instrument has this ISIN.
        UnknownInstrument = 1108 "unknown_instrument",
        /// the instrument is suspended or closed.
        InactiveInstrument = 1109 "inactive_instrument",
        /// not positive, too fine for the instrument, or too large.
        InvalidQuantity = 1110 "invalid_quantity",
        /// not positive, more than nine decimals, or a consideration too large.
        InvalidPrice = 1111 "invalid_price",
        /// not the instrument's currency.
        CurrencyMismatch = 1112 "currency_mismatch",
        /// no account has this code.
        UnknownAccount = 1113 "unknown_account",
        /// the account or its member is suspended or closed.
        InactiveAccount = 1114 "inactive_account",
        /// buyer and seller are one account.
        SameAccount = 1115 "same_account",
        /// this type of trade is not cleared here.
        UnsupportedTradeType = 1116 "unsupported_trade_type",
        /// not the open day, not a trading day of the instrument, or purged.
        WrongTradeDate = 1117 "wrong_trade_date",
        /// trading of the open day is closed.
        TradingClosed = 1118 "trading_closed",

        /// the currency code has not the form of one.
        InvalidCurrency = 2101 "invalid_currency",
        /// no currency has this code.
        UnknownCurrency = 2102 "unknown_currency",
        /// the LEI's form or check digits are wrong.
        InvalidLei = 2103 "invalid_lei",
        /// no member has this code.
        UnknownMember = 2104 "unknown_member",
        /// a code is empty.
        MissingCode = 2105 "missing_code",
        /// more decimals than the engine can hold.
        TooManyDecimals = 2106 "too_many_decimals",
        /// a field that may never change would change.
        ImmutableField = 2107 "immutable_field",
        /// it would change a business date that is past.
        InThePast = 2108 "in_the_past",
        /// a run is under way; send it again after its end.
        RunUnderWay = 2109 "run_under_way",
        /// the code is the house's own.
        ReservedCode = 2110 "reserved_code",

        /// the price is for another instrument kind or of an unknown kind.
        UnknownPriceKind = 3101 "unknown_price_kind",

        /// the day is open already, or was.
        DayAlreadyOpened = 4101 "day_already_opened",
        /// a later day was opened before.
        DayOutOfOrder = 4102 "day_out_of_order",
        /// the day before is not closed.
        PreviousDayOpen = 4103 "previous_day_open",
        /// no calendar is open on this day.
        NotABusinessDay = 4104 "not_a_business_day",
        /// a settlement day must carry the SHA-256 of its draw.
        CommitmentMissing = 4105 "commitment_missing",
        /// this day is not the open day.
        DayNotOpen = 4106 "day_not_open",
        /// trading is closed already.
        TradingAlreadyClosed = 4107 "trading_already_closed",
        /// trading is not closed yet.
        TradingNotClosed = 4108 "trading_not_closed",
        /// the depository or the currency is closed on this day.
        NotASettlementDay = 4109 "not_a_settlement_day",
        /// the day is settled already.
        AlreadySettled = 4110 "already_settled",
        /// the draw is not the one that the day was opened with.
        WrongDraw = 4111 "wrong_draw",
        /// an open position has no price.
        PriceMissing = 4112 "price_missing",
        /// an open position's value does not fit.
        ValueOutOfRange = 4113 "value_out_of_range",
        /// the day is not settled yet.
        NotSettled = 4114 "not_settled",
    }
);

outcomes!(
    /// Why an input could not be read. Its bytes are kept verbatim.
    DeadLetterReason {
        /// wrong number of columns.
        ColumnCount = 5101 "column_count",
        /// not UTF-8.
        NotUtf8 = 5102 "not_utf8",
        /// unknown action.
        UnknownAction = 5103 "unknown_action",
        /// a field that must not be empty is empty.
        EmptyField = 5104 "empty_field",
        /// not a version number from 1 to 999999999.
        BadVersion = 5105 "bad_version",
        /// not a decimal numeral.
        BadNumeral = 5106 "bad_numeral",
        /// not a date that exists.
        BadDate = 5107 "bad_date",
        /// not an instant that exists.
        BadInstant = 5108 "bad_instant",
        /// longer than an input may be.
        TooLong = 5109 "too_long",
        /// a word outside its list.
        UnknownWord = 5110 "unknown_word",
        /// not a message of the expected type.
        NotDecodable = 5111 "not_decodable",
        /// no release reads this topic yet.
        NotSupported = 5112 "not_supported",
        /// meant for another segment.
        WrongSegment = 5113 "wrong_segment",
    }
);

/// The word for a dead letter among the outcomes of trade reports.
pub const DEAD_LETTER: &str = "dead_letter";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_gives_back_its_outcome() {
        for rejection in Rejection::ALL {
            let number = u64::from(rejection.number());
            assert_eq!(Rejection::from_number(number), Some(*rejection));
        }
        assert_eq!(Rejection::from_number(9), None);
    }
}
