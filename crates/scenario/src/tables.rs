//! The tables that a scenario can expect, with the columns of the exports of the same name.

use basics::{AccountId, Date};
use ledger::{Asset, Class, LedgerAccount, Side};
use model::event::PaymentStatus;

use crate::facts::{Facts, PaymentFact};

/// A row of a table, one text for each column.
pub(crate) type Cells = Vec<String>;

macro_rules! views {
    ($($variant:ident $name:literal $($column:literal)+;)+) => {
        /// A table that a scenario can expect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum View { $($variant),+ }

        impl View {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name: one or two words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its columns.
            pub const fn columns(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($column),+]),+ }
            }
        }
    };
}

views! {
    Outcomes "outcomes" "business_date" "outcome" "count";
    Obligations "obligations" "settlement_date" "account" "isin" "quantity" "money";
    Settlements "settlements" "business_date" "account" "isin" "open_before" "moved" "open_after"
        "age" "price" "money" "mark" "delivery" "carried";
    Money "money" "business_date" "account" "currency" "amount";
    Payments "payments" "business_date" "due_date" "account" "currency" "amount" "mark" "delivery"
        "status";
    Holdings "holdings" "account" "asset" "quantity";
    Cash "cash" "account" "currency" "amount";
    Positions "positions" "account" "isin" "quantity" "age" "money" "mark_price";
    Trades "trades" "source" "trade_date" "trade_ref" "version" "status" "isin" "quantity" "price"
        "currency" "settlement_date" "buyer_account" "seller_account" "consideration" "seq";
    Rejections "rejections" "seq" "source" "trade_date" "trade_ref" "version" "outcome" "detail";
    Journal "journal entries" "entry_id" "seq" "business_date" "class" "kind" "ledger_account"
        "asset" "debit" "credit" "reverses";
    TrialBalance "trial balance" "class" "ledger_account" "asset" "debit" "credit";
    Balances "balances" "class" "ledger_account" "asset" "balance" "debits" "credits";
    Totals "totals" "class" "asset" "debit" "credit";
    Equations "equations" "equation" "class" "asset" "left" "right";
    Events "events" "seq" "business_date" "event" "account" "isin" "detail";
}

impl View {
    /// The table whose name the words begin with, and the words that follow.
    pub fn named<'w, 't>(words: &'w [&'t str]) -> Option<(Self, &'w [&'t str])> {
        Self::ALL.iter().find_map(|view| {
            let name: Vec<&str> = view.name().split(' ').collect();
            words.strip_prefix(&name[..]).map(|rest| (*view, rest))
        })
    }

    /// The place of a column, by its name or a shorter one.
    pub fn column(self, name: &str) -> Option<usize> {
        let long = match name {
            "ref" => "trade_ref",
            "buyer" => "buyer_account",
            "seller" => "seller_account",
            "entry" => "entry_id",
            "book_class" => "class",
            name => name,
        };
        self.columns().iter().position(|column| *column == long)
    }

    /// Whether its rows happened one after the other.
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Events | Self::Journal)
    }

    /// Its rows.
    pub fn rows(self, facts: &Facts) -> Vec<Cells> {
        match self {
            Self::Outcomes => outcomes(facts),
            Self::Obligations => obligations(facts),
            Self::Settlements => settlements(facts),
            Self::Money => money(facts),
            Self::Payments => payments(facts),
            Self::Holdings => holdings(facts),
            Self::Cash => cash(facts),
            Self::Positions => positions(facts),
            Self::Trades => trades(facts),
            Self::Rejections => rejections(facts),
            Self::Journal => journal(facts),
            Self::TrialBalance => trial_balance(facts),
            Self::Balances => balances(facts),
            Self::Totals => totals(facts),
            Self::Equations => equations(facts),
            Self::Events => events(facts),
        }
    }
}

