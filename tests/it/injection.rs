//! Texts of the caller that go into an HTTP header or a URL: a control character in one of them is
//! refused by the name of its field, wherever it stands, and nothing is made.

use std::time::Instant;

use ami_proto::EncodeError;
use ami_proto::action::Ping;
use ami_proto::error::Refusal;
use ami_proto::freeswitch::command::{Custom, Lock, Pin, Say};
use ami_proto::http::{self, Endpoint, HttpError, Outcome, RequestError, Session};
use ami_proto::kazoo::{Account, Binding, ConferenceAction, Dial, ParticipantAction, Subscription};
use ami_proto::sipxecs::{self, Call, Conference, DigestError};

const CHALLENGE: &str = r#"Digest realm="asterisk", nonce="1", qop="auth""#;

/// What became of a text: a request, or the field and the byte that were refused.
type Made = Result<(), (String, u8)>;

fn of_http<T>(made: Result<T, RequestError>) -> Made {
    match made {
        Err(RequestError::Encode(error)) => of(Err::<T, _>(error)),
        other => other.map(|_| ()).map_err(|other| panic!("{other}")),
    }
}

fn of<T>(made: Result<T, EncodeError>) -> Made {
    match made {
        Ok(_) => Ok(()),
        Err(error) => match error.refusal() {
            Refusal::Control { byte } => Err((error.field().to_owned(), byte)),
            other => panic!("{other}"),
        },
    }
}

fn of_digest(user: &str, cnonce: &str) -> Made {
    let request = Conference::new("c").request(&Lock::new()).unwrap();
    let challenge = sipxecs::Challenge::parse(CHALLENGE).unwrap();
    match sipxecs::Credentials::new(user, "1").authorization(&request, &challenge, cnonce, 1, |_| [0; 16]) {
        Ok(_) => Ok(()),
        Err(DigestError::Encode(error)) => of(Err::<(), _>(error)),
        Err(other) => panic!("{other}"),
    }
}

fn digest(user: &str, cnonce: &str) -> Session {
    Session::new(Endpoint::rawman(), http::Credentials::new(user, "s")).with_digest(cnonce)
}

/// Each way of a caller's text into a header or a URL, by the name of its field.
const WAYS: &[(&str, fn(&str) -> Made)] = &[
    ("prefix", |text| of_http(Endpoint::rawman().prefix(text).request(&Ping::new(), None))),
    ("prefix", |text| of_http(Endpoint::rawman().in_query().prefix(text).request(&Ping::new(), None))),
    ("prefix", |text| {
        let endpoint = Endpoint::rawman().prefix(text);
        of_http(Session::new(endpoint, http::Credentials::new("u", "s")).poll_request(Instant::now()))
    }),
    ("username", |text| of_http(digest(text, "c").request(&Ping::new(), None))),
    ("username", |text| of_http(digest(text, "c").poll_request(Instant::now()))),
    ("username", |text| of_http(digest(text, "c").logoff())),
    ("cnonce", |text| of_http(digest("u", text).request(&Ping::new(), None))),
    ("cnonce", |text| of_http(digest("u", text).poll_request(Instant::now()))),
    ("account", |text| of(Account::new(text).list())),
    ("account", |text| of(Account::new(text).act("c", &ConferenceAction::Lock))),
    ("conference", |text| of(Account::new("a").get(text))),
    ("conference", |text| of(Account::new("a").delete(text))),
    ("conference", |text| of(Account::new("a").participant(text, 1))),
    ("conference", |text| of(Account::new("a").act_on(text, 1, &ParticipantAction::Kick))),
    ("auth_token", |text| of(Subscription::unsubscribe_all(text).to_json())),
    ("account", |text| of(Subscription::subscribe("t", text, [Binding::Other("b")]).to_json())),
    ("user", |text| of_digest(text, "c")),
    ("cnonce", |text| of_digest("u", text)),
    ("from", |text| of(Call::new(text, "1").make())),
    ("to", |text| of(Call::new("1", text).state())),
    ("agent", |text| of(Call::new("1", "2").agent(text).make())),
    ("subject", |text| of(Call::new("1", "2").subject(text).make())),
    ("target", |text| of(Call::new("1", "2").transfer(text))),
    ("conference", |text| of(Conference::new(text).request(&Lock::new()))),
    ("conference", |text| of(Conference::new(text).record(None))),
    ("conference", |text| of(Conference::new(text).details())),
    ("user", |text| of(Conference::new("c").invite(text))),
    ("instant-message id", |text| of(Conference::new("c").invite_im(text))),
    ("pin", |text| of(Conference::new("c").request(&Pin::new(text)))),
    ("text", |text| of(Conference::new("c").request(&Say::new(text)))),
    ("argument", |text| of(Conference::new("c").request(&Custom::new("x").word(text)))),
];

