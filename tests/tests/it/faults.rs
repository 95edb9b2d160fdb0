//! Trade reports as they should not be: repeated, contradicting, late, wrong, unreadable.

use crate::market::Market;
use crate::random::Random;

/// Places of the columns of `trades.csv`.
mod column {
    pub const SOURCE: usize = 0;
    pub const REF: usize = 1;
    pub const VERSION: usize = 2;
    pub const ACTION: usize = 3;
    pub const ISIN: usize = 4;
    pub const QUANTITY: usize = 5;
    pub const PRICE: usize = 6;
    pub const CURRENCY: usize = 7;
    pub const TRADE_DATE: usize = 8;
    pub const EXECUTED_AT: usize = 9;
    pub const BUYER: usize = 10;
    pub const SELLER: usize = 11;
    pub const VENUE: usize = 12;
}
use column::{
    ACTION, BUYER, CURRENCY, EXECUTED_AT, ISIN, PRICE, QUANTITY, REF, SELLER, SOURCE, TRADE_DATE,
    VENUE, VERSION,
};

/// Texts that a column may have and should not, or seldom has.
const TEXTS: [(usize, &[&str]); 13] = [
    (SOURCE, &["", "xnas", "XNAS ", "\"X,N\"", "Börse"]),
    (REF, &["", "\"a,b\"", "\"a\"\"b\"", " 1", "=1+1", "東京"]),
    (VERSION, &["0", "01", "1000000000", "999999999", "1.0", "", "+1", "-1", "two", "3"]),
    (ACTION, &["NEW", "", "delete", "new ", "amend", "cancel"]),
    (ISIN, &["", "us0268747849", "US026874784A", "US0268747840", "US5949181045", "US78462F103"]),
    (
        QUANTITY,
        &[
            "12x",
            "",
            "-5",
            "0",
            "-0",
            "0.0",
            "1e3",
            "+1",
            ".5",
            "5.",
            "100.0",
            "100.5",
            "0.123",
            "0.123456789012",
            "9223372036854775807",
            "9223372036854775808",
            "1,000",
            "99999999999999999999999999999999999999999999999999",
            "00100",
            "1000000000000000000",
        ],
    ),
    (
        PRICE,
        &[
            "",
            "0",
            "0.00",
            "-1",
            "-0.0",
            "48.123456789",
            "48.1234567890",
            "48.1234567891",
            "1e2",
            "48.123456789012",
            "9223372036854775807",
            "99999999999999999999999999999999999999999",
            "0.000000001",
            "0048.50",
            "92233720368547758.08",
            "abc",
        ],
    ),
    (CURRENCY, &["", "usd", "EUR", "JPY", "US", "DOLLAR"]),
    (
        TRADE_DATE,
        &[
            "2013-02-29",
            "2013-10-32",
            "20131007",
            "",
            "2013-10-05",
            "2013-10-04",
            "2013-10-14",
            "2013-10-18",
            "2013-11-04",
            "1999-12-31",
            "9999-12-31",
            "2013-10-7",
            "0000-01-01",
        ],
    ),
    (
        EXECUTED_AT,
        &[
            "",
            "yesterday",
            "2013-10-07T24:00:00Z",
            "2013-10-07T13:30:60Z",
            "2013-10-07T13:30:00",
            "2016-12-31T23:59:60Z",
            "2013-10-07T13:30:00+25:00",
            "2013-02-29T13:30:00Z",
            "2013-10-07t13:30:00.1234567890z",
            "2013-10-07T13:30:00.Z",
            "2013-10-07 13:30:00Z",
        ],
    ),
    (BUYER, &["", "M999-H", "m001-h", "CCP", "M001-H", "M002-C"]),
    (SELLER, &["", "M999-H", "M001", "ccp", "M001-H", "M002-C"]),
    (VENUE, &["", "\"X\"", "XXXX", "\"X,Y\""]),
];

type Fields = Vec<String>;

/// Follows every so many reports of all days with faulty ones.
pub fn reports(market: &Market, random: &mut Random, every: usize) {
    let mut late: Vec<Vec<u8>> = Vec::new();
    for file in market.daily("trades") {
        let text = market.read(&file);
        let mut lines = text.lines();
        let mut out = lines.next().expect("a header").as_bytes().to_vec();
        out.push(b'\n');
        for line in lines {
            line_end(&mut out, line.as_bytes(), random);
            let fields: Fields = line.split(',').map(str::to_owned).collect();
            if !random.one_in(every) {
                continue;
            }
            for extra in faulty(&fields, random) {
                if random.one_in(10) {
                    late.push(extra);
                } else {
                    line_end(&mut out, &extra, random);
                }
            }
            if random.one_in(3) && !late.is_empty() {
                let extra = late.swap_remove(random.below(late.len()));
                line_end(&mut out, &extra, random);
            }
        }
        // Days without trades get what is late; some of it is as late as can be.
        for extra in late.drain(..late.len() / 2) {
            line_end(&mut out, &extra, random);
        }
        if random.one_in(4) {
            out.splice(0..0, *b"\xEF\xBB\xBF");
        }
        market.write(&file, out);
    }
}

