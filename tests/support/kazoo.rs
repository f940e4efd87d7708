// What must hold for any bytes that are taken for a message of Kazoo: the body of the fuzz target `kazoo_json`.

use ami_proto::kazoo::{
    ActionBody, Conference, Draft, Json, Object, Participant, ParticipantEvent, Response, SocketMessage,
};

/// No bytes make a reader panic; nothing is lost; what is made of it to be
/// sent is JSON, and what passes its checks says the same as what was read.
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

fn conference_getters(conference: &Conference<'_>) {
    let _ = (conference.name(), conference.id(), conference.conference_numbers(), conference.max_participants());
    let _ = (conference.profile(), conference.play_entry_tone(), conference.flags(), conference.play_name());
    for side in [conference.member(), conference.moderator()].into_iter().flatten() {
        let _ = (side.pins(), side.numbers(), side.join_deaf());
    }
    let realtime = conference.realtime();
    let _ = (realtime.members(), realtime.moderators(), realtime.duration(), realtime.is_locked());
    for participant in realtime.participants().into_iter().flatten() {
        participant_getters(&participant);
    }
}

fn participant_getters(participant: &Participant<'_>) {
    let _ = (participant.call_id(), participant.participant_id(), participant.speak(), participant.is_moderator());
    let _ = (participant.join_time().map(ami_proto::kazoo::JoinTime::unix), participant.duration());
}

fn event_getters(event: &ParticipantEvent<'_>) {
    let _ = (event.happening(), event.call_id(), event.participant_id(), event.talking(), event.energy_level());
    if let Ok(vars) = event.custom_channel_vars() {
        let _ = (vars.account_id(), vars.precedence());
    }
}
