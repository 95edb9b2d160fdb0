//! Rows of tables as commands: what a row does not say is filled in, and the row is then read as
//! the same row of a market directory would be.

use std::collections::BTreeMap;

use basics::Date;
use interchange::market::{FileKind, Rows};
use model::reference::{
    AccountChange, ClearingModel, CurrencyChange, InstrumentChange, MemberChange, PolicyChange,
    PriorityChange,
};
use model::{Command, DeadLetterReason, ReferenceChange, Status};

use crate::columns::Topic;
use crate::report::Problem;
use crate::table::{Row, Table};

/// A row with every column said.
pub(crate) type Full = BTreeMap<&'static str, String>;

/// What earlier rows of the scenario said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    known: BTreeMap<(Topic, Vec<String>), Full>,
    /// The ISIN of each symbol.
    symbols: BTreeMap<String, String>,
    /// Accounts and instruments in the order in which they came.
    accounts: Vec<String>,
    instruments: Vec<String>,
    members: u64,
    last: Option<Full>,
}

/// What a row can take from the day and the trades that are in.
pub(crate) struct Now<'w> {
    /// The day last opened.
    pub today: Option<Date>,
    /// The version that a trade has, by source, trade date and reference.
    pub version: &'w dyn Fn(&str, &str, &str) -> Option<u32>,
}

impl Memory {
    /// A text with each symbol in it, alone or between colons, as the ISIN that it stands for.
    pub fn resolve(&self, text: &str) -> String {
        let isin = |part| self.symbols.get(part).map_or(part, String::as_str);
        text.split(':').map(isin).collect::<Vec<_>>().join(":")
    }

    /// The row with every column said.
    pub fn fill(
        &mut self,
        topic: Topic,
        table: &Table,
        row: &Row,
        now: &Now<'_>,
    ) -> Result<Full, Problem> {
        if row.again {
            return Ok(self.last.clone().expect("a row is repeated only below another"));
        }
        let mut said = Full::new();
        for (name, cell) in table.columns.iter().zip(&row.cells) {
            let Some(column) = topic.column(name) else {
                let known: Vec<_> = topic.columns().collect();
                let expected = format!("columns among {}", known.join(", "));
                return Err(Problem::new(table.line, expected, name));
            };
            if let Some(text) = cell {
                let isin = matches!(column, "isin" | "asset" | "replaces");
                said.insert(column, if isin { self.resolve(text) } else { text.clone() });
            }
        }
        let before = self.before(topic, &said, now);
        let mut full = said.clone();
        for column in topic.columns() {
            if full.contains_key(column) {
                continue;
            }
            let inherited = before.as_ref().filter(|_| is_inherited(column));
            let text = inherited
                .and_then(|before| before.get(column).cloned())
                .or_else(|| self.usual(topic, column, &full, now));
            let text = text.ok_or_else(|| {
                Problem::new(row.line, format!("a row that says its {column}"), row.show())
            })?;
            full.insert(column, text);
        }
        self.last = Some(full.clone());
        Ok(full)
    }

    /// The last accepted row about the same.
    fn before(&self, topic: Topic, said: &Full, now: &Now<'_>) -> Option<Full> {
        let replaced = said.get("replaces").map(|isin| vec![isin.clone()]);
        let key = replaced.or_else(|| self.key(topic, said, now))?;
        self.known.get(&(topic, key)).cloned()
    }

