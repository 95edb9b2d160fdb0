//! Rows of a batch in groups that one statement can take at once.
//!
//! Statements on one row keep their order; those on different rows may change theirs. So the
//! first statement on each row goes to the first round, the second to the second, and within a
//! round all rows of one kind go together. Most batches need one round or two.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::statement::{Order, order};
use crate::batch::{Field, Lane};
use crate::statement::Statement;

/// Rows for one statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// What to do.
    pub statement: Statement,
    /// Where the fields of each row begin.
    pub starts: Vec<usize>,
}

/// The rows of a lane, group by group, in an order in which they may be written.
pub fn groups(lane: &Lane, arena: &[u8]) -> Vec<Group> {
    let mut out = Vec::new();
    let mut stretch = Stretch::default();
    let mut start = 0;
    for run in lane.statements.chunk_by(|a, b| a == b) {
        let statement = run[0];
        let width = statement.fields();
        let starts = (0..run.len()).map(|row| start + row * width);
        match order(statement) {
            Order::First => stretch.rows(0, statement).extend(starts),
            Order::ByKey(keys) => {
                for start in starts {
                    let round = stretch.round(&lane.fields[start..start + keys], arena);
                    stretch.rows(round, statement).push(start);
                }
            }
            Order::Alone => {
                stretch.end(&mut out);
                out.push(Group { statement, starts: starts.collect() });
            }
        }
        start += run.len() * width;
    }
    debug_assert_eq!(start, lane.fields.len(), "every field belongs to a statement");
    stretch.end(&mut out);
    out
}

/// Statements between two that must stay where they are.
#[derive(Default)]
struct Stretch {
    /// By round, and within it by statement.
    groups: BTreeMap<(u32, Statement), Vec<usize>>,
    /// How many statements each row had, by a hash of its key. Two rows that share a hash take
    /// turns, which costs a round and nothing else.
    seen: BTreeMap<u64, u32>,
}

impl Stretch {
    fn rows(&mut self, round: u32, statement: Statement) -> &mut Vec<usize> {
        self.groups.entry((round, statement)).or_default()
    }

    /// The round of the next statement on a row, from 1.
    fn round(&mut self, key: &[Field], arena: &[u8]) -> u32 {
        let mut hasher = DefaultHasher::new();
        for field in key {
            match field {
                Field::Int(value) => value.hash(&mut hasher),
                Field::Text(start, length) | Field::Bytes(start, length) => {
                    arena[*start as usize..][..*length as usize].hash(&mut hasher);
                }
                Field::Null => {}
            }
        }
        let seen = self.seen.entry(hasher.finish()).or_default();
        *seen += 1;
        *seen
    }

    fn end(&mut self, out: &mut Vec<Group>) {
        self.seen.clear();
        let groups = std::mem::take(&mut self.groups);
        out.extend(groups.into_iter().map(|((_, statement), starts)| Group { statement, starts }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(rows: &[(Statement, &[i64])]) -> Lane {
        let mut lane = Lane::default();
        for (statement, fields) in rows {
            lane.statements.push(*statement);
            let mut fields: Vec<Field> = fields.iter().map(|value| Field::Int(*value)).collect();
            fields.resize(statement.fields(), Field::Int(0));
            lane.fields.extend(fields);
        }
        lane
    }

    fn order_of(rows: &[(Statement, &[i64])]) -> Vec<(Statement, usize)> {
        groups(&lane(rows), &[]).iter().map(|it| (it.statement, it.starts.len())).collect()
    }

    #[test]
    fn statements_on_one_row_keep_their_order_and_others_go_together() {
        use Statement::{PositionCarried as Carried, PositionFlat as Flat};
        let (one, two, three): (&[i64], &[i64], &[i64]) = (&[1, 1], &[1, 2], &[1, 3]);
        let rows = [(Carried, one), (Flat, two), (Carried, three), (Flat, one), (Carried, one)];
        assert_eq!(order_of(&rows), [(Carried, 2), (Flat, 1), (Flat, 1), (Carried, 1)]);
    }

    #[test]
    fn new_trades_come_first_and_a_move_stays_where_it_is() {
        use Statement::{
            TradeCancelled as Cancelled, TradeCaptured as Captured, TradesMoved as Moved,
        };
        let rows: [(_, &[i64]); 7] = [
            (Captured, &[1]),
            (Cancelled, &[1]),
            (Captured, &[2]),
            (Moved, &[7]),
            (Moved, &[8]),
            (Captured, &[3]),
            (Cancelled, &[2]),
        ];
        let expected = [(Captured, 2), (Cancelled, 1), (Moved, 2), (Captured, 1), (Cancelled, 1)];
        assert_eq!(order_of(&rows), expected);
    }
}
