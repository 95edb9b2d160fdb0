//! The owner of a journal is away and comes back, and does not know that it has a successor.

use crate::distributed::installation::Installation;
use crate::distributed::undisturbed::Undisturbed;
use crate::market::Market;

#[test]
fn an_owner_that_was_paused_beyond_every_timeout_does_no_harm() {
    let undisturbed = Undisturbed::golden();
    let installation = Installation::start(1);
    let files = installation.config("files", &installation.sqlite("files"));
    let other = installation.config("other", "sqlite:unused.sqlite");
    let owner = installation.run("node", &files);
    owner.await_word("owns the journal");
    let standby = installation.run("node", &other);
    standby.await_word("follows");
    let _projector = installation.run("projector", &files);

    installation.publish(Market::golden_until(5).path()).done();
    owner.signal("STOP");
    standby.await_word("owns the journal");
    installation.publish(&undisturbed.market).done();
    owner.signal("CONT");
    owner.await_word("stands by again");

    undisturbed.is_seen_in(&installation, &[&files]);
    assert!(owner.end().success(), "it stops in good order");
    assert!(standby.end().success(), "it stops in good order");
}