/// Ends a line in one of the ways in which lines end.
fn line_end(out: &mut Vec<u8>, line: &[u8], random: &mut Random) {
    out.extend_from_slice(line);
    out.extend_from_slice(match random.below(40) {
        0 => b"\r\n",
        1 => b"\n\n",
        _ => b"\n",
    });
}

/// The fields with some of them changed.
fn with(fields: &Fields, changes: &[(usize, &str)]) -> Vec<u8> {
    let mut fields = fields.clone();
    for (at, text) in changes {
        fields[*at] = (*text).to_owned();
    }
    fields.join(",").into_bytes()
}

/// A cancellation of the report's trade.
fn cancel(fields: &Fields, version: &str) -> Vec<u8> {
    let empty = [ISIN, QUANTITY, PRICE, CURRENCY, EXECUTED_AT, BUYER, SELLER, VENUE];
    let mut changes = empty.map(|at| (at, "")).to_vec();
    changes.extend([(VERSION, version), (ACTION, "cancel")]);
    with(fields, &changes)
}

/// The rows that follow a report when a fault is drawn.
fn faulty(fields: &Fields, random: &mut Random) -> Vec<Vec<u8>> {
    let more = format!("{}1", fields[QUANTITY]);
    let amend = |version: &str, changes: &[(usize, &str)]| {
        with(fields, &[&[(VERSION, version), (ACTION, "amend")], changes].concat())
    };
    let other = fields[REF].clone() + "X";
    let new = |changes: &[(usize, &str)]| with(fields, &[&[(REF, &*other)], changes].concat());
    let again = fields.join(",").into_bytes();
    match random.below(26) {
        0 => vec![again],
        1 => vec![written_otherwise(fields)],
        2 => vec![cancel(fields, "2")],
        3 => vec![amend("2", &[(QUANTITY, &more)])],
        4 => {
            vec![amend("2", &[(QUANTITY, &more)]), again, cancel(fields, "3"), cancel(fields, "3")]
        }
        5 => vec![with(fields, &[(QUANTITY, &more)])],
        6 => vec![cancel(fields, "2"), amend("3", &[(QUANTITY, &more)]), cancel(fields, "3")],
        7 => vec![amend("3", &[(QUANTITY, &more)])],
        8 => vec![cancel(&with_ref(fields, &other), "2")],
        9 => vec![amend("2", &[(ISIN, crate::variations::an_isin(random))])],
        10 => vec![amend("2", &[(CURRENCY, "JPY")]), amend("2", &[(VENUE, "XOFF")])],
        11 => vec![with(fields, &[(VERSION, "2")]), cancel(fields, "2"), again],
        12 => vec![amend("2", &[(BUYER, &fields[SELLER]), (SELLER, &fields[BUYER])])],
        13 => vec![new(&[(SELLER, &fields[BUYER])])],
        14 => vec![b"XNAS,\xff\xfe,1,new,,,,,,,,,".to_vec(), b"\xff".to_vec()],
        15 => vec![b"XNAS,1,1,new".to_vec(), [&*again, b",more"].concat(), b",".to_vec()],
        24 => vec![new(&extreme(random))],
        16 => vec![new(&[(QUANTITY, "0")]), new(&[]), new(&[])],
        17 => {
            let quoted: Vec<_> = fields.iter().map(|field| format!("\"{field}\"")).collect();
            vec![quoted.join(",").into_bytes()]
        }
        // One text that should not be there, in a new trade or in an amendment.
        _ => {
            let (at, texts) = TEXTS[random.below(TEXTS.len())];
            let text = random.pick(texts);
            let row = if random.one_in(3) { amend("2", &[(at, text)]) } else { new(&[(at, text)]) };
            vec![row]
        }
    }
}

/// Quantity and price that are as far apart as numbers can be, and often accepted.
fn extreme(random: &mut Random) -> [(usize, &'static str); 2] {
    let quantities = ["9223372036854775807", "1000000000000000000", "1", "999999999999"];
    let prices = ["0.000000001", "0.01", "92233720368547758.07", "9.999999999", "1000000000000"];
    [(QUANTITY, random.pick(&quantities)), (PRICE, random.pick(&prices))]
}

fn with_ref(fields: &Fields, reference: &str) -> Fields {
    let mut fields = fields.clone();
    fields[REF] = reference.to_owned();
    fields
}

/// The same values in other words.
fn written_otherwise(fields: &Fields) -> Vec<u8> {
    let quantity = format!("00{}", fields[QUANTITY]);
    let price = format!("0{}000", fields[PRICE]);
    let instant = fields[EXECUTED_AT].replace('Z', "0000+00:00").replace('T', "t");
    with(fields, &[(QUANTITY, &quantity), (PRICE, &price), (EXECUTED_AT, &instant)])
}
