//! Invariant: each program on `ami-tokio` or `ami-blocking`, run as a user runs it against a server
//! over loopback, does what it says, also across a restart of that, and is as short as it claims.

use ami_proto::conn::Machine as _;
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_testkit::mock::{HOSTILE, Speak, harmless, server, server_of};
use ami_testkit::programs::{BOUND, Running, command, listening, run};
use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The programs, and the lines that each may have.
#[test]
fn they_are_short() {
    for (name, most) in
        [("web_click_to_call", 45), ("wallboard_feed", 60), ("call_logger", 40), ("originate_script", 25)]
    {
        let path = format!("{}/src/bin/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(path).expect("its source").lines().count();
        assert!(lines <= most, "{name}: {lines} lines");
    }
}

/// Sends a request and reads all of the answer.
fn http(address: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("the program listens");
    socket.set_read_timeout(Some(BOUND)).expect("a bound");
    write!(socket, "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        .expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer in time");
    answer
}

fn originate(server: &mut Server, id: RequestId, action_id: &str, reason: &str) {
    server.respond(id, "Success", [("Message", "Originate successfully queued")]).expect("it is open");
    let response = if reason == "4" { "Success" } else { "Failure" };
    let outcome = [("ActionID", action_id), ("Response", response), ("Reason", reason)];
    server.event(Classes::CALL, "OriginateResponse", outcome).expect("headers");
}

fn listens(path: &str, pbx: &str) -> (Running, String) {
    listening(command(path).args([pbx, "127.0.0.1:0"]).env("AMI_SECRET", "s3cret").stderr(Stdio::null()))
}

/// A call that is answered, one that isn't, one that is refused, one that is lost with the PBX, and
/// one that waits for the PBX to be back.
#[test]
fn web_click_to_call() {
    let first: Speak = |server, id, name, action_id| {
        assert_eq!(name, "Originate");
        match asked_before() {
            0 => originate(server, id, action_id, "4"),
            1 => originate(server, id, action_id, "5"),
            2 => server.respond(id, "Error", [("Message", "no")]).expect("it is open"),
            _ => {
                server.respond(id, "Success", [("Message", "Originate successfully queued")]).expect("it is open");
                server.close();
            }
        }
    };
    let second: Speak = |server, id, _, action_id| originate(server, id, action_id, "4");
    let (_program, address) = listens(env!("CARGO_BIN_EXE_web_click_to_call"), &server_of([first, second]));
    for (status, words) in [
        ("200 OK", "outcome OriginateResponse: Success; Answered\n"),
        ("409 Conflict", "outcome OriginateResponse: Failure; Busy\n"),
        ("502 Bad Gateway", "refused: no\n"),
        ("502 Bad Gateway", "connection lost after it was accepted and before its outcome was seen\n"),
        ("200 OK", "outcome OriginateResponse: Success; Answered\n"),
    ] {
        let answer = http(&address, "POST /call/100");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")) && answer.ends_with(words), "{answer}");
    }
    let answer = http(&address, "POST /call/100&PJSIP%2f101");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

thread_local! {
    /// Requests that the server of this thread was asked.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Returns how many requests the server of this thread was asked before this one.
fn asked_before() -> usize {
    COUNT.with(|count| count.replace(count.get() + 1))
}

/// Answered, busy, refused; and what the server says reaches no terminal as it is.
#[test]
fn originate_script() {
    let path = env!("CARGO_BIN_EXE_originate_script");
    let answered: Speak = |server, id, _, action_id| originate(server, id, action_id, "4");
    let busy: Speak = |server, id, _, action_id| originate(server, id, action_id, "5");
    let refused: Speak = |server, id, _, _| server.respond(id, "Error", [("Message", HOSTILE)]).expect("it is open");
    for (speak, code, words) in [
        (answered, 0, "outcome OriginateResponse: Success; Answered\n"),
        (busy, 2, "outcome OriginateResponse: Failure; Busy\n"),
        (refused, 1, ""),
    ] {
        let (ended, stdout, stderr) =
            run(command(path).args([&server(speak), "PJSIP/100"]).env("AMI_SECRET", "s3cret"));
        assert_eq!((ended, &*stdout), (Some(code), words), "{stderr}");
        harmless(&stdout);
    }
}

#[test]
fn a_wrong_secret() {
    let nothing: Speak = |_, _, name, _| panic!("{name} of somebody who is not logged in");
    for path in [
        env!("CARGO_BIN_EXE_web_click_to_call"),
        env!("CARGO_BIN_EXE_call_logger"),
        env!("CARGO_BIN_EXE_wallboard_feed"),
        env!("CARGO_BIN_EXE_originate_script"),
    ] {
        let (code, _, stderr) = run(command(path).args([&server(nothing), "127.0.0.1:0"]).env("AMI_SECRET", "wr0ng"));
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("login refused") && !stderr.contains("wr0ng"), "{stderr}");
    }
}

/// The state at once, and after a change, and again once the PBX is back.
#[test]
fn the_wallboard_is_fed_at_once_and_after_each_change() {
    fn list(server: &mut Server, id: RequestId, calls: &str) {
        let list = server.list(id, "Queue status will follow").expect("it is open");
        let list = list.item("QueueParams", [("Queue", "support"), ("Calls", calls)]).expect("headers");
        list.complete("QueueStatusComplete").expect("it is open");
    }
    let first: Speak = |server, id, name, _| {
        assert_eq!(name, "QueueStatus");
        if asked_before() == 0 {
            list(server, id, "1");
            server.event(Classes::AGENT, "QueueCallerJoin", [("Queue", "support")]).expect("headers");
        } else {
            list(server, id, "2");
            server.close();
        }
    };
    // While it starts it does not know the action yet.
    let second: Speak = |server, id, _, _| match asked_before() {
        2..=3 => server.respond(id, "Error", [("Message", "Invalid/unknown command")]).expect("it is open"),
        _ => list(server, id, "3"),
    };
    let (_program, address) = listens(env!("CARGO_BIN_EXE_wallboard_feed"), &server_of([first, second]));
    let mut socket = TcpStream::connect(address).expect("the program listens");
    socket.set_read_timeout(Some(BOUND)).expect("a bound");
    write!(socket, "GET /queues HTTP/1.1\r\nHost: x\r\n\r\n").expect("it reads");
    let lines = BufReader::new(socket).lines().map(|line| line.expect("a line in time"));
    let mut states = lines.filter_map(|line| line.strip_prefix("data: ").map(str::to_owned));
    // What was before the page asked may be over already; the last one comes for certain.
    let calls =
        |state: &String| serde_json::from_str::<serde_json::Value>(state).expect("JSON")[0]["fields"]["calls"].clone();
    let last = states.find(|state| calls(state) == 3).expect("a state");
    assert!(last.contains("support"), "{last}");
}

/// A call that ended, and one that the PBX took with it.
#[test]
fn the_call_logger_writes_ended_and_lost_calls() {
    let path = env!("CARGO_BIN_EXE_call_logger");
    let channel = |name: &str, id: &str| format!("Channel: {name}\r\nUniqueid: {id}\r\nLinkedid: {id}\r\n\r\n");
    let begins = |name: &str, id: &str| format!("Event: Newchannel\r\nChannelState: 4\r\n{}", channel(name, id));
    let ends = |name: &str, id: &str| format!("Event: Hangup\r\nCause: 16\r\n{}", channel(name, id));
    let wire = [begins("PJSIP/1-1", "1.1"), begins(HOSTILE, "1.2"), ends("PJSIP/1-1", "1.1")].concat();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a client");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a bound");
        let mut pbx = Server::new(Instant::now(), Config::new());
        while !pbx.is_over() || pbx.poll_transmit().is_some() {
            while let Some(event) = pbx.poll_event().expect("a client that keeps the rules") {
                if let ServerEvent::Login { id, .. } = event {
                    pbx.accept(id, Classes::ALL).expect("it waits");
                    pbx.raw(wire.as_bytes());
                    pbx.close();
                }
            }
            pbx.exchange(&mut socket, Instant::now).expect("a client");
        }
    });
    let mut program = command(path);
    let program = program.arg(&address).env("AMI_SECRET", "s3cret").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = Running(program.spawn().expect("the program starts"));
    let stdout = program.0.stdout.take().expect("a pipe");
    let lines: Vec<_> = BufReader::new(stdout).lines().take(2).map(|line| line.expect("a line")).collect();
    harmless(&lines.concat());
    let calls: Vec<serde_json::Value> = lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let ids: Vec<_> = calls.iter().map(|call| call["linked_id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["1.1", "1.2"], "{calls:?}");
    assert!(!calls[0]["end"].is_null() && calls[1]["end"].is_null(), "{calls:?}");
}
