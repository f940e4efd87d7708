//! What must hold for a session over HTTP, whatever a web server answers: the body of the fuzz
//! target `http`.

use ami_proto::action::{Challenge, Custom, Login, Ping, WaitEvent};
use ami_proto::http::{Body, Credentials, Endpoint, HttpError, Outcome, Session, SignedRequest};
use ami_proto::{FrameKind, Limits};
use arbitrary::{Arbitrary, Unstructured};
use std::time::{Duration, Instant};

/// One thing that a caller or a web server can do to a session.
#[derive(Arbitrary, Debug)]
enum Op<'a> {
    Poll,
    Request(u8),
    Custom(&'a [u8], &'a [u8]),
    Logoff,
    /// An answer to a request under way.
    Answer {
        to: u8,
        status: u8,
        header: u8,
        body: u8,
    },
    /// The same with any bytes.
    Raw {
        to: u8,
        status: u8,
        header: &'a [u8],
        body: &'a [u8],
    },
    Fail(u8),
    Wait(u32),
    Due,
    AlmostDue,
}

const STATUS: [u16; 12] = [200, 200, 200, 200, 200, 200, 401, 401, 401, 403, 404, 500];
/// Now and then one of these, where the first byte of the body says so.
const RARE: [u16; 6] = [0, 100, 204, 304, 413, 599];

