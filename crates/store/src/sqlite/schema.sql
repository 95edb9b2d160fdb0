-- The tables of the read model. They may change with any version; what analysts may rely on is in
-- views.sql. Dates are days since 1970-01-01. Amounts and quantities are in the smallest unit of
-- their asset. A column of type ANY holds an INTEGER, or TEXT with the digits of a number that
-- needs more than 64 bits: never a float.

-- Progress: up to which sequence the rows are current, and how many records each topic had there.
CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE view_versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Reference data, by id and by the date from which it is in force.
CREATE TABLE currencies (
    id INTEGER, valid_from INTEGER, code TEXT NOT NULL, decimals INTEGER NOT NULL,
    calendar TEXT NOT NULL, PRIMARY KEY (id, valid_from)) STRICT, WITHOUT ROWID;
CREATE TABLE closures (
    calendar TEXT, closed_on INTEGER, name TEXT NOT NULL,
    PRIMARY KEY (calendar, closed_on)) STRICT, WITHOUT ROWID;
CREATE TABLE members (
    id INTEGER, valid_from INTEGER, code TEXT NOT NULL, lei TEXT NOT NULL, name TEXT NOT NULL,
    status TEXT NOT NULL, PRIMARY KEY (id, valid_from)) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
    id INTEGER, valid_from INTEGER, code TEXT NOT NULL, member TEXT NOT NULL, kind TEXT NOT NULL,
    status TEXT NOT NULL, PRIMARY KEY (id, valid_from)) STRICT, WITHOUT ROWID;
CREATE TABLE instruments (
    id INTEGER, valid_from INTEGER, isin TEXT NOT NULL, decimals INTEGER NOT NULL,
    symbol TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, currency TEXT NOT NULL,
    listed_on TEXT NOT NULL, trading_calendar TEXT NOT NULL, settlement_calendar TEXT NOT NULL,
    cycle INTEGER NOT NULL, status TEXT NOT NULL,
    PRIMARY KEY (id, valid_from)) STRICT, WITHOUT ROWID;
CREATE TABLE policies (
    valid_from INTEGER PRIMARY KEY, model TEXT NOT NULL, trading_cut_off TEXT NOT NULL,
    settlement_cut_off TEXT NOT NULL) STRICT;
-- Instrument -1: all instruments without a group of their own.
CREATE TABLE priorities (
    account INTEGER, instrument INTEGER, valid_from INTEGER, priority_group INTEGER NOT NULL,
    PRIMARY KEY (account, instrument, valid_from)) STRICT, WITHOUT ROWID;

-- The codes in force now, for joins.
CREATE TABLE currency_codes (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, decimals INTEGER NOT NULL) STRICT;
CREATE TABLE account_codes (id INTEGER PRIMARY KEY, code TEXT NOT NULL) STRICT;
CREATE TABLE instrument_codes (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, decimals INTEGER NOT NULL) STRICT;

-- Trades as they stand. Status 0 is live, 1 cancelled. Price in billionths of a currency unit.
CREATE TABLE trades (
    trade INTEGER PRIMARY KEY, source TEXT NOT NULL, trade_date INTEGER NOT NULL,
    trade_ref TEXT NOT NULL, version INTEGER NOT NULL, status INTEGER NOT NULL,
    instrument INTEGER NOT NULL, currency INTEGER NOT NULL, buyer INTEGER NOT NULL,
    seller INTEGER NOT NULL, quantity INTEGER NOT NULL, price ANY NOT NULL,
    consideration INTEGER NOT NULL, settlement_date INTEGER NOT NULL,
    seq INTEGER NOT NULL) STRICT;
-- Trade reports that had no effect. The key is absent exactly for dead letters.
CREATE TABLE rejections (
    seq INTEGER PRIMARY KEY, business_date INTEGER, source TEXT, trade_date INTEGER,
    trade_ref TEXT, version INTEGER, outcome TEXT NOT NULL) STRICT;
-- Trade reports by outcome. The date -2147483648 is before the first day.
CREATE TABLE outcomes (
    business_date INTEGER, outcome TEXT, reports INTEGER NOT NULL,
    PRIMARY KEY (business_date, outcome)) STRICT, WITHOUT ROWID;
-- Other inputs that had no effect.
CREATE TABLE refused_inputs (
    seq INTEGER PRIMARY KEY, business_date INTEGER, what TEXT NOT NULL, subject TEXT NOT NULL,
    date INTEGER, reason TEXT NOT NULL, channel TEXT, position INTEGER) STRICT;
CREATE TABLE dead_letters (
    seq INTEGER PRIMARY KEY, business_date INTEGER, reason TEXT NOT NULL, channel TEXT,
    position INTEGER, item INTEGER, pass INTEGER, bytes BLOB NOT NULL) STRICT;

