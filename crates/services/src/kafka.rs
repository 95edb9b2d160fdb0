//! Apache Kafka: one or three brokers, each also a controller, each a JVM of its own.
//!
//! Every broker has three listeners on 127.0.0.1: CLIENT for whoever uses it, INTERNAL between
//! brokers and for the question whether it answers, CONTROLLER for the quorum. Only CLIENT is
//! secured when security is asked for. Topics are not created by use; a cluster of three replicates
//! three times and wants two in sync.

mod answer;
mod jars;
mod properties;
mod tls;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::answer::Known;
use crate::error::{Error, Tried};
use crate::folder::{Folder, write};
use crate::ports::Port;
use crate::process::{Launch, Service, Signal};
use crate::programs::{find, run};

/// How clients are let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Anyone, in clear text.
    #[default]
    Plain,
    /// With user and password (SCRAM-SHA-512), over TLS.
    SaslTls,
}

/// What kind of cluster.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many brokers: 1 or 3.
    pub brokers: u32,
    /// How clients are let in.
    pub security: Security,
    /// Where everything is kept, for the next start as well. `None`: a temporary folder.
    pub folder: Option<PathBuf>,
    /// First client port; the other brokers have the next ones. `None`: free ones.
    pub port: Option<u16>,
    /// Data folder of a broker, by its number from 1, for those that want one of their own: on a
    /// small disk, say.
    pub data: BTreeMap<u32, PathBuf>,
    /// Heap of each broker, in MiB.
    pub heap_mib: u32,
    /// More broker properties; they win over ours.
    pub properties: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            brokers: 1,
            security: Security::Plain,
            folder: None,
            port: None,
            data: BTreeMap::new(),
            heap_mib: 256,
            properties: Vec::new(),
        }
    }
}

/// Running brokers.
#[derive(Debug)]
pub struct Kafka {
    // Fields are dropped in this order: first the brokers, then their files.
    brokers: Vec<Broker>,
    libraries: PathBuf,
    login: Option<Login>,
    folder: Folder,
}

#[derive(Debug)]
struct Broker {
    service: Service,
    ports: Ports,
    data: PathBuf,
}

/// The ports of a broker.
#[derive(Debug)]
struct Ports {
    client: Port,
    internal: Port,
    controller: Port,
}

/// What a client needs to be let in.
#[derive(Debug)]
struct Login {
    ca_file: PathBuf,
    password: String,
}

/// The one user there is.
const USER: &str = "clearfold";

impl Kafka {
    /// Starts a cluster and waits until every broker answers and knows the others.
    ///
    /// # Errors
    /// Java or Maven is missing, the jars cannot be fetched, or a broker does not start; the
    /// sentence says what to do or shows the end of its log.
    ///
    /// # Panics
    /// If `brokers` is neither 1 nor 3.
    pub fn start(options: Options) -> Result<Self, Error> {
        assert!(matches!(options.brokers, 1 | 3), "a cluster has 1 or 3 brokers");
        let java = find("java")?;
        let libraries = jars::libraries()?;
        let folder = Folder::given_or_temporary(options.folder.as_deref(), "kafka")?;
        check_size(folder.path(), options.brokers)?;
        let login =
            (options.security == Security::SaslTls).then(|| login(folder.path())).transpose()?;
        let ports = (0..options.brokers)
            .map(|index| Ports::take(options.port.map(|first| first + index as u16)))
            .collect::<Result<Vec<_>, _>>()?;
        write(
            &folder.path().join("log4j2.properties"),
            include_str!("../kafka/log4j2.properties"),
        )?;
        properties::write_all(folder.path(), &options, &ports)?;
        format(&java, &libraries, folder.path(), &options, login.as_ref())?;
        let mut brokers = Vec::new();
        for (number, ports) in (1..).zip(ports) {
            let launch = launch(&java, &libraries, folder.path(), &options, number);
            let data = properties::data(folder.path(), &options, number);
            brokers.push(Broker { service: Service::start(launch)?, ports, data });
        }
        let kafka = Self { brokers, libraries, login, folder };
        kafka.wait()?;
        Ok(kafka)
    }

