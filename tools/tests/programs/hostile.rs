//! Invariant: nothing that a peer says steers the terminal that a program prints to.

use super::{conference, run};
use ami_proto::value::Classes;
use ami_testkit::mock::{ESCAPED, HOSTILE, Speak, harmless, server};

/// Runs a program and gives all that it printed. Of what steers terminals there is nothing in it.
fn printed(name: &str, args: &[&str], code: i32) -> String {
    let (ended, stdout, stderr) = run(name, args);
    assert_eq!(ended, Some(code), "{name} {args:?}: {stdout}{stderr}");
    let all = stdout + &stderr;
    harmless(&all);
    all
}

#[test]
fn names_of_queues_and_members() {
    let address = server(|server, id, _, _| {
        let list = server.list(id, "Queue status will follow").expect("it is open");
        let member = [("Queue", HOSTILE), ("Location", HOSTILE), ("Status", HOSTILE)];
        let list = list.item("QueueParams", [("Queue", HOSTILE), ("Calls", "1")]).expect("an item");
        list.item("QueueMember", member).expect("an item").complete("QueueStatusComplete").expect("an end");
    });
    let table = printed("queues", &[&address, "--once"], 0);
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
    let error = printed("queues", &[&server(refusing), "--once"], 1);
    assert_eq!(error, format!("queues: no list: refused: {ESCAPED}\n"));
}

#[test]
fn conferences_print_hostile_text_escaped() {
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
    let (address, _) = conference::event_socket(line);
    let table = send("freeswitch", "ClueCon", &address, &["list", "room"], 0);
    assert!(table.contains(&format!("| 3  | {ESCAPED} |")), "{table}");
    let (address, _) = conference::event_socket(said(format!("-ERR {HOSTILE}\n")));
    assert_eq!(send("freeswitch", "ClueCon", &address, &["lock", "room"], 1), refused);

    let message = HOSTILE.replace(['\u{1b}', '\u{7}'], "");
    let (address, _) = conference::crossbar(400, said(format!(r#"{{"status": "error", "message": "{message}"}}"#)));
    let (address, message) = (address, message.escape_debug().to_string());
    assert_eq!(send("kazoo", "t0ken", &address, &["lock", "c1"], 1), format!("conference: refused: {message}\n"));
}