-- Business days: the sequences at which each stage was reached; absent until then.
CREATE TABLE days (
    date INTEGER PRIMARY KEY, settles INTEGER NOT NULL, opened INTEGER NOT NULL,
    trading_closed INTEGER, settlement_started INTEGER, settled INTEGER, close_started INTEGER,
    closed INTEGER) STRICT;

-- What trades oblige to, and what of it is open position by now.
CREATE TABLE obligations (
    settlement_date INTEGER, instrument INTEGER, account INTEGER, currency INTEGER,
    units ANY NOT NULL, money ANY NOT NULL, fallen_units ANY NOT NULL, fallen_money ANY NOT NULL,
    PRIMARY KEY (settlement_date, instrument, account)) STRICT, WITHOUT ROWID;
CREATE TABLE settlements (
    business_date INTEGER, instrument INTEGER, account INTEGER, currency INTEGER NOT NULL,
    open_before ANY NOT NULL, moved ANY NOT NULL, open_after ANY NOT NULL, age INTEGER NOT NULL,
    price ANY, mark ANY NOT NULL, delivery ANY NOT NULL, money_after ANY NOT NULL,
    PRIMARY KEY (business_date, instrument, account)) STRICT, WITHOUT ROWID;
CREATE TABLE positions (
    instrument INTEGER, account INTEGER, currency INTEGER NOT NULL, quantity ANY NOT NULL,
    age INTEGER NOT NULL, money ANY NOT NULL, mark_price ANY,
    PRIMARY KEY (instrument, account)) STRICT, WITHOUT ROWID;

-- Every try of a payment; the money that moved, by day (account -1 is the CCP); what is advanced.
CREATE TABLE payments (
    payment INTEGER PRIMARY KEY, seq INTEGER NOT NULL, business_date INTEGER NOT NULL,
    due_date INTEGER NOT NULL, account INTEGER NOT NULL, currency INTEGER NOT NULL,
    amount ANY NOT NULL, mark ANY, delivery ANY, status TEXT NOT NULL) STRICT;
CREATE TABLE money (
    business_date INTEGER, account INTEGER, currency INTEGER, amount ANY NOT NULL,
    PRIMARY KEY (business_date, account, currency)) STRICT, WITHOUT ROWID;
CREATE TABLE advances (
    account INTEGER, currency INTEGER, due_date INTEGER, amount ANY NOT NULL,
    tries INTEGER NOT NULL, tried_on INTEGER NOT NULL,
    PRIMARY KEY (account, currency, due_date)) STRICT, WITHOUT ROWID;

-- The ledger. A trade's entry is one row; its postings follow from it. Other entries have theirs
-- in postings: id = entry * 256 + line; asset kind 0 is an instrument, 1 a currency; side 0 is
-- debit, 1 credit; account and instrument -1: none.
CREATE TABLE trade_entries (
    entry INTEGER PRIMARY KEY, seq INTEGER NOT NULL, business_date INTEGER, trade INTEGER NOT NULL,
    reverses INTEGER, instrument INTEGER NOT NULL, currency INTEGER NOT NULL,
    buyer INTEGER NOT NULL, seller INTEGER NOT NULL, quantity INTEGER NOT NULL,
    consideration INTEGER NOT NULL, settlement_date INTEGER NOT NULL) STRICT;
CREATE TABLE entries (
    entry INTEGER PRIMARY KEY, seq INTEGER NOT NULL, business_date INTEGER, kind TEXT NOT NULL,
    value_date INTEGER NOT NULL, reverses INTEGER, mark ANY, delivery ANY) STRICT;
CREATE TABLE postings (
    id INTEGER PRIMARY KEY, class TEXT NOT NULL, ledger_account TEXT NOT NULL,
    account INTEGER NOT NULL, instrument INTEGER NOT NULL, date INTEGER, asset_kind INTEGER NOT NULL,
    asset INTEGER NOT NULL, side INTEGER NOT NULL, amount ANY NOT NULL) STRICT;
-- All ledger accounts but the due accounts, whose balance is in obligations.
CREATE TABLE balances (
    class TEXT, ledger_account TEXT, account INTEGER, instrument INTEGER, asset_kind INTEGER,
    asset INTEGER, debit ANY NOT NULL, credit ANY NOT NULL,
    PRIMARY KEY (class, ledger_account, account, instrument, asset_kind, asset))
    STRICT, WITHOUT ROWID;

CREATE TABLE prices (
    instrument INTEGER, price_date INTEGER, price ANY NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (instrument, price_date)) STRICT, WITHOUT ROWID;
