//! A moderator's day: one script over the common vocabulary, on all four dialects, and what the
//! moderator reads in each, side by side in `tests/moderator.txt`.
//!
//! `ConfBridge` and FreeSWITCH answer what real servers said, from the corpus. sipXecs and Kazoo
//! are mocks made of their sources' facts: they hold a conference and answer as the servers' code
//! does, and share no code with the library. The live test runs the same script on a real Asterisk.

pub(crate) mod confbridge;
mod freeswitch;
mod kazoo;
mod sipxecs;

use ami_proto::OwnedFrame;
use ami_proto::conference::{
    Answer, Command, Conference, Dialect, Event, Native, Outcome, Participant, Request, RequestError, Who,
};
use ami_proto::event::Event as AmiEvent;
use ami_proto::freeswitch::{Decoder, LIMITS};
use ami_proto::kazoo::SocketMessage;

/// A server for a day.
pub(crate) trait Server {
    /// Returns the dialect.
    fn dialect(&self) -> Dialect<'static>;
    /// Returns the conference.
    fn room(&self) -> &str;
    /// Returns a file that can be recorded into, for servers that want one.
    fn file(&self) -> &str;
    /// Returns an endpoint that is busy, as the server calls.
    fn busy(&self) -> &str;
    /// Answers a request; `None` where it can't be known what the server would.
    fn answer(&mut self, request: &Request) -> Option<Reply>;
    /// Lets a caller in.
    fn somebody_comes(&mut self);
    /// Takes the events since the last time.
    fn told(&mut self) -> Vec<Told>;
}

/// A reply as it comes off the wire.
#[derive(Debug)]
pub(crate) enum Reply {
    Frames(Vec<OwnedFrame>),
    Text(Vec<u8>),
    Http(u16, Vec<u8>),
}

/// An event as it comes off the wire.
pub(crate) enum Told {
    Ami(OwnedFrame),
    /// A frame of the event socket.
    Esl(Vec<u8>),
    /// A message of the web socket.
    Socket(String),
}

/// A step of the day: its name, and what the moderator reads, each line begun by what was asked.
pub(crate) type Step = (&'static str, Vec<String>);

/// The part of an answer that the script goes on with.
#[derive(Default)]
struct Read {
    unsupported: bool,
    /// The participants: their id, and whether they talk and have the floor.
    people: Vec<(String, bool, bool)>,
}

/// The day.
pub(crate) fn day(server: &mut impl Server) -> Vec<Step> {
    let [room, file, busy] = [server.room(), server.file(), server.busy()].map(str::to_owned);
    let (conference, endpoint, caller) = (&*room, &*busy, None);
    let mut steps = Vec::new();

    let mut step = Asking::new(server);
    step.ask(&Command::ListRooms);
    steps.push(("rooms", step.lines));

    server.somebody_comes();
    steps.push(("join", Asking::new(server).events()));

    let mut step = Asking::new(server);
    let list = step.ask(&Command::List(conference));
    steps.push(("list", step.events()));
    // Who talks and has the floor, who has it, who talks, or the first.
    let loudness = |(_, talks, floor): &&(String, bool, bool)| (*talks && *floor, *floor, *talks);
    let loudest = list.people.iter().rev().max_by_key(loudness).expect("a participant").0.clone();
    let who = Who::One(&loudest);

    let mut step = Asking::new(server);
    step.ask(&Command::Mute { conference, who });
    steps.push(("mute the loudest", step.events()));

    let mut step = Asking::new(server);
    step.ask(&Command::Lock(conference));
    step.ask(&Command::Unlock(conference));
    steps.push(("lock", step.events()));

    let mut step = Asking::new(server);
    if step.ask(&Command::StartRecord { conference, file: Some(&file) }).unsupported {
        step.ask(&Command::StartRecord { conference, file: None });
    }
    step.ask(&Command::RecordStatus(conference));
    step.ask(&Command::StopRecord { conference, file: None });
    steps.push(("record", step.events()));

    let mut step = Asking::new(server);
    if step.ask(&Command::DialAndWait { conference, endpoint, caller }).unsupported
        && step.ask(&Command::Dial { conference, endpoint, caller }).unsupported
    {
        step.ask(&Command::Invite { conference, user: "99" });
    }
    steps.push(("dial somebody busy", step.events()));

    let mut step = Asking::new(server);
    step.ask(&Command::Kick { conference, who });
    steps.push(("kick", step.events()));

    let mut step = Asking::new(server);
    step.ask(&Command::Kick { conference, who: Who::All });
    let mut lines = step.events();
    let mut step = Asking::new(server);
    step.ask(&Command::ListRooms);
    step.ask(&Command::List(conference));
    lines.extend(step.lines);
    steps.push(("end", lines));
    steps
}

/// A step while it is asked.
struct Asking<'s, S> {
    server: &'s mut S,
    lines: Vec<String>,
}