    /// Addresses of all brokers for clients, separated by commas.
    pub fn bootstrap(&self) -> String {
        let addresses = self.brokers.iter().map(|broker| broker.ports.client.address());
        addresses.collect::<Vec<_>>().join(",")
    }

    /// Signals a broker, by its number from 1.
    ///
    /// # Errors
    /// The system refuses.
    pub fn signal(&self, broker: u32, signal: Signal) -> Result<(), Error> {
        self.broker(broker).service.signal(signal)
    }

    /// Starts a broker again on its own data and waits until it answers. One that still runs is
    /// ended in order first.
    ///
    /// # Errors
    /// It does not start; without a quorum of controllers none does, then use
    /// [`launch`](Self::launch).
    pub fn restart(&self, broker: u32) -> Result<(), Error> {
        self.launch(broker)?;
        let number = i32::try_from(broker).expect("a broker's number is small");
        let broker = self.broker(broker);
        let port = broker.ports.internal.number();
        broker
            .service
            .wait_until(|| answer::known(port).is_some_and(|known| known.brokers.contains(&number)))
    }

    /// Starts a broker again without waiting: after a failure of all, none answers alone.
    ///
    /// # Errors
    /// The system refuses.
    pub fn launch(&self, broker: u32) -> Result<(), Error> {
        self.broker(broker).service.launch()
    }

    /// Waits until all brokers answer and know each other.
    ///
    /// # Errors
    /// One of them ended, or does not answer.
    pub fn wait(&self) -> Result<(), Error> {
        self.wait_until(|known| known.brokers.len() == self.brokers.len())
    }

    /// Waits until all brokers answer and every partition has all its copies in sync: then any
    /// one of three may be killed, and the others still take records.
    ///
    /// # Errors
    /// One of the brokers ended, or a copy is not in sync in time.
    pub fn wait_in_sync(&self) -> Result<(), Error> {
        let all = self.brokers.len();
        self.wait_until(|known| known.brokers.len() == all && known.behind == 0)
    }

    fn wait_until(&self, enough: impl Fn(&Known) -> bool) -> Result<(), Error> {
        for broker in &self.brokers {
            let port = broker.ports.internal.number();
            broker
                .service
                .wait_until(|| answer::known(port).is_some_and(|known| enough(&known)))?;
        }
        Ok(())
    }

    /// Ends all brokers in order and keeps their data.
    ///
    /// # Errors
    /// The system refuses.
    pub fn stop(&self) -> Result<(), Error> {
        for signal in [Signal::Continue, Signal::Terminate] {
            for broker in &self.brokers {
                broker.service.signal(signal)?;
            }
        }
        self.brokers.iter().try_for_each(|broker| broker.service.stop())
    }

    /// The data folder of a broker, by its number from 1.
    pub fn data(&self, broker: u32) -> &Path {
        &self.broker(broker).data
    }

    /// What a broker printed: warnings and worse.
    pub fn log(&self, broker: u32) -> &Path {
        self.broker(broker).service.log()
    }

    /// The number of a broker's process. `None` when it is gone.
    pub fn pid(&self, broker: u32) -> Option<u32> {
        self.broker(broker).service.pid()
    }

    /// Certificate of the authority that signed the brokers', in PEM. `None` without security.
    pub fn ca_file(&self) -> Option<&Path> {
        self.login.as_ref().map(|login| login.ca_file.as_path())
    }

    /// The user that is let in. `None` without security.
    pub fn user(&self) -> Option<&str> {
        self.login.as_ref().map(|_| USER)
    }

    /// The user's password. `None` without security.
    pub fn password(&self) -> Option<&str> {
        self.login.as_ref().map(|login| login.password.as_str())
    }

    /// One of Kafka's own command line tools by its class, such as
    /// `org.apache.kafka.tools.TopicCommand`, ready for arguments.
    pub fn tool(&self, class: &str) -> Command {
        tool(Path::new("java"), &self.libraries, class)
    }

