//! PostgreSQL: one cluster with one database, as Debian's package brings it.
//!
//! Commits are synced as in production. The server refuses to run as root: for root it runs as the
//! user `postgres`, whom the package made.

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal as Number;

use crate::error::{Error, Tried};
use crate::folder::{Folder, write};
use crate::ports::Port;
use crate::process::{Launch, Service, Signal, User, send, wait_gone};
use crate::programs::{PACKAGES, find, run};

/// Name of the superuser and of the database.
const NAME: &str = "clearfold";

/// What kind of server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where everything is kept, for the next start as well. `None`: a temporary folder.
    pub folder: Option<PathBuf>,
    /// The port. `None`: a free one.
    pub port: Option<u16>,
    /// The superuser's password, asked for with SCRAM. `None`: whoever connects is let in.
    pub password: Option<String>,
    /// More settings of the server, such as `("max_connections", "20")`.
    pub settings: Vec<(String, String)>,
}

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    // Fields are dropped in this order: first the server, then its files.
    service: Service,
    programs: PathBuf,
    port: Port,
    folder: Folder,
}

impl Postgres {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// PostgreSQL is missing or does not start; the sentence says what to do or shows the end of
    /// its log.
    pub fn start(options: Options) -> Result<Self, Error> {
        let programs = programs()?;
        let user = if rustix::process::geteuid().is_root() { Some(server_user()?) } else { None };
        let folder = Folder::given_or_temporary(options.folder.as_deref(), "postgres")?;
        if let Some(User { uid, gid }) = user {
            let what = || format!("give {} to the user postgres", folder.path().display());
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid)).tried(what)?;
        }
        let port = Port::given_or_free(options.port)?;
        let data = folder.path().join("data");
        let fresh = !data.join("PG_VERSION").exists();
        if fresh {
            init(&programs, folder.path(), user, options.password.as_deref())?;
        }
        let launch = Launch {
            name: "PostgreSQL".to_owned(),
            program: programs.join("postgres"),
            arguments: arguments(&data, &port, &options),
            log: folder.path().join("postgres.log"),
            user,
            // A fast shutdown: it waits for no client.
            end: Number::INT,
        };
        let postgres = Self { service: Service::start(launch)?, programs, port, folder };
        postgres.wait()?;
        if fresh {
            postgres.create_database(options.password.as_deref())?;
        }
        Ok(postgres)
    }

    /// Where clients connect, without a password: `postgres://clearfold@127.0.0.1:PORT/clearfold`.
    pub fn url(&self) -> String {
        format!("postgres://{NAME}@{}/{NAME}", self.port.address())
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// What the server printed.
    pub fn log(&self) -> &Path {
        self.service.log()
    }

    /// A program of the package, such as `psql` or `pg_dump`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Signals the server and all processes that serve its clients, as if the machine had done it.
    /// [`Signal::Terminate`] is a fast shutdown: open transactions are undone.
    ///
    /// # Errors
    /// The system refuses.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        // First the one who starts others.
        let helpers = self.service.pid().map(children).unwrap_or_default();
        self.service.signal(signal)?;
        let number = match signal {
            Signal::Kill => Number::KILL,
            Signal::Stop => Number::STOP,
            Signal::Continue => Number::CONT,
            // The server tells the others itself.
            Signal::Terminate => return Ok(()),
        };
        for helper in &helpers {
            // One that is gone by now is as we want it after a kill, and nothing to us otherwise.
            let _gone = send(*helper, number);
        }
        if signal == Signal::Kill {
            wait_gone(&helpers);
        }
        Ok(())
    }

    /// Ends it in order and keeps its data.
    ///
    /// # Errors
    /// The system refuses.
    pub fn stop(&self) -> Result<(), Error> {
        self.signal(Signal::Continue)?;
        self.service.stop()
    }

    /// Starts it again on its data and waits until it answers. If it still runs, it is ended in
    /// order first.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&self) -> Result<(), Error> {
        self.stop()?;
        self.service.launch()?;
        self.wait()
    }

    /// Copies the data of the stopped server to a new folder.
    ///
    /// # Errors
    /// The copy cannot be made.
    ///
    /// # Panics
    /// If the server runs: the copy would be torn.
    pub fn back_up(&self, to: &Path) -> Result<(), Error> {
        assert!(!self.service.runs(), "stop the server before its data is copied");
        copy(&self.data(), to)
    }

    /// Puts a copy in the place of the stopped server's data.
    ///
    /// # Errors
    /// The copy cannot be made.
    ///
    /// # Panics
    /// If the server runs.
    pub fn restore(&self, from: &Path) -> Result<(), Error> {
        assert!(!self.service.runs(), "stop the server before its data is replaced");
        let data = self.data();
        std::fs::remove_dir_all(&data).tried(|| format!("remove {}", data.display()))?;
        copy(from, &data)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Waits until it answers.
    ///
    /// # Errors
    /// It ended, or does not answer.
    pub fn wait(&self) -> Result<(), Error> {
        let port = self.port.number().to_string();
        let ready = self.programs.join("pg_isready");
        let ask = || Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        self.service.wait_until(|| ask().is_ok_and(|answer| answer.success()))
    }

    fn create_database(&self, password: Option<&str>) -> Result<(), Error> {
        let mut create = Command::new(self.programs.join("createdb"));
        create.args(["-h", "127.0.0.1", "-U", NAME, "-p", &self.port.number().to_string(), NAME]);
        create.env("PGPASSWORD", password.unwrap_or_default());
        // Our own folder can be closed to others; the program insists on seeing where it is.
        run(create.current_dir("/")).map(|_| ())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Those who serve clients keep files of a folder that is about to be removed.
        let _gone = self.signal(Signal::Kill);
    }
}

