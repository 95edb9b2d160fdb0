//! A service's process: started, signalled, and ended with its owner.
//!
//! Law: no service outlives the process that started it, however that one ends. The kernel sends
//! the service a signal when the thread that started it is gone; so all are started from one thread
//! that lives as long as the process.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};

use crate::error::{Error, Tried};
use crate::programs::{find, tail};

/// What a service is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGKILL: it is gone at once. Returns when it is.
    Kill,
    /// SIGSTOP: it stands still and keeps its connections.
    Stop,
    /// SIGCONT: it goes on.
    Continue,
    /// The signal for an orderly end. Returns at once.
    Terminate,
}

/// Who a service runs as.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The user's number.
    pub uid: u32,
    /// Its group's number.
    pub gid: u32,
}

/// How to start a service, again and again.
#[derive(Debug)]
pub struct Launch {
    /// What it is called in errors.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where its output is appended.
    pub log: PathBuf,
    /// Who it runs as. `None`: as we do.
    pub user: Option<User>,
    /// The signal for its orderly end.
    pub end: rustix::process::Signal,
}

/// A service that runs, or ran.
#[derive(Debug)]
pub struct Service {
    launch: Launch,
    /// `None` when it is known to be gone.
    child: Mutex<Option<Child>>,
}

/// How long a service may take to end in order.
const ENDING: Duration = Duration::from_secs(30);

impl Service {
    /// Starts it. It need not answer yet.
    pub fn start(launch: Launch) -> Result<Self, Error> {
        let service = Self { launch, child: Mutex::new(None) };
        service.launch()?;
        Ok(service)
    }

    /// Starts it again once it has ended; it is told to end if it still runs.
    pub fn launch(&self) -> Result<(), Error> {
        self.stop()?;
        let Launch { name, program, arguments, log, user, .. } = &self.launch;
        let what = || format!("start {name}");
        let output = File::options().create(true).append(true).open(log).tried(what)?;
        let mut command = Command::new(find("setpriv")?);
        if let Some(User { uid, gid }) = user {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}"));
            command.arg("--clear-groups");
        }
        command.args(["--pdeathsig", "KILL", "--"]).arg(program).args(arguments);
        command.stdin(Stdio::null()).stderr(output.try_clone().tried(what)?).stdout(output);
        // Where everyone may be: our own folder can be closed to the service's user.
        command.current_dir(log.parent().unwrap_or(Path::new("/")));
        *self.lock() = Some(spawn(command).tried(what)?);
        Ok(())
    }

    /// Sends a signal. One that is gone already is not told anything.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        let mut child = self.lock();
        let Some(running) = child.as_mut() else { return Ok(()) };
        let number = match signal {
            Signal::Kill => rustix::process::Signal::KILL,
            Signal::Stop => rustix::process::Signal::STOP,
            Signal::Continue => rustix::process::Signal::CONT,
            Signal::Terminate => self.launch.end,
        };
        let what = || format!("signal {}", self.launch.name);
        if running.try_wait().tried(what)?.is_none() {
            send(running.id(), number).tried(what)?;
        }
        if signal == Signal::Kill {
            running.wait().tried(what)?;
            *child = None;
        }
        Ok(())
    }

    /// Ends it in order, and by force if it does not. Returns when it is gone.
    pub fn stop(&self) -> Result<(), Error> {
        self.signal(Signal::Continue)?;
        self.signal(Signal::Terminate)?;
        let started = Instant::now();
        while self.runs() && started.elapsed() < ENDING {
            sleep(Duration::from_millis(20));
        }
        self.signal(Signal::Kill)
    }

    /// Whether it runs. A stopped one does.
    pub fn runs(&self) -> bool {
        self.lock().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// The number of its process. `None` when it is known to be gone.
    pub fn pid(&self) -> Option<u32> {
        self.lock().as_ref().map(Child::id)
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.launch.log
    }

    /// Waits until `answers`, or says why it does not.
    pub fn wait_until(&self, answers: impl Fn() -> bool) -> Result<(), Error> {
        // A machine that builds or tests something else at the same time is slow.
        const PATIENCE: Duration = Duration::from_secs(120);
        let started = Instant::now();
        while !answers() {
            if !self.runs() {
                let Launch { name, log, .. } = &self.launch;
                return Err(Error::Ended {
                    service: name.clone(),
                    log: log.clone(),
                    tail: tail(log),
                });
            }
            if started.elapsed() > PATIENCE {
                let (Launch { name, log, .. }, seconds) = (&self.launch, PATIENCE.as_secs());
                let (service, tail) = (name.clone(), tail(log));
                return Err(Error::Silent { service, seconds, log: log.clone(), tail });
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Its folder goes as well or is kept by an owner that stopped it first: no need for order.
        // An error means that it is gone, and that is all we want.
        let _gone = self.signal(Signal::Kill);
    }
}

/// Sends a signal to any process.
pub fn send(pid: u32, signal: rustix::process::Signal) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::other("no process has this number"))?;
    Ok(kill_process(pid, signal)?)
}

type Order = (Command, Sender<io::Result<Child>>);

/// Starts a command from the thread that never ends before the process does.
fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in orders {
                use std::os::unix::process::CommandExt;
                // Ctrl-C in a terminal is for the owner, who then ends its services in order.
                let child = command.process_group(0).spawn();
                // Whoever asked waits for the answer.
                let _heard = answer.send(child);
            }
        });
        Mutex::new(sender)
    });
    let (answer, child) = channel();
    let gone = |_| io::Error::other("the thread that starts services is gone");
    let sender = starter.lock().unwrap_or_else(PoisonError::into_inner).clone();
    sender.send((command, answer)).map_err(|_| io::Error::other("no thread starts services"))?;
    child.recv().map_err(gone)?
}

/// Waits until processes that were killed are gone.
pub fn wait_gone(pids: &[u32]) {
    let started = Instant::now();
    while pids.iter().any(|pid| exists(*pid)) && started.elapsed() < ENDING {
        sleep(Duration::from_millis(5));
    }
}

/// Whether a process is there; one that waits for its parent to look at it is not.
fn exists(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // `pid (name) state …`, and a name can hold anything.
    let state = status.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}
