//! The columns of every export, in order.

use basics::table::{Column, Kind};

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const ACCOUNT: Column = column("account", Kind::Text);
const ISIN: Column = column("isin", Kind::Text);
const CURRENCY: Column = column("currency", Kind::Text);
const QUANTITY: Column = column("quantity", Kind::Decimal);
const BUSINESS_DATE: Column = column("business_date", Kind::Date);
const SETTLEMENT_DATE: Column = column("settlement_date", Kind::Date);
const SEQ: Column = column("seq", Kind::Integer);
const OUTCOME: Column = column("outcome", Kind::Text);
const AGE: Column = column("age", Kind::Integer);
const MONEY: Column = column("money", Kind::Decimal);
const ASSET: Column = column("asset", Kind::Text);
const CLASS: Column = column("book class", Kind::Text);
const LEDGER_ACCOUNT: Column = column("ledger_account", Kind::Text);
const DEBIT: Column = column("debit", Kind::Decimal);
const CREDIT: Column = column("credit", Kind::Decimal);
const SOURCE: Column = column("source", Kind::Text);
const TRADE_DATE: Column = column("trade_date", Kind::Date);
const TRADE_REF: Column = column("trade_ref", Kind::Text);
const VERSION: Column = column("version", Kind::Integer);

pub const OUTCOMES: &[Column] = &[BUSINESS_DATE, OUTCOME, column("count", Kind::Integer)];
pub const OBLIGATIONS: &[Column] = &[SETTLEMENT_DATE, ACCOUNT, ISIN, QUANTITY, MONEY];
pub const SETTLEMENTS: &[Column] = &[
    BUSINESS_DATE,
    ACCOUNT,
    ISIN,
    column("open_before", Kind::Decimal),
    column("moved", Kind::Decimal),
    column("open_after", Kind::Decimal),
    AGE,
];
pub const MONEY_TABLE: &[Column] =
    &[BUSINESS_DATE, ACCOUNT, CURRENCY, column("amount", Kind::Decimal)];
pub const HOLDINGS: &[Column] = &[ACCOUNT, ASSET, QUANTITY];
pub const POSITIONS: &[Column] =
    &[ACCOUNT, ISIN, QUANTITY, AGE, MONEY, column("mark_price", Kind::Decimal)];
pub const TRADES: &[Column] = &[
    SOURCE,
    TRADE_DATE,
    TRADE_REF,
    VERSION,
    column("status", Kind::Text),
    ISIN,
    QUANTITY,
    column("price", Kind::Decimal),
    CURRENCY,
    SETTLEMENT_DATE,
    column("buyer_account", Kind::Text),
    column("seller_account", Kind::Text),
    column("consideration", Kind::Decimal),
    SEQ,
];
pub const REJECTIONS: &[Column] =
    &[SEQ, SOURCE, TRADE_DATE, TRADE_REF, VERSION, OUTCOME, column("detail", Kind::Text)];
pub const JOURNAL_ENTRIES: &[Column] = &[
    column("entry_id", Kind::Integer),
    SEQ,
    BUSINESS_DATE,
    CLASS,
    column("kind", Kind::Text),
    LEDGER_ACCOUNT,
    ASSET,
    DEBIT,
    CREDIT,
    column("reverses", Kind::Integer),
];
pub const TRIAL_BALANCE: &[Column] = &[CLASS, LEDGER_ACCOUNT, ASSET, DEBIT, CREDIT];
