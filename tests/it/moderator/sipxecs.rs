//! The conference service of sipXecs with its FreeSWITCH, made from their sources' facts: the
//! command and its arguments are one segment of the path, split at `&`; `record` and `invite` are
//! the service's own; all else is a line for a FreeSWITCH without marks of `+OK`.

use super::{Reply, Server, Told};
use ami_proto::conference::{Dialect, Request};
use ami_proto::sipxecs::Method;

const ROOM: &str = "Conf400";

struct Member {
    id: u32,
    name: &'static str,
    number: &'static str,
    flags: Vec<&'static str>,
}

/// The service, and what is in the conference.
pub(super) struct Service {
    members: Vec<Member>,
    next: u32,
    locked: bool,
    recorded: Option<String>,
}

impl Service {
    pub(super) fn new() -> Self {
        let mut service = Self { members: Vec::new(), next: 1, locked: false, recorded: None };
        service.enter("Ann", "200", &["hear", "speak", "moderator"]);
        service.enter("Bo", "201", &["hear", "speak", "talking", "floor"]);
        service
    }

    fn enter(&mut self, name: &'static str, number: &'static str, flags: &[&'static str]) {
        self.members.insert(0, Member { id: self.next, name, number, flags: flags.to_vec() });
        self.next += 1;
    }

    /// Answers `GET` of a path.
    fn get(&mut self, path: &str) -> (u16, String) {
        let exception = |status, text: &str| (status, format!("<command-exception>{text}</command-exception>\n"));
        let response = |text: &str| (200, format!("<command-response>{text}</command-response>\n"));
        let Some(rest) = path.strip_prefix("/sipxconfig/rest/my/conference/") else { return (404, String::new()) };
        let Some((name, command)) = rest.split_once('/') else { return (404, String::new()) };
        if name != ROOM {
            return exception(404, "Conference not found");
        }
        let words: Vec<String> = command.split('&').map(|word| decoded(word).replace('/', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["invite" | "inviteim", _] => response("Invitation sent"),
            ["invite" | "inviteim", ..] => exception(400, "Incorect invite command"),
            ["record", ref rest @ ..] => response(&self.recorder(rest.first().copied().unwrap_or("start"))),
            _ => response(&self.line(&words.join(" "))),
        }
    }

    /// The service's own recorder.
    fn recorder(&mut self, action: &str) -> String {
        match (action, &self.recorded) {
            ("start" | "status", Some(_)) => "IN_PROGRESS".into(),
            ("start", None) => {
                let file = format!("/var/sipxdata/sipxivr/recordings/{ROOM}.wav");
                let answer = format!("Record file {file}\n");
                self.recorded = Some(file);
                answer
            }
            ("status", None) => "NO_RECORDING".into(),
            ("stop", _) => self.line("norecord all"),
            ("duration", Some(_)) => "12".into(),
            ("duration", None) => "0".into(),
            _ => "ERROR: Incorect \"action\" parameter".into(),
        }
    }

    /// Returns what FreeSWITCH prints to `conference Conf400 …`.
    fn line(&mut self, line: &str) -> String {
        if self.members.is_empty() {
            return format!("Conference {ROOM} not found\n");
        }
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["list", ref rest @ ..] => {
                let delimiter = if let ["delim", delimiter] = rest { delimiter } else { ";" };
                self.members.iter().map(|one| one.listed(delimiter)).collect()
            }
            ["mute", who] => self.each(who, |member| {
                member.flags.retain(|flag| *flag != "speak" && *flag != "talking");
                format!("OK mute {}\n", member.id)
            }),
            ["kick", who] => {
                let said = self.each(who, |member| format!("OK kicked {}\n", member.id));
                self.members.retain(|member| who != "all" && member.id.to_string() != who);
                said
            }
            ["lock"] => {
                self.locked = true;
                format!("OK {ROOM} locked\n")
            }
            ["unlock"] => {
                self.locked = false;
                format!("OK {ROOM} unlocked\n")
            }
            ["norecord", "all"] => match self.recorded.take() {
                Some(file) => format!("Stopped recording file {file}\nStopped recording 1 file\n"),
                None => "Stopped recording 0 files\n".into(),
            },
            _ => format!("Conference command '{}' not found.\n", words[0]),
        }
    }

    fn each(&mut self, who: &str, mut done: impl FnMut(&mut Member) -> String) -> String {
        let meant = self.members.iter_mut().filter(|member| who == "all" || member.id.to_string() == who);
        let said: String = meant.map(&mut done).collect();
        if said.is_empty() { format!("Non-Existant ID {who}\n") } else { said }
    }
}

impl Member {
    fn listed(&self, delimiter: &str) -> String {
        let (id, flags) = (self.id.to_string(), self.flags.join("|"));
        let channel = format!("sofia/sipx/{}@example.com", self.number);
        let uuid = format!("00000000-0000-4000-8000-{:012}", self.id);
        let fields = [&*id, &channel, &uuid, self.name, self.number, &flags, "0", "0", "0", "100"];
        fields.join(delimiter) + "\n"
    }
}

/// Undoes percent-encoding.
fn decoded(word: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), word.as_bytes());
    while let Some((byte, others)) = rest.split_first() {
        let digits = others.get(..2).filter(|_| *byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*byte);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Server for Service {
    fn dialect(&self) -> Dialect<'static> {
        Dialect::SipXecs(Method::Get)
    }

    fn room(&self) -> &str {
        ROOM
    }

    fn file(&self) -> &str {
        "a.wav"
    }

    fn busy(&self) -> &str {
        "sofia/gateway/gw/99"
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let Request::Http(request) = request else { panic!("{request:?}") };
        let (status, body) = match request.method() {
            Method::Get => self.get(request.target()),
            _ => (405, String::new()),
        };
        Some(Reply::Http(status, body.into_bytes()))
    }

    fn somebody_comes(&mut self) {
        self.enter("Cy", "202", &["hear", "speak"]);
    }

    /// It has no events.
    fn told(&mut self) -> Vec<Told> {
        Vec::new()
    }
}
