//! Messages of the WebSocket (blackhole): subscriptions out, replies and events in.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::error::{FieldError, JsonError};
use super::event::ParticipantEvent;
use super::json::{Json, Object, getters, view};
use super::write::{array, object, string};
use crate::error::{EncodeError, Refusal};
use crate::http_request::refuse_control;

/// What to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding<'a> {
    /// What participants of a conference do.
    Participants {
        /// The conference; the server wants one, `*` is refused.
        conference: &'a str,
        /// The call of one of them; `None`: of all. 4.3 refuses the binding of a single call; 4.0
        /// to 4.2 and master take it. Calls with a dot in their id, as phones give them, can't be
        /// bound to: take all, and look at [`ParticipantEvent::call_id`].
        call: Option<&'a str>,
    },
    /// One kind of event of a conference; 4.3 alone takes it.
    Event {
        /// The conference; the server wants one, `*` is refused.
        conference: &'a str,
        /// Its name, such as `add-member`. The server takes those of its setting
        /// `publish_conference_event`: unless that says otherwise `conference-create`,
        /// `conference-destroy`, `lock`, `unlock` and the eight of [`Happening`](super::Happening).
        event: &'a str,
    },
    /// What a conference is told to do.
    Commands {
        /// The conference; the server wants one, `*` is refused.
        conference: &'a str,
    },
    /// Anything else, as it stands.
    Other(&'a str),
}

impl Binding<'_> {
    /// The binding on the wire, such as `conference.event.c1.*`.
    ///
    /// # Errors
    /// Where an id would be taken for something else: the server splits bindings at dots.
    pub fn to_key(&self) -> Result<String, EncodeError> {
        match *self {
            Self::Participants { conference, call } => {
                part("conference", conference)?;
                if let Some(call) = call {
                    part("call", call)?;
                }
                Ok(format!("conference.event.{conference}.{}", call.unwrap_or("*")))
            }
            Self::Event { conference, event } => {
                part("conference", conference)?;
                part("event", event)?;
                Ok(format!("conference.event.{conference}.*.{event}"))
            }
            Self::Commands { conference } => {
                part("conference", conference)?;
                Ok(format!("conference.command.{conference}"))
            }
            Self::Other("") => Err(EncodeError::new("binding", Refusal::EmptyValue)),
            Self::Other(key) => Ok(key.into()),
        }
    }
}

fn part(field: &'static str, part: &str) -> Result<(), EncodeError> {
    if part.is_empty() {
        return Err(EncodeError::new(field, Refusal::EmptyValue));
    }
    let bad = |c: char| matches!(c, '.' | '*' | '#') || c.is_whitespace() || c.is_control();
    if part.contains(bad) { Err(EncodeError::new(field, Refusal::Binding)) } else { Ok(()) }
}

/// A message to the server: subscribes to bindings, or ends that. `Debug` hides the token.
///
/// ```
/// use ami_proto::kazoo::{Binding, Subscription};
///
/// let message = Subscription::subscribe("token", "account", [Binding::Participants { conference: "c1", call: None }])
///     .request_id("1")
///     .to_json()?;
/// assert_eq!(
///     message,
///     r#"{"action": "subscribe", "auth_token": "token", "request_id": "1", "data": {"account_id": "account", "binding": "conference.event.c1.*"}}"#
/// );
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription<'a> {
    action: &'static str,
    auth_token: &'a str,
    account: Option<&'a str>,
    bindings: Vec<Binding<'a>>,
    request_id: Option<&'a str>,
    name: Option<&'a str>,
    metadata: Option<Json<'a>>,
}

impl<'a> Subscription<'a> {
    /// Asks to be told.
    ///
    /// Several bindings are one message, as Kazoo's page has it. The code of 4.0 to master reads one
    /// of a message and refuses this one: [`one_by_one`](Self::one_by_one) makes a message of each.
    pub fn subscribe(auth_token: &'a str, account: &'a str, bindings: impl IntoIterator<Item = Binding<'a>>) -> Self {
        let bindings = bindings.into_iter().collect();
        let account = Some(account);
        Self { action: "subscribe", auth_token, account, bindings, request_id: None, name: None, metadata: None }
    }

