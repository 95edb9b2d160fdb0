//! The golden market's journal, and the topics that a relay makes of it.

use std::path::Path;
use std::sync::OnceLock;

use basics::Seq;
use journal::{Kind, Reader};
use wire::Decoder;

use crate::broker::{Outlet, Topics};
use crate::everything;

/// Two weeks, some thousand decisions.
pub struct Golden {
    /// Bodies of frames, with their first sequences.
    frames: Vec<(Seq, Vec<u8>)>,
    /// All exports of the embedded read model.
    pub exports: String,
    /// The last decision.
    pub last: Seq,
}

impl Golden {
    /// Reads it once.
    pub fn read() -> &'static Self {
        static GOLDEN: OnceLock<Golden> = OnceLock::new();
        GOLDEN.get_or_init(|| {
            let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
            let mut frames = Vec::new();
            let mut reader = Reader::open(&data, 1).expect("the golden journal");
            while let Some(frame) = reader.poll().expect("whole") {
                if frame.header.kind != Kind::Fence {
                    frames.push((Seq(frame.header.first_seq), frame.body.to_vec()));
                }
            }
            let mut reader = Reader::open(&data, 1).expect("the golden journal");
            let store = projector::as_of(&mut reader, Seq(u64::MAX)).expect("projected");
            let last = store.progress().expect("progress").seq;
            Self { frames, exports: everything(&store), last }
        })
    }

    /// Its topics, with frames of these many decisions, over and over.
    pub fn topics(&self, frames: &[usize], bytes_max: usize) -> Topics {
        let mut outlet = Outlet::new(bytes_max);
        let mut lengths = frames.iter().cycle();
        let mut left = *lengths.next().expect("a length");
        let mut last = Seq(0);
        for (first, body) in &self.frames {
            let mut decoder = Decoder::new(*first, body).expect("a body");
            while let Some(decision) = decoder.next() {
                let decision = decision.expect("a decision");
                last = decision.seq();
                outlet.send(&decision);
                left -= 1;
                if left == 0 {
                    outlet.end_frame(last);
                    left = *lengths.next().expect("a length");
                }
            }
        }
        outlet.end_frame(last);
        outlet.close()
    }
}
