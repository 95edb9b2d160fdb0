//! The client examples against a real broker and a real node, built and run by the commands that
//! their page shows: a trade of each is captured; sent again, by whichever of them, it is a
//! duplicate; and each reads `settlement.events` from its start without a gap.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::installation::Installation;
use crate::market::Market;
use crate::product::{Ran, ran};

/// One of the examples.
struct Client {
    /// Where its commands are run.
    root: PathBuf,
    /// Everything that comes before running it.
    build: String,
    /// Runs it.
    run: String,
}

impl Client {
    /// The examples as their page shows them: a block of commands each, of which the last one runs
    /// the example.
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = std::fs::read_to_string(root.join("proto/clients/README.md")).expect("the page");
        let blocks = page.split("```\n").skip(1).step_by(2);
        let client = |block: &str| {
            let (build, run) = block.trim_end().rsplit_once('\n').expect("several commands");
            let run = run.strip_suffix(" --reference T1").expect("its last command runs it");
            Self { root: root.clone(), build: build.to_owned(), run: run.to_owned() }
        };
        blocks.map(client).collect()
    }

    fn build(&self) {
        let built = ran(Command::new("bash").args(["-ec", &self.build]).current_dir(&self.root));
        assert_eq!(built.code, Some(0), "{}: {}", self.build, built.err);
    }

    fn run(&self, bootstrap: &str, reference: &str, more: &[&str]) -> Ran {
        let folder = self.build.lines().next().and_then(|line| line.strip_prefix("cd "));
        let folder = self.root.join(folder.expect("its first command goes to its folder"));
        let mut command = Command::new("bash");
        command.args(["-c", &format!("{} \"$@\"", self.run), "bash"]).current_dir(folder);
        command.args(["--bootstrap", bootstrap, "--reference", reference]).args(more);
        command.args(["--timeout", "120"]);
        ran(&mut command)
    }
}

/// What an example printed, line by line, without what changes from run to run.
#[track_caller]
fn lines(ran: &Ran) -> Vec<String> {
    let text = String::from_utf8(ran.out.clone()).expect("text");
    assert!(
        text.ends_with("complete  settlement.events, up to our report and beyond\n"),
        "{ran:?}"
    );
    text.lines().map(str::to_owned).collect()
}

/// The golden market's reference data and its first day, which is opened and not closed.
fn open_day() -> Market {
    let market = Market::golden();
    let day = market.days().swap_remove(0);
    market.end_with(&day);
    market.each_row(&format!("days/{day}/operations.csv"), |row| row[0] == "open_day");
    market
}

#[test]
fn each_example_publishes_a_trade_hears_of_it_and_finds_no_gap() {
    let installation = Installation::start(1);
    let _node = installation.run("node", &installation.config("node", "sqlite:unused.sqlite"));
    let market = open_day();
    installation.publish(market.path()).done();
    let bootstrap = installation.kafka.bootstrap();
    let clients = Client::all();
    assert_eq!(clients.len(), 3);
    for (number, client) in clients.iter().enumerate() {
        client.build();
        let reference = format!("EXAMPLE-{number}");
        let first = client.run(&bootstrap, &reference, &[]);
        let told = lines(&first);
        assert!(told[0].starts_with(&format!("published EXAMPLE 2013-10-07 {reference} ")));
        assert!(told[1].starts_with("status    captured as trade "), "{told:?}");
        assert!(told[1].ends_with(", settles 2013-10-10"), "{told:?}");
        assert!(told.iter().any(|line| line.contains(" trade_novated of decision ")), "{told:?}");
        assert_eq!(first.code, Some(0));
    }
    // What one of them sent is the same trade when another one sends it.
    for (number, client) in clients.iter().enumerate() {
        let reference = format!("EXAMPLE-{}", (number + 1) % clients.len());
        let again = client.run(&bootstrap, &reference, &["--replay"]);
        let told = lines(&again);
        assert_eq!(told[1], "status    rejected: REJECTION_DUPLICATE");
        let events = told.iter().filter_map(|line| line.strip_prefix("event     "));
        let numbers = events.map(|event| event.split(' ').next().and_then(|n| n.parse().ok()));
        assert!(numbers.eq((1..=told.len() - 3).map(Some)), "{told:?}");
        assert_eq!(again.code, Some(1));
    }
}
