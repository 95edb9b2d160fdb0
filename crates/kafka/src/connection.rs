//! How brokers are reached, and the client settings that everybody shares.

use std::fmt;
use std::path::PathBuf;

use rdkafka::ClientConfig;

use crate::names::Names;

/// Who we are to the broker: SCRAM-SHA-512.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password; never printed.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How a connection is kept private, and how the two sides know each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// In the clear: for one machine.
    #[default]
    Plaintext,
    /// Encrypted.
    Tls {
        /// The authority that signed the brokers' certificates; `None`: the system's.
        ca_file: Option<PathBuf>,
        /// Our certificate and its key; `None`: we have none.
        identity: Option<(PathBuf, PathBuf)>,
        /// User and password; `None`: the certificate says who we are.
        credentials: Option<Credentials>,
    },
}

/// An installation on some brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// HOST:PORT, separated by commas.
    pub bootstrap: String,
    /// Names of its topics.
    pub names: Names,
    /// How it is reached.
    pub security: Security,
    /// Who we say we are in the broker's logs and quotas.
    pub client: String,
}

impl Connection {
    /// Settings that all clients share. With the library's defaults a partition whose leader died
    /// stays silent for more than a minute; with these for some seconds.
    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("client.id", &self.client)
            .set("socket.timeout.ms", "6000")
            .set("socket.connection.setup.timeout.ms", "3000")
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "500")
            .set("retry.backoff.ms", "50")
            .set("retry.backoff.max.ms", "250")
            .set("topic.metadata.refresh.interval.ms", "2000")
            .set("topic.metadata.propagation.max.ms", "5000")
            .set("allow.auto.create.topics", "false");
        self.secure(&mut config);
        config
    }

    fn secure(&self, config: &mut ClientConfig) {
        let Security::Tls { ca_file, identity, credentials } = &self.security else { return };
        let path = |path: &PathBuf| path.display().to_string();
        if let Some(ca_file) = ca_file {
            config.set("ssl.ca.location", path(ca_file));
        }
        if let Some((certificate, key)) = identity {
            config.set("ssl.certificate.location", path(certificate));
            config.set("ssl.key.location", path(key));
        }
        let Some(Credentials { user, password }) = credentials else {
            config.set("security.protocol", "ssl");
            return;
        };
        config
            .set("security.protocol", "sasl_ssl")
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", user)
            .set("sasl.password", password);
    }
}
