//! The market that is measured with: a directory given, or a small one made up.
//!
//! The made-up market has the shape of a real one: two weeks with a Monday on which nothing
//! settles, trades on the first six days, amendments, cancellations, repeats and rows that cannot
//! be read. It is the same on every machine, and no more is claimed of it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use interchange::market::Market;
use tempfile::TempDir;

use crate::Outcome;

/// A market directory.
pub struct Source {
    directory: PathBuf,
    bytes: u64,
    /// The folder of a made-up market, removed with the value; `None` of one that was given.
    made_up: Option<TempDir>,
}

impl Source {
    /// The market given, or one made up with about so many reports.
    pub fn open(given: Option<&Path>, reports: usize) -> Outcome<Self> {
        let (directory, made_up) = match given {
            Some(directory) => (directory.to_owned(), None),
            None => {
                let made_up = tempfile::tempdir()?;
                make_up(made_up.path(), reports)?;
                (made_up.path().to_owned(), Some(made_up))
            }
        };
        let bytes = Market::open(&directory)?.bytes();
        Ok(Self { directory, bytes, made_up })
    }

    /// Where it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Bytes of all its files.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its folder's name, or that it is made up.
    pub fn name(&self) -> String {
        match (&self.made_up, self.directory.file_name()) {
            (None, Some(name)) => name.to_string_lossy().into_owned(),
            _ => "made up".to_owned(),
        }
    }

    /// The market in one line.
    pub fn line(&self) -> String {
        let mebibytes = self.bytes as f64 / f64::from(1 << 20);
        let line = format!("market {} · {mebibytes:.1} MiB", self.name());
        match self.made_up {
            Some(_) => line + " · made up: the figures mean nothing",
            None => line,
        }
    }
}

/// Working days of two weeks; the sixth is the Monday on which nothing settles.
const DAYS: [&str; 10] = [
    "2013-10-07",
    "2013-10-08",
    "2013-10-09",
    "2013-10-10",
    "2013-10-11",
    "2013-10-14",
    "2013-10-15",
    "2013-10-16",
    "2013-10-17",
    "2013-10-18",
];

/// The day on which nothing settles.
const CLOSED: &str = "2013-10-14";

/// Days with trades.
const TRADED: usize = 6;

/// Members; each has a house account and one for its clients.
const MEMBERS: u32 = 12;

/// Venues, which are sources as well.
const VENUES: [&str; 4] = ["XNAS", "ARCX", "BATS", "FINR"];

/// ISIN, symbol and price in cents.
const INSTRUMENTS: [(&str, &str, u32); 3] = [
    ("US0268747849", "AIG", 4_892),
    ("US0605051046", "BAC", 1_386),
    ("US4592001014", "IBM", 18_190),
];

/// What is drawn at each settlement, and its SHA-256.
const DRAW: &str = "x";
const COMMITMENT: &str = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

/// Columns of trade reports.
const TRADE_COLUMNS: &str = "source,trade_ref,version,action,isin,quantity,price,currency,\
trade_date,executed_at,buyer_account,seller_account,venue\n";

/// Writes a market directory with about so many reports.
fn make_up(directory: &Path, reports: usize) -> Outcome<()> {
    reference(&directory.join("reference"))?;
    let mut dice = Dice(1);
    for (number, date) in DAYS.iter().enumerate() {
        let folder = directory.join("days").join(date);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("operations.csv"), operations(date))?;
        fs::write(folder.join("prices.csv"), prices(date))?;
        let today = if number < TRADED { reports.div_ceil(TRADED) } else { 0 };
        fs::write(folder.join("trades.csv"), trades(date, today, &mut dice))?;
    }
    Ok(())
}

fn reference(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let write = |name: &str, text: String| fs::write(folder.join(name), text);
    write("currencies.csv", "currency,minor_units,calendar\nUSD,2,FED\n".to_owned())?;
    let closed = ["DTC", "FED"].map(|calendar| format!("{calendar},{CLOSED},Columbus Day\n"));
    write("calendars.csv", "calendar,closed_on,name\n".to_owned() + &closed.concat())?;
    let mut members = "member,lei,name\n".to_owned();
    let mut accounts = "account,member,kind\n".to_owned();
    let mut holdings = "account,asset,quantity\n".to_owned();
    for member in 1..=MEMBERS {
        let lei = lei(member);
        writeln!(members, "M{member:03},{lei},Member {member:03}")?;
        writeln!(accounts, "M{member:03}-H,M{member:03},house")?;
        writeln!(accounts, "M{member:03}-C,M{member:03},client_omnibus")?;
        for (isin, ..) in INSTRUMENTS {
            writeln!(holdings, "M{member:03}-H,{isin},{}", member * 1_000)?;
        }
    }
    write("members.csv", members)?;
    write("accounts.csv", accounts)?;
    write("holdings.csv", holdings)?;
    let mut instruments = "isin,symbol,name,kind,currency,quantity_decimals,listed_on,\
        trading_calendar,settlement_calendar,settlement_cycle\n"
        .to_owned();
    for (isin, symbol, _) in INSTRUMENTS {
        writeln!(instruments, "{isin},{symbol},{symbol},equity,USD,0,XNYS,XNYS,DTC,T+3")?;
    }
    write("instruments.csv", instruments)?;
    Ok(())
}

