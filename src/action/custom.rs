//! Actions by their names: those that the crate has no builder for.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use super::args::Args;
use super::{Action, Answer, Arg, ListAction};
use crate::catalogue::{ActionType, find_action};
use crate::error::EncodeError;
use crate::event::Event;
use crate::response::Response;
use crate::wire::{Frame, FrameKind};

/// An action by its name: one that the crate doesn't know, or one that it does.
///
/// It knows no parameters, and writes the headers that it is given: what the builder of an action
/// refuses since a server would read more than a value in it ([`manual::injection`]) is the
/// caller's to check here.
///
/// [`manual::injection`]: crate::manual::injection
///
/// What ends the request is said by one of [`reply`](Self::reply), [`list`](Self::list),
/// [`text`](Self::text) and [`outcome`](Self::outcome); the last one counts. Without any of them it
/// is what the catalogue knows of an action of this name; of one that it doesn't know, a response
/// is expected, and a list where that announces one.
///
/// ```
/// use ami_proto::action::{Action, Custom};
///
/// let mut out = Vec::new();
/// let action = Custom::new("MyModuleList").list("MyModuleListComplete").header("Colour", "blue");
/// action.encode(Some("1"), &mut out)?;
/// assert_eq!(out, b"Action: MyModuleList\r\nActionID: 1\r\nColour: blue\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
///
/// Its items come as those of any list: each as
/// [`ClientEvent::Item`](crate::client::ClientEvent::Item), or at the end where
/// [`Client::collect`](crate::client::Client::collect) was asked for. One that the catalogue has
/// not is read by its headers: `event.frame().get("Colour")`.
///
/// ```
/// # use std::time::Instant;
/// # use ami_proto::action::Custom;
/// # use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = Instant::now();
/// # let mut client = Client::new(Config::new().await_greeting(false)).seeded(1);
/// # client.login(now, Credentials::plain("u", "s"))?;
/// # let id = |client: &mut Client| {
/// #     let sent = String::from_utf8_lossy(client.poll_transmit().unwrap()).into_owned();
/// #     client.transmitted(sent.len());
/// #     sent.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap().to_owned()
/// # };
/// # let sent = id(&mut client);
/// # let _ = client.handle_input(now, format!("A/11.0.0\r\nResponse: Success\r\nActionID: {sent}\r\n\r\n").as_bytes());
/// # while client.poll_event()?.is_some() {}
/// let handle = client.send(now, &Custom::new("MyModuleList").list("MyModuleListComplete"))?;
/// # let sent = id(&mut client);
/// # let answer = format!("Response: Success\r\nActionID: {sent}\r\n\r\nEvent: MyModuleEntry\r\nActionID: {sent}\r\n\r\n\
/// #     Event: MyModuleListComplete\r\nActionID: {sent}\r\n\r\n");
/// # let _ = client.handle_input(now, answer.as_bytes());
/// assert!(matches!(client.poll_event()?, Some(ClientEvent::Started { .. })));
/// assert!(matches!(client.poll_event()?, Some(ClientEvent::Item { id, .. }) if handle == id));
/// assert!(matches!(client.poll_event()?, Some(ClientEvent::Ended { ending: Ending::List { items: 1, .. }, .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "an action does nothing until it is sent"]
pub struct Custom<'a> {
    args: Args<'a>,
    answer: Option<Answer<'a>>,
}

impl<'a> Custom<'a> {
    /// The action of this name. When it is encoded, a name is refused that the server would not
    /// read as it stands: one that is empty, begins or ends with a blank, or has a colon or what
    /// ends a line.
    pub fn new(name: impl Into<Arg<'a>>) -> Self {
        Self { args: Args::custom(name.into()), answer: None }
    }

    /// Adds a header. `Action` and `ActionID` are refused when it is encoded: the request has them
    /// already.
    pub fn header(self, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
        Self { args: self.args.header(name.into(), value.into()), ..self }
    }

    /// Says that a response answers it and no event, see [`Answer::Reply`].
    pub fn reply(self) -> Self {
        self.answered(Answer::Reply)
    }

    /// Says that a list answers it, which this event ends, see [`Answer::List`]. A name that no
    /// event can have is refused when it is encoded, as the field `end`.
    pub fn list(self, end: impl Into<Cow<'a, str>>) -> Self {
        self.answered(Answer::List { end: end.into() })
    }

    /// Says that text without a frame answers it, see [`Answer::Text`]. Output in a response
    /// (`Response: Follows`, or headers `Output`) is a [`reply`](Self::reply).
    pub fn text(self) -> Self {
        self.answered(Answer::Text)
    }

    /// Says that this event tells later how it went, see [`Answer::Outcome`]. A name that no event
    /// can have is refused when it is encoded, as the field `event`.
    pub fn outcome(self, event: impl Into<Cow<'a, str>>) -> Self {
        self.answered(Answer::Outcome { event: event.into() })
    }

    /// Says how it is answered.
    pub fn answered(self, answer: Answer<'a>) -> Self {
        Self { answer: Some(answer), ..self }
    }
}

impl Action for Custom<'_> {
    type Response<'buf> = Response<'buf>;
    type Static = Custom<'static>;

    fn action_type(&self) -> Option<ActionType> {
        find_action(self.args.action(&mut [0; 20])).map(ActionType::new)
    }

    fn answer(&self) -> Option<&Answer<'_>> {
        self.answer.as_ref()
    }

    fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.answer.as_ref().map_or(Ok(()), Answer::check)?;
        self.args.encode(None, action_id, out)
    }
}

/// The items of its list are events of any kind.
impl ListAction for Custom<'_> {
    type Item<'buf> = Event<'buf>;

    fn item(frame: Frame<'_>) -> Option<Event<'_>> {
        (frame.kind() == FrameKind::Event).then(|| frame.into())
    }
}

impl fmt::Debug for Custom<'_> {
    /// The names, the values that are no secrets, and how it is answered if that was said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut custom = f.debug_tuple("Custom");
        custom.field(&self.args);
        self.answer.iter().for_each(|answer| _ = custom.field(answer));
        custom.finish()
    }
}
