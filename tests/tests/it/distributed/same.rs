//! SAME: through Kafka, the same market gives the same tables and the same state.

use services::{Postgres, PostgresOptions};

use super::installation::Installation;
use super::undisturbed::{Undisturbed, without_places};
use crate::product::same_tables;

#[test]
fn a_market_through_kafka_gives_the_tables_and_the_state_of_an_import() {
    let undisturbed = Undisturbed::golden();
    let expected = without_places(&undisturbed.tables);

    let installation = Installation::start(1);
    let postgres = Postgres::start(PostgresOptions::default()).expect("PostgreSQL starts");
    let files = installation.config("files", &installation.sqlite("files"));
    let served = installation.config("served", &postgres.url());
    let standby = installation.config("standby", "sqlite:unused.sqlite");
    let _active = installation.run("node", &files);
    let _standby = installation.run("node", &standby);
    let _projectors =
        [installation.run("projector", &files), installation.run("projector", &served)];

    installation.publish(&undisturbed.market).done();
    for config in [&files, &served] {
        let status = installation.await_projected(config);
        assert_eq!(status["state_hash"], undisturbed.state_hash);
        same_tables(&without_places(&installation.exports(config)), &expected, config);
    }
    installation.verifies(&files);

    // Published again: what is in the topics is not sent again.
    let again = installation.publish(&undisturbed.market).done().json();
    assert_eq!(again["rows"], 0);
    same_tables(&without_places(&installation.exports(&files)), &expected, &"published again");
}
