//! Invariant: each example, run as a user runs it against `mock_pbx` over loopback, does what it says and ends by itself with 0.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

mod hostile;
mod mocks;

/// The programs by name, each with the path that cargo built it at.
const PROGRAMS: &[(&str, &str)] = &[
    ("blocking", env!("CARGO_BIN_EXE_blocking")),
    ("compio", env!("CARGO_BIN_EXE_compio")),
    ("conference", env!("CARGO_BIN_EXE_conference")),
    ("http_poll", env!("CARGO_BIN_EXE_http_poll")),
    ("mio", env!("CARGO_BIN_EXE_mio")),
    ("mock_http", env!("CARGO_BIN_EXE_mock_http")),
    ("mock_pbx", env!("CARGO_BIN_EXE_mock_pbx")),
    ("originate", env!("CARGO_BIN_EXE_originate")),
    ("proxy", env!("CARGO_BIN_EXE_proxy")),
    ("queue_monitor", env!("CARGO_BIN_EXE_queue_monitor")),
    ("smol", env!("CARGO_BIN_EXE_smol")),
    ("tokio", env!("CARGO_BIN_EXE_tokio")),
];

/// Longer than any of them takes, even on a machine that is busy with something else.
const BOUND: Duration = Duration::from_secs(20);

/// The program of that name.
fn command(name: &str) -> Command {
    let program = PROGRAMS.iter().find(|(known, _)| *known == name).expect("a program of this package").1;
    let mut command = Command::new(program);
    command.env_remove("AMI_SECRET").env_remove("CONFERENCE_SECRET").stdin(Stdio::null());
    command
}

/// A process that is ended with the test, however that goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads from a pipe elsewhere, so that the wait for it has an end.
fn read<T: Send + 'static>(pipe: impl Read + Send + 'static, how: fn(&mut dyn BufRead) -> T) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(how(&mut BufReader::new(pipe))));
    receiver
}

fn all(pipe: &mut dyn BufRead) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).expect("output that is UTF-8");
    text
}

/// Starts an example that listens, and gives the address that it prints first.
fn listening(name: &str, args: &[&str]) -> (Running, String) {
    let mut command = command(name);
    let mut child = Running(command.args(args).stdout(Stdio::piped()).spawn().expect("the example starts"));
    let stdout = child.0.stdout.take().expect("a pipe");
    let first = read(stdout, |pipe| {
        let mut line = String::new();
        pipe.read_line(&mut line).expect("a line");
        line
    });
    let address = first.recv_timeout(BOUND).expect("an address in time").trim().to_string();
    assert!(address.starts_with("127.0.0.1:"), "{name}: {address}");
    (child, address)
}

/// The mock, with events in quick succession.
fn mock() -> (Running, String) {
    listening("mock_pbx", &["127.0.0.1:0", "--every", "10"])
}

/// What an example left behind: its exit code, what it printed, and its messages.
fn run(name: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> (Option<i32>, String, String) {
    let mut command = command(name);
    let command = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Running(command.spawn().expect("the example starts"));
    let stdout = read(child.0.stdout.take().expect("a pipe"), all);
    let stderr = read(child.0.stderr.take().expect("a pipe"), all);
    let stdout = stdout.recv_timeout(BOUND).unwrap_or_else(|_| panic!("{name} did not end in time"));
    let stderr = stderr.recv_timeout(BOUND).expect("its messages");
    (child.0.wait().expect("the example ends").code(), stdout, stderr)
}

/// What an example prints when all goes well.
fn output(name: &str, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(name, args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{name} printed {stdout}");
    assert!(!stdout.contains("s3cret"), "{name} shows the secret: {stdout}");
    stdout
}

/// The drivers differ; what they do doesn't.
fn calls_and_events(name: &str) {
    let (_mock, address) = mock();
    let stdout = output(name, &[&address, "--events", "4"]);
    assert_eq!(stdout.lines().filter(|line| *line == "calls: 3").count(), 1, "{stdout}");
    assert_eq!(stdout.lines().filter(|line| line.starts_with("event: ")).count(), 4, "{stdout}");
}

#[test]
fn blocking() {
    calls_and_events("blocking");
}

#[test]
fn tokio() {
    calls_and_events("tokio");
}

#[test]
fn smol() {
    calls_and_events("smol");
}

#[test]
fn mio() {
    calls_and_events("mio");
}

#[test]
fn compio() {
    calls_and_events("compio");
}

#[test]
fn proxy() {
    let (mock, upstream) = mock();
    let (mut proxy, address) = listening("proxy", &[&upstream]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let stdout = output("blocking", &[&address, "--events", "4"]);
                assert!(stdout.contains("calls: 3\n"), "{stdout}");
            });
        }
    });
    assert!(output("queue_monitor", &[&address, "--once"]).contains("| support |"));
    assert!(output("originate", &[&address, "PJSIP/100"]).ends_with("PJSIP/100: Success\n"));
    // It ends with upstream, and says so.
    drop(mock);
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(proxy.0.wait().map(|status| status.code())));
    assert_eq!(ended.recv_timeout(BOUND).expect("an end in time").expect("an exit code"), Some(1));
}

