-- What analysts may rely on: read-only, with codes instead of ids, dates as dates, and quantities,
-- amounts and prices as decimals. Columns are added at the end and never change their meaning.

-- A whole number of smallest units as a decimal, exactly.
CREATE FUNCTION scaled(smallest numeric, decimals integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT smallest * ('1e-' || decimals)::numeric $$;

-- A day since 1970-01-01 as a date.
CREATE FUNCTION day(day integer) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT DATE '1970-01-01' + day $$;

-- The same as text.
CREATE FUNCTION day_text(day integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_char(DATE '1970-01-01' + day, 'YYYY-MM-DD') COLLATE "C" $$;

-- All accounts with what was turned over in them: those of the table, and the due accounts, whose
-- balance is what is owed and has not fallen due. In smallest units; for our own exports.
CREATE VIEW turnovers AS
SELECT b.class, b.ledger_account || coalesce(':' || a.code, '') || coalesce(':' || k.code, '')
    AS ledger_account, coalesce(i.code, c.code) AS asset, b.debit, b.credit,
    b.asset_kind::integer, coalesce(i.decimals, c.decimals)::integer AS decimals
FROM balances b
LEFT JOIN account_codes a ON a.id = b.account LEFT JOIN instrument_codes k ON k.id = b.instrument
LEFT JOIN instrument_codes i ON b.asset_kind = 0 AND i.id = b.asset
LEFT JOIN currency_codes c ON b.asset_kind = 1 AND c.id = b.asset
UNION ALL
SELECT 'C' COLLATE "C", 'due:' || a.code || ':' || i.code || ':' || day_text(o.settlement_date),
    i.code, o.fallen_units, o.units, 0, i.decimals
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument
UNION ALL
SELECT 'C' COLLATE "C", 'due:' || a.code || ':' || i.code || ':' || day_text(o.settlement_date),
    c.code, o.fallen_money, o.money, 1, c.decimals
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument JOIN currency_codes c ON c.id = o.currency;

CREATE VIEW v_trades AS
SELECT t.source, day(t.trade_date) AS trade_date, t.trade_ref, t.version,
    CASE t.status WHEN 0 THEN 'live' ELSE 'cancelled' END AS status, i.code AS isin,
    scaled(t.quantity, i.decimals) AS quantity, trim_scale(scaled(t.price, 9)) AS price,
    c.code AS currency, day(t.settlement_date) AS settlement_date, b.code AS buyer_account,
    s.code AS seller_account, scaled(t.consideration, c.decimals) AS consideration, t.seq, t.trade
FROM trades t
JOIN instrument_codes i ON i.id = t.instrument JOIN currency_codes c ON c.id = t.currency
JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller;

CREATE VIEW v_rejections AS
SELECT r.seq, r.source, day(r.trade_date) AS trade_date, r.trade_ref, r.version, r.outcome,
    day(r.business_date) AS business_date, d.reason, d.channel, d.position, d.item
FROM rejections r LEFT JOIN dead_letters d ON d.seq = r.seq;

CREATE VIEW v_outcomes AS
SELECT CASE business_date WHEN -2147483648 THEN NULL ELSE day(business_date) END AS business_date,
    outcome, reports
FROM outcomes;

CREATE VIEW v_obligations AS
SELECT day(o.settlement_date) AS settlement_date, a.code AS account, i.code AS isin,
    scaled(o.units, i.decimals) AS units, scaled(o.money, c.decimals) AS money, c.code AS currency
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument JOIN currency_codes c ON c.id = o.currency;

CREATE VIEW v_settlements AS
SELECT day(s.business_date) AS business_date, a.code AS account, i.code AS isin,
    scaled(s.open_before, i.decimals) AS open_before, scaled(s.moved, i.decimals) AS moved,
    scaled(s.open_after, i.decimals) AS open_after, s.age, trim_scale(scaled(s.price, 9)) AS price,
    scaled(s.mark, c.decimals) AS mark, scaled(s.delivery, c.decimals) AS delivery,
    scaled(s.money_after, c.decimals) AS money_after, c.code AS currency
FROM settlements s JOIN account_codes a ON a.id = s.account
JOIN instrument_codes i ON i.id = s.instrument JOIN currency_codes c ON c.id = s.currency;

CREATE VIEW v_positions AS
SELECT a.code AS account, i.code AS isin, scaled(p.quantity, i.decimals) AS quantity, p.age,
    scaled(p.money, c.decimals) AS money, trim_scale(scaled(p.mark_price, 9)) AS mark_price,
    c.code AS currency
FROM positions p JOIN account_codes a ON a.id = p.account
JOIN instrument_codes i ON i.id = p.instrument JOIN currency_codes c ON c.id = p.currency;

-- The account CCP is the clearing house's own side.
CREATE VIEW v_money AS
SELECT day(m.business_date) AS business_date, coalesce(a.code, 'CCP') AS account,
    c.code AS currency, scaled(m.amount, c.decimals) AS amount
FROM money m LEFT JOIN account_codes a ON a.id = m.account
JOIN currency_codes c ON c.id = m.currency;

CREATE VIEW v_payments AS
SELECT day(p.business_date) AS business_date, day(p.due_date) AS due_date, a.code AS account,
    c.code AS currency, scaled(p.amount, c.decimals) AS amount,
    scaled(p.mark, c.decimals) AS mark, scaled(p.delivery, c.decimals) AS delivery, p.status, p.seq
FROM payments p JOIN account_codes a ON a.id = p.account
JOIN currency_codes c ON c.id = p.currency;

CREATE VIEW v_advances AS
SELECT a.code AS account, c.code AS currency, day(v.due_date) AS due_date,
    scaled(v.amount, c.decimals) AS amount, v.tries, day(v.tried_on) AS tried_on
FROM advances v JOIN account_codes a ON a.id = v.account
JOIN currency_codes c ON c.id = v.currency;

-- Debit and credit turnover of all accounts.
CREATE VIEW v_balances AS
SELECT class, ledger_account, asset, scaled(debit, decimals) AS debit,
    scaled(credit, decimals) AS credit
FROM turnovers;

-- The balance of each account, on its side.
CREATE VIEW v_trial_balance AS
SELECT class, ledger_account, asset, scaled(greatest(debit - credit, 0), decimals) AS debit,
    scaled(greatest(credit - debit, 0), decimals) AS credit
FROM turnovers WHERE debit <> credit;

-- Settled units and cash of the members' accounts.
CREATE VIEW v_holdings AS
SELECT a.code AS account, coalesce(i.code, c.code) AS asset,
    scaled(b.credit - b.debit, coalesce(i.decimals, c.decimals)) AS quantity
FROM balances b JOIN account_codes a ON a.id = b.account
LEFT JOIN instrument_codes i ON b.asset_kind = 0 AND i.id = b.asset
LEFT JOIN currency_codes c ON b.asset_kind = 1 AND c.id = b.asset
WHERE b.class = 'S' AND b.ledger_account IN ('holding', 'cash') AND b.credit <> b.debit;

-- Every posting. A trade's eight follow from its entry: who is debited and credited when it is
-- booked; the other way round when it is undone.
CREATE VIEW v_journal_entries AS
WITH legs (asset_kind, owner, side) AS (VALUES
    (0, 'seller', 0), (0, 'ccp', 1), (0, 'ccp', 0), (0, 'buyer', 1),
    (1, 'buyer', 0), (1, 'ccp', 1), (1, 'ccp', 0), (1, 'seller', 1)),
lines AS (
    SELECT t.entry AS entry_id, t.seq, t.business_date, 'C' COLLATE "C" AS class,
        CASE WHEN t.reverses IS NULL THEN 'novation' ELSE 'reversal' END COLLATE "C" AS kind,
        CASE l.owner WHEN 'ccp' THEN 'ccp-novation' ELSE 'due:' ||
            CASE l.owner WHEN 'buyer' THEN b.code ELSE s.code END || ':' || i.code || ':' ||
            day_text(t.settlement_date) END AS ledger_account,
        CASE l.asset_kind WHEN 0 THEN i.code ELSE c.code END AS asset,
        (l.side = 0) <> (t.reverses IS NOT NULL) AS debits,
        (CASE l.asset_kind WHEN 0 THEN t.quantity ELSE t.consideration END)::numeric AS amount,
        t.reverses, (CASE l.asset_kind WHEN 0 THEN i.decimals ELSE c.decimals END)::integer
            AS decimals
    FROM trade_entries t CROSS JOIN legs l
    JOIN instrument_codes i ON i.id = t.instrument JOIN currency_codes c ON c.id = t.currency
    JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
    WHERE l.asset_kind = 0 OR t.consideration <> 0
    UNION ALL
    SELECT e.entry, e.seq, e.business_date, p.class, e.kind,
        p.ledger_account || coalesce(':' || a.code, '') || coalesce(':' || k.code, '') ||
            coalesce(':' || day_text(p.date), ''),
        coalesce(i.code, c.code), p.side = 0, p.amount, e.reverses,
        coalesce(i.decimals, c.decimals)
    FROM postings p JOIN entries e ON e.entry = p.id / 256
    LEFT JOIN account_codes a ON a.id = p.account
    LEFT JOIN instrument_codes k ON k.id = p.instrument
    LEFT JOIN instrument_codes i ON p.asset_kind = 0 AND i.id = p.asset
    LEFT JOIN currency_codes c ON p.asset_kind = 1 AND c.id = p.asset)
SELECT entry_id, seq, day(business_date) AS business_date, class, kind, ledger_account, asset,
    scaled(CASE WHEN debits THEN amount ELSE 0 END, decimals) AS debit,
    scaled(CASE WHEN debits THEN 0 ELSE amount END, decimals) AS credit, reverses
FROM lines;

-- The sequences at which a day got on; none until then.
CREATE VIEW v_business_days AS
SELECT day(date) AS business_date, settles <> 0 AS settles, opened, trading_closed,
    settlement_started, settled, close_started, closed
FROM days;

CREATE VIEW v_prices AS
SELECT i.code AS isin, day(p.price_date) AS price_date, trim_scale(scaled(p.price, 9)) AS price,
    p.seq
FROM prices p JOIN instrument_codes i ON i.id = p.instrument;

CREATE VIEW v_refused_inputs AS
SELECT seq, day(business_date) AS business_date, what, subject, day(date) AS date, reason, channel,
    position
FROM refused_inputs;

CREATE VIEW v_dead_letters AS
SELECT seq, day(business_date) AS business_date, reason, channel, position, item, pass, bytes
FROM dead_letters;
