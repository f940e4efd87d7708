//! A moderator's day on a real Asterisk: the script of `moderator`, which recordings and mocks have
//! too.

use ami_proto::FrameKind;
use ami_proto::action as a;
use ami_proto::conference::{Dialect, Request};
use ami_proto::event::Event;

use super::session::{How, Session};
use super::{hang_up_all, on_each, until};
use crate::moderator::{Reply, Server, Told, day};

/// The conference of the test's dialplan.
const ROOM: &str = "live";

struct Live<'s> {
    session: &'s mut Session,
    /// Events before this one have been told.
    from: usize,
}

impl Live<'_> {
    /// Lets a caller in, who is silent or talks.
    fn enter(&mut self, application: &str) {
        let originate = a::Originate::new("Local/conference@live/n").application(application).asynchronous(true);
        let originate = if application == "Wait" { originate.data("60") } else { originate };
        self.session.mark();
        let asked = self.session.ask(&originate);
        assert!(matches!(asked.how, Some(How::Outcome(_))), "{asked:?}");
        self.session.event("ConfbridgeJoin", |event| matches!(event, Event::ConfbridgeJoin(_)).then_some(()));
    }
}

impl Server for Live<'_> {
    fn dialect(&self) -> Dialect<'static> {
        Dialect::ConfBridge
    }

    fn room(&self) -> &str {
        ROOM
    }

    fn file(&self) -> &str {
        "/tmp/moderator.wav"
    }

    fn busy(&self) -> &str {
        "Local/busy@live/n"
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let Request::Action(action) = request else { panic!("{request:?}") };
        let asked = self.session.ask(action);
        let mut frames: Vec<_> = asked.started.iter().chain(&asked.items).cloned().collect();
        match &asked.how {
            Some(How::Outcome(last) | How::Reply(last) | How::Refused(last) | How::List { end: last }) => {
                frames.push(last.clone())
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(frames[0].view().kind(), FrameKind::Response);
        // What a command does is told a little later than that it is done.
        std::thread::sleep(std::time::Duration::from_millis(500));
        self.session.ask(&a::Ping::new()).accepted();
        Some(Reply::Frames(frames))
    }

    fn somebody_comes(&mut self) {
        self.enter("Milliwatt");
        self.session.event("ConfbridgeTalking", |event| matches!(event, Event::ConfbridgeTalking(_)).then_some(()));
    }

    fn told(&mut self) -> Vec<Told> {
        let told = self.session.book.events[self.from..].iter().cloned().map(Told::Ami).collect();
        self.from = self.session.book.events.len();
        told
    }
}

#[test]
#[ignore = "needs a running Asterisk: tests/live/README.md"]
fn a_day() {
    on_each(|session| {
        let from = session.book.events.len();
        let mut live = Live { session, from };
        live.enter("Wait");
        let steps = day(&mut live);
        let lines = |name: &str| -> Vec<&str> {
            let (_, lines) = steps.iter().find(|(step, _)| *step == name).expect("a step");
            lines.iter().map(|line| line.trim_start()).collect()
        };
        println!("{steps:#?}");
        let begin = |name: &str, expected: &[&str]| {
            let lines = lines(name);
            for expected in expected {
                assert!(lines.iter().any(|line| line.starts_with(expected)), "{name}: no {expected:?} in {lines:#?}");
            }
        };
        begin("rooms", &["list rooms: live with 1, recorded?"]);
        begin("join", &["joined Local/conference@live-", "talking Local/conference@live-"]);
        let [list, ..] = &lines("list")[..] else { panic!("no list") };
        assert_eq!(list.matches("Local/conference@live-").count(), 2, "{list}");
        assert_eq!(list.matches(", talking").count(), 1, "{list}");
        begin("mute the loudest", &["mute: done", "muted Local/conference@live-"]);
        begin("lock", &["lock: done", "unlock: done"]);
        begin("record", &["start record: done", "stop record: done", "recording started", "recording stopped"]);
        begin("dial somebody busy", &["dial and wait: refused: Busy"]);
        begin("kick", &["kick: done", "left Local/conference@live-"]);
        begin(
            "end",
            &["kick: done", "ended", "list rooms: nobody and nothing", "list: refused: No active conferences."],
        );
        hang_up_all(session);
        until(session, |session| session.ask(&a::CoreShowChannels::new()).accepted().items.is_empty());
    });
}
