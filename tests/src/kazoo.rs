//! What must hold for any bytes that are taken for a message of Kazoo: the body of the fuzz target
//! `kazoo_json`.

use ami_proto::kazoo::{
    ActionBody, Conference, Draft, FieldError, Json, Object, Participant, ParticipantEvent, Response, SocketMessage,
};

use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Debug;
use std::str::FromStr;

/// No bytes make a reader panic; nothing is lost; getters have the values that another reader of
/// JSON finds; what is made of it to be sent is JSON, and what passes its checks says the same as
/// what was read.
pub fn kazoo_json(data: &[u8]) {
    let json = Json::from_slice(data);
    let Ok(json) = json else {
        assert!(Response::from_slice(data).is_err() && Object::from_slice(data).is_err());
        return;
    };
    values(json, 3);
    let response = Response::from_slice(data).expect("it is JSON");
    let _ = (format!("{response:?}"), response.is_success(), response.refusal(), response.violations());
    let _ = (response.conference(), response.participant(), response.accepted(), response.dialed());
    for conference in response.conferences().into_iter().flatten() {
        conference_getters(&conference);
    }
    for participant in response.participants().into_iter().flatten() {
        participant_getters(&participant);
    }
    let Ok(object) = Object::from_slice(data) else {
        assert!(json.object().is_none());
        return;
    };
    assert_eq!(json.object().as_ref(), Some(&object));
    conference_getters(&Conference::from(object.clone()));
    participant_getters(&Participant::from(object.clone()));
    event_getters(&ParticipantEvent::from(object.clone()));
    let body = ActionBody::from_slice(data).expect("an object");
    let _ = (body.action(), body.arguments());
    match SocketMessage::from_slice(data).expect("an object") {
        SocketMessage::Reply(reply) => drop((reply.is_success(), reply.errors(), reply.request_id())),
        SocketMessage::Event(event) => {
            if let Ok(event) = event.participant() {
                event_getters(&event);
            }
        }
        SocketMessage::Participant(event) => event_getters(&event),
        _ => {}
    }
    // Written and read again it is the same, the blanks around names apart.
    let written = serde_json::to_string(&object).expect("JSON");
    assert_eq!(Object::from_slice(written.as_bytes()).as_ref(), Ok(&object));
    let draft = Draft::from(&Conference::from(object.clone()));
    let _ = (draft.check(), format!("{draft:?}"));
    let sent = draft.to_json();
    let sent = Object::from_slice(sent.as_bytes()).expect("JSON");
    for (name, value) in sent.iter() {
        assert_eq!(object.get(name), Some(value), "the last of a name is sent");
    }
}

fn values(json: Json<'_>, depth: u8) {
    let _ = (json.text(), json.to_bool(), json.to_i64(), json.to_u64(), json.is_null());
    assert_eq!(Json::parse(json.as_str()), Ok(json));
    if depth > 0 {
        let items = json.items().into_iter().flatten();
        let object = json.object().unwrap_or_default();
        for value in object.iter().map(|(_, value)| value).chain(items) {
            values(value, depth - 1);
        }
    }
}

type Found<T> = Result<T, FieldError>;

/// An object as serde_json has it; `None` where it can't: lone surrogates, numbers too large,
/// nesting too deep.
fn independent(object: &Object<'_>) -> Option<Value> {
    let written = serde_json::to_string(object).expect("JSON");
    serde_json::from_str(&written).ok()
}

/// A field by its exact name, or whatever its case and with `-` for `_`; `None` where two spellings
/// are there, of which the order would decide.
fn field<'v>(object: &'v Value, name: &str, loose: bool) -> Option<&'v Value> {
    static NULL: Value = Value::Null;
    if !loose {
        return Some(object.get(name).unwrap_or(&NULL));
    }
    let fold = |name: &str| name.replace('-', "_").to_ascii_lowercase();
    let mut found = object.as_object()?.iter().filter(|(other, _)| fold(other) == fold(name));
    let first = found.next().map_or(&NULL, |(_, value)| value);
    found.next().is_none().then_some(first)
}

