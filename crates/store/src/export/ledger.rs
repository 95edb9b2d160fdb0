//! Exports of the ledger: every posting, and every balance.

use views::basics::table::Cell;
use views::basics::{AccountId, CurrencyId, Date, InstrumentId, Minor, Units};
use views::export::{Line, of_asset, trade_lines};
use views::model::public::{AccountRef, ClearedRecord, CurrencyRef, InstrumentRef};
use views::tally::Booking;

use super::Sink;
use crate::row::Row;
use crate::{Store, StoreError};

/// Entries of trades, one row for each, and the postings of all others, in order of the entries.
/// Only the latter have a kind. The columns behind it mean something else in each: see
/// [`trade_entry`] and [`posted_line`].
const ENTRIES: &str = "
    SELECT t.entry, t.seq, t.business_date, t.reverses, NULL AS kind, i.code, i.decimals, c.code,
        c.decimals, b.code, s.code, t.quantity, t.consideration, t.settlement_date
    FROM trade_entries t JOIN instrument_codes i ON i.id = t.instrument
    JOIN currency_codes c ON c.id = t.currency
    JOIN account_codes b ON b.id = t.buyer JOIN account_codes s ON s.id = t.seller
    UNION ALL
    SELECT e.entry, e.seq, e.business_date, e.reverses, e.kind, p.class || p.ledger_account,
        p.asset_kind, coalesce(i.code, c.code), coalesce(i.decimals, c.decimals), a.code, k.code,
        p.side, p.amount, p.date
    FROM entries e JOIN postings p ON p.id BETWEEN e.entry * 256 AND e.entry * 256 + 255
    LEFT JOIN account_codes a ON a.id = p.account
    LEFT JOIN instrument_codes k ON k.id = p.instrument
    LEFT JOIN instrument_codes i ON p.asset_kind = 0 AND i.id = p.asset
    LEFT JOIN currency_codes c ON p.asset_kind = 1 AND c.id = p.asset
    ORDER BY 1";

/// Entries of trades, expanded, and all others, in order of their numbers.
pub(super) fn journal_entries(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let mut open: Option<(Head, Vec<Line>)> = None;
    store.each(ENTRIES, &mut |row| {
        let head = Head::read(row)?;
        let lines = match &head.kind {
            None => trade_entry(row, head.booking())?,
            Some(_) => vec![posted_line(row)?],
        };
        match &mut open {
            Some((before, waiting)) if *before == head => waiting.extend(lines),
            _ => {
                if let Some((before, waiting)) = open.replace((head, lines)) {
                    emit(&before, waiting, sink);
                }
            }
        }
        Ok(())
    })?;
    if let Some((head, lines)) = open {
        emit(&head, lines, sink);
    }
    Ok(())
}

/// What all lines of an entry share.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    entry: i64,
    seq: i64,
    date: Option<i32>,
    reverses: Option<i64>,
    /// Absent for the entry of a trade.
    kind: Option<String>,
}

impl Head {
    fn read(row: Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            entry: row.int(0)?,
            seq: row.int(1)?,
            date: row.maybe_int(2)?,
            reverses: row.maybe_int(3)?,
            kind: row.maybe_text(4)?.map(str::to_owned),
        })
    }

    fn booking(&self) -> Booking {
        match self.reverses {
            None => Booking::Made,
            Some(_) => Booking::Undone,
        }
    }

    fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or(match self.booking() {
            Booking::Made => "novation",
            Booking::Undone => "reversal",
        })
    }
}

fn emit(head: &Head, mut lines: Vec<Line>, sink: Sink<'_>) {
    lines.sort_unstable();
    for line in lines {
        sink(&[
            Cell::Integer(head.entry.into()),
            Cell::Integer(head.seq.into()),
            head.date.map_or(Cell::Empty, |day| Cell::Date(Date(day))),
            Cell::Text(line.class),
            Cell::Text(head.kind()),
            Cell::Text(&line.account),
            Cell::Text(&line.asset),
            of_asset(line.asset_kind, line.debit, line.decimals),
            of_asset(line.asset_kind, line.credit, line.decimals),
            head.reverses.map_or(Cell::Empty, |entry| Cell::Integer(entry.into())),
        ]);
    }
}

/// A trade's entry as lines. Ids matter only to tell buyer and seller apart.
fn trade_entry(row: Row<'_>, booking: Booking) -> Result<Vec<Line>, StoreError> {
    let cleared = ClearedRecord {
        instrument: InstrumentRef {
            id: InstrumentId(0),
            isin: row.text(5)?,
            decimals: row.int(6)?,
        },
        currency: CurrencyRef { id: CurrencyId(0), code: row.text(7)?, decimals: row.int(8)? },
        buyer: AccountRef { id: AccountId(0), code: row.text(9)? },
        seller: AccountRef { id: AccountId(1), code: row.text(10)? },
        quantity: Units(row.int(11)?),
        consideration: Minor(row.int(12)?),
        settlement_date: Date(row.int(13)?),
    };
    Ok(trade_lines(&cleared, booking))
}

/// A kept line. Its class, one letter, comes before the name of its account.
fn posted_line(row: Row<'_>) -> Result<Line, StoreError> {
    let (class, name) = row.text(5)?.split_at(1);
    let mut account = name.to_owned();
    for part in [row.text(9)?, row.text(10)?] {
        if !part.is_empty() {
            account = format!("{account}:{part}");
        }
    }
    if let Some(date) = row.maybe_int(13)? {
        account = format!("{account}:{}", Date(date));
    }
    let smallest = row.number(12)?;
    let (debit, credit) = if row.int::<i64>(11)? == 0 { (smallest, 0) } else { (0, smallest) };
    Ok(Line {
        class: if class == "C" { "C" } else { "S" },
        account,
        asset: row.text(7)?.to_owned(),
        debit,
        credit,
        asset_kind: row.asset_kind(6)?,
        decimals: row.int(8)?,
    })
}

/// Balances of all accounts; those of `due` accounts are what is owed and has not fallen due.
pub(super) fn trial_balance(store: &Store, sink: Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT class, ledger_account, asset, debit, credit, asset_kind, decimals
        FROM turnovers ORDER BY 1, 2, 3";
    store.each(sql, &mut |row| {
        let balance = row.number(4)? - row.number(3)?;
        if balance != 0 {
            let (kind, decimals) = (row.asset_kind(5)?, row.int(6)?);
            let (debit, credit) = if balance < 0 { (-balance, 0) } else { (0, balance) };
            sink(&[
                Cell::Text(row.text(0)?),
                Cell::Text(row.text(1)?),
                Cell::Text(row.text(2)?),
                of_asset(kind, debit, decimals),
                of_asset(kind, credit, decimals),
            ]);
        }
        Ok(())
    })
}