    /// Properties for Kafka's own tools, which let them in.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn tool_config(&self) -> Result<PathBuf, Error> {
        let file = self.folder.path().join("client.properties");
        let text = self.login.as_ref().map(|login| properties::client(&login.ca_file, login));
        write(&file, &text.unwrap_or_default())?;
        Ok(file)
    }

    fn broker(&self, number: u32) -> &Broker {
        let index = number.checked_sub(1).expect("brokers are numbered from 1");
        &self.brokers[index as usize]
    }
}

impl Ports {
    fn take(client: Option<u16>) -> Result<Self, Error> {
        let client = Port::given_or_free(client)?;
        Ok(Self { client, internal: Port::free()?, controller: Port::free()? })
    }
}

/// A folder that was made for another number of brokers cannot be used: the quorum would differ.
fn check_size(folder: &Path, brokers: u32) -> Result<(), Error> {
    let made =
        (1..=3_u32).filter(|number| folder.join(format!("broker{number}.properties")).exists());
    match made.count() {
        0 => Ok(()),
        made if made == brokers as usize => Ok(()),
        made => Err(Error::OtherFolder {
            folder: folder.to_owned(),
            was: format!("with --brokers {made}"),
        }),
    }
}

/// Certificates and a password, those of the last start if there are any.
fn login(folder: &Path) -> Result<Login, Error> {
    let file = folder.join("password");
    if !file.exists() {
        tls::make(folder)?;
        write(&file, &random_text()?)?;
    }
    let password = std::fs::read_to_string(&file).tried(|| format!("read {}", file.display()))?;
    Ok(Login { ca_file: folder.join("ca.pem"), password })
}

/// Formats the data folders that are new.
fn format(
    java: &Path,
    libraries: &Path,
    folder: &Path,
    options: &Options,
    login: Option<&Login>,
) -> Result<(), Error> {
    let cluster = random_text()?;
    for number in 1..=options.brokers {
        let data = properties::data(folder, options, number);
        if data.join("meta.properties").exists() {
            continue;
        }
        std::fs::create_dir_all(&data).tried(|| format!("create {}", data.display()))?;
        let mut tool = tool(java, libraries, "kafka.tools.StorageTool");
        tool.arg("format");
        tool.arg("-t").arg(&cluster).arg("-c").arg(properties::file(folder, number));
        if let Some(login) = login {
            let password = &login.password;
            tool.arg("--add-scram");
            tool.arg(format!("SCRAM-SHA-512=[name={USER},password={password}]"));
        }
        run(&mut tool)?;
    }
    Ok(())
}

/// A program of Kafka's that runs for seconds.
fn tool(java: &Path, libraries: &Path, class: &str) -> Command {
    let mut tool = Command::new(java);
    tool.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp"]);
    tool.arg(libraries.join("*")).arg(class);
    tool
}

fn launch(java: &Path, libraries: &Path, folder: &Path, options: &Options, number: u32) -> Launch {
    let heap = options.heap_mib;
    let arguments = [
        format!("-Xms{heap}m"),
        format!("-Xmx{heap}m"),
        "-XX:+UseSerialGC".to_owned(),
        "-XX:MaxDirectMemorySize=256m".to_owned(),
        "-Xss512k".to_owned(),
        format!("-Dlog4j2.configurationFile={}/log4j2.properties", folder.display()),
        "-cp".to_owned(),
        format!("{}/*", libraries.display()),
        "kafka.Kafka".to_owned(),
        properties::file(folder, number).display().to_string(),
    ];
    Launch {
        name: format!("Kafka broker {number}"),
        program: java.to_owned(),
        arguments: arguments.into(),
        log: folder.join(format!("broker{number}.log")),
        user: None,
        end: rustix::process::Signal::TERM,
    }
}

/// 22 letters and digits that nobody can guess: as long as Kafka wants the id of a cluster.
fn random_text() -> Result<String, Error> {
    let made = run(Command::new(find("openssl")?).args(["rand", "-base64", "16"]))?;
    let text = made.trim().trim_end_matches('=').replace('+', "A").replace('/', "B");
    Ok(text)
}
