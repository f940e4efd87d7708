//! Invariant: a tool that fails says which it is, what went wrong and where, and exits with 1.

use super::run;
use std::net::TcpListener;

/// An address where no server listens.
fn closed() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").to_string()
}

/// Returns the only line that a tool printed, on standard error.
fn failure(name: &str, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(name, args);
    assert_eq!((code, &*stdout, stderr.lines().count()), (Some(1), "", 1), "{name} {args:?}: {stderr}");
    stderr
}

#[test]
fn a_server_that_does_not_listen() {
    let address = closed();
    let send = |dialect| failure("conference", &["--dialect", dialect, "--send", &address, "lock", "room"]);
    for (name, error) in [
        ("originate", failure("originate", &[&address, "PJSIP/100"])),
        ("queues", failure("queues", &[&address])),
        ("proxy", failure("proxy", &[&address])),
        ("conference", send("confbridge")),
        ("conference", send("freeswitch")),
        ("conference", send("kazoo")),
    ] {
        assert!(error.starts_with(&format!("{name}: {address}: Connection refused")), "{error}");
    }
}

#[test]
fn an_address_that_is_taken_or_none() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for args in [&[&*address][..], &[&address, "--http"]] {
        assert!(failure("mock", args).starts_with(&format!("mock: {address}: ")));
    }
    assert!(failure("queues", &["127.0.0.1"]).starts_with("queues: 127.0.0.1: "));
}

/// A full disk, or a pipe whose other end has gone, is no panic.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing() {
    for args in [&["conference", "--dialect", "kazoo", "lock", "room"][..], &["mock"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let mut command = super::command(args[0]);
        let ended = command.args(&args[1..]).stdout(full).output().expect("the program starts");
        let error = String::from_utf8(ended.stderr).expect("text");
        assert!(error.starts_with(&format!("{}: standard output: ", args[0])), "{error}");
        assert_eq!(ended.status.code(), Some(1), "{error}");
    }
}
