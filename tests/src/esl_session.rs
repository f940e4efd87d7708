//! A connection to the event socket beside a model of it: what each step has to bring, told from
//! what was said to a small server. A part of the fuzz target `esl`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ami_proto::freeswitch::{
    Config, Connection, ConnectionEvent, Credentials, Ending, EventFormat, Frame, Id, Message, Reached,
};

/// Each two bytes are a step: of the caller, of the server, or of time. However the server's bytes
/// are cut, each step brings just the events that the model says; they are given back.
pub fn session(data: &[u8]) -> Vec<String> {
    let run = |pieces: &[usize]| {
        let mut run = Run::new(pieces);
        for step in data.chunks_exact(2).take(400) {
            run.step(step[0], step[1]);
        }
        run.close();
        run.log
    };
    let whole = run(&[usize::MAX]);
    assert_eq!(whole, run(&[1]));
    let pieces: Vec<usize> = data.iter().take(8).map(|byte| usize::from(byte % 40) + 1).chain([3]).collect();
    assert_eq!(whole, run(&pieces));
    whole
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Login,
    Own,
    Exit,
    Caller(Id),
}

/// Sent and not answered.
#[derive(Debug)]
struct Request {
    number: usize,
    purpose: For,
    line: String,
    uuid: Option<String>,
    due: Option<Instant>,
    ended: bool,
}

/// Accepted and not ended.
struct Job {
    id: Id,
    uuid: String,
    due: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Greeting(Instant),
    Login(Instant),
    Ready,
    Closing(Instant),
    Over,
}

struct Run<'a> {
    connection: Connection,
    pieces: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    log: Vec<String>,
    now: Instant,
    // The model.
    stage: Stage,
    greeted: bool,
    goodbye: bool,
    error: Option<String>,
    requests: Vec<Request>,
    /// How many of them the server has.
    received: usize,
    unread: Vec<u8>,
    jobs: Vec<Job>,
    /// To be set on the next connection.
    kept: Vec<String>,
    /// Said on this connection about events, and not refused, in order; the number is that of the
    /// request.
    said: Vec<(usize, String)>,
    /// The filters of this connection, if all that was said is accepted.
    filters: BTreeSet<String>,
    number: usize,
    lost: Vec<(Id, Reached)>,
    /// Since when the server owes its next answer, or no caller waits for that.
    owed: Instant,
}

const SETTINGS: [&str; 10] = [
    "event json CUSTOM a",
    "event plain ALL",
    "noevents",
    "nixevent ALL",
    "filter A b",
    "filter delete all",
    "log 7",
    "nolog",
    "filter B c",
    "filter delete a",
];
/// Lets the output of jobs through where there are other filters.
const FOR_JOBS: &str = "filter Event-Name BACKGROUND_JOB";
const FOR_JOBS_NO_MORE: &str = "filter delete Event-Name BACKGROUND_JOB";
const MOST: usize = 16;
const MINUTE: Duration = Duration::from_secs(60);

impl<'a> Run<'a> {
    fn new(pieces: &'a [usize]) -> Self {
        let config = Config::new()
            .without_keep_alive()
            .events(EventFormat::Plain, "CUSTOM conference::maintenance")
            .max_in_flight(MOST)
            .login_timeout(MINUTE)
            .response_timeout(2 * MINUTE)
            .job_timeout(3 * MINUTE)
            .close_timeout(MINUTE);
        Self {
            connection: Connection::new(config).seeded(1),
            pieces: pieces.iter().cycle(),
            log: Vec::new(),
            now: Instant::now(),
            stage: Stage::New,
            greeted: false,
            goodbye: false,
            error: None,
            requests: Vec::new(),
            received: 0,
            unread: Vec::new(),
            jobs: Vec::new(),
            kept: vec!["event plain CUSTOM conference::maintenance".to_owned()],
            said: Vec::new(),
            filters: BTreeSet::new(),
            number: 0,
            lost: Vec::new(),
            owed: Instant::now(),
        }
    }

