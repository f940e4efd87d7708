//! FreeSWITCH over the same task, handles and streams: commands, jobs, events, losses.

use std::sync::Arc;
use std::time::Duration;

use ami_proto::freeswitch::command::{ConferenceCommand, List, Lock};
use ami_proto::testing::ByteScript;
use ami_tokio::conn::Backoff;
use ami_tokio::freeswitch::{Connector, Credentials, EventFormat, Switch};
use ami_tokio::{Item, Lag};

use crate::pbx::{Peer, Script};

type Fake = Peer<ByteScript>;

fn reply(text: &str) -> String {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n")
}

fn response(text: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len())
}

fn event(headers: &str, body: &str) -> String {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\n", body.len()) };
    let event = format!("{headers}\n{length}\n{body}");
    format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{event}", event.len())
}

/// Returns the value of the `Job-UUID` that has come.
fn job(heard: &[u8]) -> String {
    let heard = String::from_utf8_lossy(heard);
    heard.lines().find_map(|line| line.strip_prefix("Job-UUID: ")).expect("a job has one").to_owned()
}

/// A FreeSWITCH that knows what the tests ask for; `silence` is never answered.
fn script() -> ByteScript {
    ByteScript::new("Content-Type: auth/request\n\n")
        .on("auth ClueCon\n\n", reply("+OK accepted"))
        .on("auth wr0ng\n\n", reply("-ERR invalid"))
        .on("event plain BACKGROUND_JOB\n\n", reply("+OK event listener enabled plain"))
        .on("event plain CHANNEL_HANGUP\n\n", reply("+OK event listener enabled plain"))
        .on("filter Unique-ID 1\n\n", reply("+OK filter added. [Unique-ID]=[1]"))
        .on("filter Event-Name BACKGROUND_JOB\n\n", reply("+OK filter added. [Event-Name]=[BACKGROUND_JOB]"))
        .on("api status\n\n", response("UP 1 day\n"))
        .on("api nothing\n\n", response("-ERR nothing Command not found!\n"))
        .on("api conference board lock\n\n", response("+OK board locked\n"))
        .on("api conference board list\n\n", response("-ERR Conference board not found\n"))
        .on("api silence\n\n", "")
        .on("api conference silent lock\n\n", "")
        .on("event plain HEARTBEAT\n\n", "")
        .on("filter Unique-ID 2\n\n", "")
        .on("nixevent x\n\n", reply("-ERR no keywords supplied"))
        .answering("\n\n", |heard| {
            if !heard.starts_with(b"bgapi") && !heard.windows(6).any(|text| text == b"bgapi ") {
                return Vec::new();
            }
            let (job, accepted) = (job(heard), "Content-Type: command/reply\n");
            let accepted = format!("{accepted}Reply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n");
            if String::from_utf8_lossy(heard).contains("never") {
                return accepted.into_bytes();
            }
            let done = event(&format!("Event-Name: BACKGROUND_JOB\nJob-UUID: {job}"), "-ERR USER_BUSY\n");
            [accepted, done].concat().into_bytes()
        })
        .closing_on("exit\n\n", reply("+OK bye"))
}

fn fake(connections: usize) -> Arc<Fake> {
    Arc::new(Fake::new((0..connections).map(|_| Box::new(script) as Script<_>)))
}

fn connector(fake: &Arc<Fake>, password: &str) -> Connector {
    let fake = Arc::clone(fake);
    let connector = Connector::new("switch:8021", Credentials::password(password));
    connector.over(move |_| std::future::ready(fake.dial()))
}

async fn connect(fake: &Arc<Fake>) -> Switch {
    connector(fake, "ClueCon").connect().await.unwrap()
}

fn hangup(fake: &Fake, id: &str) {
    let event = event(&format!("Event-Name: CHANNEL_HANGUP\nUnique-ID: {id}"), "");
    fake.deed(move |fake| fake.say(event));
}

#[tokio::test(start_paused = true)]
async fn commands() {
    let fake = fake(1);
    let switch = connect(&fake).await;
    let status = switch.api("status").await.unwrap();
    assert_eq!((status.to_string().as_str(), status.is_error()), ("UP 1 day\n", false));
    assert!(switch.api("nothing").await.unwrap().is_error());
    let error = switch.send(ami_tokio::freeswitch::Message::new("nixevent x")).await.unwrap_err();
    assert_eq!(error.to_string(), "refused: -ERR no keywords supplied");
    assert!(error.is_refused() && !error.is_safe_to_retry());
}

