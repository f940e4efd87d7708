//! FreeSWITCH for a day, by what a release said: the answers in
//! `corpus/freeswitch/replies/day.jsonl`, each to the next question of its sub-command, and events
//! of the same release.

use super::{Reply, Server, Told};
use ami_proto::conference::{Dialect, Request};
use ami_testkit::esl::naive;
use serde_json::Value as Json;

/// A release's day.
pub(super) struct Recorded {
    /// Sub-command and answer of what has not been asked yet.
    answers: Vec<(String, String)>,
    /// By action, the frames of what this release told.
    events: Vec<(String, Vec<u8>)>,
    told: Vec<Told>,
    /// A call that fails, as it was recorded.
    busy: &'static str,
}

/// Which events follow a sub-command.
const FOLLOWS: [(&str, &[&str]); 7] = [
    ("mute", &["mute-member"]),
    ("lock", &["lock"]),
    ("unlock", &["unlock"]),
    ("record", &["start-recording"]),
    ("norecord", &["stop-recording"]),
    ("kick", &["kick-member", "del-member"]),
    ("kick all", &["kick-member", "del-member", "conference-destroy"]),
];

impl Recorded {
    pub(super) fn new(release: &str) -> Self {
        let folder = ami_testkit::root().join("corpus/freeswitch");
        let day = std::fs::read_to_string(folder.join("replies/day.jsonl")).expect("the file");
        let rows = day.lines().map(|line| serde_json::from_str::<Json>(line).expect("a row"));
        let text = |row: &Json, name: &str| row[name].as_str().expect("a text").to_owned();
        let rows = rows.filter(|row| row["release"] == release);
        let answers = rows.map(|row| (asked(&text(&row, "sent")), text(&row, "body"))).collect();
        // No events of the others were kept.
        let events = std::fs::read(folder.join(format!("events_{release}.esl"))).unwrap_or_default();
        let busy = if release == "1.10.12" { "nope/x" } else { "loopback/busy/confs" };
        Self { answers, events: by_action(&events), told: Vec::new(), busy }
    }

    fn tell(&mut self, action: &str) {
        let found = self.events.iter().find(|(name, _)| name == action);
        self.told.extend(found.map(|(_, frame)| Told::Esl(frame.clone())));
    }
}

/// Returns the sub-command of a line, with the mark of one that is for all conferences, and `all`.
fn asked(line: &str) -> String {
    let words: Vec<_> = line.strip_prefix("conference ").expect("a conference command").split(' ').collect();
    match words[..] {
        ["list", ..] => "list of all".into(),
        [_, "kick", "all"] => "kick all".into(),
        [_, command, ..] => command.into(),
        _ => panic!("{line}"),
    }
}

/// Cuts a stream into its events, by action.
fn by_action(stream: &[u8]) -> Vec<(String, Vec<u8>)> {
    let frames = naive(stream).0.into_iter().filter_map(|frame| {
        let text = String::from_utf8_lossy(&frame.body).into_owned();
        let action = text.lines().filter_map(|line| line.strip_prefix("Action: ")).next_back()?.to_owned();
        Some((action, stream[frame.offset..frame.offset + frame.len].to_vec()))
    });
    frames.collect()
}

impl Server for Recorded {
    fn dialect(&self) -> Dialect<'static> {
        Dialect::FreeSwitch
    }

    fn room(&self) -> &str {
        "room"
    }

    fn file(&self) -> &str {
        "/srv/fslab/run/rec/r1.wav"
    }

    fn busy(&self) -> &str {
        self.busy
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let Request::Line(line) = request else { panic!("{request:?}") };
        let command = asked(std::str::from_utf8(line.as_bytes()).expect("UTF-8"));
        let at = self.answers.iter().position(|(recorded, _)| *recorded == command)?;
        let (_, body) = self.answers.remove(at);
        let follow = FOLLOWS.iter().find(|(name, _)| *name == command).map_or(&[][..], |(_, actions)| actions);
        for action in follow {
            self.tell(action);
        }
        Some(Reply::Text(body.into_bytes()))
    }

    fn somebody_comes(&mut self) {
        for action in ["conference-create", "add-member", "floor-change", "start-talking"] {
            self.tell(action);
        }
    }

    fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }
}
