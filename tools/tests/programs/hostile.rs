//! Invariant: nothing that a peer says steers the terminal that a program prints to.

use super::{mocks, run};
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Sets a title, clears the screen, begins a sequence by C1, and turns the text around.
const HOSTILE: &str = "x\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}1m\u{202e}\u{2066}\u{7f}";
const ESCAPED: &str = r"x\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}1m\u{202e}\u{2066}\u{7f}";

/// What is said to a request: its name, and the `ActionID` it came with.
type Speak = fn(&mut Server, RequestId, &str, &str);

/// A server on a thread of its own that lets the next client in and answers it. Gives its address.
fn server(speak: Speak) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || serve(&mut listener.accept().expect("a client").0, speak));
    address
}

fn serve(socket: &mut TcpStream, speak: Speak) {
    let mut server = Server::new(Instant::now(), Config::new().fully_booted(false));
    socket.set_read_timeout(Some(Duration::from_secs(1))).expect("a bound");
    loop {
        while let Some(event) = server.poll_event().expect("a client that keeps the rules") {
            match event {
                ServerEvent::Login { id, .. } => server.accept(id, Classes::ALL).expect("it waits"),
                ServerEvent::Request { id, request } => {
                    let action_id = request.action_id().expect("clients name their requests").to_string();
                    let name = request.frame().name().expect("a name").to_string();
                    speak(&mut server, id, &name, &action_id);
                }
                _ => {}
            }
        }
        let over = server.is_over();
        if server.exchange(socket, Instant::now).is_err() || over {
            return;
        }
    }
}

/// Runs a program and gives all that it printed. Of what steers terminals there is nothing in it.
fn printed(name: &str, args: &[&str], code: i32) -> String {
    let (ended, stdout, stderr) = run(name, args);
    assert_eq!(ended, Some(code), "{name} {args:?}: {stdout}{stderr}");
    let all = stdout + &stderr;
    harmless(&all);
    all
}

fn harmless(text: &str) {
    let steers =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert_eq!(text.chars().find(|c| steers(*c)), None, "{text:?}");
}

#[test]
fn names_of_events() {
    for name in ["blocking", "tokio", "smol", "mio", "compio"] {
        let address = server(|server, id, _, _| {
            server.respond(id, "Success", [("CoreCurrentCalls", "3")]).expect("it is open");
            server.raw(format!("Event: {HOSTILE}\r\nPrivilege: call,all\r\n\r\n").as_bytes());
        });
        assert_eq!(printed(name, &[&address, "--events", "1"], 0), format!("calls: 3\nevent: {ESCAPED}\n"));
    }
}

#[test]
fn names_of_queues_and_members() {
    let address = server(|server, id, _, _| {
        let list = server.list(id, "Queue status will follow").expect("it is open");
        let member = [("Queue", HOSTILE), ("Location", HOSTILE), ("Status", HOSTILE)];
        let list = list.item("QueueParams", [("Queue", HOSTILE), ("Calls", "1")]).expect("an item");
        list.item("QueueMember", member).expect("an item").complete("QueueStatusComplete").expect("an end");
    });
    let table = printed("queue_monitor", &[&address, "--once"], 0);
    let row = format!("| {ESCAPED} | 1       | {ESCAPED}: {ESCAPED} |");
    assert_eq!(table.lines().last(), Some(&*row));
}

#[test]
fn words_of_answers() {
    let address = server(|server, id, _, action_id| {
        let outcome = [("ActionID", action_id), ("Channel", HOSTILE), ("Response", HOSTILE)];
        server.respond(id, "Success", [("Message", HOSTILE)]).expect("it is open");
        server.event(Classes::CALL, "OriginateResponse", outcome).expect("an event");
    });
    let expected = format!("{ESCAPED}\n{ESCAPED}: {ESCAPED}\n");
    assert_eq!(printed("originate", &[&address, "PJSIP/100"], 1), expected);

    let refusing: Speak = |server, id, _, _| server.respond(id, "Error", [("Message", HOSTILE)]).expect("it is open");
    assert_eq!(printed("originate", &[&server(refusing), "PJSIP/100"], 1), format!("refused: {ESCAPED}\n"));
    // As debuggers show text.
    let error = printed("blocking", &[&server(refusing)], 1);
    assert_eq!(error, format!("Error: \"no answer: refused: {ESCAPED}\"\n"));
    let error = printed("queue_monitor", &[&server(refusing), "--once"], 1);
    assert_eq!(error, format!("Error: \"no list: refused: {ESCAPED}\"\n"));
}

#[test]
fn conferences() {
    let refused = format!("conference: refused: {ESCAPED}\n");
    let send = |dialect, secret, address: &str, words: &[&str], code| {
        let options = ["--dialect", dialect, "--user", "400", "--secret", secret, "--send", address];
        printed("conference", &[&options, words].concat(), code)
    };
    let address = server(|server, id, _, _| {
        let list = server.list(id, "Confbridge user list will follow").expect("it is open");
        let list = list.item("ConfbridgeList", [("Channel", "c"), ("CallerIDName", HOSTILE)]).expect("an item");
        list.complete("ConfbridgeListComplete").expect("an end");
    });
    let table = send("confbridge", "s3cret", &address, &["list", "room"], 0);
    assert!(table.contains(&format!("| c  | {ESCAPED} |")), "{table}");

    let said = |text: String| -> &'static str { text.leak() };
    let line = said(format!("3>,<loopback/a>,<uuid-3>,<{HOSTILE}>,<1003>,<hear|speak>,<0>,<0>,<100\n"));
    let (address, _) = mocks::event_socket(line);
    let table = send("freeswitch", "ClueCon", &address, &["list", "room"], 0);
    assert!(table.contains(&format!("| 3  | {ESCAPED} |")), "{table}");
    let (address, _) = mocks::event_socket(said(format!("-ERR {HOSTILE}\n")));
    assert_eq!(send("freeswitch", "ClueCon", &address, &["lock", "room"], 1), refused);

    let message = HOSTILE.replace(['\u{1b}', '\u{7}'], "");
    let (address, _) = mocks::crossbar(400, said(format!(r#"{{"status": "error", "message": "{message}"}}"#)));
    let (address, message) = (address, message.escape_debug().to_string());
    assert_eq!(send("kazoo", "t0ken", &address, &["lock", "c1"], 1), format!("conference: refused: {message}\n"));
}
