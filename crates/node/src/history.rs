//! Reading decisions back: the journal's frames, decoded, in order.

use std::path::Path;

use basics::Seq;
use journal::{Frame, Frames, Kind, Reader};
use wire::{DecisionRef, Decoder};

use crate::NodeError;

/// Whether a reader wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Go on.
    More,
    /// Stop here.
    Enough,
}

/// Gives the decisions of a frame to `take`, in order; a fence has none.
///
/// # Errors
/// [`NodeError::Unreadable`] at the decision that cannot be read, and those of `take`.
pub fn decisions<E: From<NodeError>>(
    frame: &Frame<'_>,
    mut take: impl FnMut(DecisionRef<'_>) -> Result<Read, E>,
) -> Result<Read, E> {
    if frame.header.kind == Kind::Fence {
        return Ok(Read::More);
    }
    let first_seq = frame.header.first_seq;
    let unreadable = move |source| NodeError::Unreadable { first_seq, source };
    let mut decoder = Decoder::new(Seq(first_seq), frame.body).map_err(unreadable)?;
    while let Some(decision) = decoder.next() {
        if take(decision.map_err(unreadable)?)? == Read::Enough {
            return Ok(Read::Enough);
        }
    }
    Ok(Read::More)
}

/// The decisions of a journal, from one sequence on.
pub struct History {
    frames: Box<dyn Frames>,
    from: Seq,
}

impl History {
    /// Opens the journal at the decision with sequence `from`, read-only.
    ///
    /// # Errors
    /// [`NodeError`] when there is no journal or it is damaged there.
    pub fn open(directory: &Path, from: Seq) -> Result<Self, NodeError> {
        Ok(Self::over(Box::new(Reader::open(directory, from.0)?), from))
    }

    /// The decisions with sequence `from` and after it, of a journal that is read from there or
    /// from before.
    #[must_use]
    pub fn over(frames: Box<dyn Frames>, from: Seq) -> Self {
        Self { frames, from }
    }

    /// Gives every decision of the frames up to `last` to `take`, until it has enough. Called
    /// again, it goes on behind the last frame read.
    ///
    /// # Errors
    /// [`NodeError`] when a frame is damaged or unreadable, and those of `take`.
    pub fn read<E: From<NodeError>>(
        &mut self,
        last: Seq,
        mut take: impl FnMut(DecisionRef<'_>) -> Result<Read, E>,
    ) -> Result<(), E> {
        while let Some(frame) = self.frames.next_frame(last.0).map_err(NodeError::from)? {
            let from = self.from;
            let read = decisions(&frame, |decision| match decision.seq() < from {
                true => Ok(Read::More),
                false => take(decision),
            })?;
            if read == Read::Enough {
                break;
            }
        }
        Ok(())
    }
}