/// Every control character, with its code point.
fn controls() -> impl Iterator<Item = (char, u8)> {
    (0..=u8::MAX).map(|byte| (char::from(byte), byte)).filter(|(c, _)| c.is_control())
}

#[test]
fn controls_are_refused_by_the_name_of_the_field() {
    assert_eq!(controls().count(), 32 + 1 + 32);
    for (field, way) in WAYS {
        assert_eq!(way("plain"), Ok(()), "{field}");
        for (c, byte) in controls() {
            for hostile in [c.to_string(), format!("{c}abc"), format!("a{c}bc"), format!("abc{c}")] {
                assert_eq!(way(&hostile), Err(((*field).to_owned(), byte)), "{field}: {hostile:?}");
            }
        }
        for hostile in ["\r\nX-Evil: 1", "a\r\nX-Evil: 1\r\n\r\n", "a\r\nX-Evil: 1"] {
            assert_eq!(way(hostile), Err(((*field).to_owned(), b'\r')), "{field}: {hostile:?}");
        }
    }
}

/// What a server sends and a client sends back.
#[test]
fn controls_of_a_server_are_not_sent_back() {
    for (c, _) in controls() {
        for text in [format!("{c}1"), format!("1{c}2"), format!("1{c}")] {
            for challenge in [
                format!(r#"Digest realm="{text}", nonce="1", qop="auth", opaque="1""#),
                format!(r#"Digest realm="a", nonce="{text}", qop="auth", opaque="1""#),
                format!(r#"Digest realm="a", nonce="1", qop="auth", opaque="{text}""#),
            ] {
                let mut session = digest("u", "c");
                let ping = session.request(&Ping::new(), None).unwrap();
                let headers = [("WWW-Authenticate", challenge.as_str())];
                let answer = session.handle(Instant::now(), &ping, 401, headers, b"");
                assert_eq!(answer.unwrap_err(), HttpError::Challenge, "{challenge:?}");
                assert_eq!(sipxecs::Challenge::parse(&challenge), None, "{challenge:?}");
            }
            let mut session = Session::new(Endpoint::rawman(), http::Credentials::new("u", "s"));
            let login = session.poll_request(Instant::now()).unwrap().unwrap();
            let headers = [("Set-Cookie", format!("mansession_id=\"{text}a\"; Max-Age=60"))];
            let answer = session.handle(Instant::now(), &login, 200, headers, b"Response: Success\r\n\r\n");
            assert!(matches!(answer, Ok(Outcome::Answer(_))));
            let next = session.request(&Ping::new(), None).unwrap();
            assert!(next.headers().all(|(name, _)| name != "Cookie"), "{text:?}");
        }
    }
}

#[test]
fn a_step_in_the_path_is_refused() {
    for prefix in ["..", ".", "/../", "a/..", "./a", "a/../b", "/a/./"] {
        let refused = Endpoint::rawman().prefix(prefix).request(&Ping::new(), None);
        let Err(RequestError::Encode(error)) = refused else { panic!("{prefix}: {refused:?}") };
        assert_eq!((error.field(), error.refusal()), ("prefix", Refusal::DotSegment), "{prefix}");
    }
    for (prefix, path) in [("...", "/.../rawman"), (".a", "/.a/rawman"), ("%2e%2e", "/%252e%252e/rawman")] {
        assert_eq!(Endpoint::rawman().prefix(prefix).request(&Ping::new(), None).unwrap().path(), path);
    }
}

/// Each row of the page's tables of Kazoo and sipXecs, by what stands before its second bar: what
/// makes a request of a text.
const ROWS: &[(&str, fn(&str) -> Result<(), EncodeError>)] = &[
    ("`conference`, of actions", |text| Account::new("a").act(text, &ConferenceAction::Lock).map(|_| ())),
    ("`media_id`", |text| Account::new("a").act("c", &ConferenceAction::Play(text)).map(|_| ())),
    ("`caller_id_number`", |text| dial(Dial::new().endpoint("1").caller_id_number(text))),
    ("`caller_id_name`", |text| dial(Dial::new().endpoint("1").caller_id_name(text))),
    ("`endpoints`", |text| dial(Dial::new().endpoint(text))),
    ("`profile_name`, `target_call_id`, `outbound_call_id`", |text| {
        let to = || Dial::new().endpoint("1");
        same([to().profile_name(text), to().target_call_id(text), to().outbound_call_id(text)].map(dial))
    }),
    ("`conference`, `call` and `event`, of bindings", |text| {
        let bindings = [
            Binding::Commands { conference: text },
            Binding::Participants { conference: text, call: None },
            Binding::Participants { conference: "c", call: Some(text) },
            Binding::Event { conference: "c", event: text },
        ];
        same(bindings.map(|binding| binding.to_key().map(|_| ())))
    }),
    ("the conference, of commands", |text| Conference::new(text).request(&Lock::new()).map(|_| ())),
    ("the conference, of its recorder", |text| Conference::new(text).record(None).map(|_| ())),
    ("a word of a command, an instant-message id", |text| {
        let conference = Conference::new("c");
        same([conference.request(&Pin::new(text)), conference.invite_im(text)].map(|made| made.map(|_| ())))
    }),
    ("a text to be spoken", |text| Conference::new("c").request(&Say::new(text)).map(|_| ())),
    ("a user who is invited", |text| Conference::new("c").invite(text).map(|_| ())),
    ("a party, agent or target of a `sipxecs::Call`", |text| {
        let call = Call::new("1", "2");
        let made =
            [Call::new(text, "1").make(), Call::new("1", text).state(), call.agent(text).make(), call.transfer(text)];
        same(made.map(|made| made.map(|_| ())))
    }),
];

/// Several arguments of one rule.
fn same<const N: usize>(made: [Result<(), EncodeError>; N]) -> Result<(), EncodeError> {
    let reasons = made.each_ref().map(|made| made.as_ref().map_err(|error| error.refusal()));
    assert!(reasons.iter().all(|reason| *reason == reasons[0]), "{reasons:?}");
    made.into_iter().collect()
}

fn dial(dial: Dial<'_>) -> Result<(), EncodeError> {
    Account::new("a").act("c", &ConferenceAction::Dial(dial)).map(|_| ())
}

/// The page says what is refused: just that is, of all visible characters.
#[test]
fn the_tables_of_kazoo_and_sipxecs_hold() {
    let page = std::fs::read_to_string(ami_testkit::root().join("src/manual/injection.rs")).expect("the page");
    let tables = page.split("# Kazoo's bodies").nth(1).expect("the tables of both");
    let named: Vec<_> = tables.lines().filter_map(|line| line.strip_prefix("//! | ")?.split_once(" | ")).collect();
    for (row, _) in named.iter().filter(|(row, _)| *row != "argument") {
        assert!(ROWS.iter().any(|(tried, _)| tried == row), "nothing tries the row {row}");
    }
    for (row, make) in ROWS {
        let line = page.lines().find(|line| line.starts_with(&format!("//! | {row} | "))).expect(row);
        let cell = line.trim_end_matches(" |").rsplit(" | ").next().expect("a cell").replace("\\|", "|");
        let of_word = |word: &str| match *word.trim_end_matches(',').as_bytes() {
            [b'`', byte, b'`'] => Some(char::from(byte)),
            _ => (word == "blank").then_some(' '),
        };
        let said: Vec<char> = cell.split(' ').filter_map(of_word).collect();
        for c in ' '..='~' {
            let made = make(&format!("a{c}b"));
            assert_eq!(made.is_err(), said.contains(&c), "{row}: {c:?}: {made:?}");
        }
    }
}
