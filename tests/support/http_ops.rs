// What must hold for a session over HTTP, whatever a web server answers: the body of the fuzz target `http`.

use ami_proto::action::{Challenge, Custom, Login, Ping, WaitEvent};
use ami_proto::http::{Body, Credentials, Endpoint, HttpError, Outcome, Request, Session};
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

const STATUS: [u16; 8] = [200, 200, 200, 200, 401, 401, 403, 500];

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
    over: bool,
    mxml: bool,
    proves: bool,
    /// Values of cookies that have been set.
    cookies: Vec<String>,
}

/// A request without an answer.
struct UnderWay {
    request: Request,
    /// Whether the session has asked for it by itself.
    polled: bool,
    /// How many challenges it has met.
    challenges: u8,
}

/// Whatever a web server answers, in any order: one request is polled at a time and none after the end; nothing is due before its time; challenges don't go on for ever; what is sent breaks no line, has only
/// cookies that were set and no secret that is to be proven; a body's frames are within it.
pub fn http(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<u8>() else { return };
    bodies(data);
    let mxml = cfg!(feature = "xml") && flags & 1 != 0;
    #[cfg(feature = "xml")]
    let endpoint = if mxml { Endpoint::mxml() } else { Endpoint::rawman() };
    #[cfg(not(feature = "xml"))]
    let endpoint = Endpoint::rawman();
    let endpoint = if flags & 2 == 0 { endpoint.in_query() } else { endpoint }.prefix("/a b/");
    let credentials = Credentials::new("u\"ser", SECRET);
    #[cfg(feature = "md5")]
    let credentials = if flags & 4 != 0 { credentials.hashed() } else { credentials };
    let mut session = Session::new(endpoint, credentials).with_limits(Limits::new().line(400).frame(2000));
    let proves = cfg!(feature = "md5") && flags & 12 != 0;
    #[cfg(feature = "md5")]
    if flags & 8 != 0 {
        session = session.with_digest("0a4f113b");
    }
    if flags & 16 != 0 {
        session = session.with_wait(Duration::from_secs((flags >> 5).into()));
    }
    let now = Instant::now();
    let mut driven = Driven { session, now, under_way: Vec::new(), over: false, mxml, proves, cookies: Vec::new() };
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
                    _ => session.request(&Challenge::new("MD5"), None),
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
        let due = self.session.poll_timeout().is_none_or(|due| due <= self.now);
        let Some(request) = self.session.poll_request(self.now).expect("nothing to refuse") else {
            assert!(self.over || self.polled() || !due, "something has to be under way");
            return;
        };
        assert!(!self.over && !self.polled() && due, "one at a time, none after the end");
        assert!(request.patience().is_zero() || self.session.is_logged_in(self.now));
        self.send(request, true, 0);
        assert!(self.session.poll_request(self.now).expect("nothing to refuse").is_none(), "one at a time");
    }

    /// Checks a request as an HTTP client would send it.
    fn send(&mut self, request: Request, polled: bool, challenges: u8) {
        assert!(challenges <= 2, "challenged for ever");
        let printable = |text: &str| text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        assert!(printable(request.target()) && printable(request.parameters()));
        assert!(request.body().is_ascii() && request.target().starts_with(request.path()));
        for (name, value) in request.headers() {
            assert!(!value.contains(char::is_control), "{name} breaks the line");
            if name == "Cookie" {
                let id = value.strip_prefix("mansession_id=\"").and_then(|value| value.strip_suffix('"'));
                assert!(self.cookies.iter().any(|cookie| Some(&**cookie) == id), "a cookie that wasn't set");
            }
        }
        let shown = format!("{request:?} {:?}", self.session);
        assert!(!shown.contains("hunter2"), "a secret shows");
        assert!(!self.proves || !request.parameters().contains("hunter2"), "a secret is sent");
        self.under_way.push(UnderWay { request, polled, challenges });
    }

    fn settle(&mut self, number: u8) -> Option<UnderWay> {
        let place = usize::from(number).checked_rem(self.under_way.len())?;
        Some(self.under_way.swap_remove(place))
    }

    fn answer(&mut self, to: u8, status: u8, header: (&str, &[u8]), body: &[u8]) {
        let Some(UnderWay { request, polled, challenges }) = self.settle(to) else { return };
        let status = STATUS[usize::from(status) % STATUS.len()];
        if header.0.eq_ignore_ascii_case("Set-Cookie") {
            let text = String::from_utf8_lossy(header.1);
            let id = text.split([';', '=']).nth(1).unwrap_or_default().trim().trim_matches('"');
            self.cookies.push(id.to_owned());
        }
        let outcome = self.session.handle(self.now, &request, status, [header], body);
        match outcome {
            Ok(Outcome::Answer(found)) => {
                assert_eq!(status, 200);
                frames(found, body);
            }
            Ok(Outcome::Send(next)) => self.send(next, polled, challenges + 1),
            Ok(Outcome::Superseded | Outcome::SessionLost) => assert_eq!(status, 200),
            Ok(other) => panic!("{other:?}"),
            Err(HttpError::Unauthorized | HttpError::Challenge) => assert_eq!(status, 401),
            Err(HttpError::Xml { offset }) => assert!(self.mxml && offset <= body.len() as u64),
            Err(_) => {}
        }
    }

    fn check(&mut self) {
        assert!(!self.over || self.session.is_over(), "the end is the end");
        self.over = self.session.is_over();
        if self.over {
            assert!(!self.session.is_logged_in(self.now) && self.session.poll_timeout().is_none());
        }
    }
}

/// The same bytes as the body of an answer.
fn bodies(bytes: &[u8]) {
    frames(Body::rawman(bytes, Limits::new()), bytes);
    #[cfg(feature = "xml")]
    if let Ok(body) = Body::mxml(bytes, Limits::new()) {
        frames(body, bytes);
    }
}

/// The frames of a body are no more than it holds; XML takes as many bytes around a value as the line has that is made of it, but for line feeds.
fn frames(mut body: Body<'_>, bytes: &[u8]) {
    let mut len = 0;
    while let Ok(Some(frame)) = body.next_frame() {
        assert!(frame.kind() != FrameKind::Banner && !frame.as_bytes().is_empty());
        len += frame.as_bytes().len();
    }
    let rest = body.finish().map_or(0, |rest| rest.len);
    assert!(len + rest <= 2 * bytes.len(), "{len} and {rest} of {}", bytes.len());
}