/// A made-up identifier with its two check digits (ISO 17442).
fn lei(member: u32) -> String {
    let digits = 5_493_u128 * 10_u128.pow(14) + u128::from(member);
    format!("{digits}{:02}", 98 - digits * 100 % 97)
}

fn operations(date: &str) -> String {
    let settles = date != CLOSED;
    let commitment = if settles { COMMITMENT } else { "" };
    let mut text = "operation,business_date,phase,draw\n".to_owned();
    text += &format!("open_day,{date},before_trades,{commitment}\n");
    text += &format!("close_trading,{date},after_trades,\n");
    if settles {
        text += &format!("settle,{date},after_prices,{DRAW}\n");
    }
    text + &format!("close_day,{date},end,\n")
}

fn prices(date: &str) -> String {
    let mut text = "isin,price,currency,price_date,kind\n".to_owned();
    for (isin, _, cents) in INSTRUMENTS {
        text += &format!("{isin},{}.{:02}00,USD,{date},mark\n", cents / 100, cents % 100);
    }
    text
}

/// Reports of one day: most are new trades; a few correct, repeat or spoil the one before.
fn trades(date: &str, reports: usize, dice: &mut Dice) -> String {
    let mut text = TRADE_COLUMNS.to_owned();
    let mut written = 0;
    for number in 0.. {
        if written >= reports {
            break;
        }
        let mut trade = Made::new(number, date, dice);
        trade.write("1,new", &mut text);
        written += 1;
        // A new trade first, then at most one more report of it.
        match dice.below(200) {
            0 => trade.write("1,new", &mut text),
            1 | 2 => {
                trade.quantity += 100;
                trade.write("2,amend", &mut text);
            }
            3 => text += &trade.cancelled(),
            4 => text += "XNAS,spoilt,1,new,,12x,,,,,,,\n",
            _ => continue,
        }
        written += 1;
    }
    text
}

/// One made-up trade.
struct Made<'d> {
    number: usize,
    date: &'d str,
    venue: &'static str,
    isin: &'static str,
    quantity: u32,
    cents: u32,
    buyer: String,
    seller: String,
}

impl<'d> Made<'d> {
    fn new(number: usize, date: &'d str, dice: &mut Dice) -> Self {
        let (isin, _, cents) = INSTRUMENTS[dice.below(3) as usize];
        let kind = |dice: &mut Dice| if dice.below(2) == 0 { 'H' } else { 'C' };
        let buyer = dice.below(MEMBERS);
        let seller = (buyer + 1 + dice.below(MEMBERS - 1)) % MEMBERS;
        Self {
            number,
            date,
            venue: VENUES[dice.below(4) as usize],
            isin,
            quantity: 100 * (1 + dice.below(20)),
            cents: cents - 50 + dice.below(100),
            buyer: format!("M{:03}-{}", buyer + 1, kind(dice)),
            seller: format!("M{:03}-{}", seller + 1, kind(dice)),
        }
    }

    fn write(&self, revision: &str, text: &mut String) {
        let Self { number, date, venue, isin, quantity, cents, buyer, seller } = self;
        let price = format!("{}.{:02}00", cents / 100, cents % 100);
        let (minutes, seconds, millis) =
            (number / 60_000 % 60, number / 1_000 % 60, number % 1_000);
        *text += &format!(
            "{venue},{number:07},{revision},{isin},{quantity},{price},USD,{date},\
             {date}T14:{minutes:02}:{seconds:02}.{millis:03}Z,{buyer},{seller},{venue}\n"
        );
    }

    fn cancelled(&self) -> String {
        let Self { number, date, venue, .. } = self;
        format!("{venue},{number:07},2,cancel,,,,,{date},,,,\n")
    }
}

/// Numbers that look random and are the same everywhere (a linear congruence of 64 bits).
struct Dice(u64);

impl Dice {
    /// A number below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u32
    }
}
