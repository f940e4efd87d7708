//! FreeSWITCH over the same threads, handles and readers: commands, jobs, events, losses.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ami_blocking::Item;
use ami_blocking::conn::Backoff;
use ami_blocking::freeswitch::command::{ConferenceCommand, Lock};
use ami_blocking::freeswitch::{Connector, Credentials};
use ami_proto::testing::ByteScript;

use crate::pbx::{Peer, Script, until};

fn reply(text: &str) -> String {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n")
}

fn response(text: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len())
}

fn script() -> ByteScript {
    ByteScript::new("Content-Type: auth/request\n\n")
        .on("auth ClueCon\n\n", reply("+OK accepted"))
        .on("event plain CHANNEL_HANGUP\n\n", reply("+OK event listener enabled plain"))
        .on("event plain BACKGROUND_JOB\n\n", reply("+OK event listener enabled plain"))
        .on("filter Unique-ID 1\n\n", reply("+OK filter added. [Unique-ID]=[1]"))
        .on("filter Event-Name BACKGROUND_JOB\n\n", reply("+OK filter added. [Event-Name]=[BACKGROUND_JOB]"))
        .on("api status\n\n", response("UP 1 day\n"))
        .on("api conference board lock\n\n", response("+OK board locked\n"))
        .on("api conference silent lock\n\n", "")
        .on("api silence\n\n", "")
        .closing_on("exit\n\n", reply("+OK bye"))
}

#[test]
fn a_session() {
    let fake = Peer::<ByteScript>::new((0..2).map(|_| Box::new(script) as Script<_>));
    let dials = Arc::clone(&fake);
    let switch = Connector::new("switch:8021", Credentials::password("ClueCon"))
        .events("CHANNEL_HANGUP")
        .reconnect(Backoff::new(Duration::from_millis(20), Duration::from_millis(100)))
        .over(move |_| dials.dial())
        .connect()
        .unwrap();
    let mut hangups = switch.events().named("CHANNEL_HANGUP").start();
    assert_eq!(switch.api("status").unwrap().to_string(), "UP 1 day\n");
    let locked = switch.conference(Lock::new().to("board")).unwrap();
    assert!(locked.reply().refusal().is_none() && locked.reply().done().is_some());
    switch.filter("Unique-ID", "1").unwrap();
    assert!(switch.filter("odd name", "1").unwrap_err().is_safe_to_retry());
    let hangup = "Event-Name: CHANNEL_HANGUP\nUnique-ID: 1\n\n";
    let hangup = format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{hangup}", hangup.len());
    fake.deed(move |fake| fake.say(hangup));
    let item = hangups.next().unwrap();
    assert_eq!(item.event().unwrap().view().get("Unique-ID").unwrap().to_str_lossy(), "1");
    let open = {
        let switch = switch.clone();
        thread::spawn(move || switch.api("silence").unwrap_err())
    };
    until(|| switch.held().requests == 1);
    fake.cut();
    assert!(!open.join().unwrap().is_safe_to_retry());
    assert!(matches!(hangups.next(), Some(Item::Disconnected(_))));
    assert!(matches!(hangups.next(), Some(Item::Reconnected)));
    assert_eq!(switch.api("status").unwrap().to_string(), "UP 1 day\n");
    // Also a command to a conference has the time of the handle.
    let error = switch.within(Duration::from_millis(50)).conference(Lock::new().to("silent")).unwrap_err();
    assert_eq!(error.to_string(), "timed out before it was answered");
    switch.close();
    assert!(hangups.next().is_none());
}
