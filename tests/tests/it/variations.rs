//! Other markets made from the golden one.

use crate::market::{Market, sha256};
use crate::random::Random;

/// A change of a market.
pub type Variation = fn(&Market, &mut Random);

/// Changes that can be combined, in the order in which they are made.
pub const VARIATIONS: [(&str, Variation); 11] = [
    ("few members", few_members),
    ("tiny holdings", tiny_holdings),
    ("little cash", little_cash),
    ("cycles", cycles),
    ("fractions", fractions),
    ("currencies", currencies),
    ("no currencies", no_currencies),
    ("closed calendars", closed_calendars),
    ("missing days", missing_days),
    ("odd prices", odd_prices),
    ("odd operations", odd_operations),
];

/// Three to six members are left; the reports of the others name unknown accounts.
pub fn few_members(market: &Market, random: &mut Random) {
    let last = format!("M{:03}", 3 + random.below(4));
    let mut kept: Vec<String> = Vec::new();
    market.each_row("reference/members.csv", |row| row[0] <= last);
    market.each_row("reference/accounts.csv", |row| {
        let keep = row[1] <= last;
        if keep {
            kept.push(row[0].clone());
        }
        keep
    });
    market.each_row("reference/holdings.csv", |row| kept.contains(&row[0]));
}

/// Nobody holds more than a few units at the start.
pub fn tiny_holdings(market: &Market, random: &mut Random) {
    market.each_row("reference/holdings.csv", |row| {
        if row[1].len() == 12 {
            row[2] = random.below(60).to_string();
        }
        true
    });
}

/// Cash covers a part of the payments only.
pub fn little_cash(market: &Market, random: &mut Random) {
    market.each_row("reference/holdings.csv", |row| {
        if row[1].len() == 3 {
            row[2] = random.below(60_000).to_string();
        }
        true
    });
}

/// Settlement on the trade date and up to five days later, another one for each instrument.
pub fn cycles(market: &Market, random: &mut Random) {
    market.each_row("reference/instruments.csv", |row| {
        row[9] = format!("T+{}", random.below(6));
        true
    });
}

/// Quantities of one or two instruments have up to nine decimals.
pub fn fractions(market: &Market, random: &mut Random) {
    for _ in 0..2 {
        let decimals = random.pick(&["1", "3", "9"]).to_owned();
        let isin = an_isin(random).to_owned();
        market.each_row("reference/instruments.csv", |row| {
            if row[0] == isin {
                row[5].clone_from(&decimals);
            }
            true
        });
        for file in market.daily("trades") {
            market.each_row(&file, |row| {
                if row[4] == isin && random.one_in(2) && !row[5].contains('.') {
                    row[5] = format!("{}.{}", row[5], random.below(1000));
                }
                true
            });
        }
        market.each_row("reference/holdings.csv", |row| {
            if row[1] == isin && random.one_in(2) && !row[2].contains('.') {
                row[2] = format!("{}.{}", row[2], random.below(10));
            }
            true
        });
    }
}

/// BAC is traded in yen, IBM in dinars; accounts have cash in all three.
pub fn currencies(market: &Market, random: &mut Random) {
    market.add("reference/currencies.csv", "JPY,0,TGT\nBHD,3,FED\n");
    let other = |isin: &str| match isin {
        "US0605051046" => Some("JPY"),
        "US4592001014" => Some("BHD"),
        _ => None,
    };
    market.each_row("reference/instruments.csv", |row| {
        if let Some(currency) = other(&row[0]) {
            row[4] = currency.to_owned();
        }
        true
    });
    for file in market.daily("trades") {
        market.each_row(&file, |row| {
            if let Some(currency) = other(&row[4]).filter(|_| row[7] == "USD") {
                row[7] = currency.to_owned();
            }
            true
        });
    }
    for file in market.daily("prices") {
        market.each_row(&file, |row| {
            if let Some(currency) = other(&row[0]) {
                row[2] = currency.to_owned();
            }
            true
        });
    }
    let accounts = market.read("reference/accounts.csv");
    for account in accounts.lines().skip(1).filter_map(|line| line.split(',').next()) {
        let (yen, dinars) = (random.below(9_000_000), random.below(9_000_000));
        let cash = format!("{account},JPY,{yen}\n{account},BHD,{}.{:03}\n", dinars, yen % 1000);
        market.add("reference/holdings.csv", &cash);
    }
    // A holiday of the yen alone: trades in it settle later than others of the same date.
    if random.one_in(2) {
        market.close("TGT", "2013-10-11");
    }
}

/// ISO 4217 says what currencies there are.
pub fn no_currencies(market: &Market, _: &mut Random) {
    market.remove("reference/currencies.csv");
    // Without the calendar of payments something settles on 14 October, if the depository works.
}

/// Holidays: of the depository, of payments, of the exchange, of all of them.
pub fn closed_calendars(market: &Market, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        let days = market.days();
        let day = days[1 + random.below(days.len() - 1)].clone();
        match random.below(4) {
            0 => market.close("XNYS", &day),
            1 => market.close("DTC", &day),
            2 => market.close("FED", &day),
            _ => ["XNYS", "DTC", "FED"].iter().for_each(|name| market.close(name, &day)),
        }
        // Half of the operators know of the holiday.
        if random.one_in(2) {
            market.without_settlement(&day);
        }
    }
}

/// Days on which nobody opened: settlement dates pass, and fall due on the next day.
pub fn missing_days(market: &Market, random: &mut Random) {
    for _ in 0..1 + random.below(2) {
        let days = market.days();
        market.remove(&format!("days/{}", days[1 + random.below(days.len() - 1)]));
    }
    if random.one_in(2) {
        market.add_day("2013-10-21", "2013-10-07", "a late draw");
    }
}

