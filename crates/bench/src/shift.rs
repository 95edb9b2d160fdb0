//! A market again under later dates: every date in every row moves by the same number of days.
//!
//! Two weeks keep the weekday. References stay as they are, because each copy has trade dates of
//! its own; reference data stays too, but for the closed days, which each copy has at the same
//! distance. Law: copy 0 has the rows of the original, but for closed days outside the market's
//! own dates, which would hit later copies in the wrong place.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use basics::Date;
use interchange::market::Market;
use memchr::memchr_iter;

use crate::Outcome;

/// Days from one copy to the next.
const FORTNIGHT: i32 = 14;

/// Bytes of a date.
const DATE: usize = "2013-10-07".len();

/// Writes the market's `copies` first copies as one market directory. Days that are already in
/// `like`, a market of the same original, are shared with it.
pub fn repeat(original: &Path, copies: usize, target: &Path, like: Option<&Path>) -> Outcome<()> {
    let days = Market::open(original)?.days().to_vec();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Err("the market has no days".into());
    };
    if copies > 1 && last.0 - first.0 >= FORTNIGHT {
        return Err("a market of more than two weeks cannot be repeated".into());
    }
    reference(original, target, [*first, *last], copies)?;
    for copy in 0..copies {
        let mut shift = Shift::by(i32::try_from(copy)? * FORTNIGHT);
        for day in &days {
            let from = original.join("days").join(day.to_string());
            let name = shift.date(*day).to_string();
            let to = target.join("days").join(&name);
            match like.map(|like| like.join("days").join(&name)).filter(|like| like.is_dir()) {
                Some(like) => each_file(&like, &to, |from, to| fs::hard_link(from, to))?,
                None => each_file(&from, &to, |from, to| shift.file(from, to))?,
            }
        }
    }
    Ok(())
}

/// Makes the folder `to` and hands every file of `from` over with its new path.
fn each_file(
    from: &Path,
    to: &Path,
    mut each: impl FnMut(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        each(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Copies reference data; closed days within the market's dates are repeated.
fn reference(
    original: &Path,
    target: &Path,
    [first, last]: [Date; 2],
    copies: usize,
) -> Outcome<()> {
    let target = target.join("reference");
    each_file(&original.join("reference"), &target, |from, to| fs::copy(from, to).map(drop))?;
    let path = target.join("calendars.csv");
    let calendars = fs::read_to_string(&path)?;
    let mut lines = calendars.lines();
    let mut written = lines.next().unwrap_or_default().to_owned() + "\n";
    let within = |line: &&str| {
        let date = line.split(',').find_map(|field| Date::parse(field.as_bytes()));
        date.is_some_and(|date| (first..=last).contains(&date))
    };
    let own: BTreeSet<&str> = lines.filter(within).collect();
    for copy in 0..copies {
        let mut shift = Shift::by(i32::try_from(copy)? * FORTNIGHT);
        for line in &own {
            let mut line = line.as_bytes().to_vec();
            shift.line(&mut line);
            written.push_str(&String::from_utf8(line)?);
            written.push('\n');
        }
    }
    Ok(fs::write(path, written)?)
}

/// Moves dates by a number of days.
struct Shift {
    days: i32,
    /// The date moved last and what it became: nearly all dates of a file are the same.
    known: ([u8; DATE], [u8; DATE]),
}

impl Shift {
    const fn by(days: i32) -> Self {
        Self { days, known: ([0; DATE], [0; DATE]) }
    }

    const fn date(&self, date: Date) -> Date {
        Date(date.0 + self.days)
    }

    /// Writes a file with all its dates moved.
    fn file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 18, File::open(from)?);
        let mut writer = BufWriter::with_capacity(1 << 18, File::create(to)?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            self.line(&mut line);
            writer.write_all(&line)?;
            line.clear();
        }
        writer.flush()
    }

    /// Moves every date in a line. Whatever reads as a date is one.
    fn line(&mut self, line: &mut [u8]) {
        let places: Vec<usize> = memchr_iter(b'-', line).collect();
        for place in places {
            let Some(start) = place.checked_sub(4) else { continue };
            let Some(text) = line[start..].first_chunk_mut::<DATE>() else { continue };
            if *text == self.known.0 {
                *text = self.known.1;
            } else if let Some(date) = Date::parse(text) {
                let moved = self.date(date).to_string();
                let Ok(moved) = moved.as_bytes().try_into() else { continue };
                self.known = (*text, moved);
                *text = moved;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_of_a_line_moves_and_nothing_else() {
        let mut line = b"X,M1-H,2013-10-07,2013-10-08T08:00:00.1Z,12-2013-10-99,-\n".to_vec();
        Shift::by(14).line(&mut line);
        let expected = "X,M1-H,2013-10-21,2013-10-22T08:00:00.1Z,12-2013-10-99,-\n";
        assert_eq!(String::from_utf8(line).expect("text"), expected);
    }

    #[test]
    fn a_month_and_a_year_carry_over() {
        let mut line = b"2013-12-23,2013-12-23".to_vec();
        Shift::by(14).line(&mut line);
        assert_eq!(line, b"2014-01-06,2014-01-06");
    }
}
