//! Where everything stands in `TradeColumns`: columns, and the bits of a row's mark. The contract
//! (`columns.proto`) says what each means.

/// A column, by the number of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Mark = 20,
    Origin = 21,
    Reference = 22,
    Executed = 23,
    Instrument = 24,
    Buyer = 25,
    Seller = 26,
    Quantity = 27,
    Price = 28,
    Consideration = 29,
    Position = 30,
    Item = 31,
    Action = 32,
    Version = 33,
    ReferenceText = 34,
    OriginalReference = 35,
    OddPrice = 36,
    OddQuantity = 37,
    OddExecuted = 38,
    Trade = 40,
    Reverses = 41,
    PreviousInstrument = 42,
    PreviousCurrency = 43,
    PreviousBuyer = 44,
    PreviousSeller = 45,
    PreviousQuantity = 46,
    PreviousConsideration = 47,
    PreviousSettlementDate = 48,
    Rejection = 50,
    DeadLetter = 51,
    Verbatim = 52,
}

/// Field number of the first column.
pub(super) const FIRST: usize = 20;
/// Places for columns; some are reserved.
pub(super) const COUNT: usize = 33;

impl Column {
    /// Its place among the columns.
    pub const fn index(self) -> usize {
        self as usize - FIRST
    }
}

/// True for columns whose values are fields of their own, each with its key; all others are packed
/// numbers.
pub(super) const fn is_tagged(field: usize) -> bool {
    matches!(field, 34..=38 | 52)
}

/// True for the field numbers of columns.
pub(super) const fn is_column(field: usize) -> bool {
    matches!(field, 20..=38 | 40..=48 | 50..=52)
}

/// Verdicts in a mark.
pub(super) mod verdict {
    pub const MASK: u32 = 0b111;
    pub const CAPTURED: u32 = 0;
    pub const AMENDED: u32 = 1;
    pub const CANCELLED: u32 = 2;
    pub const REJECTED: u32 = 3;
    pub const DEAD_LETTER: u32 = 4;
}

/// Places in a mark.
pub(super) mod place {
    pub const MASK: u32 = 0b11 << 3;
    pub const NEXT_POSITION: u32 = 0;
    pub const NEXT_ITEM: u32 = 1 << 3;
    pub const STATED: u32 = 2 << 3;
}

/// Action and version are stated.
pub(super) const REVISION: u32 = 1 << 5;
/// Verbatim bytes are stated.
pub(super) const VERBATIM: u32 = 1 << 6;
/// The price is odd.
pub(super) const ODD_PRICE: u32 = 1 << 7;
/// The quantity is odd.
pub(super) const ODD_QUANTITY: u32 = 1 << 8;
/// The original reference is stated.
pub(super) const ORIGINAL_REFERENCE: u32 = 1 << 9;
/// The moment is odd.
pub(super) const ODD_EXECUTED: u32 = 1 << 10;
/// All bits that a mark may have.
pub(super) const ALL_BITS: u32 = (1 << 11) - 1;
