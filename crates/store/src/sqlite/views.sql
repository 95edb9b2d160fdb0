-- What analysts may rely on: read-only, with codes instead of ids and dates as text (YYYY-MM-DD).
-- Quantities are in the smallest unit of their instrument, amounts in minor units of their
-- currency; the column *_decimals beside them says where the point stands. Prices are in
-- billionths of a currency unit. A number of more than 64 bits comes as text.
-- Columns are added at the end and never change their meaning.

CREATE VIEW v_trades AS
SELECT t.source, date(t.trade_date * 86400, 'unixepoch') AS trade_date, t.trade_ref, t.version,
    CASE t.status WHEN 0 THEN 'live' ELSE 'cancelled' END AS status, i.code AS isin,
    t.quantity, i.decimals AS quantity_decimals, t.price, c.code AS currency,
    date(t.settlement_date * 86400, 'unixepoch') AS settlement_date, b.code AS buyer_account,
    s.code AS seller_account, t.consideration, c.decimals AS consideration_decimals, t.seq, t.trade
FROM trades t
JOIN instrument_codes i ON i.id = t.instrument JOIN currency_codes c ON c.id = t.currency
JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller;

CREATE VIEW v_rejections AS
SELECT r.seq, r.source, date(r.trade_date * 86400, 'unixepoch') AS trade_date, r.trade_ref,
    r.version, r.outcome, date(r.business_date * 86400, 'unixepoch') AS business_date,
    d.reason, d.channel, d.position, d.item
FROM rejections r LEFT JOIN dead_letters d ON d.seq = r.seq;

CREATE VIEW v_outcomes AS
SELECT CASE business_date WHEN -2147483648 THEN NULL
    ELSE date(business_date * 86400, 'unixepoch') END AS business_date, outcome, reports
FROM outcomes;

CREATE VIEW v_obligations AS
SELECT date(o.settlement_date * 86400, 'unixepoch') AS settlement_date, a.code AS account,
    i.code AS isin, o.units, i.decimals AS units_decimals, o.money, c.decimals AS money_decimals
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument JOIN currency_codes c ON c.id = o.currency;

CREATE VIEW v_settlements AS
SELECT date(s.business_date * 86400, 'unixepoch') AS business_date, a.code AS account,
    i.code AS isin, s.open_before, s.moved, s.open_after, i.decimals AS units_decimals, s.age,
    s.price, s.mark, s.delivery, s.money_after, c.decimals AS money_decimals
FROM settlements s JOIN account_codes a ON a.id = s.account
JOIN instrument_codes i ON i.id = s.instrument JOIN currency_codes c ON c.id = s.currency;

CREATE VIEW v_positions AS
SELECT a.code AS account, i.code AS isin, p.quantity, i.decimals AS quantity_decimals, p.age,
    p.money, c.decimals AS money_decimals, p.mark_price
FROM positions p JOIN account_codes a ON a.id = p.account
JOIN instrument_codes i ON i.id = p.instrument JOIN currency_codes c ON c.id = p.currency;

-- The account CCP is the clearing house's own side.
CREATE VIEW v_money AS
SELECT date(m.business_date * 86400, 'unixepoch') AS business_date,
    coalesce(a.code, 'CCP') AS account, c.code AS currency, m.amount,
    c.decimals AS amount_decimals
FROM money m LEFT JOIN account_codes a ON a.id = m.account
JOIN currency_codes c ON c.id = m.currency;

CREATE VIEW v_payments AS
SELECT date(p.business_date * 86400, 'unixepoch') AS business_date,
    date(p.due_date * 86400, 'unixepoch') AS due_date, a.code AS account, c.code AS currency,
    p.amount, p.mark, p.delivery, c.decimals AS amount_decimals, p.status, p.seq
FROM payments p JOIN account_codes a ON a.id = p.account
JOIN currency_codes c ON c.id = p.currency;

CREATE VIEW v_advances AS
SELECT a.code AS account, c.code AS currency,
    date(v.due_date * 86400, 'unixepoch') AS due_date, v.amount, c.decimals AS amount_decimals,
    v.tries, date(v.tried_on * 86400, 'unixepoch') AS tried_on
FROM advances v JOIN account_codes a ON a.id = v.account
JOIN currency_codes c ON c.id = v.currency;

-- Debit and credit turnover; the balance owed to the account's owner is credit less debit.
CREATE VIEW v_balances AS
SELECT b.class, b.ledger_account || coalesce(':' || a.code, '') || coalesce(':' || k.code, '')
    AS ledger_account, coalesce(i.code, c.code) AS asset, b.debit, b.credit, b.asset_kind,
    coalesce(i.decimals, c.decimals) AS decimals
FROM balances b
LEFT JOIN account_codes a ON a.id = b.account LEFT JOIN instrument_codes k ON k.id = b.instrument
LEFT JOIN instrument_codes i ON b.asset_kind = 0 AND i.id = b.asset
LEFT JOIN currency_codes c ON b.asset_kind = 1 AND c.id = b.asset;