    fn step(&mut self, what: u8, how: u8) {
        let expected = match what % 16 {
            0 => self.login(),
            1 => self.greet(how),
            2 => self.send(Message::api("status"), None),
            3 | 4 => {
                let uuid = format!("u{}", how % 4);
                self.send(Message::bgapi("status").header("Job-UUID", &uuid), Some(uuid))
            }
            5 => self.send(Message::new(SETTINGS[usize::from(how) % SETTINGS.len()]), None),
            6..=8 => self.transmit(how),
            9..=11 => self.answer(how),
            12 => self.output(how),
            13 => self.other(how),
            14 => self.wait(how),
            _ => self.end_of(how),
        };
        let found = self.drain();
        assert_eq!(found, expected, "step {what} {how}, after {:?}", self.log);
        let due = self
            .open()
            .map(|(due, _)| due)
            .chain(self.stage_due())
            .chain(self.silence_due())
            .min()
            .filter(|_| self.stage != Stage::Over);
        assert_eq!(self.connection.poll_timeout(), due);
        assert_eq!(self.connection.in_flight(), self.callers());
        assert_eq!(self.connection.open(), self.callers() + self.jobs.len());
        assert_eq!(
            (self.connection.is_over(), self.connection.is_logged_in()),
            (self.stage == Stage::Over, self.stage == Stage::Ready)
        );
        self.log.extend(found);
    }

    /// What is open, and when its time is up.
    fn open(&self) -> impl Iterator<Item = (Instant, Id)> {
        let requests = self.requests.iter().filter(|request| !request.ended);
        let callers = requests.filter_map(|request| match request.purpose {
            For::Caller(id) => Some((request.due.expect("a time"), id)),
            _ => None,
        });
        callers.chain(self.jobs.iter().map(|job| (job.due, job.id)))
    }

    fn stage_due(&self) -> Option<Instant> {
        match self.stage {
            Stage::Greeting(due) | Stage::Login(due) | Stage::Closing(due) => Some(due),
            _ => None,
        }
    }

    fn silence_due(&self) -> Option<Instant> {
        let next = self.requests.first().filter(|_| self.stage == Stage::Ready)?;
        (next.ended || next.purpose == For::Own).then(|| self.owed + MINUTE)
    }

    // The caller.

    fn login(&mut self) -> Vec<String> {
        let started = self.connection.login(self.now, Credentials::password("x"));
        assert_eq!(started.is_ok(), self.stage == Stage::New);
        match (self.stage, self.greeted) {
            (Stage::New, true) => self.show(),
            (Stage::New, false) => self.stage = Stage::Greeting(self.now + MINUTE),
            _ => {}
        }
        Vec::new()
    }

    fn show(&mut self) {
        self.ask(For::Login, "auth x", None);
        self.stage = Stage::Login(self.now + MINUTE);
    }

    fn ask(&mut self, purpose: For, line: &str, uuid: Option<String>) {
        self.number += 1;
        if line.contains("event") {
            self.said.push((self.number, line.to_owned()));
        }
        filter(&mut self.filters, line);
        if self.requests.is_empty() {
            self.owed = self.now;
        }
        let due = matches!(purpose, For::Caller(_)).then(|| self.now + 2 * MINUTE);
        self.requests.push(Request { number: self.number, purpose, line: line.to_owned(), uuid, due, ended: false });
    }