const HEADERS: [(&str, &str); 10] = [
    ("Set-Cookie", r#"mansession_id="a5458122"; Version=1; Max-Age=120"#),
    ("set-cookie", r#"mansession_id="1"; Version=1; Max-Age=10"#),
    ("Set-Cookie", "mansession_id=2; Max-Age=18446744073709551615"),
    ("Set-Cookie", "mansession_id=\"x\"; Max-Age=120"),
    ("Set-Cookie", "mansession_id=\"3\""),
    ("Content-Type", "text/plain"),
    ("WWW-Authenticate", r#"Digest algorithm=MD5, realm="asterisk", nonce="15159486", qop="auth", opaque="15159486""#),
    ("WWW-Authenticate", r#"Digest algorithm=MD5, realm="a", nonce="2", qop="auth", stale=true"#),
    ("WWW-Authenticate", "Digest realm=\"\u{e9}\\\" x\", nonce=\"1\", qop=\"auth-int,auth\", opaque=\"\\\\\""),
    ("WWW-Authenticate", "Basic realm=\"x\""),
];

const BODIES: [&str; 12] = [
    "Response: Success\r\nMessage: Authentication accepted\r\n\r\n",
    "Response: Error\r\nMessage: Authentication failed\r\n\r\n",
    "Response: Error\r\nMessage: Permission denied\r\n\r\n",
    "Response: Success\r\nChallenge: 208821908\r\n\r\n",
    "Response: Success\r\n\r\nEvent: Hangup\r\nCause: 16\r\n\r\nEvent: WaitEventComplete\r\n\r\n",
    "Response: Goodbye\r\n\r\n",
    "",
    "<html>",
    "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' message='Authentication accepted' /></response>\n</ajax-response>\n",
    "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' challenge='1' /></response>\n</ajax-response>\n",
    "<ajax-response>\n<response type='object' id='unknown'><generic response='Error' message='Permission denied' /></response>\n</ajax-response>\n",
    "<ajax-response>\n<response><x response='Follows' a='&#38;' a-2='b' opaque_data='c\nd\n--END COMMAND--' /></response></ajax-response>",
];

const SECRET: &str = "hunter2/secret";

struct Driven {
    session: Session,
    now: Instant,
    under_way: Vec<UnderWay>,
    mxml: bool,
    proves: bool,
    digest: bool,
    /// The longest wait that the caller allows.
    wait: Option<Duration>,
    model: Model,
}

/// What the session has to know: written down again from what is documented.
#[derive(Default)]
struct Model {
    is_in: bool,
    over: bool,
    /// The cookie's id.
    cookie: Option<String>,
    max_age: Option<Duration>,
    expires: Option<Instant>,
    /// When the last request was polled.
    asked: Option<Instant>,
    pause: Option<Instant>,
    /// Whether no wait has succeeded since the last login.
    no_wait: bool,
    /// The last count of each nonce.
    counts: Vec<(String, u32)>,
}

/// A request without an answer.
struct UnderWay {
    request: SignedRequest,
    /// Whether the session has asked for it by itself.
    polled: bool,
    /// How many challenges it has met.
    challenges: u8,
}

/// What an answer has to lead to.
#[derive(Debug, PartialEq)]
enum Due {
    Answer,
    Send,
    Superseded,
    Lost,
    Status(u16),
    Forbidden,
    Unauthorized,
    Challenge,
    /// The body is over a limit, or no XML.
    Body,
    /// The body is no response, where only one moves the session on.
    NoResponse,
}

/// Whatever a web server answers, in any order: each answer leads to what is documented, and so
/// does the session's state (cookie, end of its life, pauses); one request is polled at a time and
/// none after the end; nothing is due before its time; challenges don't go on for ever and a
/// nonce's count only grows; what is sent breaks no line, has only the session's cookie and no
/// secret that is to be proven; a body's frames are within it.
pub fn http(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<u8>() else { return };
    bodies(data);
    let mxml = flags & 1 != 0;
    let endpoint = if mxml { Endpoint::mxml() } else { Endpoint::rawman() };
    let endpoint = if flags & 2 == 0 { endpoint.in_query() } else { endpoint }.prefix("/a b/");
    let credentials = Credentials::new("u\"ser", SECRET);
    let credentials = if flags & 4 != 0 { credentials.hashed() } else { credentials };
    let mut session = Session::new(endpoint, credentials).with_limits(Limits::new().line(400).frame(2000));
    let proves = flags & 12 != 0;
    if flags & 8 != 0 {
        session = session.with_digest("0a4f113b");
    }
    if flags & 16 != 0 {
        session = session.with_wait(Duration::from_secs((flags >> 5).into()));
    }
    let digest = flags & 8 != 0;
    let wait = (flags & 16 != 0).then(|| Duration::from_secs((flags >> 5).into()));
    let model = Model { is_in: digest, ..Model::default() };
    let now = Instant::now();
    let mut driven = Driven { session, now, under_way: Vec::new(), mxml, proves, digest, wait, model };
    while let Ok(op) = bytes.arbitrary() {
        driven.apply(&op);
        driven.check();
        if bytes.is_empty() {
            break;
        }
    }
}

impl Driven {
    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Poll => self.poll(),
            Op::Request(kind) => {
                let session = &mut self.session;
                let request = match kind % 4 {
                    0 => session.request(&Ping::new(), Some("1")),
                    1 => session.request(&WaitEvent::new(kind.into()), None),
                    2 => session.request(&Login::new("other").secret("x"), None),
                    _ => session.request(&Challenge::new(), None),
                };
                self.send(request.expect("nothing to refuse"), false, 0);
            }
            Op::Custom(name, value) => {
                let request = self.session.request(&Custom::new(name).header("X", value), None);
                // Who says the secret has said it.
                if let Some(request) = request.ok().filter(|request| !request.parameters().contains("hunter2")) {
                    self.send(request, false, 0);
                }
            }
            Op::Logoff => {
                let request = self.session.logoff().expect("nothing to refuse");
                self.send(request, false, 0);
            }
            Op::Answer { to, status, header, body } => {
                let (name, value) = HEADERS[usize::from(header) % HEADERS.len()];
                let body = BODIES[usize::from(body) % BODIES.len()];
                self.answer(to, status, (name, value.as_bytes()), body.as_bytes());
            }
            Op::Raw { to, status, header, body } => {
                let name = ["Set-Cookie", "WWW-Authenticate"][usize::from(to) & 1];
                self.answer(to >> 1, status, (name, header), body);
            }
            Op::Fail(to) => {
                let Some(answered) = self.settle(to) else { return };
                self.session.fail(self.now, &answered.request);
                if answered.polled {
                    self.model.pause = Some(self.now + Duration::from_secs(1));
                }
            }
            Op::Wait(milliseconds) => self.now += Duration::from_millis(milliseconds.into()),
            Op::Due => {
                let Some(due) = self.session.poll_timeout() else { return };
                self.now = self.now.max(due);
                let polled = self.polled();
                self.poll();
                assert!(!polled && self.polled(), "it was due");
            }
            Op::AlmostDue => {
                let almost = self.session.poll_timeout().and_then(|due| due.checked_sub(Duration::from_nanos(1)));
                let Some(almost) = almost.filter(|almost| *almost >= self.now) else { return };
                self.now = almost;
                assert!(self.session.poll_request(almost).expect("nothing to refuse").is_none(), "before its time");
            }
        }
    }

    fn polled(&self) -> bool {
        self.under_way.iter().any(|under_way| under_way.polled)
    }

    fn poll(&mut self) {
        let model = &mut self.model;
        let due = model.pause.is_none_or(|due| due <= self.now);
        let polled = self.under_way.iter().any(|under_way| under_way.polled);
        let request = self.session.poll_request(self.now).expect("nothing to refuse");
        assert_eq!(request.is_some(), due && !polled && !model.over, "one at a time, in its time, none after the end");
        let Some(request) = request else { return };
        (model.pause, model.asked) = (None, Some(self.now));
        if model.expires.is_some_and(|expires| self.now >= expires) {
            (model.cookie, model.expires, model.is_in) = (None, None, self.digest);
        }
        if model.is_in {
            let wait = self.longest_wait();
            assert_eq!(
                request.parameters(),
                format!("Action=WaitEvent&Timeout={}", wait.as_secs().min(i64::MAX as u64))
            );
            assert_eq!(request.patience(), wait);
        } else {
            assert!(["Login", "Challenge"].contains(&action(&request)) && request.patience().is_zero());
        }
        self.send(request, true, 0);
        assert!(self.session.poll_request(self.now).expect("nothing to refuse").is_none(), "one at a time");
    }

    /// Ten seconds less than the session lives, or as long as the caller allows.
    fn longest_wait(&self) -> Duration {
        let most = self.model.max_age.unwrap_or(Duration::from_secs(60)).as_secs().saturating_sub(10);
        Duration::from_secs(self.wait.map_or(most, |wait| wait.as_secs().min(most)))
    }

    /// Checks a request as an HTTP client would send it.
    fn send(&mut self, request: SignedRequest, polled: bool, challenges: u8) {
        assert!(challenges <= 2, "challenged for ever");
        let printable = |text: &str| text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        assert!(printable(request.target()) && printable(request.parameters()));
        assert!(request.body().is_ascii() && request.target().starts_with(request.path()));
        for (name, value) in request.headers() {
            assert!(!value.contains(char::is_control), "{name} breaks the line");
            if name == "Authorization" {
                self.model.counted(value);
            }
        }
        assert_eq!(header(&request, "Cookie"), self.model.cookie_header().as_deref(), "another cookie");
        assert_eq!(header(&request, "Authorization").is_some(), self.digest && !self.model.counts.is_empty());
        let shown = format!("{request:?} {:?}", self.session);
        assert!(!shown.contains("hunter2"), "a secret shows");
        assert!(!self.proves || !request.parameters().contains("hunter2"), "a secret is sent");
        self.under_way.push(UnderWay { request, polled, challenges });
    }

    fn settle(&mut self, number: u8) -> Option<UnderWay> {
        let place = usize::from(number).checked_rem(self.under_way.len())?;
        Some(self.under_way.swap_remove(place))
    }

    fn answer(&mut self, to: u8, status: u8, (name, value): (&str, &[u8]), body: &[u8]) {
        let Some(UnderWay { request, polled, challenges }) = self.settle(to) else { return };
        let rare = body.first().is_some_and(|byte| *byte == b'<') && status >= 240;
        let status = if rare { RARE[usize::from(status) % 6] } else { STATUS[usize::from(status) % STATUS.len()] };
        let set = if name.eq_ignore_ascii_case("Set-Cookie") { cookie(value) } else { None };
        let challenge = if name.eq_ignore_ascii_case("WWW-Authenticate") { Some(value) } else { None };
        let due = self.due(&request, polled, challenges, status, set.as_ref(), challenge, body);
        let outcome = self.session.handle(self.now, &request, status, [(name, value)], body);
        let (came, next) = match outcome {
            Ok(Outcome::Answer(found)) => {
                frames(found, body);
                (Due::Answer, None)
            }
            Ok(Outcome::Send(next)) => (Due::Send, Some(next)),
            Ok(Outcome::Superseded) => (Due::Superseded, None),
            Ok(Outcome::SessionLost) => (Due::Lost, None),
            Ok(other) => panic!("{other:?}"),
            Err(HttpError::Status(found)) => (Due::Status(found), None),
            Err(HttpError::Forbidden) => (Due::Forbidden, None),
            Err(HttpError::Unauthorized) => (Due::Unauthorized, None),
            Err(HttpError::Challenge) => (Due::Challenge, None),
            Err(HttpError::Xml { offset }) => {
                assert!(self.mxml && offset <= body.len() as u64);
                (Due::Body, None)
            }
            Err(HttpError::Frame(_)) => (Due::Body, None),
            Err(HttpError::NoResponse) => (Due::NoResponse, None),
            Err(other) => panic!("{other}"),
        };
        // What a challenge of any bytes asks for is not read a second time here.
        if let Some(due) = due {
            assert_eq!(came, due, "{status} to {}", action(&request));
        }
        self.follow(&request, polled, &came, status, set, body);
        if let Some(next) = next {
            if challenge.is_some() && status == 401 {
                self.model.learn(&next);
            }
            self.send(next, polled, challenges + u8::from(status == 401));
        }
    }

    /// Whether an answer to this request says something about the session as it is now.
    fn is_current(&self, request: &SignedRequest) -> bool {
        !self.model.over && header(request, "Cookie") == self.model.cookie_header().as_deref()
    }

    /// What the answer has to lead to; `None`: it depends on a challenge of any bytes.
    #[allow(clippy::too_many_arguments, reason = "an answer has so many parts")]
    fn due(
        &self,
        request: &SignedRequest,
        polled: bool,
        challenges: u8,
        status: u16,
        set: Option<&(String, Option<Duration>)>,
        challenge: Option<&[u8]>,
        body: &[u8],
    ) -> Option<Due> {
        match status {
            200 => {}
            401 if !self.digest => return Some(Due::Unauthorized),
            401 => {
                let known = challenge.map(|value| CHALLENGES.iter().find(|(text, _)| text.as_bytes() == value));
                let stale = match known {
                    None | Some(Some((_, None))) => return Some(Due::Challenge),
                    Some(None) => return None,
                    Some(Some((_, Some(stale)))) => *stale,
                };
                let refused = header(request, "Authorization").is_some() && !stale;
                return Some(if refused || challenges >= 2 { Due::Unauthorized } else { Due::Send });
            }
            403 => return Some(Due::Forbidden),
            other => return Some(Due::Status(other)),
        }
        let is = |name: &str| action(request).eq_ignore_ascii_case(name);
        if is("WaitEvent") && body.trim_ascii().is_empty() {
            return Some(Due::Superseded);
        }
        let Some(first) = self.first(body) else { return Some(Due::Body) };
        if first.is_none() && (is("Login") || is("Challenge") || is("Logoff")) {
            return Some(Due::NoResponse);
        }
        let success = first.as_ref().is_some_and(|(kind, _, _)| !kind.eq_ignore_ascii_case("Error"));
        let denied =
            first.as_ref().is_some_and(|(_, message, _)| message.as_deref() == Some(&b"Permission denied"[..]));
        let sent = header(request, "Cookie");
        let unknown = sent.is_some() && set.is_some_and(|(id, _)| Some(&*cookie_header(id)) != sent);
        if unknown && denied && !success && !is("Login") {
            return Some(Due::Lost);
        }
        // The session as it is once the cookie of this answer is its own.
        if polled && is("Challenge") && self.is_current(request) && success {
            let key = first.and_then(|(_, _, challenge)| challenge);
            if key.is_some_and(|key| std::str::from_utf8(&key).is_ok()) {
                return Some(Due::Send);
            }
        }
        Some(Due::Answer)
    }

    /// Kind, message and challenge of the response that a body begins with; `None` where its first
    /// frame can't be read.
    #[allow(clippy::type_complexity)]
    fn first(&self, body: &[u8]) -> Option<Option<(String, Option<Vec<u8>>, Option<Vec<u8>>)>> {
        let limits = Limits::new().line(400).frame(2000);
        let found = if self.mxml { Body::mxml(body, limits).ok() } else { Some(Body::rawman(body, limits)) };
        let mut found = found?;
        let frame = found.next_frame().ok()?.filter(|frame| frame.kind() == FrameKind::Response);
        Some(frame.map(|frame| {
            let value = |name: &str| frame.get(name).map(|value| value.as_bytes().to_vec());
            (frame.name().map(|name| name.to_string()).unwrap_or_default(), value("Message"), value("Challenge"))
        }))
    }

    /// What the session has to be after an answer.
    fn follow(
        &mut self,
        request: &SignedRequest,
        polled: bool,
        came: &Due,
        status: u16,
        set: Option<(String, Option<Duration>)>,
        body: &[u8],
    ) {
        let current = self.is_current(request);
        let is = |name: &str| action(request).eq_ignore_ascii_case(name);
        let second = self.now + Duration::from_secs(1);
        if let Some((id, max_age)) = set.filter(|_| status == 200 && current && !self.digest) {
            self.model.cookie = Some(id);
            self.model.max_age = max_age;
            self.model.expires = max_age.and_then(|age| self.now.checked_add(age));
        }
        let success = || self.first(body).flatten().is_some_and(|(kind, _, _)| !kind.eq_ignore_ascii_case("Error"));
        let success = *came == Due::Answer && success();
        // A wait that comes back at once, or brings nothing, isn't asked for again at once.
        if is("WaitEvent") && matches!(came, Due::Answer | Due::Lost | Due::Superseded) {
            if !success || self.longest_wait().is_zero() {
                self.model.pause = Some(second);
            } else if polled {
                let due = self.model.asked.map(|asked| asked + Duration::from_secs(1));
                self.model.pause = due.filter(|due| self.now < *due);
            }
            self.model.no_wait &= !success;
        }
        if polled && *came == Due::Lost {
            self.model.pause = Some(second);
        }
        match came {
            Due::Unauthorized => self.model.over = true,
            Due::Lost if current => self.model.is_in = false,
            Due::Answer if current => {
                if is("Login") {
                    if std::mem::replace(&mut self.model.no_wait, true) {
                        self.model.pause = Some(second);
                    }
                    (self.model.is_in, self.model.over) = (success, !success);
                } else if is("Logoff") || polled && is("Challenge") {
                    self.model.over = true;
                }
            }
            _ => {}
        }
        if polled && !matches!(came, Due::Answer | Due::Send | Due::Superseded | Due::Lost) {
            self.model.pause = Some(second);
        }
    }

    fn check(&self) {
        let Model { is_in, over, expires, pause, .. } = self.model;
        assert_eq!(self.session.is_over(), over, "the end is the end");
        assert_eq!(self.session.expires(), expires);
        let alive = expires.is_none_or(|expires| self.now < expires);
        assert_eq!(self.session.is_logged_in(self.now), is_in && !over && alive);
        assert_eq!(self.session.poll_timeout(), pause.filter(|_| !over && !self.polled()));
    }
}

impl Model {
    fn cookie_header(&self) -> Option<String> {
        self.cookie.as_deref().map(cookie_header)
    }

    /// The nonce of an answer to a challenge is known from now on.
    fn learn(&mut self, next: &SignedRequest) {
        let (nonce, _) = nonce(header(next, "Authorization").expect("an answer"));
        if !self.counts.iter().any(|(known, _)| *known == nonce) {
            self.counts.push((nonce, 0));
        }
    }

    /// Each count is above the last one of its nonce, while there are no more nonces than are
    /// counted.
    fn counted(&mut self, authorization: &str) {
        let (nonce, count) = nonce(authorization);
        let few = self.counts.len() <= 8;
        let (_, last) = self.counts.iter_mut().find(|(known, _)| *known == nonce).expect("a nonce that was given");
        assert!(count > 0 && (count > *last || !few), "the count of {nonce:?}: {count} after {last}");
        *last = count;
    }
}

/// Challenges of the table: whether they are stale; `None`: they can't be answered.
const CHALLENGES: [(&str, Option<bool>); 4] =
    [(HEADERS[6].1, Some(false)), (HEADERS[7].1, Some(true)), (HEADERS[8].1, Some(false)), (HEADERS[9].1, None)];

fn header<'r>(request: &'r SignedRequest, name: &str) -> Option<&'r str> {
    request.headers().find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn cookie_header(id: &str) -> String {
    format!("mansession_id=\"{id}\"")
}

/// The action that a request asks for, as it is written.
fn action(request: &SignedRequest) -> &str {
    let first = request.parameters().split('&').next().unwrap_or_default();
    first.strip_prefix("Action=").expect("the action comes first")
}

/// Nonce, with its escapes, and count of an answer.
fn nonce(authorization: &str) -> (String, u32) {
    let (_, rest) = authorization.split_once("nonce=\"").expect("a nonce");
    let (nonce, rest) = rest.split_once("\", uri=\"").expect("a target behind it");
    let (_, rest) = rest.rsplit_once(", nc=").expect("a count");
    (nonce.to_owned(), u32::from_str_radix(&rest[..8], 16).expect("hexadecimal"))
}

/// Id and life of the session's cookie, if it is one.
fn cookie(header: &[u8]) -> Option<(String, Option<Duration>)> {
    let text = std::str::from_utf8(header).ok()?;
    let mut pairs = text.split(';').map(|part| part.split_once('=').map(|(name, value)| (name.trim(), value.trim())));
    let (name, id) = pairs.next()??;
    let id = id.trim_matches('"');
    let fits = !id.is_empty() && id.len() <= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ages = pairs.flatten().filter(|(name, _)| name.eq_ignore_ascii_case("Max-Age"));
    let age = ages.filter_map(|(_, seconds)| seconds.trim_matches('"').parse().ok()).next();
    (name.eq_ignore_ascii_case("mansession_id") && fits).then(|| (id.to_owned(), age.map(Duration::from_secs)))
}

/// The same bytes as the body of an answer.
fn bodies(bytes: &[u8]) {
    frames(Body::rawman(bytes, Limits::new()), bytes);
    if let Ok(body) = Body::mxml(bytes, Limits::new()) {
        frames(body, bytes);
    }
}

/// The frames of a body are no more than it holds; XML takes as many bytes around a value as the
/// line has that is made of it, but for line feeds.
fn frames(mut body: Body<'_>, bytes: &[u8]) {
    let mut len = 0;
    while let Ok(Some(frame)) = body.next_frame() {
        assert!(frame.kind() != FrameKind::Banner && !frame.as_bytes().is_empty());
        len += frame.as_bytes().len();
    }
    let rest = body.finish().map_or(0, |rest| rest.len);
    assert!(len + rest <= 2 * bytes.len(), "{len} and {rest} of {}", bytes.len());
}
