//! The table: for each crate of ours, which of our crates it may depend on.
//!
//! A crate that is not in the table may not exist; adding it is a decision, made here. An arrow is
//! a dependency in a manifest. What a dependency brings along by itself is not an arrow: the edge
//! that drew it is judged where it was drawn.

use super::{Arrow, Package, When, Whose};
use crate::finding::Findings;

/// The crates that decide. They run without a standard library, a clock or a float.
pub const PAPER: [&str; 6] = ["basics", "ledger", "model", "engine", "relay", "views"];

/// Crates from outside that PAPER may use.
const PAPER_FOREIGN: [&str; 4] = ["blake3", "foldhash", "hashbrown", "sha2"];

/// Which of our crates a package may depend on.
enum May {
    /// These and no others. Its tests may use `testkit` and `auditor` as well.
    Use(&'static [&'static str]),
    /// These and no others, in tests too: an independent witness.
    Only(&'static [&'static str]),
    /// Any: it proves, and nothing depends on it.
    UseAll,
}

/// A package, what it may depend on, and why no more.
type Row = (&'static str, May, &'static str);

const TABLE: &[Row] = &[
    // PAPER: values, words and decisions.
    ("basics", May::Use(&[]), "values know nothing"),
    ("ledger", May::Use(&["basics"]), "double entry knows values alone"),
    ("model", May::Use(&["ledger", "basics"]), "the words are data alone"),
    ("engine", May::Use(&["model", "ledger", "basics"]), "decisions read no projection, no bytes"),
    ("relay", May::Use(&["model", "ledger", "basics"]), "a pure function of decisions"),
    ("views", May::Use(&["model", "ledger", "basics"]), "readers see facts, they do not decide"),
    // EDGES: one foreign thing each; edges do not know each other.
    ("wire", May::Use(&["model", "ledger", "basics"]), "bytes know words, never decisions"),
    (
        "interchange",
        May::Use(&["model", "ledger", "basics"]),
        "formats know words, never decisions",
    ),
    ("journal", May::Use(&[]), "decisions are opaque bytes to the journal"),
    ("kafka", May::Use(&["journal"]), "a carrier of bytes: frames, inputs and public records"),
    ("store", May::Use(&["views"]), "SQL knows rows alone"),
    // PROCESS: roles meet only in clearfold.
    (
        "node",
        May::Use(&["engine", "relay", "wire", "journal", "kafka", "model", "ledger", "basics"]),
        "a node decides; it has no projections and no other role",
    ),
    (
        "projector",
        May::Use(&[
            "views", "relay", "wire", "journal", "kafka", "store", "model", "ledger", "basics",
        ]),
        "a projector reads facts; it does not decide",
    ),
    (
        "scenario",
        May::Use(&["engine", "relay", "views", "interchange", "model", "ledger", "basics"]),
        "a scenario runs on paper",
    ),
    (
        "clearfold",
        May::Use(&[
            "node",
            "projector",
            "scenario",
            "interchange",
            "wire",
            "journal",
            "kafka",
            "store",
            "relay",
            "views",
            "model",
            "ledger",
            "basics",
        ]),
        "the binary composes roles; only a role joins bytes and decisions",
    ),
    // PROOF: nothing in production depends on it.
    (
        "testkit",
        May::Use(&["engine", "relay", "views", "model", "ledger", "basics"]),
        "builders build paper",
    ),
    ("auditor", May::Only(&["basics"]), "a second opinion shares no code with the first"),
    ("services", May::Only(&[]), "it starts real services and knows none of ours"),
    ("bench", May::UseAll, ""),
    ("tests", May::UseAll, ""),
    ("xtask", May::Only(&[]), "tools must build when nothing else does"),
];

/// What tests may use besides.
const IN_TESTS: [&str; 3] = ["testkit", "auditor", "services"];

/// Foreign crates with one owner: whoever else needs them asks the owner.
const OWNED: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("postgres", "store"),
    ("rdkafka", "kafka"),
    ("prost", "wire"),
    ("prost-build", "wire"),
    ("protox", "wire"),
];

/// Judges all arrows of all packages.
pub fn judge(packages: &[Package]) -> Findings {
    let mut findings = Findings::default();
    for package in packages {
        let Some((name, may, why)) = TABLE.iter().find(|(name, ..)| *name == package.name) else {
            let place = format!("crates/{}", package.name);
            findings.fail(&place, "is not in the table of arrows in xtask's layers/arrows.rs");
            continue;
        };
        let place = manifest(name);
        for arrow in &package.arrows {
            match arrow.whose {
                Whose::Ours if !may.draw(arrow) => findings.fail(
                    &place,
                    format!("{name} -> {} must not exist: {why} ({})", arrow.to, may.listed()),
                ),
                Whose::Ours => {}
                Whose::Foreign => judge_foreign(name, may, arrow, &mut findings),
            }
        }
    }
    findings
}