    /// Asks not to be told any more.
    pub fn unsubscribe(auth_token: &'a str, account: &'a str, bindings: impl IntoIterator<Item = Binding<'a>>) -> Self {
        Self { action: "unsubscribe", ..Self::subscribe(auth_token, account, bindings) }
    }

    /// Ends all subscriptions of this socket, as Kazoo's page has it. The code of 4.0 to master
    /// refuses a message without a binding: close the socket instead.
    pub fn unsubscribe_all(auth_token: &'a str) -> Self {
        Self { account: None, ..Self::unsubscribe(auth_token, "", []) }
    }

    /// Returns a message for each binding, in order, with all else as it is here.
    pub fn one_by_one(&self) -> impl Iterator<Item = Self> {
        self.bindings.iter().map(|binding| Self { bindings: Vec::from([*binding]), ..self.clone() })
    }

    /// Gives the socket a name, for those who look at the server's list of sockets. The server reads
    /// it on top of the message, where its page has it in `data`.
    #[must_use]
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Notes something of the socket, for the same list: any JSON.
    #[must_use]
    pub fn metadata(mut self, metadata: Json<'a>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Gives the message an id, which its reply will have.
    #[must_use]
    pub fn request_id(mut self, id: &'a str) -> Self {
        self.request_id = Some(id);
        self
    }

    /// The text to send.
    ///
    /// # Errors
    /// Where there is no binding, or one that the server would take for another; and where token or
    /// account have a control character, which neither can have in a request.
    pub fn to_json(&self) -> Result<String, EncodeError> {
        refuse_control("auth_token", self.auth_token)?;
        refuse_control("account", self.account.unwrap_or_default())?;
        let mut fields = Vec::from([("action", string(self.action)), ("auth_token", string(self.auth_token))]);
        fields.extend(self.request_id.map(|id| ("request_id", string(id))));
        fields.extend(self.name.map(|name| ("name", string(name))));
        fields.extend(self.metadata.map(|json| ("metadata", json.as_str().into())));
        if let Some(account) = self.account {
            let keys = self.bindings.iter().map(Binding::to_key).collect::<Result<Vec<_>, _>>()?;
            let (name, json) = match &*keys {
                [] => return Err(EncodeError::new("bindings", Refusal::EmptyValue)),
                [key] => ("binding", string(key)),
                keys => ("bindings", array(keys.iter().map(|key| string(key)))),
            };
            fields.push(("data", object([("account_id", &*string(account)), (name, &*json)])));
        }
        Ok(object(fields.iter().map(|(name, json)| (*name, &**json))).as_ref().to_owned())
    }
}

impl fmt::Debug for Subscription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("action", &self.action)
            .field("account", &self.account)
            .field("bindings", &self.bindings)
            .field("request_id", &self.request_id)
            .field("name", &self.name)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

/// A message that keeps the socket from being closed for its silence, from 4.2 on. Its reply is
/// [`SocketReply::is_pong`]. `Debug` hides the token.
///
/// ```
/// use ami_proto::kazoo::{Ping, SocketMessage};
///
/// assert_eq!(Ping::new().request_id("9").to_json()?, r#"{"action": "ping", "request_id": "9"}"#);
/// let text = br#"{"action": "reply", "request_id": "9", "status": "success", "data": {"response": "pong"}}"#;
/// let SocketMessage::Reply(reply) = SocketMessage::from_slice(text)? else { panic!("a reply") };
/// assert!(reply.is_pong());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Ping<'a> {
    auth_token: Option<&'a str>,
    request_id: Option<&'a str>,
}

impl<'a> Ping<'a> {
    /// Returns a ping of a socket that has sent its token already.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the token, which the first message of a socket needs.
    #[must_use]
    pub const fn auth_token(mut self, token: &'a str) -> Self {
        self.auth_token = Some(token);
        self
    }

