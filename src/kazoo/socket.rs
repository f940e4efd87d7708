//! Messages of the WebSocket (blackhole): subscriptions to the server; replies and events from it.

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

/// A kind of events to subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding<'a> {
    /// The events of a conference's participants.
    Participants {
        /// The conference's id. The server requires one; it refuses `*`.
        conference: &'a str,
        /// The call of one participant; `None` means all participants. 4.3 refuses the binding of a
        /// single call; 4.0 to 4.2 and master accept it. A call whose id has a dot, as phones' ids
        /// do, can't be bound: subscribe to all, and compare [`ParticipantEvent::call_id`].
        call: Option<&'a str>,
    },
    /// One kind of event of a conference; only 4.3 accepts it.
    Event {
        /// The conference's id. The server requires one; it refuses `*`.
        conference: &'a str,
        /// The event's name, such as `add-member`. The server accepts the names in its setting
        /// `publish_conference_event`: by default `conference-create`, `conference-destroy`,
        /// `lock`, `unlock` and the eight of [`Happening`](super::Happening).
        event: &'a str,
    },
    /// The commands that a conference receives.
    Commands {
        /// The conference's id. The server requires one; it refuses `*`.
        conference: &'a str,
    },
    /// Any other binding, sent as it is.
    Other(&'a str),
}

impl Binding<'_> {
    /// Returns the binding as it is sent, such as `conference.event.c1.*`.
    ///
    /// # Errors
    /// If the server would read an id as something else: it splits bindings at dots.
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

/// A message to the server that subscribes to bindings, or unsubscribes. `Debug` hides the token.
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
    /// Creates a subscription.
    ///
    /// Several bindings form one message, as on Kazoo's page. The code of 4.0 to master reads one
    /// binding per message and refuses such a message: [`one_by_one`](Self::one_by_one) makes one
    /// message for each binding.
    pub fn subscribe(auth_token: &'a str, account: &'a str, bindings: impl IntoIterator<Item = Binding<'a>>) -> Self {
        let bindings = bindings.into_iter().collect();
        let account = Some(account);
        Self { action: "subscribe", auth_token, account, bindings, request_id: None, name: None, metadata: None }
    }

    /// Creates a message that ends subscriptions.
    pub fn unsubscribe(auth_token: &'a str, account: &'a str, bindings: impl IntoIterator<Item = Binding<'a>>) -> Self {
        Self { action: "unsubscribe", ..Self::subscribe(auth_token, account, bindings) }
    }

    /// Creates a message that ends all subscriptions of this socket, as on Kazoo's page. The code
    /// of 4.0 to master refuses a message without a binding: close the socket instead.
    pub fn unsubscribe_all(auth_token: &'a str) -> Self {
        Self { account: None, ..Self::unsubscribe(auth_token, "", []) }
    }

    /// Yields one message for each binding, in order, with all other fields unchanged.
    pub fn one_by_one(&self) -> impl Iterator<Item = Self> {
        self.bindings.iter().map(|binding| Self { bindings: Vec::from([*binding]), ..self.clone() })
    }

    /// Names the socket in the server's list of sockets. The server reads the name at the top level
    /// of the message; Kazoo's page has it in `data`.
    #[must_use]
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Adds a note about the socket to the server's list of sockets: any JSON.
    #[must_use]
    pub fn metadata(mut self, metadata: Json<'a>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Sets the message's id, which its reply repeats.
    #[must_use]
    pub fn request_id(mut self, id: &'a str) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Returns the text to send.
    ///
    /// # Errors
    /// If the message has no binding, or one that the server would read as another; and if the
    /// token or the account has a control character, which neither may have in a request.
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

/// A message that keeps the server from closing a silent socket, from 4.2 on. Its reply is
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
    /// Creates a ping for a socket that has sent its token already.
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

    /// Sets the message's id, which its reply repeats.
    #[must_use]
    pub const fn request_id(mut self, id: &'a str) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Returns the text to send.
    ///
    /// # Errors
    /// If the token has a control character, which it may not have in a request.
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
    /// The reply to a message of the client.
    Reply(SocketReply<'a>),
    /// An event of a subscription.
    Event(SocketEvent<'a>),
    /// An event of a subscription without an envelope, as the reference page shows it.
    Participant(ParticipantEvent<'a>),
    /// A message that the crate doesn't know.
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
    /// If the text is not JSON, not UTF-8, or not an object.
    pub fn from_slice(text: &'a [u8]) -> Result<Self, JsonError> {
        let object = Object::from_slice(text)?;
        let action = object.get("action").and_then(Json::text);
        Ok(match action.as_deref() {
            Some("reply") => Self::Reply(SocketReply(object)),
            Some("event") => Self::Event(SocketEvent(object)),
            // Servers up to 4.0 send `{"name": …, "args": …}`.
            None if object.get("args").is_some() => Self::Event(SocketEvent(object)),
            None if object.get_loose("event_category").is_some() || object.get_loose("event").is_some() => {
                Self::Participant(ParticipantEvent(object))
            }
            _ => Self::Other(object),
        })
    }
}

/// The reply to a message of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketReply<'a>(Object<'a>);

view!(SocketReply);

impl<'a> SocketReply<'a> {
    getters! { read;
        /// Returns the id of the message that is answered.
        request_id = "request_id": Cow<'a, str>;
        /// Returns `success` or `error`.
        status = "status": Cow<'a, str>;
        /// Returns the subscribed bindings; for an error, `errors`.
        data = "data": Object<'a>;
    }

    /// Returns whether the server performed the request.
    pub fn is_success(&self) -> bool {
        self.status().is_ok_and(|status| status == "success")
    }

    /// Returns whether this is the reply to a [`Ping`].
    pub fn is_pong(&self) -> bool {
        self.data().is_ok_and(|data| data.read::<Cow<'a, str>>("response").is_ok_and(|word| word == "pong"))
    }

    /// Returns the reasons of a failure, in words.
    ///
    /// # Errors
    /// If the reply gives no reasons.
    pub fn errors(&self) -> Result<Vec<Cow<'a, str>>, FieldError> {
        self.data()?.read("errors")
    }
}

/// An event of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketEvent<'a>(Object<'a>);

view!(SocketEvent);

impl<'a> SocketEvent<'a> {
    getters! { read;
        /// Returns the binding that the client subscribed to.
        subscribed_key = "subscribed_key": Cow<'a, str>;
        /// Returns the binding that the server made from it:
        /// `conference.event.*.{account}.{conference}.{call}`.
        subscription_key = "subscription_key": Cow<'a, str>;
        /// Returns the kind of the event: `participant_event`, or `event`.
        name = "name": Cow<'a, str>;
        /// Returns the message bus key that the event was routed by.
        routing_key = "routing_key": Cow<'a, str>;
    }

    /// Returns the event itself.
    ///
    /// # Errors
    /// If the message has no event.
    pub fn participant(&self) -> Result<ParticipantEvent<'a>, FieldError> {
        self.0.read("data").or_else(|error| self.0.read("args").map_err(|_| error))
    }
}