fn date(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn outcomes(facts: &Facts) -> Vec<Cells> {
    let row = |((date, outcome), count): (&(String, &str), &u64)| {
        vec![date.clone(), (*outcome).to_owned(), count.to_string()]
    };
    facts.outcomes.iter().map(row).collect()
}

fn obligations(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for ((date, account, instrument), (units, money)) in facts.obligations() {
        if units == 0 && money == 0 {
            continue;
        }
        let currency = facts.trades.values().find(|trade| trade.cleared.instrument == instrument);
        let currency = currency.map(|trade| trade.cleared.currency).unwrap_or_default();
        rows.push(vec![
            date.to_string(),
            facts.directory.account(account).code.to_owned(),
            facts.directory.instrument(instrument).isin.to_owned(),
            facts.amount(Asset::Instrument(instrument), units),
            facts.amount(Asset::Currency(currency), money),
        ]);
    }
    rows
}

fn settlements(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for e in facts.settlements.iter().filter(|e| e.open_before != 0) {
        let units = |amount| facts.amount(Asset::Instrument(e.instrument), amount);
        let money = |amount| facts.amount(Asset::Currency(e.currency), amount);
        rows.push(vec![
            e.date.to_string(),
            facts.directory.account(e.account).code.to_owned(),
            facts.directory.instrument(e.instrument).isin.to_owned(),
            units(e.open_before),
            units(e.moved),
            units(e.open_after),
            e.age.to_string(),
            e.price.map(|price| price.to_string()).unwrap_or_default(),
            money(e.payment()),
            money(e.money.mark),
            money(e.money.delivery),
            money(e.money_after),
        ]);
    }
    rows
}

/// Payments made, and the other side of them: the CCP's.
fn money(facts: &Facts) -> Vec<Cells> {
    let mut sums = std::collections::BTreeMap::new();
    for payment in &facts.payments {
        let (on, account, currency, amount, status) = match payment {
            PaymentFact::Own(e) => (e.date, e.account, e.currency, e.amount, e.status),
            PaymentFact::Advance(e) => (e.date, e.account, e.currency, -e.amount, e.status),
        };
        if status == PaymentStatus::Paid {
            *sums.entry((on, Some(account), currency)).or_insert(0_i128) += amount;
            *sums.entry((on, None, currency)).or_insert(0) -= amount;
        }
    }
    let row = |((on, account, currency), amount): ((Date, Option<AccountId>, _), i128)| {
        let code = |id| facts.directory.account(id).code.to_owned();
        vec![
            on.to_string(),
            account.map_or("CCP".to_owned(), code),
            facts.directory.currency(currency).code.to_owned(),
            facts.amount(Asset::Currency(currency), amount),
        ]
    };
    sums.into_iter().filter(|(_, amount)| *amount != 0).map(row).collect()
}

fn payments(facts: &Facts) -> Vec<Cells> {
    let row = |payment: &PaymentFact| {
        let (on, due, account, currency, amount, components, status) = match payment {
            PaymentFact::Own(e) => {
                (e.date, e.date, e.account, e.currency, e.amount, Some(e.components), e.status)
            }
            PaymentFact::Advance(e) => {
                (e.date, e.due, e.account, e.currency, -e.amount, None, e.status)
            }
        };
        let money = |amount| facts.amount(Asset::Currency(currency), amount);
        vec![
            on.to_string(),
            due.to_string(),
            facts.directory.account(account).code.to_owned(),
            facts.directory.currency(currency).code.to_owned(),
            money(amount),
            components.map(|parts| money(parts.mark)).unwrap_or_default(),
            components.map(|parts| money(parts.delivery)).unwrap_or_default(),
            status.name().to_owned(),
        ]
    };
    facts.payments.iter().map(row).collect()
}

/// Settled units and cash of the members' accounts: the balances of their ledger accounts.
fn holdings(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for ((_, account, asset), turnover) in facts.balances() {
        if let LedgerAccount::Holding(id) | LedgerAccount::Cash(id) = account
            && turnover.balance() != 0
        {
            rows.push(vec![
                facts.directory.account(id).code.to_owned(),
                facts.directory.asset(asset).code().to_owned(),
                facts.amount(asset, turnover.balance()),
            ]);
        }
    }
    rows
}

fn cash(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for ((_, account, asset), turnover) in facts.balances() {
        if let LedgerAccount::Cash(id) = account {
            rows.push(vec![
                facts.directory.account(id).code.to_owned(),
                facts.directory.asset(asset).code().to_owned(),
                facts.amount(asset, turnover.balance()),
            ]);
        }
    }
    rows
}

fn positions(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for ((account, instrument), e) in facts.positions() {
        if e.open_after != 0 {
            rows.push(vec![
                facts.directory.account(account).code.to_owned(),
                facts.directory.instrument(instrument).isin.to_owned(),
                facts.amount(Asset::Instrument(instrument), e.open_after),
                e.age.to_string(),
                facts.amount(Asset::Currency(e.currency), e.money_after),
                e.price.map(|price| price.to_string()).unwrap_or_default(),
            ]);
        }
    }
    rows
}

fn trades(facts: &Facts) -> Vec<Cells> {
    let row = |trade: &crate::facts::TradeFact| {
        let (source, trade_date, reference) = trade.key.clone();
        let named = facts.directory.cleared(&trade.cleared);
        let units = i128::from(trade.cleared.quantity.0);
        let money = i128::from(trade.cleared.consideration.0);
        vec![
            source,
            trade_date,
            reference,
            trade.version.to_string(),
            if trade.live { "live" } else { "cancelled" }.to_owned(),
            named.instrument.isin.to_owned(),
            facts.amount(Asset::Instrument(named.instrument.id), units),
            trade.price.to_string(),
            named.currency.code.to_owned(),
            trade.cleared.settlement_date.to_string(),
            named.buyer.code.to_owned(),
            named.seller.code.to_owned(),
            facts.amount(Asset::Currency(named.currency.id), money),
            trade.seq.to_string(),
        ]
    };
    facts.trades.values().map(row).collect()
}

fn rejections(facts: &Facts) -> Vec<Cells> {
    let row = |refusal: &crate::facts::Refusal| {
        let (source, trade_date, reference) = refusal.key.clone();
        let version = refusal.version.map(|version| version.to_string()).unwrap_or_default();
        let (outcome, detail) = (refusal.outcome.to_owned(), refusal.detail.to_owned());
        vec![refusal.seq.to_string(), source, trade_date, reference, version, outcome, detail]
    };
    facts.refusals.iter().map(row).collect()
}

fn journal(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for fact in &facts.entries {
        for posting in &fact.entry.postings {
            let amount = facts.amount(posting.asset, posting.amount);
            let (debit, credit) = match posting.side {
                Side::Debit => (amount, String::new()),
                Side::Credit => (String::new(), amount),
            };
            rows.push(vec![
                fact.entry.number.to_string(),
                fact.seq.to_string(),
                date(fact.business_date),
                posting.class.letter().to_owned(),
                fact.entry.kind.name().to_owned(),
                facts.directory.ledger_account(posting.account).to_string(),
                facts.directory.asset(posting.asset).code().to_owned(),
                debit,
                credit,
                fact.entry.reverses.map(|entry| entry.to_string()).unwrap_or_default(),
            ]);
        }
    }
    rows
}

/// A class, a ledger account and an asset by name.
fn named(facts: &Facts, (class, account, asset): (Class, LedgerAccount, Asset)) -> Cells {
    vec![
        class.letter().to_owned(),
        facts.directory.ledger_account(account).to_string(),
        facts.directory.asset(asset).code().to_owned(),
    ]
}

fn trial_balance(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for (key, turnover) in facts.balances() {
        let balance = turnover.balance();
        if balance != 0 {
            let amount = facts.amount(key.2, balance.abs());
            let mut row = named(facts, key);
            row.extend(if balance < 0 { [amount, String::new()] } else { [String::new(), amount] });
            rows.push(row);
        }
    }
    rows
}

fn balances(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for (key, turnover) in facts.balances() {
        let mut row = named(facts, key);
        let amounts = [turnover.balance(), turnover.debit, turnover.credit];
        row.extend(amounts.map(|amount| facts.amount(key.2, amount)));
        rows.push(row);
    }
    rows
}

fn totals(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for ((class, asset), turnover) in facts.totals() {
        let code = facts.directory.asset(asset).code().to_owned();
        let amounts = [turnover.debit, turnover.credit].map(|amount| facts.amount(asset, amount));
        rows.push([vec![class.letter().to_owned(), code], amounts.to_vec()].concat());
    }
    rows
}

/// The equations of the last day's close.
fn equations(facts: &Facts) -> Vec<Cells> {
    let last = facts.proofs.last().map(|proof| proof.run);
    let proofs = facts.proofs.iter().filter(|proof| Some(proof.run) == last);
    let mut rows = Vec::new();
    for equation in proofs.flat_map(|proof| &proof.equations) {
        let amount = |side| facts.amount(equation.asset, side);
        rows.push(vec![
            equation.kind.name().to_owned(),
            equation.class.letter().to_owned(),
            facts.directory.asset(equation.asset).code().to_owned(),
            amount(equation.left),
            amount(equation.right),
        ]);
    }
    rows
}

fn events(facts: &Facts) -> Vec<Cells> {
    let mut rows = Vec::new();
    for note in &facts.notes {
        let account = note.account.map(|id| facts.directory.account(id).code.to_owned());
        let isin = note.instrument.map(|id| facts.directory.instrument(id).isin.to_owned());
        rows.push(vec![
            note.seq.to_string(),
            date(note.business_date),
            note.event.to_owned(),
            account.unwrap_or_default(),
            isin.unwrap_or_default(),
            note.detail.clone(),
        ]);
    }
    rows
}