    fn key(&self, topic: Topic, said: &Full, now: &Now<'_>) -> Option<Vec<String>> {
        if topic.key().is_empty() {
            return None;
        }
        let text = |column: &&'static str| {
            said.get(column).cloned().or_else(|| self.usual(topic, column, said, now))
        };
        topic.key().iter().map(text).collect()
    }

    /// What a column says if neither the row nor an earlier one does.
    fn usual(&self, topic: Topic, column: &str, full: &Full, now: &Now<'_>) -> Option<String> {
        let said = |column: &str| full.get(column).map(String::as_str);
        let today = || now.today.map(|date| date.to_string());
        match (topic, column) {
            (Topic::Members, "lei") => Some(lei(self.members)),
            (Topic::Accounts, "member") => {
                said("account").map(|code| code.split('-').next().unwrap_or(code).to_owned())
            }
            (Topic::Trades | Topic::Prices, "currency") => {
                Some(self.currency_of(said("isin").unwrap_or_default()))
            }
            (Topic::Prices, "price_date") | (Topic::Trades, "trade_date") => today(),
            (Topic::Trades, "isin") => self.instruments.first().cloned(),
            (Topic::Trades, "buyer_account") => self.accounts.first().cloned(),
            (Topic::Trades, "seller_account") => self.accounts.get(1).cloned(),
            (Topic::Trades, "version") => Some(self.version(full, now).to_string()),
            (Topic::Trades, "executed_at") => {
                // Columns are filled in the order of the file: the trade date is said by now.
                Some(format!("{}T15:00:00.000Z", said("trade_date").unwrap_or_default()))
            }
            _ => topic.usual(column).map(str::to_owned),
        }
    }

    /// 1 for a new trade, else the version after the one that is in.
    fn version(&self, full: &Full, now: &Now<'_>) -> u32 {
        if full.get("action").is_none_or(|action| action == "new") {
            return 1;
        }
        let key = self.key(Topic::Trades, full, now).unwrap_or_default();
        let [source, date, reference] = &key[..] else { return 2 };
        (now.version)(source, date, reference).map_or(2, |version| version + 1)
    }

    fn currency_of(&self, isin: &str) -> String {
        let instrument = self.known.get(&(Topic::Instruments, vec![isin.to_owned()]));
        let currency = instrument.and_then(|instrument| instrument.get("currency"));
        currency.map_or("USD", String::as_str).to_owned()
    }

    /// Keeps a row that was accepted.
    pub fn keep(&mut self, topic: Topic, full: &Full) {
        let key: Vec<String> = topic.key().iter().map(|column| full[column].clone()).collect();
        let first = !self.known.contains_key(&(topic, key.clone()));
        match topic {
            Topic::Members => self.members += u64::from(first),
            Topic::Accounts if first => self.accounts.push(full["account"].clone()),
            Topic::Instruments => {
                if first {
                    self.instruments.push(full["isin"].clone());
                }
                if !full["symbol"].is_empty() {
                    self.symbols.insert(full["symbol"].clone(), full["isin"].clone());
                }
            }
            // A cancellation says nothing that a later row could take over.
            Topic::Trades if full["action"] == "cancel" => return,
            Topic::Accounts
            | Topic::Currencies
            | Topic::Calendars
            | Topic::Holdings
            | Topic::Policy
            | Topic::Priorities
            | Topic::Trades
            | Topic::Prices => {}
        }
        if !key.is_empty() {
            self.known.insert((topic, key), full.clone());
        }
    }
}

/// Each row says for itself from when it counts and what it does.
fn is_inherited(column: &str) -> bool {
    !matches!(column, "from" | "replaces" | "action" | "version")
}

/// A valid LEI for the member of this number: check digits by ISO 7064 MOD 97-10.
fn lei(number: u64) -> String {
    let body = format!("5493{:014}", number + 1);
    let value: u128 = body.parse().expect("eighteen digits");
    format!("{body}{:02}", 98 - value * 100 % 97)
}

/// Hands the row's command to `take`, or why it cannot be read.
pub(crate) fn command<R>(
    topic: Topic,
    line: usize,
    full: &Full,
    take: impl FnOnce(Result<Command<'_>, DeadLetterReason>) -> R,
) -> Result<R, Problem> {
    let Some(kind) = topic.file() else {
        return Ok(take(Ok(Command::Reference(unfiled(topic, line, full)?))));
    };
    let cells = kind.columns().iter().map(|column| field(&full[column])).collect::<Vec<_>>();
    let extra = Extra::of(line, full)?;
    file_row(kind, line, cells.join(",").as_bytes(), |command| {
        take(command.map(|command| extra.add_to(command)))
    })
}

/// Reads one row of a file of the market directory; its columns stand in the usual order.
pub(crate) fn file_row<R>(
    kind: FileKind,
    line: usize,
    row: &[u8],
    take: impl FnOnce(Result<Command<'_>, DeadLetterReason>) -> R,
) -> Result<R, Problem> {
    let mut file = kind.columns().join(",").into_bytes();
    file.push(b'\n');
    file.extend_from_slice(row);
    file.push(b'\n');
    let unread = |why: String| Problem::new(line, "a row of a market directory's file", why);
    let mut rows =
        Rows::open(kind, kind.file_name(), &file[..]).map_err(|e| unread(e.to_string()))?;
    let row = rows.next().map_err(|e| unread(e.to_string()))?;
    let row = row.ok_or_else(|| unread("an empty row".into()))?;
    Ok(take(row.command))
}

/// A field as CSV needs it.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// What a row of reference data can say beyond the columns of its file.
struct Extra<'f> {
    from: Date,
    status: Status,
    replaces: &'f str,
}

impl<'f> Extra<'f> {
    fn of(line: usize, full: &'f Full) -> Result<Self, Problem> {
        let text = |column| full.get(column).map_or("", String::as_str);
        Ok(Self {
            from: from(line, full)?,
            status: match text("status") {
                "" => Status::Active,
                word => {
                    *Status::ALL.iter().find(|status| status.name() == word).ok_or_else(|| {
                        Problem::new(line, "a status active, suspended or closed", word)
                    })?
                }
            },
            replaces: text("replaces"),
        })
    }

    fn add_to<'a>(&self, command: Command<'a>) -> Command<'a>
    where
        'f: 'a,
    {
        let Self { from, status, replaces } = *self;
        let Command::Reference(change) = command else { return command };
        Command::Reference(match change {
            ReferenceChange::Currency(c) => ReferenceChange::Currency(CurrencyChange { from, ..c }),
            ReferenceChange::Member(c) => {
                ReferenceChange::Member(MemberChange { status, from, ..c })
            }
            ReferenceChange::Account(c) => {
                ReferenceChange::Account(AccountChange { status, from, ..c })
            }
            ReferenceChange::Instrument(c) => {
                let change = InstrumentChange { replaces, status, from, ..c };
                ReferenceChange::Instrument(change)
            }
            other @ (ReferenceChange::Closure(_)
            | ReferenceChange::Holding(_)
            | ReferenceChange::Policy(_)
            | ReferenceChange::Priority(_)) => other,
        })
    }
}