/// What a getter found, against what it should have: `null` and nothing are both "missing".
fn holds<T: PartialEq + Debug>(found: Found<T>, value: &Value, expected: Option<T>) {
    match (found, expected) {
        (Ok(found), expected) => assert_eq!(Some(found), expected, "{value}"),
        (Err(error), None) => assert_eq!(error.is_missing(), value.is_null(), "{value}: {error}"),
        (Err(error), Some(expected)) => panic!("{value}: {error}, not {expected:?}"),
    }
}

/// A text, or a number as it is written: that can't be seen here, but it reads as the same.
fn text(found: Found<Cow<'_, str>>, value: Option<&Value>) {
    let Some(value) = value else { return };
    match value {
        Value::Number(_) => {
            let found = found.unwrap_or_else(|error| panic!("{value}: {error}"));
            assert_eq!(serde_json::from_str::<Value>(&found).ok().as_ref(), Some(value));
        }
        value => holds(found.map(Cow::into_owned), value, value.as_str().map(str::to_owned)),
    }
}

fn number<T: FromStr + PartialEq + Debug>(found: Found<T>, value: Option<&Value>) {
    let Some(value) = value else { return };
    match value {
        // `-0` is a whole number to one and none to the other.
        Value::Number(number) if number.as_f64() == Some(0.0) && number.is_f64() => {}
        Value::Number(number) => holds(found, value, number.to_string().parse().ok()),
        value => holds(found, value, value.as_str().and_then(|text| text.parse().ok())),
    }
}

fn flag(found: Found<bool>, value: Option<&Value>) {
    let Some(value) = value else { return };
    let word = value.as_str().map(str::to_ascii_lowercase);
    let in_text = word.and_then(|word| match &*word {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    });
    holds(found, value, value.as_bool().or(in_text));
}

fn texts(found: Found<Vec<Cow<'_, str>>>, value: Option<&Value>) {
    let Some(value) = value else { return };
    let items = value.as_array().filter(|items| items.iter().all(|item| item.is_string() || item.is_number()));
    match (found, items) {
        (Ok(found), Some(items)) => {
            assert_eq!(found.len(), items.len());
            for (found, item) in found.into_iter().zip(items) {
                text(Ok(found), Some(item));
            }
        }
        (Err(error), None) => assert_eq!(error.is_missing(), value.is_null()),
        (found, _) => panic!("{value}: {found:?}"),
    }
}

fn conference_getters(conference: &Conference<'_>) {
    let realtime = conference.realtime();
    for participant in realtime.participants().into_iter().flatten() {
        participant_getters(&participant);
    }
    let Some(json) = independent(conference.object()) else { return };
    let get = |name| field(&json, name, false);
    text(conference.id(), get("id"));
    text(conference.name(), get("name"));
    text(conference.owner_id(), get("owner_id"));
    text(conference.domain(), get("domain"));
    text(conference.focus(), get("focus"));
    text(conference.language(), get("language"));
    text(conference.profile_name(), get("profile_name"));
    texts(conference.conference_numbers(), get("conference_numbers"));
    texts(conference.flags(), get("flags"));
    number(conference.max_participants(), get("max_participants"));
    flag(conference.play_name(), get("play_name"));
    flag(conference.play_welcome(), get("play_welcome"));
    flag(conference.require_moderator(), get("require_moderator"));
    flag(conference.wait_for_moderator(), get("wait_for_moderator"));
    let _ = (conference.profile(), conference.play_entry_tone(), conference.play_exit_tone());
    for (side, name) in [(conference.member(), "member"), (conference.moderator(), "moderator")] {
        let json = get(name).expect("exact names have one value");
        assert_eq!(side.is_ok(), json.is_object(), "{name}");
        let Ok(side) = side else { continue };
        texts(side.pins(), field(json, "pins", false));
        texts(side.numbers(), field(json, "numbers", false));
        flag(side.join_deaf(), field(json, "join_deaf", false));
        flag(side.join_muted(), field(json, "join_muted", false));
    }
    // In `_read_only` first, then on top; the server's word first, then that of the reference page.
    let places = [get("_read_only").filter(|place| place.is_object()), Some(&json)];
    let find = |names: &[&str]| {
        for name in names {
            for place in places.iter().flatten() {
                match field(place, name, true) {
                    Some(Value::Null) if !has(place, name) => {}
                    found => return found,
                }
            }
        }
        Some(&Value::Null)
    };
    number(realtime.members(), find(&["members"]));
    number(realtime.moderators(), find(&["moderators", "admins"]));
    number(realtime.duration().map(|time| time.as_secs()), find(&["duration"]));
    flag(realtime.is_locked(), find(&["is_locked"]));
}