-- All accounts with what was turned over in them: those of the table, and the due accounts, whose
-- balance is what is owed and has not fallen due. For our own exports.
CREATE VIEW turnovers AS
SELECT class, ledger_account, asset, debit, credit, asset_kind, decimals FROM v_balances
UNION ALL
SELECT 'C', 'due:' || a.code || ':' || i.code || ':' || date(o.settlement_date * 86400, 'unixepoch'),
    i.code, o.fallen_units, o.units, 0, i.decimals
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument
UNION ALL
SELECT 'C', 'due:' || a.code || ':' || i.code || ':' || date(o.settlement_date * 86400, 'unixepoch'),
    c.code, o.fallen_money, o.money, 1, c.decimals
FROM obligations o JOIN account_codes a ON a.id = o.account
JOIN instrument_codes i ON i.id = o.instrument JOIN currency_codes c ON c.id = o.currency;

-- The balance owed to the account's owner is credit less debit.
CREATE VIEW v_trial_balance AS
SELECT class, ledger_account, asset, debit, credit, asset_kind, decimals FROM turnovers;

-- Settled units and cash of the members' accounts, as turnover.
CREATE VIEW v_holdings AS
SELECT a.code AS account, coalesce(i.code, c.code) AS asset, b.debit, b.credit, b.asset_kind,
    coalesce(i.decimals, c.decimals) AS decimals
FROM balances b JOIN account_codes a ON a.id = b.account
LEFT JOIN instrument_codes i ON b.asset_kind = 0 AND i.id = b.asset
LEFT JOIN currency_codes c ON b.asset_kind = 1 AND c.id = b.asset
WHERE b.class = 'S' AND b.ledger_account IN ('holding', 'cash');

-- Every posting. A trade's eight follow from its entry: who is debited and credited when it is
-- booked; the other way round when it is undone.
CREATE VIEW v_journal_entries AS
WITH legs (asset_kind, owner, side) AS (VALUES
    (0, 'seller', 0), (0, 'ccp', 1), (0, 'ccp', 0), (0, 'buyer', 1),
    (1, 'buyer', 0), (1, 'ccp', 1), (1, 'ccp', 0), (1, 'seller', 1))
SELECT t.entry AS entry_id, t.seq, date(t.business_date * 86400, 'unixepoch') AS business_date,
    'C' AS class, CASE WHEN t.reverses IS NULL THEN 'novation' ELSE 'reversal' END AS kind,
    CASE l.owner WHEN 'ccp' THEN 'ccp-novation' ELSE 'due:' ||
        CASE l.owner WHEN 'buyer' THEN b.code ELSE s.code END || ':' || i.code || ':' ||
        date(t.settlement_date * 86400, 'unixepoch') END AS ledger_account,
    CASE l.asset_kind WHEN 0 THEN i.code ELSE c.code END AS asset,
    CASE l.side = (t.reverses IS NOT NULL)
        WHEN 1 THEN CASE l.asset_kind WHEN 0 THEN t.quantity ELSE t.consideration END
        ELSE 0 END AS debit,
    CASE l.side = (t.reverses IS NOT NULL)
        WHEN 1 THEN 0
        ELSE CASE l.asset_kind WHEN 0 THEN t.quantity ELSE t.consideration END END AS credit,
    t.reverses, l.asset_kind,
    CASE l.asset_kind WHEN 0 THEN i.decimals ELSE c.decimals END AS decimals
FROM trade_entries t JOIN legs l
JOIN instrument_codes i ON i.id = t.instrument JOIN currency_codes c ON c.id = t.currency
JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
WHERE l.asset_kind = 0 OR t.consideration <> 0
UNION ALL
SELECT e.entry, e.seq, date(e.business_date * 86400, 'unixepoch'), p.class, e.kind,
    p.ledger_account || coalesce(':' || a.code, '') || coalesce(':' || k.code, '') ||
        coalesce(':' || date(p.date * 86400, 'unixepoch'), ''),
    coalesce(i.code, c.code), CASE p.side WHEN 0 THEN p.amount ELSE 0 END,
    CASE p.side WHEN 0 THEN 0 ELSE p.amount END, e.reverses, p.asset_kind,
    coalesce(i.decimals, c.decimals)
FROM postings p JOIN entries e ON e.entry = p.id / 256
LEFT JOIN account_codes a ON a.id = p.account LEFT JOIN instrument_codes k ON k.id = p.instrument
LEFT JOIN instrument_codes i ON p.asset_kind = 0 AND i.id = p.asset
LEFT JOIN currency_codes c ON p.asset_kind = 1 AND c.id = p.asset;

CREATE VIEW v_business_days AS
SELECT date(date * 86400, 'unixepoch') AS business_date, settles, opened, trading_closed,
    settlement_started, settled, close_started, closed
FROM days;

CREATE VIEW v_prices AS
SELECT i.code AS isin, date(p.price_date * 86400, 'unixepoch') AS price_date, p.price, p.seq
FROM prices p JOIN instrument_codes i ON i.id = p.instrument;

CREATE VIEW v_refused_inputs AS
SELECT seq, date(business_date * 86400, 'unixepoch') AS business_date, what, subject,
    date(date * 86400, 'unixepoch') AS date, reason, channel, position
FROM refused_inputs;

CREATE VIEW v_dead_letters AS
SELECT seq, date(business_date * 86400, 'unixepoch') AS business_date, reason, channel, position,
    item, pass, bytes
FROM dead_letters;
