//! A market directory that a test may change: a copy of the golden one, or of another.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Where the golden files are.
pub fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// A market directory in a folder that vanishes.
#[derive(Debug)]
pub struct Market {
    folder: TempDir,
}

impl Market {
    /// A copy of the golden market.
    pub fn golden() -> Self {
        Self::copy_of(&golden().join("market"))
    }

    /// The first days of the golden market.
    pub fn golden_until(days: usize) -> Self {
        let market = Self::golden();
        market.end_with(&market.days()[days - 1]);
        market
    }

    /// A copy of any market.
    pub fn copy_of(market: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(market, folder.path());
        Self { folder }
    }

    /// The market directory.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file's text.
    #[track_caller]
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).expect(file)
    }

    /// Replaces a file.
    #[track_caller]
    pub fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(file), content).expect(file);
    }

    /// Removes a file or a folder.
    pub fn remove(&self, name: &str) {
        let path = self.path().join(name);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect(name);
    }

    /// Its days, in order.
    pub fn days(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("days")).expect("days");
        let names = entries.map(|entry| entry.expect("a day").file_name());
        let mut days: Vec<String> = names.map(|name| name.into_string().expect("a date")).collect();
        days.sort();
        days
    }

    /// Every file of this name that its days have.
    pub fn daily(&self, name: &str) -> Vec<String> {
        self.days().iter().map(|day| format!("days/{day}/{name}.csv")).collect()
    }

    /// Leaves out the days after this one.
    pub fn end_with(&self, last: &str) {
        for day in self.days().iter().filter(|day| day.as_str() > last) {
            self.remove(&format!("days/{day}"));
        }
    }

    /// Changes the fields of every data row of a file; rows for which `change` says no go out.
    /// Only for files whose fields need no quotes.
    pub fn each_row(&self, file: &str, mut change: impl FnMut(&mut Vec<String>) -> bool) {
        let text = self.read(file);
        let mut lines = text.lines();
        let mut out = format!("{}\n", lines.next().expect("a header"));
        for line in lines {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            if change(&mut fields) {
                out.push_str(&fields.join(","));
                out.push('\n');
            }
        }
        self.write(file, out);
    }

    /// Adds lines to the end of a file.
    pub fn add(&self, file: &str, lines: &str) {
        let text = self.read(file);
        self.write(file, text + lines);
    }

    /// Closes a calendar on a day.
    pub fn close(&self, calendar: &str, day: &str) {
        self.add("reference/calendars.csv", &format!("{calendar},{day},Closed for a test\n"));
    }

    /// Takes the settlement out of a day's operations, as on a day on which nothing settles.
    pub fn without_settlement(&self, day: &str) {
        self.each_row(&format!("days/{day}/operations.csv"), |row| {
            if row[0] == "open_day" {
                row[3].clear();
            }
            row[0] != "settle"
        });
    }

    /// Gives a day the operations of a settlement day with this draw.
    pub fn settle_on(&self, day: &str, draw: &str) {
        let commitment = sha256(draw);
        let operations = format!(
            "operation,business_date,phase,draw\nopen_day,{day},before_trades,{commitment}\n\
             close_trading,{day},after_trades,\nsettle,{day},after_prices,{draw}\n\
             close_day,{day},end,\n"
        );
        self.write(&format!("days/{day}/operations.csv"), operations);
    }

    /// Adds a day without trades, with the marks of another day.
    pub fn add_day(&self, day: &str, like: &str, draw: &str) {
        let folder = self.path().join("days").join(day);
        fs::create_dir(&folder).expect("a new day");
        let header = self.read(&format!("days/{like}/trades.csv"));
        let header = header.lines().next().expect("a header").to_owned() + "\n";
        self.write(&format!("days/{day}/trades.csv"), header);
        let prices = self.read(&format!("days/{like}/prices.csv")).replace(like, day);
        self.write(&format!("days/{day}/prices.csv"), prices);
        self.settle_on(day, draw);
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
