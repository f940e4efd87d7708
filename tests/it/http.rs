//! AMI over HTTP: requests made from actions, and the session, against what real servers answered
//! (corpus/http).

use std::time::{Duration, Instant};

use ami_proto::action::{Action, Command, Custom, GetVar, Login, Ping, UserEvent, WaitEvent};
use ami_proto::catalogue::ActionType;
use ami_proto::http::{Body, Credentials, Endpoint, HttpError, Method, Outcome, RequestError, Session, SignedRequest};
use ami_proto::response::Response;
use ami_proto::{EncodeError, Limits};
use proptest::prelude::*;

const COOKIE: &str = r#"mansession_id="a5458122"; Version=1; Max-Age=120"#;
const OTHER: &str = r#"mansession_id="1"; Version=1; Max-Age=120"#;
const ACCEPTED: &[u8] = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n";
const REFUSED: &[u8] = b"Response: Error\r\nMessage: Authentication failed\r\n\r\n";
const DENIED: &[u8] = b"Response: Error\r\nMessage: Permission denied\r\n\r\n";
const EVENT: &[u8] = b"Response: Success\r\n\r\nEvent: X\r\n\r\nEvent: WaitEventComplete\r\n\r\n";
const NO_EVENTS: &[u8] =
    b"Response: Success\r\nMessage: Waiting for Event completed.\r\n\r\nEvent: WaitEventComplete\r\n\r\n";

fn session() -> Session {
    Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret"))
}

fn reply<'b>(
    session: &mut Session,
    now: Instant,
    request: &SignedRequest,
    cookie: &str,
    body: &'b [u8],
) -> Outcome<'b> {
    session.handle(now, request, 200, [("content-type", "text/plain"), ("SET-COOKIE", cookie)], body).unwrap()
}

