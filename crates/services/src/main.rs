//! `services`: a Kafka or a PostgreSQL for developers, until Ctrl-C.
//!
//! A folder that is named is kept: the next start with it goes on with its data.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::channel;

use clap::{Parser, Subcommand};
use services::{Error, Kafka, KafkaOptions, Postgres, PostgresOptions, Security};

/// Runs a real service on 127.0.0.1 until Ctrl-C, without containers.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    service: Service,
}

#[derive(Subcommand)]
enum Service {
    /// Apache Kafka. Prints the bootstrap list when every broker answers.
    Kafka {
        /// Where its data is kept; without it, it is gone at the end.
        folder: Option<PathBuf>,
        /// How many brokers: 1 or 3.
        #[arg(long, default_value = "1", value_parser = ["1", "3"])]
        brokers: String,
        /// Port of the first broker; the others have the next ones.
        #[arg(long, default_value_t = 9092)]
        port: u16,
        /// Ask clients for user and password (SCRAM-SHA-512) over TLS. The certificate to trust is
        /// FOLDER/ca.pem, the user is clearfold, the password is in FOLDER/password.
        #[arg(long, requires = "folder")]
        sasl_tls: bool,
    },
    /// PostgreSQL. Prints the address when it answers.
    Postgres {
        /// Where its data is kept; without it, it is gone at the end.
        folder: Option<PathBuf>,
        /// The port.
        #[arg(long, default_value_t = 5432)]
        port: u16,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().service) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(service: Service) -> Result<(), Error> {
    // From the start, so that an end while it starts is in order as well.
    let (sender, interrupted) = channel();
    let handler = ctrlc::set_handler(move || {
        // The other end is gone only when we are leaving anyway.
        let _leaving = sender.send(());
    });
    handler.expect("this is the only handler of the process");
    // The sender lives in the handler, which lives as long as the process.
    let wait = || interrupted.recv().expect("the handler keeps its end");
    match service {
        Service::Kafka { folder, brokers, port, sasl_tls } => {
            let kafka = Kafka::start(KafkaOptions {
                brokers: brokers.parse().expect("the parser lets 1 and 3 pass"),
                security: if sasl_tls { Security::SaslTls } else { Security::Plain },
                folder,
                port: Some(port),
                ..KafkaOptions::default()
            })?;
            println!("{}", kafka.bootstrap());
            wait();
            kafka.stop()
        }
        Service::Postgres { folder, port } => {
            let options = PostgresOptions { folder, port: Some(port), ..Default::default() };
            let postgres = Postgres::start(options)?;
            println!("{}", postgres.url());
            wait();
            postgres.stop()
        }
    }
}