/// Whether there is such a field at all, be it `null`.
fn has(object: &Value, name: &str) -> bool {
    let fold = |name: &str| name.replace('-', "_").to_ascii_lowercase();
    object.as_object().is_some_and(|object| object.keys().any(|other| fold(other) == fold(name)))
}

/// A field in `conference_channel_vars`, or on top where there is none.
fn part<'v>(json: &'v Value, name: &str) -> Option<&'v Value> {
    let vars = field(json, "conference_channel_vars", true)?;
    match if vars.is_object() { field(vars, name, true)? } else { &Value::Null } {
        Value::Null => field(json, name, true),
        inside => Some(inside),
    }
}

fn participant_getters(participant: &Participant<'_>) {
    assert_eq!(participant.is_unknown(), participant.object().is_empty());
    let Some(json) = independent(participant.object()) else { return };
    let get = |name| field(&json, name, true);
    text(participant.call_id(), get("call_id"));
    text(participant.conference_name(), get("conference_name"));
    text(participant.conference_uuid(), get("conference_uuid"));
    text(participant.switch_hostname(), get("switch_hostname"));
    number(participant.participant_id(), get("participant_id"));
    text(participant.caller_id_name(), get("caller_id_name"));
    text(participant.caller_id_number(), get("caller_id_number"));
    number(participant.energy_level(), part(&json, "energy_level"));
    number(participant.current_energy(), part(&json, "current_energy"));
    number(participant.member_id(), part(&json, "member_id"));
    text(participant.member_type(), part(&json, "member_type"));
    flag(participant.member_ghost(), part(&json, "member_ghost"));
    flag(participant.see(), part(&json, "see"));
    number(participant.join_time().map(ami_proto::kazoo::JoinTime::gregorian), get("join_time"));
    number(participant.duration().map(|time| time.as_secs()), get("duration"));
    flag(participant.floor(), part(&json, "floor"));
    flag(participant.hear(), part(&json, "hear"));
    flag(participant.speak(), part(&json, "speak"));
    flag(participant.talking(), part(&json, "talking"));
    flag(participant.mute_detect(), part(&json, "mute_detect"));
    flag(participant.video(), part(&json, "video"));
    flag(participant.is_moderator(), part(&json, "is_moderator"));
}

fn event_getters(event: &ParticipantEvent<'_>) {
    let vars = event.custom_channel_vars();
    let Some(json) = independent(event.object()) else { return };
    let get = |name| field(&json, name, true);
    text(event.event(), get("event"));
    text(event.happening().map(|happening| Cow::Owned(happening.to_string())), get("event"));
    text(event.call_id(), get("call_id"));
    text(event.conference_id(), get("conference_id"));
    text(event.instance_id(), get("instance_id"));
    text(event.caller_id_name(), get("caller_id_name"));
    text(event.caller_id_number(), get("caller_id_number"));
    number(event.participant_id(), get("participant_id"));
    number(event.energy_level(), part(&json, "energy_level"));
    number(event.current_energy(), part(&json, "current_energy"));
    number(event.member_id(), part(&json, "member_id"));
    flag(event.see(), part(&json, "see"));
    flag(event.talking(), part(&json, "talking"));
    flag(event.floor(), part(&json, "floor"));
    let Some(inner) = get("custom_channel_vars") else { return };
    assert_eq!(vars.is_ok(), inner.is_object());
    if let Ok(vars) = vars {
        text(vars.account_id(), field(inner, "account_id", true));
        number(vars.precedence(), field(inner, "precedence", true));
    }
}
