//! A certificate authority of one cluster, and the brokers' certificate.

use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::folder::write;
use crate::programs::{find, run};

/// Makes `ca.pem`, which clients trust, and `broker.pem`, with the brokers' key and certificate.
pub fn make(folder: &Path) -> Result<(), Error> {
    const DAYS: &str = "365";
    let openssl = find("openssl")?;
    let openssl = |arguments: &[&str]| {
        run(Command::new(&openssl).args(arguments).current_dir(folder)).map(|_| ())
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = ["req", "-x509", "-subj", "/CN=clearfold test authority", "-days", DAYS];
    openssl(&[&authority[..], &key, &["-keyout", "ca.key", "-out", "ca.pem"]].concat())?;
    let request = ["req", "-new", "-subj", "/CN=localhost", "-keyout", "broker.key"];
    openssl(&[&request[..], &key, &["-out", "broker.csr"]].concat())?;
    write(&folder.join("broker.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")?;
    let sign = ["x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key"];
    let how = ["-CAcreateserial", "-days", DAYS, "-extfile", "broker.ext", "-out", "broker.crt"];
    openssl(&[&sign[..], &how].concat())?;
    let read = |name: &str| {
        use crate::error::Tried;
        let file = folder.join(name);
        std::fs::read_to_string(&file).tried(|| format!("read {}", file.display()))
    };
    write(&folder.join("broker.pem"), &[read("broker.key")?, read("broker.crt")?].concat())
}