/// The folder of the newest PostgreSQL of Debian.
fn programs() -> Result<PathBuf, Error> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .max_by_key(|bin| version(bin));
    newest.ok_or_else(|| Error::Missing { program: "initdb".to_owned(), packages: PACKAGES })
}

/// The major version in a path such as `/usr/lib/postgresql/15/bin`; 0 if there is none.
fn version(bin: &Path) -> u32 {
    let name = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// The user whom the package made.
fn server_user() -> Result<User, Error> {
    let file = "/etc/passwd";
    let users = std::fs::read_to_string(file).tried(|| format!("read {file}"))?;
    let found = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        let uid = fields.next()?.parse().ok()?;
        Some(User { uid, gid: fields.next()?.parse().ok()? })
    });
    found.ok_or_else(|| Error::Missing { program: "user postgres".to_owned(), packages: PACKAGES })
}

fn init(
    programs: &Path,
    folder: &Path,
    user: Option<User>,
    password: Option<&str>,
) -> Result<(), Error> {
    let mut init = match user {
        Some(User { uid, gid }) => {
            let mut other = Command::new(find("setpriv")?);
            other.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}"));
            other.args(["--clear-groups", "--"]).arg(programs.join("initdb"));
            other
        }
        None => Command::new(programs.join("initdb")),
    };
    init.arg("--pgdata").arg(folder.join("data")).args(["--username", NAME]);
    init.args(["--encoding=UTF8", "--locale=C"]);
    let secret = folder.join("password");
    if let Some(password) = password {
        write(&secret, &format!("{password}\n"))?;
        init.arg("--auth=scram-sha-256").arg("--pwfile").arg(&secret);
    } else {
        init.arg("--auth=trust");
    }
    run(init.current_dir("/")).map(|_| ())
}

fn arguments(data: &Path, port: &Port, options: &Options) -> Vec<String> {
    let ours = [
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.number().to_string()),
        // Two servers must not meet in one folder of sockets.
        ("unix_socket_directories", String::new()),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value));
    let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
    for (name, value) in ours.iter().chain(&options.settings) {
        arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    arguments
}

/// The processes that a process started and that are still its own.
fn children(pid: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    list.unwrap_or_default().split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// Copies a folder with owners and rights.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    run(Command::new("cp").arg("-a").arg("-T").arg(from).arg(to)).map(|_| ())
}
