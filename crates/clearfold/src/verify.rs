//! `verify`: chain, laws, and every input decided again.

use serde_json::json;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::place::Place;
use crate::progress;

/// Runs `verify`.
pub fn run(place: &Place, context: &Context) -> Result<(), Failure> {
    let bar = progress::decisions(0, context.quiet).with_message("verify");
    let show = |seq: u64| {
        bar.set_length(bar.length().unwrap_or(0).max(seq));
        bar.set_position(seq);
    };
    let verified = match place {
        Place::Directory(data) => node::verify(data.path(), show)?,
        Place::Installation(_) => node::verify_frames(&mut *place.frames()?, show),
    };
    bar.finish_and_clear();
    let hash = Context::hex(&verified.state_hash);
    let differences = verified.findings.len();
    let mut text = format!(
        "{} decisions, {} frames, {differences} differences\n",
        verified.decisions, verified.frames
    );
    for finding in &verified.findings {
        text.push_str(finding);
        text.push('\n');
    }
    if verified.torn_tail > 0 {
        let bytes = verified.torn_tail;
        context.note(&format!(
            "{bytes} bytes behind the last frame were never acknowledged; the next start cuts them"
        ));
    }
    let json = json!({
        "decisions": verified.decisions,
        "frames": verified.frames,
        "differences": differences,
        "findings": verified.findings,
        "torn_tail_bytes": verified.torn_tail,
        "state_hash": if differences == 0 { hash } else { String::new() },
    });
    context.print(&text, &json);
    match verified.findings.first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(Exit::Findings, format!("the journal differs: {first}"))),
    }
}
