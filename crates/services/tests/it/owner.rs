//! The program for developers; and no service outlives its owner.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts the program and returns the line it prints when the service answers. `temporary` is where
/// folders are made that nobody named.
fn start(arguments: &[&str], temporary: &Path) -> (Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_services"));
    program.args(arguments).env("TMPDIR", temporary).stdout(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

fn answers(address: &str) -> bool {
    std::net::TcpStream::connect(address).is_ok()
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(status.unwrap().success());
}

#[test]
fn a_service_and_its_folder_end_when_its_owner_is_killed() {
    let temporary = tempfile::tempdir().unwrap();
    let entries = || std::fs::read_dir(temporary.path()).unwrap().count();
    let (mut child, address) = start(&["kafka", "--port", "19892"], temporary.path());
    assert_eq!(address, "127.0.0.1:19892");
    assert!(answers(&address) && entries() > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    while answers(&address) || entries() > 0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn ctrl_c_ends_in_order_and_the_next_start_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let named = folder.path().to_str().unwrap();
        let (mut child, url) = start(&["postgres", named, "--port", "19832"], folder.path());
        assert_eq!(url, "postgres://clearfold@127.0.0.1:19832/clearfold");
        assert!(answers("127.0.0.1:19832"));
        signal(&child, "INT");
        assert!(child.wait().unwrap().success());
        assert!(!answers("127.0.0.1:19832"));
    }
    let log = std::fs::read_to_string(folder.path().join("postgres.log")).unwrap();
    assert_eq!(log.matches("database system is shut down").count(), 2);
    assert!(!log.contains("not properly shut down"));
}