    /// Gives the message an id, which its reply will have.
    #[must_use]
    pub const fn request_id(mut self, id: &'a str) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Returns the text to send.
    ///
    /// # Errors
    /// Where the token has a control character, which it can't have in a request.
    pub fn to_json(&self) -> Result<String, EncodeError> {
        refuse_control("auth_token", self.auth_token.unwrap_or_default())?;
        let given = [("auth_token", self.auth_token), ("request_id", self.request_id)];
        let mut fields = Vec::from([("action", string("ping"))]);
        fields.extend(given.into_iter().filter_map(|(name, text)| Some((name, string(text?)))));
        Ok(object(fields.iter().map(|(name, json)| (*name, &**json))).as_ref().to_owned())
    }
}

impl fmt::Debug for Ping<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ping").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// A message from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketMessage<'a> {
    /// The answer to a message.
    Reply(SocketReply<'a>),
    /// Something that was subscribed to happened.
    Event(SocketEvent<'a>),
    /// The same without an envelope, as the reference page shows it.
    Participant(ParticipantEvent<'a>),
    /// What the crate doesn't know.
    Other(Object<'a>),
}

impl<'a> SocketMessage<'a> {
    /// Reads a message.
    ///
    /// ```
    /// use ami_proto::kazoo::{Happening, SocketMessage};
    ///
    /// let text = br#"{"action": "event", "name": "participant_event", "data": {"event": "add-member", "participant_id": "20"}}"#;
    /// let SocketMessage::Event(message) = SocketMessage::from_slice(text)? else { panic!("an event") };
    /// let event = message.participant()?;
    /// assert_eq!(event.happening()?, Happening::AddMember);
    /// assert_eq!(event.participant_id()?, 20);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it is not JSON, not UTF-8, or no object.
    pub fn from_slice(text: &'a [u8]) -> Result<Self, JsonError> {
        let object = Object::from_slice(text)?;
        let action = object.get("action").and_then(Json::text);
        Ok(match action.as_deref() {
            Some("reply") => Self::Reply(SocketReply(object)),
            Some("event") => Self::Event(SocketEvent(object)),
            // Up to 4.0: `{"name": …, "args": …}`.
            None if object.get("args").is_some() => Self::Event(SocketEvent(object)),
            None if object.get_loose("event_category").is_some() || object.get_loose("event").is_some() => {
                Self::Participant(ParticipantEvent(object))
            }
            _ => Self::Other(object),
        })
    }
}

/// The answer to a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketReply<'a>(Object<'a>);

view!(SocketReply);

impl<'a> SocketReply<'a> {
    getters! { read;
        /// The id that the message had.
        request_id = "request_id": Cow<'a, str>;
        /// `success` or `error`.
        status = "status": Cow<'a, str>;
        /// What was subscribed to; of an error, `errors`.
        data = "data": Object<'a>;
    }

    /// Whether the server did it.
    pub fn is_success(&self) -> bool {
        self.status().is_ok_and(|status| status == "success")
    }

    /// Returns whether it is the reply to a [`Ping`].
    pub fn is_pong(&self) -> bool {
        self.data().is_ok_and(|data| data.read::<Cow<'a, str>>("response").is_ok_and(|word| word == "pong"))
    }

    /// Why it did not, in words.
    ///
    /// # Errors
    /// When it doesn't say.
    pub fn errors(&self) -> Result<Vec<Cow<'a, str>>, FieldError> {
        self.data()?.read("errors")
    }
}

/// Something that was subscribed to happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketEvent<'a>(Object<'a>);

view!(SocketEvent);

impl<'a> SocketEvent<'a> {
    getters! { read;
        /// Returns the binding that was asked for.
        subscribed_key = "subscribed_key": Cow<'a, str>;
        /// Returns the binding that the server made of it:
        /// `conference.event.*.{account}.{conference}.{call}`.
        subscription_key = "subscription_key": Cow<'a, str>;
        /// What kind of event it is: `participant_event`, or `event`.
        name = "name": Cow<'a, str>;
        /// How it came here.
        routing_key = "routing_key": Cow<'a, str>;
    }

    /// The event itself.
    ///
    /// # Errors
    /// When there is none.
    pub fn participant(&self) -> Result<ParticipantEvent<'a>, FieldError> {
        self.0.read("data").or_else(|error| self.0.read("args").map_err(|_| error))
    }
}
