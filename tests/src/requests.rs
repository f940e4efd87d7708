//! What must hold for requests as a server reads them: the body of the fuzz target `requests`.

use super::asked::{Asked, Message};
use ami_proto::catalogue::{ActionType, Datum, actions};
use ami_proto::request::Request;
use ami_proto::server::{Config, Server, ServerEvent};
use ami_proto::value::{Classes, ToWire};
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits, Value};
use arbitrary::Unstructured;
use std::time::Instant;

/// Whatever a client sends: every getter of every request gives what stands in the frame, or an
/// error; at a server its headers are what a naive reader finds in the message.
pub fn requests(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<u8>() else { return };
    let input = if flags & 3 == 0 { bytes.take_rest().to_vec() } else { composed(&mut bytes) };
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(&input);
    while let Ok(Some(frame)) = decoder.next_frame() {
        assert_ne!(frame.kind(), FrameKind::Banner, "a client sends none");
        let request = Request::from(frame);
        assert_eq!(request.action_type().is_some(), !matches!(request, Request::Other(_)));
        assert_eq!(request.frame().as_bytes(), frame.as_bytes());
        read(request);
    }
    at_a_server(&input);
}

/// A request of one of all actions, with headers that it knows and others.
fn composed(bytes: &mut Unstructured<'_>) -> Vec<u8> {
    let all: Vec<ActionType> = actions().collect();
    let action = all[usize::from(bytes.arbitrary::<u16>().unwrap_or_default()) % all.len()];
    let names: Vec<String> = action.fields().map(|field| field.wire_name()).collect();
    let mut text = format!("Action: {}\r\n", action.name()).into_bytes();
    while let Ok(which) = bytes.arbitrary::<u8>() {
        let value = bytes.arbitrary::<&[u8]>().unwrap_or_default();
        match names.get(usize::from(which) % (names.len() + 2)) {
            // In place of a hole in a pattern stands a number.
            Some(name) => text.extend(
                name.split_inclusive(['{', '}']).map(|part| part.replace(['{', '}'], "")).flat_map(|part| {
                    if part == "n" || part == "m" { which.to_string().into_bytes() } else { part.into_bytes() }
                }),
            ),
            None if which % 2 == 0 => text.extend(b"ActionID"),
            None => {}
        }
        text.extend(b": ");
        text.extend(value);
        text.extend(b"\r\n");
        if bytes.is_empty() {
            break;
        }
    }
    text.extend(b"\r\n");
    text
}

/// The bytes lie in the frame.
fn within(frame: Frame<'_>, text: &[u8]) {
    let (all, part) = (frame.as_bytes().as_ptr_range(), text.as_ptr_range());
    assert!(text.is_empty() || (all.start <= part.start && part.end <= all.end), "{text:?} is not of the frame");
}

/// A getter's text is the first value of its header, as it lies in the frame.
fn text<E>(frame: Frame<'_>, name: &str, got: Result<Value<'_>, E>) {
    let Ok(value) = got else { return };
    within(frame, value.as_bytes());
    assert_eq!(Some(value), frame.get(name), "{name}");
}

/// The same for values that are read: written again they are what stands there.
fn written<E>(frame: Frame<'_>, name: &str, got: Result<impl ToWire, E>) {
    let Ok(value) = got else { return };
    let mut out = Vec::new();
    value.to_wire(&mut out);
    assert_eq!(Some(Value::new(&out)), frame.get(name), "{name}");
}

fn read(request: Request) {
    let frame = request.frame();
    if let Some(id) = request.action_id() {
        assert!(!id.is_empty() && frame.get("ActionID") == Some(id));
        within(frame, id.as_bytes());
    }
    for header in frame.headers() {
        within(frame, header.value().as_bytes());
        let Some(field) = request.action_type().and_then(|action| action.field_of(header.name())) else { continue };
        assert!(field.is_named(header.name()));
        if let Ok(Some(Datum::Text(value))) = field.read(header.value()) {
            within(frame, value.as_bytes());
        }
    }
    match request {
        Request::Login(login) => {
            text(frame, "Username", login.username());
            text(frame, "Secret", login.secret());
            text(frame, "AuthType", login.auth_type());
            text(frame, "Key", login.key());
            text(frame, "Events", login.events());
        }
        Request::Challenge(challenge) => text(frame, "AuthType", challenge.auth_type()),
        Request::Events(events) => text(frame, "EventMask", events.event_mask()),
        Request::Command(command) => text(frame, "Command", command.command()),
        Request::UserEvent(event) => text(frame, "UserEvent", event.user_event()),
        Request::SetVar(setvar) => {
            written(frame, "Channel", setvar.channel());
            text(frame, "Variable", setvar.variable());
            text(frame, "Value", setvar.value());
        }
        Request::Originate(originate) => {
            text(frame, "Channel", originate.channel());
            text(frame, "Exten", originate.exten());
            text(frame, "Priority", originate.priority());
            text(frame, "Application", originate.application());
            text(frame, "CallerID", originate.caller_id());
            written(frame, "Codecs", originate.codecs());
            _ = (originate.timeout(), originate.early_media(), originate.asynchronous());
            for list in originate.variable().flatten() {
                let mut out = Vec::new();
                list.to_wire(&mut out);
                assert!(frame.headers().any(|header| header.is("Variable") && header.value() == out[..]));
            }
        }
        Request::UpdateConfig(update) => {
            for (indices, value) in update.edit().chain(update.cat()).chain(update.value()) {
                within(frame, indices.text(0).expect("a number").as_bytes());
                within(frame, value.expect("any text will do").as_bytes());
            }
            _ = (update.line().count(), update.preserve_effective_context());
        }
        Request::AocMessage(message) => {
            written(frame, "Channel", message.channel());
            for (indices, _) in message.unit_amount() {
                within(frame, indices.text(0).expect("a number").as_bytes());
            }
            message.charged_item().flatten().for_each(|item| within(frame, item.as_bytes()));
            _ = (message.currency_amount(), message.charging_association_id(), message.code().count());
        }
        _ => {}
    }
}

/// The first request of a session that is logged in.
fn at_a_server(input: &[u8]) {
    let now = Instant::now();
    let mut server = Server::new(now, Config::new());
    let mut asked = Asked::default();
    let login = b"Action: Login\r\n\r\n";
    assert_eq!(server.handle_input(now, login), login.len());
    let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
    server.accept(id, Classes::ALL).expect("it waits");
    let taken = server.handle_input(now, input);
    asked.push(&input[..taken]);
    let Ok(Some(ServerEvent::Request { request, .. })) = server.poll_event() else { return };
    read(request);
    // What the server has answered itself came before.
    let own = |message: &Message| matches!(&*message.action(), "login" | "logoff" | "challenge" | "events");
    let message = asked.find(|message| !own(message)).expect("it has been asked");
    let frame = request.frame();
    assert_eq!(frame.name().expect("a name").to_string().to_ascii_lowercase(), message.action());
    for header in frame.headers().filter(|header| !header.is("Action")) {
        let name = String::from_utf8_lossy(header.name());
        if name.as_bytes() == header.name() {
            assert!(frame.get_all(&name).map(Value::as_bytes).eq(message.all(&name)), "{name}");
        }
    }
    for name in ["ActionID", "Channel", "Variable", "Secret", "Username", "Command", "Exten"] {
        assert_eq!(frame.get(name).unwrap_or_default().as_bytes(), message.get(name), "{name}");
    }
}
