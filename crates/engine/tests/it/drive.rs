//! Plays inputs against the engine as a node would, and shows every decision to whoever watches.

use basics::Seq;
use engine::{State, decide, evolve};
use model::{Command, Event, Rejection};
use testkit::History;

pub type Verdict = Result<Vec<Event<'static>>, Rejection>;

/// A decision with the states around it.
pub struct Decided<'d> {
    pub before: &'d State,
    pub command: &'d Command<'static>,
    pub verdict: &'d Verdict,
    pub after: &'d State,
}

impl Decided<'_> {
    /// The facts; none if it was refused.
    pub fn events(&self) -> &[Event<'static>] {
        self.verdict.as_deref().unwrap_or_default()
    }
}

/// A segment that is being played.
#[derive(Clone, Default)]
pub struct Segment {
    pub state: State,
    pub seq: u64,
}

impl Segment {
    /// Decides a command and applies what follows.
    pub fn decide(&mut self, command: &Command<'static>) -> Verdict {
        self.seq += 1;
        let verdict = decide(&self.state, command, Seq(self.seq));
        for event in verdict.iter().flatten() {
            evolve(&mut self.state, event);
        }
        if let Command::Step(step) = command {
            let gets_on = self.state.next_step() != Some(*step) && step.step < 100;
            assert!(gets_on, "a run gets on, and ends");
        }
        verdict
    }

    /// Decides commands, each with all steps of the run it may begin. All must be accepted.
    pub fn accept(
        &mut self,
        commands: impl IntoIterator<Item = Command<'static>>,
    ) -> Vec<Event<'static>> {
        let mut events = Vec::new();
        for command in commands {
            events.extend(self.decide(&command).unwrap_or_else(|rejection| {
                panic!("{command:?} is refused: {}", rejection.name())
            }));
            events.extend(self.finish_run());
        }
        events
    }

    /// Takes all steps that are left of the run under way.
    pub fn finish_run(&mut self) -> Vec<Event<'static>> {
        let mut events = Vec::new();
        while let Some(step) = self.state.next_step() {
            events.extend(self.decide(&Command::Step(step)).expect("a step is no request"));
        }
        events
    }

    /// Plays inputs. Trade reports find their turn between the steps of a run; everything else
    /// waits for its end.
    pub fn play(&mut self, inputs: &[Command<'static>], mut watch: impl FnMut(&Decided<'_>)) {
        for input in inputs {
            let mut one = |segment: &mut Self, command: &Command<'static>| {
                let before = segment.state.clone();
                let verdict = segment.decide(command);
                let after = &segment.state;
                watch(&Decided { before: &before, command, verdict: &verdict, after });
            };
            let patient = !matches!(input, Command::Trade(_));
            while let Some(step) = self.state.next_step().filter(|_| patient) {
                one(self, &Command::Step(step));
            }
            one(self, input);
            if let Some(step) = self.state.next_step() {
                one(self, &Command::Step(step));
            }
        }
        while let Some(step) = self.state.next_step() {
            let command = Command::Step(step);
            let before = self.state.clone();
            let verdict = self.decide(&command);
            let after = &self.state;
            watch(&Decided { before: &before, command: &command, verdict: &verdict, after });
        }
    }
}

/// Plays a history from the beginning and gives what is left at its end.
pub fn play(history: &History, watch: impl FnMut(&Decided<'_>)) -> Segment {
    let mut segment = Segment::default();
    segment.play(&history.inputs, watch);
    segment
}

/// The whole market, with all that it needs to trade.
pub fn market() -> Segment {
    let mut segment = Segment::default();
    segment.accept(testkit::market::reference().into_iter().map(Command::Reference));
    segment
}