/// Prices that are missing, repeated, corrected, of other dates, or no prices at all.
pub fn odd_prices(market: &Market, random: &mut Random) {
    const PRICES: [&str; 14] = [
        "0",
        "-1",
        "-0",
        "12x",
        "",
        "48.123456789",
        "48.1234567891",
        "48.5000000000000",
        "0.000000001",
        "1e3",
        "00048.5",
        "99999999999999999999999999999999999999999",
        "48.123456789012",
        "7",
    ];
    let days = market.days();
    for file in market.daily("prices") {
        let mut added = String::new();
        market.each_row(&file, |row| {
            if random.one_in(3) {
                let mut other = row.clone();
                match random.below(7) {
                    0 => other[1] = random.pick(&PRICES).to_owned(),
                    1 => other[2] = random.pick(&["EUR", "", "usd"]).to_owned(),
                    2 => other[3].clone_from(&days[random.below(days.len())]),
                    3 => other[3] = random.pick(&["2013-10-32", "", "2013-10-12"]).to_owned(),
                    4 => other[0] = random.pick(&["US5949181045", "", "US0268747840"]).to_owned(),
                    5 => other[4] = random.pick(&["close", "", "MARK"]).to_owned(),
                    _ => drop(other.pop()),
                }
                added.push_str(&(other.join(",") + "\n"));
            }
            // The price of the day before stands where one is missing.
            file.contains("10-07") || !random.one_in(8)
        });
        market.add(&file, &added);
    }
}

/// Operations that are missing, doubled, of another day, in another phase, or with another draw.
pub fn odd_operations(market: &Market, random: &mut Random) {
    let days = market.days();
    for _ in 0..1 + random.below(3) {
        let day = &days[random.below(days.len())];
        let file = format!("days/{day}/operations.csv");
        let at = random.below(4);
        let change = random.below(6);
        let (mut row_number, mut doubled) = (0, None);
        market.each_row(&file, |row| {
            row_number += 1;
            if row_number - 1 != at {
                return true;
            }
            match change {
                0 => return false,
                1 => doubled = Some(row.join(",") + "\n"),
                2 => row[1].clone_from(&days[random.below(days.len())]),
                3 => {
                    let phases = ["before_trades", "after_trades", "after_prices", "end"];
                    row[2] = random.pick(&phases).to_owned();
                }
                4 => row[3] = random.pick(&["", "another draw", "b05b8aef8d2a655c"]).to_owned(),
                _ => row[3] = sha256("another draw"),
            }
            true
        });
        if let Some(doubled) = doubled {
            market.add(&file, &doubled);
        }
    }
}

/// Reference rows that cannot be read, are refused, or repeat what is in.
pub fn odd_reference(market: &Market, random: &mut Random) {
    const ROWS: [(&str, &str); 30] = [
        ("currencies", "USD,2,FED"),
        ("currencies", "usd,2,FED"),
        ("currencies", "EUR,two,FED"),
        ("currencies", "EUR,2"),
        ("currencies", "EUR,-1,FED"),
        ("currencies", "EUR,12,FED"),
        ("members", "M001,54930000000000000196,Again"),
        ("members", "M900,54930000000000000100,Bad check digits"),
        ("members", ",54930000000000000196,No name"),
        ("members", "M901,54930000000000000196"),
        ("accounts", "M001-H,M001,house"),
        ("accounts", "CCP,M001,house"),
        ("accounts", "ccp,M001,house"),
        ("accounts", "M777-H,M777,house"),
        ("accounts", "M001-X,M001,proprietary"),
        ("accounts", ",M001,house"),
        ("instruments", "US0268747840,X,Bad check digit,equity,USD,0,XNYS,XNYS,DTC,T+3"),
        ("instruments", "US5949181045,MSFT,Microsoft,equity,EUR,0,XNAS,XNYS,DTC,T+3"),
        ("instruments", "US5949181045,MSFT,Microsoft,equity,USD,0,XNAS,XNYS,DTC,3"),
        ("instruments", "US5949181045,MSFT,Microsoft,equity,USD,10,XNAS,XNYS,DTC,T+3"),
        ("calendars", "DTC,2013-10-14,Columbus Day"),
        ("calendars", "DTC,2013-02-30,No such day"),
        ("calendars", ",2013-10-14,No calendar"),
        ("holdings", "M001-H,USD,-1"),
        ("holdings", "M001-H,US0268747849,1.5"),
        ("holdings", "M999-H,USD,1"),
        ("holdings", "M001-H,US5949181045,1"),
        ("holdings", "M001-H,USD,1"),
        ("holdings", "M001-H,USD,99999999999999999999"),
        ("holdings", "M001-H,USD,much"),
    ];
    for (file, row) in ROWS {
        if random.one_in(2) {
            market.add(&format!("reference/{file}.csv"), &format!("{row}\n"));
        }
    }
    // The same holding again, with the same and with another quantity: the first one stands.
    let holdings = market.read("reference/holdings.csv");
    for line in holdings.lines().skip(1) {
        if !random.one_in(9) {
            continue;
        }
        let (key, quantity) = line.rsplit_once(',').expect("a quantity");
        let again = if random.one_in(2) { quantity.to_owned() } else { "7".to_owned() };
        market.add("reference/holdings.csv", &format!("{key},{again}\n"));
    }
}

/// One of the four instruments.
pub fn an_isin(random: &mut Random) -> &'static str {
    random.pick(&["US0268747849", "US0605051046", "US4592001014", "US78462F1030"])
}
