//! Prometheus, as Debian's package brings it, for queries and rules that must hold on real data.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Tried};
use crate::folder::{Folder, write};
use crate::ports::Port;
use crate::process::{Launch, Service, Signal};
use crate::programs::find;

/// What is watched.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where `/metrics` is read every second: `127.0.0.1:9464`.
    pub targets: Vec<String>,
    /// Files of rules, from the root.
    pub rules: Vec<PathBuf>,
}

/// A running server.
#[derive(Debug)]
pub struct Prometheus {
    // Fields are dropped in this order: first the server, then its files.
    service: Service,
    port: Port,
    _folder: Folder,
}

impl Prometheus {
    /// Starts a server and waits until it answers. Nothing needs to have been read by then.
    ///
    /// # Errors
    /// Prometheus is missing or does not start; the sentence says what to do or shows the end of
    /// its log.
    pub fn start(options: Options) -> Result<Self, Error> {
        let program = find("prometheus")?;
        let folder = Folder::given_or_temporary(None, "prometheus")?;
        let config = folder.path().join("prometheus.yml");
        write(&config, &configuration(&options))?;
        let port = Port::free()?;
        let launch = Launch {
            name: "Prometheus".to_owned(),
            program,
            arguments: vec![
                format!("--config.file={}", config.display()),
                format!("--storage.tsdb.path={}", folder.path().join("data").display()),
                format!("--web.listen-address={}", port.address()),
            ],
            log: folder.path().join("prometheus.log"),
            user: None,
            end: rustix::process::Signal::TERM,
        };
        let prometheus = Self { service: Service::start(launch)?, port, _folder: folder };
        prometheus.service.wait_until(|| prometheus.get("/-/ready").is_ok())?;
        Ok(prometheus)
    }

    /// Its address: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The answer to a query at this moment, in JSON as the server sends it.
    ///
    /// # Errors
    /// The query is wrong; the sentence has the server's words.
    pub fn query(&self, expression: &str) -> Result<String, Error> {
        self.get(&format!("/api/v1/query?query={}", escaped(expression)))
    }

    /// The body of a page.
    ///
    /// # Errors
    /// It is not answered with 200.
    pub fn get(&self, path: &str) -> Result<String, Error> {
        let url = format!("{}{path}", self.url());
        let answer = ask(&self.port, path).tried(|| format!("ask {url}"))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) == Some("200") {
            return Ok(body.to_owned());
        }
        Err(Error::Refused { url, answer: format!("{status}: {}", body.trim()) })
    }

    /// Signals the server.
    ///
    /// # Errors
    /// The system refuses.
    pub fn signal(&self, signal: Signal) -> Result<(), Error> {
        self.service.signal(signal)
    }

    /// What the server printed.
    pub fn log(&self) -> &Path {
        self.service.log()
    }

    /// The program that checks rules and configurations.
    ///
    /// # Errors
    /// It is missing; the sentence says what to install.
    pub fn promtool() -> Result<PathBuf, Error> {
        find("promtool")
    }
}

fn configuration(options: &Options) -> String {
    let quoted = |texts: Vec<String>| {
        let quoted: Vec<_> =
            texts.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
        quoted.join(", ")
    };
    let rules = quoted(options.rules.iter().map(|file| file.display().to_string()).collect());
    let targets = quoted(options.targets.clone());
    format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
         rule_files: [{rules}]\n\
         scrape_configs:\n\
         - job_name: clearfold\n  static_configs: [{{ targets: [{targets}] }}]\n"
    )
}

/// One question, with the version of HTTP whose answer ends with the connection.
fn ask(port: &Port, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(port.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", port.address())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A text as it may stand in the query of an address.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_escaped_byte_by_byte() {
        assert_eq!(escaped("up{job=\"a b\"} > 0"), "up%7Bjob%3D%22a%20b%22%7D%20%3E%200");
    }
}
