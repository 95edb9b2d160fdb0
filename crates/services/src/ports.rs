//! Free ports on 127.0.0.1 that stay ours while a service is down.
//!
//! Asking the system for a port and giving it back is a race: a broker that is killed and started
//! again would find its port taken. So a port is held by a locked file that all who use this crate
//! look at, and it lies below the range from which the system serves outgoing connections.

use std::fs::{File, TryLockError};
use std::net::TcpListener;
use std::path::PathBuf;

use crate::error::{Error, Tried};
use crate::folder;

const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// A port that is ours until this is dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    /// The lock goes with the file, also when the process is killed.
    _lock: Option<File>,
}

impl Port {
    /// Any free port.
    pub fn free() -> Result<Self, Error> {
        let folder = folder::cache("clearfold-services")?.join("ports");
        std::fs::create_dir_all(&folder).tried(|| format!("create {}", folder.display()))?;
        let count = LAST - FIRST + 1;
        // Processes that start at the same moment begin to look at different places.
        let start = u16::try_from(std::process::id() * 61 % u32::from(count)).expect("below count");
        for step in 0..count {
            let number = FIRST + (start + step) % count;
            let lock = lock(folder.join(number.to_string()))?;
            if lock.is_some() && TcpListener::bind(("127.0.0.1", number)).is_ok() {
                return Ok(Self { number, _lock: lock });
            }
        }
        Err(Error::NoPort { first: FIRST, last: LAST })
    }

    /// The given port, or any free one.
    pub fn given_or_free(number: Option<u16>) -> Result<Self, Error> {
        number.map_or_else(Self::free, |number| Ok(Self { number, _lock: None }))
    }

    /// Where to connect.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.number)
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

/// The lock on a port's file. `None` if someone else has it.
fn lock(path: PathBuf) -> Result<Option<File>, Error> {
    let what = || format!("lock {}", path.display());
    let file = File::create(&path).tried(what)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(Error::Io { what: what(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_to_one_owner_at_a_time() {
        let ports: Vec<Port> = (0..20).map(|_| Port::free().unwrap()).collect();
        let mut numbers: Vec<u16> = ports.iter().map(Port::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 20);
    }
}