#[tokio::test(start_paused = true)]
async fn conference_commands() {
    let fake = fake(1);
    let switch = connect(&fake).await;
    let locked = switch.conference(Lock::new().to("board")).await.unwrap();
    assert!(locked.reply().refusal().is_none() && locked.reply().done().is_some());
    let list = switch.conference(List::new().to("board")).await.unwrap();
    assert!(list.reply().refusal().is_some(), "{:?}", list.reply());
    assert_eq!(list.answer().text(), "-ERR Conference board not found\n");
}

#[tokio::test(start_paused = true)]
async fn a_job() {
    let fake = fake(1);
    let switch = connect(&fake).await;
    let (call, status) = tokio::join!(switch.bgapi("originate user/1000 &park()"), switch.api("status"));
    let call = call.unwrap();
    assert_eq!((call.to_string().as_str(), call.is_error()), ("-ERR USER_BUSY\n", true));
    assert!(status.is_ok());
    assert_eq!(switch.held().requests, 0);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password() {
    let fake = fake(1);
    let error = connector(&fake, "wr0ng").connect().await.unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("switch:8021: login refused") && words.contains("-ERR invalid"), "{words}");
    assert!(!error.is_temporary() && !words.contains("wr0ng"));
}

/// Events, a loss with a job in flight, and the subscription and filter on the next connection.
#[tokio::test(start_paused = true)]
async fn events_and_a_loss() {
    let fake = fake(2);
    let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(8)).seeded(1);
    let switch = connector(&fake, "ClueCon").events("CHANNEL_HANGUP").reconnect(backoff).connect().await.unwrap();
    switch.filter("Unique-ID", "1").await.unwrap();
    let mut hangups = switch.events().named("CHANNEL_HANGUP").capacity(2).lag(Lag::Wait).start();
    let mut others = switch.events().named("CHANNEL_ANSWER").start();
    hangup(&fake, "1");
    let item = hangups.next().await.unwrap();
    assert_eq!(item.event().unwrap().view().get("Unique-ID").unwrap().to_str_lossy(), "1");
    let job = tokio::spawn({
        let switch = switch.clone();
        async move { switch.bgapi("never").await.unwrap_err() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    fake.cut();
    let error = job.await.unwrap();
    assert_eq!(error.to_string(), "connection lost after it was accepted and before its outcome was seen");
    let Some(Item::Disconnected(lost)) = hangups.next().await else { panic!("not told") };
    assert!(lost.unanswered.unanswered[0].job_uuid.is_some() && lost.unanswered.restored >= 2);
    assert!(matches!(hangups.next().await, Some(Item::Reconnected)));
    switch.api("status").await.unwrap();
    hangup(&fake, "2");
    assert!(matches!(hangups.next().await, Some(Item::Event(_))));
    assert!(matches!(others.next().await, Some(Item::Disconnected(_))));
    assert!(matches!(others.next().await, Some(Item::Reconnected)));
    switch.close().await;
    assert!(hangups.next().await.is_none() && others.next().await.is_none());
}

/// A command whose future is dropped is answered all the same, and the next has its own answer.
#[tokio::test(start_paused = true)]
async fn a_dropped_command() {
    let fake = fake(1);
    let switch = connect(&fake).await;
    for _ in 0..3 {
        let dropped = tokio::time::timeout(Duration::ZERO, switch.api("nothing")).await;
        assert!(dropped.is_err());
        assert_eq!(switch.api("status").await.unwrap().to_string(), "UP 1 day\n");
    }
    let error = switch.within(Duration::from_secs(3)).api("silence").await.unwrap_err();
    assert_eq!(error.to_string(), "timed out before it was answered");
    assert_eq!((switch.held().requests, switch.held().bytes), (0, 0));
}

/// Each kind of request has the time of the handle.
#[tokio::test(start_paused = true)]
async fn the_time_of_a_handle() {
    for kind in 0..3 {
        let fake = fake(1);
        let switch = connect(&fake).await.within(Duration::from_secs(3));
        let begun = tokio::time::Instant::now();
        let error = match kind {
            0 => switch.conference(Lock::new().to("silent")).await.map(drop),
            1 => switch.subscribe(EventFormat::Plain, "HEARTBEAT").await.map(drop),
            _ => switch.filter("Unique-ID", "2").await.map(drop),
        };
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("timed out"), "{kind}: {error}");
        assert_eq!(begun.elapsed().as_secs(), 3, "{kind}");
    }
}