/// The date from which a row is in force; always, if it says none.
fn from(line: usize, full: &Full) -> Result<Date, Problem> {
    match full.get("from").map_or("", String::as_str) {
        "" => Ok(Date::MIN),
        text => Date::parse(text.as_bytes())
            .ok_or_else(|| Problem::new(line, "a date YYYY-MM-DD in the column from", text)),
    }
}

/// Reference data that no file of the market directory has.
fn unfiled(topic: Topic, line: usize, full: &Full) -> Result<ReferenceChange<'_>, Problem> {
    let from = from(line, full)?;
    if topic == Topic::Policy {
        let word = full["model"].as_str();
        let model = ClearingModel::ALL.iter().find(|model| model.name() == word);
        let model =
            *model.ok_or_else(|| Problem::new(line, "the name of a clearing model", word))?;
        return Ok(ReferenceChange::Policy(PolicyChange {
            model,
            trading_cut_off: &full["trading_cut_off"],
            settlement_cut_off: &full["settlement_cut_off"],
            from,
        }));
    }
    let group = full["group"].parse();
    let group = group.map_err(|_| Problem::new(line, "a group from 0", &full["group"]))?;
    let (account, isin) = (full["account"].as_str(), full["isin"].as_str());
    Ok(ReferenceChange::Priority(PriorityChange { account, isin, group, from }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;
    use crate::table::table;

    fn now(version: &dyn Fn(&str, &str, &str) -> Option<u32>) -> Now<'_> {
        Now { today: Date::parse(b"2013-10-07"), version }
    }

    fn fill(memory: &mut Memory, topic: Topic, text: &str) -> Full {
        let table = table(1, &lines(text).expect("short")).expect("a table");
        let full = memory.fill(topic, &table, &table.rows[0], &now(&|_, _, _| None));
        let full = full.expect("a row");
        memory.keep(topic, &full);
        full
    }

    #[test]
    fn what_a_trade_does_not_say_is_usual_or_was_said_before() {
        let mut memory = Memory::default();
        fill(&mut memory, Topic::Accounts, "account\nM1-H");
        fill(&mut memory, Topic::Accounts, "account\nM2-H");
        fill(&mut memory, Topic::Instruments, "isin  symbol  currency\nUS0268747849  AIG  EUR");
        let trade = fill(&mut memory, Topic::Trades, "ref  quantity\nT1  7");
        let said = |trade: &Full, column| trade[column].clone();
        assert_eq!(said(&trade, "buyer_account"), "M1-H");
        assert_eq!(said(&trade, "currency"), "EUR");
        assert_eq!(said(&trade, "executed_at"), "2013-10-07T15:00:00.000Z");
        let amended = fill(&mut memory, Topic::Trades, "ref  action  price\nT1  amend  11");
        assert_eq!(
            (said(&amended, "quantity"), said(&amended, "version")),
            ("7".into(), "2".into())
        );
        assert_eq!(memory.resolve("due:M1-H:AIG:2013"), "due:M1-H:US0268747849:2013");
    }

    #[test]
    fn made_up_leis_are_valid() {
        for number in 0..300 {
            assert!(basics::Lei::parse(&lei(number)).is_some(), "{number}");
        }
    }
}
