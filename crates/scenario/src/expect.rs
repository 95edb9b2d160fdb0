//! Compares what a scenario expects with what there is, and says where they differ.
//!
//! Cells are equal by value: 10 is 10.00, and a symbol is its ISIN. Rows of a table may stand in
//! any order, unless they are events or journal entries.

use basics::Numeral;

use crate::inputs::Memory;
use crate::phrase::{Expectation, Explain, Extent};
use crate::report::Problem;
use crate::table::Row;
use crate::tables::Cells;
use crate::world::World;

/// Where a table is not as expected.
pub(crate) fn table(world: &World, step: usize, expected: &Expectation) -> Vec<Problem> {
    let memory = &world.memory;
    let view = expected.view;
    let holds = |row: &Cells, value: &String| row.iter().any(|cell| same(memory, value, cell));
    let mut actual = view.rows(&world.facts);
    actual.retain(|row| expected.only.iter().all(|value| holds(row, value)));
    let places: Vec<usize> =
        expected.table.columns.iter().filter_map(|name| view.column(name)).collect();
    let look = Look { memory, places: &places };
    let rows = &expected.table.rows;
    let mut problems = if view.is_ordered() {
        look.in_order(rows, &mut actual, expected.extent)
    } else {
        look.in_any_order(rows, &mut actual)
    };
    if expected.extent == Extent::Whole {
        for row in actual {
            let what = format!("no other row in {}", view.name());
            // Without a table there are no columns to choose from: all are shown.
            let shown = if places.is_empty() { row.join("  ") } else { look.show(&row) };
            problems.push(Problem::new(step, what, shown));
        }
    }
    problems
}

/// A table seen through the columns that are stated.
struct Look<'w> {
    memory: &'w Memory,
    places: &'w [usize],
}

impl Look<'_> {
    fn matches(&self, row: &Row, actual: &Cells) -> bool {
        self.agreeing(row, actual) == self.places.len()
    }

    /// How many cells agree; one that says nothing does.
    fn agreeing(&self, row: &Row, actual: &Cells) -> usize {
        let cells = row.cells.iter().zip(self.places);
        let agrees = |(cell, place): &(&Option<String>, &usize)| {
            cell.as_ref().is_none_or(|cell| same(self.memory, cell, &actual[**place]))
        };
        cells.filter(agrees).count()
    }

    fn show(&self, actual: &Cells) -> String {
        let cell = |place: &usize| match actual[*place].as_str() {
            "" => "\"\"",
            text => text,
        };
        self.places.iter().map(cell).collect::<Vec<_>>().join("  ")
    }

    /// Takes every expected row out of the actual ones; what is missing is shown beside the most
    /// similar row that nothing else expects.
    fn in_any_order(&self, rows: &[Row], actual: &mut Vec<Cells>) -> Vec<Problem> {
        let mut missing = Vec::new();
        for row in rows {
            match actual.iter().position(|cells| self.matches(row, cells)) {
                Some(at) => drop(actual.remove(at)),
                None => missing.push(row),
            }
        }
        let mut problems = Vec::new();
        for row in missing {
            let likeness = |cells: &Cells| self.agreeing(row, cells);
            let nearest = actual.iter().map(likeness).enumerate().max_by_key(|(at, likeness)| {
                // Of equally similar rows the first.
                (*likeness, usize::MAX - at)
            });
            let got = match nearest.filter(|(_, likeness)| *likeness > 0) {
                Some((at, _)) => self.show(&actual.remove(at)),
                None => "no such row".to_owned(),
            };
            problems.push(Problem::new(row.line, row.show(), got));
        }
        problems
    }

    /// Expected rows one after the other; what was passed over stays in `actual`.
    fn in_order(&self, rows: &[Row], actual: &mut Vec<Cells>, extent: Extent) -> Vec<Problem> {
        let (mut passed, mut rest) = (Vec::new(), std::mem::take(actual).into_iter());
        let mut problems = Vec::new();
        for row in rows {
            let mut skipped = Vec::new();
            let found = rest.by_ref().find(|cells| {
                let matches = self.matches(row, cells);
                if !matches {
                    skipped.push((*cells).clone());
                }
                matches
            });
            if found.is_none() || (extent == Extent::Whole && !skipped.is_empty()) {
                let got = skipped.first().map_or("no more rows".to_owned(), |row| self.show(row));
                problems.push(Problem::new(row.line, row.show(), got));
                return problems;
            }
            passed.append(&mut skipped);
        }
        passed.extend(rest);
        *actual = passed;
        problems
    }
}

/// Equal by text, by value, or as a symbol and its ISIN.
fn same(memory: &Memory, expected: &str, actual: &str) -> bool {
    let number = |text: &str| Numeral::parse(text.as_bytes()).and_then(Numeral::exact);
    expected == actual
        || memory.resolve(expected) == actual
        || number(expected).is_some_and(|value| number(actual) == Some(value))
}

/// Where a trade's story is not as expected.
pub(crate) fn story(world: &World, step: usize, expected: &Explain) -> Vec<Problem> {
    let Some(id) = world.facts.trade(&expected.reference, &expected.only) else {
        let what = format!("a trade {}", expected.reference);
        return vec![Problem::new(step, what, "none is in")];
    };
    let story = world.facts.story(id);
    let mut at = 0;
    for (line, word, value) in &expected.lines {
        let value = value.split(' ').map(|part| world.memory.resolve(part));
        let value = value.collect::<Vec<_>>().join(" ");
        let is = |(w, v): &(String, String)| w == word && (value.is_empty() || *v == value);
        match story[at..].iter().position(is) {
            Some(found) => at += found + 1,
            None => {
                let same_word = story[at..].iter().find(|(w, _)| w == word);
                let got = same_word
                    .map_or("no such line after the one above".to_owned(), |(w, v)| {
                        format!("{w}: {v}")
                    });
                return vec![Problem::new(*line, format!("{word}: {value}"), got)];
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_equal_by_value() {
        let same = |a, b| same(&Memory::default(), a, b);
        assert!(same("10", "10.00") && same("-0.5", "-0.50") && same("A", "A"));
        assert!(!same("10", "10.01") && !same("", "0") && !same("A", "B"));
    }
}
