//! Kazoo, made from its sources' facts: the paths and actions of its module of conferences, the
//! participants as the media server's variables, what calls become, and the events of a web socket.

use super::{Reply, Told};
use ami_proto::conference::{Dialect, Request};
use ami_proto::kazoo::{Account, Method};
use serde_json::{Value as Json, json};

const ROOM: &str = "c0ffee00c0ffee00c0ffee00c0ffee00";
const ACCOUNT: &str = "a0000000000000000000000000000001";

struct Participant {
    id: u64,
    name: &'static str,
    moderator: bool,
    speak: bool,
    talking: bool,
    floor: bool,
}

/// The server, and what is in the conference.
pub(super) struct Server {
    participants: Vec<Participant>,
    locked: bool,
    told: Vec<Told>,
}

impl Server {
    pub(super) fn new() -> Self {
        let one =
            |id, name, moderator, talks| Participant { id, name, moderator, speak: true, talking: talks, floor: talks };
        Self {
            participants: vec![one(7, "Ann", true, false), one(8, "Bo", false, true)],
            locked: false,
            told: Vec::new(),
        }
    }

    /// The status and the body of an answer.
    fn call(&mut self, method: Method, path: &str, body: &[u8]) -> (u16, Json) {
        let base = format!("/v2/accounts/{ACCOUNT}/conferences");
        let Some(rest) = path.strip_prefix(&base) else { return (404, error("404", "bad_identifier")) };
        let path: Vec<&str> = rest.split('/').skip(1).collect();
        let data = serde_json::from_slice::<Json>(body).unwrap_or_default()["data"].clone();
        let action = data["action"].as_str().unwrap_or_default();
        match (method, &path[..]) {
            (Method::Get, []) => (200, success(json!([self.listed()]))),
            (Method::Get, [ROOM, "participants"]) => {
                (200, success(self.participants.iter().map(Participant::json).collect()))
            }
            (Method::Put, [ROOM]) => self.conference_action(action, &data["data"]),
            (Method::Put, [ROOM, "participants"]) => {
                let ids: Vec<u64> = self.participants.iter().map(|one| one.id).collect();
                ids.into_iter().for_each(|id| self.participant_action(action, id));
                (200, success(json!({})))
            }
            (Method::Put, [ROOM, "participants", id]) => {
                self.participant_action(action, id.parse().expect("a number"));
                (202, success(json!("ok")))
            }
            _ => (404, error("404", "bad_identifier")),
        }
    }

    fn conference_action(&mut self, action: &str, data: &Json) -> (u16, Json) {
        match action {
            "lock" | "unlock" => {
                self.locked = action == "lock";
                (202, success(json!("ok")))
            }
            "record" if matches!(data["action"].as_str(), Some("start" | "stop")) => (202, success(json!("ok"))),
            // It calls through a loopback channel, which goes down with the cause.
            "dial" => {
                let endpoints = data["endpoints"].as_array().cloned().unwrap_or_default();
                let failed = |endpoint: Json| {
                    let message = "failed to start call: USER_BUSY";
                    json!({"endpoint_id": endpoint, "error_message": message, "message": message, "status": "error"})
                };
                (202, success(json!({"endpoint_responses": endpoints.into_iter().map(failed).collect::<Vec<_>>()})))
            }
            _ => (400, error("400", "faulty_request")),
        }
    }

    /// Acts on a participant; there is no word of one who is not there.
    fn participant_action(&mut self, action: &str, id: u64) {
        let Some(at) = self.participants.iter().position(|one| one.id == id) else { return };
        match action {
            "mute" => {
                let one = &mut self.participants[at];
                (one.speak, one.talking) = (false, false);
                self.tell("mute-member", at);
            }
            "kick" => {
                self.tell("kick-member", at);
                self.tell("del-member", at);
                self.participants.remove(at);
            }
            _ => panic!("{action}"),
        }
    }

    /// The document, with what is known of the running conference merged into it.
    fn listed(&self) -> Json {
        let moderators = self.participants.iter().filter(|one| one.moderator).count();
        json!({"id": ROOM, "name": "Board", "members": self.participants.len() - moderators,
            "moderators": moderators, "duration": 61, "is_locked": self.locked})
    }

    fn tell(&mut self, event: &str, at: usize) {
        let mut data = self.participants[at].json();
        data["event"] = event.into();
        data["account_id"] = ACCOUNT.into();
        data["conference_id"] = ROOM.into();
        let message = json!({"action": "event", "subscribed_key": format!("conference.event.{ROOM}.*"), "name": "event",
            "data": data});
        self.told.push(Told::Socket(message.to_string()));
    }
}

impl Participant {
    fn json(&self) -> Json {
        json!({"call_id": format!("{}@10.0.0.1", self.id), "caller_id_name": self.name, "caller_id_number": "100",
            "conference_channel_vars": {"is_moderator": self.moderator, "floor": self.floor, "video": false, "see": true,
                "speak": self.speak, "hear": true, "talking": self.talking, "mute_detect": false, "energy_level": 100,
                "member_id": self.id, "member_ghost": false},
            "duration": 61, "join_time": 63635217275u64, "participant_id": self.id})
    }
}

fn success(data: Json) -> Json {
    json!({"data": data, "status": "success", "request_id": "r1", "auth_token": "***"})
}

fn error(code: &str, message: &str) -> Json {
    json!({"data": {"message": message}, "error": code, "message": message, "status": "error"})
}

impl super::Server for Server {
    fn dialect(&self) -> Dialect<'static> {
        Dialect::Kazoo(Account::new(ACCOUNT))
    }

    fn room(&self) -> &str {
        ROOM
    }

    fn file(&self) -> &str {
        "a.wav"
    }

    fn busy(&self) -> &str {
        "99"
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let Request::Http(request) = request else { panic!("{request:?}") };
        let (status, body) = self.call(request.method(), request.target(), request.body());
        Some(Reply::Http(status, body.to_string().into_bytes()))
    }

    fn somebody_comes(&mut self) {
        let id = 9;
        let comes = Participant { id, name: "Cy", moderator: false, speak: true, talking: false, floor: false };
        self.participants.push(comes);
        self.tell("add-member", self.participants.len() - 1);
        self.tell("start-talking", 1);
    }

    fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }
}
