//! A market as frames in memory: decided once, then measured as often as one likes.

use std::path::Path;

use basics::Seq;
use engine::State;
use interchange::market::{Market, MarketError};
use model::decision::Form;
use model::{Decision, Place, TradeDecision};
use node::{Core, Received};
use wire::{DecisionRef, Decoder, SectionRef};

use crate::Outcome;

/// A frame is cut at this many bytes, as the node does.
const FRAME_BYTES: usize = 512 * 1024;

/// One frame's body.
pub struct Frame {
    /// Sequence of its first decision.
    pub first: Seq,
    /// How many decisions it has.
    pub count: u32,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// All frames of a market.
pub struct Frames {
    /// In order.
    pub frames: Vec<Frame>,
    /// Decisions on trade reports among them.
    pub reports: u64,
}

/// Decisions that lie together in a frame.
pub enum Section<'a> {
    /// Decisions on trade reports.
    Trades(Vec<TradeDecision<'a>>),
    /// Any other decision.
    One(Box<Decision<'a>>),
}

impl Frames {
    /// Runs a market through the core and keeps what it writes.
    pub fn of(directory: &Path) -> Outcome<Self> {
        let market = Market::open(directory)?;
        let mut core = Core::new(State::default(), Seq(0));
        let mut all = Self { frames: Vec::new(), reports: 0 };
        market.for_each(|channel, row| {
            core.take(&Received {
                place: Place { channel, position: row.position, item: 0, pass: 0 },
                publisher: "bench",
                form: Form::MarketCsv,
                command: row.command,
                verbatim: (!row.is_canonical()).then_some(row.raw),
            });
            all.reports += u64::from(channel.ends_with("trades.csv"));
            all.cut(&mut core, FRAME_BYTES);
            while core.step().is_some() {
                all.cut(&mut core, FRAME_BYTES);
            }
            Ok::<(), MarketError>(())
        })?;
        all.cut(&mut core, 1);
        Ok(all)
    }

    /// Ends the core's frame if it has at least so many bytes.
    fn cut(&mut self, core: &mut Core, at_least: usize) {
        if core.frame_bytes() >= at_least {
            let wire::Body { first_seq: first, count, bytes } = core.end_frame();
            self.frames.push(Frame { first, count, body: bytes.to_vec() });
        }
    }

    /// Bytes of all bodies.
    pub fn bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.body.len()).sum()
    }
}

impl Frame {
    /// Decodes the frame section by section.
    pub fn sections(&self, mut take: impl FnMut(Section<'_>)) -> Outcome<()> {
        let mut decoder = Decoder::new(self.first, &self.body)?;
        while let Some(section) = decoder.next_section() {
            match section? {
                SectionRef::Trades(rows) => take(Section::Trades(rows.collect::<Result<_, _>>()?)),
                SectionRef::One(DecisionRef::Trade(decision)) => {
                    take(Section::Trades(vec![decision]));
                }
                SectionRef::One(DecisionRef::Other(decision)) => {
                    take(Section::One(Box::new(decision)));
                }
            }
        }
        Ok(())
    }
}