fn judge_foreign(name: &str, may: &May, arrow: &Arrow, findings: &mut Findings) {
    if arrow.when == When::InTests {
        return;
    }
    let to = arrow.to.as_str();
    if PAPER.contains(&name) && !PAPER_FOREIGN.contains(&to) {
        let allowed = PAPER_FOREIGN.join(" ");
        findings.fail(
            &manifest(name),
            format!("{name} -> {to} must not exist: PAPER may use {allowed}"),
        );
    }
    let owner = OWNED.iter().find(|(owned, _)| *owned == to).map(|(_, owner)| *owner);
    if let Some(owner) = owner.filter(|owner| *owner != name)
        && !matches!(may, May::UseAll)
    {
        findings
            .fail(&manifest(name), format!("{name} -> {to} must not exist: only {owner} links it"));
    }
}

fn manifest(name: &str) -> String {
    if name == "tests" { "tests/Cargo.toml".into() } else { format!("crates/{name}/Cargo.toml") }
}

impl May {
    fn draw(&self, arrow: &Arrow) -> bool {
        let to = arrow.to.as_str();
        match self {
            Self::Use(names) => {
                let in_tests = arrow.when == When::InTests && IN_TESTS.contains(&to);
                names.contains(&to) || in_tests
            }
            Self::Only(names) => names.contains(&to),
            Self::UseAll => true,
        }
    }

    fn listed(&self) -> String {
        match self {
            Self::Use([]) | Self::Only([]) => "it may use none of ours".into(),
            Self::Use(names) | Self::Only(names) => format!("it may use {}", names.join(" ")),
            Self::UseAll => "it may use all of ours".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judges one arrow. `None` if it may exist.
    fn refusal(from: &str, to: &str, when: When) -> Option<String> {
        let ours = TABLE.iter().any(|(name, ..)| *name == to);
        let whose = if ours { Whose::Ours } else { Whose::Foreign };
        let arrows = vec![Arrow { to: to.into(), when, whose }];
        judge(&[Package { name: from.into(), arrows }]).failures.pop()
    }

    #[track_caller]
    fn forbidden(from: &str, to: &[&str]) {
        for to in to {
            assert!(refusal(from, to, When::Always).is_some(), "{from} -> {to}");
        }
    }

    #[track_caller]
    fn allowed(from: &str, to: &[&str]) {
        for to in to {
            assert_eq!(refusal(from, to, When::Always), None);
        }
    }

    #[test]
    fn paper_never_touches_an_edge_or_a_role() {
        for name in PAPER {
            forbidden(name, &["wire", "journal", "store", "interchange", "node", "projector"]);
            forbidden(name, &["serde", "rusqlite", "tracing", "rust_decimal"]);
            allowed(name, &["hashbrown", "sha2"]);
        }
        forbidden("engine", &["views", "relay"]);
    }

    #[test]
    fn readers_do_not_decide() {
        forbidden("views", &["engine"]);
        forbidden("projector", &["engine"]);
    }

    #[test]
    fn edges_do_not_know_each_other_and_roles_neither() {
        forbidden("wire", &["engine", "journal", "store", "interchange"]);
        forbidden("journal", &["basics", "model", "wire"]);
        allowed("store", &["views", "rusqlite"]);
        forbidden("node", &["projector", "store", "rusqlite"]);
        allowed("node", &["relay", "engine", "wire"]);
        allowed("projector", &["relay", "store"]);
    }

    #[test]
    fn production_never_depends_on_proof_and_its_tests_may() {
        for (from, may, _) in TABLE.iter().filter(|(_, may, _)| matches!(may, May::Use(_))) {
            for to in ["auditor", "bench", "tests", "xtask"] {
                assert!(refusal(from, to, When::Always).is_some(), "{from} -> {to}");
            }
            assert_eq!(refusal(from, "auditor", When::InTests), None, "{}", may.listed());
            assert_eq!(refusal(from, "proptest", When::InTests), None);
        }
        allowed("tests", &["testkit", "auditor", "engine", "rusqlite"]);
    }

    #[test]
    fn the_auditor_stays_independent_even_in_tests() {
        for to in ["engine", "ledger", "views", "testkit"] {
            assert!(refusal("auditor", to, When::InTests).is_some(), "{to}");
        }
    }

    #[test]
    fn a_crate_without_a_row_is_refused() {
        let found = judge(&[Package { name: "desk".into(), arrows: Vec::new() }]);
        assert!(found.failures[0].contains("not in the table"));
    }

    #[test]
    fn the_table_draws_no_cycle() {
        // In the order of the table, production points upwards only, but for the binary.
        for (at, (from, may, _)) in TABLE.iter().enumerate() {
            if let May::Use(names) = may {
                for to in *names {
                    let place = TABLE.iter().position(|(name, ..)| name == to);
                    assert!(place.is_some_and(|place| place < at), "{from} -> {to}");
                }
            }
        }
    }
}
