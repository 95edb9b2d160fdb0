//! Facts as texts: amounts in their asset's decimals, inputs with their bytes, entries line by
//! line. Names are those of the day of the fact.

use basics::{AccountId, CurrencyId, Date, Decimal, InstrumentId, Seq};
use interchange::market::render;
use ledger::postings::{Cleared, NetObligation};
use ledger::{Asset, JournalEntry, Side};
use model::decision::Form;
use model::{Cause, Command, TradeKey};
use node::DecisionRef;
use relay::Directory;

use super::document::{Cell, Column, Row, numbers, words};

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The decision.
    pub seq: Seq,
    /// The day last opened; `None` before the first.
    pub date: Option<Date>,
}

impl Moment {
    /// When a decision was made.
    pub fn of(decision: &DecisionRef<'_>) -> Self {
        let date = match decision {
            DecisionRef::Trade(decision) => decision.business_date,
            DecisionRef::Other(decision) => decision.business_date,
        };
        Self { seq: decision.seq(), date }
    }

    /// Its two cells: `seq`, `business_date`.
    pub fn cells(self) -> Vec<Cell> {
        vec![self.seq.0.into(), self.date.map(|date| date.to_string()).into()]
    }

    /// A row that begins with its two cells.
    pub fn row<const N: usize>(self, cells: [Cell; N]) -> Row {
        let mut all = self.cells();
        all.extend(cells);
        Row::new(all)
    }
}

/// Units of an instrument, without trailing zeros.
pub fn units(directory: &Directory, instrument: InstrumentId, amount: i128) -> String {
    let scale = directory.instrument(instrument).decimals;
    Decimal { mantissa: amount, scale }.normalised().to_string()
}

/// An amount with its currency's decimals.
pub fn money(directory: &Directory, currency: CurrencyId, amount: i128) -> String {
    let scale = directory.currency(currency).decimals;
    Decimal { mantissa: amount, scale }.to_string()
}

/// An amount of any asset.
pub fn amount(directory: &Directory, asset: Asset, amount: i128) -> String {
    match asset {
        Asset::Instrument(id) => units(directory, id, amount),
        Asset::Currency(id) => money(directory, id, amount),
    }
}

/// An amount with its currency's code.
pub fn priced(directory: &Directory, currency: CurrencyId, amount: i128) -> String {
    format!("{} {}", money(directory, currency, amount), directory.currency(currency).code)
}

/// An account's code.
pub fn account(directory: &Directory, id: AccountId) -> &str {
    directory.account(id).code
}

/// A count with its noun; the noun is regular.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A trade's full reference.
pub fn reference(key: &TradeKey<'_>) -> String {
    format!("{}/{}/{}", key.source, key.trade_date, key.reference)
}

/// Who trades what with whom for how much.
pub fn terms(directory: &Directory, cleared: &Cleared, price: basics::Price) -> String {
    format!(
        "{} buys {} {} from {} at {price} for {}",
        account(directory, cleared.buyer),
        units(directory, cleared.instrument, cleared.quantity.0.into()),
        directory.instrument(cleared.instrument).isin,
        account(directory, cleared.seller),
        priced(directory, cleared.currency, cleared.consideration.0.into()),
    )
}

/// A net obligation: what is to receive or deliver, and to be paid or to pay.
pub fn net(directory: &Directory, net: &NetObligation) -> String {
    let isin = directory.instrument(net.instrument).isin;
    let quantity = units(directory, net.instrument, net.units.abs());
    let amount = priced(directory, net.currency, net.money.abs());
    let money = match net.money.signum() {
        1 => format!("is to be paid {amount}"),
        -1 => format!("is to pay {amount}"),
        _ => "no money".to_owned(),
    };
    match net.units.signum() {
        1 => format!("is to receive {quantity} {isin}, {money}"),
        -1 => format!("is to deliver {quantity} {isin}, {money}"),
        _ => format!("no units of {isin}, {money}"),
    }
}

/// Columns of where an input stands; [`place_cells`] fills them.
pub const PLACE: [Column; 3] = [words("file"), numbers("row"), words("publisher")];

/// Where a decision's input stands; nothing for a run's step.
pub fn place_cells(decision: &DecisionRef<'_>) -> [Cell; 3] {
    let (place, publisher) = match decision {
        DecisionRef::Trade(decision) => (decision.place, decision.publisher),
        DecisionRef::Other(decision) => match decision.cause {
            Cause::Input { place, publisher } => (place, publisher),
            Cause::Run => return [Cell::Nothing, Cell::Nothing, Cell::Nothing],
        },
    };
    let channel = match place.pass {
        0 => place.channel.to_owned(),
        pass => format!("{} (sent again, pass {})", place.channel, pass + 1),
    };
    [channel.into(), place.position.into(), publisher.into()]
}

/// The input's bytes as received, and how they were kept; `None` for a run's step.
pub fn input(decision: &DecisionRef<'_>) -> Option<(String, &'static str)> {
    let (command, form, verbatim) = match decision {
        DecisionRef::Trade(decision) => {
            (decision.report.map(Command::Trade), decision.form, decision.verbatim)
        }
        DecisionRef::Other(decision) => {
            let input = &decision.input;
            (input.command, input.form, input.verbatim)
        }
    };
    if let Some(bytes) = verbatim {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if form == Form::MarketCsv => text.to_owned(),
            Ok(_) | Err(_) => format!("0x{}", crate::context::Context::hex(bytes)),
        };
        return Some((text, "verbatim"));
    }
    let mut bytes = Vec::new();
    let rebuilt = form == Form::MarketCsv && render(&command?, &mut bytes);
    rebuilt.then(|| (String::from_utf8_lossy(&bytes).into_owned(), "rebuilt"))
}

/// Columns of postings; [`postings`] fills them.
pub const POSTINGS: &[Column] = &[
    numbers("seq"),
    words("business_date"),
    numbers("entry"),
    words("kind"),
    words("class"),
    words("ledger_account"),
    words("asset"),
    numbers("debit"),
    numbers("credit"),
    numbers("reverses"),
];

/// A journal entry, one row for each posting.
pub fn postings(directory: &Directory, entry: &JournalEntry, moment: Moment) -> Vec<Row> {
    let reverses = entry.reverses.map(|entry| entry.0);
    let line = |posting: &ledger::Posting| {
        let text = Cell::from(amount(directory, posting.asset, posting.amount));
        let (debit, credit) = match posting.side {
            Side::Debit => (text, Cell::Nothing),
            Side::Credit => (Cell::Nothing, text),
        };
        moment.row([
            entry.number.0.into(),
            entry.kind.name().into(),
            posting.class.letter().into(),
            directory.ledger_account(posting.account).to_string().into(),
            directory.asset(posting.asset).code().into(),
            debit,
            credit,
            reverses.into(),
        ])
    };
    entry.postings.iter().map(line).collect()
}
