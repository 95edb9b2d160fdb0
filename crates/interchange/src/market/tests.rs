//! A market directory is read whole, in order, and every row of it once.

use std::io::Write as _;

use basics::{Instant, Numeral};
use model::{Action, Command, DeadLetterReason, Operation, ReferenceChange};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const TRADES: &str = "source,trade_ref,version,action,isin,quantity,price,currency,trade_date,\
                      executed_at,buyer_account,seller_account,venue";
const TRADE: &str = "ARCX,0000000,1,new,US78462F1030,100,167.4100,USD,2013-10-07,\
                     2013-10-07T08:00:00.464Z,M012-H,M011-C,ARCX";
const CANCEL: &str = "ARCX,0000000,2,cancel,,,,,2013-10-07,,,,";

/// A small market: one trading day with settlement, and one without.
fn small() -> TempDir {
    let market = TempDir::new().expect("a directory");
    let write = |file: &str, text: &str| write(&market, file, text);
    write("reference/currencies.csv", "currency,minor_units,calendar\nUSD,2,FED\n");
    write("reference/members.csv", "member,lei,name\nM011,5493,\"Alpha, Inc.\"\n");
    write("reference/accounts.csv", "account,member,kind\nM011-C,M011,client_omnibus\n");
    write(
        "reference/instruments.csv",
        "isin,symbol,name,kind,currency,quantity_decimals,listed_on,trading_calendar,\
         settlement_calendar,settlement_cycle\n\
         US78462F1030,SPY,SPDR,etf,USD,0,ARCX,XNYS,DTC,T+3\n",
    );
    write("reference/calendars.csv", "calendar,closed_on,name\n");
    write("reference/holdings.csv", "account,asset,quantity\nM011-C,USD,5.00\n");
    for day in ["2013-10-07", "2013-10-14"] {
        write(&format!("days/{day}/trades.csv"), &format!("{TRADES}\n{TRADE}\n{CANCEL}\n"));
        let prices =
            format!("isin,price,currency,price_date,kind\nUS78462F1030,167.8839,USD,{day},mark\n");
        write(&format!("days/{day}/prices.csv"), &prices);
    }
    let header = "operation,business_date,phase,draw";
    // Rows of a phase may stand anywhere in the file.
    let full = format!(
        "{header}\nclose_day,2013-10-07,end,\nopen_day,2013-10-07,before_trades,51e7\n\
         close_trading,2013-10-07,after_trades,\nsettle,2013-10-07,after_prices,1745\n"
    );
    write("days/2013-10-07/operations.csv", &full);
    let short = format!(
        "{header}\nopen_day,2013-10-14,before_trades,\nclose_trading,2013-10-14,after_trades,\n\
         close_day,2013-10-14,end,\n"
    );
    write("days/2013-10-14/operations.csv", &short);
    market
}

