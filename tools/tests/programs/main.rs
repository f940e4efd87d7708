//! Invariant: each tool, run as a user runs it against `ami mock` over loopback, does what it says
//! and ends by itself with 0.

#![cfg(feature = "live")]

mod conference;
mod failures;
mod hostile;

use ami_testkit::programs::{self, BOUND, Running};
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc;

/// The tool of that name.
fn command(name: &str) -> Command {
    let mut command = programs::command(env!("CARGO_BIN_EXE_ami"));
    command.arg(name);
    command
}

fn listening(name: &str, args: &[&str]) -> (Running, String) {
    programs::listening(command(name).args(args))
}

fn run(name: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> (Option<i32>, String, String) {
    programs::run(command(name).args(args))
}

fn output(name: &str, args: &[&str]) -> String {
    programs::output(command(name).args(args))
}

/// The mock, with events in quick succession.
fn mock() -> (Running, String) {
    listening("mock", &["127.0.0.1:0", "--every", "10"])
}

#[test]
fn the_proxy_carries_several_clients_at_once() {
    let (mock, upstream) = mock();
    let (mut proxy, address) = listening("proxy", &[&upstream]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(output("originate", &[&address, "PJSIP/100"]).ends_with("PJSIP/100: Success\n"));
            });
        }
    });
    assert!(output("queues", &[&address, "--once"]).contains("| support |"));
    // It comes back after a restart of upstream.
    drop(mock);
    let _mock = listening("mock", &[&upstream, "--every", "10"]);
    assert!(output("originate", &[&address, "PJSIP/100"]).ends_with("PJSIP/100: Success\n"));
    assert!(proxy.0.try_wait().expect("a child").is_none(), "it is the same proxy");
}

/// Asks the mock as `http_poll` and others do.
#[test]
fn the_mock_answers_over_http() {
    let (_mock, address) = listening("mock", &["--http"]);
    let ask = |form: &str, cookie: &str| {
        let mut socket = TcpStream::connect(&address).expect("it listens");
        let head = format!("POST /rawman HTTP/1.0\r\n{cookie}Content-Length: {}\r\n\r\n", form.len());
        socket.write_all([&head, form].concat().as_bytes()).expect("a request");
        socket.set_read_timeout(Some(BOUND)).expect("a bound");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let refused = ask("action=Login&username=admin&secret=wr0ng", "");
    assert!(refused.contains("Response: Error\r\n") && !refused.contains("wr0ng"), "{refused}");
    let login = ask("action=Login&username=admin&secret=s3cret", "");
    assert!(login.contains("Response: Success\r\n"), "{login}");
    let cookie = login.lines().find_map(|line| line.strip_prefix("Set-Cookie: ")).expect("a cookie");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().expect("its name and value"));
    let events = ask("action=WaitEvent", &cookie);
    assert!(events.contains("Event: Hangup\r\n") && events.contains("Event: WaitEventComplete\r\n"), "{events}");
    assert!(ask("action=WaitEvent", "").contains("Response: Error\r\n"), "a session of its own");
}

#[test]
fn queues_prints_a_table_once() {
    let (_mock, address) = mock();
    let stdout = output("queues", &[&address, "--once"]);
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    let state = ["PJSIP/101: Not in use", "PJSIP/101: In use"].into_iter().any(|state| lines[2].contains(state));
    assert!(lines[2].starts_with("| support |") && state, "{stdout}");
}

#[test]
fn queues_come_back_after_a_restart() {
    let (mock, address) = mock();
    let mut command = command("queues");
    let command = command.arg(&address).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut queues = Running(command.spawn().expect("the tool starts"));
    let shown = lines(queues.0.stdout.take().expect("a pipe"));
    let said = lines(queues.0.stderr.take().expect("a pipe"));
    let await_table = |what: &str| {
        while !shown.recv_timeout(BOUND).expect("a table in time").contains(what) {}
    };
    await_table("| support |");
    drop(mock);
    let complaint = said.recv_timeout(BOUND).expect("a complaint in time");
    assert!(complaint.starts_with("queues: ") && complaint.contains("; again in "), "{complaint}");
    while shown.try_recv().is_ok() {}
    let _mock = listening("mock", &[&address, "--every", "10"]);
    await_table("PJSIP/101: In use");
}

/// Returns the lines of a stream as they come.
fn lines(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}

#[test]
fn originate_prints_the_answer_and_the_outcome() {
    let (_mock, address) = mock();
    let stdout = output("originate", &[&address, "PJSIP/100", "--exten", "200"]);
    assert_eq!(stdout, "Originate successfully queued\nPJSIP/100: Success\n");
}

#[test]
fn a_wrong_secret() {
    let (_mock, address) = mock();
    let (code, stdout, stderr) = run("originate", [&address, "PJSIP/100", "--secret", "wr0ng"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.to_lowercase().contains("refused") && !stderr.contains("wr0ng"), "{stderr}");
}
