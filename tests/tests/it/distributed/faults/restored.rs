//! A database that is restored from an older copy.

use services::{Postgres, PostgresOptions};

use crate::distributed::installation::Installation;
use crate::distributed::undisturbed::Undisturbed;
use crate::market::Market;

#[test]
fn a_database_restored_from_an_older_copy_catches_up() {
    let undisturbed = Undisturbed::golden();
    let installation = Installation::start(1);
    let postgres = Postgres::start(PostgresOptions::default()).expect("PostgreSQL starts");
    let served = installation.config("served", &postgres.url());
    let _node = installation.run("node", &served);
    let projector = installation.run("projector", &served);
    let older = installation.folder().join("older");

    installation.publish(Market::golden_until(2).path()).done();
    installation.await_projected(&served);
    postgres.stop().expect("it stops");
    postgres.back_up(&older).expect("a copy");
    postgres.restart().expect("it starts again");
    installation.publish(Market::golden_until(4).path()).done();
    installation.await_projected(&served);
    let tables = installation.exports(&served);
    let restore = || {
        postgres.stop().expect("it stops");
        postgres.restore(&older).expect("the copy is put back");
        postgres.restart().expect("it starts again");
    };

    // The projector is there all the time, and nothing new comes that would wake it.
    restore();
    installation.await_projected(&served);
    assert!(installation.exports(&served) == tables, "it shows what it showed before");

    // Nothing of it is written twice when more comes at once.
    restore();
    installation.publish(Market::golden_until(6).path()).done();
    installation.await_projected(&served);

    // The projector is away.
    assert!(projector.end().success(), "it stops in good order");
    restore();
    installation.publish(&undisturbed.market).done();
    let _projector = installation.run("projector", &served);
    undisturbed.is_seen_in(&installation, &[&served]);
}
