-- The tables of the read model, as SQLite has them (sqlite/schema.sql). They may change with any
-- version; what analysts may rely on is in views.sql. Dates are days since
-- 1970-01-01. Amounts and quantities are in the smallest unit of their asset; NUMERIC holds whole
-- numbers that may need more than 64 bits. Text is compared byte by byte.

-- Progress: up to which sequence the rows are current, and how many records each topic had there.
CREATE TABLE progress (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE view_versions (name text COLLATE "C" PRIMARY KEY, version integer NOT NULL);

-- Reference data, by id and by the date from which it is in force.
CREATE TABLE currencies (
    id integer, valid_from integer, code text COLLATE "C" NOT NULL, decimals smallint NOT NULL,
    calendar text COLLATE "C" NOT NULL, PRIMARY KEY (id, valid_from));
CREATE TABLE closures (
    calendar text COLLATE "C", closed_on integer, name text COLLATE "C" NOT NULL,
    PRIMARY KEY (calendar, closed_on));
CREATE TABLE members (
    id integer, valid_from integer, code text COLLATE "C" NOT NULL, lei text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL, PRIMARY KEY (id, valid_from));
CREATE TABLE accounts (
    id integer, valid_from integer, code text COLLATE "C" NOT NULL,
    member text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL, PRIMARY KEY (id, valid_from));
CREATE TABLE instruments (
    id integer, valid_from integer, isin text COLLATE "C" NOT NULL, decimals smallint NOT NULL,
    symbol text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL, currency text COLLATE "C" NOT NULL,
    listed_on text COLLATE "C" NOT NULL, trading_calendar text COLLATE "C" NOT NULL,
    settlement_calendar text COLLATE "C" NOT NULL, cycle smallint NOT NULL,
    status text COLLATE "C" NOT NULL, PRIMARY KEY (id, valid_from));
CREATE TABLE policies (
    valid_from integer PRIMARY KEY, model text COLLATE "C" NOT NULL,
    trading_cut_off text COLLATE "C" NOT NULL, settlement_cut_off text COLLATE "C" NOT NULL);
-- Instrument -1: all instruments without a group of their own.
CREATE TABLE priorities (
    account integer, instrument integer, valid_from integer, priority_group bigint NOT NULL,
    PRIMARY KEY (account, instrument, valid_from));

-- The codes in force now, for joins.
CREATE TABLE currency_codes (
    id integer PRIMARY KEY, code text COLLATE "C" NOT NULL, decimals smallint NOT NULL);
CREATE TABLE account_codes (id integer PRIMARY KEY, code text COLLATE "C" NOT NULL);
CREATE TABLE instrument_codes (
    id integer PRIMARY KEY, code text COLLATE "C" NOT NULL, decimals smallint NOT NULL);

-- Trades as they stand. Status 0 is live, 1 cancelled. Price in billionths of a currency unit.
CREATE TABLE trades (
    trade bigint PRIMARY KEY, source text COLLATE "C" NOT NULL, trade_date integer NOT NULL,
    trade_ref text COLLATE "C" NOT NULL, version integer NOT NULL, status smallint NOT NULL,
    instrument integer NOT NULL, currency integer NOT NULL, buyer integer NOT NULL,
    seller integer NOT NULL, quantity bigint NOT NULL, price numeric NOT NULL,
    consideration bigint NOT NULL, settlement_date integer NOT NULL, seq bigint NOT NULL);
-- Trade reports that had no effect. The key is absent exactly for dead letters.
CREATE TABLE rejections (
    seq bigint PRIMARY KEY, business_date integer, source text COLLATE "C", trade_date integer,
    trade_ref text COLLATE "C", version integer, outcome text COLLATE "C" NOT NULL);
-- Trade reports by outcome. The date -2147483648 is before the first day.
CREATE TABLE outcomes (
    business_date integer, outcome text COLLATE "C", reports bigint NOT NULL,
    PRIMARY KEY (business_date, outcome));
-- Other inputs that had no effect.
CREATE TABLE refused_inputs (
    seq bigint PRIMARY KEY, business_date integer, what text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL, date integer, reason text COLLATE "C" NOT NULL,
    channel text COLLATE "C", position bigint);
CREATE TABLE dead_letters (
    seq bigint PRIMARY KEY, business_date integer, reason text COLLATE "C" NOT NULL,
    channel text COLLATE "C", position bigint, item bigint, pass bigint, bytes bytea NOT NULL);

-- Business days: the sequences at which each stage was reached; absent until then.
CREATE TABLE days (
    date integer PRIMARY KEY, settles smallint NOT NULL, opened bigint NOT NULL,
    trading_closed bigint, settlement_started bigint, settled bigint, close_started bigint,
    closed bigint);

-- What trades oblige to, and what of it is open position by now. Sums change in place: there is
-- room in each page for that.
CREATE TABLE obligations (
    settlement_date integer, instrument integer, account integer, currency integer,
    units numeric NOT NULL, money numeric NOT NULL, fallen_units numeric NOT NULL,
    fallen_money numeric NOT NULL,
    PRIMARY KEY (settlement_date, instrument, account)) WITH (fillfactor = 85);
CREATE TABLE settlements (
    business_date integer, instrument integer, account integer, currency integer NOT NULL,
    open_before numeric NOT NULL, moved numeric NOT NULL, open_after numeric NOT NULL,
    age bigint NOT NULL, price numeric, mark numeric NOT NULL, delivery numeric NOT NULL,
    money_after numeric NOT NULL, PRIMARY KEY (business_date, instrument, account));
CREATE TABLE positions (
    instrument integer, account integer, currency integer NOT NULL, quantity numeric NOT NULL,
    age bigint NOT NULL, money numeric NOT NULL, mark_price numeric,
    PRIMARY KEY (instrument, account));

-- Every try of a payment; the money that moved, by day (account -1 is the CCP); what is advanced.
CREATE TABLE payments (
    seq bigint NOT NULL, business_date integer NOT NULL, due_date integer NOT NULL,
    account integer NOT NULL, currency integer NOT NULL, amount numeric NOT NULL, mark numeric,
    delivery numeric, status text COLLATE "C" NOT NULL);
CREATE TABLE money (
    business_date integer, account integer, currency integer, amount numeric NOT NULL,
    PRIMARY KEY (business_date, account, currency));
CREATE TABLE advances (
    account integer, currency integer, due_date integer, amount numeric NOT NULL,
    tries bigint NOT NULL, tried_on integer NOT NULL, PRIMARY KEY (account, currency, due_date));

-- The ledger. A trade's entry is one row; its postings follow from it. Other entries have theirs
-- in postings: id = entry * 256 + line; asset kind 0 is an instrument, 1 a currency; side 0 is
-- debit, 1 credit; account and instrument -1: none.
CREATE TABLE trade_entries (
    entry bigint PRIMARY KEY, seq bigint NOT NULL, business_date integer, trade bigint NOT NULL,
    reverses bigint, instrument integer NOT NULL, currency integer NOT NULL, buyer integer NOT NULL,
    seller integer NOT NULL, quantity bigint NOT NULL, consideration bigint NOT NULL,
    settlement_date integer NOT NULL);
CREATE TABLE entries (
    entry bigint PRIMARY KEY, seq bigint NOT NULL, business_date integer,
    kind text COLLATE "C" NOT NULL, value_date integer NOT NULL, reverses bigint, mark numeric,
    delivery numeric);
CREATE TABLE postings (
    id bigint PRIMARY KEY, class text COLLATE "C" NOT NULL,
    ledger_account text COLLATE "C" NOT NULL, account integer NOT NULL, instrument integer NOT NULL,
    date integer, asset_kind smallint NOT NULL, asset integer NOT NULL, side smallint NOT NULL,
    amount numeric NOT NULL);
-- All ledger accounts but the due accounts, whose balance is in obligations.
CREATE TABLE balances (
    class text COLLATE "C", ledger_account text COLLATE "C", account integer, instrument integer,
    asset_kind smallint, asset integer, debit numeric NOT NULL, credit numeric NOT NULL,
    PRIMARY KEY (class, ledger_account, account, instrument, asset_kind, asset));

CREATE TABLE prices (
    instrument integer, price_date integer, price numeric NOT NULL, seq bigint NOT NULL,
    PRIMARY KEY (instrument, price_date));
