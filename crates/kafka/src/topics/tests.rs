use super::*;

fn plan() -> Plan {
    let settings = Settings { partitions: 2, replication: 3, min_insync: 2, retention_days: 14 };
    Plan::new(&Names { prefix: "p.".into() }, &settings)
}

/// Topics exactly as planned.
fn as_planned(plan: &Plan) -> Inventory {
    let found = |wanted: &Wanted| Found {
        partitions: wanted.partitions,
        replication: wanted.replication,
        settings: wanted.settings.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
        own: BTreeMap::new(),
    };
    plan.topics.iter().map(|wanted| (wanted.topic, found(wanted))).collect()
}

fn said(plan: &Plan, found: &Inventory) -> Vec<String> {
    diff(plan, found).iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_compacted_and_the_journal_is_kept_for_ever() {
    for wanted in plan().topics {
        let of = |key| wanted.settings.iter().find(|(k, _)| *k == key).unwrap().1.as_str();
        assert_eq!(of("cleanup.policy"), "delete");
        assert_eq!(of("retention.bytes"), "-1");
        let days = if wanted.topic == Topic::Journal { "-1" } else { "1209600000" };
        assert_eq!(of("retention.ms"), days, "{}", wanted.topic.name());
        let mib = if Topic::INPUTS.contains(&wanted.topic) { "2097152" } else { "5242880" };
        assert_eq!(of("max.message.bytes"), mib, "{}", wanted.topic.name());
    }
}

#[test]
fn topics_as_planned_do_not_differ() {
    let plan = plan();
    let mut found = as_planned(&plan);
    assert_eq!(diff(&plan, &found), []);
    // Settings that nobody planned are nobody's business, and neither are replicas on the move.
    let journal = found.get_mut(&Topic::Journal).unwrap();
    journal.settings.insert("segment.ms".into(), "1".into());
    journal.replication = 5;
    assert_eq!(diff(&plan, &found), []);
}

#[test]
fn each_difference_is_named() {
    let plan = plan();
    let mut found = as_planned(&plan);
    found.remove(&Topic::PricesIn);
    found.get_mut(&Topic::TradesIn).unwrap().partitions = 1;
    found.get_mut(&Topic::TradesStatus).unwrap().partitions = 4;
    found.get_mut(&Topic::RiskEvents).unwrap().replication = 1;
    let journal = &mut found.get_mut(&Topic::Journal).unwrap().settings;
    journal.insert("cleanup.policy".into(), "compact".into());
    journal.remove("retention.ms");
    let said = said(&plan, &found);
    assert!(said[1].starts_with("prices.in is missing (2 partitions, 3 copies, cleanup.policy="));
    assert_eq!(said[0], "trades.in has 1 partitions instead of 2");
    assert_eq!(said[2], "journal has cleanup.policy=compact instead of delete");
    assert_eq!(said[3], "journal has retention.ms=unknown instead of -1");
    assert_eq!(said[4], "trades.status has 4 partitions instead of 2, and none is removed");
    assert!(said[5].starts_with("risk.events has 1 copies instead of 3; move replicas with"));
    assert_eq!(said.len(), 6);
    let mended: Vec<_> = diff(&plan, &found).iter().map(Difference::is_mended).collect();
    assert_eq!(mended, [true, true, true, true, false, false]);
}

#[test]
fn the_refusal_names_the_differences_and_what_to_do() {
    let differences = diff(&plan(), &Inventory::new());
    assert_eq!(differences.len(), Topic::ALL.len());
    let said = TopicsError::Differ(differences).to_string();
    assert!(said.starts_with("the topics are not as the configuration says: trades.in is missing"));
    assert!(said.ends_with("run `clearfold topics apply`, or correct the section [kafka]"));
}