impl<'s, S: Server> Asking<'s, S> {
    fn new(server: &'s mut S) -> Self {
        Self { server, lines: Vec::new() }
    }

    /// Asks, and keeps what the moderator reads.
    fn ask(&mut self, command: &Command<'_>) -> Read {
        let (mut read, dialect) = (Read::default(), self.server.dialect());
        let line = match dialect.encode(command) {
            Err(RequestError::Unsupported(error)) => {
                read.unsupported = true;
                format!("unsupported: {}", error.hint())
            }
            Err(error) => {
                read.unsupported = true;
                format!("no request: {error}")
            }
            Ok(request) => match self.server.answer(&request) {
                None => "(no recording of it)".to_owned(),
                Some(reply) => answered(dialect, command, &reply, &mut read),
            },
        };
        self.lines.push(format!("{command}: {line}"));
        read
    }

    /// Ends the step: what was read, and what the server told meanwhile.
    fn events(mut self) -> Vec<String> {
        for told in self.server.told() {
            self.lines.extend(happened(&told).map(|line| format!("  {line}")));
        }
        self.lines
    }
}

fn answered(dialect: Dialect<'_>, command: &Command<'_>, reply: &Reply, read: &mut Read) -> String {
    let frames: Vec<_> = match reply {
        Reply::Frames(frames) => frames.iter().map(OwnedFrame::view).collect(),
        _ => Vec::new(),
    };
    let native = match reply {
        Reply::Frames(_) => Native::Frames(&frames),
        Reply::Text(text) => Native::Text(text),
        Reply::Http(status, body) => Native::Http { status: *status, body },
    };
    match dialect.decode(command, native).map(Answer::into_outcome) {
        Ok(Outcome::Done) => "done".into(),
        Ok(Outcome::Unchanged) => "unchanged".into(),
        Ok(Outcome::Recording(on)) => format!("recording: {on}"),
        Ok(Outcome::Refused(reason)) => format!("refused: {reason}"),
        Ok(Outcome::Text(text)) => format!("text: {text}"),
        Ok(Outcome::Conferences(rooms)) => or_none(rooms.iter().map(room).collect()),
        Ok(Outcome::Participants(people)) => {
            let flag = |flag: Option<bool>| flag == Some(true);
            let known = |one: &Participant<'_>| {
                let id = one.id().expect("an id").into_owned();
                (id, flag(one.is_talking()), flag(one.has_floor()))
            };
            read.people = people.iter().map(known).collect();
            or_none(people.iter().map(person).collect())
        }
        Ok(other) => panic!("{command}: {other:?}"),
        Err(error) => format!("error: {error}"),
    }
}

fn or_none(all: Vec<String>) -> String {
    if all.is_empty() { "nobody and nothing".into() } else { all.join("; ") }
}