fn write(market: &TempDir, file: &str, text: &str) {
    let path = market.path().join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

fn places(market: &Market) -> Vec<String> {
    let mut places = Vec::new();
    let mut read = 0;
    let done = market.for_each(|channel, row| {
        places.push(format!("{channel} {}", row.position));
        assert!(row.bytes_read >= read && row.bytes_read <= market.bytes());
        read = row.bytes_read;
        assert!(row.command.is_ok());
        Ok::<_, MarketError>(())
    });
    done.expect("everything is readable");
    assert_eq!(read, market.bytes());
    places
}

#[test]
fn rows_come_in_the_order_in_which_they_count() {
    let directory = small();
    let market = Market::open(directory.path()).expect("a market");
    let expected = "reference/currencies.csv 1\nreference/members.csv 1\n\
        reference/accounts.csv 1\nreference/instruments.csv 1\nreference/holdings.csv 1\n\
        days/2013-10-07/operations.csv 2\ndays/2013-10-07/trades.csv 1\n\
        days/2013-10-07/trades.csv 2\ndays/2013-10-07/operations.csv 3\n\
        days/2013-10-07/prices.csv 1\ndays/2013-10-07/operations.csv 4\n\
        days/2013-10-07/operations.csv 1\ndays/2013-10-14/operations.csv 1\n\
        days/2013-10-14/trades.csv 1\ndays/2013-10-14/trades.csv 2\n\
        days/2013-10-14/operations.csv 2\ndays/2013-10-14/prices.csv 1\n\
        days/2013-10-14/operations.csv 3";
    assert_eq!(places(&market).join("\n"), expected);
    assert_eq!(market.days().len(), 2);
}

#[test]
fn currencies_can_be_absent_and_nothing_else() {
    let directory = small();
    let files: Vec<String> = Market::open(directory.path())
        .expect("a market")
        .parts()
        .iter()
        .map(|part| part.channel.clone())
        .collect();
    for file in files {
        let path = directory.path().join(&file);
        let text = fs::read(&path).expect("the file is there");
        fs::remove_file(&path).expect("the file is there");
        match Market::open(directory.path()) {
            Ok(_) => assert_eq!(file, "reference/currencies.csv"),
            Err(MarketError::Missing { file: missing }) => assert_eq!(missing, file),
            Err(error) => panic!("{error}"),
        }
        fs::write(path, text).expect("the file is written");
    }
}

#[track_caller]
fn check_refused(file: &str, text: &str, expected: &str) {
    let directory = small();
    write(&directory, file, text);
    let error = Market::open(directory.path()).expect_err("not a market");
    let said = error.to_string();
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn a_wrong_header_is_found_before_anything_is_read() {
    let members = "reference/members.csv";
    check_refused(members, "", "reference/members.csv line 1: the file is empty: add the header");
    check_refused(members, "\n\r\n", "reference/members.csv line 3: the file is empty");
    check_refused(members, "\nmember,lei\n", "reference/members.csv line 2: column `name` is miss");
    check_refused(members, "member,lei,name,x", "reference/members.csv line 1: column `x` is unkn");
    check_refused(members, "member,member,name", "reference/members.csv line 1: column `member` i");
    check_refused(members, "\"member,lei\n", "reference/members.csv line 1: the header cannot be");
    check_refused(
        members,
        "M001,5493,Alpha\n",
        "reference/members.csv line 1: column `M001` is un",
    );
    let long = TRADES.to_owned() + ",venue";
    check_refused("days/2013-10-14/trades.csv", &long, "days/2013-10-14/trades.csv line 1: it has");
}

#[test]
fn an_operation_that_cannot_be_read_is_found_before_anything_is_read() {
    let file = "days/2013-10-14/operations.csv";
    let header = "operation,business_date,phase,draw\n\n";
    for (row, reason) in [
        ("open,2013-10-14,before_trades,", "unknown_word"),
        ("open_day,2013-10-14,morning,", "unknown_word"),
        ("open_day,2013-10-32,before_trades,", "bad_date"),
        ("open_day,2013-10-14,before_trades", "column_count"),
    ] {
        let expected = format!("{file} line 3: this operation cannot be read ({reason})");
        check_refused(file, &format!("{header}{row}\n"), &expected);
    }
}

#[test]
fn folders_of_days_are_dates() {
    let directory = small();
    fs::create_dir(directory.path().join("days/2013-10-32")).expect("a folder");
    let error = Market::open(directory.path()).expect_err("not a market");
    assert!(error.to_string().starts_with("days/2013-10-32 is no date"), "{error}");
    let error = Market::open(directory.path().join("nowhere")).expect_err("not a market");
    assert!(error.to_string().ends_with("is not a directory: name a market directory"));
}

#[test]
fn the_reader_can_stop_and_its_error_comes_back() {
    #[derive(Debug)]
    enum Stop {
        Enough,
        Market,
    }
    impl From<MarketError> for Stop {
        fn from(_: MarketError) -> Self {
            Self::Market
        }
    }
    let directory = small();
    let market = Market::open(directory.path()).expect("a market");
    let mut rows = 0;
    let stopped = market.for_each(|_, _| {
        rows += 1;
        if rows == 3 { Err(Stop::Enough) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(Stop::Enough)));
    assert_eq!(rows, 3);
    fs::remove_file(directory.path().join("days/2013-10-14/trades.csv")).expect("it is there");
    assert!(matches!(market.for_each(|_, _| Ok(())), Err(Stop::Market)));
}

/// What is said of a row: the reason why it cannot be read, whether it is canonical.
type Said = (Result<(), DeadLetterReason>, bool);

fn rows(kind: FileKind, text: &[u8]) -> Vec<Said> {
    let mut rows = Rows::open(kind, "file", text).expect("a header");
    let mut said = Vec::new();
    while let Some(row) = rows.next().expect("memory can be read") {
        assert_eq!(row.position, said.len() as u64 + 1);
        let mut written = Vec::new();
        let is_same = row.command.is_ok_and(|c| render(&c, &mut written)) && written == row.raw;
        assert!(is_same || !row.is_canonical());
        said.push((row.command.map(drop), row.is_canonical()));
    }
    said
}

fn trade(row: &str) -> Said {
    rows(FileKind::Trades, format!("{TRADES}\n{row}\n").as_bytes())[0]
}

#[test]
fn a_trade_report_is_read_field_by_field() {
    let text = format!("{TRADES}\n{TRADE}\n");
    let mut rows = Rows::open(FileKind::Trades, "trades.csv", text.as_bytes()).expect("a header");
    let row = rows.next().expect("readable").expect("a row");
    assert_eq!((row.position, row.line, row.raw), (1, 2, TRADE.as_bytes()));
    let Ok(Command::Trade(report)) = row.command else { panic!("{row:?}") };
    assert_eq!((report.key.source, report.key.reference), ("ARCX", "0000000"));
    assert_eq!(report.key.trade_date.to_string(), "2013-10-07");
    assert_eq!((report.version, report.action), (1, Action::New));
    let terms = report.terms.expect("terms");
    assert_eq!((terms.isin, terms.currency, terms.venue), ("US78462F1030", "USD", "ARCX"));
    assert_eq!((terms.buyer, terms.seller), ("M012-H", "M011-C"));
    assert_eq!(Some(terms.price), Numeral::parse(b"167.41"));
    assert_eq!(Some(terms.executed_at), Instant::parse(b"2013-10-07T08:00:00.464Z"));
}

#[test]
fn a_row_that_cannot_be_read_has_a_reason() {
    use DeadLetterReason as R;
    let check = |from: &str, to: &str, reason: R| {
        let row = TRADE.replacen(from, to, 1);
        assert_eq!(trade(&row), (Err(reason), false), "{row}");
    };
    check("ARCX,0000000", "ARCX", R::ColumnCount);
    check("ARCX,0000000", "ARCX,0,0", R::ColumnCount);
    check("ARCX,0000000", ",0000000", R::EmptyField);
    check("0000000", "", R::EmptyField);
    check(",1,new", ",0,new", R::BadVersion);
    check(",1,new", ",01,new", R::BadVersion);
    check(",new,", ",New,", R::UnknownAction);
    check(",100,", ",1e2,", R::BadNumeral);
    check(",167.4100,", ",167.,", R::BadNumeral);
    check(",2013-10-07,", ",2013-02-29,", R::BadDate);
    check("T08:00:00.464Z", " 08:00", R::BadInstant);
    let bytes = [TRADES.as_bytes(), b"\n\xFF", TRADE.as_bytes()].concat();
    assert_eq!(rows(FileKind::Trades, &bytes), [(Err(R::NotUtf8), false)]);
}

#[test]
fn of_a_cancellation_only_its_identity_is_read() {
    assert_eq!(trade(CANCEL), (Ok(()), true));
    assert_eq!(trade("ARCX,1,2,cancel,?,x,y,z,2013-10-07,never,a,b,c"), (Ok(()), false));
    let short = "ARCX,1,2,cancel,,,,,2013-10-07";
    assert_eq!(trade(short), (Err(DeadLetterReason::ColumnCount), false));
    assert_eq!(trade("ARCX,1,2,cancel,,,,,,,,,"), (Err(DeadLetterReason::BadDate), false));
}

#[test]
fn only_what_we_would_write_is_canonical() {
    assert_eq!(trade(TRADE), (Ok(()), true));
    for (from, to) in [
        ("100,", "0100,"),
        ("100,", "-0,"),
        ("167.4100", "0167.4100"),
        (".464Z", ".46Z"),
        (".464Z", ".4640Z"),
        ("T08", "t08"),
        ("0.464Z", "0.464+00:00"),
        ("ARCX", "\"ARCX\""),
        ("ARCX", "AR\"CX"),
        ("M012-H", "M\r012-H"),
        ("100,", "1000000000000000000000000000000000000000,"),
    ] {
        assert_eq!(trade(&TRADE.replacen(from, to, 1)), (Ok(()), false), "{to}");
    }
    for (from, to) in [(".464Z", ".464001Z"), ("100,", "-5.0,"), ("ARCX", "\"AR,CX\"")] {
        assert_eq!(trade(&TRADE.replacen(from, to, 1)), (Ok(()), true), "{to}");
    }
}

#[test]
fn columns_in_another_order_are_read_and_never_canonical() {
    let text = "kind,member,account\nhouse,M001,M001-H\nbank,M001,M001-H\n";
    let mut rows = Rows::open(FileKind::Accounts, "a.csv", text.as_bytes()).expect("a header");
    let row = rows.next().expect("readable").expect("a row");
    let Ok(Command::Reference(ReferenceChange::Account(account))) = row.command else {
        panic!("{row:?}")
    };
    assert_eq!((account.account, account.member), ("M001-H", "M001"));
    assert!(!row.is_canonical());
    let row = rows.next().expect("readable").expect("a row");
    assert_eq!(row.command, Err(DeadLetterReason::UnknownWord));
}

#[test]
fn an_operation_outside_its_usual_phase_is_kept_verbatim() {
    let text = "operation,business_date,phase,draw\nclose_day,2013-10-07,after_prices,\n\
                close_day,2013-10-07,end,x\nclose_day,2013-10-07,end,\n";
    assert_eq!(
        rows(FileKind::Operations, text.as_bytes()),
        [(Ok(()), false), (Ok(()), false), (Ok(()), true)]
    );
    let mut read = Rows::open(FileKind::Operations, "o", text.as_bytes()).expect("a header");
    let row = read.next().expect("readable").expect("a row");
    assert_eq!(row.phase, Some(Phase::AfterPrices));
    let Ok(Command::Operation(Operation::CloseDay { date })) = row.command else { panic!() };
    assert_eq!(date.to_string(), "2013-10-07");
}

#[test]
fn rows_of_all_files_that_we_would_write_are_canonical() {
    let directory = small();
    let market = Market::open(directory.path()).expect("a market");
    let done = market.for_each(|channel, row| {
        assert!(row.is_canonical(), "{channel} {}", row.position);
        Ok::<_, MarketError>(())
    });
    done.expect("everything is readable");
}

const KINDS: [FileKind; 9] = [
    FileKind::Currencies,
    FileKind::Calendars,
    FileKind::Members,
    FileKind::Accounts,
    FileKind::Instruments,
    FileKind::Holdings,
    FileKind::Operations,
    FileKind::Trades,
    FileKind::Prices,
];

/// A field that some column may like.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?",
        "2013-1[0-3]-0[0-9]",
        "2013-10-07[Tt]08:00:0[0-9](\\.[0-9]{1,4})?(Z|z|\\+01:00)",
        "T\\+[0-9]{1,2}",
        prop::sample::select(vec![
            "new",
            "amend",
            "cancel",
            "house",
            "settle",
            "open_day",
            "close_day",
            "end",
            "before_trades",
            "after_prices",
            "1",
            "2",
            "0",
        ])
        .prop_map(str::to_owned),
        "[a-z,é \"\r\n]{0,4}",
    ]
}

/// A field as a file may hold it: quoted or not, rightly or not.
fn written() -> impl Strategy<Value = String> {
    (field(), 0..4).prop_map(|(field, how)| match how {
        0 => format!("\"{}\"", field.replace('"', "\"\"")),
        1 if field.contains([',', '\n', '"']) => format!("\"{}\"", field.replace('"', "\"\"")),
        _ => field,
    })
}

/// A trade report that can be read, more or less canonical.
fn report() -> impl Strategy<Value = String> {
    let numeral = || "-?[0-9]{1,3}(\\.[0-9]{1,3})?";
    (
        ("[A-Z]{1,4}", "[0-9]{1,7}", "[1-9][0-9]{0,2}"),
        prop::sample::select(vec!["new", "amend", "cancel"]),
        (numeral(), numeral(), "2013-10-0[1-9]"),
        "2013-10-07[Tt]08:00:0[0-9](\\.[0-9]{1,4})?(Z|z|\\+01:00)",
        (written(), written(), written()),
    )
        .prop_map(
            |((source, reference, version), action, (quantity, price, date), at, free)| {
                let (isin, buyer, venue) = free;
                format!(
                    "{source},{reference},{version},{action},{isin},{quantity},{price},USD,{date},\
                 {at},{buyer},S,{venue}"
                )
            },
        )
}

proptest! {
    /// No bytes make the reader panic, and what it calls canonical is written again as it was.
    #[test]
    fn any_bytes_can_be_read(
        kind in prop::sample::select(KINDS.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let text = [kind.columns().join(",").as_bytes(), b"\n", &bytes].concat();
        rows(kind, &text);
        drop(Rows::open(kind, "file", &*bytes));
    }

    /// The same for rows that almost belong into their file.
    #[test]
    fn any_fields_can_be_read(
        kind in prop::sample::select(KINDS.to_vec()),
        fields in prop::collection::vec(written(), 1..60),
    ) {
        let mut text = kind.columns().join(",");
        for row in fields.chunks(kind.columns().len()) {
            text.push('\n');
            text.push_str(&row.join(","));
        }
        rows(kind, text.as_bytes());
    }

    /// A row is canonical exactly if rendering what was read gives back its bytes.
    #[test]
    fn canonical_rows_are_those_that_render_the_same(report in report()) {
        let text = format!("{TRADES}\n{report}\n");
        let mut rows = Rows::open(FileKind::Trades, "t", text.as_bytes()).expect("a header");
        while let Some(row) = rows.next().expect("memory can be read") {
            let mut written = Vec::new();
            let known = row.command.is_ok_and(|command| render(&command, &mut written));
            prop_assert_eq!(row.is_canonical(), known && written == row.raw);
        }
    }

    /// Quotes around every field change nothing but the bytes.
    #[test]
    fn quotes_do_not_change_what_is_read(report in report()) {
        let plain = report.replace(['"', '\r', '\n'], "");
        let quoted: Vec<String> = plain.split(',').map(|field| format!("\"{field}\"")).collect();
        let text = format!("{TRADES}\n{plain}\n{}\n", quoted.join(","));
        let said = rows(FileKind::Trades, text.as_bytes());
        prop_assert_eq!(said[0].0, said[1].0);
        prop_assert!(!said[1].1);
    }
}

#[test]
fn a_file_with_mark_and_crlf_reads_like_one_without() {
    let mut text = Vec::new();
    write!(text, "\u{feff}{TRADES}\r\n\r\n{TRADE}\r\n{CANCEL}").expect("memory takes all bytes");
    assert_eq!(rows(FileKind::Trades, &text), [(Ok(()), true), (Ok(()), true)]);
}
