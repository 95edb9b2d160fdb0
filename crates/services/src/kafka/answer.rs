//! Whether a broker answers: the smallest question of Kafka's protocol that tells.
//!
//! An open port does not tell: a broker listens before the controllers have let it in. So it is
//! asked which brokers it knows (`Metadata`, version 1, no topics).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Ids of the brokers that the one at `port` knows to be there. `None` if it does not answer.
pub fn brokers(port: u16) -> Option<Vec<i32>> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(&question()).ok()?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut answer = vec![0; usize::try_from(i32::from_be_bytes(length)).ok()?];
    stream.read_exact(&mut answer).ok()?;
    ids(&answer)
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
    // About no topic.
    body.extend(0_i32.to_be_bytes());
    let length = i32::try_from(body.len()).expect("a few bytes");
    [length.to_be_bytes().to_vec(), body].concat()
}

fn ids(answer: &[u8]) -> Option<Vec<i32>> {
    let mut rest = answer;
    let _correlation = number(&mut rest)?;
    let count = number(&mut rest)?;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(number(&mut rest)?);
        text(&mut rest)?;
        let _port = number(&mut rest)?;
        text(&mut rest)?;
    }
    Some(ids)
}

fn number(rest: &mut &[u8]) -> Option<i32> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(i32::from_be_bytes(*bytes))
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
    fn ids_are_read_from_an_answer() {
        let broker = |id: u8| {
            let host = [&[0, 9][..], b"127.0.0.1"].concat();
            [&[0, 0, 0, id][..], &host, &[0, 0, 78, 32], &[0xff, 0xff]].concat()
        };
        let answer = [&[0, 0, 0, 1, 0, 0, 0, 2][..], &broker(1), &broker(3)].concat();
        assert_eq!(ids(&answer), Some(vec![1, 3]));
        assert_eq!(ids(&answer[..answer.len() - 1]), None);
    }
}
