//! Where a command finds the data of a segment: in a data directory, or in an installation that a
//! configuration names.

use std::path::PathBuf;

use basics::Seq;
use journal::{Frames, Head, Reader, Tail, ToEnd};
use kafka::{Connection, Topic, TopicLog};
use node::{History, State};
use store::Location;

use crate::cli;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::read_model;
use crate::service::config::{self, Config, Sources};
use crate::service::connection::connection;

/// Where the data of a segment is.
#[derive(Debug)]
pub enum Place {
    /// In files of one directory.
    Directory(DataDir),
    /// In topics and a store.
    Installation(Box<Installation>),
}

/// A segment of an installation.
#[derive(Debug)]
pub struct Installation {
    /// The whole configuration.
    pub config: Config,
    /// The segment.
    pub segment: u32,
    /// How its brokers are reached.
    pub connection: Connection,
}

impl Place {
    /// What the arguments name.
    ///
    /// # Errors
    /// There is no journal in the directory; the configuration cannot be read or makes no sense.
    pub fn of(args: &cli::Place) -> Result<Self, Failure> {
        match (&args.data, &args.config) {
            (Some(data), _) => DataDir::existing(data).map(Self::Directory),
            (None, file) => Self::installation(file.clone(), args.segment),
        }
    }

    fn installation(file: Option<PathBuf>, segment: u32) -> Result<Self, Failure> {
        let sources = Sources::of_process(file.as_deref(), &[]);
        let (config, _) = config::read(&sources)?.checked()?;
        let connection = connection(&config);
        Ok(Self::Installation(Box::new(Installation { config, segment, connection })))
    }

    /// The journal's frames from the first on, up to its present end.
    ///
    /// # Errors
    /// There is no journal, or it cannot be read.
    pub fn frames(&self) -> Result<Box<dyn Frames>, Failure> {
        match self {
            Self::Directory(data) => Ok(Box::new(Reader::open(data.path(), 1)?)),
            Self::Installation(at) => Ok(Box::new(at.frames()?)),
        }
    }

    /// All decisions.
    ///
    /// # Errors
    /// As [`Place::frames`].
    pub fn history(&self) -> Result<History, Failure> {
        Ok(History::over(self.frames()?, Seq(1)))
    }

    /// The state now, and the last decision.
    ///
    /// # Errors
    /// As [`Place::frames`].
    pub fn current(&self) -> Result<(State, Seq), Failure> {
        match self {
            Self::Directory(data) => Ok(node::recovery::current(data.path())?),
            Self::Installation(_) => Ok(node::recovery::fold(&mut self.history()?)?),
        }
    }
}

impl Installation {
    /// Where its read model lies.
    ///
    /// # Errors
    /// The store's address says nothing.
    pub fn location(&self) -> Result<Location, Failure> {
        read_model::location(&self.config.store, self.segment)
    }

    fn frames(&self) -> Result<ToEnd<TopicLog>, Failure> {
        let log = TopicLog::open(&self.connection, self.segment, 0)?;
        let name = self.connection.names.of(Topic::Journal);
        Ok(ToEnd::new(Tail::new(log, Head::start(self.segment)), name))
    }
}
