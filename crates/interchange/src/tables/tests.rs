//! What is written is what others read.

use std::io::{Cursor, Read as _};

use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::{Field, Row};
use basics::table::Kind;
use basics::{Date, Decimal, Numeral};
use proptest::prelude::*;

use super::*;

const COLUMNS: [Column; 5] = [
    Column { name: "source", kind: Kind::Text },
    Column { name: "seq", kind: Kind::Integer },
    Column { name: "trade_date", kind: Kind::Date },
    Column { name: "price", kind: Kind::Decimal },
    Column { name: "detail", kind: Kind::Text },
];

fn decimal(text: &str) -> Decimal {
    Numeral::parse(text.as_bytes()).and_then(Numeral::exact).expect("a decimal")
}

fn date(text: &str) -> Date {
    Date::parse(text.as_bytes()).expect("a date")
}

fn sample() -> [[Cell<'static>; 5]; 3] {
    let october = Cell::Date(date("2013-10-07"));
    [
        [
            Cell::Text("ARCX"),
            Cell::Integer(1),
            october,
            Cell::Decimal(decimal("-48.50")),
            Cell::Text("=1+1, \"two\"\nlines é"),
        ],
        [
            Cell::Text("M001"),
            Cell::Integer((1 << 53) + 1),
            Cell::Date(date("1900-02-28")),
            Cell::Decimal(decimal("12345678901234567.89")),
            Cell::Empty,
        ],
        [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Text("")],
    ]
}

fn written(format: Format, columns: &[Column], rows: &[impl AsRef<[Cell<'static>]>]) -> Vec<u8> {
    let mut writer = Writer::create(format, columns, Vec::new()).expect("it begins");
    for row in rows {
        writer.row(row.as_ref()).expect("the row is written");
    }
    writer.finish().expect("it ends")
}

#[track_caller]
fn check_text(format: Format, expected: &str) {
    let bytes = written(format, &COLUMNS, &sample());
    assert_eq!(String::from_utf8(bytes).expect("text"), expected);
}

#[test]
fn csv_has_a_header_and_quotes_where_they_are_needed() {
    check_text(
        Format::Csv,
        "source,seq,trade_date,price,detail\n\
         ARCX,1,2013-10-07,-48.50,\"=1+1, \"\"two\"\"\nlines é\"\n\
         M001,9007199254740993,1900-02-28,12345678901234567.89,\n\
         ,,,,\n",
    );
}

#[test]
fn a_row_of_one_empty_cell_is_a_row() {
    let column = [COLUMNS[0]];
    let bytes = written(Format::Csv, &column, &[[Cell::Empty], [Cell::Text("a")]]);
    assert_eq!(bytes, b"source\n\"\"\na\n");
}

#[test]
fn json_lines_hold_every_number_exactly() {
    check_text(
        Format::Jsonl,
        "{\"source\":\"ARCX\",\"seq\":1,\"trade_date\":\"2013-10-07\",\"price\":\"-48.50\",\
         \"detail\":\"=1+1, \\\"two\\\"\\nlines é\"}\n\
         {\"source\":\"M001\",\"seq\":\"9007199254740993\",\"trade_date\":\"1900-02-28\",\
         \"price\":\"12345678901234567.89\",\"detail\":null}\n\
         {\"source\":null,\"seq\":null,\"trade_date\":null,\"price\":null,\"detail\":\"\"}\n",
    );
    for line in written(Format::Jsonl, &COLUMNS, &sample()).split(|byte| *byte == b'\n') {
        assert!(line.is_empty() || serde_json::from_slice::<serde_json::Value>(line).is_ok());
    }
}

/// The XML of one part of a workbook.
fn part(workbook: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(workbook)).expect("a workbook is a zip");
    let mut text = String::new();
    zip.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_workbook_has_typed_cells_and_a_header_that_stays() {
    let bytes = written(Format::Xlsx, &COLUMNS, &sample());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let expect = |xml: &str| assert!(sheet.contains(xml), "{xml} in {sheet}");
    expect("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>");
    expect("<t>source</t>");
    expect("<c r=\"B2\"><v>1</v></c>");
    // 2013-10-07 is day 41554 of Excel.
    expect("<v>41554</v>");
    expect("<v>-48.5</v>");
    expect("=1+1, \"two\"\nlines é</t>");
    assert!(!sheet.contains("<f>"), "text is no formula");
    // What Excel cannot hold is text.
    expect("<t>9007199254740993</t>");
    expect("<t>1900-02-28</t>");
    expect("<t>12345678901234567.89</t>");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("formatCode=\"yyyy-mm-dd\""), "{styles}");
}

#[test]
fn text_that_looks_like_an_escape_of_excel_stays_text() {
    let column = [COLUMNS[0]];
    let bytes = written(Format::Xlsx, &column, &[[Cell::Text("_x0041_\u{1}")]]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("_x005F_x0041__x0001_</t>"), "{sheet}");
}

#[test]
fn a_long_table_has_several_sheets_with_a_header_each() {
    let columns = [COLUMNS[1]];
    let mut writer = xlsx::Writer::with_sheets_of(3, &columns, Vec::new()).expect("it begins");
    for number in 1..=5 {
        writer.row(&[Cell::Integer(number)]).expect("the row is written");
    }
    let bytes = writer.finish().expect("it ends");
    for (sheet, cells) in [(1, [1, 2]), (2, [3, 4])] {
        let xml = part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"));
        assert!(xml.contains("<t>seq</t>"), "{xml}");
        for (row, value) in (2..).zip(cells) {
            assert!(xml.contains(&format!("<c r=\"A{row}\"><v>{value}</v></c>")), "{xml}");
        }
    }
    assert!(part(&bytes, "xl/worksheets/sheet3.xml").contains("<c r=\"A2\"><v>5</v></c>"));
}

#[test]
fn text_longer_than_a_cell_of_a_workbook_is_cut() {
    let column = [COLUMNS[0]];
    for (text, ends) in [("x".repeat(32_767), 'x'), ("😀".repeat(20_000), '…')] {
        let mut writer = Writer::create(Format::Xlsx, &column, Vec::new()).expect("it begins");
        writer.row(&[Cell::Text(&text)]).expect("the row is written");
        let bytes = writer.finish().expect("it ends");
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains(&format!("{ends}</t>")));
    }
}

fn parquet_rows(bytes: Vec<u8>) -> Vec<Row> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&bytes).expect("the file is written");
    let reader = SerializedFileReader::new(file).expect("a parquet file");
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