    fn send(&mut self, message: Message, uuid: Option<String>) -> Vec<String> {
        let sent = self.connection.send(self.now, &message);
        let fits = self.callers() < MOST;
        assert_eq!(sent.is_ok(), fits && self.stage == Stage::Ready);
        let Ok(id) = sent else { return Vec::new() };
        if uuid.is_some() {
            let (mut has, mut format) = (false, "plain");
            for (_, line) in &self.said {
                match line.split(' ').collect::<Vec<_>>()[..] {
                    ["event", asked, ref types @ ..] => {
                        format = if asked == "json" { "json" } else { "plain" };
                        has |= types.contains(&"ALL") || types.contains(&"BACKGROUND_JOB");
                    }
                    ["noevents"] => (has, format) = (false, "plain"),
                    _ => has = false,
                }
            }
            if !has {
                self.ask(For::Own, &format!("event {format} BACKGROUND_JOB"), None);
            }
        }
        let mut line = Vec::new();
        message.encode(&mut line).expect("a message");
        let line = String::from_utf8(line).expect("text").trim_end().to_owned();
        let mut asked = self.requests.iter().filter(|request| !request.ended);
        let jobs = uuid.is_some() || !self.jobs.is_empty() || asked.any(|request| request.uuid.is_some());
        let mut after = self.filters.clone();
        filter(&mut after, &line);
        let alone = after.len() == 1 && after.contains(FOR_JOBS);
        if jobs && !after.is_empty() && !after.contains(FOR_JOBS) {
            self.ask(For::Own, FOR_JOBS, None);
        } else if alone && line.starts_with("filter delete ") {
            self.ask(For::Own, FOR_JOBS_NO_MORE, None);
        }
        self.ask(For::Caller(id), &line, uuid);
        Vec::new()
    }

