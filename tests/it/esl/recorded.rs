// Recorded sessions: a connection that says what the client said gets the answers that it got.

use std::collections::HashMap;
use std::time::Instant;

use super::{feed, reply, sent};
use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials, Ending, Id, Message};
use ami_testkit::esl::{Naive, corpus, naive, scenarios};
use ami_testkit::session::{self, Turn};

/// A session's commands, if each can be sent just so.
fn commands(turns: &[Turn]) -> Option<Vec<(usize, Message)>> {
    let mut all = Vec::new();
    let mut unread: Vec<u8> = Vec::new();
    for (number, turn) in turns.iter().enumerate().filter(|(_, turn)| turn.from_client) {
        unread.extend_from_slice(&turn.bytes);
        while let Some(end) = unread.windows(2).position(|two| two == b"\n\n") {
            let raw: Vec<u8> = unread.drain(..end + 2).collect();
            let mut lines = raw[..end].split(|byte| *byte == b'\n');
            let mut message = Message::new(lines.next()?);
            for line in lines {
                let colon = line.windows(2).position(|two| two == b": ")?;
                message = message.header(&line[..colon], &line[colon + 2..]);
            }
            let mut again = Vec::new();
            message.encode(&mut again).ok().filter(|()| again == raw)?;
            all.push((number, message));
        }
    }
    unread.is_empty().then_some(all)
}

/// Says what the client said, hears what the server answered; the answers have to go to the
/// commands in order. `false`: what this client said, no connection says.
fn replayed(name: &str, turns: &[Turn]) -> bool {
    let Some(commands) = commands(turns) else { return false };
    let stream: Vec<u8> = turns.iter().filter(|turn| !turn.from_client).flat_map(|turn| turn.bytes.clone()).collect();
    let line = |message: &Message| {
        let mut out = Vec::new();
        message.encode(&mut out).unwrap();
        String::from_utf8_lossy(&out).lines().next().unwrap_or_default().to_owned()
    };
    let Some((_, first)) = commands.first() else { return false };
    let now = Instant::now();
    let mut connection = Connection::new(Config::new().max_in_flight(usize::MAX));
    let first = line(first);
    if let Some(password) = first.strip_prefix("auth ") {
        connection.login(now, Credentials::password(password)).unwrap();
    } else if let Some((user, domain, password)) = first.strip_prefix("userauth ").and_then(|rest| {
        let (user, password) = rest.split_once(':')?;
        let (user, domain) = user.split_once('@')?;
        Some((user, domain, password))
    }) {
        connection.login(now, Credentials::user(user, domain, password)).unwrap();
    } else if first == "connect" {
        connection.connect(now).unwrap();
    } else {
        return false;
    }
    let is_answer = |frame: &Naive| frame.is("command/reply") || frame.is("api/response");
    let answers: Vec<Naive> = naive(&stream).0.into_iter().filter(is_answer).skip(1).collect();
    let mut queue: std::collections::VecDeque<(usize, Message)> = commands.into_iter().skip(1).collect();
    let mut asked = Vec::new();
    let mut found: HashMap<Id, Vec<u8>> = HashMap::new();
    // What the connection says on its own is answered on its own.
    let mut own = 0_usize;
    let mut waiting = Vec::new();
    for (number, turn) in turns.iter().enumerate() {
        if turn.from_client {
            continue;
        }
        for byte in turn.bytes.iter() {
            if connection.is_over() {
                break;
            }
            if connection.is_logged_in() && own == 0 && waiting.is_empty() {
                while queue.front().is_some_and(|(at, _)| *at < number) {
                    let (_, message) = queue.pop_front().unwrap();
                    let at = asked.len();
                    asked.push(connection.send(now, &message).unwrap());
                    let text = sent(&mut connection);
                    let verb = line(&message).to_lowercase();
                    let verb = verb.split(' ').next().unwrap_or_default();
                    if matches!(verb, "bgapi" | "filter") {
                        own = text.windows(2).filter(|two| two == b"\n\n").count() - 1;
                    }
                    if own > 0 {
                        // It has to be answered before this one, behind those that are not answered
                        // yet.
                        waiting.push(at);
                        break;
                    }
                }
            }
            if own > 0 && waiting.iter().all(|at| asked[..*at].iter().all(|id| found.contains_key(id))) {
                for _ in 0..std::mem::take(&mut own) {
                    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
                }
                waiting.clear();
            }
            sent(&mut connection);
            feed(&mut connection, now, &[*byte]);
            while let Ok(Some(event)) = connection.poll_event() {
                let answer = |frame: ami_proto::freeswitch::Frame<'_>| frame.as_bytes().to_vec();
                match event {
                    ConnectionEvent::Started { id, frame } => drop(found.insert(id, answer(frame))),
                    ConnectionEvent::Ended { id, ending: Ending::Reply(frame) | Ending::Refused(frame) } => {
                        assert!(found.insert(id, answer(frame)).is_none(), "{name}: {id:?} ends twice");
                    }
                    ConnectionEvent::Ended { id, ending: Ending::Job(event) } => {
                        let started = String::from_utf8_lossy(&found[&id]).into_owned();
                        let uuid = event.get("Job-UUID").unwrap().to_string();
                        assert!(started.contains(&uuid), "{name}: {uuid} is not of {started}");
                    }
                    ConnectionEvent::Unclaimed { frame, .. } => panic!("{name}: unclaimed {frame:?}"),
                    _ => {}
                }
            }
        }
    }
    for (place, (id, answer)) in asked.iter().zip(&answers).enumerate() {
        let expected = &stream[answer.offset..answer.offset + answer.len];
        assert_eq!(found.get(id).map(Vec::as_slice), Some(expected), "{name}: answer {place}");
    }
    assert!(asked.len() >= answers.len(), "{name}: {} asked, {} answered", asked.len(), answers.len());
    true
}

#[test]
fn recorded_answers_go_to_their_commands_in_order() {
    let all = corpus("replay");
    let replays = all.iter().filter(|(name, replay)| replayed(name, &session::replay(replay))).count();
    assert!(replays >= 10, "{replays} of {} sessions", all.len());
    // Which this build has only in some places.
    let mut more = 0;
    for (name, turns) in recordings() {
        more += usize::from(replayed(&name, &turns));
    }
    println!("{replays} of the corpus, {more} of all recordings");
}

/// All recordings, where they are there.
fn recordings() -> Vec<(String, Vec<Turn>)> {
    let mut all = Vec::new();
    for scenario in scenarios() {
        for entry in std::fs::read_dir(&scenario).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "jsonl") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            all.push((path.display().to_string(), session::jsonl(&text)));
        }
    }
    all
}