fn fields(row: &Row) -> Vec<&Field> {
    row.get_column_iter().map(|(_, field)| field).collect()
}

#[test]
fn a_parquet_file_reads_back_as_it_was_written() {
    let rows = parquet_rows(written(Format::Parquet, &COLUMNS, &sample()));
    let first = fields(&rows[0]);
    assert_eq!(first[0], &Field::Str("ARCX".into()));
    assert_eq!(first[1], &Field::Long(1));
    assert_eq!(first[2], &Field::Date(date("2013-10-07").0));
    assert_eq!(first[4], &Field::Str("=1+1, \"two\"\nlines é".into()));
    for (row, expected) in [(0, "-48.5"), (1, "12345678901234567.89")] {
        let Field::Decimal(value) = fields(&rows[row])[3] else { panic!("{:?}", rows[row]) };
        let mantissa = value.data().try_into().map(i128::from_be_bytes).expect("sixteen bytes");
        assert_eq!(Decimal { mantissa, scale: 9 }, decimal(expected));
        assert_eq!((value.precision(), value.scale()), (38, 9));
    }
    assert_eq!(fields(&rows[1])[4], &Field::Null);
    assert_eq!(fields(&rows[2])[..4], [&Field::Null; 4]);
    assert_eq!(fields(&rows[2])[4], &Field::Str(String::new()));
}

#[test]
fn parquet_groups_hold_all_rows() {
    let columns = [COLUMNS[1]];
    for count in [0, 1, 2, 3, 4, 5] {
        let mut writer =
            parquet::Writer::with_groups_of(2, &columns, Vec::new()).expect("it begins");
        for number in 0..count {
            writer.row(&[Cell::Integer(number)]).expect("the row is written");
        }
        let rows = parquet_rows(writer.finish().expect("it ends"));
        let read: Vec<i128> =
            rows.iter().map(|row| fields(row)[0].to_string().parse().expect("a number")).collect();
        assert_eq!(read, (0..count).collect::<Vec<_>>());
    }
}

#[test]
fn what_parquet_has_no_room_for_is_refused_by_name() {
    let check = |column: usize, cell: Cell<'static>, expected: &str| {
        let columns = [COLUMNS[column]];
        let mut writer = Writer::create(Format::Parquet, &columns, Vec::new()).expect("it begins");
        let error = writer.row(&[cell]).expect_err("no room");
        assert!(error.to_string().starts_with(expected), "{error}");
    };
    check(1, Cell::Integer(1 << 63), "column seq: 9223372036854775808 does not fit a number of");
    check(3, Cell::Decimal(decimal("0.0000000001")), "column price: 0.0000000001 does not fit");
    let large = "1".repeat(30);
    check(3, Cell::Decimal(decimal(&large)), &format!("column price: {large} does not fit"));
    check(2, Cell::Integer(1), "column trade_date holds a cell of another kind");
}

#[test]
fn a_row_has_a_cell_for_each_column() {
    for format in Format::ALL {
        let mut writer = Writer::create(format, &COLUMNS, Vec::new()).expect("it begins");
        assert!(matches!(
            writer.row(&[Cell::Empty]),
            Err(TableError::CellCount { cells: 1, columns: 5 })
        ));
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    for format in Format::ALL {
        let once = written(format, &COLUMNS, &sample());
        assert!(!once.is_empty());
        assert_eq!(once, written(format, &COLUMNS, &sample()), "{}", format.name());
        assert_eq!(Format::from_name(format.name()), Some(format));
    }
    assert_eq!(Format::from_name("xls"), None);
}

/// A place that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    for format in Format::ALL {
        let done = Writer::create(format, &COLUMNS, Full).and_then(|mut writer| {
            writer.row(&sample()[0])?;
            writer.finish().map(drop)
        });
        assert!(done.is_err(), "{}", format.name());
    }
}

proptest! {
    /// Any text and number can be written in every format, and CSV reads back the same.
    #[test]
    fn any_row_can_be_written(
        text in any::<String>(),
        number in any::<i64>(),
        day in Date::MIN.0..=Date::MAX.0,
        mantissa in -(10_i128.pow(18))..10_i128.pow(18),
        scale in 0_u8..=9,
    ) {
        let price = Decimal { mantissa, scale };
        let row = [
            Cell::Text(&text),
            Cell::Integer(number.into()),
            Cell::Date(Date(day)),
            Cell::Decimal(price),
            Cell::Text(&text),
        ];
        for format in Format::ALL {
            let mut writer = Writer::create(format, &COLUMNS, Vec::new()).expect("it begins");
            writer.row(&row).expect("the row is written");
            let bytes = writer.finish().expect("it ends");
            if format == Format::Csv {
                let mut reader = ::csv::ReaderBuilder::new()
                    .terminator(::csv::Terminator::Any(b'\n'))
                    .from_reader(&*bytes);
                let record = reader.records().next().expect("a row").expect("text");
                prop_assert_eq!(&record[0], &*text);
                prop_assert_eq!(&record[3], price.to_string());
            }
        }
    }
}
