//! Trade reports as publishers send them, and what a captured trade is.

use basics::price::PriceUnit;
use basics::{AccountId, CurrencyId, Date, Instant, InstrumentId, Minor, Numeral, Price, Units};
use ledger::postings::Cleared;

/// What identifies a trade: venues start their numbering afresh each day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TradeKey<'a> {
    /// Who numbers the trade, usually a venue. Never empty.
    pub source: &'a str,
    /// The day of the trade.
    pub trade_date: Date,
    /// The source's own reference. Never empty.
    pub reference: &'a str,
}

/// What a report asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A new trade.
    New,
    /// A correction of a trade that is in.
    Amend,
    /// A cancellation (bust) of a trade that is in.
    Cancel,
}

impl Action {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Amend => "amend",
            Self::Cancel => "cancel",
        }
    }
}

/// One trade report, readable but not yet judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeReport<'a> {
    /// Which trade.
    pub key: TradeKey<'a>,
    /// The trade's version that this report states, from 1.
    pub version: u32,
    /// New, amend or cancel.
    pub action: Action,
    /// The content; `None` exactly for a cancellation.
    pub terms: Option<ReportedTerms<'a>>,
}

/// The content of a new trade or an amendment, as reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportedTerms<'a> {
    /// The instrument's ISIN as written; its check digit is not yet checked.
    pub isin: &'a str,
    /// Quantity in whole units of the instrument.
    pub quantity: Numeral,
    /// Price in currency units.
    pub price: Numeral,
    /// Currency code as written.
    pub currency: &'a str,
    /// When it was traded.
    pub executed_at: Instant,
    /// The account that buys.
    pub buyer: &'a str,
    /// The account that sells.
    pub seller: &'a str,
    /// Place of trading (MIC); may be empty.
    pub venue: &'a str,
    /// What else a trade can say about itself.
    pub attributes: Attributes<'a>,
}

/// What else a trade can say about itself. The default is a regular trade that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Attributes<'a> {
    /// Kind of trade. Only regular and as-of trades are cleared so far.
    pub trade_type: TradeType,
    /// With or without the next entitlement.
    pub cum_ex: CumEx,
    /// Short-sale mark of the seller.
    pub short_sale: ShortSale,
    /// In which capacity the reporting party dealt.
    pub capacity: Capacity,
    /// What the price is a price of.
    pub price_unit: PriceUnit,
    /// Reference of the trade that this one follows from; empty if none.
    pub original_reference: &'a str,
}

impl Attributes<'_> {
    /// Whether it says nothing: then it equals the default.
    ///
    /// Nearly all trades say nothing, and this is quicker to tell than equality, which may go to
    /// where the text of an empty reference would be.
    #[must_use]
    #[inline]
    pub const fn says_nothing(&self) -> bool {
        self.original_reference.is_empty()
            && matches!(self.trade_type, TradeType::Regular)
            && matches!(self.cum_ex, CumEx::Standard)
            && matches!(self.short_sale, ShortSale::Unmarked)
            && matches!(self.capacity, Capacity::Unstated)
            && matches!(self.price_unit, PriceUnit::PerUnit)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub enum $name {
            $($(#[$vdoc])* $variant = $code),+
        }

        impl $name {
            /// Every value, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files and tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The stable number in messages.
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The value with this number.
            #[must_use]
            pub const fn from_number(number: u64) -> Option<Self> {
                match number { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(
    /// Kind of trade.
    TradeType {
        /// An ordinary trade of its day.
        #[default]
        Regular = 0 "regular",
        /// A trade of an earlier day, reported late.
        AsOf = 1 "as_of",
        /// A purchase against a seller that failed to deliver.
        BuyIn = 2 "buy_in",
        /// A movement between accounts without a sale.
        Transfer = 3 "transfer",
        /// A sale with an agreed repurchase.
        Repo = 4 "repo",
        /// A loan of securities.
        Loan = 5 "loan",
    }
);

words!(
    /// With or without the next entitlement.
    CumEx {
        /// As the market's dates say.
        #[default]
        Standard = 0 "standard",
        /// With it, whatever the date.
        Cum = 1 "cum",
        /// Without it, whatever the date.
        Ex = 2 "ex",
    }
);

words!(
    /// Short-sale mark of the seller (Reg SHO).
    ShortSale {
        /// Not stated.
        #[default]
        Unmarked = 0 "unmarked",
        /// The seller owned what it sold.
        Long = 1 "long",
        /// It did not.
        Short = 2 "short",
        /// It did not, and is exempt from the price test.
        ShortExempt = 3 "short_exempt",
    }
);

words!(
    /// In which capacity the reporting party dealt (MiFIR RTS 22 field 29).
    Capacity {
        /// Not stated.
        #[default]
        Unstated = 0 "unstated",
        /// Dealing on own account.
        Principal = 1 "principal",
        /// Matched principal.
        MatchedPrincipal = 2 "matched_principal",
        /// Any other capacity.
        Agency = 3 "agency",
    }
);

/// The terms of a trade that was accepted: ids resolved, amounts exact. Facts, frozen at
/// capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// Instrument, currency, sides, quantity, consideration and (actual) settlement date.
    pub cleared: Cleared,
    /// The price.
    pub price: Price,
    /// The settlement date that instrument cycle and calendars gave at capture.
    pub contractual_date: Date,
    /// When it was traded.
    pub executed_at: Instant,
    /// Place of trading; may be empty.
    pub venue: &'a str,
    /// What else it says about itself.
    pub attributes: Attributes<'a>,
}

impl Terms<'_> {
    /// The account that buys.
    #[must_use]
    pub const fn buyer(&self) -> AccountId {
        self.cleared.buyer
    }

    /// The account that sells.
    #[must_use]
    pub const fn seller(&self) -> AccountId {
        self.cleared.seller
    }

    /// The instrument traded.
    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.cleared.instrument
    }

    /// The currency of the consideration.
    #[must_use]
    pub const fn currency(&self) -> CurrencyId {
        self.cleared.currency
    }

    /// Units traded; positive.
    #[must_use]
    pub const fn quantity(&self) -> Units {
        self.cleared.quantity
    }

    /// What the buyer pays, in minor units.
    #[must_use]
    pub const fn consideration(&self) -> Minor {
        self.cleared.consideration
    }
}