fn room(room: &Conference<'_>) -> String {
    let name = room.name().unwrap_or_default();
    let members = room.members().map_or("?".into(), |members| members.to_string());
    let flags = [("locked", room.is_locked()), ("recorded", room.is_recording())];
    format!("{name} with {members}{}", flagged(&flags))
}

fn person(one: &Participant<'_>) -> String {
    let name = one.name().unwrap_or("?".into());
    let flags = [
        ("moderator", one.is_moderator()),
        ("muted", one.is_muted()),
        ("deaf", one.is_deaf()),
        ("talking", one.is_talking()),
        ("floor", one.has_floor()),
    ];
    format!("{} {name}{}", one.id().expect("an id"), flagged(&flags))
}

/// The flags that are up, and which the server doesn't tell.
fn flagged(flags: &[(&str, Option<bool>)]) -> String {
    let said = flags.iter().filter_map(|(name, flag)| match flag {
        Some(true) => Some(format!(", {name}")),
        Some(false) => None,
        None => Some(format!(", {name}?")),
    });
    said.collect()
}

/// Returns what the moderator reads of an event; `None` where it is none of a conference.
fn happened(told: &Told) -> Option<String> {
    let line = |event: &Event<'_>| {
        let who = event.participant().map(|who| format!(" {who}")).unwrap_or_default();
        let name = event.name().filter(|_| !who.is_empty()).map(|name| format!(" {name}")).unwrap_or_default();
        format!("{}{who}{name}", event.happening())
    };
    match told {
        Told::Ami(frame) => Event::of_ami(AmiEvent::from(frame.view())).map(|event| line(&event)),
        Told::Esl(bytes) => {
            let mut decoder = Decoder::new(LIMITS);
            decoder.push(bytes);
            let frame = decoder.next_frame().expect("a frame").expect("the whole of it");
            Event::of_freeswitch(frame.event().expect("an event")).map(|event| line(&event))
        }
        Told::Socket(text) => match SocketMessage::from_slice(text.as_bytes()).expect("a message") {
            SocketMessage::Event(event) => Some(line(&Event::from(event.participant().expect("its data")))),
            other => panic!("{other:?}"),
        },
    }
}

/// The day of each server, side by side: `BLESS=1` writes `tests/moderator.txt` anew.
#[test]
fn a_day_on_each_server() {
    let mut days = vec![("ConfBridge of 22", day(&mut confbridge::Recorded::new()))];
    for (name, release) in
        [("FreeSWITCH 1.6.20", "1.6.20"), ("FreeSWITCH 1.10.12", "1.10.12"), ("FreeSWITCH 1.11.2", "1.11.2")]
    {
        days.push((name, day(&mut freeswitch::Recorded::new(release))));
    }
    days.push(("sipXecs", day(&mut sipxecs::Service::new())));
    days.push(("Kazoo", day(&mut kazoo::Server::new())));

    let mut table = String::from(HEAD);
    for at in 0..days[0].1.len() {
        table.extend(["\n", days[0].1[at].0, "\n"]);
        for (name, steps) in &days {
            assert_eq!(steps[at].0, days[0].1[at].0);
            let mut name = *name;
            for line in &steps[at].1 {
                table += &format!("    {name:<20}{}\n", line.trim_end());
                name = "";
            }
            if steps[at].1.is_empty() {
                table += &format!("    {name:<20}(nothing is told)\n");
            }
        }
    }
    let path = ami_testkit::root().join("tests/moderator.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &table).expect("a file to write");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), table, "BLESS=1 renews it");
}

const HEAD: &str = "\
A moderator's day, step by step, and what the moderator reads on each server: what a command
brought, and indented what the server told meanwhile. `flag?` is a flag that the server does not
tell. ConfBridge and FreeSWITCH answer what real servers of these releases said, each command as it
was recorded, so the numbers of one day are of several conferences; sipXecs and Kazoo are mocks.
Made by `BLESS=1 cargo test -p ami-testkit --test it moderator::`, which otherwise holds the code to
it.
";
