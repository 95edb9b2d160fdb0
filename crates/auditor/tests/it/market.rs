//! A small market in a temporary directory, written as tables.

use std::fs;
use std::path::Path;

use auditor::Auditor;
use tempfile::TempDir;

/// The instrument of most tests: whole units in USD, settled on the trade date.
pub const AIG: &str = "US0268747849";

/// SHA-256 of the draw `x`, which every settlement day of the tests uses.
const COMMITMENT: &str = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

/// A market directory under construction.
pub struct Market {
    dir: TempDir,
    trades: usize,
}

impl Market {
    /// Members with the accounts A, B, C and D, one currency, AIG with this settlement cycle,
    /// and these opening holdings (account, asset, quantity).
    pub fn new(cycle: &str, holdings: &[&str]) -> Market {
        let market = Market { dir: tempfile::tempdir().unwrap(), trades: 0 };
        market.write("reference/currencies.csv", "currency,minor_units,calendar", &["USD,2,FED"]);
        let members = ["M1,54930000000000000196,One", "M2,54930000000000000293,Two", "M3,X,Three"];
        market.write("reference/members.csv", "member,lei,name", &members);
        let accounts = ["A,M1,house", "B,M1,client_omnibus", "C,M2,house", "D,M2,client_omnibus"];
        market.write("reference/accounts.csv", "account,member,kind", &accounts);
        let aig = format!("{AIG},AIG,American,equity,USD,0,XNYS,XNYS,DTC,{cycle}");
        market.instruments(&[&aig]);
        let closed = ["DTC,2013-10-14,Columbus Day", "FED,2013-10-14,Columbus Day"];
        market.write("reference/calendars.csv", "calendar,closed_on,name", &closed);
        market.write("reference/holdings.csv", "account,asset,quantity", holdings);
        market
    }

    /// Replaces the instruments.
    pub fn instruments(&self, rows: &[&str]) {
        let columns = "isin,symbol,name,kind,currency,quantity_decimals,listed_on,\
                       trading_calendar,settlement_calendar,settlement_cycle";
        self.write("reference/instruments.csv", columns, rows);
    }

    /// A day with these trades (buyer, seller, quantity, price) and marks (ISIN, price).
    pub fn day(&mut self, date: &str, trades: &[(&str, &str, &str, &str)], marks: &[&str]) {
        let mut rows = Vec::new();
        for (buyer, seller, quantity, price) in trades {
            self.trades += 1;
            rows.push(format!(
                "S,{},1,new,{AIG},{quantity},{price},USD,{date},{date}T14:00:00Z,{buyer},{seller},X",
                self.trades
            ));
        }
        let marks: Vec<String> =
            marks.iter().map(|mark| format!("{mark},USD,{date},mark")).collect();
        self.raw_day(date, &rows, &marks, &operations(date));
    }

    /// A day with these rows as they are.
    pub fn raw_day(&self, date: &str, trades: &[String], prices: &[String], operations: &[String]) {
        let columns = "source,trade_ref,version,action,isin,quantity,price,currency,trade_date,\
                       executed_at,buyer_account,seller_account,venue";
        self.write(&format!("days/{date}/trades.csv"), columns, trades);
        let columns = "isin,price,currency,price_date,kind";
        self.write(&format!("days/{date}/prices.csv"), columns, prices);
        let columns = "operation,business_date,phase,draw";
        self.write(&format!("days/{date}/operations.csv"), columns, operations);
    }

    /// Replaces one file.
    pub fn write<R: AsRef<str>>(&self, file: &str, header: &str, rows: &[R]) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut text = format!("{header}\n");
        for row in rows {
            text.push_str(row.as_ref());
            text.push('\n');
        }
        fs::write(path, text).unwrap();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Audits it; nothing may be found.
    pub fn audit(&self) -> Auditor {
        let auditor = Auditor::audit(self.path()).unwrap();
        assert_eq!(auditor.findings(), []);
        auditor
    }
}

/// The operations of an ordinary settlement day.
pub fn operations(date: &str) -> Vec<String> {
    vec![
        format!("open_day,{date},before_trades,{COMMITMENT}"),
        format!("close_trading,{date},after_trades,"),
        format!("settle,{date},after_prices,x"),
        format!("close_day,{date},end,"),
    ]
}

/// The rows of an export, without its header.
pub fn rows(auditor: &Auditor, what: &str) -> Vec<String> {
    auditor.export(what).unwrap().lines().skip(1).map(String::from).collect()
}

/// Checks an export against its rows.
#[track_caller]
pub fn check(auditor: &Auditor, what: &str, expected: &[&str]) {
    assert_eq!(rows(auditor, what), expected, "{what}");
}
