//! Every error type of the crate: one line in lower case, which ends with what the cause says, and
//! the cause as a value.

use std::error::Error;

use ami_proto::action::{Action as _, Custom, Ping, SetVar};
use ami_proto::client::{self, Client};
use ami_proto::conference::{Command, Dialect, Native, ReplyError, RequestError, Who};
use ami_proto::error::{ApiMisuse, ConnectionError, FieldError, Refusal, SendError};
use ami_proto::freeswitch::command::{ConferenceCommand as _, Lock};
use ami_proto::http::{self, Endpoint, HttpError};
use ami_proto::kazoo::{self, Account, Method};
use ami_proto::sipxecs::{Challenge, Conference, Credentials, DigestError};
use ami_proto::value::{Assignments, ValueError};
use ami_proto::wire::Truncated;
use ami_proto::{Decoder, EncodeError, Frame, FrameError, Framing, Limits};

fn encode() -> EncodeError {
    SetVar::new("A", "1\r").encode(None, &mut Vec::new()).unwrap_err()
}

fn frame() -> FrameError {
    let mut decoder = Decoder::new(Limits::new().line(1));
    decoder.push(b"Event: A\r\n");
    decoder.next_frame().unwrap_err()
}

fn truncated() -> Truncated {
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(b"Event: A");
    assert!(decoder.next_frame().unwrap().is_none());
    decoder.finish().unwrap()
}

fn field(text: &str) -> FieldError {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER);
    decoder.push(text.as_bytes());
    let frame: Frame<'_> = decoder.next_frame().unwrap().unwrap();
    let ami_proto::event::Event::Hangup(hangup) = frame.into() else { panic!("{text}") };
    hangup.cause().unwrap_err()
}

fn misuse() -> ApiMisuse {
    Client::new(client::Config::new()).reconnect().unwrap_err()
}

fn digest(user: &str, algorithm: &str) -> DigestError {
    let challenge = format!("Digest realm=\"a\", nonce=\"1\", algorithm={algorithm}");
    let challenge = Challenge::parse(&challenge).unwrap();
    let request = Conference::new("c").request(&Lock::new()).unwrap();
    Credentials::new(user, "1").authorization(&request, &challenge, "c", 1, |_| [0; 16]).unwrap_err()
}

fn http() -> http::RequestError {
    Endpoint::rawman().request(&Custom::new(""), None).unwrap_err()
}

fn request(dialect: Dialect<'_>, command: &Command<'_>) -> RequestError {
    dialect.encode(command).unwrap_err()
}

fn reply(body: &[u8]) -> ReplyError {
    let kazoo = Dialect::Kazoo(Account::new("a"));
    kazoo.decode(&Command::ListRooms, Native::Http { status: 200, body }).unwrap_err()
}

/// Each type, as it is made; then whether it has a cause.
fn errors() -> Vec<(Box<dyn Error>, bool)> {
    let missing = Command::Mute { conference: "room", who: Who::Last };
    vec![
        (Box::new(frame()), false),
        (Box::new(truncated()), false),
        (Box::new(encode()), false),
        (Box::new(field("Event: Hangup\r\n\r\n")), false),
        (Box::new(field("Event: Hangup\r\nCause: x\r\n\r\n")), true),
        (Box::new(ValueError::new("a date", 1)), false),
        (Box::new(Assignments::new().set("", "1").unwrap_err()), false),
        (Box::new(misuse()), false),
        (Box::new(SendError::from(encode())), true),
        (Box::new(SendError::from(misuse())), true),
        (Box::new(SendError::NotLoggedIn), false),
        (Box::new(ConnectionError::from(frame())), true),
        (Box::new(ConnectionError::KeepAlive), false),
        (Box::new(ConnectionError::NotAnswered), false),
        (Box::new(http()), true),
        (Box::new(HttpError::from(http())), true),
        (Box::new(HttpError::from(frame())), true),
        (Box::new(HttpError::Status(404)), false),
        (Box::new(digest("a\"", "MD5")), true),
        (Box::new(digest("a", "SHA")), false),
        (Box::new(request(Dialect::ConfBridge, &missing)), true),
        (Box::new(request(Dialect::FreeSwitch, &Command::Lock("list"))), true),
        (Box::new(ReplyError::Unfinished), false),
        (Box::new(reply(b"{")), true),
        (Box::new(reply(b"{\"status\": \"success\", \"data\": 1}")), true),
        (Box::new(kazoo::Response::from_slice(b"x").unwrap_err()), false),
        (Box::new(ami_proto::freeswitch::list::List::from_json("x").unwrap_err()), false),
    ]
}

#[test]
fn display_says_all_and_source_is_the_cause() {
    for (error, has_cause) in errors() {
        let text = error.to_string();
        assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
        assert!(!text.starts_with(char::is_uppercase) || text.starts_with("ConfBridge"), "{text}");
        assert_eq!(error.source().is_some(), has_cause, "{text}");
        if let Some(cause) = error.source() {
            assert!(text.ends_with(&cause.to_string()), "{text} does not end with {cause}");
        }
    }
}

#[test]
fn causes_keep_their_type() {
    let error = HttpError::from(http());
    let error: &dyn Error = error.source().and_then(Error::source).unwrap();
    assert_eq!(error.downcast_ref::<EncodeError>().map(EncodeError::refusal), Some(Refusal::EmptyName));
}

/// What went wrong at the call is told with what to do about it.
#[test]
fn refusals_name_a_remedy() {
    let lock = |name: &'static str| Lock::new().to(name).api(&mut Vec::new()).unwrap_err();
    for (error, remedy) in [
        (encode(), "a secret that has it must be changed"),
        (Custom::new("").encode(None, &mut Vec::new()).unwrap_err(), "give the name"),
        (Ping::new().encode(Some(""), &mut Vec::new()).unwrap_err(), "give it, or leave the field out"),
        (lock("list"), "give the conference another name"),
        (lock(""), "give it, or leave the field out"),
        (Conference::new("a").method(Method::Get).invite("a/b").unwrap_err(), "leave it out or choose another"),
    ] {
        assert!(error.to_string().ends_with(error.refusal().advice()), "{error}");
        assert!(error.refusal().advice().contains(remedy), "{error}");
    }
    assert!(SendError::Ceiling { max: 300 }.to_string().contains("transmit, poll or raise it"));
}