/// A web server as Asterisk's is, with a session that holds one batch of events for each `WaitEvent`.
#[test]
fn http_poll() {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let address = server.server_addr().to_ip().expect("an address").to_string();
    let asked = std::thread::scope(|scope| {
        let web = scope.spawn(|| {
            let mut asked = Vec::new();
            while let Some(mut request) = server.recv_timeout(BOUND).expect("a request") {
                let mut form = String::new();
                request.as_reader().read_to_string(&mut form).expect("a form");
                let action = form.split('&').next().unwrap_or_default().to_lowercase();
                let known = request.headers().iter().any(|header| header.field.equiv("Cookie"));
                assert_eq!((request.url(), known), ("/pbx/rawman", action != "action=login"));
                let body = match &*action {
                    "action=login" if form.to_lowercase().contains("secret=s3cret") => {
                        "Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
                    }
                    "action=waitevent" => {
                        "Response: Success\r\nMessage: Waiting for Event completed.\r\n\r\n\
                            Event: New\x1b[2Jchannel\r\n\r\nEvent: Hangup\r\nCause: 16\r\n\r\nEvent: WaitEventComplete\r\n\r\n"
                    }
                    "action=logoff" => "Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n",
                    _ => panic!("{form}"),
                };
                let cookie = &br#"mansession_id="a5458122"; Version=1; Max-Age=60"#[..];
                let header = tiny_http::Header::from_bytes("Set-Cookie", cookie).expect("a header");
                request.respond(tiny_http::Response::from_string(body).with_header(header)).expect("an answer");
                asked.push(action);
                if asked.last().is_some_and(|last| last == "action=logoff") {
                    break;
                }
            }
            asked
        });
        let stdout = output("http_poll", &[&address, "--prefix", "pbx", "--events", "3"]);
        assert_eq!(stdout, "event: New\\u{1b}[2Jchannel\nevent: Hangup\nevent: New\\u{1b}[2Jchannel\n");
        web.join().expect("the web server")
    });
    assert_eq!(asked, ["action=login", "action=waitevent", "action=waitevent", "action=logoff"]);
}

#[test]
fn http_poll_as_a_user_runs_it() {
    let (_mock, address) = listening("mock_http", &[]);
    assert_eq!(output("http_poll", &[&address, "--events", "3"]), "event: Hangup\n".repeat(3));
    let (code, stdout, stderr) = run("http_poll", [&address, "--secret", "wr0ng"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("refused") && !stderr.contains("wr0ng"), "{stderr}");
}

#[test]
fn queue_monitor() {
    let (_mock, address) = mock();
    let stdout = output("queue_monitor", &[&address, "--once"]);
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    assert!(lines[2].starts_with("| support |") && lines[2].contains("PJSIP/101: "), "{stdout}");
}

#[test]
fn originate() {
    let (_mock, address) = mock();
    let stdout = output("originate", &[&address, "PJSIP/100", "--exten", "200"]);
    assert_eq!(stdout, "Originate successfully queued\nPJSIP/100: Success\n");
}

#[test]
fn a_wrong_secret() {
    let (_mock, address) = mock();
    for name in ["blocking", "originate"] {
        let args = [&address, "PJSIP/100", "--secret", "wr0ng"];
        let (code, stdout, stderr) = run(name, args.iter().filter(|arg| name == "originate" || **arg != "PJSIP/100"));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{name}");
        assert!(stderr.to_lowercase().contains("refused") && !stderr.contains("wr0ng"), "{name}: {stderr}");
    }
}