fn header(request: &SignedRequest, name: &str) -> Option<String> {
    request.headers().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// Brings a session to where it is logged in.
fn logged_in(now: Instant) -> Session {
    let mut session = session();
    let login = session.poll_request(now).unwrap().unwrap();
    assert!(matches!(reply(&mut session, now, &login, COOKIE, ACCEPTED), Outcome::Answer(_)));
    assert!(session.is_logged_in(now));
    session
}

#[test]
fn an_action_becomes_parameters() {
    let get = Endpoint::rawman().prefix("asterisk").in_query();
    let request = get.request(&Command::new("core show version"), Some("a/1")).unwrap();
    assert_eq!(request.method(), Method::Get);
    assert_eq!(request.target(), "/asterisk/rawman?Action=Command&ActionID=a%2F1&Command=core%20show%20version");
    assert_eq!(request.path(), "/asterisk/rawman");
    assert!(request.body().is_empty());
    assert_eq!(request.headers().count(), 0);

    let post = Endpoint::rawman().request(&UserEvent::new("Été").header("k", "<a&b=c+d>;\"%"), None).unwrap();
    assert_eq!(post.target(), "/rawman");
    assert_eq!(post.body(), b"Action=UserEvent&UserEvent=%C3%89t%C3%A9&k=%3Ca%26b%3Dc%2Bd%3E%3B%22%25");
    assert_eq!(post.headers().collect::<Vec<_>>(), [("Content-Type", "application/x-www-form-urlencoded")]);
}

#[test]
fn nothing_gets_past_the_encoder() {
    /// An action of somebody else's that checks nothing.
    struct Wild(&'static [u8]);
    impl Action for Wild {
        type Static = Self;
        type Response<'buf> = Response<'buf>;
        fn action_type(&self) -> Option<ActionType> {
            None
        }
        fn encode(&self, _: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
            out.extend_from_slice(self.0);
            Ok(())
        }
    }
    let endpoint = Endpoint::rawman();
    for value in ["a\r\nEvent: Fake", "a\nb", "a\rb", "a\0b"] {
        assert!(matches!(endpoint.request(&GetVar::new(value), None), Err(RequestError::Encode(_))), "{value:?}");
    }
    for wild in [
        &b"Action: Ping\r\n\r\nAction: Originate\r\n\r\n"[..],
        b"Action: Ping\r\nX: a\rb\r\n\r\n",
        b"Action: Ping\r\nno colon\r\n\r\n",
        b"Action: Ping\r\n",
        b"Response: Success\r\n\r\n",
        b"Action: Ping\r\naction: Originate\r\n\r\n",
        b"Action: Ping\r\nActionID: 1\r\nActionID: 2\r\n\r\n",
        b"",
    ] {
        assert_eq!(endpoint.request(&Wild(wild), None).unwrap_err(), RequestError::Malformed);
    }
}

#[test]
fn what_is_too_long_for_a_server_is_refused() {
    let long = (0..5).fold(Custom::new("X"), |action, _| action.header("k", "v".repeat(900)));
    let get = Endpoint::rawman().in_query();
    assert!(matches!(get.request(&long, None), Err(RequestError::TooLong { max: 4000, .. })));
    assert!(Endpoint::rawman().request(&long, None).is_ok());
    let longer = (0..60).fold(Custom::new("X"), |action, _| action.header("k", "v".repeat(900)));
    assert!(matches!(Endpoint::rawman().request(&longer, None), Err(RequestError::TooLong { max: 40_960, .. })));
}

#[test]
fn secrets_never_show() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let request = session.request(&Login::new("u").secret("s3cret"), None).unwrap();
    let get = Endpoint::rawman().in_query().request(&Login::new("u").secret("s3cret"), None).unwrap();
    let shown = format!("{request:?} {get:?} {session:?} {:?}", Credentials::new("u", "s3cret"));
    assert!(shown.contains("Secret=***"), "{shown}");
    assert!(!shown.contains("s3cret") && !shown.contains("a5458122"), "{shown}");
}

#[test]
fn logs_in_and_waits_for_events() {
    let now = Instant::now();
    let mut session = session();
    let login = session.poll_request(now).unwrap().unwrap();
    assert_eq!(login.parameters(), "Action=Login&Username=admin&Secret=s3cret");
    assert_eq!(header(&login, "Cookie"), None);
    // Not a second one while it is under way.
    assert!(session.poll_request(now).unwrap().is_none());
    let Outcome::Answer(mut body) = reply(&mut session, now, &login, COOKIE, ACCEPTED) else { panic!() };
    assert_eq!(body.next_frame().unwrap().unwrap().get("Message").unwrap(), "Authentication accepted");
    assert_eq!(session.expires(), Some(now + Duration::from_secs(120)));

    // 10 s less than the session lives; other requests may be sent meanwhile.
    let wait = session.poll_request(now).unwrap().unwrap();
    assert_eq!(wait.parameters(), "Action=WaitEvent&Timeout=110");
    assert_eq!(wait.patience(), Duration::from_secs(110));
    assert_eq!(header(&wait, "Cookie").unwrap(), r#"mansession_id="a5458122""#);
    let ping = session.request(&Ping::new(), Some("1")).unwrap();
    assert!(matches!(reply(&mut session, now, &ping, COOKIE, b"Response: Success\r\n\r\n"), Outcome::Answer(_)));
    assert!(session.poll_request(now).unwrap().is_none());

    let later = now + Duration::from_secs(100);
    assert!(matches!(reply(&mut session, later, &wait, COOKIE, NO_EVENTS), Outcome::Answer(_)));
    assert_eq!(session.expires(), Some(later + Duration::from_secs(120)));
    assert!(session.poll_request(later).unwrap().is_some());
}

#[test]
fn a_wait_is_as_short_as_asked_and_never_spins() {
    let now = Instant::now();
    let mut short = logged_in(now).with_wait(Duration::from_secs(5));
    assert_eq!(short.poll_request(now).unwrap().unwrap().parameters(), "Action=WaitEvent&Timeout=5");

    // A server whose sessions live 10 s ends each wait at once.
    let mut spinning = session();
    let login = spinning.poll_request(now).unwrap().unwrap();
    let brief = r#"mansession_id="2"; Version=1; Max-Age=10"#;
    reply(&mut spinning, now, &login, brief, ACCEPTED);
    let wait = spinning.poll_request(now).unwrap().unwrap();
    assert_eq!(wait.parameters(), "Action=WaitEvent&Timeout=0");
    reply(&mut spinning, now, &wait, brief, NO_EVENTS);
    assert!(spinning.poll_request(now).unwrap().is_none());
    assert_eq!(spinning.poll_timeout(), Some(now + Duration::from_secs(1)));
    assert!(spinning.poll_request(now + Duration::from_secs(1)).unwrap().is_some());
}

/// The names of the actions that a session polls, with the second of each: at each of four seconds
/// as many as it wants, and of these no more than ten. Each is answered by `answer`, which is told
/// how many came before.
fn polled(mut session: Session, answer: impl Fn(&str, usize) -> (String, &'static [u8])) -> Vec<(u64, String)> {
    let start = Instant::now();
    let mut polled = Vec::new();
    for second in 0..4 {
        let now = start + Duration::from_secs(second);
        for _ in 0..10 {
            let mut next = session.poll_request(now).unwrap();
            while let Some(request) = next {
                let name = request.parameters().split(['=', '&']).nth(1).unwrap().to_owned();
                let (cookie, body) = answer(&name, polled.len());
                polled.push((second, name));
                next = match reply(&mut session, now, &request, &cookie, body) {
                    Outcome::Send(next) => Some(next),
                    _ => None,
                };
            }
        }
    }
    polled
}

/// Whatever a server refuses at once, it is asked again after a second.
#[test]
fn a_server_that_refuses_at_once_is_asked_once_a_second() {
    let named = |polled: &[(u64, &str)]| polled.iter().map(|(at, name)| (*at, (*name).to_owned())).collect::<Vec<_>>();
    // Each wait is refused.
    for body in [DENIED, b"Response: Error\r\n\r\n", b"Event: X\r\n\r\n", b"<html>\r\n\r\n", b"\r\n"] {
        let found = polled(session(), |name, _| (COOKIE.into(), if name == "Login" { ACCEPTED } else { body }));
        let wait = "WaitEvent";
        let expected = [(0, "Login"), (0, wait), (1, wait), (2, wait), (3, wait)];
        assert_eq!(found, named(&expected), "{}", body.escape_ascii());
    }
    // Each wait succeeds at once, with events and without.
    for body in [NO_EVENTS, EVENT] {
        let found = polled(session(), |name, _| (COOKIE.into(), if name == "Login" { ACCEPTED } else { body }));
        let wait = "WaitEvent";
        assert_eq!(found, named(&[(0, "Login"), (0, wait), (1, wait), (2, wait), (3, wait)]));
    }
    // Each wait says that the session is lost, with another cookie.
    let found = polled(session(), |name, number| {
        (format!("mansession_id=\"{number}\"; Max-Age=120"), if name == "Login" { ACCEPTED } else { DENIED })
    });
    let expected = [(0, "Login"), (0, "WaitEvent"), (1, "Login"), (2, "WaitEvent"), (3, "Login")];
    assert_eq!(found, named(&expected));
    // The session has run out as soon as it begins.
    let found = polled(session(), |_, _| ("mansession_id=\"1\"; Max-Age=0".into(), ACCEPTED));
    assert_eq!(found, named(&[(0, "Login"), (0, "Login"), (1, "Login"), (2, "Login"), (3, "Login")]));
    // A wait that succeeds makes the next login the first again.
    let found = polled(session(), |name, number| match (name, number) {
        ("Login", _) => (COOKIE.into(), ACCEPTED),
        (_, 1) => (COOKIE.into(), NO_EVENTS),
        (_, 2 | 4) => (format!("mansession_id=\"{number}\"; Max-Age=120"), DENIED),
        _ => (COOKIE.into(), DENIED),
    });
    let expected = [(0, "Login"), (0, "WaitEvent"), (1, "WaitEvent"), (2, "Login"), (2, "WaitEvent"), (3, "Login")];
    assert_eq!(found, named(&expected));
    {
        let hashed = || Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret").hashed());
        let challenge = b"Response: Success\r\nChallenge: 1\r\n\r\n";
        let found = polled(hashed(), |name, _| {
            ("mansession_id=\"1\"; Max-Age=0".into(), if name == "Login" { ACCEPTED } else { challenge })
        });
        let both = |second| [(second, "Challenge"), (second, "Login")];
        assert_eq!(found, named(&[both(0), both(0), both(1), both(2), both(3)].concat()));
        // The server knows no cookie, not even the one that it gave last.
        let found = polled(hashed(), |_, number| {
            (
                format!("mansession_id=\"{number}\"; Max-Age=120"),
                match number {
                    0 => challenge,
                    1 => ACCEPTED,
                    _ => DENIED,
                },
            )
        });
        let lost =
            [(0, "Challenge"), (0, "Login"), (0, "WaitEvent"), (1, "Challenge"), (2, "Challenge"), (3, "Challenge")];
        assert_eq!(found, named(&lost));
    }
}

#[test]
fn an_empty_body_is_a_wait_that_another_took_over() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let wait = session.poll_request(now).unwrap().unwrap();
    let newer = session.request(&WaitEvent::new(5), None).unwrap();
    assert!(matches!(reply(&mut session, now, &wait, COOKIE, b""), Outcome::Superseded));
    assert!(matches!(reply(&mut session, now, &newer, COOKIE, NO_EVENTS), Outcome::Answer(_)));
    assert!(session.is_logged_in(now));
    assert!(session.poll_timeout().is_some());
}

#[test]
fn a_cookie_that_the_server_does_not_know_means_logging_in_again() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let wait = session.poll_request(now).unwrap().unwrap();
    let late = session.request(&Ping::new(), None).unwrap();
    assert!(matches!(reply(&mut session, now, &wait, OTHER, DENIED), Outcome::SessionLost));
    assert!(!session.is_logged_in(now));
    assert!(session.poll_request(now).unwrap().is_none());
    let now = now + Duration::from_secs(1);
    assert_eq!(session.poll_timeout(), Some(now));
    let login = session.poll_request(now).unwrap().unwrap();
    assert!(login.parameters().starts_with("Action=Login&"));
    assert_eq!(header(&login, "Cookie").unwrap(), r#"mansession_id="1""#);
    reply(&mut session, now, &login, OTHER, ACCEPTED);
    assert!(session.is_logged_in(now));
    // What was asked with the old cookie says nothing about the new one.
    let third = r#"mansession_id="3"; Version=1; Max-Age=120"#;
    assert!(matches!(reply(&mut session, now, &late, third, DENIED), Outcome::SessionLost));
    assert!(session.is_logged_in(now));
    assert_eq!(header(&session.request(&Ping::new(), None).unwrap(), "Cookie").unwrap(), r#"mansession_id="1""#);
}

/// A session is lost where the cookie is another and the answer a refusal, not by one of them.
#[test]
fn what_makes_a_session_lost() {
    let now = Instant::now();
    let success = b"Response: Success\r\nMessage: Permission denied\r\n\r\n";
    let other = b"Response: Error\r\nMessage: No such channel\r\n\r\n";
    for (cookie, body, lost) in [
        (OTHER, DENIED, true),
        (COOKIE, DENIED, false),
        (OTHER, success, false),
        (OTHER, other, false),
        (OTHER, b"Response: Success\r\n\r\n", false),
        (OTHER, b"", false),
    ] {
        let mut session = logged_in(now);
        let ping = session.request(&Ping::new(), None).unwrap();
        let outcome = reply(&mut session, now, &ping, cookie, body);
        assert_eq!(matches!(outcome, Outcome::SessionLost), lost, "{cookie} {}", body.escape_ascii());
        assert_eq!(session.is_logged_in(now), !lost);
        // The cookie that came is the one that goes back.
        let next = session.request(&Ping::new(), None).unwrap();
        assert_eq!(header(&next, "Cookie").as_deref(), cookie.split(';').next());
    }
    // A refused login isn't a lost session, but the end.
    let mut session = session();
    let login = session.poll_request(now).unwrap().unwrap();
    assert!(matches!(reply(&mut session, now, &login, OTHER, DENIED), Outcome::Answer(_)));
    assert!(session.is_over());
}

#[test]
fn limits_hold_for_bodies() {
    let now = Instant::now();
    let mut session = session().with_limits(Limits::new().line(16));
    let login = session.poll_request(now).unwrap().unwrap();
    let error = session.handle(now, &login, 200, [("Set-Cookie", COOKIE)], b"Response: Success\r\n\r\n").unwrap_err();
    assert!(matches!(error, HttpError::Frame(error) if error.max == 16), "{error:?}");
    // Beyond the first frame the body itself says so.
    let mut session = logged_in(now).with_limits(Limits::new().line(16).frame(40));
    let ping = session.request(&Ping::new(), None).unwrap();
    let body = b"Response: Error\n\nA: 12345678901234567890\n\n";
    let Outcome::Answer(mut body) = reply(&mut session, now, &ping, COOKIE, body) else { panic!() };
    assert!(body.next_frame().is_ok());
    assert!(body.next_frame().is_err());
}

#[test]
fn patience_is_for_waits_alone() {
    let now = Instant::now();
    let mut session = logged_in(now);
    assert_eq!(session.request(&Ping::new(), None).unwrap().patience(), Duration::ZERO);
    assert_eq!(session.request(&WaitEvent::new(5), None).unwrap().patience(), Duration::from_secs(110));
    assert_eq!(session.request(&Custom::new("waitEVENT"), None).unwrap().patience(), Duration::from_secs(110));
}

/// A pause is for one poll: what follows it is due at once.
#[test]
fn a_pause_ends_with_the_poll_behind_it() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let wait = session.poll_request(now).unwrap().unwrap();
    session.fail(now, &wait);
    let due = now + Duration::from_secs(1);
    assert_eq!(session.poll_timeout(), Some(due));
    let wait = session.poll_request(due).unwrap().unwrap();
    assert_eq!(session.poll_timeout(), None);
    reply(&mut session, due + Duration::from_secs(1), &wait, COOKIE, NO_EVENTS);
    assert_eq!(session.poll_timeout(), None);
    // Also when the clock has gone back.
    assert!(session.poll_request(now).unwrap().is_some());
}

#[test]
fn a_session_that_ran_out_has_no_end_until_the_next_cookie() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let later = session.expires().unwrap();
    let shown = format!("{session:?}");
    assert!(shown.contains("cookie: true") && !shown.contains("a5458122"), "{shown}");
    let login = session.poll_request(later).unwrap().unwrap();
    assert!(format!("{session:?}").contains("cookie: false"));
    assert_eq!((session.expires(), session.is_logged_in(later)), (None, false));
    reply(&mut session, later, &login, COOKIE, ACCEPTED);
    assert_eq!(session.expires(), Some(later + Duration::from_secs(120)));
}

#[test]
fn a_privilege_that_is_missing_is_an_answer() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let request = session.request(&Command::new("core stop now"), None).unwrap();
    assert!(matches!(reply(&mut session, now, &request, COOKIE, DENIED), Outcome::Answer(_)));
    assert!(session.is_logged_in(now));
}

