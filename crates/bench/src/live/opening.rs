//! A market that stands at the beginning of a day: what came before it, and its opening.

use std::fs;
use std::path::Path;

use basics::Date;
use interchange::market::{FileKind, Market};
use model::Command;
use wire::inputs::write_record;

use crate::Outcome;

/// Writes a market with the first `days` days of another, and the opening of the day after them,
/// which is given.
pub fn after(original: &Path, days: usize, target: &Path) -> Outcome<Date> {
    let all = Market::open(original)?.days().to_vec();
    let day = *all.get(days).ok_or_else(|| format!("the market has no day {}", days + 1))?;
    copy(&original.join("reference"), &target.join("reference"), |_, text| text)?;
    for before in &all[..days] {
        let folder = Path::new("days").join(before.to_string());
        copy(&original.join(&folder), &target.join(&folder), |_, text| text)?;
    }
    let folder = Path::new("days").join(day.to_string());
    copy(&original.join(&folder), &target.join(&folder), |name, text| {
        let is_kept = |line: &&str| name == "operations.csv" && line.starts_with("open_day,");
        let (header, rows) = text.split_once('\n').unwrap_or((&text, ""));
        let kept: Vec<&str> = [header].into_iter().chain(rows.lines().filter(is_kept)).collect();
        kept.join("\n") + "\n"
    })?;
    Ok(day)
}

/// Copies the files of a folder, changed.
fn copy(from: &Path, to: &Path, change: impl Fn(&str, String) -> String) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = change(&name.to_string_lossy(), fs::read_to_string(entry.path())?);
        fs::write(to.join(name), text)?;
    }
    Ok(())
}

/// The first trade reports of a day, `per_record` of them in each record but the last.
pub fn records(
    market: &Path,
    day: Date,
    per_record: usize,
    records: usize,
) -> Outcome<Vec<Vec<u8>>> {
    let market = Market::open(market)?;
    let is_wanted = |kind, channel: &str| {
        kind == FileKind::Trades && channel.contains(day.to_string().as_str())
    };
    let parts = market.parts().iter();
    let part = parts.into_iter().find(|part| is_wanted(part.kind, &part.channel));
    let mut rows = market.read(part.ok_or("the day has no trades")?)?;
    let (mut all, mut record, mut items) = (Vec::new(), Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let Ok(command @ Command::Trade(_)) = row.command else { continue };
        write_record([command], &mut record);
        items += 1;
        if items == per_record {
            items = 0;
            all.push(std::mem::take(&mut record));
            if all.len() == records {
                return Ok(all);
            }
        }
    }
    if items > 0 {
        all.push(record);
    }
    Ok(all)
}
