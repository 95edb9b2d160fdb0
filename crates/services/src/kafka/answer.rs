//! Whether a broker answers: the smallest question of Kafka's protocol that tells.
//!
//! An open port does not tell: a broker listens before the controllers have let it in. So it is
//! asked which brokers and partitions it knows (`Metadata`, version 1, all topics).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a broker knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// Ids of the brokers that are there.
    pub brokers: Vec<i32>,
    /// How many partitions have a copy that is not in sync.
    pub behind: usize,
}

/// What the broker at `port` knows. `None` if it does not answer.
pub fn known(port: u16) -> Option<Known> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(&question()).ok()?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut answer = vec![0; usize::try_from(i32::from_be_bytes(length)).ok()?];
    stream.read_exact(&mut answer).ok()?;
    read(&answer)
}

fn question() -> Vec<u8> {
    let mut body = Vec::new();
    // Which question: Metadata.
    body.extend(3_i16.to_be_bytes());
    // In which version.
    body.extend(1_i16.to_be_bytes());
    // The answer will carry this number.
    body.extend(1_i32.to_be_bytes());
    // A client without a name.
    body.extend((-1_i16).to_be_bytes());
    // About all topics.
    body.extend((-1_i32).to_be_bytes());
    let length = i32::try_from(body.len()).expect("a few bytes");
    [length.to_be_bytes().to_vec(), body].concat()
}

fn read(answer: &[u8]) -> Option<Known> {
    let mut rest = answer;
    let _correlation = number(&mut rest)?;
    let mut brokers = Vec::new();
    for _ in 0..number(&mut rest)? {
        brokers.push(number(&mut rest)?);
        text(&mut rest)?;
        let _port = number(&mut rest)?;
        text(&mut rest)?;
    }
    let _controller = number(&mut rest)?;
    let mut behind = 0;
    for _ in 0..number(&mut rest)? {
        // Whether there was an error, its name, and whether it is the broker's own.
        skip(&mut rest, 2)?;
        text(&mut rest)?;
        skip(&mut rest, 1)?;
        for _ in 0..number(&mut rest)? {
            // Whether there was an error, its number, and its leader.
            skip(&mut rest, 10)?;
            let copies = numbers(&mut rest)?;
            behind += usize::from(numbers(&mut rest)? < copies);
        }
    }
    Some(Known { brokers, behind })
}

fn number(rest: &mut &[u8]) -> Option<i32> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(i32::from_be_bytes(*bytes))
}

/// Passes over a list of numbers and returns how many they were.
fn numbers(rest: &mut &[u8]) -> Option<usize> {
    let count = usize::try_from(number(rest)?).ok()?;
    skip(rest, count.checked_mul(4)?)?;
    Some(count)
}

fn skip(rest: &mut &[u8], bytes: usize) -> Option<()> {
    *rest = rest.get(bytes..)?;
    Some(())
}

/// Passes over a text; its length is -1 when there is none.
fn text(rest: &mut &[u8]) -> Option<()> {
    let (bytes, after) = rest.split_first_chunk()?;
    let length = usize::try_from(i16::from_be_bytes(*bytes)).unwrap_or(0);
    *rest = after.get(length..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_and_partitions_are_read_from_an_answer() {
        let broker = |id: u8| {
            let host = [&[0, 9][..], b"127.0.0.1"].concat();
            [&[0, 0, 0, id][..], &host, &[0, 0, 78, 32], &[0xff, 0xff]].concat()
        };
        let list = |ids: &[u8]| {
            let count = u8::try_from(ids.len()).unwrap();
            let ids = ids.iter().flat_map(|id| [0, 0, 0, *id]);
            [0, 0, 0, count].into_iter().chain(ids).collect::<Vec<u8>>()
        };
        let partition = |number: u8, in_sync: &[u8]| {
            let head = [0, 0, 0, 0, 0, number, 0, 0, 0, 1];
            [&head[..], &list(&[1, 3]), &list(in_sync)].concat()
        };
        let brokers = [&[0, 0, 0, 1, 0, 0, 0, 2][..], &broker(1), &broker(3)].concat();
        let topic = vec![0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, b't', 0, 0, 0, 0, 2];
        let partitions = [partition(0, &[3, 1]), partition(1, &[1])].concat();
        let answer = [brokers, topic, partitions].concat();
        assert_eq!(read(&answer), Some(Known { brokers: vec![1, 3], behind: 1 }));
        assert_eq!(read(&answer[..answer.len() - 1]), None);
    }
}
