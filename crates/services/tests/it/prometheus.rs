//! Prometheus, which watches a server of ours that says one number.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use services::{Prometheus, PrometheusOptions};

/// Answers everyone with one metric for as long as the process runs.
fn target() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // Whoever hangs up asks again.
            let _asked = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
            let _told = writeln!(stream, "{head}answer{{to=\"everything\"}} 42");
        }
    });
    address
}

#[test]
fn what_a_target_says_can_be_queried() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yml");
    std::fs::write(
        &rules,
        "groups:\n- name: g\n  rules:\n  - record: doubled\n    expr: answer * 2\n",
    )
    .unwrap();
    let tool = Prometheus::promtool().unwrap();
    assert!(Command::new(tool).args(["check", "rules"]).arg(&rules).status().unwrap().success());

    let options = PrometheusOptions { targets: vec![target()], rules: vec![rules] };
    let prometheus = Prometheus::start(options).unwrap();
    // It reads and computes in its own time; a server that never does is ended by the caller.
    while !prometheus.query("doubled{to=\"everything\"} > 0").unwrap().contains("\"84\"") {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let error = prometheus.query("sum(").unwrap_err().to_string();
    assert!(error.contains("400 Bad Request") && error.contains("parse error"), "{error}");
}