    /// The server gets what is to be transmitted, or all but the last bytes.
    fn transmit(&mut self, how: u8) -> Vec<String> {
        let bytes = self.connection.poll_transmit().unwrap_or_default();
        let bytes = &bytes[..bytes.len() - bytes.len().min(usize::from(how / 100))];
        self.unread.extend_from_slice(bytes);
        self.connection.transmitted(bytes.len());
        while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
            let message: Vec<u8> = self.unread.drain(..end + 2).collect();
            let expected = &self.requests[self.received].line;
            assert_eq!(String::from_utf8(message).expect("text").trim_end(), expected);
            self.received += 1;
        }
        Vec::new()
    }

    // The server.

    fn greet(&mut self, how: u8) -> Vec<String> {
        let early = matches!(self.stage, Stage::New | Stage::Greeting(_));
        if !early || self.greeted {
            return Vec::new();
        }
        if how > 250 {
            self.hear(b"Content-Type: text/rude-rejection\nContent-Length: 5\n\naway\n");
            return [vec!["refused login".to_owned()], self.over(Some("LoginRefused(Address)"))].concat();
        }
        self.hear(b"Content-Type: auth/request\n\n");
        self.greeted = true;
        if self.stage != Stage::New {
            self.show();
        }
        Vec::new()
    }

    fn answer(&mut self, how: u8) -> Vec<String> {
        if matches!(self.stage, Stage::New | Stage::Greeting(_) | Stage::Over) {
            return Vec::new();
        }
        let refused = how % 4 == 0;
        if self.received == 0 {
            self.hear(b"Content-Type: api/response\nContent-Length: 5\n\nstray");
            return vec!["unclaimed None stray".to_owned()];
        }
        self.received -= 1;
        let request = self.requests.remove(0);
        self.owed = self.now;
        let verb = request.line.split(' ').next().unwrap_or_default().to_owned();
        let renamed = request.uuid.clone().map(|uuid| if how % 8 == 1 { format!("r{}", how % 3) } else { uuid });
        let text = match (refused, &renamed) {
            (true, _) => "-ERR invalid".to_owned(),
            (false, Some(uuid)) => format!("+OK Job-UUID: {uuid}"),
            (false, None) => "+OK".to_owned(),
        };
        let header = renamed.iter().map(|uuid| format!("\nJob-UUID: {uuid}")).collect::<String>();
        if verb == "api" && !refused {
            self.hear(b"Content-Type: api/response\nContent-Length: 3\n\n+OK");
        } else {
            self.hear(format!("Content-Type: command/reply\nReply-Text: {text}{header}\n\n").as_bytes());
        }
        self.said.retain(|(number, _)| !refused || *number != request.number);
        if !refused {
            self.keep(&request.line);
        } else if !self.kept.contains(&request.line) {
            self.filters.remove(&request.line);
        }
        match (request.purpose, renamed) {
            (For::Login, _) if !matches!(self.stage, Stage::Login(_)) => Vec::new(),
            (For::Login, _) if refused => {
                [vec!["refused login".to_owned()], self.over(Some("LoginRefused(Credentials)"))].concat()
            }
            (For::Login, _) => {
                self.stage = Stage::Ready;
                for line in self.kept.clone() {
                    self.ask(For::Own, &line, None);
                }
                vec!["logged in".to_owned()]
            }
            (For::Exit, _) => Vec::new(),
            (For::Own, _) if refused => vec![format!("not restored {text}")],
            (For::Own, _) => Vec::new(),
            (For::Caller(id), _) if request.ended => vec![format!("unclaimed {:?} {text}", Some(id))],
            (For::Caller(id), _) if refused => vec![format!("{id:?} refused {text}")],
            (For::Caller(id), Some(uuid)) => {
                self.jobs.push(Job { id, uuid, due: self.now + 3 * MINUTE });
                vec![format!("{id:?} started {text}")]
            }
            (For::Caller(id), None) => vec![format!("{id:?} reply {text}")],
        }
    }

    /// Notes a command that was accepted.
    fn keep(&mut self, line: &str) {
        let kind = |line: &str| ["event", "filter", "log"].into_iter().find(|kind| line.contains(kind));
        let Some(of) = kind(line).filter(|_| !line.contains('\n')) else { return };
        if matches!(line, "noevents" | "filter delete all" | "nolog") {
            self.kept.retain(|known| kind(known) != Some(of));
        } else if line == "filter delete a" {
            self.kept.retain(|known| known != "filter A b");
        } else if line == FOR_JOBS_NO_MORE {
            self.kept.retain(|known| known != FOR_JOBS);
        } else {
            self.kept.retain(|known| known != line);
            self.kept.push(line.to_owned());
        }
    }

    /// The output of a job: of one that is known by this name, the oldest, or of nobody's.
    fn output(&mut self, how: u8) -> Vec<String> {
        if self.stage == Stage::Over {
            return Vec::new();
        }
        let uuid = format!("{}{}", if how % 3 == 0 { 'r' } else { 'u' }, how % 5);
        let event = format!("Event-Name: BACKGROUND_JOB\nJob-UUID: {uuid}\nContent-Length: 3\n\nout");
        let head = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n", event.len());
        self.hear(&[head, event].concat().into_bytes());
        if let Some(at) = self.jobs.iter().position(|job| job.uuid == uuid) {
            return vec![format!("{:?} job out", self.jobs.remove(at).id)];
        }
        let mut open = self.requests.iter().filter(|request| !request.ended);
        match open.find(|request| request.uuid.as_ref() == Some(&uuid)) {
            Some(request) => {
                let For::Caller(id) = request.purpose else { panic!("a job of our own") };
                self.give_up(id);
                vec![format!("{id:?} job out")]
            }
            None => vec!["event BACKGROUND_JOB".to_owned()],
        }
    }

    fn other(&mut self, how: u8) -> Vec<String> {
        if self.stage == Stage::Over {
            return Vec::new();
        }
        let frame = |kind: &str, more: &str| format!("Content-Type: {kind}\n{more}Content-Length: 4\n\nbody");
        match how % 8 {
            0 => {
                self.hear(b"Content-Length: 17\nContent-Type: text/event-plain\n\nEvent-Name: API\n\n");
                vec!["event API".to_owned()]
            }
            1 => {
                self.hear(frame("log/data", "").as_bytes());
                vec!["log".to_owned()]
            }
            2 => {
                self.hear(frame("text/disconnect-notice", "Content-Disposition: linger\n").as_bytes());
                vec!["lingering".to_owned()]
            }
            3 if how > 200 => {
                self.hear(frame("text/disconnect-notice", "").as_bytes());
                self.goodbye = true;
                vec!["disconnecting".to_owned()]
            }
            4 => {
                self.hear(frame("text/other", "").as_bytes());
                vec!["unclaimed None ".to_owned()]
            }
            // The caller gives one up, open or not.
            _ => {
                let open: Vec<Id> = self.open().map(|(_, id)| id).collect();
                let Some(id) = open.get(usize::from(how / 8) % open.len().max(1)).copied() else { return Vec::new() };
                assert!(self.connection.cancel(id) && !self.connection.cancel(id));
                self.give_up(id);
                vec![format!("{id:?} Cancelled")]
            }
        }
    }

    fn give_up(&mut self, id: Id) {
        self.jobs.retain(|job| job.id != id);
        if self.requests.first().is_some_and(|next| next.purpose == For::Caller(id)) {
            self.owed = self.now;
        }
        self.requests.iter_mut().filter(|request| request.purpose == For::Caller(id)).for_each(|one| one.ended = true);
    }

    // Time, and the end.

    fn wait(&mut self, how: u8) -> Vec<String> {
        self.now += Duration::from_secs(u64::from(how));
        self.connection.handle_timeout(self.now);
        if self.stage == Stage::Over {
            return Vec::new();
        }
        let mut due: Vec<(Instant, Id)> = self.open().filter(|(due, _)| *due <= self.now).collect();
        due.sort();
        let mut expected = Vec::new();
        for (_, id) in due {
            let reached = self.reached(id);
            self.give_up(id);
            expected.push(format!("{id:?} TimedOut({reached:?})"));
        }
        if self.stage_due().is_some_and(|due| due <= self.now) {
            expected.extend(self.over(match self.stage {
                Stage::Greeting(_) => Some("LoginTimedOut(Greeting)"),
                Stage::Login(_) if self.received == 0 => Some("LoginTimedOut(Transmission)"),
                Stage::Login(_) => Some("LoginTimedOut(Login)"),
                _ => None,
            }));
        }
        if self.silence_due().is_some_and(|due| due <= self.now) {
            expected.extend(self.over(Some("NotAnswered")));
        }
        expected
    }

    fn end_of(&mut self, how: u8) -> Vec<String> {
        match how % 4 {
            _ if self.stage == Stage::Over => {
                let report = self.connection.reconnect().expect("it is over");
                let lost: Vec<(Id, Reached)> = report.unanswered.iter().map(|one| (one.id, one.reached)).collect();
                assert_eq!((lost, report.restored), (std::mem::take(&mut self.lost), self.kept.len()));
                (self.stage, self.greeted, self.goodbye, self.error) = (Stage::New, false, false, None);
                Vec::new()
            }
            0 if how > 128 => {
                self.connection.handle_eof(self.now);
                self.over(match (self.stage, self.goodbye) {
                    (Stage::Closing(_), _) => None,
                    (_, true) => Some("Disconnected"),
                    _ => Some("Closed { truncated: 0 }"),
                })
            }
            1 if how > 192 => {
                self.connection.close(self.now);
                if !matches!(self.stage, Stage::Closing(_)) {
                    self.ask(For::Exit, "exit", None);
                    self.stage = Stage::Closing(self.now + MINUTE);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// How many requests of the caller's the server has not answered.
    fn callers(&self) -> usize {
        self.requests.iter().filter(|request| matches!(request.purpose, For::Caller(_))).count()
    }

    /// How far an open request has come.
    fn reached(&self, id: Id) -> Reached {
        match self.requests.iter().position(|request| request.purpose == For::Caller(id)) {
            Some(at) if at < self.received => Reached::Sent,
            Some(_) => Reached::NotSent,
            None => Reached::Accepted,
        }
    }

    /// All that is open is lost.
    fn over(&mut self, error: Option<&str>) -> Vec<String> {
        self.stage = Stage::Over;
        self.error = error.map(str::to_owned);
        let jobs = self.jobs.drain(..).map(|job| (job.id, Reached::Accepted));
        let requests = self.requests.drain(..).enumerate().filter(|(_, request)| !request.ended);
        let received = self.received;
        let open = requests.filter_map(|(at, request)| match request.purpose {
            For::Caller(id) => Some((id, if at < received { Reached::Sent } else { Reached::NotSent })),
            _ => None,
        });
        self.lost = jobs.chain(open).collect();
        self.lost.sort_by_key(|(id, _)| *id);
        (self.received, self.said, self.unread) = (0, Vec::new(), Vec::new());
        self.filters.clear();
        let closed = error.is_none().then(|| "closed".to_owned());
        self.lost.iter().map(|(id, reached)| format!("{id:?} Lost({reached:?})")).chain(closed).collect()
    }

    fn close(&mut self) {
        if self.stage != Stage::Over {
            self.step(15, 252);
        }
        assert_eq!(self.connection.in_flight(), 0);
    }

    // Bytes and events.

    /// The connection hears this in pieces. What they bring is polled in between, and kept for the
    /// end of the step.
    fn hear(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let size = self.pieces.next().copied().unwrap_or(1).min(bytes.len());
            let (piece, rest) = bytes.split_at(size);
            if size % 2 == 0 {
                assert_eq!(self.connection.handle_input(self.now, piece), size);
            } else {
                self.connection.space(size).expect("room")[..size].copy_from_slice(piece);
                self.connection.advance(self.now, size);
            }
            bytes = rest;
            if !bytes.is_empty() {
                assert_eq!(self.drain(), [""; 0], "before the frame is whole");
            }
        }
    }

    fn drain(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            match self.connection.poll_event() {
                Ok(Some(event)) => all.push(words(event)),
                Ok(None) => {
                    assert!(self.error.is_none(), "{:?} is told", self.error);
                    return all;
                }
                Err(error) => {
                    assert_eq!(Some(format!("{error:?}")), self.error);
                    return all;
                }
            }
        }
    }
}

/// What a command makes of the filters.
fn filter(filters: &mut BTreeSet<String>, line: &str) {
    match line {
        "filter delete all" => filters.clear(),
        "filter delete a" => drop(filters.remove("filter A b")),
        FOR_JOBS_NO_MORE => drop(filters.remove(FOR_JOBS)),
        _ if line.starts_with("filter ") => drop(filters.insert(line.to_owned())),
        _ => {}
    }
}

fn words(event: ConnectionEvent<'_>) -> String {
    let answer = |frame: Frame<'_>| String::from_utf8_lossy(&frame.answer().unwrap_or_default()).into_owned();
    match event {
        ConnectionEvent::LoggedIn(_) => "logged in".to_owned(),
        ConnectionEvent::LoginRefused(_) => "refused login".to_owned(),
        ConnectionEvent::Started { id, frame } => format!("{id:?} started {}", answer(frame)),
        ConnectionEvent::Event(event) => format!("event {}", event.name().expect("a name")),
        ConnectionEvent::Log(_) => "log".to_owned(),
        ConnectionEvent::Lingering(_) => "lingering".to_owned(),
        ConnectionEvent::Disconnecting(_) => "disconnecting".to_owned(),
        ConnectionEvent::NotRestored(frame) => format!("not restored {}", answer(frame)),
        ConnectionEvent::Unclaimed { id, frame } => format!("unclaimed {id:?} {}", answer(frame)),
        ConnectionEvent::Closed => "closed".to_owned(),
        ConnectionEvent::Ended { id, ending } => match ending {
            Ending::Reply(frame) => format!("{id:?} reply {}", answer(frame)),
            Ending::Refused(frame) => format!("{id:?} refused {}", answer(frame)),
            Ending::Job(event) => format!("{id:?} job {}", event.body().escape_ascii()),
            ending => format!("{id:?} {ending:?}"),
        },
        other => panic!("{other:?}"),
    }
}
