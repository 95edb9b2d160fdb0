//! The engine under a scenario: inputs are decided one after the other, and the steps of a run
//! follow at once.

use basics::Seq;
use engine::State;
use engine::day::Phase;
use interchange::market::FileKind;
use model::outcome::{Acceptance, DEAD_LETTER};
use model::{Command, DeadLetterReason, Event, Operation};
use sha2::{Digest, Sha256};

use crate::columns::Topic;
use crate::facts::Facts;
use crate::inputs::{self, Memory, Now};
use crate::phrase::{Commitment, Operate, Raw};
use crate::report::Problem;
use crate::table::{Row, Table};

/// What an input is said to become when nothing else is expected.
pub(crate) const ACCEPTED: &str = "accepted";

/// The engine under a scenario.
#[derive(Clone, Default)]
pub(crate) struct World {
    /// The engine's state.
    pub state: State,
    /// What was decided so far.
    pub facts: Facts,
    /// What the rows said so far.
    pub memory: Memory,
    /// The draw that the open day is committed to.
    draw: String,
    seq: u64,
}

impl World {
    /// Decides a row, if it can be read; gives its outcome.
    fn read(
        &mut self,
        topic: Topic,
        line: usize,
        command: Result<Command<'_>, DeadLetterReason>,
    ) -> String {
        match command {
            Ok(command) => self.submit(line, command),
            Err(reason) => {
                self.seq += 1;
                if topic == Topic::Trades {
                    let today = self.state.business_date();
                    self.facts.dead_lettered(Seq(self.seq), today, reason);
                }
                format!("{DEAD_LETTER} {}", reason.name())
            }
        }
    }

    /// Decides an input and everything that follows from it; gives its outcome.
    fn submit(&mut self, line: usize, command: Command<'_>) -> String {
        self.seq += 1;
        let (seq, today) = (Seq(self.seq), self.state.business_date());
        let outcome = match engine::decide(&self.state, &command, seq) {
            Ok(events) => {
                self.facts.reported(seq, line, &command);
                self.apply(seq, &events);
                accepted(&events)
            }
            Err(rejection) => rejection.name(),
        };
        self.facts.decided(seq, today, &command, outcome);
        while let Some(step) = self.state.next_step() {
            self.seq += 1;
            let events = engine::decide(&self.state, &Command::Step(step), Seq(self.seq));
            self.apply(Seq(self.seq), &events.expect("a run's own step is never refused"));
        }
        outcome.to_owned()
    }

    fn apply(&mut self, seq: Seq, events: &[Event<'_>]) {
        let today = self.state.business_date();
        for event in events {
            engine::evolve(&mut self.state, event);
            self.facts.learn(seq, today, event);
        }
    }

    /// Submits a row of a table; gives its outcome.
    pub fn row(&mut self, topic: Topic, table: &Table, row: &Row) -> Result<String, Problem> {
        let facts = &self.facts;
        let version = |source: &str, date: &str, reference: &str| {
            facts.find(source, date, reference).map(|trade| trade.version)
        };
        let now = Now { today: self.state.business_date(), version: &version };
        let full = self.memory.fill(topic, table, row, &now)?;
        let outcome =
            inputs::command(topic, row.line, &full, |command| self.read(topic, row.line, command))?;
        if is_accepted(&outcome) {
            self.memory.keep(topic, &full);
        }
        Ok(outcome)
    }

    /// Submits a row of the trades file as it stands.
    pub fn raw(&mut self, raw: &Raw) -> Result<String, Problem> {
        inputs::file_row(FileKind::Trades, raw.line, &raw.bytes, |command| {
            self.read(Topic::Trades, raw.line, command)
        })
    }

    /// Submits an operation; gives the first outcome that is no acceptance.
    pub fn operate(&mut self, line: usize, operate: &Operate) -> Result<String, Problem> {
        let last = self.state.business_date();
        let dated = |date: Option<basics::Date>| {
            let none = || Problem::new(line, "a day that was opened before", "none");
            date.or(last).ok_or_else(none)
        };
        match operate {
            Operate::Open(date, commitment) => Ok(self.open(line, *date, commitment)),
            Operate::CloseTrading(date) => {
                let date = dated(*date)?;
                Ok(self.operation(line, Operation::CloseTrading { date }))
            }
            Operate::Settle(date, draw) => {
                let (date, draw) =
                    (dated(*date)?, draw.clone().unwrap_or_else(|| self.draw.clone()));
                Ok(self.operation(line, Operation::Settle { date, draw: &draw }))
            }
            Operate::Close(date) => {
                let date = dated(*date)?;
                Ok(self.operation(line, Operation::CloseDay { date }))
            }
            Operate::End => {
                dated(None)?;
                Ok(self.end(line))
            }
            Operate::Pass(date, commitment) => {
                let outcome = self.open(line, *date, commitment);
                Ok(if outcome == ACCEPTED { self.end(line) } else { outcome })
            }
        }
    }

    fn operation(&mut self, line: usize, operation: Operation<'_>) -> String {
        self.submit(line, Command::Operation(operation))
    }

    fn open(&mut self, line: usize, date: basics::Date, commitment: &Commitment) -> String {
        let (draw, text) = match commitment {
            Commitment::Verbatim(text) => (String::new(), text.clone()),
            Commitment::Draw(draw) => {
                let draw = draw.clone().unwrap_or_else(|| format!("draw-{date}"));
                let text = hex(&Sha256::digest(draw.as_bytes()));
                (draw, text)
            }
        };
        let outcome = self.operation(line, Operation::OpenDay { date, commitment: &text });
        if outcome == ACCEPTED {
            self.draw = draw;
        }
        outcome
    }

    /// What is left of the open day, up to its close.
    fn end(&mut self, line: usize) -> String {
        let date = self.state.business_date().unwrap_or_default();
        let mut operations = Vec::new();
        if self.state.days.phase == Phase::Trading {
            operations.push(Operation::CloseTrading { date });
        }
        let draw = self.draw.clone();
        if self.state.days.phase < Phase::Settled && self.state.days.commitment.is_some() {
            operations.push(Operation::Settle { date, draw: &draw });
        }
        operations.push(Operation::CloseDay { date });
        for operation in operations {
            let outcome = self.operation(line, operation);
            if outcome != ACCEPTED {
                return outcome;
            }
        }
        ACCEPTED.to_owned()
    }
}

/// Whether an outcome is an acceptance of any kind.
pub(crate) fn is_accepted(outcome: &str) -> bool {
    outcome == ACCEPTED
        || [Acceptance::Captured, Acceptance::Amended, Acceptance::Cancelled]
            .iter()
            .any(|acceptance| acceptance.name() == outcome)
}

/// The name of an acceptance.
fn accepted(events: &[Event<'_>]) -> &'static str {
    let any = |is: fn(&Event<'_>) -> bool| events.iter().any(is);
    if any(|event| matches!(event, Event::TradeCaptured(_))) {
        Acceptance::Captured.name()
    } else if any(|event| matches!(event, Event::TradeAmended(_))) {
        Acceptance::Amended.name()
    } else if any(|event| matches!(event, Event::TradeCancelled(_))) {
        Acceptance::Cancelled.name()
    } else {
        ACCEPTED
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