#[test]
fn a_session_runs_out_by_its_max_age() {
    let now = Instant::now();
    let mut session = logged_in(now);
    let later = now + Duration::from_secs(120);
    assert!(!session.is_logged_in(later));
    let login = session.poll_request(later).unwrap().unwrap();
    assert!(login.parameters().starts_with("Action=Login&"));
    assert_eq!(header(&login, "Cookie"), None);
}

#[test]
fn a_refused_login_and_a_logoff_are_the_end() {
    let now = Instant::now();
    let mut refused = session();
    let login = refused.poll_request(now).unwrap().unwrap();
    assert!(matches!(reply(&mut refused, now, &login, COOKIE, REFUSED), Outcome::Answer(_)));
    assert!(refused.is_over() && refused.poll_request(now).unwrap().is_none());

    let mut left = logged_in(now);
    let logoff = left.logoff().unwrap();
    reply(&mut left, now, &logoff, COOKIE, b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n");
    assert!(left.is_over() && left.poll_request(now).unwrap().is_none());

    // What was under way when it ended begins nothing anew.
    let mut left = logged_in(now);
    let wait = left.poll_request(now).unwrap().unwrap();
    let login = left.request(&Login::new("admin").secret("s3cret"), None).unwrap();
    let logoff = left.logoff().unwrap();
    reply(&mut left, now, &logoff, COOKIE, b"Response: Goodbye\r\n\r\n");
    assert!(matches!(reply(&mut left, now, &wait, OTHER, DENIED), Outcome::SessionLost));
    reply(&mut left, now, &login, COOKIE, ACCEPTED);
    assert!(left.is_over() && left.poll_request(now).unwrap().is_none());
}

/// A page of a web server between says nothing of the session, even with status 200.
#[test]
fn a_page_ends_no_session() {
    let none: [(&str, &str); 0] = [];
    let page: &[u8] = b"<html><body>Down for maintenance</body></html>\n";
    for body in [page, b"", b"Event: X\r\n\r\n"] {
        let now = Instant::now();
        let hashed = Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret").hashed());
        for mut session in [session(), hashed] {
            let asked = session.poll_request(now).unwrap().unwrap();
            assert_eq!(session.handle(now, &asked, 200, none, body).unwrap_err(), HttpError::NoResponse);
            assert!(!session.is_over() && !session.is_logged_in(now) && session.poll_request(now).unwrap().is_none());
            let again = session.poll_timeout().expect("it is due again");
            assert_eq!(again, now + Duration::from_secs(1));
            assert_eq!(session.poll_request(again).unwrap().unwrap().parameters(), asked.parameters());
        }
        let mut session = logged_in(now);
        let logoff = session.logoff().unwrap();
        assert_eq!(session.handle(now, &logoff, 200, none, body).unwrap_err(), HttpError::NoResponse);
        assert!(session.is_logged_in(now));
        // What answers to others may be text.
        let queues = session.request(&Custom::new("Queues"), None).unwrap();
        assert!(matches!(session.handle(now, &queues, 200, none, body), Ok(Outcome::Answer(_))));
    }
}

#[test]
fn a_connection_that_fails_is_tried_again() {
    let now = Instant::now();
    let mut session = session();
    let login = session.poll_request(now).unwrap().unwrap();
    session.fail(now, &login);
    assert!(session.poll_request(now).unwrap().is_none());
    let again = session.poll_timeout().unwrap();
    assert!(session.poll_request(again).unwrap().is_some());
}

#[test]
fn statuses_that_are_no_answers() {
    let now = Instant::now();
    let none: [(&str, &str); 0] = [];
    for (status, error) in [
        (404, HttpError::Status(404)),
        (403, HttpError::Forbidden),
        (413, HttpError::Status(413)),
        (501, HttpError::Status(501)),
    ] {
        let mut session = logged_in(now);
        let wait = session.poll_request(now).unwrap().unwrap();
        assert_eq!(session.handle(now, &wait, status, none, b"<html>").unwrap_err(), error);
        assert!(session.poll_request(now).unwrap().is_none());
        assert!(session.poll_timeout().is_some());
    }
    let mut session = logged_in(now);
    let ping = session.request(&Ping::new(), None).unwrap();
    assert_eq!(session.handle(now, &ping, 401, none, b"").unwrap_err(), HttpError::Unauthorized);
    assert!(session.is_over());
}

mod hashed {
    use super::*;

    const CHALLENGE: &str =
        r#"Digest algorithm=MD5, realm="asterisk", nonce="15159486", qop="auth", opaque="15159486""#;
    const STALE: &str = r#"Digest algorithm=MD5, realm="asterisk", nonce="2", qop="auth", opaque="2", stale=true"#;

    #[test]
    fn a_login_that_does_not_send_the_secret() {
        let now = Instant::now();
        let mut session = Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret").hashed());
        let challenge = session.poll_request(now).unwrap().unwrap();
        assert_eq!(challenge.parameters(), "Action=Challenge&AuthType=MD5");
        let body = std::fs::read(ami_testkit::root().join("corpus/http/22_rawman_challenge.body.ami")).unwrap();
        let Outcome::Send(login) = reply(&mut session, now, &challenge, COOKIE, &body) else { panic!() };
        assert_eq!(login.parameters(), "Action=Login&Username=admin&AuthType=MD5&Key=2984f47b98d8b9089efe66d68311d362");
        assert_eq!(header(&login, "Cookie").unwrap(), r#"mansession_id="a5458122""#);
        assert!(!format!("{login:?}").contains("2984f47b"));
        assert!(session.poll_request(now).unwrap().is_none());
        reply(&mut session, now, &login, COOKIE, ACCEPTED);
        assert!(session.is_logged_in(now));
    }

    fn unauthorized(session: &mut Session, request: &SignedRequest, header: &str) -> Result<SignedRequest, HttpError> {
        match session.handle(Instant::now(), request, 401, [("WWW-authenticate", header)], b"<html>")? {
            Outcome::Send(next) => Ok(next),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_digest_counts_and_gets_over_a_stale_nonce() {
        let now = Instant::now();
        let mut session = session().with_digest("0a4f113b");
        let wait = session.poll_request(now).unwrap().unwrap();
        assert_eq!((wait.path(), header(&wait, "Authorization")), ("/arawman", None));
        let next = unauthorized(&mut session, &wait, CHALLENGE).unwrap();
        let answer = header(&next, "Authorization").unwrap();
        assert!(
            answer.contains(r#"nonce="15159486", uri="/arawman", algorithm=MD5, qop=auth, nc=00000001"#),
            "{answer}"
        );
        assert_eq!(next.parameters(), wait.parameters());
        assert!(!format!("{next:?} {session:?}").contains("15159486"));
        assert!(session.poll_request(now).unwrap().is_none());
        let none: [(&str, &str); 0] = [];
        assert!(matches!(session.handle(now, &next, 200, none, NO_EVENTS).unwrap(), Outcome::Answer(_)));

        let wait = session.poll_request(now + Duration::from_secs(1)).unwrap().unwrap();
        assert!(header(&wait, "Authorization").unwrap().contains("nc=00000002"));
        let next = unauthorized(&mut session, &wait, STALE).unwrap();
        assert!(header(&next, "Authorization").unwrap().contains(r#"nonce="2""#));
        assert!(header(&next, "Authorization").unwrap().contains("nc=00000001"));
        // Not for ever.
        let next = unauthorized(&mut session, &next, STALE).unwrap();
        assert_eq!(unauthorized(&mut session, &next, STALE).unwrap_err(), HttpError::Unauthorized);
        assert!(session.is_over());
    }

    /// Two requests out at once are challenged with one nonce; later it is called stale, and given
    /// again.
    #[test]
    fn a_nonce_that_comes_again_is_counted_on() {
        let now = Instant::now();
        let mut session = session().with_digest("0a4f113b");
        let wait = session.poll_request(now).unwrap().unwrap();
        let ping = session.request(&Ping::new(), None).unwrap();
        let count = |request: &SignedRequest| {
            let header = header(request, "Authorization").unwrap();
            header.split("nc=").nth(1).unwrap()[..8].to_owned()
        };
        let wait = unauthorized(&mut session, &wait, CHALLENGE).unwrap();
        let ping = unauthorized(&mut session, &ping, CHALLENGE).unwrap();
        assert_eq!((count(&wait), count(&ping)), ("00000001".to_owned(), "00000002".to_owned()));
        let stale = CHALLENGE.to_owned() + ", stale=true";
        let ping = unauthorized(&mut session, &ping, &stale).unwrap();
        assert_eq!(count(&ping), "00000003");
        assert_eq!(count(&unauthorized(&mut session, &wait, STALE).unwrap()), "00000001");
        assert_eq!(count(&session.request(&Ping::new(), None).unwrap()), "00000002");
    }

    #[test]
    fn wrong_credentials_are_not_sent_twice() {
        let mut session = session().with_digest("0a4f113b");
        let ping = session.request(&Ping::new(), None).unwrap();
        let next = unauthorized(&mut session, &ping, CHALLENGE).unwrap();
        assert_eq!(unauthorized(&mut session, &next, CHALLENGE).unwrap_err(), HttpError::Unauthorized);

        let mut other = super::session().with_digest("0a4f113b");
        let ping = other.request(&Ping::new(), None).unwrap();
        assert_eq!(unauthorized(&mut other, &ping, "Basic realm=\"x\"").unwrap_err(), HttpError::Challenge);
    }

    /// What is no MD5 with `qop=auth` is not answered: the secret's hash would go to a server that
    /// asks for another.
    #[test]
    fn other_digests_are_not_answered() {
        for challenge in [
            r#"Digest algorithm=SHA-256, realm="a", nonce="1", qop="auth""#,
            r#"Digest algorithm=MD5-sess, realm="a", nonce="1", qop="auth""#,
            r#"Digest algorithm=MD5, realm="a", nonce="1""#,
            r#"Digest realm="a", nonce="1", qop="auth-int""#,
            r#"Digest algorithm=SHA-256, realm="a", nonce="1", qop="auth-int""#,
            r#"Digest nonce="1", qop="auth""#,
            r#"Digest realm="a", qop="auth""#,
            "Basic realm=\"a\"",
        ] {
            let mut session = session().with_digest("c");
            let ping = session.request(&Ping::new(), None).unwrap();
            assert_eq!(unauthorized(&mut session, &ping, challenge).unwrap_err(), HttpError::Challenge, "{challenge}");
            assert_eq!(header(&session.request(&Ping::new(), None).unwrap(), "Authorization"), None);
        }
        let mut session = session().with_digest("c");
        let ping = session.request(&Ping::new(), None).unwrap();
        // A challenge is one under its own name.
        for headers in [&[][..], &[("Server", r#"Digest realm="a", nonce="1", qop="auth""#)]] {
            let headers = headers.iter().copied();
            assert_eq!(session.handle(Instant::now(), &ping, 401, headers, b"").unwrap_err(), HttpError::Challenge);
        }
    }

    /// The whole of an answer: what the challenge had goes back as it came, quotes and backslashes
    /// escaped.
    #[test]
    fn an_answer_word_by_word() {
        let mut session = Session::new(Endpoint::rawman(), Credentials::new("a\"\\b", "s3cret")).with_digest("0a\"4f");
        let ping = session.request(&Ping::new(), None).unwrap();
        let challenge = r#"Digest realm="r \"q\" \\", nonce="1", opaque="o\"\\", algorithm=md5, qop="auth-int, auth""#;
        let next = unauthorized(&mut session, &ping, challenge).unwrap();
        let answer = header(&next, "Authorization").unwrap();
        let (head, tail) = answer.split_once(", response=\"").unwrap();
        assert_eq!(
            head,
            r#"Digest username="a\"\\b", realm="r \"q\" \\", nonce="1", uri="/arawman", algorithm=MD5, qop=auth, nc=00000001, cnonce="0a\"4f""#
        );
        let (response, opaque) = tail.split_once('"').unwrap();
        assert!(response.len() == 32 && response.bytes().all(|byte| byte.is_ascii_hexdigit()), "{response}");
        assert_eq!(opaque, r#", opaque="o\"\\""#);
    }

    #[test]
    fn a_refused_challenge_is_the_end() {
        let now = Instant::now();
        for body in [&b"Response: Error\r\nMessage: Must specify AuthType\r\n\r\n"[..], b"Response: Success\r\n\r\n"] {
            let mut session = Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret").hashed());
            let challenge = session.poll_request(now).unwrap().unwrap();
            assert!(matches!(reply(&mut session, now, &challenge, COOKIE, body), Outcome::Answer(_)));
            assert!(session.is_over() && session.poll_request(now).unwrap().is_none());
        }
        // One that the caller asked for says nothing about the session.
        let mut session = logged_in(now);
        let asked = session.request(&ami_proto::action::Challenge::new(), None).unwrap();
        reply(&mut session, now, &asked, COOKIE, DENIED);
        assert!(session.is_logged_in(now));
    }

    #[test]
    fn the_challenge_of_a_real_server() {
        let answer =
            std::fs::read_to_string(ami_testkit::root().join("corpus/http/22_arawman_401.response.http")).unwrap();
        let headers = answer.lines().filter_map(|line| line.split_once(": "));
        let mut session = session().with_digest("1");
        let ping = session.request(&Ping::new(), None).unwrap();
        assert!(matches!(session.handle(Instant::now(), &ping, 401, headers, b""), Ok(Outcome::Send(_))));
    }
}

/// Head and body of a recorded answer.
fn recorded(path: &std::path::Path) -> (Vec<(String, String)>, Vec<u8>) {
    let bytes = std::fs::read(path).unwrap();
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    (headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), bytes[split + 4..].to_vec())
}

#[test]
fn every_recorded_rawman_answer_is_read_to_its_end() {
    let mut read = 0;
    for entry in ami_testkit::root().join("corpus/http").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.contains("_rawman_") || !name.ends_with(".response.http") {
            continue;
        }
        let (headers, bytes) = recorded(&path);
        let mut session = session();
        let request = session.request(&Ping::new(), None).unwrap();
        let Ok(Outcome::Answer(mut body)) = session.handle(Instant::now(), &request, 200, headers, &bytes) else {
            panic!("{name}");
        };
        assert!(session.expires().is_some(), "{name}");
        let mut frames = 0;
        while body.next_frame().unwrap().is_some() {
            frames += 1;
        }
        assert!(frames > 0 && body.finish().is_none(), "{name}");
        read += 1;
    }
    assert!(read > 15);
}

#[test]
fn a_body_is_cut_where_it_is_cut_and_held_to_the_limits() {
    let mut body = Body::rawman(b"Event: A\r\n\r\nEvent: B\r\nX", Limits::new());
    assert!(body.next_frame().unwrap().is_some());
    assert!(body.next_frame().unwrap().is_none());
    assert_eq!(body.finish().unwrap().len, 11);
    let mut body = Body::rawman(b"Event: A\r\nLong: line\r\n\r\n", Limits::new().line(8));
    assert!(body.next_frame().is_err());
}

proptest! {
    /// What the server decodes is what the action said, whatever bytes it has.
    #[test]
    fn parameters_read_back(value in proptest::collection::vec(any::<u8>(), 0..40)) {
        let action = Custom::new("X").header("k", value.as_slice());
        let mut plain = Vec::new();
        let encoded = action.encode(None, &mut plain);
        let request = Endpoint::rawman().request(&action, None);
        prop_assert_eq!(encoded.is_ok(), request.is_ok());
        if let Ok(request) = request {
            let parameter = request.body().strip_prefix(b"Action=X&k=").unwrap().to_owned();
            let parameter = String::from_utf8(parameter).unwrap();
            prop_assert!(parameter.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            prop_assert_eq!(&percent_decode(&parameter), &value);
        }
    }
}

/// As the server does it.
fn percent_decode(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::new();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

/// The longest that a server takes, to the byte, both ways.
#[test]
fn lengths_to_the_byte() {
    // So many bytes of `&k=v…`.
    let with = |mut len: usize| {
        let mut action = Custom::new("X");
        while len > 0 {
            let piece = if len > 900 { 500 } else { len };
            action = action.header("k", "v".repeat(piece - "&k=".len()));
            len -= piece;
        }
        action
    };
    for (endpoint, max, before) in [
        (Endpoint::rawman().in_query(), 4000, "/rawman?Action=X".len()),
        (Endpoint::rawman().prefix("/asterisk").in_query(), 4000, "/asterisk/rawman?Action=X".len()),
        (Endpoint::rawman(), 40_960, "Action=X".len()),
    ] {
        assert!(endpoint.request(&with(max - before), None).is_ok(), "{max}");
        let refused = endpoint.request(&with(max - before + 1), None).err();
        assert_eq!(refused, Some(RequestError::TooLong { len: max + 1, max }));
    }
}

/// What is shown of a request, in its path or beside it: all but the secrets.
#[test]
fn what_is_shown_of_a_target() {
    let query = Endpoint::rawman().in_query();
    let login = query.request(&Login::new("a b").secret("s3cret"), Some("1")).unwrap();
    assert_eq!(login.masked_target(), "/rawman?Action=Login&ActionID=1&Username=a%20b&Secret=***");
    assert_eq!(login.target(), "/rawman?Action=Login&ActionID=1&Username=a%20b&Secret=s3cret");
    assert_eq!(login.path(), "/rawman");
    let form = Endpoint::rawman().request(&Ping::new(), None).unwrap();
    assert_eq!((form.masked_target(), form.target(), form.body()), ("/rawman", "/rawman", &b"Action=Ping"[..]));
    let mut session = Session::new(query, Credentials::new("a b", "s3cret"));
    let signed = session.poll_request(Instant::now()).unwrap().unwrap();
    assert_eq!(signed.parameters(), "Action=Login&Username=a%20b&Secret=s3cret");
    assert!(!format!("{signed:?}").contains("s3cret"), "{signed:?}");
}
