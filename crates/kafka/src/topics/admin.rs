//! Brokers asked how their topics are, and told how they must be.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigResource, ConfigSource, NewPartitions, NewTopic,
    ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError as ClientError, RDKafkaErrorCode as Code};

use super::{Difference, Found, Inventory, Plan, TopicsError, Wanted, diff};
use crate::connection::Connection;
use crate::error::KafkaError;
use crate::names::{Names, Topic};

/// How long brokers may take for an answer, and to make topics known to each other.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the brokers refused.
const TOPICS: &str = "the topics";

/// Refuses topics that are not as planned: what every process asks before it starts.
///
/// # Errors
/// [`TopicsError::Differ`] names each difference.
pub fn check(connection: &Connection, plan: &Plan) -> Result<(), TopicsError> {
    let differences = diff(plan, &Admin::open(connection)?.look()?);
    if differences.is_empty() { Ok(()) } else { Err(TopicsError::Differ(differences)) }
}

/// Looks at topics and changes them.
pub struct Admin {
    client: AdminClient<DefaultClientContext>,
    names: Names,
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Admin {
    /// Gets ready to ask. The brokers are not asked yet.
    ///
    /// # Errors
    /// The client cannot be set up.
    pub fn open(connection: &Connection) -> Result<Self, KafkaError> {
        let mut config = connection.config();
        let client = config.set_log_level(RDKafkaLogLevel::Error).create();
        let client = client.map_err(|error| KafkaError::setup(&error))?;
        Ok(Self { client, names: connection.names.clone() })
    }

    /// How the topics are.
    ///
    /// # Errors
    /// The brokers do not answer, or do not let us ask.
    pub fn look(&self) -> Result<Inventory, KafkaError> {
        let metadata = self.client.inner().fetch_metadata(None, PATIENCE);
        let metadata = metadata.map_err(KafkaError::refused("look at", TOPICS))?;
        let mut inventory = Inventory::new();
        for topic in Topic::ALL {
            let name = self.names.of(topic);
            let known = metadata.topics().iter().find(|known| known.name() == name);
            let Some(known) = known.filter(|known| known.error().is_none()) else { continue };
            let copies = known.partitions().iter().map(|partition| partition.replicas().len());
            let found = Found {
                partitions: u32::try_from(known.partitions().len()).unwrap_or(u32::MAX),
                replication: u16::try_from(copies.min().unwrap_or(0)).unwrap_or(u16::MAX),
                ..Found::default()
            };
            inventory.insert(topic, found);
        }
        self.describe(&mut inventory)?;
        Ok(inventory)
    }

    /// Adds how each topic is configured.
    fn describe(&self, inventory: &mut Inventory) -> Result<(), KafkaError> {
        if inventory.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = inventory.keys().map(|topic| self.names.of(*topic)).collect();
        let asked: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let answers = wait(self.client.describe_configs(&asked, &options()));
        let answers = answers.map_err(KafkaError::refused("look at", TOPICS))?;
        // The library gives no name with a refusal: answers come in the order of the questions.
        for ((name, answer), found) in names.iter().zip(answers).zip(inventory.values_mut()) {
            let answer = answer.map_err(|code| refused("look at", name, code))?;
            (found.settings, found.own) = settings(answer);
        }
        Ok(())
    }

    /// Makes the topics as planned, and gives what was done. Done twice, the second time nothing
    /// is left to do.
    ///
    /// # Errors
    /// The brokers refuse. [`TopicsError::Differ`] names what cannot be mended, after everything
    /// else was.
    pub fn apply(&self, plan: &Plan) -> Result<Vec<Difference>, TopicsError> {
        let found = self.look()?;
        let (mended, left): (Vec<_>, Vec<_>) =
            diff(plan, &found).into_iter().partition(Difference::is_mended);
        for difference in &mended {
            match difference {
                Difference::Missing(wanted) => self.create(wanted)?,
                Difference::FewPartitions { topic, wanted, .. } => self.grow(*topic, *wanted)?,
                Difference::Setting { .. }
                | Difference::ManyPartitions { .. }
                | Difference::FewReplicas { .. } => {}
            }
        }
        for wanted in &plan.topics {
            let is_setting = |difference: &&Difference| matches!(difference, Difference::Setting { topic, .. } if *topic == wanted.topic);
            if mended.iter().any(|difference| is_setting(&difference)) {
                self.configure(wanted, &found[&wanted.topic].own)?;
            }
        }
        self.wait_until(plan, &left)?;
        if left.is_empty() { Ok(mended) } else { Err(TopicsError::Differ(left)) }
    }

    fn create(&self, wanted: &Wanted) -> Result<(), KafkaError> {
        let name = self.names.of(wanted.topic);
        let replication = TopicReplication::Fixed(i32::from(wanted.replication));
        let mut topic = NewTopic::new(&name, wanted.partitions.cast_signed(), replication);
        for (key, value) in &wanted.settings {
            topic = topic.set(key, value);
        }
        let done = wait(self.client.create_topics([&topic], &options()));
        let done = done.map_err(KafkaError::refused("create", &name))?;
        for result in done {
            match result {
                // Somebody else was faster.
                Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(refused("create", &name, code)),
            }
        }
        Ok(())
    }

    fn grow(&self, topic: Topic, partitions: u32) -> Result<(), KafkaError> {
        let name = self.names.of(topic);
        let doing = "add partitions to";
        let grown = NewPartitions::new(&name, partitions as usize);
        let done = wait(self.client.create_partitions([&grown], &options()));
        for result in done.map_err(KafkaError::refused(doing, &name))? {
            result.map_err(|(_, code)| refused(doing, &name, code))?;
        }
        Ok(())
    }

    /// Sets what is planned. The request replaces everything that was set for the topic, so what
    /// somebody else has set there is sent along.
    fn configure(&self, wanted: &Wanted, own: &BTreeMap<String, String>) -> Result<(), KafkaError> {
        let name = self.names.of(wanted.topic);
        let mut request = AlterConfig::new(ResourceSpecifier::Topic(&name));
        for (key, value) in own {
            request = request.set(key, value);
        }
        for (key, value) in &wanted.settings {
            request = request.set(key, value);
        }
        let done = wait(self.client.alter_configs([&request], &options()));
        for result in done.map_err(KafkaError::refused("configure", &name))? {
            result.map_err(|(_, code)| refused("configure", &name, code))?;
        }
        Ok(())
    }

    /// Waits until the brokers show what they were told.
    fn wait_until(&self, plan: &Plan, left: &[Difference]) -> Result<(), TopicsError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut differences = diff(plan, &self.look()?);
            differences.retain(|difference| !left.contains(difference));
            if differences.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(TopicsError::Differ(differences));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE))
}

fn refused(doing: &'static str, name: &str, code: Code) -> KafkaError {
    KafkaError::refused(doing, name)(ClientError::AdminOp(code))
}

/// The configuration that holds for a topic, and what of it was set for the topic itself.
fn settings(answer: ConfigResource) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (mut all, mut own) = (BTreeMap::new(), BTreeMap::new());
    for entry in answer.entries {
        let Some(value) = entry.value else { continue };
        if entry.source == ConfigSource::DynamicTopic {
            own.insert(entry.name.clone(), value.clone());
        }
        all.insert(entry.name, value);
    }
    (all, own)
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for an answer, which the client's own thread brings.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut answer = pin!(answer);
    loop {
        match answer.as_mut().poll(&mut context) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => std::thread::park(),
        }
    }
}
